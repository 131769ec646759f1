// The input drivers on the virtual board, with parts whose contacts bounce: they see what was done, once
// each, whatever the seed. What is documented in docs/drivers/inputs.md and the drivers' headers, case by
// case.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "drivers/ebutton.hpp"
#include "drivers/encoder.hpp"
#include "drivers/eswitch.hpp"
#include "drivers/pushbutton.hpp"
#include "drivers/switch.hpp"
#include "machine.hpp"
#include "parts/pushbutton.hpp"
#include "parts/rotary_encoder.hpp"
#include "parts/slide_switch.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using asyncio::Coro;
using asyncio::create_task;
using asyncio::sleep_ms;
using drivers::ButtonOptions;
using machine::Pin;
using recording::Recording;
using recording::run;
using trace::Kind;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t seeds = 20;
constexpr unsigned contact = 14;

Pin contact_pin() { return {static_cast<int>(contact), Pin::IN, Pin::PULL_UP}; }

// At so many ms the part is set to a value.
struct Action {
  int at_ms;
  double value;
};
using Script = std::vector<Action>;

// "press at 100 for 200 ms" twice: {{100, 1}, {300, 0}, …}.
Script presses(std::initializer_list<std::pair<int, int>> at_and_for) {
  Script script;
  for (const auto& [at, length] : at_and_for) {
    script.push_back({at, 1});
    script.push_back({at + length, 0});
  }
  return script;
}

int now_ms() { return static_cast<int>(sim::board.now_ns() / ms); }

Coro<> act(sim::Part* part, std::string name, Script script) {
  const int began_ms = now_ms();
  for (const Action& action : script) {
    co_await sleep_ms(began_ms + action.at_ms - now_ms());
    set(*part, name, action.value);
  }
}

// Contacts are looked at every 50 ms. With every seed the script begins at another moment between two looks,
// and contacts bounce for 5 to 10 ms, so that for each action some looks fall into the bounce.
constexpr std::uint32_t bounce_us = 10'000;
std::int64_t phase_ms(std::uint64_t seed) { return 1 + static_cast<std::int64_t>(seed * 50 / seeds); }

// `watch` makes the driver and says what it sees, until the script is done and 2 s over. Parts last to the
// end of the process.
template <class Part>
Recording follow(Part& (*make_part)(), const char* setting, const Script& script, Coro<> (*watch)(),
                 std::uint64_t seed) {
  return run(
      60'000 * ms,
      [&] {
        asyncio::run([](Part& part, const char* name, const Script& actions, Coro<> (*driver)(),
                        std::int64_t begin_ms) -> Coro<> {
          auto watcher = create_task(driver());
          co_await sleep_ms(begin_ms);
          co_await act(&part, name, actions);
          co_await sleep_ms(2000);
          watcher.cancel();
        }(make_part(), setting, script, watch, phase_ms(seed)));
        return 0;
      },
      seed);
}

// The same for all seeds, and that the contact did bounce.
template <class Part>
void expect_for_all_seeds(Part& (*make_part)(), const char* setting, const Script& script, Coro<> (*watch)(),
                          const std::string& expected) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Recording r = follow(make_part, setting, script, watch, seed);
    EXPECT_EQ(r.console, expected) << "seed " << seed;
    EXPECT_GT(r.of(Kind::pin).size(), 2 + script.size()) << "nothing bounced, seed " << seed;
    EXPECT_EQ(r.why(), trace::Stop::returned);
  }
}

// --- Switches

// From the pin to ground while it is at 1.
sim::SlideSwitch& make_switch() {
  static const Supplies supplies;
  static sim::SlideSwitch part("sw1", {.bounce_us = bounce_us});
  wire(part, "2", contact);
  wire(part, "3", supplies.gnd, "GND");
  return part;
}

const Script five_switchings{{100, 1}, {330, 0}, {700, 1}, {790, 0}, {901, 1}};

TEST(InputsWithBounce, ASwitchCallsOnceWhenItClosesAndOnceWhenItOpens) {
  expect_for_all_seeds(
      make_switch, "position", five_switchings,
      []() -> Coro<> {
        drivers::Switch driver(contact_pin());
        driver.close_func([] { print("close "); });
        driver.open_func([] { print("open "); });
        co_await asyncio::sleep(50s);
      },
      "close open close open close ");
}

