#include "drivers/pushbutton.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "input_test.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::bound_event;
using drivers::ButtonOptions;
using drivers::Pushbutton;
using input_test::contact_to_ground;
using input_test::count_of;
using input_test::log;
using input_test::press;

namespace {

class PushbuttonTest : public input_test::Test {};

enum Actions : unsigned { PRESS = 1, RELEASE = 2, LONG = 4, DOUBLE = 8, ALL = 15 };

void log_actions(Pushbutton& button, unsigned actions) {
  if ((actions & PRESS) != 0) button.press_func(log, std::tuple("press"));
  if ((actions & RELEASE) != 0) button.release_func(log, std::tuple("release"));
  if ((actions & LONG) != 0) button.long_func(log, std::tuple("long"));
  if ((actions & DOUBLE) != 0) button.double_func(log, std::tuple("double"));
}

// What a button with these actions prints in its first `ms`.
const std::string& log_of(unsigned actions, const ButtonOptions& options, int ms = 5000) {
  run([](unsigned wanted, ButtonOptions made_with, int for_ms) -> Coro<> {
    Pushbutton button(contact_to_ground(), made_with);
    log_actions(button, wanted);
    co_await sleep_ms(for_ms);
  }(actions, options, ms));
  return virtual_board::output();
}

// --- What comes when

TEST_F(PushbuttonTest, AShortPressIsAPressAndARelease) {
  press(120, 200);
  EXPECT_EQ(log_of(ALL, {}), "press 150\nrelease 350\n");
}

TEST_F(PushbuttonTest, ALongPressIsAPressALongOneAndARelease) {
  press(120, 2000);
  EXPECT_EQ(log_of(ALL, {}), "press 150\nlong 1150\nrelease 2150\n");
}

TEST_F(PushbuttonTest, ADoubleClickIsDoubleAtTheSecondPress) {
  press(100, 100);
  press(300, 100);
  EXPECT_EQ(log_of(ALL, {}), "press 100\nrelease 200\npress 300\ndouble 300\nrelease 400\n");
}

TEST_F(PushbuttonTest, ASecondPressAfterTheTimeOfADoubleClickIsAnotherShortOne) {
  press(100, 100);
  press(550, 100);
  EXPECT_EQ(log_of(ALL, {}), "press 100\nrelease 200\npress 550\nrelease 650\n");
}

TEST_F(PushbuttonTest, OfThreeQuickPressesTheThirdBeginsAnew) {
  press(100, 100);
  press(300, 100);
  press(500, 100);
  press(700, 100);
  EXPECT_EQ(log_of(DOUBLE, {}), "double 300\ndouble 700\n");
}

TEST_F(PushbuttonTest, TheSecondPressOfADoubleClickIsNeverALongOne) {
  press(100, 100);
  press(300, 2000);
  EXPECT_EQ(log_of(ALL, {}), "press 100\nrelease 200\npress 300\ndouble 300\nrelease 2300\n");
}

TEST_F(PushbuttonTest, WithoutADoubleFunctionAPressSoonAfterAnotherMayBeLong) {
  press(100, 100);
  press(300, 2000);
  EXPECT_EQ(log_of(ALL & ~DOUBLE, {}), "press 100\nrelease 200\npress 300\nlong 1300\nrelease 2300\n");
}

TEST_F(PushbuttonTest, WhatNobodyAskedForCostsNoTask) {
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    log_actions(button, PRESS | RELEASE);
    co_await sleep_ms(0);
    EXPECT_EQ(asyncio::all_tasks().size(), 2U);
  }());
}

// --- suppress

TEST_F(PushbuttonTest, SuppressedAShortPressIsReleasedWhenADoubleClickIsNoLongerPossible) {
  press(100, 100);
  EXPECT_EQ(log_of(ALL, {.suppress = true}), "press 100\nrelease 500\n");
}

