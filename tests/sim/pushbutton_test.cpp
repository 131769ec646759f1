// The pushbutton, and how contacts bounce.
#include "parts/pushbutton.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::Pushbutton;
using trace::Kind;
using trace::Record;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint32_t pin_number = 14;

// Pressed at 20 ms, released at 50 ms.
Recording press(const Pushbutton::Options& options, std::uint64_t seed = 1) {
  return run(
      100 * ms,
      [&] {
        const Supplies supplies;
        Pushbutton button("btn1", options);
        wire(button, "1.l", pin_number);
        wire(button, "2.r", supplies.gnd, "GND");
        const Pin pin(pin_number, Pin::IN, Pin::PULL_UP);
        time::sleep_us(static_cast<std::int64_t>(20'000 - sim::board.now_ns() / 1000));
        set(button, "pressed", 1);
        time::sleep_ms(20);
        print("%d", pin.value());
        time::sleep_us(static_cast<std::int64_t>(50'000 - sim::board.now_ns() / 1000));
        set(button, "pressed", 0);
        time::sleep_ms(20);
        print("%d", pin.value());
        return 0;
      },
      seed);
}

std::vector<std::uint64_t> times_of(const std::vector<Record>& changes) {
  std::vector<std::uint64_t> times;
  times.reserve(changes.size());
  for (const Record& change : changes) times.push_back(change.time_ns);
  return times;
}

TEST(Pushbutton, WithoutBounceThereIsOneEdgeAtEachPressAndRelease) {
  const Recording r = press({.bounce = false});
  EXPECT_EQ(r.console, "01");
  const auto changes = r.of(Kind::pin);
  ASSERT_EQ(changes.size(), 3U) << "the first is the pin's being set up";
  EXPECT_EQ(changes[0].extra, 1);
  EXPECT_EQ(changes[1].time_ns, 20 * ms);
  EXPECT_EQ(changes[1].extra, 0);
  EXPECT_EQ(changes[2].time_ns, 50 * ms);
  EXPECT_EQ(changes[2].extra, 1);
}

TEST(Pushbutton, BouncesAtPressAndReleaseWithinTheBounceTimeAndThenIsStill) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Recording r = press({.bounce_us = 800}, seed);
    EXPECT_EQ(r.console, "01") << seed;
    int at_press = 0;
    int at_release = 0;
    for (const Record& change : r.of(Kind::pin)) {
      if (change.time_ns < 20 * ms) continue;
      const bool first = change.time_ns < 50 * ms;
      ++(first ? at_press : at_release);
      EXPECT_LE(change.time_ns, (first ? 20 : 50) * ms + 800'000) << seed;
    }
    // One edge, and a pair for each time it bounced.
    for (const int edges : {at_press, at_release}) {
      EXPECT_GE(edges, 3) << seed;
      EXPECT_LE(edges, 25) << seed;
      EXPECT_EQ(edges % 2, 1) << seed;
    }
  }
}

TEST(Pushbutton, TheFirstEdgeIsAtThePress) {
  const Recording r = press({});
  ASSERT_GE(r.of(Kind::pin).size(), 2U);
  EXPECT_EQ(r.of(Kind::pin)[1].time_ns, 20 * ms);
}

TEST(Pushbutton, TheSeedSaysHowItBounces) {
  std::set<std::vector<std::uint64_t>> ways;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto times = times_of(press({}, seed).of(Kind::pin));
    EXPECT_EQ(times, times_of(press({}, seed).of(Kind::pin)));
    ways.insert(times);
  }
  EXPECT_EQ(ways.size(), 10U);
}

TEST(Pushbutton, ReleasedWhileItStillBouncesItIsReleased) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Recording r = run(
        100 * ms,
        [] {
          const Supplies supplies;
          Pushbutton button("btn1", {.bounce_us = 5000});
          wire(button, "1.l", pin_number);
          wire(button, "2.r", supplies.gnd, "GND");
          const Pin pin(pin_number, Pin::IN, Pin::PULL_UP);
          set(button, "pressed", 1);
          time::sleep_us(700);
          set(button, "pressed", 0);
          time::sleep_ms(5);
          print("%d%d", pin.value(), button.is_pressed() ? 1 : 0);
          time::sleep_ms(20);
          print("%d", pin.value());
          return 0;
        },
        seed);
    EXPECT_EQ(r.console, "101") << seed;
    EXPECT_LE(r.of(Kind::pin).back().time_ns, r.of(Kind::console)[0].time_ns) << seed;
  }
}

TEST(Pushbutton, AnInterruptAtEachFallingEdgeCountsTheBounceToo) {
  for (const bool bounce : {false, true}) {
    const Recording r = run(100 * ms, [&] {
      const Supplies supplies;
      Pushbutton button("btn1", {.bounce = bounce});
      wire(button, "1.l", pin_number);
      wire(button, "2.r", supplies.gnd, "GND");
      Pin pin(pin_number, Pin::IN, Pin::PULL_UP);
      int presses = 0;
      pin.irq([&presses](Pin) { ++presses; }, Pin::IRQ_FALLING);
      sim::Alarm finger([&button] { set(button, "pressed", 1); });
      sim::board.cpu().alarms().set(finger, sim::board.now_ns() + ms);
      time::sleep_ms(10);
      pin.irq(nullptr);
      print("%s", presses == 0 ? "none" : presses == 1 ? "one" : "several");
      return 0;
    });
    EXPECT_EQ(r.console, bounce ? "several" : "one");
  }
}

TEST(Pushbutton, TheLegsOfASideAreOneWire) {
  const Recording r = run(100 * ms, [] {
    const Supplies supplies;
    Pushbutton button("btn1", {.bounce = false});
    wire(button, "1.r", supplies.gnd, "GND");
    wire(button, "1.l", 14);
    wire(button, "2.l", 15);
    wire(button, "2.r", 16);
    const Pin left_1(14, Pin::IN, Pin::PULL_UP);
    const Pin left_2(15, Pin::IN, Pin::PULL_UP);
    const Pin right_2(16, Pin::IN, Pin::PULL_NONE);
    print("%d%d%d ", left_1.value(), left_2.value(), right_2.value());
    set(button, "pressed", 1);
    print("%d%d%d", left_1.value(), left_2.value(), right_2.value());
    return 0;
  });
  EXPECT_EQ(r.console, "011 000");
}

TEST(Pushbutton, PressedIsZeroToOneAndNothingElseCanBeSet) {
  Pushbutton button("btn1");
  EXPECT_THROW(set(button, "pressed", 2), std::out_of_range);
  EXPECT_THROW(set(button, "depressed", 1), std::out_of_range);
  EXPECT_EQ(button.check("click"), "it takes no text");
}

}  // namespace
