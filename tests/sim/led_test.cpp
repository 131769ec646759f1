// The LED: when it is lit, and how brightly.
#include "parts/led.hpp"

#include <gtest/gtest.h>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Drive;
using sim::Led;
using sim::Terminal;

constexpr std::uint64_t ms = 1'000'000;

// From pin 15 through the LED and a resistor to ground.
struct Circuit {
  Circuit() {
    board.wiring().join(board.pins().terminal(15), *led.legs()[0].terminal);
    ground.drive(Drive::low());
  }
  Led led{"led1"};
  Terminal ground;
  sim::Resistor resistor{board.wiring(), *led.legs()[1].terminal, ground, 330};
};

TEST(Led, IsLitWhileItsAnodeIsHigh) {
  const Recording r = run(200 * ms, [] {
    Circuit circuit;
    const Pin pin(15, Pin::OUT, 0);
    pin.on();
    time::sleep_ms(50);
    pin.off();
    time::sleep_ms(50);
    return 0;
  });
  EXPECT_EQ(r.shown, (std::vector<std::string>{"led1: on", "led1: off"}));
}

TEST(Led, StaysDarkBehindAPullOrWithoutAWayToGround) {
  const Recording r = run(200 * ms, [] {
    Circuit circuit;
    Pin pin(15, Pin::IN, Pin::PULL_UP);
    time::sleep_ms(50);
    circuit.ground.drive(Drive::nothing());
    pin.init(Pin::OUT, Pin::PULL_NONE, 1);
    time::sleep_ms(50);
    return circuit.led.light() == 0 ? 0 : 1;
  });
  EXPECT_TRUE(r.shown.empty());
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(Led, OneThatChangesFasterThanTheEyeSeesIsDimmed) {
  const Recording r = run(1000 * ms, [] {
    Circuit circuit;
    const Pin pin(15, Pin::OUT, 0);
    for (int i = 0; i < 100; ++i) {
      pin.on();
      time::sleep_us(250);
      pin.off();
      time::sleep_us(750);
    }
    time::sleep_ms(100);
    return 0;
  });
  ASSERT_GE(r.shown.size(), 3U);
  EXPECT_EQ(r.shown[0], "led1: on");
  EXPECT_EQ(r.shown[1], "led1: 25 %");
  EXPECT_EQ(r.shown.back(), "led1: off");
  EXPECT_LE(r.shown.size(), 5U);
}

}  // namespace
