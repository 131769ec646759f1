// machine::freq() on the virtual board: which frequencies there are, and what changes with them.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "mcu/line_cost.hpp"
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

TEST(Frequency, ReadsBackAsSet) {
  const Recording r = run(100 * ms, [] {
    print("%d ", static_cast<int>(machine::freq() / 1000));
    for (const std::uint32_t mhz : {270U, 250U, 200U, 133U, 64U, 48U, 20U}) {
      machine::freq(mhz * 1'000'000);
      print("%d ", static_cast<int>(machine::freq() / 1'000'000));
    }
    return 0;
  });
  EXPECT_EQ(r.console, "125000 270 250 200 133 64 48 20 ");
}

TEST(Frequency, WhatThePllCannotMakeIsRefused) {
  const Recording r = run(100 * ms, [] {
    int refused = 0;
    for (const std::uint32_t hz :
         {0U, 9'000'000U, 10'000'000U, 126'500'000U, 125'000'001U, 271'000'000U, 272'000'000U}) {
      try {
        machine::freq(hz);
      } catch (const asyncio::ValueError& error) {
        if (++refused == 4) print("%s", error.what());
      }
    }
    print(" %d %d", refused, static_cast<int>(machine::freq() / 1'000'000));
    return 0;
  });
  EXPECT_EQ(r.console,
            "machine.freq: the PLL cannot make that; it makes 12 MHz times 63 to 133, divided by 1 to 7 and "
            "again by "
            "1 to 7: 48, 64, 100, 125, 133, 150, 200 or 250 MHz, for example 7 125");
}

TEST(Frequency, WhatTakesCyclesTakesLongerAtALowerOne) {
  const Recording r = run(100 * ms, [] {
    Pin led(15, Pin::OUT);
    for (const std::uint32_t mhz : {125U, 250U, 25U}) {
      machine::freq(mhz * 1'000'000);
      const std::uint64_t before = board.now_ns();
      for (int i = 0; i < 100; ++i) led.toggle();
      print("%d ", static_cast<int>(board.now_ns() - before) / 100);
    }
    return 0;
  });
  EXPECT_EQ(r.console, "96 48 480 ");
}

TEST(Frequency, ATaskSwitchAndALineOfTheProgramScaleToo) {
  sim::Profile profile = pico();
  const sim::Profile half = sim::at_frequency(profile, 62'500'000);
  EXPECT_EQ(half.task_switch_ns, 2 * profile.task_switch_ns);
  EXPECT_EQ(half.line_ns, 2 * profile.line_ns);
  EXPECT_EQ(half.console_byte_ns, 2 * profile.console_byte_ns);
  EXPECT_EQ(half.interrupt_entry_ns, 2 * profile.interrupt_entry_ns);
  EXPECT_EQ(half.adc_read_ns, profile.adc_read_ns);
  const sim::Profile same = sim::at_frequency(profile, 125'000'000);
  EXPECT_EQ(same.clock_read_ns, profile.clock_read_ns);
  EXPECT_EQ(same.run_ua, profile.run_ua);
}

TEST(Frequency, ATimerAndTimeDoNotChange) {
  const Recording r = run(200 * ms, [] {
    static std::vector<std::uint64_t> ticks;
    machine::Timer timer;
    timer.init({.period_us = 1000}, [](machine::Timer&) { ticks.push_back(board.now_ns()); });
    time::sleep_us(5'500);
    machine::freq(250'000'000);
    const std::int32_t before = time::ticks_us();
    time::sleep_ms(5);
    print("%d %d", static_cast<int>(ticks.size()),
          static_cast<int>(time::ticks_diff(time::ticks_us(), before) / 100));
    return 0;
  });
  EXPECT_EQ(r.console, "10 50");
}

TEST(Frequency, PulsesOfAPwmFollowIt) {
  const Recording r = run(200 * ms, [] {
    const machine::PWM pwm(15, 1000, 32768);
    time::sleep_ms(10);
    machine::freq(250'000'000);
    print("%d ", static_cast<int>(pwm.freq()));
    time::sleep_ms(10);
    return 0;
  });
  EXPECT_EQ(r.console, "2000 ");
  const auto records = r.of(Kind::pwm);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].task, 2000U);
  EXPECT_EQ(records[1].extra, records[0].extra);
  EXPECT_EQ(records[1].time_ns, r.of(Kind::power)[1].time_ns);
}

TEST(Frequency, AnI2cIsFasterUntilItIsMadeAgain) {
  const Recording r = run(200 * ms, [] {
    machine::I2C i2c(0, {.freq = 100'000});
    machine::freq(250'000'000);
    i2c.scan();
    machine::I2C again(0, {.freq = 100'000});
    return 0;
  });
  const auto setups = r.of(Kind::i2c_setup);
  ASSERT_EQ(setups.size(), 3U);
  EXPECT_EQ(setups[0].task, 100'000U);
  EXPECT_EQ(setups[1].task, 200'000U);
  EXPECT_EQ(setups[1].site, setups[0].site);
  EXPECT_EQ(setups[2].task, 100'000U);
  EXPECT_EQ(r.of(Kind::i2c_stop)[0].time_ns - r.of(Kind::i2c_start)[0].time_ns, 47'500U);
}

}  // namespace
