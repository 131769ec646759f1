#include "asyncio/semaphore.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::BoundedSemaphore;
using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::Semaphore;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class SemaphoreTest : public virtual_board::Test {};

// Acquires, says so, keeps the permit for a while.
Coro<> user(Semaphore& semaphore, int n, int ms = 0) {
  try {
    auto permit = co_await semaphore.scoped();
    print("%d got\n", n);
    co_await sleep_ms(ms);
    print("%d done\n", n);
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", n, error.what());
  }
}

// Acquires for good.
Coro<> taker(Semaphore& semaphore, int n) {
  co_await semaphore.acquire();
  print("%d took\n", n);
}

TEST_F(SemaphoreTest, LimitsHowManyTasksPass) {
  run([]() -> Coro<> {
    Semaphore semaphore(3);
    std::vector<Task<>> tasks;
    for (int n = 0; n < 5; ++n) tasks.push_back(create_task(user(semaphore, n, 1000 + n * 100)));
    for (const auto& task : tasks) co_await task;
  }());
  EXPECT_EQ(virtual_board::output(),
            "0 got\n1 got\n2 got\n"
            "0 done\n3 got\n1 done\n4 got\n2 done\n3 done\n4 done\n");
}

TEST_F(SemaphoreTest, HasOnePermitByDefault) {
  run([]() -> Coro<> {
    Semaphore semaphore;
    EXPECT_FALSE(semaphore.locked());
    co_await semaphore.acquire();
    EXPECT_TRUE(semaphore.locked());
    semaphore.release();
    EXPECT_FALSE(semaphore.locked());
  }());
}