TEST(InputsWithBounce, ASwitchIsTheDebouncedLevel) {
  expect_for_all_seeds(
      make_switch, "position", {{100, 1}, {300, 0}},
      []() -> Coro<> {
        drivers::Switch driver(contact_pin());
        int last = 2;
        for (;;) {
          if (driver() != last) print("%d", last = driver());
          co_await sleep_ms(1);
        }
      },
      "101");
}

Coro<> report(asyncio::Event& event, const char* name) {
  for (;;) {
    co_await event.wait();
    event.clear();
    print("%s ", name);
  }
}

TEST(InputsWithBounce, AnESwitchSetsOneEventEach) {
  expect_for_all_seeds(
      make_switch, "position", five_switchings,
      []() -> Coro<> {
        drivers::ESwitch driver(contact_pin());
        co_await asyncio::gather(report(driver.close, "close"), report(driver.open, "open"));
      },
      "close open close open close ");
}

TEST(InputsWithBounce, LookedAtMoreOftenThanItBouncesASwitchSeesTheBounce) {
  const auto closings = [](std::uint64_t seed) {
    const Recording r = follow<sim::SlideSwitch>(
        []() -> sim::SlideSwitch& {
          static const Supplies supplies;
          static sim::SlideSwitch part("sw1", {.bounce_us = 20'000});  // an old one
          wire(part, "2", contact);
          wire(part, "3", supplies.gnd, "GND");
          return part;
        },
        "position", {{100, 1}, {300, 0}},
        []() -> Coro<> {
          drivers::ESwitch driver(contact_pin(), 1, 1);
          co_await report(driver.close, "c");
        },
        seed);
    return r.console.size() / 2;
  };
  std::size_t most = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    EXPECT_GE(closings(seed), 1U);
    most = std::max(most, closings(seed));
  }
  EXPECT_GT(most, 1U);
}

TEST(InputsWithBounce, AnESwitchToTheSupplyIsOpenAtLevelZero) {
  expect_for_all_seeds<sim::SlideSwitch>(
      []() -> sim::SlideSwitch& {
        static const Supplies supplies;
        static sim::SlideSwitch part("sw1", {.bounce_us = bounce_us});
        wire(part, "2", contact);
        wire(part, "3", supplies.vcc, "VCC");
        return part;
      },
      "position", five_switchings,
      []() -> Coro<> {
        drivers::ESwitch driver(Pin(static_cast<int>(contact), Pin::IN, Pin::PULL_DOWN), 0);
        print("%s ", driver() ? "closed" : "opened");
        co_await asyncio::gather(report(driver.close, "close"), report(driver.open, "open"));
      },
      "opened close open close open close ");
}

// What all of these tests stand on.
TEST(InputsWithBounce, SomeLooksFallIntoTheBounce) {
  int looks_within = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Recording r = follow(
        make_switch, "position", {{100, 1}, {300, 0}},
        []() -> Coro<> {
          const drivers::ESwitch driver(contact_pin());
          co_await asyncio::sleep(50s);
        },
        seed);
    const auto changes = r.of(Kind::pin);
    for (const trace::Record& slice : r.of(Kind::slice_begin)) {
      for (std::size_t i = 1; i < changes.size(); ++i) {
        if (changes[i - 1].time_ns < slice.time_ns && slice.time_ns < changes[i].time_ns &&
            changes[i].time_ns - changes[i - 1].time_ns < 10 * ms)
          ++looks_within;
      }
    }
  }
  EXPECT_GE(looks_within, 2);
}

// --- Buttons

sim::Pushbutton& make_button() {
  static const Supplies supplies;
  static sim::Pushbutton part("btn1", {.bounce_us = bounce_us});
  wire(part, "1.l", contact);
  wire(part, "2.l", supplies.gnd, "GND");
  return part;
}

// The same to the supply, as sense = 0 wants it.
sim::Pushbutton& make_button_to_supply() {
  static const Supplies supplies;
  static sim::Pushbutton part("btn1", {.bounce_us = bounce_us});
  wire(part, "1.l", contact);
  wire(part, "2.l", supplies.vcc, "VCC");
  return part;
}

constexpr bool suppress = true;

template <bool suppressed>
Coro<> watch_pushbutton() {
  drivers::Pushbutton button(contact_pin(), {.suppress = suppressed});
  button.press_func([] { print("press "); });
  button.release_func([] { print("release "); });
  button.long_func([] { print("long "); });
  button.double_func([] { print("double "); });
  co_await asyncio::sleep(50s);
}

