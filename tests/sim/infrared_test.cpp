// The infrared remote control and its receivers, by the level of their output and by the driver.
#include <gtest/gtest.h>

#include <string>

#include "asyncio.hpp"
#include "drivers/nec_ir.hpp"
#include "machine.hpp"
#include "parts/ir_receiver.hpp"
#include "parts/ir_remote.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::IrReceiver;
using sim::IrRemote;
using trace::Kind;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;
constexpr unsigned dat = 15;

// Static in each firmware, so that it lasts to its end.
struct Circuit {
  Circuit() {
    wire(receiver, "VCC", supplies.vcc, "VCC");
    wire(receiver, "GND", supplies.gnd, "GND");
    wire(receiver, "DAT", dat);
  }
  Supplies supplies;
  IrReceiver receiver{"ir1"};
  IrRemote remote{"remote1"};
};

// What the driver makes of what is sent: "162 @0", with the commands as numbers.
std::string heard(const std::vector<std::string>& sent, std::uint64_t seed = 0) {
  return run(
             20'000 * ms,
             [&] {
               static Circuit circuit;
               static IrRemote* remote;
               static const std::vector<std::string>* texts;
               remote = &circuit.remote;
               texts = &sent;
               asyncio::run([]() -> asyncio::Coro<> {
                 drivers::NecIr driver(Pin(dat, Pin::IN),
                                       [](int data, int address) { print("%d@%d ", data, address); });
                 for (const std::string& text : *texts) {
                   EXPECT_EQ(remote->check(text), "");
                   remote->send(text);
                 }
                 co_await asyncio::sleep_ms(3000);
               }());
               return 0;
             },
             seed)
      .console;
}

constexpr int repeat = drivers::NecCode::REPEAT;
static_assert(repeat == -1 && drivers::NecCode::BADBLOCK == -3 && drivers::NecCode::BADDATA == -6 &&
              drivers::NecCode::BADSTART == -2);

TEST(Infrared, DatIsLowDuringAMarkAndTheTimesAreThoseOfTheProtocol) {
  const Recording r = run(1000 * ms, [] {
    static Circuit circuit;
    const Pin pin(dat, Pin::IN);  // the receiver has a pull-up of its own
    time::sleep_ms(5);
    circuit.remote.send("0x01");
    time::sleep_ms(200);
    return 0;
  });
  const auto edges = r.of(Kind::pin);
  ASSERT_EQ(edges.size(), 1U + 68U) << "2 of the start, 2 of each of 32 bits, 2 of the last mark";
  EXPECT_EQ(edges[0].extra, 1) << "idle is high";
  EXPECT_EQ(edges[1].extra, 0);
  const auto width_us = [&](std::size_t i) {
    return static_cast<double>(edges[i + 1].time_ns - edges[i].time_ns) / 1000;
  };
  constexpr double tolerance_us = 60;  // a delay of 10 periods of 38 kHz, more or less one, at either end
  EXPECT_NEAR(width_us(1), 9000, tolerance_us);
  EXPECT_NEAR(width_us(2), 4500, tolerance_us);
  for (std::size_t bit = 0; bit < 32; ++bit) {
    const bool one = (bit >= 8 && bit < 16) || bit == 16 || bit > 24;  // address 0, command 1
    EXPECT_NEAR(width_us(3 + 2 * bit), 562.5, tolerance_us) << bit;
    EXPECT_NEAR(width_us(4 + 2 * bit), one ? 1687.5 : 562.5, tolerance_us) << bit;
  }
  EXPECT_NEAR(width_us(67), 562.5, tolerance_us);
}

