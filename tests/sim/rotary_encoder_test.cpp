// The KY-040: which way its contacts go, how fast, and how they bounce.
#include "parts/rotary_encoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::RotaryEncoder;
using trace::Kind;
using trace::Record;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;

// CLK, DT and SW on pins 2, 3 and 4. Static in each firmware, so that it lasts to its end.
struct Circuit {
  explicit Circuit(const RotaryEncoder::Options& options) : encoder("enc1", options) {
    wire(encoder, "CLK", 2);
    wire(encoder, "DT", 3);
    wire(encoder, "SW", 4);
    wire(encoder, "VCC", supplies.vcc, "VCC");
    wire(encoder, "GND", supplies.gnd, "GND");
  }
  Supplies supplies;
  RotaryEncoder encoder;
};

// The edges, the pins' being set up left out: "C" and "D", falling in small letters.
std::string edges(const Recording& recording) {
  std::string found;
  for (const Record& record : recording.of(Kind::pin)) {
    if (record.object == 2) found += record.extra != 0 ? 'C' : 'c';
    if (record.object == 3) found += record.extra != 0 ? 'D' : 'd';
  }
  return found.substr(2);
}

Recording turn(const RotaryEncoder::Options& options, double to, std::uint64_t seed = 0) {
  return run(
      2000 * ms,
      [&] {
        static Circuit circuit(options);
        const Pin clk(2, Pin::IN);  // no pull-up: the module has them
        const Pin dt(3, Pin::IN);
        const Pin sw(4, Pin::IN);
        set(circuit.encoder, "position", to);
        time::sleep_ms(500);
        print("%d%d%d %d", clk.value(), dt.value(), sw.value(), static_cast<int>(circuit.encoder.position()));
        return 0;
      },
      seed);
}

TEST(RotaryEncoder, ClockwiseClkFallsBeforeDt) {
  const Recording r = turn({.bounce = false}, 2);
  EXPECT_EQ(edges(r), "cdCDcdCD");
  EXPECT_EQ(r.console, "111 2");
}

TEST(RotaryEncoder, TheOtherWayDtFallsBeforeClk) {
  const Recording r = turn({.bounce = false}, -2);
  EXPECT_EQ(edges(r), "dcDCdcDC");
  EXPECT_EQ(r.console, "111 -2");
}

TEST(RotaryEncoder, AClickTakesStepMsAndItsEdgesAQuarterEach) {
  const auto changes = turn({.bounce = false, .step_ms = 8}, 2).of(Kind::pin);
  ASSERT_EQ(changes.size(), 3U + 8U);
  for (std::size_t i = 4; i < changes.size(); ++i)
    EXPECT_EQ(changes[i].time_ns - changes[i - 1].time_ns, 2 * ms) << i;
}

TEST(RotaryEncoder, EachContactIsStillBeforeTheOtherOneMoves) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Recording r = turn({.bounce_us = 5000}, 5, seed);
    EXPECT_EQ(r.console, "111 5");
    std::string moves = edges(r);
    EXPECT_GT(moves.size(), 40U);
    // What a contact does in a row ends where one edge would: taken together, the edges are those of five
    // clicks.
    std::string still;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const bool last_of_its_row = i + 1 == moves.size() || (moves[i] | 0x20) != (moves[i + 1] | 0x20);
      if (last_of_its_row) still += moves[i];
    }
    EXPECT_EQ(still, "cdCDcdCDcdCDcdCDcdCD") << seed;
  }
}

TEST(RotaryEncoder, SetAnewOnItsWayItGoesThereFromTheNextClick) {
  const Recording r = run(2000 * ms, [] {
    static Circuit circuit({.bounce = false, .step_ms = 4});
    const Pin clk(2, Pin::IN);
    const Pin dt(3, Pin::IN);
    set(circuit.encoder, "position", 100);
    time::sleep_us(5500);  // in the second click
    set(circuit.encoder, "position", 1);
    time::sleep_ms(50);
    print("%d", static_cast<int>(circuit.encoder.position()));
    return 0;
  });
  EXPECT_EQ(edges(r), "cdCDcdCDdcDC");
  EXPECT_EQ(r.console, "1");
}

TEST(RotaryEncoder, PressedSwIsLow) {
  const Recording r = run(2000 * ms, [] {
    static Circuit circuit({});
    const Pin sw(4, Pin::IN);
    set(circuit.encoder, "pressed", 1);
    time::sleep_ms(5);
    print("%d", sw.value());
    set(circuit.encoder, "pressed", 0);
    time::sleep_ms(5);
    print("%d", sw.value());
    return 0;
  });
  EXPECT_EQ(r.console, "01");
  EXPECT_GT(r.of(Kind::pin).size(), 5U) << "it bounces";
}

TEST(RotaryEncoder, WithoutItsSupplyOneContactPullsTheOtherDown) {
  const Recording r = run(2000 * ms, [] {
    const Supplies supplies;
    RotaryEncoder encoder("enc1", {.bounce = false, .step_ms = 8});
    wire(encoder, "CLK", 2);
    wire(encoder, "DT", 3);
    wire(encoder, "GND", supplies.gnd, "GND");
    const Pin clk(2, Pin::IN, Pin::PULL_UP);
    const Pin dt(3, Pin::IN, Pin::PULL_UP);
    set(encoder, "position", 1);
    time::sleep_ms(1);
    print("%d%d", clk.value(), dt.value());
    return 0;
  });
  EXPECT_EQ(r.console, "00");
}

}  // namespace
