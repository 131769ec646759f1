// An AsyncGenerator that is destroyed while another task waits in its next(): whatever it waits for, nothing
// is lost and nobody hangs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "asyncio/async_generator.hpp"
#include "asyncio/barrier.hpp"
#include "asyncio/condition.hpp"
#include "asyncio/console.hpp"
#include "asyncio/device_wait.hpp"
#include "asyncio/event.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/queue.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/semaphore.hpp"
#include "asyncio/task_group.hpp"
#include "asyncio/thread_safe_event.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_all.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::AsyncGenerator;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

constexpr const char* told = "consumer: the object this task waited on was destroyed\n";

Coro<> consume(AsyncGenerator<int>& values) {
  try {
    const std::optional<int> value = co_await values.next();
    print("consumer: %d\n", value.value_or(-1));
  } catch (const asyncio::RuntimeError& error) {
    print("consumer: %s\n", error.what());
  } catch (const asyncio::CancelledError&) {
    print("consumer: cancelled\n");
    throw;
  }
}

class DestroyedGeneratorTest : public virtual_board::Test {
 public:
  // In the middle of a wait: `generator` has a consumer, which waits where it waits.
  Coro<> start(AsyncGenerator<int> generator) {
    generator_ = std::make_unique<AsyncGenerator<int>>(std::move(generator));
    frames_before_ = asyncio::frame_allocator.live_frames() - 2;  // its own and the generator's
    consumer_ = create_task(consume(*generator_));
    co_await sleep_ms(5);
  }
  // Destroys it; the consumer must hear of it in its next turn, and leave no frame behind.
  Coro<> destroy() {
    const std::size_t before = virtual_board::output().size();
    generator_.reset();
    EXPECT_FALSE(consumer_.done());
    co_await sleep_ms(0);
    EXPECT_TRUE(consumer_.done());
    EXPECT_EQ(virtual_board::output().substr(before), told);
    consumer_ = {};
  }
  // Frames there are more than before start().
  std::size_t frames_left() const { return asyncio::frame_allocator.live_frames() - frames_before_; }

  void TearDown() override {
    consumer_ = {};
    generator_.reset();
    Test::TearDown();
  }

  std::unique_ptr<AsyncGenerator<int>> generator_;
  Task<> consumer_;

 private:
  std::size_t frames_before_ = 0;
};

template <class T>
AsyncGenerator<int> items_of(T& queue) {
  for (;;) co_yield co_await queue.get();
}

AsyncGenerator<int> turns_of(asyncio::Lock& lock) {
  for (int i = 0;; ++i) {
    const auto guard = co_await lock.scoped();
    co_yield i;
  }
}

AsyncGenerator<int> permits_of(asyncio::Semaphore& semaphore) {
  for (int i = 0;; ++i) {
    const auto permit = co_await semaphore.scoped();
    co_yield i;
  }
}

// Whatever it waits for is waited for by `wait`, which makes the awaitable.
template <class Wait>
AsyncGenerator<int> after(Wait wait) {
  for (int i = 0;; ++i) {
    co_await wait();
    co_yield i;
  }
}

Coro<> nap(int milliseconds) { co_await sleep_ms(milliseconds); }

// Can be read or written when told.
class Device : public asyncio::IOBase {
 public:
  int ready = 0;
  int ioctl(int request, int flags) override {
    return request == asyncio::MP_STREAM_POLL ? ready & flags : asyncio::MP_STREAM_ERROR;
  }
  bool has_interrupt() const override { return true; }
};

// --- Whatever it waits for

