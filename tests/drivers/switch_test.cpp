#include "drivers/switch.hpp"

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
using drivers::Switch;
using input_test::contact_to_ground;
using input_test::count_of;
using input_test::log;
using input_test::press;

namespace {

class SwitchTest : public input_test::Test {};

void log_both(Switch& contact) {
  contact.close_func(log, std::tuple("close"));
  contact.open_func(log, std::tuple("open"));
}

TEST_F(SwitchTest, CallsAFunctionWhenItClosesAndWhenItOpens) {
  press(120, 100);
  press(1000, 1000);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    log_both(contact);
    co_await sleep_ms(3000);
  }());
  EXPECT_EQ(virtual_board::output(), "close 150\nopen 250\nclose 1000\nopen 2000\n");
}

TEST_F(SwitchTest, StartsACoroutineWithItsArgumentsAsATask) {
  press(100, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    const auto pulse = [](const char* led, int ms) -> Coro<> {
      print("%s on %d\n", led, input_test::now_ms());
      co_await sleep_ms(ms);
      print("%s off %d\n", led, input_test::now_ms());
    };
    contact.close_func(pulse, std::tuple("red", 1000));
    co_await sleep_ms(3000);
  }());
  EXPECT_EQ(virtual_board::output(), "red on 100\nred off 1100\n");
}

TEST_F(SwitchTest, SetsAnEventThatWasAskedFor) {
  press(100, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    contact.close_func(bound_event);
    co_await contact.close.wait();
    log("close");
    co_await sleep_ms(200);
    EXPECT_FALSE(contact.open.is_set());
    EXPECT_TRUE(contact.close.is_set());
    contact.close.clear();
    contact.open_func(bound_event);
    press(500, 100);
    co_await contact.open.wait();
    log("open");
    EXPECT_TRUE(contact.close.is_set());
  }());
  EXPECT_EQ(virtual_board::output(), "close 100\nopen 600\n");
}

TEST_F(SwitchTest, IsTheDebouncedLevelOfThePin) {
  press(110, 100);
  run([]() -> Coro<> {
    const Switch contact(contact_to_ground());
    EXPECT_EQ(contact(), 1);
    co_await sleep_ms(120);
    EXPECT_EQ(machine::Pin(input_test::contact).value(), 0);
    EXPECT_EQ(contact(), 1);  // it has closed, but nobody has looked
    co_await sleep_ms(40);
    EXPECT_EQ(contact(), 0);
    co_await sleep_ms(60);
    EXPECT_EQ(contact(), 0);
    co_await sleep_ms(40);
    EXPECT_EQ(contact(), 1);
  }());
}

TEST_F(SwitchTest, ClosedWhenItIsMadeItCallsWhenItOpens) {
  fake_pin::set(input_test::contact, 0);
  fake_pin::set_at_us(100'000, input_test::contact, 1);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    EXPECT_EQ(contact(), 0);
    log_both(contact);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "open 100\n");
}

TEST_F(SwitchTest, BounceAtEitherEdgeCallsOnceWheneverItIsLookedAt) {
  // Every millisecond of the 50 between two looks, with a bounce of nearly as long as these.
  for (std::uint64_t phase = 0; phase < 50; ++phase) press(1000 * phase + 100 + phase, 300, 49'000);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    log_both(contact);
    for (int phase = 0; phase < 50; ++phase) {
      co_await sleep_ms(phase == 0 ? 900 : 1000);
      EXPECT_EQ(count_of("close"), phase + 1) << phase;
      EXPECT_EQ(count_of("open"), phase + 1) << phase;
    }
  }());
}

TEST_F(SwitchTest, TheDebounceTimeCanBeSet) {
  press(101, 30);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground(), 5);
    log_both(contact);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "close 105\nopen 135\n");
  EXPECT_THROW(Switch(contact_to_ground(), 0), asyncio::ValueError);
  EXPECT_THROW(Switch(contact_to_ground(), 1U << 29), asyncio::ValueError);
}

TEST_F(SwitchTest, CallbacksCanBeReplacedAndTakenAway) {
  for (std::uint64_t i = 1; i <= 3; ++i) press(1000 * i, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    contact.close_func(log, std::tuple("first"));
    co_await sleep_ms(1500);
    contact.close_func([] { log("second"); });
    co_await sleep_ms(1000);
    contact.close_func();
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "first 1000\nsecond 2000\n");
}

TEST_F(SwitchTest, ACallbackMayReplaceItself) {
  for (std::uint64_t i = 1; i <= 3; ++i) press(1000 * i, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    const char text[] = "first";
    contact.close_func([&contact, &text] {
      contact.close_func(log, std::tuple("second"));
      log(text);
    });
    co_await sleep_ms(4000);
  }());
  EXPECT_EQ(virtual_board::output(), "first 1000\nsecond 2000\nsecond 3000\n");
}

TEST_F(SwitchTest, ACallbackThatThrowsIsReportedAndTheSwitchWorksOn) {
  press(100, 100);
  press(500, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    int calls = 0;
    contact.close_func([&calls] {
      if (++calls == 1) throw asyncio::OSError(5, "lamp is gone");
      log("close");
    });
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "Exception in callback\nfuture: Task Switch\nlamp is gone\nclose 500\n");
}

TEST_F(SwitchTest, AfterDeinitNothingIsCalled) {
  press(100, 100);
  press(500, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    log_both(contact);
    co_await sleep_ms(300);
    contact.deinit();
    contact.deinit();
    co_await sleep_ms(1000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(contact(), 1);
  }());
  EXPECT_EQ(virtual_board::output(), "close 100\nopen 200\n");
}

TEST_F(SwitchTest, ACallbackMayDeinit) {
  press(100, 100);
  run([]() -> Coro<> {
    Switch contact(contact_to_ground());
    log_both(contact);
    contact.close_func([&contact] {
      contact.deinit();
      log("last");
    });
    co_await sleep_ms(1000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "last 100\n");
}

TEST_F(SwitchTest, ACoroutineItStartedMayDestroyIt) {
  press(100, 100);
  run([]() -> Coro<> {
    std::optional<Switch> contact(contact_to_ground());
    contact->close_func(
        [](std::optional<Switch>* gone) -> Coro<> {
          gone->reset();
          log("destroyed");
          co_return;
        },
        std::tuple(&contact));
    co_await sleep_ms(1000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "destroyed 100\n");
}

TEST_F(SwitchTest, DestroyedItLeavesNoTaskAndItsWaitersGetARuntimeError) {
  run([]() -> Coro<> {
    for (const int age : {0, 1, 49, 50, 51}) {
      std::optional<Switch> contact(contact_to_ground());
      const auto waiter = create_task([](Switch& waited) -> Coro<> {
        try {
          co_await waited.open.wait();
        } catch (const asyncio::RuntimeError&) {
          log("destroyed");
        }
      }(*contact));
      co_await sleep_ms(age);
      if (age == 0) co_await sleep_ms(0);
      contact.reset();
      co_await waiter;
      co_await sleep_ms(1);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U) << age;
    }
  }());
  EXPECT_EQ(count_of("destroyed"), 5);
}

TEST_F(SwitchTest, CanBeMadeBeforeRunAndOutliveTheLoop) {
  Switch contact(contact_to_ground());
  log_both(contact);
  press(100, 100);
  run([]() -> Coro<> { co_await sleep_ms(1000); }());
  EXPECT_EQ(virtual_board::output(), "close 100\nopen 200\n");
  asyncio::new_event_loop();
}

}  // namespace
