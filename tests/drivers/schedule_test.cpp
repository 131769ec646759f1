#include "drivers/schedule.hpp"

#include <gtest/gtest.h>

#include <string>

#include "asyncio/console.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/virtual_board.hpp"
#include "fake_rtc.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::any;
using drivers::range;
using drivers::schedule;

namespace {

void print_time(const char* text) {
  const machine::DateTime now = machine::RTC().datetime();
  print("%s %02d.%02d. %02d:%02d:%02d.%03d\n", text, now.day, now.month, now.hours, now.minutes, now.seconds,
        now.subseconds / 1000);
}
void report() { print_time("report"); }

class ScheduleTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_rtc::set({2026, 4, 30, 3, 4, 0, 0, 250'000});  // a Thursday
  }
};

TEST_F(ScheduleTest, AFunctionIsCalledAtItsTimes) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.mins = 10, .hrs = 4, .month = {5, 6, 7, 8}, .wday = {0, 4}}));
    co_await asyncio::sleep_ms(500'000'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 01.05. 04:10:00.000\nreport 04.05. 04:10:00.000\n");
}

TEST_F(ScheduleTest, AfterTheGivenNumberOfTimesItEndsWithWhatTheLastCallReturned) {
  run([]() -> Coro<> {
    int calls = 0;
    const asyncio::Returned returned =
        co_await schedule([&calls] { return ++calls; }, {.mins = any, .hrs = any}, 3);
    EXPECT_EQ(returned.as<int>(), 3);
    EXPECT_EQ(virtual_board::now_us(), 179'750'000U);
  }());
}

TEST_F(ScheduleTest, ACoroutineIsStartedAsATask) {
  run([]() -> Coro<> {
    const auto slow = []() -> Coro<int> {
      co_await sleep_ms(90'000);
      print_time("slow");
      co_return 7;
    };
    const asyncio::Returned returned = co_await schedule(slow, {.mins = any, .hrs = any}, 2);
    print_time("two started");
    EXPECT_EQ(co_await returned.as<asyncio::Task<int>>(), 7);
  }());
  EXPECT_EQ(virtual_board::output(),
            "two started 30.04. 04:02:00.000\nslow 30.04. 04:02:30.000\nslow 30.04. 04:03:30.000\n");
}

TEST_F(ScheduleTest, ACallbackMayHaveArguments) {
  run([]() -> Coro<> {
    co_await schedule(asyncio::Callback(print_time, std::tuple("noon")), {.hrs = 12}, 1);
  }());
  EXPECT_EQ(virtual_board::output(), "noon 30.04. 12:00:00.000\n");
}

TEST_F(ScheduleTest, AnEventIsSet) {
  run([]() -> Coro<> {
    asyncio::Event event;
    create_task(schedule(event, {.mins = range(0, 60, 4), .hrs = any}, 3));
    for (int i = 0; i < 3; ++i) {
      co_await event.wait();
      event.clear();
      print_time("set");
    }
    co_await sleep_ms(1'000'000);
    EXPECT_FALSE(event.is_set());
  }());
  EXPECT_EQ(virtual_board::output(),
            "set 30.04. 04:04:00.000\nset 30.04. 04:08:00.000\nset 30.04. 04:12:00.000\n");
}

TEST_F(ScheduleTest, ASequenceIsIteratedOver) {
  run([]() -> Coro<> {
    drivers::Sequence<const char*> sequence;
    create_task(schedule(sequence, "every 4 mins", {.mins = range(0, 60, 4), .hrs = any}));
    create_task(schedule(sequence, "every 5 mins", {.mins = range(0, 60, 5), .hrs = any}));
    create_task(schedule(sequence, "once", {.mins = range(1, 60, 2), .hrs = any}, 1));
    for (int i = 0; i < 5; ++i) print_time(co_await sequence.next());
  }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(),
            "once 30.04. 04:01:00.000\nevery 4 mins 30.04. 04:04:00.000\nevery 5 mins 30.04. 04:05:00.000\n"
            "every 4 mins 30.04. 04:08:00.000\nevery 5 mins 30.04. 04:10:00.000\n");
}

TEST_F(ScheduleTest, ASequenceThatIsFullDropsTheOldest) {
  run([]() -> Coro<> {
    drivers::Sequence<int, 2> sequence;
    for (int i = 0; i < 5; ++i) sequence.put(i);
    EXPECT_EQ(co_await sequence.next(), 3);
    EXPECT_EQ(co_await sequence.next(), 4);
  }());
}

TEST_F(ScheduleTest, ABusyBoardIsLateAndLeavesOutWhatHasPassed) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.secs = range(0, 60, 10), .mins = any, .hrs = any}));
    co_await sleep_ms(19'000);
    virtual_board::spend_us(25'000'000);
    co_await sleep_ms(10'000);
  }());
  EXPECT_EQ(virtual_board::output(),
            "report 30.04. 04:00:10.000\nreport 30.04. 04:00:44.250\nreport 30.04. 04:00:50.000\n");
}

