#include "asyncio/lock.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Lock;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class LockTest : public virtual_board::Test {};

Coro<> taker(Lock& lock, int number) {
  try {
    co_await lock.acquire();
    print("%d has it\n", number);
  } catch (const CancelledError&) {
    print("%d cancelled\n", number);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", number, error.what());
  }
}

TEST_F(LockTest, ReleasingAFreeLockIsAnErrorThatSaysSo) {
  Lock lock;
  std::string words;
  try {
    lock.release();
  } catch (const asyncio::RuntimeError& error) {
    words = error.what();
  }
  EXPECT_EQ(words, "Lock not acquired");
}

TEST_F(LockTest, AWaiterThatWasCancelledDoesNotTouchALockThatIsGone) {
  run([]() -> Coro<> {
    auto lock = std::make_unique<Lock>();
    co_await lock->acquire();
    const Task<> waiter = create_task(taker(*lock, 1));
    co_await sleep_ms(1);
    waiter.cancel();
    lock.reset();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
}

TEST_F(LockTest, ANextOwnerWhoseLockGoesGetsAnErrorAlsoIfItIsCancelled) {
  run([]() -> Coro<> {
    for (const bool cancel : {false, true}) {
      auto lock = std::make_unique<Lock>();
      co_await lock->acquire();
      const Task<> next = create_task(taker(*lock, 1));
      co_await sleep_ms(1);
      lock->release();
      if (cancel) next.cancel();
      lock.reset();
      co_await next;
    }
  }());
  const std::string line = "1: the object this task waited on was destroyed\n";
  EXPECT_EQ(virtual_board::output(), line + line);
}

Coro<> hands_over(Lock& lock) {
  co_await lock.acquire();
  create_task(taker(lock, 1));
  co_await sleep_ms(0);
  lock.release();
}

TEST_F(LockTest, HandedToATaskThatANewLoopForgetsItIsFree) {
  Lock lock;
  run(hands_over(lock));
  asyncio::new_event_loop();
  run(taker(lock, 2));
  EXPECT_EQ(virtual_board::output(), "2 has it\n");
}

TEST_F(LockTest, MayBeDestroyedAfterATaskItWasHandedToWasForgotten) {
  auto lock = std::make_unique<Lock>();
  run(hands_over(*lock));
  asyncio::new_event_loop();
  lock.reset();
}

TEST_F(LockTest, ATaskOfALoopThatIsGoneIsNoNextOwnerWhileAHandleKeepsIt) {
  auto lock = std::make_unique<Lock>();
  Task<> next;
  run([](Lock& l, Task<>& t) -> Coro<> {
    co_await l.acquire();
    t = create_task(taker(l, 1));
    co_await sleep_ms(0);
    l.release();
  }(*lock, next));
  asyncio::new_event_loop();
  run(taker(*lock, 2));
  EXPECT_TRUE(lock->locked());
  next = Task<>();
  EXPECT_TRUE(lock->locked());
  lock.reset();
}

Coro<> works_in_scope(Lock& lock) {
  const auto guard = co_await lock.scoped();
  co_await sleep_ms(100);
}

Coro<> leaves_a_worker() {
  Lock lock;
  create_task(works_in_scope(lock));
  co_await sleep_ms(1);
}

TEST_F(LockTest, AGuardMayEndAfterItsObject) {
  run(leaves_a_worker());
  run([]() -> Coro<> { co_await sleep_ms(200); }());
  EXPECT_TRUE(asyncio::all_tasks().empty());

  run(leaves_a_worker());
  asyncio::new_event_loop();
}

TEST_F(LockTest, AGuardThatWasMovedReleasesOnce) {
  run([]() -> Coro<> {
    std::optional<Lock> lock(std::in_place);
    {
      auto guard = co_await lock->scoped();
      {
        const auto moved = std::move(guard);
        EXPECT_TRUE(lock->locked());
      }
      EXPECT_FALSE(lock->locked());
      co_await lock->acquire();
    }
    EXPECT_TRUE(lock->locked());
    lock->release();
    auto guard = co_await lock->scoped();
    const auto moved = std::move(guard);
    lock.reset();
  }());
}

}  // namespace
