// asyncio_micropython.py: what MicroPython adds to CPython: sleep_ms() and wait_for_ms().

#include <cstdint>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<int> task(int id, int delay) {
  print("task start %d\n", id);
  co_await asyncio::sleep_ms(delay);
  print("task end %d\n", id);
  co_return id * 2;
}

Coro<> main_task() {
  const std::uint64_t t0 = virtual_board::now_us();
  co_await asyncio::sleep_ms(1);
  print("%s\n", boolean(virtual_board::now_us() - t0 < 100'000));

  try {
    co_await asyncio::sleep_ms(asyncio::max_sleep_ms + 1);
  } catch (const asyncio::OverflowError&) {
    print("OverflowError\n");
  }

  // Finishes in time.
  print("%d\n", co_await asyncio::wait_for_ms(task(1, 5), 50));

  // Does not.
  try {
    print("%d\n", co_await asyncio::wait_for_ms(task(2, 50), 5));
  } catch (const asyncio::TimeoutError&) {
    print("timeout\n");
  }

  print("finish\n");
}

TEST_F(MicroPython, asyncio_micropython) {
  asyncio::run(main_task());

  expect_lines(R"(
True
OverflowError
task start 1
task end 1
2
task start 2
timeout
finish
)");
}

}  // namespace
}  // namespace conformance
