#include "asyncio/elo.hpp"

#include <gtest/gtest.h>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_all.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::ELO;
using asyncio::Event;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::WaitAll;
using asyncio::WaitAny;

namespace {

class EloTest : public virtual_board::Test {};

Coro<int> measure(int ms, int result = 42) {
  co_await sleep_ms(ms);
  co_return result;
}

template <class T>
Coro<> cancel_after(ELO<T>& elo, int ms) {
  co_await sleep_ms(ms);
  elo().cancel();
}

TEST_F(EloTest, ACoroutineRunsAsATaskFromTheStart) {
  run([]() -> Coro<> {
    Event event;
    ELO elo(measure(5000));
    co_await sleep_ms(1000);
    EXPECT_FALSE(elo().done());
    EXPECT_EQ(co_await WaitAny(event, elo).wait(), &elo);
    EXPECT_EQ(virtual_board::now_us(), 5'000'000U);
    EXPECT_EQ(co_await elo(), 42);
  }());
}

TEST_F(EloTest, TakesACoroutineFunctionAndItsArguments) {
  run([]() -> Coro<> {
    ELO elo(measure, 10, 99);
    co_await elo.wait();
    EXPECT_EQ(elo().result(), 99);
  }());
}

TEST_F(EloTest, TakesARunningTask) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(measure(3000, 99));
    Event event;
    ELO elo(task);
    EXPECT_EQ(co_await WaitAny(elo, event).wait(), &elo);
    EXPECT_TRUE(elo() == task);
    EXPECT_EQ(co_await task, 99);
  }());
}

TEST_F(EloTest, CanBeMadeBeforeRun) {
  ELO elo(measure(10));
  run([](ELO<int>& made) -> Coro<> {
    co_await made.wait();
    EXPECT_EQ(made().result(), 42);
  }(elo));
}

TEST_F(EloTest, ItsTaskCanBeCancelledWhichEndsTheWait) {
  run([]() -> Coro<> {
    Event event;
    ELO elo(measure(5000));
    EXPECT_FALSE(elo.cancelled());
    create_task(cancel_after(elo, 1000));
    EXPECT_EQ(co_await WaitAny(event, elo).wait(), &elo);
    EXPECT_EQ(virtual_board::now_us(), 1'000'000U);
    EXPECT_TRUE(elo.cancelled());
    bool thrown = false;
    try {
      co_await elo();
    } catch (const CancelledError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    co_await elo.wait();  // has ended: no wait, nothing thrown
  }());
}

TEST_F(EloTest, AWaitAnyThatHasWhatItWaitedForLeavesTheTaskRunning) {
  run([]() -> Coro<> {
    Event event;
    ELO elo(measure(5000, 88));
    create_task([](Event& set) -> Coro<> {
      co_await sleep_ms(1000);
      set.set();
    }(event));
    EXPECT_EQ(co_await WaitAny(event, elo).wait(), &event);
    EXPECT_FALSE(elo().done());
    EXPECT_EQ(co_await elo(), 88);
    EXPECT_EQ(virtual_board::now_us(), 5'000'000U);
  }());
}

TEST_F(EloTest, ACancelledOrTimedOutWaitLeavesTheTaskRunning) {
  run([]() -> Coro<> {
    ELO elo(measure(100));
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(elo.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    const auto waiter = create_task([](ELO<int>& waited) -> Coro<> { co_await waited.wait(); }(elo));
    co_await sleep_ms(10);
    waiter.cancel();
    co_await sleep_ms(10);
    EXPECT_TRUE(waiter.done());
    EXPECT_FALSE(elo().done());
    EXPECT_EQ(co_await elo(), 42);
  }());
}

TEST_F(EloTest, WaitAllCollectsTheResultsOfFinishedAndCancelledOnes) {
  run([]() -> Coro<> {
    Event press;
    ELO first(measure(10, 1));
    ELO second(measure(10'000, 2));
    create_task(cancel_after(second, 20));
    create_task([](Event& event) -> Coro<> {
      co_await sleep_ms(30);
      event.set();
    }(press));
    co_await WaitAll(first, second, press).wait();
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
    EXPECT_FALSE(first.cancelled());
    EXPECT_EQ(co_await first(), 1);
    EXPECT_TRUE(second.cancelled());
  }());
}

TEST_F(EloTest, WaitThrowsWhatElseTheTaskEndedBy) {
  run([]() -> Coro<> {
    ELO elo([]() -> Coro<> {
      co_await sleep_ms(10);
      throw asyncio::OSError(5);
    }());
    int code = 0;
    try {
      co_await elo.wait();
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 5);
    EXPECT_FALSE(elo.cancelled());
    co_await sleep_ms(10);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(EloTest, AnEloThatGoesAwayLeavesItsTaskRunningAndItsWaitersWaiting) {
  run([]() -> Coro<> {
    Task<int> task;
    Task<> waiter;
    {
      ELO elo(measure(10));
      task = elo();
      waiter = create_task([](ELO<int>& waited) -> Coro<> { co_await waited.wait(); }(elo));
      co_await sleep_ms(0);
    }
    co_await waiter;
    EXPECT_EQ(task.result(), 42);
  }());
}

TEST_F(EloTest, ATaskCannotWaitForItself) {
  run([]() -> Coro<> {
    ELO elo(asyncio::current_task());
    bool thrown = false;
    try {
      co_await elo.wait();
    } catch (const asyncio::RuntimeError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }());
}

}  // namespace
