// asyncio_cancel_self.py: a task cannot cancel itself; the error goes to whoever awaits it, and out of run().

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(const Task<>& self) {
  print("task start\n");
  self.cancel();
  co_return;
}

Coro<> main_task() {
  Task<> t;
  t = asyncio::create_task(task(t));
  try {
    co_await t;
  } catch (const asyncio::CancelledError&) {
    print("main cancel\n");
  }
  print("main done\n");
}

TEST_F(MicroPython, asyncio_cancel_self) {
  try {
    asyncio::run(main_task());
  } catch (const asyncio::RuntimeError& error) {
    print("%s\n", error.what());
  }

  expect_lines(R"(
task start
can't cancel self
)");
}

}  // namespace
}  // namespace conformance
