// Tasks that keep the CPU: hogs are reported, hangs are stopped, and the process stays in control.
#include <gtest/gtest.h>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using recording::Recording;
using recording::run;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

sim::Limits limits(std::uint64_t hog_ms, std::uint64_t hang_ms) {
  return {10'000 * ms, hog_ms * ms, hang_ms * ms};
}

asyncio::Coro<> busy(int first_ms, int second_ms) {
  time::sleep_ms(first_ms);
  co_await asyncio::sleep_ms(1);
  time::sleep_ms(second_ms);
}

TEST(Limits, ASliceLongerThanTheLimitIsAHogOnce) {
  const Recording r = run(limits(100, 3000), [] {
    asyncio::run(busy(50, 350));
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  const auto hogs = r.of(Kind::hog);
  ASSERT_EQ(hogs.size(), 1U);
  EXPECT_EQ(hogs[0].task, 1U);
  EXPECT_EQ(hogs[0].object, 100'000U);
  const auto begun = r.of(Kind::slice_begin);
  EXPECT_EQ(hogs[0].time_ns, begun[1].time_ns + 100 * ms);
}

TEST(Limits, ASliceLongerStillIsStoppedAsHung) {
  const Recording r = run(limits(100, 200), [] {
    asyncio::run(busy(0, 350));
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_EQ(r.last_stop().time_ns, r.of(Kind::slice_begin)[1].time_ns + 200 * ms);
}

// The board's reset would run the tests' program anew, so the test goes until just before.
TEST(Limits, WhatHangsIsLeftToAWatchdog) {
  sim::Limits until = limits(100, 200);
  until.run_ns = 499 * ms;
  const Recording r = run(until, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      const machine::WDT watchdog(500);
      for (;;) sim::board.cpu().work(1000);
      co_return;
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.of(Kind::hog).size(), 1U);
}

TEST(Limits, WhatHangsAndFeedsItsWatchdogIsStopped) {
  const Recording r = run(limits(100, 200), [] {
    asyncio::run([]() -> asyncio::Coro<> {
      const machine::WDT watchdog(500);
      for (;;) {
        time::sleep_ms(30);
        watchdog.feed();
      }
      co_return;
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_EQ(r.last_stop().time_ns / ms, 210U);
}

TEST(Limits, AProgramWithoutALoopMayWaitInOneCallAsLongAsItLikes) {
  const Recording r = run(limits(100, 200), [] {
    machine::Timer timer;
    timer.init({.period_us = 130'000}, [](machine::Timer&) { time::sleep_ms(20); });
    time::sleep_ms(1500);
    return 3;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.of(Kind::isr_enter).size(), 11U);
}

TEST(Limits, AHandlerThatNeverReturnsHangsAlsoWhereTheProgramWaits) {
  const Recording r = run(limits(100, 200), [] {
    machine::Timer timer;
    timer.init({.period_us = 500'000}, [](machine::Timer&) {
      for (;;) sim::board.cpu().work(1000);
    });
    time::sleep_ms(1500);
    return 3;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_EQ(r.last_stop().time_ns / 1'000'000, 700U);
}

TEST(Limits, AProgramWithoutALoopMayWaitAsLongAsItLikes) {
  const Recording r = run(limits(100, 200), [] {
    asyncio::run(busy(0, 10));
    for (int i = 0; i < 10; ++i) time::sleep_ms(150);
    return 3;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 3);
  EXPECT_TRUE(r.of(Kind::hog).empty());
}

[[gnu::noinline]] void spin_for_ever() {
  for (;;) {
    asm volatile("");  // or a compiler may do as it likes
  }
}

TEST(Limits, AnEmptyEndlessLoopTakesTimeAndIsStopped) {
  const Recording r = run(limits(100, 2000), [] {
    asyncio::run([]() -> asyncio::Coro<> {
      co_await asyncio::sleep_ms(1);
      spin_for_ever();
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_EQ(r.last_stop().time_ns, r.of(Kind::slice_begin)[1].time_ns + 2000 * ms);
  EXPECT_EQ(r.of(Kind::hog).size(), 1U);
}

TEST(Limits, AnEmptyEndlessLoopWithInterruptsRunsUntilTheTimeIsUp) {
  const Recording r = run(limits(100, 200), [] {
    static machine::Timer timer;
    timer.init({.period_us = 100'000}, [](machine::Timer&) {});
    spin_for_ever();
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.of(Kind::isr_enter).size(), 99U);
}

[[gnu::noinline]] int recurse(int depth) {
  volatile char room[100];
  room[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : recurse(depth + 1) + room[0];
}

TEST(Limits, RecursionWithoutEndIsACrashThatSaysSo) {
  const Recording r = run(limits(100, 3000), [] { return recurse(1); });
  EXPECT_EQ(r.why(), trace::Stop::crashed);
  EXPECT_NE(r.console.find("stack overflow"), std::string::npos) << r.console;
}

}  // namespace
