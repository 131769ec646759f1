// asyncio_task_done.py: Task::done(), for tasks that end at once or later, by returning or by an exception.

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(std::chrono::milliseconds delay, bool fail = false) {
  print("task start\n");
  if (delay >= 0ms) co_await asyncio::sleep(delay);
  if (fail) throw ValueError();
  print("task done\n");
}

Coro<> main_task() {
  // Returns at once.
  print("==========\n");
  Task<> t = asyncio::create_task(task(-1s));
  print("%s\n", boolean(t.done()));
  co_await asyncio::sleep(0s);
  print("%s\n", boolean(t.done()));
  co_await t;
  print("%s\n", boolean(t.done()));

  // Returns later.
  print("==========\n");
  t = asyncio::create_task(task(10ms));
  print("%s\n", boolean(t.done()));
  co_await asyncio::sleep(0s);
  print("%s\n", boolean(t.done()));
  co_await t;
  print("%s\n", boolean(t.done()));

  // Fails at once.
  print("==========\n");
  t = asyncio::create_task(task(-1s, true));
  print("%s\n", boolean(t.done()));
  co_await asyncio::sleep(0s);
  print("%s\n", boolean(t.done()));
  try {
    co_await t;
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }
  print("%s\n", boolean(t.done()));

  // Fails later.
  print("==========\n");
  t = asyncio::create_task(task(10ms, true));
  print("%s\n", boolean(t.done()));
  co_await asyncio::sleep(0s);
  print("%s\n", boolean(t.done()));
  try {
    co_await t;
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }
  print("%s\n", boolean(t.done()));
}

TEST_F(MicroPython, asyncio_task_done) {
  asyncio::run(main_task());

  expect_lines(R"(
==========
False
task start
task done
True
True
==========
False
task start
False
task done
True
==========
False
task start
True
ValueError()
True
==========
False
task start
False
ValueError()
True
)");
}

}  // namespace
}  // namespace conformance
