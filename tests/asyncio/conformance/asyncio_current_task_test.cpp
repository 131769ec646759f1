// asyncio_current_task.py: current_task() is the running task; outside of a loop there is none.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(Task<>& result) {
  result = asyncio::current_task();
  co_return;
}

Coro<> main_task() {
  Task<> result;
  const Task<> t = asyncio::create_task(task(result));
  co_await asyncio::sleep(0s);
  co_await asyncio::sleep(0s);
  print("%s\n", boolean(t == result));
}

void print_current_task() {
  try {
    asyncio::current_task();
    print("a task\n");
  } catch (const asyncio::RuntimeError&) {
    print("RuntimeError\n");
  }
}

TEST_F(MicroPython, asyncio_current_task) {
  print_current_task();
  asyncio::run(main_task());
  print_current_task();

  expect_lines(R"(
RuntimeError
True
RuntimeError
)");
}

}  // namespace
}  // namespace conformance
