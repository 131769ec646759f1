// asyncio_threadsafeflag.py: ThreadSafeFlag: set by a task or an interrupt, before or during the wait, and
// cleared by the wait.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(int id, asyncio::ThreadSafeFlag& flag) {
  print("task %d\n", id);
  co_await flag.wait();
  print("task %d done\n", id);
}

// An interrupt, now.
void set_from_interrupt(asyncio::ThreadSafeFlag& flag) {
  virtual_board::interrupt_at_us(virtual_board::now_us(), [&flag] { flag.set(); });
  virtual_board::spend_us(1);
}

Coro<> main_task() {
  asyncio::ThreadSafeFlag flag;

  // Set by a task.
  Task<> t = asyncio::create_task(task(1, flag));
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("set event\n");
  flag.set();
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("wait task\n");
  co_await t;

  // Set by an interrupt.
  print("----\n");
  t = asyncio::create_task(task(2, flag));
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("set event\n");
  set_from_interrupt(flag);
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("wait task\n");
  co_await t;

  // Set before the wait.
  print("----\n");
  print("set event\n");
  flag.set();
  t = asyncio::create_task(task(3, flag));
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("wait task\n");
  co_await t;

  // Set, cleared, and set again.
  print("----\n");
  print("set event\n");
  flag.set();
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("clear event\n");
  flag.clear();
  print("yield\n");
  co_await asyncio::sleep(0s);
  t = asyncio::create_task(task(4, flag));
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("set event\n");
  flag.set();
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("wait task\n");
  co_await t;
}

TEST_F(MicroPython, asyncio_threadsafeflag) {
  asyncio::run(main_task());

  expect_lines(R"(
yield
task 1
set event
yield
wait task
task 1 done
----
yield
task 2
set event
yield
wait task
task 2 done
----
set event
yield
task 3
task 3 done
wait task
----
set event
yield
clear event
yield
yield
task 4
set event
yield
wait task
task 4 done
)");
}

}  // namespace
}  // namespace conformance
