// asyncio_wait_for.py: wait_for(): in time, too late, failing, cancelled from within and from without.

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<int> task(int id, std::chrono::milliseconds delay) {
  print("task start %d\n", id);
  co_await asyncio::sleep(delay);
  print("task end %d\n", id);
  co_return id * 2;
}

Coro<> task_catch() {
  print("task_catch start\n");
  try {
    co_await asyncio::sleep(200ms);
  } catch (const asyncio::CancelledError&) {
    print("ignore cancel\n");
  }
  print("task_catch done\n");
}

Coro<> task_raise() {
  print("task start\n");
  throw ValueError();
  co_return;
}

Coro<> task_cancel_other(std::chrono::milliseconds delay, Task<> other) {
  print("task_cancel_other start\n");
  co_await asyncio::sleep(delay);
  print("task_cancel_other cancel\n");
  other.cancel();
}

Coro<> task_wait_for_cancel(int id, std::chrono::milliseconds delay, std::chrono::milliseconds timeout) {
  print("task_wait_for_cancel start\n");
  try {
    co_await asyncio::wait_for(task(id, delay), timeout);
  } catch (const asyncio::CancelledError&) {
    print("task_wait_for_cancel cancelled\n");
    throw;
  }
}

Coro<> task_wait_for_cancel_ignore(std::chrono::milliseconds timeout) {
  print("task_wait_for_cancel_ignore start\n");
  try {
    co_await asyncio::wait_for(task_catch(), timeout);
  } catch (const asyncio::CancelledError&) {
    print("task_wait_for_cancel_ignore cancelled\n");
    throw;
  }
}

void separate() { print("----------\n"); }

Coro<> wait_for_tasks() {
  // In time.
  print("%d\n", co_await asyncio::wait_for(task(1, 10ms), 10s));
  separate();

  // Too late: it is cancelled.
  try {
    print("%d\n", co_await asyncio::wait_for(task(2, 10s), 10ms));
  } catch (const asyncio::TimeoutError&) {
    print("timeout\n");
  }
  separate();

  // Too late, and it ignores the cancellation.
  try {
    co_await asyncio::wait_for(task_catch(), 100ms);
    print("None\n");
  } catch (const asyncio::TimeoutError&) {
    print("TimeoutError\n");
  }
  separate();

  // It fails.
  try {
    co_await asyncio::wait_for(task_raise(), 1s);
    print("None\n");
  } catch (const ValueError&) {
    print("ValueError\n");
  }
  separate();

  // No time limit.
  print("%d\n", co_await asyncio::wait_for(task(3, 100ms), nullptr));
  separate();

  // Another task cancels it.
  const Task<int> t = asyncio::create_task(task(4, 10s));
  asyncio::create_task(task_cancel_other(10ms, t));
  try {
    print("%d\n", co_await asyncio::wait_for(t, 1s));
  } catch (const asyncio::CancelledError& error) {
    print("%s\n", repr(error).c_str());
  }
  separate();
}

Coro<> cancel_wait_for() {
  Task<> t = asyncio::create_task(task_wait_for_cancel(4, 1s, 2s));
  co_await asyncio::sleep(10ms);
  t.cancel();
  co_await asyncio::sleep(10ms);
  separate();

  // What it waits for ignores the cancellation.
  t = asyncio::create_task(task_wait_for_cancel_ignore(2s));
  co_await asyncio::sleep(10ms);
  t.cancel();
  co_await asyncio::sleep(10ms);
  separate();

  // What it waits for ends just before, or just after.
  for (int yields = 1; yields < 5; ++yields) {
    t = asyncio::create_task(task_wait_for_cancel(4 + yields, 0ms, 2s));
    for (int i = 0; i < yields; ++i) co_await asyncio::sleep(0s);
    EXPECT_FALSE(t.done());
    print("cancel wait_for\n");
    t.cancel();
    try {
      co_await t;
    } catch (const asyncio::CancelledError& error) {
      print("%s\n", repr(error).c_str());
    }
    separate();
  }
}

Coro<> main_task() {
  co_await wait_for_tasks();
  co_await cancel_wait_for();
  print("finish\n");
}

TEST_F(MicroPython, asyncio_wait_for) {
  asyncio::run(main_task());

  expect_lines(R"(
task start 1
task end 1
2
----------
task start 2
timeout
----------
task_catch start
ignore cancel
task_catch done
TimeoutError
----------
task start
ValueError
----------
task start 3
task end 3
6
----------
task start 4
task_cancel_other start
task_cancel_other cancel
CancelledError()
----------
task_wait_for_cancel start
task start 4
task_wait_for_cancel cancelled
----------
task_wait_for_cancel_ignore start
task_catch start
task_wait_for_cancel_ignore cancelled
ignore cancel
task_catch done
----------
task_wait_for_cancel start
cancel wait_for
task start 5
task_wait_for_cancel cancelled
CancelledError()
----------
task_wait_for_cancel start
task start 6
cancel wait_for
task end 6
task_wait_for_cancel cancelled
CancelledError()
----------
task_wait_for_cancel start
task start 7
task end 7
cancel wait_for
task_wait_for_cancel cancelled
CancelledError()
----------
task_wait_for_cancel start
task start 8
task end 8
cancel wait_for
task_wait_for_cancel cancelled
CancelledError()
----------
finish
)");
}

}  // namespace
}  // namespace conformance
