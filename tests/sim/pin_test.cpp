// machine::Pin on the virtual board.
#include <gtest/gtest.h>

#include "asyncio/exceptions.hpp"
#include "machine.hpp"
#include "mcu/board.hpp"

namespace {

using machine::Pin;

TEST(Pin, DrivesAndReadsBack) {
  const Pin led(2, Pin::OUT);
  EXPECT_EQ(led.value(), 0);
  led.on();
  EXPECT_EQ(led.value(), 1);
  led.off();
  EXPECT_EQ(led(), 0);
  led(1);
  EXPECT_EQ(led(), 1);
  led.toggle();
  EXPECT_EQ(led.value(), 0);
  led.high();
  EXPECT_EQ(led.value(), 1);
  led.low();
  EXPECT_EQ(led.value(), 0);
  led.value(7);
  EXPECT_EQ(led.value(), 1);
}

TEST(Pin, CopiesMeanTheSamePin) {
  const Pin led(3, Pin::OUT);
  const Pin same = led;
  const Pin again(3);
  led.on();
  EXPECT_EQ(same.value(), 1);
  EXPECT_EQ(again.value(), 1);
  EXPECT_EQ(again.id(), 3);
}

TEST(Pin, OutputStartsWithTheValueGivenOrTheOneItHas) {
  EXPECT_EQ(Pin(4, Pin::OUT, 1).value(), 1);
  EXPECT_EQ(Pin(4, Pin::OUT).value(), 1);
  EXPECT_EQ(Pin(4, Pin::OUT, Pin::PULL_NONE, 0).value(), 0);
  const Pin prepared(5);
  prepared.value(1);  // an input still: what it will drive
  EXPECT_EQ(prepared.value(), 0);
  EXPECT_EQ(Pin(5, Pin::OUT).value(), 1);
}

TEST(Pin, InputReadsWhatItsPullMakesIt) {
  EXPECT_EQ(Pin(6, Pin::IN).value(), 0);
  EXPECT_EQ(Pin(6, Pin::IN, Pin::PULL_UP).value(), 1);
  EXPECT_EQ(Pin(6, Pin::IN, Pin::PULL_DOWN).value(), 0);
}

TEST(Pin, OpenDrainLetsGoInsteadOfDrivingHigh) {
  Pin wire(7, Pin::OPEN_DRAIN, Pin::PULL_UP, 1);
  EXPECT_EQ(wire.value(), 1);
  wire.off();
  EXPECT_EQ(wire.value(), 0);
  wire.init(Pin::OPEN_DRAIN);
  wire.on();
  EXPECT_EQ(wire.value(), 0);
}

TEST(Pin, WrongNumberIsExplained) {
  for (const int wrong : {-1, 30, 99, 256, 1'000'000}) {
    try {
      Pin pin(wrong, Pin::OUT);
      ADD_FAILURE() << wrong << " was accepted";
    } catch (const asyncio::ValueError& error) {
      EXPECT_STREQ(error.what(),
                   "Pin: there is no such pin on this board; a Pico has 0 to 29 (25 is its LED)");
    }
  }
  EXPECT_NO_THROW(Pin(0));
  EXPECT_NO_THROW(Pin(29));
}

TEST(Pin, TakesTime) {
  const Pin led(8, Pin::OUT);
  const std::uint64_t before = sim::board.now_ns();
  led.toggle();
  EXPECT_EQ(sim::board.now_ns() - before, sim::board.profile().pin_access_ns);
}

}  // namespace
