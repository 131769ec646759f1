#include "asyncio/sleep.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep;
using asyncio::sleep_ms;
using namespace std::chrono_literals;

namespace {

class SleepTest : public virtual_board::Test {};

TEST_F(SleepTest, TakesAnyDurationRoundedUpToAMillisecond) {
  run([]() -> Coro<> {
    co_await sleep(1s);
    EXPECT_EQ(virtual_board::now_us(), 1'000'000U);
    co_await sleep(1500us);
    EXPECT_EQ(virtual_board::now_us(), 1'002'000U);
    co_await sleep(0.25s);
    EXPECT_EQ(virtual_board::now_us(), 1'252'000U);
    co_await sleep(-1s);
    EXPECT_EQ(virtual_board::now_us(), 1'252'000U);
  }());
}

TEST_F(SleepTest, TheDeadlineIsFixedWhenItIsCalled) {
  run([]() -> Coro<> {
    auto nap = sleep_ms(50);
    virtual_board::spend_us(20'000);
    co_await nap;
    EXPECT_EQ(virtual_board::now_us(), 50'000U);
    auto missed = sleep_ms(5);
    virtual_board::spend_us(20'000);
    co_await missed;
    EXPECT_EQ(virtual_board::now_us(), 70'000U);
  }());
}

TEST_F(SleepTest, TheBoardSleepsUntilExactlyTheNextDeadline) {
  run([]() -> Coro<> {
    create_task([]() -> Coro<> { co_await sleep_ms(70'000); }());
    co_await sleep_ms(300);
    co_await sleep_ms(69'800);
  }());
  EXPECT_EQ(virtual_board::idle_deadlines(), (std::vector<std::uint64_t>{300'000, 70'000'000, 70'100'000}));
}

TEST_F(SleepTest, ACancelledSleepWakesTheBoardNoMore) {
  run([]() -> Coro<> {
    const auto quick = []() -> Coro<> { co_return; };
    co_await asyncio::wait_for_ms(quick(), 10);
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::idle_deadlines(), (std::vector<std::uint64_t>{100'000}));
}

TEST_F(SleepTest, AnOverdueSleeperRunsBeforeWhatBecomesReadyLater) {
  run([]() -> Coro<> {
    create_task([]() -> Coro<> {
      co_await sleep_ms(5);
      print("sleeper\n");
    }());
    create_task([]() -> Coro<> {
      co_await sleep_ms(0);
      virtual_board::spend_us(10'000);
      create_task([]() -> Coro<> {
        print("created at 10 ms\n");
        co_return;
      }());
      co_await sleep_ms(0);
      print("yielded at 10 ms\n");
    }());
    co_await sleep_ms(20);
  }());
  EXPECT_EQ(virtual_board::output(), "sleeper\ncreated at 10 ms\nyielded at 10 ms\n");
}

TEST_F(SleepTest, MoreThanTicksCanTellApartIsAnError) {
  run([]() -> Coro<> {
    EXPECT_THROW(static_cast<void>(sleep_ms(asyncio::max_sleep_ms + 1)), asyncio::OverflowError);
    co_await sleep_ms(asyncio::max_sleep_ms);
    EXPECT_EQ(virtual_board::now_us(), static_cast<std::uint64_t>(asyncio::max_sleep_ms) * 1000);
  }());
}

TEST_F(SleepTest, MillisecondsMayWrapAround) {
  // 2^32 ms are 49.7 days: ten of the longest sleeps go beyond.
  std::uint64_t expected = 0;
  run([](std::uint64_t& time) -> Coro<> {
    for (int i = 0; i < 10; ++i) {
      co_await sleep_ms(asyncio::max_sleep_ms);
      time += static_cast<std::uint64_t>(asyncio::max_sleep_ms) * 1000;
      EXPECT_EQ(virtual_board::now_us(), time);
      create_task([](int number) -> Coro<> {
        co_await sleep_ms(2);
        if (number == 9) print("short\n");
      }(i));
      co_await sleep_ms(3);
      time += 3000;
    }
  }(expected));
  EXPECT_EQ(virtual_board::output(), "short\n");
}

}  // namespace