TEST_F(PushbuttonTest, SuppressedAShortPressIsReleasedAtOnceIfThereIsNoDoubleFunction) {
  press(100, 100);
  EXPECT_EQ(log_of(PRESS | RELEASE | LONG, {.suppress = true}), "press 100\nrelease 200\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 100);
  EXPECT_EQ(log_of(PRESS | RELEASE, {.suppress = true}), "press 100\nrelease 200\n");
}

TEST_F(PushbuttonTest, SuppressedAPressThatOutlastsTheDoubleClickTimeIsReleasedWhenItIs) {
  press(100, 600);
  EXPECT_EQ(log_of(ALL, {.suppress = true}), "press 100\nrelease 700\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 600);
  EXPECT_EQ(log_of(RELEASE | DOUBLE, {.suppress = true}), "release 700\n");
}

TEST_F(PushbuttonTest, SuppressedALongPressHasNoRelease) {
  press(100, 2000);
  EXPECT_EQ(log_of(ALL, {.suppress = true}), "press 100\nlong 1100\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 2000);
  EXPECT_EQ(log_of(RELEASE | LONG, {.suppress = true}), "long 1100\n");
}

TEST_F(PushbuttonTest, SuppressedALongPressIsReleasedIfThereIsNoLongFunction) {
  press(100, 2000);
  EXPECT_EQ(log_of(RELEASE | DOUBLE, {.suppress = true}), "release 2100\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 2000);
  EXPECT_EQ(log_of(RELEASE, {.suppress = true}), "release 2100\n");
}

TEST_F(PushbuttonTest, SuppressedADoubleClickHasNoRelease) {
  press(100, 100);
  press(300, 100);
  EXPECT_EQ(log_of(ALL, {.suppress = true}), "press 100\npress 300\ndouble 300\n");
}

TEST_F(PushbuttonTest, SuppressedADoubleClickWithoutADoubleFunctionIsTwoReleases) {
  press(100, 100);
  press(300, 100);
  EXPECT_EQ(log_of(RELEASE | LONG, {.suppress = true}), "release 200\nrelease 400\n");
}

TEST_F(PushbuttonTest, SuppressedOneOfThreeComesForEachPress) {
  press(100, 100);  // short
  press(1000, 100);
  press(1200, 100);   // double
  press(2000, 1500);  // long
  press(4000, 100);
  press(4200, 1500);  // double, the second one long
  press(6000, 100);   // short
  EXPECT_EQ(log_of(RELEASE | LONG | DOUBLE, {.suppress = true}, 7000),
            "release 500\ndouble 1200\nlong 3000\ndouble 4200\nrelease 6400\n");
}

TEST_F(PushbuttonTest, SuppressedWhatAPressWasDoesNotMatterToTheNextOne) {
  press(100, 1500);  // long
  press(2000, 100);
  EXPECT_EQ(log_of(RELEASE | LONG, {.suppress = true}), "long 1100\nrelease 2100\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 100);
  press(300, 100);  // double
  press(1000, 600);
  EXPECT_EQ(log_of(RELEASE | DOUBLE, {.suppress = true}), "double 300\nrelease 1600\n");
}

TEST_F(PushbuttonTest, SuppressedALongFunctionTakenAwayMeanwhileLeavesTheRelease) {
  press(100, 2000);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground(), {.suppress = true});
    log_actions(button, RELEASE | LONG);
    co_await sleep_ms(500);
    button.long_func();
    co_await sleep_ms(2000);
  }());
  EXPECT_EQ(virtual_board::output(), "release 2100\n");
}

// --- Bounce

TEST_F(PushbuttonTest, BounceAtEveryEdgeChangesNothingWheneverItIsLookedAt) {
  constexpr std::uint64_t bounce_us = 49'000;
  for (std::uint64_t phase = 0; phase < 50; ++phase) {
    const std::uint64_t begin = 10'000 * phase + phase;
    press(begin + 1000, 200, bounce_us);  // short
    press(begin + 3000, 100, bounce_us);
    press(begin + 3200, 100, bounce_us);   // double
    press(begin + 5000, 2000, bounce_us);  // long
  }
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    log_actions(button, ALL);
    for (int phase = 0; phase < 50; ++phase) {
      co_await sleep_ms(phase == 0 ? 9900 : 10'000);
      EXPECT_EQ(count_of("press"), 4 * (phase + 1)) << phase;
      EXPECT_EQ(count_of("release"), 4 * (phase + 1)) << phase;
      EXPECT_EQ(count_of("long"), phase + 1) << phase;
      EXPECT_EQ(count_of("double"), phase + 1) << phase;
    }
  }());
}

TEST_F(PushbuttonTest, SuppressedBounceAtEveryEdgeChangesNothingEither) {
  constexpr std::uint64_t bounce_us = 49'000;
  for (std::uint64_t phase = 0; phase < 50; ++phase) {
    const std::uint64_t begin = 10'000 * phase + phase;
    press(begin + 1000, 200, bounce_us);  // short
    press(begin + 3000, 100, bounce_us);
    press(begin + 3200, 100, bounce_us);   // double
    press(begin + 5000, 2000, bounce_us);  // long
  }
  const std::string& text = log_of(RELEASE | LONG | DOUBLE, {.suppress = true}, 500'000);
  EXPECT_EQ(count_of("release", text), 50);
  EXPECT_EQ(count_of("long", text), 50);
  EXPECT_EQ(count_of("double", text), 50);
}

// --- How it is wired, and its state

TEST_F(PushbuttonTest, IsPressedDebouncedAndRawstateIsTheInstant) {
  press(110, 100);
  run([]() -> Coro<> {
    const Pushbutton button(contact_to_ground());
    EXPECT_FALSE(button());
    EXPECT_FALSE(button.rawstate());
    co_await sleep_ms(120);
    EXPECT_FALSE(button());
    EXPECT_TRUE(button.rawstate());
    co_await sleep_ms(40);
    EXPECT_TRUE(button());
    co_await sleep_ms(60);  // 220
    EXPECT_TRUE(button());
    EXPECT_FALSE(button.rawstate());
    co_await sleep_ms(40);
    EXPECT_FALSE(button());
  }());
}

TEST_F(PushbuttonTest, WithoutSenseItIsNotPressedWhenItIsMadeHoweverItIsWired) {
  for (const int idle : {0, 1}) {
    virtual_board::reset();
    fake_pin::reset();
    fake_pin::set(input_test::contact, idle);
    fake_pin::contact_at_us(100'000, input_test::contact, 1 - idle);
    fake_pin::contact_at_us(200'000, input_test::contact, idle);
    EXPECT_EQ(log_of(PRESS | RELEASE, {}), "press 100\nrelease 200\n") << idle;
  }
}

TEST_F(PushbuttonTest, SenseIsTheLevelWhileItIsNotPressed) {
  // Pressed when it is made, which only `sense` can say.
  for (const int idle : {0, 1}) {
    virtual_board::reset();
    fake_pin::reset();
    fake_pin::set(input_test::contact, 1 - idle);
    fake_pin::contact_at_us(100'000, input_test::contact, idle);
    fake_pin::contact_at_us(200'000, input_test::contact, 1 - idle);
    run([](int sense) -> Coro<> {
      Pushbutton button(contact_to_ground(), {.sense = sense});
      EXPECT_TRUE(button());
      log_actions(button, PRESS | RELEASE);
      co_await sleep_ms(300);
    }(idle));
    EXPECT_EQ(virtual_board::output(), "release 100\npress 200\n") << idle;
  }
}

TEST_F(PushbuttonTest, TimesCanBeSet) {
  press(101, 20);
  press(181, 20);  // 80 ms after the first press: too late
  press(301, 20);
  press(331, 20);  // 30 ms: double
  press(501, 200);
  EXPECT_EQ(log_of(RELEASE | LONG | DOUBLE,
                   {.suppress = true, .debounce_ms = 5, .long_press_ms = 150, .double_click_ms = 50}),
            "release 155\nrelease 235\ndouble 335\nlong 655\n");
}

TEST_F(PushbuttonTest, TimesThatMakeNoSenseAreAValueError) {
  const auto make = [](const ButtonOptions& options) {
    const Pushbutton button(contact_to_ground(), options);
  };
  EXPECT_THROW(make({.debounce_ms = 0}), asyncio::ValueError);
  EXPECT_THROW(make({.debounce_ms = 1U << 29}), asyncio::ValueError);
  EXPECT_THROW(make({.double_click_ms = 0}), asyncio::ValueError);
  EXPECT_THROW(make({.long_press_ms = 1U << 29}), asyncio::ValueError);
  EXPECT_THROW(make({.long_press_ms = 400}), asyncio::ValueError);
  EXPECT_THROW(make({.double_click_ms = 1000}), asyncio::ValueError);
  make({.long_press_ms = 401});
}

// --- What is called

TEST_F(PushbuttonTest, ACoroutineAsCallbackBecomesATask) {
  press(100, 2000);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    const auto job = [](const char* text) -> Coro<> {
      log(text);
      co_await sleep_ms(70);
      log(text);
    };
    button.press_func(job, std::tuple("press"));
    button.long_func(job, std::tuple("long"));
    button.release_func([job]() -> Coro<> { co_await job("release"); });
    co_await sleep_ms(3000);
  }());
  EXPECT_EQ(virtual_board::output(),
            "press 100\npress 170\nlong 1100\nlong 1170\nrelease 2100\nrelease 2170\n");
}

TEST_F(PushbuttonTest, SetsTheEventsThatWereAskedFor) {
  press(100, 100);
  press(300, 100);
  press(1000, 1500);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    button.press_func(bound_event);
    button.double_func(bound_event);
    button.long_func(bound_event);
    co_await button.press.wait();
    log("press");
    co_await button.double_click.wait();
    log("double");
    button.double_click.clear();
    co_await button.long_press.wait();
    log("long");
    EXPECT_FALSE(button.release.is_set());
    EXPECT_FALSE(button.double_click.is_set());
    button.release_func(bound_event);
    co_await button.release.wait();
    log("release");
  }());
  EXPECT_EQ(virtual_board::output(), "press 100\ndouble 300\nlong 2000\nrelease 2500\n");
}

TEST_F(PushbuttonTest, AnEventForADoubleClickSuppressesLikeAFunction) {
  press(100, 100);
  press(300, 100);
  press(1000, 100);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground(), {.suppress = true});
    log_actions(button, RELEASE);
    button.double_func(bound_event);
    co_await sleep_ms(2000);
    EXPECT_TRUE(button.double_click.is_set());
  }());
  EXPECT_EQ(virtual_board::output(), "release 1400\n");
}