template <bool suppressed>
Coro<> watch_ebutton() {
  drivers::EButton button(contact_pin(), {.suppress = suppressed});
  co_await asyncio::gather(report(button.press, "press"), report(button.long_press, "long"),
                           report(button.double_click, "double"), report(button.release, "release"));
}

struct Case {
  const char* what;
  Script script;
  const char* pushbutton;
  const char* pushbutton_suppressed;
  const char* ebutton_suppressed;  // without `suppress` it is as the Pushbutton is
};

// Not at the edge between two cases: the button is looked at every 50 ms.
const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"a short press", presses({{100, 200}}), "press release ", "press release ", "press release "},
      {"two short presses", presses({{100, 100}, {700, 100}}), "press release press release ",
       "press release press release ", "press release press release "},
      {"a press between short and long", presses({{100, 700}}), "press release ", "press release ",
       "press release "},
      {"a long press", presses({{100, 1500}}), "press long release ", "press long ", "long release "},
      {"a double click", presses({{100, 80}, {300, 80}}), "press release press double release ",
       "press press double ", "double release "},
      {"a double click held", presses({{100, 80}, {300, 1500}}), "press release press double release ",
       "press press double ", "double release "},
      {"short, long, double", presses({{100, 100}, {1000, 1300}, {3000, 80}, {3200, 80}}),
       "press release press long release press release press double release ",
       "press release press long press press double ", "press release long release double release "},
      {"three quick presses", presses({{100, 80}, {300, 80}, {500, 80}}),
       "press release press double release press release ", "press press double press release ",
       "double release press release "},
  };
  return all;
}

TEST(InputsWithBounce, APushbuttonCallsAsDocumented) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.what);
    expect_for_all_seeds(make_button, "pressed", each.script, watch_pushbutton<!suppress>, each.pushbutton);
  }
}

TEST(InputsWithBounce, APushbuttonWithSuppressReleasesForNothingButAShortPress) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.what);
    expect_for_all_seeds(make_button, "pressed", each.script, watch_pushbutton<suppress>,
                         each.pushbutton_suppressed);
  }
}

TEST(InputsWithBounce, APushbuttonWithSuppressButNothingElseToDoReleasesEachTime) {
  expect_for_all_seeds(
      make_button, "pressed", presses({{100, 80}, {300, 80}, {1000, 1300}}),
      []() -> Coro<> {
        drivers::Pushbutton button(contact_pin(), {.suppress = true});
        button.press_func([] { print("press "); });
        button.release_func([] { print("release "); });
        co_await asyncio::sleep(50s);
      },
      "press release press release press release ");
}

TEST(InputsWithBounce, APushbuttonSetsTheEventsThatWereAskedFor) {
  expect_for_all_seeds(
      make_button, "pressed", presses({{100, 100}, {1000, 1300}, {3000, 80}, {3200, 80}}),
      []() -> Coro<> {
        drivers::Pushbutton button(contact_pin(), {.suppress = true});
        button.release_func(drivers::bound_event);
        button.long_func(drivers::bound_event);
        button.double_func(drivers::bound_event);
        co_await asyncio::gather(report(button.release, "release"), report(button.long_press, "long"),
                                 report(button.double_click, "double"));
      },
      "release long double ");
}

TEST(InputsWithBounce, AnEButtonSetsItsEventsAsDocumented) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.what);
    expect_for_all_seeds(make_button, "pressed", each.script, watch_ebutton<!suppress>, each.pushbutton);
  }
}

TEST(InputsWithBounce, AnEButtonWithSuppressSetsOneOfThreeForEachPress) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.what);
    expect_for_all_seeds(make_button, "pressed", each.script, watch_ebutton<suppress>,
                         each.ebutton_suppressed);
  }
}

TEST(InputsWithBounce, AButtonToTheSupplyWorksWithSense) {
  expect_for_all_seeds(
      make_button_to_supply, "pressed", presses({{100, 100}, {700, 1300}}),
      []() -> Coro<> {
        drivers::EButton button(Pin(static_cast<int>(contact), Pin::IN, Pin::PULL_DOWN), {.sense = 0});
        co_await asyncio::gather(report(button.press, "press"), report(button.long_press, "long"),
                                 report(button.release, "release"));
      },
      "press release press long release ");
}

