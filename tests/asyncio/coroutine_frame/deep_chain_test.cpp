// Coroutines that await each other, deep or long, use no more stack than one: at every optimisation level.
#include <gtest/gtest.h>

#include <cstdint>

#include "asyncio/event.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/virtual_board.hpp"

using asyncio::Coro;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

class DeepChainTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    lowest = UINTPTR_MAX;
    highest = 0;
  }

 public:
  // Where the stack is now.
  [[gnu::noinline]] static void look() {
    // Not the address of a local, which a sanitizer may keep elsewhere.
    const auto address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (address < lowest) lowest = address;
    if (address > highest) highest = address;
  }
  static std::uintptr_t used() { return highest - lowest; }

  static inline std::uintptr_t lowest = 0;
  static inline std::uintptr_t highest = 0;
};

constexpr int depth = 10'000;
// A handful of frames of the loop; ten thousand nested calls would need hundreds of kilobytes.
constexpr std::uintptr_t little_stack = 4096;

Coro<int> nested(int left) {
  DeepChainTest::look();
  if (left == 0) {
    co_await sleep_ms(1);
    co_return 0;
  }
  const int below = co_await nested(left - 1);
  DeepChainTest::look();
  co_return below + 1;
}

Coro<int> answer(int value) {
  DeepChainTest::look();
  co_return value;
}

Coro<int> in_sequence(int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await answer(1);
  co_return sum;
}

Coro<> throws_at_the_bottom(int left) {
  DeepChainTest::look();
  if (left == 0) {
    co_await sleep_ms(1);
    throw asyncio::ValueError("bottom");
  }
  co_await throws_at_the_bottom(left - 1);
}

TEST_F(DeepChainTest, TenThousandNested) {
  EXPECT_EQ(run(nested(depth)), depth);
  EXPECT_LT(used(), little_stack);
}

TEST_F(DeepChainTest, AMillionInSequence) {
  EXPECT_EQ(run(in_sequence(1'000'000)), 1'000'000);
  EXPECT_LT(used(), little_stack);
}

TEST_F(DeepChainTest, AnExceptionFromTheBottom) {
  EXPECT_THROW(run(throws_at_the_bottom(1000)), asyncio::ValueError);
  EXPECT_LT(used(), little_stack);
}

struct LooksWhenDestroyed {
  ~LooksWhenDestroyed() { DeepChainTest::look(); }
};
Coro<> nested_forever(int left, asyncio::Event& event) {
  const LooksWhenDestroyed local;
  if (left == 0) {
    co_await event.wait();
  } else {
    co_await nested_forever(left - 1, event);
  }
}

TEST_F(DeepChainTest, DestructionWhileSuspended) {
  asyncio::Event never;
  run([](asyncio::Event& event) -> Coro<> {
    asyncio::create_task(nested_forever(depth, event));
    co_await sleep_ms(1);
  }(never));
  asyncio::new_event_loop();
  EXPECT_GT(highest, 0U);
  EXPECT_LT(used(), little_stack);
}

TEST_F(DeepChainTest, CancellationUnwindsInnermostFirst) {
  run([]() -> Coro<> {
    asyncio::Event never;
    const auto task = asyncio::create_task(nested_forever(200, never));
    co_await sleep_ms(1);
    task.cancel();
    try {
      co_await task;
      ADD_FAILURE() << "not cancelled";
    } catch (const asyncio::CancelledError&) {
    }
  }());
  EXPECT_LT(used(), little_stack);
}

}  // namespace