TEST_F(DestroyedGeneratorTest, WhileItSleeps) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    co_await test.start(after([] { return sleep_ms(1000); }));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
    EXPECT_EQ(virtual_board::now_us(), 5000U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItAwaitsATaskWhichRunsOn) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    const Task<> task = create_task(nap(20));
    co_await test.start([](Task<> awaited) -> AsyncGenerator<int> {
      co_await awaited;
      co_yield 1;
    }(task));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
    EXPECT_FALSE(task.done());
    co_await task;
    EXPECT_EQ(virtual_board::now_us(), 20000U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItGathersTasksWhichRunOn) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    const Task<> task = create_task(nap(20));
    co_await test.start([](Task<> gathered) -> AsyncGenerator<int> {
      co_await asyncio::gather(gathered, nap(10));
      co_yield 1;
    }(task));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 1U) << "nap(10)";
    co_await task;  // a gather() that still had it would refuse
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForAnEvent) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Event event;
    const auto wait = [&event] { return event.wait(); };
    co_await test.start(after(wait));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
    event.set();
    co_await sleep_ms(1);
  }(*this));
  EXPECT_EQ(virtual_board::output(), told);
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsAtABarrierItHasNotCome) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Barrier barrier(2);
    const auto wait = [&barrier] { return barrier.wait(); };
    co_await test.start(after(wait));
    EXPECT_TRUE(barrier.busy());
    co_await test.destroy();
    EXPECT_FALSE(barrier.busy());
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForADevice) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    Device device;
    const auto wait = [&device] { return asyncio::wait_readable(device); };
    co_await test.start(after(wait));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
    device.ready = asyncio::POLLIN;
    co_await asyncio::wait_readable(device);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForAThreadSafeEvent) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::ThreadSafeEvent event;
    const auto wait = [&event] { return event.wait(); };
    co_await test.start(after(wait));
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
    event.set();
    co_await event.wait();
  }(*this));
}

// --- Nothing is lost

TEST_F(DestroyedGeneratorTest, WhileItWaitsForAnItemItTakesNone) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    auto queue = std::make_unique<asyncio::Queue<int>>();
    co_await test.start(items_of(*queue));
    co_await test.destroy();
    queue->put_nowait(7);
    co_await sleep_ms(1);
    EXPECT_EQ(queue->qsize(), 1U);
    EXPECT_EQ(queue->get_nowait(), 7);
    queue.reset();
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, AnItemPromisedToItStaysInTheQueue) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    auto queue = std::make_unique<asyncio::Queue<int>>();
    co_await test.start(items_of(*queue));
    queue->put_nowait(7);
    EXPECT_TRUE(queue->empty());
    co_await test.destroy();
    EXPECT_EQ(queue->get_nowait(), 7);
    queue.reset();
  }(*this));
}

TEST_F(DestroyedGeneratorTest, AnItemPromisedToItGoesToTheNextInLine) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::RingbufQueue<int> queue(3);
    co_await test.start(items_of(queue));
    const Task<int> next = create_task(asyncio::as_coroutine(queue.get()));
    co_await sleep_ms(0);
    queue.put_nowait(7);
    co_await test.destroy();
    EXPECT_EQ(co_await next, 7);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, APlacePromisedToItGoesToTheNextInLine) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue(1);
    queue.put_nowait(1);
    const auto wait = [&queue] { return queue.put(2); };
    co_await test.start(after(wait));
    const Task<> next = create_task(asyncio::as_coroutine(queue.put(3)));
    co_await sleep_ms(0);
    EXPECT_EQ(queue.get_nowait(), 1);
    co_await test.destroy();
    co_await next;
    EXPECT_EQ(queue.get_nowait(), 3);
    EXPECT_TRUE(queue.empty());
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForAPermitItTakesNone) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Semaphore semaphore(1);
    co_await semaphore.acquire();
    co_await test.start(permits_of(semaphore));
    co_await test.destroy();
    semaphore.release();
    co_await sleep_ms(1);
    EXPECT_FALSE(semaphore.locked());
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, APermitHandedToItGoesToTheNextInLine) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Semaphore semaphore(1);
    co_await semaphore.acquire();
    co_await test.start(permits_of(semaphore));
    const Task<bool> next = create_task(asyncio::as_coroutine(semaphore.acquire()));
    co_await sleep_ms(0);
    semaphore.release();
    co_await test.destroy();
    EXPECT_TRUE(co_await next);
    EXPECT_TRUE(semaphore.locked());
    semaphore.release();
    EXPECT_FALSE(semaphore.locked());
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForALockItNeverGetsIt) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Lock lock;
    co_await lock.acquire();
    co_await test.start(turns_of(lock));
    co_await test.destroy();
    lock.release();
    co_await asyncio::wait_for_ms(lock.acquire(), 10);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, ALockHandedToItIsFree) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    auto lock = std::make_unique<asyncio::Lock>();
    co_await lock->acquire();
    co_await test.start(turns_of(*lock));
    lock->release();
    co_await test.destroy();
    co_await asyncio::wait_for_ms(lock->acquire(), 10);
    lock.reset();
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, ALockHandedToItGoesToTheNextInLine) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Lock lock;
    co_await lock.acquire();
    co_await test.start(turns_of(lock));
    const Task<bool> next = create_task(asyncio::as_coroutine(lock.acquire()));
    co_await sleep_ms(0);
    lock.release();
    co_await test.destroy();
    EXPECT_TRUE(co_await next);
    EXPECT_TRUE(lock.locked());
  }(*this));
}

