#include "drivers/eswitch.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_any.hpp"
#include "input_test.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::ESwitch;
using input_test::contact_to_ground;
using input_test::count_of;
using input_test::log;
using input_test::press;

namespace {

class ESwitchTest : public input_test::Test {};

Coro<> report(ESwitch& contact) {
  for (;;) {
    const void* const cause = co_await asyncio::WaitAny(contact.close, contact.open).wait();
    if (cause == &contact.close) {
      contact.close.clear();
      log("close");
    } else {
      contact.open.clear();
      log("open");
    }
  }
}

TEST_F(ESwitchTest, SetsAnEventWhenItClosesAndOneWhenItOpens) {
  press(120, 100);
  press(1000, 1000);
  run([]() -> Coro<> {
    ESwitch contact(contact_to_ground());
    const auto reporter = create_task(report(contact));
    co_await sleep_ms(3000);
    reporter.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "close 150\nopen 250\nclose 1000\nopen 2000\n");
}

TEST_F(ESwitchTest, TheProgramClearsTheEvents) {
  press(100, 100);
  run([]() -> Coro<> {
    ESwitch contact(contact_to_ground());
    co_await sleep_ms(1000);
    EXPECT_TRUE(contact.close.is_set());
    EXPECT_TRUE(contact.open.is_set());
    contact.close.clear();
    co_await sleep_ms(1000);
    EXPECT_FALSE(contact.close.is_set());
  }());
}

TEST_F(ESwitchTest, SaysWhetherItIsClosed) {
  press(110, 100);
  run([]() -> Coro<> {
    const ESwitch contact(contact_to_ground());
    EXPECT_FALSE(contact());
    co_await sleep_ms(120);
    EXPECT_FALSE(contact());
    co_await sleep_ms(40);
    EXPECT_TRUE(contact());
    co_await sleep_ms(100);
    EXPECT_FALSE(contact());
  }());
}

TEST_F(ESwitchTest, LopenIsTheLevelOfTheOpenSwitch) {
  const machine::Pin pin(3, machine::Pin::IN, machine::Pin::PULL_DOWN);
  fake_pin::contact_at_us(100'000, 3, 1);
  fake_pin::contact_at_us(200'000, 3, 0);
  run([](machine::Pin to_supply) -> Coro<> {
    ESwitch contact(to_supply, 0);
    EXPECT_FALSE(contact());
    co_await contact.close.wait();
    log("close");
    EXPECT_TRUE(contact());
    EXPECT_FALSE(contact.open.is_set());
    co_await contact.open.wait();
    log("open");
  }(pin));
  EXPECT_EQ(virtual_board::output(), "close 100\nopen 200\n");
}

TEST_F(ESwitchTest, BounceAtEitherEdgeIsOneEventWheneverItIsLookedAt) {
  for (std::uint64_t phase = 0; phase < 50; ++phase) press(1000 * phase + 100 + phase, 300, 49'000);
  run([]() -> Coro<> {
    ESwitch contact(contact_to_ground());
    const auto reporter = create_task(report(contact));
    co_await sleep_ms(50'000);
    reporter.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(count_of("close"), 50);
  EXPECT_EQ(count_of("open"), 50);
}

TEST_F(ESwitchTest, TheDebounceTimeCanBeSet) {
  press(101, 30);
  run([]() -> Coro<> {
    ESwitch contact(contact_to_ground(), 1, 5);
    co_await contact.close.wait();
    log("close");
    co_await contact.open.wait();
    log("open");
  }());
  EXPECT_EQ(virtual_board::output(), "close 105\nopen 135\n");
  EXPECT_THROW(ESwitch(contact_to_ground(), 1, 0), asyncio::ValueError);
}

TEST_F(ESwitchTest, DeinitClearsTheEventsAndSetsNoMore) {
  press(100, 100);
  press(500, 100);
  run([]() -> Coro<> {
    ESwitch contact(contact_to_ground());
    co_await sleep_ms(300);
    contact.deinit();
    EXPECT_FALSE(contact.close.is_set());
    EXPECT_FALSE(contact.open.is_set());
    co_await sleep_ms(1000);
    EXPECT_FALSE(contact.close.is_set());
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(ESwitchTest, DestroyedItLeavesNoTask) {
  run([]() -> Coro<> {
    for (const int age : {0, 1, 49, 50, 51}) {
      std::optional<ESwitch> contact(contact_to_ground());
      co_await sleep_ms(age);
      contact.reset();
      co_await sleep_ms(1);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U) << age;
    }
  }());
}

TEST_F(ESwitchTest, CanBeMadeBeforeRun) {
  ESwitch contact(contact_to_ground());
  press(100, 100);
  run([](ESwitch& made) -> Coro<> {
    co_await made.open.wait();
    log("open");
  }(contact));
  EXPECT_EQ(virtual_board::output(), "open 200\n");
}

}  // namespace