TEST_F(ScheduleTest, SetForwardOverTheTimeItLeavesThatTimeOut) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.mins = 10, .hrs = any}));
    co_await sleep_ms(1000);
    fake_rtc::set({2026, 4, 30, 3, 4, 30, 0, 0});
    co_await sleep_ms(2'500'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 05:10:00.000\n");
}

TEST_F(ScheduleTest, SetForwardToBeforeTheTimeItIsInTime) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.hrs = 12}));
    co_await sleep_ms(1000);
    fake_rtc::set({2026, 4, 30, 3, 11, 58, 0, 0});
    co_await sleep_ms(300'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 12:00:00.000\n");
}

TEST_F(ScheduleTest, SetBackTheTimeComesAgain) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.mins = 1, .hrs = 4}));
    co_await sleep_ms(100'000);
    fake_rtc::set({2026, 4, 30, 3, 4, 0, 0, 0});
    co_await sleep_ms(200'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 04:01:00.000\nreport 30.04. 04:01:00.000\n");
}

TEST_F(ScheduleTest, ARtcThatIsSlowerThanTheLoopsClockDoesNotMakeItEarly) {
  run([]() -> Coro<> {
    create_task(schedule(report, {.mins = 1, .hrs = 4}));
    co_await sleep_ms(30'000);
    fake_rtc::set({2026, 4, 30, 3, 4, 0, 29, 0});  // it has lost more than a second
    co_await sleep_ms(100'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 04:01:00.000\n");
}

TEST_F(ScheduleTest, BadTimesAreRefusedWhenItIsCalled) {
  EXPECT_THROW(static_cast<void>(schedule(report, {.hrs = 24})), asyncio::ValueError);
}

TEST_F(ScheduleTest, WhatAFunctionThrowsEndsIt) {
  run([]() -> Coro<> {
    bool thrown = false;
    try {
      co_await schedule([] { throw asyncio::OSError(5); }, {.hrs = any});
    } catch (const asyncio::OSError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }());
}

TEST_F(ScheduleTest, CancelledItCallsNoMore) {
  run([]() -> Coro<> {
    const asyncio::Task<> task = create_task(schedule(report, {.mins = any, .hrs = any}));
    co_await sleep_ms(90'000);
    task.cancel();
    co_await sleep_ms(90'000);
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 04:01:00.000\n");
}

TEST_F(ScheduleTest, AScheduleEndsWithTheObject) {
  run([]() -> Coro<> {
    {
      const drivers::Schedule every_minute(report, {.mins = any, .hrs = any});
      co_await sleep_ms(90'000);
    }
    co_await sleep_ms(90'000);
    const drivers::Schedule once(report, {.mins = any, .hrs = any}, 1);
    co_await once.task();
  }());
  EXPECT_EQ(virtual_board::output(), "report 30.04. 04:01:00.000\nreport 30.04. 04:04:00.000\n");
}

}  // namespace
