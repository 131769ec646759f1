// co_await inside the condition of if, while, switch … in coroutines whose outermost block declares no local:
// g++ 12 lays their frames out in an unexpected place (see core/asyncio/promise_base.hpp). Built at every
// optimisation level; and once without the cure, which must fail.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

class FrameTest : public virtual_board::Test {};

// Suspends once, then gives what it was made with.
Coro<bool> truth(bool value) {
  co_await sleep_ms(1);
  co_return value;
}
Coro<int> number(int value) {
  co_await sleep_ms(1);
  co_return value;
}
Coro<bool> at_once(bool value) { co_return value; }

// Counts its objects, to see that each is destroyed exactly once.
struct Counted {
  static inline int alive = 0;
  explicit Counted(std::string text_) : text(std::move(text_)) { ++alive; }
  Counted(const Counted& other) : text(other.text) { ++alive; }
  Counted(Counted&& other) noexcept : text(std::move(other.text)) { ++alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
  std::string text;
};

Coro<> in_if(bool value) {
  if (co_await truth(value)) {
    print("yes\n");
  } else {
    print("no\n");
  }
}
Coro<> in_negated_if(bool value) {
  if (!co_await truth(value)) print("not\n");
}
Coro<> in_if_without_parameters() {
  if (co_await truth(true)) print("yes\n");
}
Coro<> in_while(int& left) {
  while (co_await truth(left > 0)) {
    print("%d\n", left);
    --left;
  }
}
Coro<> in_do_while(int& left) {
  do {
    print("%d\n", left);
    --left;
  } while (co_await truth(left > 0));
}
Coro<> in_for(int& left) {
  for (; co_await truth(left > 0); --left) print("%d\n", left);
}
Coro<> in_switch(int value) {
  switch (co_await number(value)) {
    case 1:
      print("one\n");
      break;
    case 2:
      print("two\n");
      break;
    default:
      print("many\n");
  }
}
Coro<> in_else_if(int value) {
  if ((co_await number(value)) == 1) {
    print("one\n");
  } else if (co_await truth(value == 2)) {
    print("two\n");
  } else if (!co_await truth(value == 3)) {
    print("many\n");
  } else {
    print("three\n");
  }
}
Coro<> in_and_or(bool a, bool b) {
  if (co_await truth(a) && (co_await truth(b) || !co_await truth(a))) print("both\n");
}
Coro<> in_conditional_operator(bool value) { print("%s\n", co_await truth(value) ? "yes" : "no"); }
Coro<> nested(bool value) {
  if (co_await truth(value)) {
    while (!co_await truth(value)) print("never\n");
    switch (co_await number(7)) {
      case 7:
        if (co_await at_once(true)) print("deep\n");
    }
  }
}
Coro<> with_parameters(Counted first, std::string second, const Counted& third) {
  if (co_await truth(first.text == "first"))
    print("%s %s %s\n", first.text.c_str(), second.c_str(), third.text.c_str());
}
Coro<int> returning(bool value) {
  if (co_await truth(value)) co_return 1;
  co_return 2;
}
Coro<std::array<int, 40>> returning_much() {
  if (co_await truth(true)) co_return std::array<int, 40>{1, 2, 3};
  co_return {};
}
Coro<> throwing() {
  if (co_await truth(true)) throw asyncio::ValueError("thrown");
}
Coro<> catching() {
  try {
    if (co_await truth(true)) co_await throwing();
  } catch (const asyncio::ValueError& error) {
    print("%s\n", error.what());
  }
}
Coro<> waiting(asyncio::Event& event, Counted parameter) {
  if (co_await event.wait()) print("%s went on\n", parameter.text.c_str());
}
Coro<> locking(asyncio::Lock& lock) {
  while (co_await lock.acquire()) {
    lock.release();
    if (co_await truth(true)) break;
  }
}
struct Member {
  int value = 5;
  Coro<> method(int other) {
    if ((co_await number(value)) == other) print("member\n");
  }
};

TEST_F(FrameTest, If) {
  run(in_if(true));
  run(in_if(false));
  run(in_negated_if(false));
  run(in_negated_if(true));
  run(in_if_without_parameters());
  EXPECT_EQ(virtual_board::output(), "yes\nno\nnot\nyes\n");
}

TEST_F(FrameTest, Loops) {
  int left = 2;
  run(in_while(left));
  left = 2;
  run(in_do_while(left));
  left = 2;
  run(in_for(left));
  EXPECT_EQ(virtual_board::output(), "2\n1\n2\n1\n2\n1\n");
}

TEST_F(FrameTest, Switch) {
  for (const int value : {1, 2, 3}) run(in_switch(value));
  EXPECT_EQ(virtual_board::output(), "one\ntwo\nmany\n");
}

TEST_F(FrameTest, ElseIfAndOrConditionalOperatorAndNested) {
  for (const int value : {1, 2, 3, 4}) run(in_else_if(value));
  run(in_and_or(true, true));
  run(in_and_or(true, false));
  run(in_conditional_operator(false));
  run(nested(true));
  EXPECT_EQ(virtual_board::output(), "one\ntwo\nthree\nmany\nboth\nno\ndeep\n");
}

TEST_F(FrameTest, ParametersWithDestructorsAreDestroyedOnce) {
  {
    const Counted third("third");
    run(with_parameters(Counted("first"), "a text too long for a small string", third));
    EXPECT_EQ(virtual_board::output(), "first a text too long for a small string third\n");
    EXPECT_EQ(Counted::alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(FrameTest, ResultsOfAllSizesComeThrough) {
  EXPECT_EQ(run(returning(true)), 1);
  EXPECT_EQ(run(returning(false)), 2);
  EXPECT_EQ(run(returning_much())[2], 3);
}

TEST_F(FrameTest, ExceptionsComeThrough) {
  run(catching());
  EXPECT_EQ(virtual_board::output(), "thrown\n");
  EXPECT_THROW(run(throwing()), asyncio::ValueError);
}

TEST_F(FrameTest, AsTasksBesideEachOther) {
  run([]() -> Coro<> {
    auto [one, two] = co_await asyncio::gather(returning(true), returning(false));
    print("%d %d\n", one, two);
    int left = 3;
    const auto counting = create_task(in_while(left));
    Member member;
    co_await create_task(member.method(5));
    co_await counting;
    asyncio::Lock lock;
    co_await asyncio::gather(locking(lock), locking(lock), locking(lock));
  }());
  EXPECT_EQ(virtual_board::output(), "1 2\n3\nmember\n2\n1\n");
}

TEST_F(FrameTest, DestroyedWhileSuspendedOnce) {
  {
    asyncio::Event never;
    run([](asyncio::Event& event) -> Coro<> {
      create_task(waiting(event, Counted("a")));
      create_task([](asyncio::Event& inner) -> Coro<> {
        if (co_await asyncio::wait_for(waiting(inner, Counted("b")), nullptr), true) print("never\n");
      }(event));
      co_await sleep_ms(1);
    }(never));
    EXPECT_GE(Counted::alive, 2);  // and the temporary in the awaiting coroutine
    asyncio::new_event_loop();
    EXPECT_EQ(Counted::alive, 0);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), 0U);
  }
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(FrameTest, NeverStartedAndCancelledCoroutinesAreDestroyedOnce) {
  {
    asyncio::Event event;
    { Coro<> dropped = waiting(event, Counted("dropped")); }
    EXPECT_EQ(Counted::alive, 0);
    run([](asyncio::Event& inner) -> Coro<> {
      const auto not_started = create_task(waiting(inner, Counted("c")));
      not_started.cancel();
      const auto started = create_task(waiting(inner, Counted("d")));
      co_await sleep_ms(0);
      started.cancel();
      co_await sleep_ms(0);
      EXPECT_TRUE(not_started.done() && started.done());
    }(event));
  }
  EXPECT_EQ(Counted::alive, 0);
}

// A parameter whose copy runs coroutines itself, between the allocation of the frame and its promise.
struct RunsCoroutines {
  RunsCoroutines() = default;
  RunsCoroutines(const RunsCoroutines&) {
    Coro<> unused = in_if(true);
    Coro<> another = in_if_without_parameters();
  }
};
Coro<> with_running_parameter(RunsCoroutines /*copied*/) {
  if (co_await truth(true)) print("copied\n");
}

TEST_F(FrameTest, AParameterMayCreateCoroutinesWhenCopied) {
  const RunsCoroutines parameter;
  run(with_running_parameter(parameter));
  EXPECT_EQ(virtual_board::output(), "copied\n");
}

// One whose copy throws: the frame is given back before its promise existed.
struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw asyncio::ValueError("copy"); }
};
Coro<> with_throwing_parameter(ThrowsWhenCopied /*copied*/) {
  if (co_await truth(true)) print("never\n");
}

TEST_F(FrameTest, AParameterMayThrowWhenCopied) {
  const ThrowsWhenCopied parameter;
  EXPECT_THROW(static_cast<void>(with_throwing_parameter(parameter)), asyncio::ValueError);
  run(in_if(true));
  EXPECT_EQ(virtual_board::output(), "yes\n");
}

}  // namespace
