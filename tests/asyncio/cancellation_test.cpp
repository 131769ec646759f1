#include <gtest/gtest.h>

#include <exception>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class CancellationTest : public virtual_board::Test {};

static_assert(!std::is_base_of_v<std::exception, CancelledError>);

TEST_F(CancellationTest, CatchingStdExceptionDoesNotSwallowIt) {
  run([]() -> Coro<> {
    const Task<> task = create_task([]() -> Coro<> {
      try {
        co_await sleep_ms(1000);
      } catch (const std::exception&) {
        print("swallowed\n");
      }
      print("went on\n");
    }());
    co_await sleep_ms(1);
    EXPECT_TRUE(task.cancel());
    co_await sleep_ms(1);
    EXPECT_TRUE(task.done());
    EXPECT_FALSE(task.cancel());
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(CancellationTest, ATaskThatNeverRanDoesNotStart) {
  run([]() -> Coro<> {
    const Task<> task = create_task([]() -> Coro<> {
      print("started\n");
      co_return;
    }());
    task.cancel();
    try {
      co_await task;
      ADD_FAILURE();
    } catch (const CancelledError&) {
    }
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(CancellationTest, LocalsAreDestroyedOnTheWay) {
  struct Says {
    const char* name;
    ~Says() { print("%s\n", name); }
  };
  run([]() -> Coro<> {
    const auto inner = []() -> Coro<> {
      const Says local{"inner"};
      co_await sleep_ms(1000);
    };
    const auto outer = [](decltype(inner) call) -> Coro<> {
      const Says local{"outer"};
      co_await call();
    };
    const Task<> task = create_task(outer(inner));
    co_await sleep_ms(1);
    task.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "inner\nouter\n");
}

// Whatever a task waits for, cancelling it ends the wait, and what it waited for works on.
TEST_F(CancellationTest, EndsEveryKindOfWait) {
  run([]() -> Coro<> {
    asyncio::Event event;
    asyncio::Lock lock;
    asyncio::ThreadSafeFlag flag;
    co_await lock.acquire();
    const Task<> other = create_task([]() -> Coro<> { co_await sleep_ms(500); }());
    const auto on_event = [](asyncio::Event& e) -> Coro<> { co_await e.wait(); };
    const auto on_lock = [](asyncio::Lock& l) -> Coro<> { co_await l.acquire(); };
    const auto on_flag = [](asyncio::ThreadSafeFlag& f) -> Coro<> { co_await f.wait(); };
    const auto on_sleep = []() -> Coro<> { co_await sleep_ms(1000); };
    const auto on_gather = [](decltype(on_sleep) call) -> Coro<> {
      co_await asyncio::gather(call(), call());
    };
    const auto on_timeout = [](asyncio::Event& e) -> Coro<> { co_await asyncio::wait_for_ms(e.wait(), 900); };
    const std::vector<Task<>> tasks{create_task(on_event(event)),     create_task(on_lock(lock)),
                                    create_task(on_flag(flag)),       create_task(on_sleep()),
                                    create_task(on_gather(on_sleep)), create_task(on_timeout(event))};
    co_await sleep_ms(5);
    for (const Task<>& task : tasks) EXPECT_TRUE(task.cancel());
    co_await sleep_ms(2);
    for (const Task<>& task : tasks) EXPECT_TRUE(task.done());
    EXPECT_EQ(virtual_board::now_us(), 7000U);
    EXPECT_EQ(asyncio::all_tasks().size(), 2U);  // this one and `other`
    lock.release();
    co_await lock.acquire();
    flag.set();
    co_await flag.wait();
    co_await other;
  }());
}

TEST_F(CancellationTest, ANextOwnerPassesTheLockOn) {
  run([]() -> Coro<> {
    asyncio::Lock lock;
    co_await lock.acquire();
    const auto takes = [](asyncio::Lock& l, const char* name) -> Coro<> {
      const auto guard = co_await l.scoped();
      print("%s\n", name);
    };
    const Task<> a = create_task(takes(lock, "a"));
    const Task<> b = create_task(takes(lock, "b"));
    co_await sleep_ms(0);
    lock.release();
    a.cancel();
    co_await b;
    EXPECT_FALSE(lock.locked());
  }());
  EXPECT_EQ(virtual_board::output(), "b\n");
}

TEST_F(CancellationTest, OfATaskOthersAwaitReachesThemAll) {
  run([]() -> Coro<> {
    const Task<> inner = create_task([]() -> Coro<> { co_await sleep_ms(1000); }());
    const auto awaits = [](Task<> task, const char* name) -> Coro<> {
      try {
        co_await task;
      } catch (const CancelledError&) {
        print("%s\n", name);
      }
    };
    const Task<> a = create_task(awaits(inner, "a"));
    const Task<> b = create_task(awaits(inner, "b"));
    co_await sleep_ms(1);
    inner.cancel();
    co_await a;
    co_await b;
  }());
  EXPECT_EQ(virtual_board::output(), "a\nb\n");
}

TEST_F(CancellationTest, OfATaskThatAwaitsTheCancellerTakesEffectAtItsNextWait) {
  run([]() -> Coro<> {
    static Task<> outer;
    outer = create_task([]() -> Coro<> {
      co_await create_task([]() -> Coro<> {
        co_await sleep_ms(1);
        EXPECT_TRUE(outer.cancel());
        print("still running\n");
        try {
          co_await sleep_ms(1000);
        } catch (const CancelledError&) {
          print("cancelled\n");
          throw;
        }
      }());
    }());
    try {
      co_await outer;
    } catch (const CancelledError&) {
      print("outer too\n");
    }
    outer = Task<>();
  }());
  EXPECT_EQ(virtual_board::output(), "still running\ncancelled\nouter too\n");
  EXPECT_LT(virtual_board::now_us(), 1000'000U);
}

// wait_for() was cancelled, and its caller sleeps on: the runner it left behind must not end that sleep.
TEST_F(CancellationTest, OfWaitForLeavesLaterSleepsAlone) {
  run([]() -> Coro<> {
    const Task<> task = create_task([]() -> Coro<> {
      const auto cleans_up_slowly = []() -> Coro<> {
        bool cancelled = false;
        try {
          co_await sleep_ms(1000);
        } catch (const CancelledError&) {
          cancelled = true;
        }
        if (cancelled) co_await sleep_ms(5);
      };
      try {
        co_await asyncio::wait_for_ms(cleans_up_slowly(), 500);
      } catch (const CancelledError&) {
        print("cancelled\n");
      }
      co_await sleep_ms(20);
      print("slept %d ms\n", static_cast<int>(virtual_board::now_us() / 1000) - 10);
    }());
    co_await sleep_ms(10);
    task.cancel();
    co_await task;
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled\nslept 20 ms\n");
}

TEST_F(CancellationTest, DestroyingWhatATaskWaitsOnGivesItAnError) {
  run([]() -> Coro<> {
    const auto says = [](auto& object) -> Coro<> {
      try {
        co_await object.wait();
      } catch (const asyncio::RuntimeError& error) {
        print("%s\n", error.what());
      }
    };
    auto event = std::make_unique<asyncio::Event>();
    auto flag = std::make_unique<asyncio::ThreadSafeFlag>();
    auto lock = std::make_unique<asyncio::Lock>();
    co_await lock->acquire();
    const auto locks = [](asyncio::Lock& object) -> Coro<> {
      try {
        co_await object.acquire();
      } catch (const asyncio::RuntimeError& error) {
        print("%s\n", error.what());
      }
    };
    create_task(says(*event));
    create_task(says(*flag));
    create_task(locks(*lock));
    create_task(locks(*lock));
    co_await sleep_ms(1);
    lock->release();
    event.reset();
    flag.reset();
    lock.reset();
    co_await sleep_ms(1);
  }());
  const std::string line = "the object this task waited on was destroyed\n";
  EXPECT_EQ(virtual_board::output(), line + line + line + line);
}

}  // namespace
