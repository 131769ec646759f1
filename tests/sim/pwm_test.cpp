// machine::PWM on the virtual board: when its edges are, what slices share, and what others see of it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "parts/led.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using machine::PWM;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Drive;
using sim::Terminal;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

// Notes when its net changes, and to what.
struct Probe final : sim::NetListener {
  explicit Probe(unsigned pin) { board.wiring().join(terminal, board.pins().terminal(pin)); }
  void on_change(Terminal&) override {
    const bool high = terminal.is_high();
    if (high == last) return;
    last = high;
    edges.push_back(board.now_ns());
  }
  Terminal terminal{*this};
  bool last = false;
  std::vector<std::uint64_t> edges;
};

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

TEST(Pwm, EdgesComeAtTheRightTimesWithoutDrift) {
  const Recording r = run(2'000 * ms, [] {
    const Probe probe(15);
    const PWM pwm(15, 440, 16384);  // a quarter; the period is no whole number of ns
    time::sleep_ms(1'000);
    print("%d %d %d", static_cast<int>(probe.edges.size()), static_cast<int>(probe.edges[1] - probe.edges[0]),
          static_cast<int>(probe.edges[2 * 400] - probe.edges[0]));
    return 0;
  });
  int count = 0;
  int high_ns = 0;
  int periods_ns = 0;
  ASSERT_EQ(std::sscanf(r.console.c_str(), "%d %d %d", &count, &high_ns, &periods_ns), 3);
  EXPECT_NEAR(count, 880, 2);
  EXPECT_NEAR(high_ns, 1e9 / 440 / 4, 50);
  EXPECT_NEAR(periods_ns, 400 * 1e9 / 440, 20'000) << "the divider makes it to 1 in 50000";
}

TEST(Pwm, AnInputWiredToItInterruptsAtEachEdge) {
  const Recording r = run(100 * ms, [] {
    board.wiring().join(board.pins().terminal(15), board.pins().terminal(14));
    static std::vector<std::uint64_t> rising;
    Pin input(14, Pin::IN);
    input.irq([](Pin) { rising.push_back(board.now_ns()); }, Pin::IRQ_RISING);
    const PWM pwm(15, 1000, 32768);
    time::sleep_us(10'200);
    print("%d", static_cast<int>(rising.size()));
    for (std::size_t i = 1; i < rising.size(); ++i)
      print(" %d", static_cast<int>(rising[i] - rising[i - 1] + 500) / 1000);
    return 0;
  });
  EXPECT_EQ(r.console, "11 1000 1000 1000 1000 1000 1000 1000 1000 1000 1000");
}

TEST(Pwm, ItRunsWhileTheFirmwareSleepsAndItsOwnPinsInterruptSeesIt) {
  const Recording r = run(200 * ms, [] {
    static int edges = 0;
    Pin(15).irq([](Pin) { ++edges; });
    const PWM pwm(15, 100, 32768);
    asyncio::run([]() -> asyncio::Coro<> { co_await asyncio::sleep_ms(98); }());
    print("%d", edges);
    return 0;
  });
  EXPECT_EQ(r.console, "20");
}

TEST(Pwm, ALedOnItIsDimmed) {
  const Recording r = run(1'000 * ms, [] {
    sim::Led led{"led1"};
    Terminal ground;
    board.wiring().join(board.pins().terminal(15), *led.legs()[0].terminal);
    const sim::Resistor resistor{board.wiring(), *led.legs()[1].terminal, ground, 330};
    ground.drive(Drive::low());
    const PWM pwm(15, 1000, 16384);
    time::sleep_ms(100);
    pwm.freq(1'000'000);  // the mean, without edges
    time::sleep_ms(100);
    pwm.duty_u16(49152);
    time::sleep_ms(100);
    pwm.deinit();
    time::sleep_ms(100);
    return 0;
  });
  ASSERT_GE(r.shown.size(), 4U);
  EXPECT_EQ(r.shown[0], "led1: on");
  EXPECT_EQ(r.shown[1], "led1: 25 %");
  EXPECT_EQ(r.shown[r.shown.size() - 2], "led1: 75 %");
  EXPECT_EQ(r.shown.back(), "led1: off");
}

TEST(Pwm, EachChangeIsOneRecordAndNoEdgeIsOne) {
  const Recording r = run(200 * ms, [] {
    const PWM pwm(15, 1000, 16384);
    time::sleep_us(20'300);
    pwm.duty_u16(32768);
    pwm.duty_u16(32768);
    time::sleep_ms(20);
    pwm.freq(2000);
    time::sleep_ms(20);
    pwm.deinit();
    return 0;
  });
  const auto records = r.of(Kind::pwm);
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].object, 15U);
  EXPECT_EQ(records[0].task, 1000U);
  EXPECT_EQ(records[0].extra, 16384);
  EXPECT_EQ(records[1].task, 1000U);
  EXPECT_EQ(records[1].extra, 32768);
  EXPECT_NEAR(static_cast<double>(records[1].time_ns - records[0].time_ns), 21e6, 1e3)
      << "at the end of the period";
  EXPECT_EQ(records[2].task, 2000U);
  EXPECT_EQ(records[2].extra, 32768);
  EXPECT_EQ(records[3].task, 0U);
  const auto pins = r.of(Kind::pin);
  ASSERT_EQ(pins.size(), 1U);
  EXPECT_EQ(pins[0].extra, 0) << "after deinit()";
}

