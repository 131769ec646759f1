// The buzzer: which tone it shows.
#include "parts/buzzer.hpp"

#include <gtest/gtest.h>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using wired_part::Supplies;
using wired_part::wire;
using Shown = std::vector<std::string>;

constexpr std::uint64_t ms = 1'000'000;

void sound(const Pin& pin, int half_period_us, int periods) {
  for (int i = 0; i < periods; ++i) {
    pin.on();
    time::sleep_us(half_period_us);
    pin.off();
    time::sleep_us(half_period_us);
  }
}

// Between pin 15 and ground, whichever leg is which.
Recording with_buzzer(const char* to_pin, const char* to_ground, void (*firmware)(const Pin&)) {
  return run(3000 * ms, [=] {
    const Supplies supplies;
    const sim::Buzzer buzzer("bz1");
    wire(buzzer, to_pin, 15);
    wire(buzzer, to_ground, supplies.gnd, "GND");
    firmware(Pin(15, Pin::OUT, 0));
    time::sleep_ms(200);
    return 0;
  });
}

TEST(Buzzer, ShowsTheToneAndTheSilenceAfterIt) {
  for (const bool swapped : {false, true}) {
    const Recording r = with_buzzer(swapped ? "1" : "2", swapped ? "2" : "1", [](const Pin& pin) {
      sound(pin, 1000, 100);  // a little slower, because the program takes time too
    });
    EXPECT_EQ(r.shown, (Shown{"bz1: 500 Hz", "bz1: silent"}));
  }
}

TEST(Buzzer, AnotherToneIsShownAndNothingInBetween) {
  const Recording r = with_buzzer("2", "1", [](const Pin& pin) {
    sound(pin, 1136, 51);  // 440 Hz, not for a multiple of 20 ms
    sound(pin, 568, 101);  // an octave higher
    sound(pin, 536, 100);  // and a semitone
  });
  EXPECT_EQ(r.shown, (Shown{"bz1: 440 Hz", "bz1: 880 Hz", "bz1: 933 Hz", "bz1: silent"}));
}

TEST(Buzzer, AShortBeepIsHeard) {
  const Recording r = with_buzzer("2", "1", [](const Pin& pin) { sound(pin, 500, 5); });
  EXPECT_EQ(r.shown, (Shown{"bz1: 1000 Hz", "bz1: silent"}));
}

TEST(Buzzer, WhatIsSlowerThanATwentiethOfASecondOnlyClicks) {
  const Recording r = with_buzzer("2", "1", [](const Pin& pin) { sound(pin, 30'000, 10); });
  EXPECT_TRUE(r.shown.empty());
}

TEST(Buzzer, BetweenTwoPinsItSoundsByTheirDifference) {
  const Recording r = run(3000 * ms, [] {
    const sim::Buzzer buzzer("bz1");
    wire(buzzer, "1", 14);
    wire(buzzer, "2", 15);
    Pin one(14, Pin::OUT, 1);
    const Pin two(15, Pin::OUT, 1);
    sound(one, 1000, 50);
    time::sleep_ms(200);
    one.init(Pin::IN);  // no way back for the current
    sound(two, 1000, 50);
    time::sleep_ms(200);
    return 0;
  });
  EXPECT_EQ(r.shown, (Shown{"bz1: 500 Hz", "bz1: silent"}));
}

}  // namespace