TEST_F(DestroyedGeneratorTest, ALockThatWentBeforeItIsNotLookedAt) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    auto lock = std::make_unique<asyncio::Lock>();
    co_await lock->acquire();
    co_await test.start(turns_of(*lock));
    lock->release();  // hands it to the generator
    lock.reset();
    co_await test.destroy();
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, ANotificationMeantForItGoesToTheNextInLine) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Condition condition;
    const auto wait = [](asyncio::Condition& waited) -> Coro<> {
      co_await waited.acquire();
      co_await waited.wait();
      waited.release();
    };
    const auto wait_here = [&] { return wait(condition); };
    co_await test.start(after(wait_here));
    const Task<> next = create_task(wait(condition));
    co_await sleep_ms(0);
    {
      const auto guard = co_await condition.scoped();
      condition.notify();
      test.generator_.reset();
    }
    co_await asyncio::wait_for_ms(next, 10);
    EXPECT_FALSE(condition.locked());
    EXPECT_TRUE(test.consumer_.done());
    EXPECT_EQ(virtual_board::output(), told);
  }(*this));
}

// --- What it started to help it wait

TEST_F(DestroyedGeneratorTest, WhileItWaitsForAnyTheHelpersEnd) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::ThreadSafeFlag first;
    asyncio::Event second;
    asyncio::Event third;
    const auto wait = [&]() -> Coro<> {
      co_await asyncio::WaitAny(first, asyncio::WaitAll(second, third)).wait();
    };
    co_await test.start(after(wait));
    EXPECT_EQ(asyncio::all_tasks().size(), 6U);
    second.set();
    co_await test.destroy();
    first.set();
    third.set();
    co_await sleep_ms(1);
    EXPECT_TRUE(first.is_set()) << "nobody took it";
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, BeforeTheHelpersOfItsWaitAnyHaveBegun) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Event event;
    asyncio::Event start;
    const auto wait = [&]() -> Coro<> {
      co_await start.wait();
      co_await asyncio::WaitAny(event).wait();
    };
    co_await test.start(after(wait));
    start.set();
    co_await sleep_ms(0);
    EXPECT_EQ(asyncio::all_tasks().size(), 3U);
    co_await test.destroy();
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, AHelperThatHasSeenItsEventMayEndAfterIt) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Event event;
    const auto wait = [&]() -> Coro<> { co_await asyncio::WaitAny(event).wait(); };
    co_await test.start(after(wait));
    event.set();  // the helper is ready, and has not run
    co_await test.destroy();
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, AHelperItselfMayDestroyIt) {
  struct Destroying {
    std::unique_ptr<AsyncGenerator<int>>& generator;
    Coro<> wait() {
      co_await sleep_ms(10);
      std::unique_ptr<AsyncGenerator<int>>& destroyed = generator;  // this object goes with it
      destroyed.reset();
    }
  };
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Event event;
    const auto wait = [&]() -> Coro<> {
      co_await asyncio::WaitAny(event, Destroying{test.generator_}).wait();
    };
    co_await test.start(after(wait));
    co_await test.consumer_;
    EXPECT_EQ(virtual_board::output(), told);
    co_await sleep_ms(0);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItWaitsForATimeWhatItAwaitsIsCancelled) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue;
    const auto wait = [&queue] { return asyncio::wait_for_ms(queue.get(), 100); };
    co_await test.start(after(wait));
    co_await test.destroy();
    queue.put_nowait(7);
    co_await sleep_ms(1);
    EXPECT_EQ(queue.qsize(), 1U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhatItBeganToWaitForForATimeJustNowIsCancelledToo) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue;
    asyncio::Event start;
    const auto wait = [&]() -> Coro<> {
      co_await start.wait();
      co_await asyncio::wait_for_ms(queue.get(), 100);
    };
    co_await test.start(after(wait));
    start.set();
    co_await sleep_ms(0);
    EXPECT_EQ(asyncio::all_tasks().size(), 4U);
    co_await test.destroy();
    queue.put_nowait(7);
    co_await sleep_ms(1);
    EXPECT_EQ(queue.qsize(), 1U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, WhileItRunsATaskGroupTheMembersAreCancelled) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    const auto wait = [] {
      return asyncio::TaskGroup::run([](asyncio::TaskGroup& group) { group.create_task(nap(100)); });
    };
    co_await test.start(after(wait));
    EXPECT_EQ(asyncio::all_tasks().size(), 3U);
    co_await test.destroy();
    co_await sleep_ms(0);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    EXPECT_EQ(test.frames_left(), 0U);
  }(*this));
}

