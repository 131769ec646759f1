// The slide switch: what it joins, and what happens on its way.
#include "parts/slide_switch.hpp"

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
using sim::SlideSwitch;
using trace::Kind;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;

// Legs 1 to 3 to pins 11 to 13.
void to_pins(const SlideSwitch& part) {
  wire(part, "1", 11);
  wire(part, "2", 12);
  wire(part, "3", 13);
}

// Which of the outer legs are low when the middle one is.
void print_joined() {
  const Pin middle(12, Pin::OUT, 0);
  const Pin one(11, Pin::IN, Pin::PULL_UP);
  const Pin three(13, Pin::IN, Pin::PULL_UP);
  print("%s%s ", one.value() == 0 ? "1" : "-", three.value() == 0 ? "3" : "-");
}

TEST(SlideSwitch, JoinsItsMiddleToOneOrThree) {
  const Recording r = run(100 * ms, [] {
    SlideSwitch part("sw1");
    to_pins(part);
    print_joined();
    set(part, "position", 1);
    time::sleep_ms(20);
    print_joined();
    set(part, "position", 0);
    time::sleep_ms(20);
    print_joined();
    const SlideSwitch right("sw2", {.position = 1});
    print("%u", right.position());
    return 0;
  });
  EXPECT_EQ(r.console, "1- -3 1- 1");
}

TEST(SlideSwitch, OnItsWayItJoinsNothing) {
  const Recording r = run(100 * ms, [] {
    SlideSwitch part("sw1", {.bounce = false, .travel_us = 3000});
    to_pins(part);
    set(part, "position", 1);
    print_joined();
    time::sleep_us(2900);
    print_joined();
    time::sleep_us(200);
    print_joined();
    return 0;
  });
  EXPECT_EQ(r.console, "-- -- -3 ");
}

TEST(SlideSwitch, TurnedBackOnItsWayItIsWhereItWas) {
  const Recording r = run(100 * ms, [] {
    SlideSwitch part("sw1", {.bounce = false, .travel_us = 3000});
    to_pins(part);
    set(part, "position", 1);
    time::sleep_us(2000);
    set(part, "position", 0);
    time::sleep_us(2000);
    print_joined();
    time::sleep_us(2000);
    print_joined();
    return 0;
  });
  EXPECT_EQ(r.console, "-- 1- ");
}

TEST(SlideSwitch, BouncesOnBothSidesAndNeverJoinsAllThree) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Recording r = run(
        200 * ms,
        [] {
          const Supplies supplies;
          SlideSwitch part("sw1");
          wire(part, "1", supplies.vcc, "VCC");
          wire(part, "2", 12);
          wire(part, "3", supplies.gnd, "GND");
          const Pin middle(12, Pin::IN, Pin::PULL_DOWN);  // to hear the contact to VCC bounce
          time::sleep_ms(5);
          set(part, "position", 1);
          time::sleep_ms(20);
          set(part, "position", 0);
          time::sleep_ms(20);
          print("%d", middle.value());
          return 0;
        },
        seed);
    EXPECT_EQ(r.console, "1");
    EXPECT_GT(r.of(Kind::pin).size(), 6U) << seed;
    EXPECT_TRUE(r.of(Kind::conflict).empty()) << "VCC and GND were joined, seed " << seed;
  }
}

}  // namespace
