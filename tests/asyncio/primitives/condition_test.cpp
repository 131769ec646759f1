#include "asyncio/condition.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "asyncio/async_generator.hpp"
#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Condition;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Lock;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class ConditionTest : public virtual_board::Test {};

Coro<> waiter(Condition& condition, int n) {
  try {
    const auto guard = co_await condition.scoped();
    co_await condition.wait();
    print("%d notified%s\n", n, condition.locked() ? "" : " without the lock");
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", n, error.what());
  }
}

Coro<> notify(Condition& condition, std::size_t count = 1) {
  const auto guard = co_await condition.scoped();
  condition.notify(count);
}

TEST_F(ConditionTest, NotifiesTwoAtATimeInTheOrderTheyBeganToWait) {
  run([]() -> Coro<> {
    Condition condition;
    int seconds = 0;
    const auto notifier = create_task([](Condition& notified) -> Coro<> {
      for (;;) {
        co_await sleep_ms(2000);
        co_await notify(notified, 2);
      }
    }(condition));
    const auto clock = create_task([](int& count) -> Coro<> {
      co_await sleep_ms(500);
      for (;;) {
        co_await sleep_ms(1000);
        ++count;
      }
    }(seconds));
    std::vector<Task<>> tasks;
    for (int n = 0; n < 7; ++n) {
      tasks.push_back(create_task([](Condition& waited, int number, int& count) -> Coro<> {
        const auto guard = co_await waited.scoped();
        print("%d waits\n", number);
        co_await waited.wait();
        print("%d triggered at %d\n", number, count);
      }(condition, n, seconds)));
    }
    for (const auto& task : tasks) co_await task;
    {
      const auto guard = co_await condition.scoped();
      EXPECT_TRUE(co_await condition.wait_for([&seconds] { return seconds >= 8; }));
      print("predicate true at %d\n", seconds);
    }
    notifier.cancel();
    clock.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(),
            "0 waits\n1 waits\n2 waits\n3 waits\n4 waits\n5 waits\n6 waits\n"
            "0 triggered at 1\n1 triggered at 1\n2 triggered at 3\n3 triggered at 3\n"
            "4 triggered at 5\n5 triggered at 5\n6 triggered at 7\npredicate true at 9\n");
}

TEST_F(ConditionTest, WaitReleasesTheLockAndIsTrueWithTheLockHeldAgain) {
  run([]() -> Coro<> {
    Condition condition;
    const auto task = create_task([](Condition& waited) -> Coro<> {
      const auto guard = co_await waited.scoped();
      EXPECT_TRUE(co_await waited.wait());
      EXPECT_TRUE(waited.locked());
    }(condition));
    co_await sleep_ms(0);
    EXPECT_FALSE(condition.locked());
    {
      const auto guard = co_await condition.scoped();
      condition.notify();
      co_await sleep_ms(10);
      EXPECT_FALSE(task.done());  // the lock is still ours
    }
    co_await task;
    EXPECT_FALSE(condition.locked());
  }());
}

TEST_F(ConditionTest, NotifyWakesOneUnlessToldOtherwise) {
  run([]() -> Coro<> {
    Condition condition;
    for (int n = 0; n < 5; ++n) create_task(waiter(condition, n));
    co_await sleep_ms(0);
    co_await notify(condition);
    co_await sleep_ms(1);
    print("two\n");
    co_await notify(condition, 2);
    co_await sleep_ms(1);
    print("all\n");
    {
      const auto guard = co_await condition.scoped();
      condition.notify_all();
    }
    co_await sleep_ms(1);
    print("nobody\n");
    co_await notify(condition, 3);
  }());
  EXPECT_EQ(virtual_board::output(),
            "0 notified\ntwo\n1 notified\n2 notified\nall\n3 notified\n4 notified\nnobody\n");
}

TEST_F(ConditionTest, ANotificationNobodyWaitsForIsLost) {
  run([]() -> Coro<> {
    Condition condition;
    co_await notify(condition);
    const auto task = create_task(waiter(condition, 1));
    co_await sleep_ms(10);
    EXPECT_FALSE(task.done());
    task.cancel();
    co_await sleep_ms(0);
  }());
}

TEST_F(ConditionTest, WaitForAsksThePredicateAtOnceWithoutWaiting) {
  run([]() -> Coro<> {
    Condition condition;
    const auto guard = co_await condition.scoped();
    EXPECT_EQ(co_await condition.wait_for([] { return 42; }), 42);
  }());
}

struct Always {
  bool operator()() const { return true; }
};

TEST_F(ConditionTest, ThePredicateMayBeAnyFunctor) {
  run([]() -> Coro<> {
    Condition condition;
    const auto guard = co_await condition.scoped();
    EXPECT_TRUE(co_await condition.wait_for(Always()));
  }());
}

TEST_F(ConditionTest, WaitForGoesOnWaitingWhileThePredicateIsFalse) {
  run([]() -> Coro<> {
    Condition condition;
    int level = 0;
    int asked = 0;
    const auto task = create_task([](Condition& waited, int& value, int& count) -> Coro<int> {
      const auto guard = co_await waited.scoped();
      co_return co_await waited.wait_for([&value, &count] {
        ++count;
        return value > 2 ? value : 0;
      });
    }(condition, level, asked));
    for (int i = 0; i < 3; ++i) {
      co_await sleep_ms(1);
      EXPECT_FALSE(task.done());
      ++level;
      co_await notify(condition);
    }
    EXPECT_EQ(co_await task, 3);
    EXPECT_EQ(asked, 4);
  }());
}

TEST_F(ConditionTest, WithoutTheLockWaitAndNotifyAreRuntimeErrors) {
  run([]() -> Coro<> {
    Condition condition;
    EXPECT_THROW(condition.notify(), asyncio::RuntimeError);
    EXPECT_THROW(condition.notify_all(), asyncio::RuntimeError);
    EXPECT_THROW(condition.release(), asyncio::RuntimeError);
    bool thrown = false;
    try {
      co_await condition.wait();
    } catch (const asyncio::RuntimeError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }());
}

TEST_F(ConditionTest, SharesALockThatIsGiven) {
  run([]() -> Coro<> {
    Lock lock;
    Condition full(lock);
    Condition empty(lock);
    const auto guard = co_await lock.scoped();
    EXPECT_TRUE(full.locked());
    EXPECT_TRUE(empty.locked());
    const auto task = create_task([](Condition& waited, Condition& notified) -> Coro<> {
      const auto held = co_await waited.scoped();
      notified.notify();
      co_await waited.wait();
    }(full, empty));
    co_await empty.wait();
    full.notify();
    empty.release();
    co_await task;
    co_await empty.acquire();
    EXPECT_TRUE(lock.locked());
  }());
}

TEST_F(ConditionTest, CanBeAwaitedForItsLock) {
  run([]() -> Coro<> {
    Condition condition;
    {
      const auto guard = co_await condition;
      EXPECT_TRUE(condition.locked());
    }
    EXPECT_FALSE(condition.locked());
  }());
}

TEST_F(ConditionTest, ACancelledWaiterHasTheLockAgainWhenTheCancellationGoesOn) {
  run([]() -> Coro<> {
    Condition condition;
    const auto task = create_task([](Condition& waited) -> Coro<> {
      co_await waited.acquire();
      try {
        co_await waited.wait();
      } catch (const CancelledError&) {
        print("cancelled %s the lock\n", waited.locked() ? "with" : "without");
        waited.release();
        throw;
      }
    }(condition));
    co_await sleep_ms(0);
    {
      const auto guard = co_await condition.scoped();
      task.cancel();
      co_await sleep_ms(10);
      print("releasing\n");
    }
    bool cancelled = false;
    try {
      co_await task;
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    EXPECT_FALSE(condition.locked());
  }());
  EXPECT_EQ(virtual_board::output(), "releasing\ncancelled with the lock\n");
}

TEST_F(ConditionTest, AWaiterCancelledWhileItWaitsForTheLockStillGetsIt) {
  run([]() -> Coro<> {
    Condition condition;
    const auto first = create_task(waiter(condition, 1));
    const auto second = create_task(waiter(condition, 2));
    co_await sleep_ms(0);
    {
      const auto guard = co_await condition.scoped();
      condition.notify();
      co_await sleep_ms(0);  // the first waits for the lock now
      first.cancel();
      co_await sleep_ms(0);
      first.cancel();  // more than once
      co_await sleep_ms(0);
      EXPECT_FALSE(first.done());
    }
    co_await sleep_ms(1);
    EXPECT_TRUE(first.done());
    EXPECT_TRUE(second.done());
  }());
  // It had been notified: the second one is instead.
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 notified\n");
}

TEST_F(ConditionTest, AWaiterCancelledWhenNotifiedPassesTheNotificationOn) {
  run([]() -> Coro<> {
    Condition condition;
    const auto first = create_task(waiter(condition, 1));
    create_task(waiter(condition, 2));
    co_await sleep_ms(0);
    co_await notify(condition);
    first.cancel();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 notified\n");
}

TEST_F(ConditionTest, AWaiterCancelledBeforeItWasNotifiedTakesNoNotification) {
  run([]() -> Coro<> {
    Condition condition;
    const auto first = create_task(waiter(condition, 1));
    const auto second = create_task(waiter(condition, 2));
    co_await sleep_ms(0);
    first.cancel();
    co_await sleep_ms(1);
    EXPECT_FALSE(second.done());
    co_await notify(condition);
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 notified\n");
}

TEST_F(ConditionTest, ATimeOutHasTheLockAgain) {
  run([]() -> Coro<> {
    Condition condition;
    co_await condition.acquire();
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(condition.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_TRUE(condition.locked());
    condition.release();
  }());
}

TEST_F(ConditionTest, DestroyedItGivesItsWaitersARuntimeErrorWithTheLockThatIsLeft) {
  run([]() -> Coro<> {
    Lock lock;
    std::optional<Condition> condition(lock);
    create_task(waiter(*condition, 1));  // notified
    create_task(waiter(*condition, 2));
    const auto third = create_task(waiter(*condition, 3));
    co_await sleep_ms(0);
    {
      const auto guard = co_await lock.scoped();
      condition->notify();
      third.cancel();
      condition.reset();
      co_await sleep_ms(10);
      EXPECT_EQ(virtual_board::output(), "");
    }
    co_await sleep_ms(1);
    EXPECT_FALSE(lock.locked());
  }());
  EXPECT_EQ(virtual_board::output(),
            "1: the object this task waited on was destroyed\n"
            "3 cancelled\n"
            "2: the object this task waited on was destroyed\n");
}

TEST_F(ConditionTest, DestroyedWithItsOwnLockItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Condition> condition(std::in_place);
    std::vector<Task<>> tasks;
    for (int n = 0; n < 4; ++n) {
      tasks.push_back(create_task([](Condition& waited, int number) -> Coro<> {
        co_await waited.acquire();
        try {
          co_await waited.wait();
        } catch (const CancelledError&) {
          print("%d cancelled\n", number);
        } catch (const asyncio::RuntimeError&) {
          print("%d: destroyed\n", number);
        }
      }(*condition, n)));
    }
    co_await sleep_ms(0);
    co_await condition->acquire();
    condition->notify();
    co_await sleep_ms(0);  // 0 waits for the lock
    condition->notify();   // 1 has not run when the condition goes
    tasks[2].cancel();
    condition.reset();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1: destroyed\n2 cancelled\n3: destroyed\n0: destroyed\n");
}

TEST_F(ConditionTest, DestroyedWhileANotifiedWaiterWaitsForAGivenLockItIsNotTouched) {
  run([]() -> Coro<> {
    Lock lock;
    std::optional<Condition> condition(lock);
    const auto first = create_task(waiter(*condition, 1));
    co_await sleep_ms(0);
    {
      const auto guard = co_await lock.scoped();
      condition->notify();
      co_await sleep_ms(0);  // it waits for the lock
      condition.reset();
      first.cancel();
    }
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
}

TEST_F(ConditionTest, TheTraceTellsWhoWaitsForItAndWhoWokeThem) {
  if constexpr (trace::enabled) {
    run([]() -> Coro<> {
      Condition condition("level");
      create_task(waiter(condition, 1));
      co_await sleep_ms(0);
      co_await notify(condition);
      co_await sleep_ms(0);
    }());
    std::string story;
    for (const trace::Record& record : virtual_board::trace_records()) {
      if (record.kind == trace::Kind::event_set) story += "notify ";
      if (static_cast<trace::Reason>(record.reason) != trace::Reason::condition) continue;
      if (record.kind == trace::Kind::slice_end) story += record.site != 0 ? "wait " : "wait-nowhere ";
      if (record.kind == trace::Kind::task_ready) story += "ready ";
    }
    EXPECT_EQ(story, "wait notify ready ");
  }
}

TEST_F(ConditionTest, AWaiterCancelledWhileItWaitsForTheLockDoesNotTouchAConditionThatIsGone) {
  run([]() -> Coro<> {
    auto condition = std::make_unique<Condition>();
    const Task<> waiter = create_task([](Condition& c) -> Coro<> {
      co_await c.acquire();
      try {
        co_await c.wait();
      } catch (const CancelledError&) {
        print("cancelled\n");
        throw;
      }
    }(*condition));
    co_await sleep_ms(1);
    co_await condition->acquire();
    condition->notify();
    co_await sleep_ms(1);
    waiter.cancel();
    condition.reset();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled\n");
}

TEST_F(ConditionTest, AWaitThatIsDestroyedDoesNotReleaseTheLockOfAnotherTask) {
  run([]() -> Coro<> {
    Condition condition;
    auto changes =
        std::make_unique<asyncio::AsyncGenerator<int>>([](Condition& waited) -> asyncio::AsyncGenerator<int> {
          const auto guard = co_await waited.scoped();
          for (int i = 0;; ++i) {
            co_await waited.wait();
            co_yield i;
          }
        }(condition));
    create_task([](asyncio::AsyncGenerator<int>& asked) -> Coro<> {
      try {
        co_await asked.next();
      } catch (const asyncio::RuntimeError&) {
        print("told\n");
      }
    }(*changes));
    create_task(waiter(condition, 1));
    co_await sleep_ms(1);
    {
      const auto guard = co_await condition.scoped();
      changes.reset();
      EXPECT_TRUE(condition.locked()) << "it is this task's";
      condition.notify();
      co_await sleep_ms(1);
      EXPECT_EQ(virtual_board::output(), "told\n");
    }
    co_await sleep_ms(1);
    EXPECT_EQ(virtual_board::output(), "told\n1 notified\n") << "its guard is a guard still";
    EXPECT_FALSE(condition.locked());
  }());
}

}  // namespace