// --- Its consumer

TEST_F(DestroyedGeneratorTest, AConsumerThatWasCancelledBeforeStaysCancelled) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    co_await test.start(after([] { return sleep_ms(1000); }));
    test.consumer_.cancel();
    test.generator_.reset();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "consumer: cancelled\n");
  }(*this));
}

TEST_F(DestroyedGeneratorTest, ItsConsumerMayBeAnotherGenerator) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue;
    auto inner = std::make_unique<AsyncGenerator<int>>(items_of(queue));
    auto passing_on = [](AsyncGenerator<int>& source) -> AsyncGenerator<int> {
      while (const auto value = co_await source.next()) co_yield *value;
    };
    co_await test.start(passing_on(*inner));
    inner.reset();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), told);
    queue.put_nowait(1);
    EXPECT_EQ(queue.get_nowait(), 1);
  }(*this));
}

TEST_F(DestroyedGeneratorTest, AGeneratorItWaitsForIsCutOffAndTakesNothing) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue;
    auto inner = items_of(queue);
    auto passing_on = [](AsyncGenerator<int>& source) -> AsyncGenerator<int> {
      while (const auto value = co_await source.next()) co_yield *value;
    };
    co_await test.start(passing_on(inner));
    queue.put_nowait(1);
    co_await test.destroy();
    EXPECT_EQ(queue.get_nowait(), 1);
    std::string what;
    try {
      co_await inner.next();
    } catch (const asyncio::RuntimeError& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "the task this generator ran in was destroyed");
  }(*this));
}

TEST_F(DestroyedGeneratorTest, MovedWhileItRunsItGoesOn) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    asyncio::Queue<int> queue;
    co_await test.start(items_of(queue));
    AsyncGenerator<int> moved = std::move(*test.generator_);
    test.generator_.reset();
    queue.put_nowait(7);
    co_await test.consumer_;
    EXPECT_EQ(virtual_board::output(), "consumer: 7\n");
    auto other = items_of(queue);
    other = std::move(moved);
    queue.put_nowait(8);
    EXPECT_EQ(co_await other.next(), 8);
  }(*this));
}

#if COROSCOPE_TRACE
TEST_F(DestroyedGeneratorTest, TheTraceHasAReturnForEachCall) {
  run([](DestroyedGeneratorTest& test) -> Coro<> {
    co_await test.start(after([] { return nap(1000); }));
    co_await test.destroy();
  }(*this));
  const auto count = [](trace::Kind kind) {
    const auto& records = virtual_board::trace_records();
    return std::count_if(records.begin(), records.end(),
                         [kind](const trace::Record& record) { return record.kind == kind; });
  };
  EXPECT_EQ(count(trace::Kind::call), count(trace::Kind::call_return));
}
#endif

}  // namespace
