// A firmware from power-on to its end: what is recorded, and how it stops.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using recording::pico;
using recording::Recording;
using recording::run;
using trace::Kind;

asyncio::Coro<> ticker(int period_ms) {
  while (true) co_await asyncio::sleep_ms(period_ms);
}

TEST(Run, EndsWhenItsTimeIsUpWhileEverybodySleeps) {
  const Recording r = run(1'000'000'000, [] {
    asyncio::run(ticker(300));
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.last_stop().time_ns, 1'000'000'000U);
  EXPECT_EQ(r.of(Kind::slice_begin).size(), 4U);
  EXPECT_EQ(r.of(Kind::slice_begin)[3].time_ns, 900'000'000U);
  EXPECT_EQ(r.status, 0);
}

TEST(Run, EndsWhenItsTimeIsUpInTheMiddleOfASlice) {
  const Recording r = run(5'000'000, []() -> int {
    const machine::Pin led(25, machine::Pin::OUT);
    while (true) led.toggle();
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.last_stop().time_ns, 5'000'000U);
}

TEST(Run, LoopsWithoutSleepMoveTimeBySwitching) {
  const Recording r = run(1'000'000, [] {
    asyncio::run(ticker(0));
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.of(Kind::slice_begin).size(), 1'000'000 / pico().task_switch_ns);
}

TEST(Run, MainReturns) {
  const Recording r = run(1'000'000'000, [] {
    asyncio::run([]() -> asyncio::Coro<> { co_await asyncio::sleep_ms(3); }());
    return 4;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 4);
  EXPECT_EQ(r.last_stop().time_ns, 3'000'000 + pico().task_switch_ns);
}

TEST(Run, StuckWhenNothingCanEverWakeATask) {
  const Recording r = run(2'000'000'000, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      asyncio::Event never;
      co_await never.wait();
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::stuck);
  EXPECT_EQ(r.last_stop().time_ns, 2'000'000'000U);
  EXPECT_LT(r.of(Kind::idle_begin).back().time_ns, 1'000'000U);
}

TEST(Run, CrashCompletesTheTraceAndEndsAsTheSignalDoes) {
  const Recording r = run(1'000'000'000, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      co_await asyncio::sleep_ms(1);
      std::abort();
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::crashed);
  EXPECT_EQ(r.last_stop().extra, SIGABRT);
  EXPECT_EQ(r.of(Kind::slice_begin).size(), 2U);
  EXPECT_TRUE(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGABRT);
}

TEST(Run, HangIsNoticed) {
  const Recording r = run(1'000'000'000, [] {
    volatile bool flag = false;
    while (!flag) {
    }
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_EQ(r.last_stop().time_ns, 0U);  // nothing here is charged for
}

TEST(Run, WaitingForTheHostIsAHang) {
  const Recording r = run(1'000'000'000, [] {
    for (;;) ::sleep(1000);
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::hung);
  EXPECT_NE(r.console.find("::sleep()"), std::string::npos);  // the message
}

TEST(Run, AskedToStopItKeepsWhatHappened) {
  const Recording r = run(1'000'000'000, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      co_await asyncio::sleep_ms(5);
      std::raise(SIGTERM);
      for (;;) co_await asyncio::sleep_ms(1);
    }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::interrupted);
  EXPECT_EQ(r.of(Kind::slice_begin).size(), 2U);
  EXPECT_EQ(r.last_stop().time_ns / 1'000'000, 6U);
}

TEST(Run, AskedToStopItStopsInTheMiddleOfALoopToo) {
  const Recording r = run(1'000'000'000, [] {
    std::raise(SIGTERM);
    volatile bool flag = false;
    while (!flag) {
    }
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::interrupted);
}

TEST(Run, WhatIsPrintedWhenTheTimeIsUpIsPrintedOnce) {
  const Recording r = run(20'000, [] {
    for (;;) std::printf("a line\n");
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.console, "a line\na line\na line\n");
}

TEST(Run, EverythingPrintedReachesTheConsoleInOrder) {
  const Recording r = run(1'000'000'000, [] {
    print("print %d\n", 1);
    std::printf("printf %d\n", 2);
    print("%s\n", std::string(100'000, 'x').c_str());
    std::printf("no end of line");
    return 0;
  });
  EXPECT_EQ(r.console, "print 1\nprintf 2\n" + std::string(100'000, 'x') + "\nno end of line");
}

TEST(Run, PrintingTakesTimeByTheByte) {
  const Recording r = run(1'000'000'000, [] {
    print("ten bytes\n");
    return 0;
  });
  EXPECT_EQ(r.last_stop().time_ns, 10 * pico().console_byte_ns);
}

TEST(Run, PinLevelsAreRecordedWhenTheyChange) {
  const Recording r = run(1'000'000'000, [] {
    const machine::Pin led(25, machine::Pin::OUT);
    led.on();
    led.on();
    led.off();
    return 0;
  });
  const auto pins = r.of(Kind::pin);
  ASSERT_EQ(pins.size(), 3U);
  EXPECT_EQ(pins[0].object, 25U);
  EXPECT_EQ(pins[0].extra, 0);
  EXPECT_EQ(pins[1].extra, 1);
  EXPECT_EQ(pins[2].extra, 0);
}

TEST(Run, TimeNeverGoesBack) {
  const Recording r = run(50'000'000, [] {
    asyncio::run([]() -> asyncio::Coro<> {
      asyncio::create_task(ticker(1));
      asyncio::create_task(ticker(0));
      while (true) {
        time::sleep_us(700);
        co_await asyncio::sleep_ms(2);
      }
    }());
    return 0;
  });
  std::uint64_t now = 0;
  for (const trace::Record& record : r.records) {
    if (record.kind == Kind::text) continue;
    EXPECT_GE(record.time_ns, now);
    now = record.time_ns;
  }
  EXPECT_GT(r.records.size(), 1000U);
}

}  // namespace
