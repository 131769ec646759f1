// Virtual time, and MicroPython's module time on top of it.
#include "mcu/clock.hpp"

#include <gtest/gtest.h>

#include "mcu/board.hpp"
#include "time.hpp"

namespace {

TEST(Clock, MovesOnlyWhenToldAndStopsAtItsEnd) {
  sim::Clock clock;
  EXPECT_EQ(clock.now_ns(), 0U);
  clock.advance(100);
  clock.jump_to(50);
  EXPECT_EQ(clock.now_ns(), 100U);
  clock.set_end_ns(1000);
  clock.jump_to(900);
  EXPECT_FALSE(clock.at_end());
  clock.advance(UINT64_MAX);
  EXPECT_EQ(clock.now_ns(), 1000U);
  EXPECT_TRUE(clock.at_end());
  clock.advance(1);
  EXPECT_EQ(clock.now_ns(), 1000U);
}

TEST(Clock, WithoutAnEndNeverWraps) {
  sim::Clock clock;
  clock.jump_to(UINT64_MAX - 1);
  clock.advance(1000);
  EXPECT_EQ(clock.now_ns(), UINT64_MAX);
}

TEST(Ticks, DifferenceIsRightAcrossTheWrap) {
  constexpr std::int32_t last = time::ticks_period - 1;
  EXPECT_EQ(time::ticks_diff(0, last), 1);
  EXPECT_EQ(time::ticks_diff(last, 0), -1);
  EXPECT_EQ(time::ticks_diff(5, 5), 0);
  EXPECT_EQ(time::ticks_diff(time::ticks_period / 2 - 1, 0), time::ticks_period / 2 - 1);
  EXPECT_EQ(time::ticks_diff(time::ticks_period / 2, 0), -time::ticks_period / 2);
  EXPECT_EQ(time::ticks_add(last, 10), 9);
  EXPECT_EQ(time::ticks_add(3, -5), time::ticks_period - 2);
  EXPECT_EQ(time::ticks_diff(time::ticks_add(last, 1000), last), 1000);
}

TEST(Ticks, BlockingSleepSpendsBoardTime) {
  const std::uint64_t before = sim::board.now_ns();
  time::sleep_us(10);
  EXPECT_GE(sim::board.now_ns() - before, 10'000U);
  EXPECT_LE(sim::board.now_ns() - before, 11'000U);
  time::sleep_ms(2);
  time::sleep(std::chrono::milliseconds(1));
  EXPECT_GE(sim::board.now_ns() - before, 3'010'000U);
  const std::uint64_t after = sim::board.now_ns();
  time::sleep_ms(0);
  time::sleep_ms(-5);
  EXPECT_EQ(sim::board.now_ns(), after);
}

TEST(Ticks, LookingAtTheClockTakesTime) {
  const std::int32_t start = time::ticks_us();
  int looks = 0;
  while (time::ticks_diff(time::ticks_us(), start) < 50) ++looks;  // would hang if it took none
  EXPECT_GT(looks, 10);
}

TEST(Ticks, CsTimeIsStillThere) { EXPECT_GT(std::time(nullptr), 0); }

}  // namespace