TEST_F(SemaphoreTest, AcquireDoesNotYieldWhileAPermitIsFree) {
  run([]() -> Coro<> {
    Semaphore semaphore(1);
    const auto other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    co_await semaphore.acquire();
    print("first\n");
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "first\nother\n");
}

TEST_F(SemaphoreTest, AcquireIsTrueAlsoAsACondition) {
  static Semaphore* semaphore;
  Semaphore local;
  semaphore = &local;
  run([]() -> Coro<> {
    if (co_await semaphore->acquire()) print("acquired\n");
  }());
  EXPECT_EQ(virtual_board::output(), "acquired\n");
}

TEST_F(SemaphoreTest, WaitersAreServedFirstComeFirstServed) {
  run([]() -> Coro<> {
    Semaphore semaphore(0);
    for (int n = 0; n < 4; ++n) create_task(taker(semaphore, n));
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "");
    for (int n = 0; n < 4; ++n) semaphore.release();
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "0 took\n1 took\n2 took\n3 took\n");
}

TEST_F(SemaphoreTest, AReleasedPermitCannotBeTakenBeforeTheWaiterRuns) {
  run([]() -> Coro<> {
    Semaphore semaphore(0);
    create_task(taker(semaphore, 1));
    co_await sleep_ms(0);
    semaphore.release();
    EXPECT_TRUE(semaphore.locked());
    create_task([](Semaphore& barging) -> Coro<> {
      barging.release();
      co_return;
    }(semaphore));
    co_await semaphore.acquire();
    print("main took\n");
  }());
  EXPECT_EQ(virtual_board::output(), "1 took\nmain took\n");
}

TEST_F(SemaphoreTest, ACancelledWaiterLeavesTheLine) {
  run([]() -> Coro<> {
    Semaphore semaphore(0);
    create_task(user(semaphore, 1));
    const auto second = create_task(user(semaphore, 2));
    create_task(user(semaphore, 3));
    co_await sleep_ms(0);
    second.cancel();
    semaphore.release();
    semaphore.release();
    co_await sleep_ms(1);
    EXPECT_FALSE(semaphore.locked());
  }());
  EXPECT_EQ(virtual_board::output(), "2 cancelled\n1 got\n3 got\n1 done\n3 done\n");
}

TEST_F(SemaphoreTest, AWaiterCancelledAfterItWasServedPassesThePermitOn) {
  run([]() -> Coro<> {
    Semaphore semaphore(0);
    const auto first = create_task(user(semaphore, 1));
    create_task(user(semaphore, 2));
    co_await sleep_ms(0);
    semaphore.release();
    first.cancel();
    co_await sleep_ms(1);
    EXPECT_FALSE(semaphore.locked());
    co_await semaphore.acquire();
    EXPECT_TRUE(semaphore.locked());
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 got\n2 done\n");
}

TEST_F(SemaphoreTest, OfSeveralServedAnyMayBeCancelled) {
  for (unsigned cancelled = 0; cancelled < 16; ++cancelled) {
    run([](unsigned which) -> Coro<> {
      Semaphore semaphore(0);
      std::vector<Task<>> tasks;
      for (int n = 0; n < 4; ++n) tasks.push_back(create_task(taker(semaphore, n)));
      co_await sleep_ms(0);
      for (int n = 0; n < 4; ++n) semaphore.release();
      // The last first, so that they do not leave in the order in which they were served.
      int count = 0;
      for (unsigned n = 4; n-- > 0;) {
        if ((which >> n & 1) == 0) continue;
        tasks[n].cancel();
        ++count;
      }
      co_await sleep_ms(0);
      for (int n = 0; n < count; ++n) {
        EXPECT_FALSE(semaphore.locked()) << which;
        co_await semaphore.acquire();
      }
      EXPECT_TRUE(semaphore.locked()) << which;
    }(cancelled));
  }
}

TEST_F(SemaphoreTest, ATimeOutLosesNoPermit) {
  run([]() -> Coro<> {
    Semaphore semaphore(0);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(semaphore.acquire(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    semaphore.release();
    EXPECT_TRUE(co_await asyncio::wait_for_ms(semaphore.acquire(), 10));
    EXPECT_TRUE(semaphore.locked());
  }());
}

TEST_F(SemaphoreTest, APermitReleasedInTheInstantOfATimeOutIsTakenOrThereAfterwards) {
  for (const bool release_first : {true, false}) {
    run([](bool first) -> Coro<> {
      Semaphore semaphore(0);
      const auto release = [](Semaphore& released) -> Coro<> {
        co_await sleep_ms(10);
        released.release();
      };
      if (first) create_task(release(semaphore));
      bool acquired = false;
      try {
        acquired = co_await asyncio::wait_for_ms(semaphore.acquire(), 10);
      } catch (const asyncio::TimeoutError&) {
      }
      if (!first) semaphore.release();
      co_await sleep_ms(1);
      EXPECT_EQ(acquired, semaphore.locked());
    }(release_first));
  }
}

TEST_F(SemaphoreTest, TheGuardReleasesAtTheEndOfTheBlockAndOnAnException) {
  run([]() -> Coro<> {
    Semaphore semaphore;
    {
      auto permit = co_await semaphore.scoped();
      EXPECT_TRUE(semaphore.locked());
    }
    EXPECT_FALSE(semaphore.locked());
    try {
      auto permit = co_await semaphore.scoped();
      throw 1;
    } catch (int) {
    }
    EXPECT_FALSE(semaphore.locked());
    auto permit = co_await semaphore.scoped();
    {
      const auto moved = std::move(permit);
      EXPECT_TRUE(semaphore.locked());
    }
    EXPECT_FALSE(semaphore.locked());
  }());
}

TEST_F(SemaphoreTest, TheGuardOfACancelledTaskReleases) {
  run([]() -> Coro<> {
    Semaphore semaphore;
    const auto holder = create_task(user(semaphore, 1, 1000));
    create_task(user(semaphore, 2));
    co_await sleep_ms(5);
    holder.cancel();
    co_await sleep_ms(5);
    EXPECT_FALSE(semaphore.locked());
  }());
  EXPECT_EQ(virtual_board::output(), "1 got\n1 cancelled\n2 got\n2 done\n");
}

TEST_F(SemaphoreTest, ReleaseMayRaiseTheNumberOfPermits) {
  run([]() -> Coro<> {
    Semaphore semaphore(1);
    semaphore.release();
    co_await semaphore.acquire();
    EXPECT_FALSE(semaphore.locked());
    co_await semaphore.acquire();
    EXPECT_TRUE(semaphore.locked());
  }());
}

TEST_F(SemaphoreTest, ABoundedOneDoesNotReleaseMoreThanWasAcquired) {
  run([]() -> Coro<> {
    BoundedSemaphore semaphore(2);
    EXPECT_THROW(semaphore.release(), asyncio::ValueError);
    co_await semaphore.acquire();
    semaphore.release();
    EXPECT_THROW(semaphore.release(), asyncio::ValueError);
    Semaphore& as_semaphore = semaphore;
    EXPECT_THROW(as_semaphore.release(), asyncio::ValueError);
  }());
}

TEST_F(SemaphoreTest, ABoundedOneCountsAPermitOnItsWayToAWaiterAsTaken) {
  run([]() -> Coro<> {
    BoundedSemaphore semaphore(1);
    co_await semaphore.acquire();
    create_task(taker(semaphore, 1));
    co_await sleep_ms(0);
    semaphore.release();
    EXPECT_TRUE(semaphore.locked());
    semaphore.release();  // the waiter's
    EXPECT_THROW(semaphore.release(), asyncio::ValueError);
    co_await sleep_ms(0);
    EXPECT_FALSE(semaphore.locked());
  }());
}

TEST_F(SemaphoreTest, TheGuardOfABoundedOneMindsThatThePermitWasReleasedAlready) {
  run([]() -> Coro<> {
    BoundedSemaphore semaphore(1);
    {
      auto permit = co_await semaphore.scoped();
      semaphore.release();
    }
    EXPECT_THROW(semaphore.release(), asyncio::ValueError);
  }());
}

TEST_F(SemaphoreTest, ANegativeNumberOfPermitsIsAValueError) {
  EXPECT_THROW(Semaphore(-1), asyncio::ValueError);
  EXPECT_THROW(BoundedSemaphore(-1), asyncio::ValueError);
}

TEST_F(SemaphoreTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Semaphore> semaphore(0);
    create_task(user(*semaphore, 1));  // will have been served, but not have run
    create_task(user(*semaphore, 2));  // will have been served and cancelled
    const auto third = create_task(user(*semaphore, 3));
    create_task(user(*semaphore, 4));
    const auto fifth = create_task(user(*semaphore, 5));
    co_await sleep_ms(0);
    semaphore->release();
    semaphore->release();
    third.cancel();
    fifth.cancel();
    semaphore.reset();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(),
            "1: the object this task waited on was destroyed\n"
            "2: the object this task waited on was destroyed\n"
            "3 cancelled\n5 cancelled\n"
            "4: the object this task waited on was destroyed\n");
}

TEST_F(SemaphoreTest, APermitIsNotLostWithTheLoopThatWasToHandItOver) {
  Semaphore semaphore(0);
  Task<> kept;
  run([](Semaphore& global, Task<>& handle) -> Coro<> {
    create_task(taker(global, 1));
    handle = create_task(taker(global, 2));
    create_task(taker(global, 3));
    co_await sleep_ms(0);
    global.release();
    global.release();
  }(semaphore, kept));
  asyncio::new_event_loop();
  run([](Semaphore& global, Task<>& handle) -> Coro<> {
    EXPECT_FALSE(global.locked());  // the first task's is back
    co_await global.acquire();
    EXPECT_TRUE(global.locked());
    const auto waiter = create_task(taker(global, 4));
    co_await sleep_ms(0);
    handle = Task<>();  // the second's, now that its frame goes, is handed on
    co_await waiter;
  }(semaphore, kept));
  EXPECT_EQ(virtual_board::output(), "4 took\n");
}

TEST_F(SemaphoreTest, DestroyedAfterTheLoopItTouchesNoFrame) {
  {
    Semaphore semaphore(0);
    run([](Semaphore& global) -> Coro<> {
      create_task(taker(global, 1));
      create_task(taker(global, 2));
      co_await sleep_ms(0);
      global.release();
    }(semaphore));
    asyncio::new_event_loop();
  }
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(SemaphoreTest, TheTraceTellsItsCountAndWhoWokeWhom) {
  if constexpr (trace::enabled) {
    run([]() -> Coro<> {
      Semaphore semaphore(1, "permits");
      co_await semaphore.acquire();
      create_task(taker(semaphore, 1));
      co_await sleep_ms(0);
      semaphore.release();
      co_await sleep_ms(0);
      semaphore.release();
    }());
    std::vector<int> counts;
    int woken = 0;
    int waited = 0;
    for (const trace::Record& record : virtual_board::trace_records()) {
      const auto reason = static_cast<trace::Reason>(record.reason);
      if (record.kind == trace::Kind::value) counts.push_back(record.extra);
      if (record.kind == trace::Kind::task_ready && reason == trace::Reason::semaphore) ++woken;
      if (record.kind == trace::Kind::slice_end && reason == trace::Reason::semaphore && record.site != 0)
        ++waited;
    }
    EXPECT_EQ(counts, (std::vector<int>{1, 0, 1}));
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(waited, 1);
  }
}

Coro<> works_in_scope(Semaphore& semaphore) {
  const auto guard = co_await semaphore.scoped();
  co_await sleep_ms(100);
}

Coro<> leaves_a_worker() {
  Semaphore semaphore;
  create_task(works_in_scope(semaphore));
  co_await sleep_ms(1);
}

TEST_F(SemaphoreTest, AGuardMayEndAfterItsObject) {
  run(leaves_a_worker());
  run([]() -> Coro<> { co_await sleep_ms(200); }());
  EXPECT_TRUE(asyncio::all_tasks().empty());

  run(leaves_a_worker());
  asyncio::new_event_loop();
}

TEST_F(SemaphoreTest, AGuardThatWasMovedReleasesOnce) {
  run([]() -> Coro<> {
    std::optional<Semaphore> semaphore(std::in_place);
    {
      auto guard = co_await semaphore->scoped();
      {
        const auto moved = std::move(guard);
        EXPECT_TRUE(semaphore->locked());
      }
      EXPECT_FALSE(semaphore->locked());
      co_await semaphore->acquire();
    }
    EXPECT_TRUE(semaphore->locked());
    semaphore->release();
    auto guard = co_await semaphore->scoped();
    const auto moved = std::move(guard);
    semaphore.reset();
  }());
}

}  // namespace