TEST_F(PushbuttonTest, CallbacksCanBeSetReplacedAndTakenAwayAtAnyTime) {
  press(100, 2000);
  press(3000, 2000);
  press(6000, 2000);
  press(9000, 2000);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    co_await sleep_ms(500);
    log_actions(button, LONG);  // too late for the first one
    co_await sleep_ms(5000);
    button.long_func([] { log("other"); });
    co_await sleep_ms(1000);
    button.long_func([] { log("third"); });  // while it is pressed
    co_await sleep_ms(3000);
    button.long_func();  // likewise
    co_await sleep_ms(3000);
  }());
  EXPECT_EQ(virtual_board::output(), "long 4000\nthird 7000\n");
}

TEST_F(PushbuttonTest, ADoubleFunctionTakenAwayMeanwhileLeavesOneReleaseForEachPress) {
  press(100, 100);
  press(1000, 100);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground(), {.suppress = true});
    log_actions(button, RELEASE | DOUBLE);
    co_await sleep_ms(300);
    button.double_func();
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "release 500\nrelease 1100\n");
}

TEST_F(PushbuttonTest, CallbacksMayReplaceThemselves) {
  for (std::uint64_t i = 0; i < 3; ++i) press(3000 * i + 100, 1500);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    button.press_func([&button] {
      button.press_func(log, std::tuple("second press"));
      log("first press");
    });
    button.long_func([&button] {
      log("only long");
      button.long_func();
    });
    co_await sleep_ms(9000);
  }());
  EXPECT_EQ(virtual_board::output(),
            "first press 100\nonly long 1100\nsecond press 3100\nsecond press 6100\n");
}

