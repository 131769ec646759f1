// asyncio_basic.py: a sleep takes its time; a negative one takes none.

#include <chrono>
#include <cinttypes>
#include <cstdint>

#include "micropython.hpp"

namespace conformance {
namespace {

std::int64_t ticks() { return static_cast<std::int64_t>(virtual_board::now_us() / 1000); }

std::int64_t to_hundreds(std::int64_t milliseconds) { return (milliseconds + 50) / 100 * 100; }

Coro<> delay_print(std::chrono::milliseconds delay, const char* text) {
  co_await asyncio::sleep(delay);
  print("%s\n", text);
}

Coro<> main_task() {
  print("start\n");

  co_await asyncio::sleep(1ms);
  print("after sleep\n");

  const std::int64_t t0 = ticks();
  co_await delay_print(200ms, "short");
  const std::int64_t t1 = ticks();
  co_await delay_print(400ms, "long");
  const std::int64_t t2 = ticks();
  co_await delay_print(-1s, "negative");
  const std::int64_t t3 = ticks();

  print("took %" PRId64 " %" PRId64 " %" PRId64 "\n", to_hundreds(t1 - t0), to_hundreds(t2 - t1),
        to_hundreds(t3 - t2));
}

TEST_F(MicroPython, asyncio_basic) {
  asyncio::run(main_task());

  expect_lines(R"(
start
after sleep
short
long
negative
took 200 400 0
)");
}

}  // namespace
}  // namespace conformance