TEST(InputsWithBounce, TheKnobOfAnEncoderIsAButtonToo) {
  expect_for_all_seeds<sim::RotaryEncoder>(
      []() -> sim::RotaryEncoder& {
        static const Supplies supplies;
        static sim::RotaryEncoder part("enc1", {.bounce_us = bounce_us});
        wire(part, "SW", contact);
        wire(part, "VCC", supplies.vcc, "VCC");
        wire(part, "GND", supplies.gnd, "GND");
        return part;
      },
      "pressed", presses({{100, 100}, {700, 1300}}), watch_ebutton<!suppress>,
      "press release press long release ");
}

TEST(InputsWithBounce, ManyPressesAreAllCounted) {
  Script script;
  for (int i = 0; i < 40; ++i) {
    script.push_back({100 + 173 * i, 1});
    script.push_back({100 + 173 * i + 70 + i % 30, 0});
  }
  expect_for_all_seeds(
      make_button, "pressed", script,
      []() -> Coro<> {
        drivers::Pushbutton button(contact_pin());
        int presses = 0;
        int releases = 0;
        button.press_func([&presses] { ++presses; });
        button.release_func([&presses, &releases] {
          if (++releases == 40) print("%d %d", presses, releases);
        });
        co_await asyncio::sleep(50s);
      },
      "40 40");
}

// --- Encoder

template <std::uint32_t step_ms>
sim::RotaryEncoder& make_encoder() {
  static const Supplies supplies;
  static sim::RotaryEncoder part("enc1", {.step_ms = step_ms});
  wire(part, "CLK", 2);
  wire(part, "DT", 3);
  wire(part, "VCC", supplies.vcc, "VCC");
  wire(part, "GND", supplies.gnd, "GND");
  return part;
}
constexpr auto make_usual_encoder = make_encoder<5>;
constexpr auto make_fast_encoder = make_encoder<1>;

Pin clk() { return Pin(2, Pin::IN); }
Pin dt() { return Pin(3, Pin::IN); }

TEST(InputsWithBounce, AnEncoderFollowsTheKnobBothWays) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 3}, {600, -2}, {1100, 0}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), {.div = 4});
        for (;;) print("%d ", co_await encoder.next());
      },
      "3 -2 0 ");
}

TEST(InputsWithBounce, AnEncoderGivesEachClickOfASlowHand) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 1}, {400, 2}, {700, 1}, {1000, 0}, {1300, -1}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), [](int value, int delta) { print("%d%+d ", value, delta); },
                                 {.div = 4});
        co_await asyncio::sleep(50s);
      },
      "1+1 2+1 1-1 0-1 -1-1 ");
}

TEST(InputsWithBounce, WithoutDivAnEncoderCountsTheFourStepsOfAClick) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 5}, {600, 4}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt());
        for (;;) print("%d ", co_await encoder.next());
      },
      "20 16 ");
}

TEST(InputsWithBounce, AnEncoderStopsAtItsLimitsAndComesBackAtOnce) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 10}, {600, 9}, {1100, -20}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), {.v = 3, .div = 4, .vmin = 0, .vmax = 5, .delay = 200});
        for (;;) print("%d ", co_await encoder.next());
      },
      "5 4 0 ");
}

TEST(InputsWithBounce, AnEncoderWithModGoesRound) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 9}, {600, 14}, {1100, -1}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), {.div = 4, .mod = 12});
        for (;;) print("%d ", co_await encoder.next());
      },
      "9 2 11 ");
}

TEST(InputsWithBounce, AFastTurnedEncoderLosesNoClick) {
  expect_for_all_seeds(
      make_fast_encoder, "position", {{100, 100}, {1100, -100}},  // 50 turns a second: no hand can do that
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), {.div = 4, .delay = 900});
        for (;;) print("%d ", co_await encoder.next());
      },
      "100 -100 ");
}

TEST(InputsWithBounce, WhatIsTurnedWhileATaskHogsIsCountedAllTheSame) {
  expect_for_all_seeds(
      make_usual_encoder, "position", {{100, 20}, {1100, -20}},
      []() -> Coro<> {
        drivers::Encoder encoder(clk(), dt(), {.div = 4, .delay = 300});
        const auto hog = []() -> Coro<> {
          for (;;) {
            time::sleep_ms(60);
            co_await sleep_ms(1);
          }
        };
        const auto hogging = create_task(hog());
        for (;;) print("%d ", co_await encoder.next());
      },
      "20 -20 ");
}

}  // namespace
