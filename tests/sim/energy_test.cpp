// What the board tells about its current, and machine::lightsleep().
#include <gtest/gtest.h>

#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using recording::pico;
using recording::Recording;
using recording::run;
using sim::board;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

TEST(Energy, TheCurrentsAreInTheTraceFromTheStart) {
  const Recording r = run(10 * ms, [] { return 0; });
  ASSERT_FALSE(r.records.empty());
  EXPECT_EQ(r.records[0].kind, Kind::power);
  EXPECT_EQ(r.records[0].time_ns, 0U);
  EXPECT_EQ(r.records[0].task, pico().run_ua);
  EXPECT_EQ(r.records[0].object, pico().idle_ua);
  EXPECT_EQ(r.records[0].site, pico().lightsleep_ua);
  EXPECT_EQ(r.of(Kind::power).size(), 1U);
}

TEST(Energy, ALowerFrequencyDrawsLessOnTopOfABase) {
  const Recording r = run(10 * ms, [] {
    machine::freq(125'000'000);  // no change, no record
    machine::freq(25'000'000);
    return 0;
  });
  const auto powers = r.of(Kind::power);
  ASSERT_EQ(powers.size(), 2U);
  const sim::Profile& profile = pico();
  EXPECT_EQ(powers[1].task, profile.base_ua + (profile.run_ua - profile.base_ua) / 5);
  EXPECT_EQ(powers[1].object, profile.base_ua + (profile.idle_ua - profile.base_ua) / 5);
  EXPECT_EQ(powers[1].site, profile.lightsleep_ua);
}

TEST(Energy, ALightsleepTakesExactlySoLongWhateverInterrupts) {
  const Recording r = run(100 * ms, [] {
    static int edges = 0;
    board.wiring().join(board.pins().terminal(2), board.pins().terminal(3));
    sim::Alarm edge{[] { board.pins().drive(2, !board.pins().driven(2)); }};
    Pin out(2, Pin::OUT, 0);
    Pin(3, Pin::IN).irq([](Pin) { ++edges; });
    board.cpu().alarms().set(edge, board.now_ns() + 5 * ms);
    machine::lightsleep(20);
    print("%d", edges);
    return 0;
  });
  const auto begins = r.of(Kind::lightsleep_begin);
  const auto ends = r.of(Kind::lightsleep_end);
  ASSERT_EQ(begins.size(), 1U);
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].time_ns - begins[0].time_ns, 20 * ms);
  EXPECT_EQ(r.console, "1") << "it is remembered";
  EXPECT_GE(r.of(Kind::isr_enter)[0].time_ns, ends[0].time_ns);
}

TEST(Energy, WithoutATimeALightsleepEndsWithAnInterrupt) {
  const Recording r = run(100 * ms, [] {
    static int ticks = 0;
    machine::Timer timer;
    timer.init({.mode = machine::Timer::ONE_SHOT, .period_us = 7'000}, [](machine::Timer&) { ++ticks; });
    machine::lightsleep();
    print("%d", ticks);
    return 0;
  });
  EXPECT_EQ(r.console, "1");
  EXPECT_NEAR(static_cast<double>(r.of(Kind::lightsleep_end)[0].time_ns), 7e6, 1e4);
}

TEST(Energy, APeriodicTimerGoesOffOnceAtTheEndOfALightsleep) {
  const Recording r = run(100 * ms, [] {
    static int ticks = 0;
    machine::Timer timer;
    timer.init({.period_us = 1'000}, [](machine::Timer&) { ++ticks; });
    machine::lightsleep(20);
    print("%d ", ticks);
    time::sleep_us(5'500);
    print("%d", ticks);
    return 0;
  });
  EXPECT_EQ(r.console, "1 6");
}

TEST(Energy, AnInterruptHandlerMayNotBeServedWhileMaskedButTheSleepEnds) {
  const Recording r = run(100 * ms, [] {
    static int ticks = 0;
    machine::Timer timer;
    timer.init({.mode = machine::Timer::ONE_SHOT, .period_us = 7'000}, [](machine::Timer&) { ++ticks; });
    const std::uint32_t state = machine::disable_irq();
    machine::lightsleep();
    print("%d", ticks);
    machine::enable_irq(state);
    print("%d", ticks);
    return 0;
  });
  EXPECT_EQ(r.console, "01");
}

TEST(Energy, PinsStayAndAPwmStandsStillInALightsleep) {
  const Recording r = run(100 * ms, [] {
    static int edges = 0;
    const Pin led(25, Pin::OUT, 1);
    Pin(15).irq([](Pin) { ++edges; });
    const machine::PWM pwm(15, 1000, 32768);
    time::sleep_us(2'200);
    const int before = edges;
    machine::lightsleep(20);
    print("%d%d ", led.value(), edges - before);
    time::sleep_us(2'200);
    print("%d", edges - before);
    return 0;
  });
  EXPECT_EQ(r.console, "10 4");
  const auto records = r.of(Kind::pwm);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[1].task, 0U);
  EXPECT_EQ(records[1].time_ns, r.of(Kind::lightsleep_begin)[0].time_ns);
  EXPECT_EQ(records[2].task, 1000U);
  EXPECT_EQ(records[2].time_ns, r.of(Kind::lightsleep_end)[0].time_ns);
  const auto pins = r.of(Kind::pin);
  ASSERT_EQ(pins.size(), 2U);
  EXPECT_EQ(pins[1].object, 15U);
  EXPECT_EQ(pins[1].extra, 1) << "the level it stands still at";
}

TEST(Energy, ATaskThatSleepsOnPurposeIsNoHogAndDoesNotHang) {
  const Recording r = run(20'000 * ms, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      machine::lightsleep(10'000);
      co_await asyncio::sleep_ms(1);
    }());
    return 3;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_TRUE(r.of(Kind::hog).empty());
}

}  // namespace
