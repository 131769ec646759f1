// asyncio_await_return.py: a task's result reaches whoever awaits it.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<int> foo() { co_return 42; }

Coro<> main_task() {
  print("%d\n", co_await foo());

  const Task<int> task = asyncio::create_task(foo());
  print("%d\n", co_await task);
}

TEST_F(MicroPython, asyncio_await_return) {
  asyncio::run(main_task());

  expect_lines(R"(
42
42
)");
}

}  // namespace
}  // namespace conformance
