// asyncio_wait_task.py: awaiting tasks: running, finished, finished and awaited before, failing, failed.

#include <chrono>
#include <cinttypes>
#include <cstdint>

#include "micropython.hpp"

namespace conformance {
namespace {

std::int64_t ticks() { return static_cast<std::int64_t>(virtual_board::now_us() / 1000); }

std::int64_t to_hundreds(std::int64_t milliseconds) { return (milliseconds + 50) / 100 * 100; }

Coro<> task(int t) {
  print("task %d\n", t);
  co_return;
}

Coro<> delay_print(std::chrono::milliseconds delay, const char* text) {
  co_await asyncio::sleep(delay);
  print("%s\n", text);
}

Coro<> task_raise() {
  print("task_raise\n");
  throw ValueError();
  co_return;
}

Coro<> main_task() {
  print("start\n");

  Task<> t = asyncio::create_task(task(1));
  co_await t;

  // Done already.
  t = asyncio::create_task(task(2));
  co_await asyncio::sleep(1ms);
  co_await t;

  // And again.
  co_await t;

  print("----\n");

  // Two beside each other.
  const Task<> ts1 = asyncio::create_task(delay_print(200ms, "hello"));
  const Task<> ts2 = asyncio::create_task(delay_print(400ms, "world"));
  print("start\n");
  const std::int64_t t0 = ticks();
  co_await ts1;
  const std::int64_t t1 = ticks();
  co_await ts2;
  const std::int64_t t2 = ticks();
  print("took %" PRId64 " %" PRId64 "\n", to_hundreds(t1 - t0), to_hundreds(t2 - t1));

  t = asyncio::create_task(task_raise());
  try {
    co_await t;
  } catch (const ValueError&) {
    print("ValueError\n");
  }

  // Failed, and reported, some time before it is awaited.
  asyncio::get_event_loop().set_exception_handler([](asyncio::Loop&, const asyncio::ExceptionContext&) {});
  t = asyncio::create_task(task_raise());
  for (int i = 0; i < 5; ++i) co_await asyncio::sleep(0s);
  try {
    co_await t;
  } catch (const ValueError&) {
    print("ValueError\n");
  }
}

TEST_F(MicroPython, asyncio_wait_task) {
  asyncio::run(main_task());

  expect_lines(R"(
start
task 1
task 2
----
start
hello
world
took 200 200
task_raise
ValueError
task_raise
ValueError
)");
}

}  // namespace
}  // namespace conformance