TEST_F(PushbuttonTest, ACallbackThatThrowsIsReportedAndTheButtonWorksOn) {
  press(100, 1500);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    log_actions(button, RELEASE);
    button.press_func([] { throw asyncio::OSError(5, "press failed"); });
    button.long_func([] { throw asyncio::OSError(5, "long failed"); });
    co_await sleep_ms(2000);
  }());
  EXPECT_EQ(virtual_board::output(),
            "Exception in callback\nfuture: Task Pushbutton\npress failed\n"
            "Exception in callback\nfuture: Task Delay_ms time\nlong failed\nrelease 1600\n");
}

// --- Its end

TEST_F(PushbuttonTest, AfterDeinitNothingComesNotEvenWhatWasUnderWay) {
  press(100, 2000);
  run([]() -> Coro<> {
    Pushbutton button(contact_to_ground());
    log_actions(button, ALL);
    co_await sleep_ms(500);
    button.deinit();
    button.deinit();
    co_await sleep_ms(3000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "press 100\n");
}

TEST_F(PushbuttonTest, EachCallbackMayDeinit) {
  for (const Actions last : {PRESS, RELEASE, LONG, DOUBLE}) {
    virtual_board::reset();
    fake_pin::reset();
    press(100, 100);
    press(300, 100);
    press(1000, 2000);
    run([](Actions action) -> Coro<> {
      Pushbutton button(contact_to_ground());
      log_actions(button, ALL);
      const auto end = [&button] {
        button.deinit();
        log("last");
      };
      if (action == PRESS) button.press_func(end);
      if (action == RELEASE) button.release_func(end);
      if (action == LONG) button.long_func(end);
      if (action == DOUBLE) button.double_func(end);
      co_await sleep_ms(4000);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    }(last));
    EXPECT_EQ(virtual_board::output().rfind("last"),
              virtual_board::output().rfind('\n', virtual_board::output().size() - 2) + 1)
        << virtual_board::output();
  }
}

TEST_F(PushbuttonTest, DestroyedInWhateverStateItLeavesNoTask) {
  for (int age = 0; age <= 2500; age += 25) {
    virtual_board::reset();
    fake_pin::reset();
    press(100, 100);
    press(300, 100);
    press(1000, 1500);
    run([](int destroyed_at) -> Coro<> {
      std::optional<Pushbutton> button(std::in_place, contact_to_ground(), ButtonOptions{.suppress = true});
      log_actions(*button, ALL);
      co_await sleep_ms(destroyed_at);
      button.reset();
      const std::string before = virtual_board::output();
      co_await sleep_ms(3000);
      EXPECT_EQ(virtual_board::output(), before);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    }(age));
  }
}

TEST_F(PushbuttonTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Pushbutton> button(contact_to_ground());
    const auto waiter = create_task([](Pushbutton& waited) -> Coro<> {
      try {
        co_await waited.press.wait();
      } catch (const asyncio::RuntimeError&) {
        log("destroyed");
      }
    }(*button));
    co_await sleep_ms(10);
    button.reset();
    co_await waiter;
  }());
  EXPECT_EQ(virtual_board::output(), "destroyed 10\n");
}

TEST_F(PushbuttonTest, CanBeMadeBeforeRunAndOutliveTheLoop) {
  Pushbutton button(contact_to_ground());
  log_actions(button, ALL);
  press(100, 100);
  run([]() -> Coro<> { co_await sleep_ms(400); }());
  EXPECT_EQ(virtual_board::output(), "press 100\nrelease 200\n");
  asyncio::new_event_loop();
}

}  // namespace
