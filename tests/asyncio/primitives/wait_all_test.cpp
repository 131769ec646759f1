#include "asyncio/wait_all.hpp"

#include <gtest/gtest.h>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Event;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::ThreadSafeFlag;
using asyncio::WaitAll;
using asyncio::WaitAny;

namespace {

class WaitAllTest : public virtual_board::Test {};

Coro<> set_after(Event& event, int ms) {
  co_await sleep_ms(ms);
  event.set();
}

TEST_F(WaitAllTest, WaitsForEachInWhateverOrder) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    ThreadSafeFlag third;
    virtual_board::interrupt_at_us(20'000, [&third] { third.set(); });
    create_task(set_after(first, 30));
    create_task(set_after(second, 10));
    co_await WaitAll(first, second, third).wait();
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAllTest, OneThatTriggeredNeedNotStaySet) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    create_task([](Event& event) -> Coro<> {
      co_await sleep_ms(10);
      event.set();
      event.clear();
    }(first));
    create_task(set_after(second, 20));
    co_await WaitAll(first, second).wait();
    EXPECT_EQ(virtual_board::now_us(), 20'000U);
    EXPECT_FALSE(first.is_set());
  }());
}

TEST_F(WaitAllTest, ThoseThatAreSetAlreadyCount) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    first.set();
    second.set();
    co_await WaitAll(first, second).wait();
    EXPECT_EQ(virtual_board::now_us(), 0U);
  }());
}

TEST_F(WaitAllTest, ClearClearsAllAlsoNested) {
  Event first;
  Event second;
  Event third;
  ThreadSafeFlag flag;
  first.set();
  second.set();
  third.set();
  flag.set();
  WaitAll all(first, WaitAny(second, third), flag);
  all.clear();
  EXPECT_FALSE(first.is_set() || second.is_set() || third.is_set() || flag.is_set());
}

TEST_F(WaitAllTest, NestsWaitAny) {
  run([]() -> Coro<> {
    Event events[4];
    create_task(set_after(events[0], 10));
    create_task(set_after(events[3], 20));
    create_task(set_after(events[1], 30));
    co_await WaitAll(events[0], events[1], WaitAny(events[2], events[3])).wait();
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAllTest, ATimeOutLeavesNoHelper) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    first.set();
    WaitAll all(first, second);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(all.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    create_task(set_after(second, 5));
    co_await all.wait();
    EXPECT_EQ(virtual_board::now_us(), 15'000U);
  }());
}

TEST_F(WaitAllTest, CancelledItsHelpersHaveEndedBeforeItThrows) {
  run([]() -> Coro<> {
    const auto task = create_task([]() -> Coro<> {
      Event first;
      Event second;
      try {
        co_await WaitAll(first, second).wait();
      } catch (const CancelledError&) {
        print("%d tasks left\n", static_cast<int>(asyncio::all_tasks().size()));
        throw;
      }
    }());
    co_await sleep_ms(10);
    task.cancel();
    co_await sleep_ms(1);
    EXPECT_TRUE(task.done());
  }());
  EXPECT_EQ(virtual_board::output(), "2 tasks left\n");
}

TEST_F(WaitAllTest, WhatOneThrowsEndsTheWaitForTheOthers) {
  struct Failing {
    Coro<> wait() {
      co_await sleep_ms(10);
      throw asyncio::OSError(5);
    }
  };
  run([]() -> Coro<> {
    Event event;
    Failing failing;
    int code = 0;
    try {
      co_await WaitAll(event, failing).wait();
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 5);
    EXPECT_EQ(virtual_board::now_us(), 10'000U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

}  // namespace