TEST(Infrared, EveryKeyArrivesAsItsCommand) {
  const std::vector<std::pair<const char*, int>> keys{
      {"POWER", 0xA2},    {"MENU", 0xE2}, {"TEST", 0x22}, {"PLUS", 0x02}, {"BACK", 0xC2},
      {"PREVIOUS", 0xE0}, {"PLAY", 0xA8}, {"NEXT", 0x90}, {"0", 0x68},    {"MINUS", 0x98},
      {"C", 0xB0},        {"1", 0x30},    {"2", 0x18},    {"3", 0x7A},    {"4", 0x10},
      {"5", 0x38},        {"6", 0x5A},    {"7", 0x42},    {"8", 0x4A},    {"9", 0x52}};
  std::vector<std::string> sent;
  std::string expected;
  for (const auto& [name, command] : keys) {
    sent.emplace_back(name);
    expected += std::to_string(command) + "@0 ";
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(heard(sent, seed), expected) << seed;
}

TEST(Infrared, ACommandMayBeGivenAsANumberAndNamesInSmallLetters) {
  EXPECT_EQ(heard({"0x00", "0xff", "0x1A", "play"}), "0@0 255@0 26@0 168@0 ");
}

TEST(Infrared, AKeyThatIsHeldRepeatsEach108Ms) {
  EXPECT_EQ(heard({"PLUS held 500 ms"}), "2@0 -1@0 -1@0 -1@0 -1@0 ");
  EXPECT_EQ(heard({"PLUS held 108ms", "MINUS held 109ms"}), "2@0 152@0 -1@0 ");
  const Recording r = run(1000 * ms, [] {
    static Circuit circuit;
    const Pin pin(dat, Pin::IN);
    circuit.remote.send("PLUS held 200 ms");
    time::sleep_ms(300);
    return 0;
  });
  const auto edges = r.of(Kind::pin);
  ASSERT_EQ(edges.size(), 1U + 68U + 4U);
  EXPECT_NEAR(static_cast<double>(edges[69].time_ns - edges[1].time_ns), 108e6, 60e3);
}

TEST(Infrared, ABadBurstIsAnErrorOfTheDriverAndTheNextOneIsUnderstood) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(heard({"PLAY truncated", "PLAY"}, seed), "-3@0 168@0 ") << seed;
    EXPECT_EQ(heard({"PLAY garbled", "PLAY"}, seed), "-6@0 168@0 ") << seed;
    EXPECT_EQ(heard({"noise", "PLAY"}, seed), "-2@0 168@0 ") << seed;
  }
}

TEST(Infrared, WhatItDoesNotUnderstandItAnswersWithWhatWouldBeRight) {
  IrRemote remote("remote1");
  for (const char* const wrong :
       {"", "POWR", "0x100", "0x", "0xzz", "12", "PLAY held", "PLAY held ms", "PLAY held 5 s",
        "PLAY held 60001 ms", "PLAY held -1 ms", "PLAY twice", "noise held 5 ms"}) {
    EXPECT_NE(remote.check(wrong).find("POWER MENU TEST"), std::string::npos) << wrong;
  }
}

TEST(Infrared, EveryReceiverSeesEveryRemoteControl) {
  const Recording r = run(1000 * ms, [] {
    static Circuit circuit;
    static IrReceiver other("ir2");
    wire(other, "VCC", circuit.supplies.vcc, "VCC");
    wire(other, "GND", circuit.supplies.gnd, "GND");
    wire(other, "DAT", 16);
    static IrRemote second("remote2");
    const Pin one(dat, Pin::IN);
    const Pin two(16, Pin::IN);
    circuit.remote.send("1");
    time::sleep_ms(150);
    second.send("2");
    time::sleep_ms(150);
    return 0;
  });
  int edges[2] = {};
  for (const auto& record : r.of(Kind::pin)) ++edges[record.object - dat];
  EXPECT_EQ(edges[0], 1 + 2 * 68);
  EXPECT_EQ(edges[1], 1 + 2 * 68);
}

TEST(Infrared, AReceiverWithoutPowerSeesNothing) {
  const Recording r = run(1000 * ms, [] {
    static Circuit circuit;
    const Pin pin(dat, Pin::IN, Pin::PULL_UP);
    wired_part::leg(circuit.supplies.vcc, "VCC").drive(sim::Drive::nothing());
    circuit.remote.send("1");
    time::sleep_ms(150);
    return 0;
  });
  EXPECT_EQ(r.of(Kind::pin).size(), 1U);
}

TEST(Infrared, TheSeedSaysHowItsEdgesVary) {
  const auto edges = [](std::uint64_t seed) {
    std::vector<std::uint64_t> times;
    const Recording r = run(
        1000 * ms,
        [] {
          static Circuit circuit;
          const Pin pin(dat, Pin::IN);
          circuit.remote.send("1");
          time::sleep_ms(150);
          return 0;
        },
        seed);
    for (const auto& record : r.of(Kind::pin)) times.push_back(record.time_ns);
    return times;
  };
  EXPECT_EQ(edges(1), edges(1));
  EXPECT_NE(edges(1), edges(2));
}

}  // namespace