TEST(Pwm, AChangedDutyTakesEffectWithTheNextPeriod) {
  const Recording r = run(200 * ms, [] {
    const Probe probe(15);
    const PWM pwm(15, 100, 32768);
    const std::uint64_t began = board.now_ns();
    time::sleep_ms(2);
    pwm.duty_u16(6554);  // a tenth
    time::sleep_ms(20);
    for (const std::uint64_t edge : probe.edges)
      print("%d ", static_cast<int>((edge - began + 500'000) / ms));
    return 0;
  });
  EXPECT_EQ(r.console, "0 5 10 11 20 21 ");
}

TEST(Pwm, ADutyOfNothingAndOfEverythingHasNoEdges) {
  const Recording r = run(200 * ms, [] {
    const Probe probe(15);
    const PWM pwm(15, 1000, 0);
    time::sleep_ms(10);
    print("%d%d ", Pin(15).value(), static_cast<int>(probe.edges.size()));
    return 0;
  });
  EXPECT_EQ(r.console, "00 ");
  const Recording all = run(200 * ms, [] {
    const Probe probe(15);
    const PWM pwm(15, 1000, 65535);
    time::sleep_ms(10);
    print("%d %d ", static_cast<int>(probe.edges.size()), pwm.duty_u16());
    pwm.duty_u16(0);
    time::sleep_ms(10);
    print("%d %d", static_cast<int>(probe.edges.size()),
          static_cast<int>((probe.edges[1] - probe.edges[0] + 500'000) / ms));
    return 0;
  });
  EXPECT_EQ(all.console, "1 65535 2 11");
}

TEST(Pwm, BeyondAHundredKilohertzTheNetHasTheMeanAndNoEdges) {
  const Recording r = run(200 * ms, [] {
    const PWM slow(14, 100'000, 16384);
    const PWM fast(16, 110'000, 16384);
    const Probe at_slow(14);
    const Probe at_fast(16);
    time::sleep_us(1'001);
    print("%d %d %d", static_cast<int>(at_slow.edges.size()), static_cast<int>(at_fast.edges.size()),
          at_fast.terminal.net().level);
    return 0;
  });
  int slow = 0;
  int fast = 0;
  int level = 0;
  ASSERT_EQ(std::sscanf(r.console.c_str(), "%d %d %d", &slow, &fast, &level), 3);
  EXPECT_NEAR(slow, 200, 2);
  EXPECT_EQ(fast, 0);
  EXPECT_NEAR(level, 16384, 30);
}

TEST(Pwm, TwoPinsOfASliceShareTheFrequencyAndKeepTheirDuties) {
  const Recording r = run(200 * ms, [] {
    const PWM one(14, 1000, 16384);
    const PWM other(15, 2000, 32768);
    print("%d %d %d %d; ", static_cast<int>(one.freq()), one.duty_u16(), static_cast<int>(other.freq()),
          other.duty_u16());
    one.duty_ns(100'000);
    other.freq(500);
    print("%d %d %d", static_cast<int>(one.freq()), static_cast<int>(one.duty_ns()), other.duty_u16());
    return 0;
  });
  EXPECT_EQ(r.console, "2000 16384 2000 32768; 500 100006 32768");
}

TEST(Pwm, PinsSixteenApartShowTheSamePulses) {
  const Recording r = run(200 * ms, [] {
    const Probe at_two(2);
    const Probe at_eighteen(18);
    const PWM two(2, 1000, 16384);
    const PWM eighteen(18, 1000, 32768);
    time::sleep_ms(10);
    print("%d %d ", two.duty_u16(), eighteen.duty_u16());
    const std::size_t last = at_two.edges.size() - 1;
    print("%d ", at_two.edges[last] == at_eighteen.edges[at_eighteen.edges.size() - 1] ? 1 : 0);
    two.deinit();
    const std::size_t then = at_eighteen.edges.size();
    time::sleep_ms(10);
    print("%d", static_cast<int>(at_eighteen.edges.size() - then));
    return 0;
  });
  EXPECT_EQ(r.console, "32768 32768 1 20");
}

TEST(Pwm, WhatWasSetIsReadBackAsTheDividerMakesIt) {
  const Recording r = run(200 * ms, [] {
    const PWM pwm(15, 50, 0);
    for (const std::uint32_t hz : {8U, 50U, 440U, 38'000U, 7'000'000U, 62'500'000U}) {
      pwm.freq(hz);
      pwm.duty_u16(32768);
      print("%d %d, ", static_cast<int>(pwm.freq()), pwm.duty_u16());
    }
    pwm.freq(50);
    pwm.duty_ns(1'500'000);
    print("%d", static_cast<int>(pwm.duty_ns()));
    return 0;
  });
  EXPECT_EQ(r.console.substr(0, 54), "8 32768, 50 32768, 440 32768, 38005 32777, 6944444 327");
  EXPECT_NEAR(std::stod(r.console.substr(r.console.rfind(' '))), 1'500'000, 320);
}

TEST(Pwm, APulseMayLastTheWholePeriod) {
  const Recording r = run(2000 * ms, [] {
    const PWM pwm(15, 50, 0);
    for (const std::uint32_t hz : {8U, 50U, 1000U, 38'000U, 7'000'000U}) {
      pwm.freq(hz);
      pwm.duty_ns(1'000'000'000 / pwm.freq());
      print("%d ", pwm.duty_u16());
    }
    return 0;
  });
  EXPECT_EQ(r.console, "65535 65535 65535 65535 65535 ");
}

TEST(Pwm, WhatCannotBeIsExplained) {
  const Recording r = run(200 * ms, [] {
    for (const std::uint32_t wrong : {0U, 7U, 62'500'001U})
      print("%d", error_of([&] { PWM(15, wrong, 0); }) != "no error");
    const PWM pwm(15, 1000, 0);
    print("%s\n%s\n", error_of([&] { pwm.freq(7); }).c_str(),
          error_of([&] { pwm.duty_ns(1'000'100); }).c_str());
    pwm.deinit();
    print("%s\n%s", error_of([&] { pwm.duty_u16(1); }).c_str(), error_of([] { PWM(30, 1000, 0); }).c_str());
    return 0;
  });
  EXPECT_EQ(
      r.console,
      "111PWM: the board cannot make that frequency; with the CPU at 125 MHz it is 8 Hz to 62.5 MHz, half of "
      "the CPU's, and in proportion at another one\n"
      "PWM: the pulse is longer than the period; duty_ns() is at most 1e9 / freq()\n"
      "PWM: the pin is no PWM's any more; make a new PWM to start it again\n"
      "Pin: there is no such pin on this board; a Pico has 0 to 29 (25 is its LED)");
}

TEST(Pwm, DeinitLeavesThePinLowAndReadsAsNothing) {
  const Recording r = run(200 * ms, [] {
    const PWM pwm(15, 1000, 65535);
    print("%d", Pin(15).value());
    pwm.deinit();
    pwm.deinit();
    print("%d %d %d %d", Pin(15).value(), static_cast<int>(pwm.freq()), pwm.duty_u16(),
          static_cast<int>(pwm.duty_ns()));
    const PWM again(15, 1000, 65535);
    print(" %d", Pin(15).value());
    return 0;
  });
  EXPECT_EQ(r.console, "10 0 0 0 1");
}

TEST(Pwm, APinThatIsMadeSomethingElseHasNoPulsesAnyMore) {
  const Recording r = run(200 * ms, [] {
    const PWM pwm(15, 1000, 32768);
    time::sleep_ms(2);
    const Pin pin(15, Pin::OUT, 1);
    static int edges = 0;
    Pin(15).irq([](Pin) { ++edges; });
    time::sleep_ms(10);
    print("%d %d %s", edges, pin.value(), error_of([&] { pwm.freq(100); }).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "0 1 PWM: the pin is no PWM's any more; make a new PWM to start it again");
  EXPECT_EQ(r.of(Kind::pwm).back().task, 0U);
}

}  // namespace
