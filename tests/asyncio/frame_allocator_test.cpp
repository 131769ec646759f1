#include "asyncio/frame_allocator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "asyncio/event.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "conformance/counting_heap.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::frame_allocator;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

class FrameAllocatorTest : public virtual_board::Test {};

Coro<> sleeps(int milliseconds) { co_await sleep_ms(milliseconds); }
Coro<int> large() {
  std::array<int, 1000> numbers{};
  co_await sleep_ms(1);
  co_return numbers[7];
}

TEST_F(FrameAllocatorTest, FramesAreReused) {
  run([]() -> Coro<> {
    co_await sleeps(1);
    co_await large();
    const std::size_t reserved = frame_allocator.bytes_reserved();
    for (int i = 0; i < 100; ++i) {
      co_await sleeps(1);
      co_await large();
    }
    EXPECT_EQ(frame_allocator.bytes_reserved(), reserved);
  }());
}

TEST_F(FrameAllocatorTest, RunningOutIsAMemoryErrorWhereTheCoroutineIsCreated) {
  virtual_board::limit_frame_memory(4096);
  run([]() -> Coro<> {
    int created = 0;
    std::string words;
    try {
      for (;;) {
        create_task(sleeps(10));
        ++created;
      }
    } catch (const asyncio::MemoryError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "no memory for a coroutine frame");
    EXPECT_GT(created, 5);
    // Those that exist run on, and what they give back can be used again.
    co_await sleep_ms(20);
    for (int i = 0; i < created; ++i) create_task(sleeps(10));
    co_await sleep_ms(20);
  }());
}

TEST_F(FrameAllocatorTest, AnArenaNeedNotBeAligned) {
  alignas(64) static std::array<std::byte, 8192> memory;
  frame_allocator.use_arena(memory.data() + 3, memory.size() - 3);
  EXPECT_EQ(run(large()), 0);
  frame_allocator.use_port();
}

// Everything that schedules, a million times, without a single allocation.
TEST_F(FrameAllocatorTest, SchedulingAllocatesNothing) {
  constexpr int switches = 1'000'000;
  virtual_board::forget_history();
  run([]() -> Coro<> {
    asyncio::Event ping;
    asyncio::Event pong;
    const auto player = [](asyncio::Event& own, asyncio::Event& other) -> Coro<> {
      for (int i = 0; i < switches / 4; ++i) {
        co_await own.wait();
        own.clear();
        other.set();
        if (i % 16 == 0) co_await sleep_ms(i % 7);
      }
    };
    const auto yielder = []() -> Coro<> {
      for (int i = 0; i < switches / 4; ++i) co_await sleep_ms(0);
    };
    const auto a = create_task(player(ping, pong));
    const auto b = create_task(player(pong, ping));
    const auto c = create_task(yielder());
    const auto d = create_task(yielder());
    ping.set();
    const std::size_t reserved = frame_allocator.bytes_reserved();
    const std::size_t allocations = conformance::heap_allocations();
    co_await a;
    co_await b;
    co_await c;
    co_await d;
    EXPECT_EQ(conformance::heap_allocations(), allocations);
    EXPECT_EQ(frame_allocator.bytes_reserved(), reserved);
  }());
}

}  // namespace
