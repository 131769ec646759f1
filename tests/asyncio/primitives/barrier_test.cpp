#include "asyncio/barrier.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Barrier;
using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class BarrierTest : public virtual_board::Test {};

Coro<> report(Barrier& barrier, int rounds = 5) {
  for (int i = 0; i < rounds; ++i) {
    print("%d ", i);
    co_await barrier;
  }
}

Coro<> meet(Barrier& barrier, int n) {
  try {
    co_await barrier.wait();
    print("%d met\n", n);
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", n, error.what());
  }
}

TEST_F(BarrierTest, RunsItsCallbackEachTimeAllHaveCome) {
  run([]() -> Coro<> {
    Barrier barrier(
        3, [](const char* text) { print("%s\n", text); }, std::tuple("Synch"));
    for (int batch = 0; batch < 2; ++batch) {
      for (int n = 0; n < 3; ++n) create_task(report(barrier));
      co_await sleep_ms(1000);
      print("\n");
    }
  }());
  const std::string batch = "0 0 0 Synch\n1 1 1 Synch\n2 2 2 Synch\n3 3 3 Synch\n4 4 4 Synch\n\n";
  EXPECT_EQ(virtual_board::output(), batch + batch);
}

TEST_F(BarrierTest, WaitersGoOnInTheOrderTheyCameAndTheLastGoesOnAtOnce) {
  run([]() -> Coro<> {
    Barrier barrier(4);
    for (int n = 0; n < 4; ++n) create_task(meet(barrier, n));
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "3 met\n0 met\n1 met\n2 met\n");
}

TEST_F(BarrierTest, ACoroutineAsCallbackBecomesATaskThatResultReturns) {
  run([]() -> Coro<> {
    const auto job = [](const char* text) -> Coro<> {
      try {
        for (;;) {
          co_await sleep_ms(1000);
          print("%s\n", text);
        }
      } catch (const CancelledError&) {
        print("job cancelled\n");
        throw;
      }
    };
    Barrier barrier(4, job, std::tuple("job running"));
    for (int n = 0; n < 3; ++n) {
      create_task([](Barrier& met, int number) -> Coro<> {
        co_await sleep_ms(1000 * number);
        print("%d waiting\n", number);
        co_await met;
        print("%d done\n", number);
      }(barrier, n));
    }
    co_await sleep_ms(4000);
    EXPECT_TRUE(barrier.busy());
    EXPECT_FALSE(barrier.result());
    co_await barrier;
    EXPECT_FALSE(barrier.busy());
    co_await sleep_ms(1500);
    const Task<> task = barrier.result().task();
    EXPECT_FALSE(task.done());
    task.cancel();
    co_await sleep_ms(2000);
    EXPECT_TRUE(task.done());
  }());
  EXPECT_EQ(virtual_board::output(),
            "0 waiting\n1 waiting\n2 waiting\n0 done\n1 done\n2 done\njob running\njob cancelled\n");
}

TEST_F(BarrierTest, ResultIsWhatTheCallbackReturned) {
  run([]() -> Coro<> {
    int calls = 0;
    Barrier barrier(2, [&calls] { return ++calls; });
    for (int expected = 1; expected < 4; ++expected) {
      create_task(meet(barrier, expected));
      co_await barrier;
      EXPECT_EQ(barrier.result().as<int>(), expected);
      co_await sleep_ms(0);
    }
  }());
}

TEST_F(BarrierTest, TheCallbackRunsBeforeAnyoneGoesOn) {
  run([]() -> Coro<> {
    Barrier barrier(2, [] { print("callback\n"); });
    create_task(meet(barrier, 1));
    create_task(meet(barrier, 2));
    co_await sleep_ms(0);
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "callback\n2 met\n1 met\n");
}

TEST_F(BarrierTest, WhoTriggersIsCountedAndDoesNotWait) {
  run([]() -> Coro<> {
    Barrier barrier(3);
    const auto waiter = create_task(meet(barrier, 1));
    EXPECT_FALSE(barrier.busy());
    EXPECT_FALSE(barrier.trigger());
    EXPECT_TRUE(barrier.busy());
    co_await sleep_ms(10);
    EXPECT_FALSE(waiter.done());
    EXPECT_TRUE(barrier.trigger());
    EXPECT_FALSE(barrier.busy());
    co_await sleep_ms(0);
    EXPECT_TRUE(waiter.done());
    EXPECT_FALSE(barrier.trigger());  // the next time began
  }());
}

TEST_F(BarrierTest, OneWaitsUntilSeveralThatEndHaveTriggered) {
  run([]() -> Coro<> {
    Barrier barrier(4);
    for (int n = 1; n <= 3; ++n) {
      create_task([](Barrier& triggered, int number) -> Coro<> {
        co_await sleep_ms(100 * number);
        triggered.trigger();
      }(barrier, n));
    }
    co_await barrier;
    EXPECT_EQ(virtual_board::now_us(), 300'000U);
  }());
}

TEST_F(BarrierTest, ABarrierForOneNeverWaits) {
  run([]() -> Coro<> {
    Barrier barrier(1, [] { print("met\n"); });
    co_await barrier;
    co_await barrier.wait();
    EXPECT_TRUE(barrier.trigger());
  }());
  EXPECT_EQ(virtual_board::output(), "met\nmet\nmet\n");
}

TEST_F(BarrierTest, TooManyIsAValueError) {
  run([]() -> Coro<> {
    Barrier* self = nullptr;
    Barrier barrier(2, [&self] { self->trigger(); });
    self = &barrier;
    const auto waiter = create_task(meet(barrier, 1));
    co_await sleep_ms(0);
    EXPECT_THROW(barrier.trigger(), asyncio::ValueError);
    Barrier nobody(0);
    EXPECT_THROW(nobody.trigger(), asyncio::ValueError);
    bool thrown = false;
    try {
      co_await nobody;
    } catch (const asyncio::ValueError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    co_await sleep_ms(0);
  }());
}

TEST_F(BarrierTest, WhatTheCallbackThrowsGoesToTheLastAndTheBarrierOpens) {
  run([]() -> Coro<> {
    Barrier barrier(2, []() -> int { throw asyncio::OSError(5); });
    create_task(meet(barrier, 1));
    co_await sleep_ms(0);
    int code = 0;
    try {
      co_await barrier;
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 5);
    EXPECT_FALSE(barrier.busy());
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1 met\n");
}

TEST_F(BarrierTest, ACancelledWaiterHasNotCome) {
  run([]() -> Coro<> {
    Barrier barrier(3);
    const auto first = create_task(meet(barrier, 1));
    create_task(meet(barrier, 2));
    co_await sleep_ms(0);
    first.cancel();
    create_task(meet(barrier, 3));
    co_await sleep_ms(10);
    EXPECT_TRUE(barrier.busy());
    EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
    create_task(meet(barrier, 4));
    co_await sleep_ms(10);
    EXPECT_FALSE(barrier.busy());
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n4 met\n2 met\n3 met\n");
}

TEST_F(BarrierTest, AWaiterCancelledAfterAllHadComeWasThere) {
  run([]() -> Coro<> {
    Barrier barrier(2);
    const auto first = create_task(meet(barrier, 1));
    co_await sleep_ms(0);
    co_await barrier;
    first.cancel();
    co_await sleep_ms(0);
    EXPECT_FALSE(barrier.busy());
    EXPECT_FALSE(barrier.trigger());
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
}

TEST_F(BarrierTest, ATimeOutTakesTheWaiterBack) {
  run([]() -> Coro<> {
    Barrier barrier(2);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(barrier.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_FALSE(barrier.busy());
  }());
}

TEST_F(BarrierTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Barrier> barrier(3);
    const auto first = create_task(meet(*barrier, 1));
    create_task(meet(*barrier, 2));
    co_await sleep_ms(0);
    first.cancel();
    barrier.reset();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2: the object this task waited on was destroyed\n");
}

TEST_F(BarrierTest, TheTraceTellsHowManyHaveCome) {
  if constexpr (trace::enabled) {
    run([]() -> Coro<> {
      Barrier barrier(3, "start");
      create_task(meet(barrier, 1));
      co_await sleep_ms(0);
      barrier.trigger();
      co_await barrier;
    }());
    std::vector<int> counts;
    for (const trace::Record& record : virtual_board::trace_records()) {
      if (record.kind == trace::Kind::value) counts.push_back(record.extra);
    }
    EXPECT_EQ(counts, (std::vector<int>{1, 2, 3, 0}));
  }
}

}  // namespace
