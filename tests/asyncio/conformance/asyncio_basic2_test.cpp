// asyncio_basic2.py: run() ends with its coroutine, whatever else still sleeps.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> forever() {
  print("forever start\n");
  co_await asyncio::sleep(10s);
}

Coro<int> main_task() {
  print("main start\n");
  asyncio::create_task(forever());
  co_await asyncio::sleep(1ms);
  print("main done\n");
  co_return 42;
}

TEST_F(MicroPython, asyncio_basic2) {
  print("%d\n", asyncio::run(main_task()));

  expect_lines(R"(
main start
forever start
main done
42
)");
}

}  // namespace
}  // namespace conformance
