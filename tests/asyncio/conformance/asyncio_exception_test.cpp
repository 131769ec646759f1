// asyncio_exception.py: an exception leaves run(), from the main task or from one it awaits.

#include <utility>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> main_raises() {
  print("main start\n");
  throw ValueError(1);
  print("main done\n");
  co_return;
}

Coro<> task() {
  print("task start\n");
  throw ValueError(2);
  print("task done\n");
  co_return;
}

Coro<> main_awaits_task() {
  print("main start\n");
  const Task<> t = asyncio::create_task(task());
  co_await t;
  print("main done\n");
}

// The origin's task prints nothing either: MicroPython never runs it.
Coro<> silent_task() { co_return; }

Coro<> main_raises_beside_task() {
  print("main start\n");
  asyncio::create_task(silent_task());
  throw ValueError(3);
  print("main done\n");
  co_return;
}

void run_and_catch(Coro<> coro) {
  try {
    asyncio::run(std::move(coro));
  } catch (const ValueError& error) {
    print("ValueError %s\n", error.args[0].c_str());
  }
}

TEST_F(MicroPython, asyncio_exception) {
  run_and_catch(main_raises());
  run_and_catch(main_awaits_task());
  run_and_catch(main_raises_beside_task());

  expect_lines(R"(
main start
ValueError 1
main start
task start
ValueError 2
main start
ValueError 3
)");
}

}  // namespace
}  // namespace conformance
