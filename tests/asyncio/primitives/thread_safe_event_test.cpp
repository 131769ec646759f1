#include "asyncio/thread_safe_event.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/console.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::ThreadSafeEvent;

namespace {

class ThreadSafeEventTest : public virtual_board::Test {};

Coro<> waiter(int n, ThreadSafeEvent& event) {
  try {
    co_await event.wait();
    print("%d got event\n", n);
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", n, error.what());
  }
}

TEST_F(ThreadSafeEventTest, AnInterruptWakesEveryWaiterInTheirOrder) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    for (int n = 1; n <= 4; ++n) create_task(waiter(n, event));
    virtual_board::interrupt_at_us(2500, [&event] { event.set(); });
    co_await event.wait();
    print("main at %d us\n", static_cast<int>(virtual_board::now_us()));
    EXPECT_TRUE(event.is_set());
    co_await sleep_ms(0);
  }());
  // Main began to wait first.
  EXPECT_EQ(virtual_board::output(), "main at 2500 us\n1 got event\n2 got event\n3 got event\n4 got event\n");
}

TEST_F(ThreadSafeEventTest, StaysSetUntilItIsCleared) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    EXPECT_FALSE(event.is_set());
    event.set();
    EXPECT_TRUE(event.is_set());
    EXPECT_TRUE(co_await event.wait());
    EXPECT_TRUE(co_await event.wait());
    event.clear();
    EXPECT_FALSE(event.is_set());
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(event.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
  }());
}

TEST_F(ThreadSafeEventTest, WaitDoesNotYieldIfItIsSet) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    event.set();
    const auto other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    co_await event.wait();
    print("main\n");
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "main\nother\n");
}

TEST_F(ThreadSafeEventTest, WaitersGoOnEvenIfItIsClearedAtOnce) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    create_task(waiter(1, event));
    create_task(waiter(2, event));
    virtual_board::interrupt_at_us(500, [&event] {
      event.set();
      event.clear();
    });
    co_await sleep_ms(1);
    EXPECT_FALSE(event.is_set());
  }());
  EXPECT_EQ(virtual_board::output(), "1 got event\n2 got event\n");
}

TEST_F(ThreadSafeEventTest, OneThatBeginsToWaitAfterSetAndClearWaits) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    event.set();
    event.clear();
    const auto task = create_task(waiter(1, event));
    co_await sleep_ms(10);
    EXPECT_FALSE(task.done());
    event.set();
    co_await task;
  }());
}

TEST_F(ThreadSafeEventTest, AnInterruptBetweenTheLookAndTheWaitIsNotLost) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    // The interrupt comes when the awaiter has looked already, and the event is clear again at once.
    auto awaiter = event.wait();
    EXPECT_FALSE(awaiter.await_ready());
    event.set();
    event.clear();
    EXPECT_EQ(awaiter.ioctl(asyncio::MP_STREAM_POLL, asyncio::POLLIN), asyncio::POLLIN);
    co_return;
  }());
}

TEST_F(ThreadSafeEventTest, AnyWaiterMayBeCancelledAndTheOthersGoOn) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    for (unsigned cancelled = 0; cancelled < 4; ++cancelled) {
      std::vector<Task<>> tasks;
      for (int n = 0; n < 4; ++n) tasks.push_back(create_task(waiter(n, event)));
      virtual_board::interrupt_at_us(virtual_board::now_us() + 1'000'000, [&event] { event.set(); });
      co_await sleep_ms(100);
      tasks[cancelled].cancel();
      co_await asyncio::gather(asyncio::return_exceptions, tasks);
      event.clear();
      print("\n");
    }
  }());
  EXPECT_EQ(virtual_board::output(),
            "0 cancelled\n1 got event\n2 got event\n3 got event\n\n"
            "1 cancelled\n0 got event\n2 got event\n3 got event\n\n"
            "2 cancelled\n0 got event\n1 got event\n3 got event\n\n"
            "3 cancelled\n0 got event\n1 got event\n2 got event\n\n");
}

TEST_F(ThreadSafeEventTest, CancelledAfterItWasWokenItIsCancelled) {
  run([]() -> Coro<> {
    ThreadSafeEvent event;
    const auto first = create_task(waiter(1, event));
    create_task(waiter(2, event));
    co_await sleep_ms(0);
    event.set();
    co_await sleep_ms(0);  // the loop makes the waiters ready, behind main
    first.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 got event\n");
}

TEST_F(ThreadSafeEventTest, ByDefaultWaitersQueueBehindWhatIsReadyWithPriorityTheyRunNext) {
  for (const bool priority : {false, true}) {
    virtual_board::reset();
    run([](bool first) -> Coro<> {
      ThreadSafeEvent event;
      event.set_priority(first);
      create_task(waiter(1, event));
      create_task(waiter(2, event));
      co_await sleep_ms(0);
      for (int n = 0; n < 2; ++n) {
        create_task([](int number) -> Coro<> {
          print("busy %d\n", number);
          co_return;
        }(n));
      }
      event.set();
      co_await sleep_ms(1);
    }(priority));
    EXPECT_EQ(virtual_board::output(), priority ? "1 got event\n2 got event\nbusy 0\nbusy 1\n"
                                                : "busy 0\nbusy 1\n1 got event\n2 got event\n");
  }
}

TEST_F(ThreadSafeEventTest, IsEventLike) {
  run([]() -> Coro<> {
    ThreadSafeEvent first;
    ThreadSafeEvent second;
    virtual_board::interrupt_at_us(2000, [&second] { second.set(); });
    asyncio::WaitAny any(first, second);
    EXPECT_EQ(co_await any.wait(), &second);
    any.clear();
    EXPECT_FALSE(second.is_set());
  }());
}

TEST_F(ThreadSafeEventTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<ThreadSafeEvent> event(std::in_place);
    create_task(waiter(1, *event));
    const auto second = create_task(waiter(2, *event));
    create_task(waiter(3, *event));
    co_await sleep_ms(0);
    second.cancel();
    event.reset();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(),
              "2 cancelled\n"
              "3: the object this task waited on was destroyed\n"
              "1: the object this task waited on was destroyed\n");
  }());
}

TEST_F(ThreadSafeEventTest, DestroyedWhenItsWaitersAreReadyItIsNotTouched) {
  run([]() -> Coro<> {
    std::optional<ThreadSafeEvent> event(std::in_place);
    create_task(waiter(1, *event));
    const auto second = create_task(waiter(2, *event));
    co_await sleep_ms(0);
    event->set();
    co_await sleep_ms(0);  // they are ready, behind main
    second.cancel();
    event.reset();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1: the object this task waited on was destroyed\n2 cancelled\n");
}

TEST_F(ThreadSafeEventTest, OutlivesTheLoopAndServesTheNext) {
  ThreadSafeEvent event;
  run([](ThreadSafeEvent& global) -> Coro<> {
    create_task(waiter(1, global));
    co_await sleep_ms(0);
  }(event));
  asyncio::new_event_loop();
  event.set();
  run([](ThreadSafeEvent& global) -> Coro<> { co_await global.wait(); }(event));
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
