#include "drivers/ebutton.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "input_test.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::Event;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::ButtonOptions;
using drivers::EButton;
using input_test::contact_to_ground;
using input_test::count_of;
using input_test::log;
using input_test::press;

namespace {

class EButtonTest : public input_test::Test {};

Coro<> report(Event& event, const char* name) {
  for (;;) {
    try {
      co_await event.wait();
    } catch (const asyncio::RuntimeError&) {
      co_return;  // the button is gone
    }
    event.clear();
    log(name);
  }
}

void report_all(EButton& button) {
  create_task(report(button.press, "press"));
  create_task(report(button.release, "release"));
  create_task(report(button.long_press, "long"));
  create_task(report(button.double_click, "double"));
}

// The events of a button in its first `ms`.
const std::string& events(const ButtonOptions& options, int ms = 5000) {
  run([](ButtonOptions made_with, int for_ms) -> Coro<> {
    {
      EButton button(contact_to_ground(), made_with);
      report_all(button);
      co_await sleep_ms(for_ms);
    }
    co_await sleep_ms(1);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }(options, ms));
  return virtual_board::output();
}

TEST_F(EButtonTest, AShortPressSetsPressAndRelease) {
  press(120, 200);
  EXPECT_EQ(events({}), "press 150\nrelease 350\n");
}

TEST_F(EButtonTest, ALongPressSetsLongBetweenThem) {
  press(120, 2000);
  EXPECT_EQ(events({}), "press 150\nlong 1150\nrelease 2150\n");
}

TEST_F(EButtonTest, ADoubleClickSetsDoubleAtTheSecondPress) {
  press(100, 100);
  press(300, 100);
  EXPECT_EQ(events({}), "press 100\nrelease 200\npress 300\ndouble 300\nrelease 400\n");
}

TEST_F(EButtonTest, ASecondPressAfterTheTimeOfADoubleClickIsAnotherShortOne) {
  press(100, 100);
  press(550, 100);
  EXPECT_EQ(events({}), "press 100\nrelease 200\npress 550\nrelease 650\n");
}

TEST_F(EButtonTest, TheSecondPressOfADoubleClickIsNeverALongOne) {
  press(100, 100);
  press(300, 2000);
  EXPECT_EQ(events({}), "press 100\nrelease 200\npress 300\ndouble 300\nrelease 2300\n");
}

TEST_F(EButtonTest, SuppressedAShortPressSetsBothWhenADoubleClickIsNoLongerPossible) {
  press(100, 100);
  EXPECT_EQ(events({.suppress = true}), "press 500\nrelease 500\n");
}

TEST_F(EButtonTest, SuppressedAPressThatOutlastsTheDoubleClickTimeSetsBothWhenItIsReleased) {
  press(100, 600);
  EXPECT_EQ(events({.suppress = true}), "press 700\nrelease 700\n");
}

TEST_F(EButtonTest, SuppressedALongPressSetsLongAndRelease) {
  press(100, 2000);
  EXPECT_EQ(events({.suppress = true}), "long 1100\nrelease 2100\n");
}

TEST_F(EButtonTest, SuppressedADoubleClickSetsDoubleAndRelease) {
  press(100, 100);
  press(300, 100);
  EXPECT_EQ(events({.suppress = true}), "double 300\nrelease 400\n");
  virtual_board::reset();
  fake_pin::reset();
  press(100, 100);
  press(300, 2000);
  EXPECT_EQ(events({.suppress = true}), "double 300\nrelease 2300\n");
}

TEST_F(EButtonTest, SuppressedOneOfThreeComesForEachPress) {
  press(100, 100);  // short
  press(1000, 100);
  press(1200, 100);   // double
  press(2000, 1500);  // long
  press(4000, 100);   // short
  EXPECT_EQ(events({.suppress = true}),
            "press 500\nrelease 500\ndouble 1200\nrelease 1300\nlong 3000\nrelease 3500\n"
            "press 4400\nrelease 4400\n");
}

TEST_F(EButtonTest, BounceAtEveryEdgeChangesNothingWheneverItIsLookedAt) {
  for (const bool suppress : {false, true}) {
    virtual_board::reset();
    fake_pin::reset();
    constexpr std::uint64_t bounce_us = 49'000;
    for (std::uint64_t phase = 0; phase < 50; ++phase) {
      const std::uint64_t begin = 10'000 * phase + phase;
      press(begin + 1000, 200, bounce_us);  // short
      press(begin + 3000, 100, bounce_us);
      press(begin + 3200, 100, bounce_us);   // double
      press(begin + 5000, 2000, bounce_us);  // long
    }
    const std::string& text = events({.suppress = suppress}, 500'000);
    EXPECT_EQ(count_of("press", text), suppress ? 50 : 200);
    EXPECT_EQ(count_of("release", text), suppress ? 150 : 200);
    EXPECT_EQ(count_of("long", text), 50);
    EXPECT_EQ(count_of("double", text), 50);
  }
}

TEST_F(EButtonTest, IsPressedDebouncedAndRawstateIsTheInstant) {
  press(110, 100);
  run([]() -> Coro<> {
    const EButton button(contact_to_ground());
    EXPECT_FALSE(button());
    co_await sleep_ms(120);
    EXPECT_FALSE(button());
    EXPECT_TRUE(button.rawstate());
    co_await sleep_ms(40);
    EXPECT_TRUE(button());
    co_await sleep_ms(60);
    EXPECT_TRUE(button());
    EXPECT_FALSE(button.rawstate());
  }());
}

TEST_F(EButtonTest, WithoutSenseItIsNotPressedWhenItIsMadeHoweverItIsWired) {
  for (const int idle : {0, 1}) {
    virtual_board::reset();
    fake_pin::reset();
    fake_pin::set(input_test::contact, idle);
    fake_pin::contact_at_us(100'000, input_test::contact, 1 - idle);
    fake_pin::contact_at_us(200'000, input_test::contact, idle);
    EXPECT_EQ(events({}), "press 100\nrelease 200\n") << idle;
  }
}

TEST_F(EButtonTest, SenseIsTheLevelWhileItIsNotPressed) {
  for (const int idle : {0, 1}) {
    virtual_board::reset();
    fake_pin::reset();
    fake_pin::set(input_test::contact, 1 - idle);
    fake_pin::contact_at_us(100'000, input_test::contact, idle);
    fake_pin::contact_at_us(200'000, input_test::contact, 1 - idle);
    EXPECT_EQ(events({.sense = idle}, 300), "release 100\npress 200\n") << idle;
  }
}

TEST_F(EButtonTest, TimesCanBeSet) {
  press(101, 20);
  press(181, 20);  // 80 ms after the first press: too late
  press(301, 20);
  press(331, 20);  // 30 ms: double
  press(501, 200);
  EXPECT_EQ(
      events({.suppress = true, .debounce_ms = 5, .long_press_ms = 150, .double_click_ms = 50}),
      "press 155\nrelease 155\npress 235\nrelease 235\ndouble 335\nrelease 355\nlong 655\nrelease 705\n");
  EXPECT_THROW(EButton(contact_to_ground(), {.double_click_ms = 1000}), asyncio::ValueError);
  EXPECT_THROW(EButton(contact_to_ground(), {.debounce_ms = 0}), asyncio::ValueError);
}

TEST_F(EButtonTest, TheProgramClearsTheEvents) {
  press(100, 100);
  press(300, 1500);
  run([]() -> Coro<> {
    EButton button(contact_to_ground(), {.double_click_ms = 150});
    co_await sleep_ms(3000);
    EXPECT_TRUE(button.press.is_set());
    EXPECT_TRUE(button.release.is_set());
    EXPECT_TRUE(button.long_press.is_set());
    EXPECT_FALSE(button.double_click.is_set());
  }());
}

TEST_F(EButtonTest, DeinitClearsTheEventsAndSetsNoMore) {
  press(100, 100);
  press(300, 2000);
  run([]() -> Coro<> {
    EButton button(contact_to_ground());
    co_await sleep_ms(350);
    EXPECT_TRUE(button.double_click.is_set());
    button.deinit();
    for (const Event* event : {&button.press, &button.release, &button.long_press, &button.double_click}) {
      EXPECT_FALSE(event->is_set());
    }
    co_await sleep_ms(4000);
    for (const Event* event : {&button.press, &button.release, &button.long_press, &button.double_click}) {
      EXPECT_FALSE(event->is_set());
    }
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(EButtonTest, DestroyedInWhateverStateItLeavesNoTask) {
  for (int age = 0; age <= 2500; age += 25) {
    virtual_board::reset();
    fake_pin::reset();
    press(100, 100);
    press(300, 100);
    press(1000, 1500);
    events({.suppress = true}, age);  // looks for tasks left behind
  }
}

TEST_F(EButtonTest, CanBeMadeBeforeRun) {
  EButton button(contact_to_ground());
  press(100, 100);
  run([](EButton& made) -> Coro<> {
    co_await made.release.wait();
    log("release");
  }(button));
  EXPECT_EQ(virtual_board::output(), "release 200\n");
}

}  // namespace
