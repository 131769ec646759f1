// Names found in the source.
#include "model/source.hpp"

#include <gtest/gtest.h>

namespace {

using trace::ObjectKind;

std::string object(const std::string& line, ObjectKind kind = ObjectKind::event, unsigned position = 0) {
  model::Sources sources;
  sources.add("main.cpp", "// first\n" + line + "\n");
  return sources.object_name("main.cpp", 2, kind, position);
}

std::string task(const std::string& lines, unsigned position = 0) {
  model::Sources sources;
  sources.add("main.cpp", lines);
  return sources.task_name("main.cpp", 1, position);
}

TEST(Source, Lines) {
  model::Sources sources;
  sources.add("main.cpp", "one\r\ntwo\n\nfour");
  EXPECT_EQ(sources.line("main.cpp", 1), "one");
  EXPECT_EQ(sources.line("main.cpp", 2), "two");
  EXPECT_EQ(sources.line("main.cpp", 3), "");
  EXPECT_EQ(sources.line("main.cpp", 4), "four");
  EXPECT_EQ(sources.line("main.cpp", 5), "");
  EXPECT_EQ(sources.line("main.cpp", 0), "");
  EXPECT_EQ(sources.line("other.cpp", 1), "");
}

TEST(Source, ObjectIsCalledWhatTheProgramCallsIt) {
  EXPECT_EQ(object("asyncio::Event pressed;"), "pressed");
  EXPECT_EQ(object("  static asyncio::Event pressed{};  // Event other;"), "pressed");
  EXPECT_EQ(object("asyncio::Event pressed(nullptr);"), "pressed");
  EXPECT_EQ(object("asyncio::Event buttons[3];"), "buttons");
  EXPECT_EQ(object("Event a, b;", ObjectKind::event, 1), "b");
  EXPECT_EQ(object("Event a, b;", ObjectKind::event, 2), "a#2");
  EXPECT_EQ(object("asyncio::Queue<std::pair<int, int>> log(10);", ObjectKind::queue), "log");
  EXPECT_EQ(object("asyncio::BoundedSemaphore three{3};", ObjectKind::semaphore), "three");
  EXPECT_EQ(object("asyncio::ThreadSafeFlag flag;", ObjectKind::flag), "flag");
}

TEST(Source, ObjectWithoutACertainNameHasNone) {
  EXPECT_EQ(object("auto pressed = std::make_unique<asyncio::Event>();"), "");
  EXPECT_EQ(object("return Event();"), "");
  EXPECT_EQ(object("int Events;"), "");
  EXPECT_EQ(object("asyncio::Event pressed"), "");
  EXPECT_EQ(object("asyncio::Lock lock;", ObjectKind::event), "");
  EXPECT_EQ(object(""), "");
  EXPECT_EQ(object("asyncio::Event other;", ObjectKind::other), "");
}

TEST(Source, TaskIsCalledAfterItsCoroutine) {
  EXPECT_EQ(task("  auto t = asyncio::create_task(blink(red, 500ms));"), "blink");
  EXPECT_EQ(task("create_task(app::blink<int>(red));"), "blink");
  EXPECT_EQ(task("create_task(this->poll());"), "poll");
  EXPECT_EQ(task("co_await asyncio::wait_for(read_sensor(), 2s);"), "read_sensor");
  EXPECT_EQ(task("int main() { asyncio::run(start()); }"), "start");
  EXPECT_EQ(task("co_await asyncio::gather(left(f(1, 2)), right());", 1), "right");
  EXPECT_EQ(task("co_await asyncio::gather(\n    left(),\n    right());", 1), "right");
  EXPECT_EQ(task("co_await asyncio::gather(asyncio::return_exceptions, left(), right());", 0), "left");
  EXPECT_EQ(task("create_task(blink<1, 2>());"), "blink");
  EXPECT_EQ(task("co_await gather(left<int, std::array<int, 2>>(1), right());", 1), "right");
  EXPECT_EQ(task("co_await gather(left(a < b, 2), right(c > d));", 1), "right");
  EXPECT_EQ(task("create_task(std::move(blinker));"), "blinker");
  EXPECT_EQ(task("co_await gather(std::move(blinkers));", 3), "blinkers");
}

TEST(Source, TaskWithoutACertainNameHasNone) {
  EXPECT_EQ(task("create_task(coro);"), "");
  EXPECT_EQ(task("create_task([]() -> Coro<> { co_return; }());"), "");
  EXPECT_EQ(task("co_await asyncio::gather(left(), right());", 2), "");
  EXPECT_EQ(task("gather(left(), right("), "");
  EXPECT_EQ(task("int my_create_task(int);"), "");
}

}  // namespace
