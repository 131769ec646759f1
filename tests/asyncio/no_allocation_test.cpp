// Nothing that schedules allocates: a million switches by each primitive, and where tracing is compiled in,
// its hooks too. Coroutines that the program creates on the way take their frames from those given back.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <span>

#include "asyncio/barrier.hpp"
#include "asyncio/condition.hpp"
#include "asyncio/device_wait.hpp"
#include "asyncio/event.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/message.hpp"
#include "asyncio/queue.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/semaphore.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_event.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/thread_safe_queue.hpp"
#include "asyncio/wait_for.hpp"
#include "conformance/counting_heap.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::frame_allocator;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int million = 20'000;  // a real one takes minutes
#else
constexpr int million = 1'000'000;
#endif

class NoAllocationTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    virtual_board::forget_history();
  }
};

// Runs `tasks` to their end; all that is needed must have been allocated when each has had a few turns.
Coro<> expect_no_allocation(std::span<const Task<>> tasks) {
  for (int i = 0; i < 100; ++i) co_await sleep_ms(0);
  for (const Task<>& task : tasks) EXPECT_FALSE(task.done());
  const std::size_t reserved = frame_allocator.bytes_reserved();
  const std::size_t allocations = conformance::heap_allocations();
  for (const Task<>& task : tasks) co_await task;
  EXPECT_EQ(conformance::heap_allocations(), allocations);
  EXPECT_EQ(frame_allocator.bytes_reserved(), reserved);
}

TEST_F(NoAllocationTest, Lock) {
  run([]() -> Coro<> {
    asyncio::Lock lock;
    const auto acquires = [](asyncio::Lock& l) -> Coro<> {
      for (int i = 0; i < million / 8; ++i) {
        co_await l.acquire();
        co_await sleep_ms(0);
        l.release();
      }
    };
    const auto in_scope = [](asyncio::Lock& l) -> Coro<> {
      for (int i = 0; i < million / 8; ++i) {
        const auto guard = co_await l.scoped();
        co_await sleep_ms(0);
      }
    };
    const std::array<Task<>, 4> tasks{create_task(acquires(lock)), create_task(acquires(lock)),
                                      create_task(in_scope(lock)), create_task(in_scope(lock))};
    co_await expect_no_allocation(tasks);
  }());
}

TEST_F(NoAllocationTest, Semaphore) {
  run([]() -> Coro<> {
    asyncio::Semaphore semaphore(2);
    const auto acquires = [](asyncio::Semaphore& s) -> Coro<> {
      for (int i = 0; i < million / 8; ++i) {
        const auto permit = co_await s.scoped();
        co_await sleep_ms(0);
      }
    };
    const std::array<Task<>, 4> tasks{create_task(acquires(semaphore)), create_task(acquires(semaphore)),
                                      create_task(acquires(semaphore)), create_task(acquires(semaphore))};
    co_await expect_no_allocation(tasks);
  }());
}

TEST_F(NoAllocationTest, Condition) {
  run([]() -> Coro<> {
    asyncio::Condition condition;
    const auto turns = [](asyncio::Condition& c) -> Coro<> {
      const auto guard = co_await c.scoped();
      for (int i = 0; i < million / 6; ++i) {
        c.notify();
        co_await c.wait();
      }
      c.notify_all();
    };
    // Two that take turns; the third lets the last one go that waits.
    const Task<> a = create_task(turns(condition));
    const Task<> b = create_task(turns(condition));
    const auto lets_go = [](asyncio::Condition& c, Task<> first, Task<> second) -> Coro<> {
      while (!first.done() || !second.done()) {
        co_await sleep_ms(0);
        if (!first.done() && !second.done()) continue;
        const auto guard = co_await c.scoped();
        c.notify_all();
      }
    };
    const std::array<Task<>, 3> tasks{a, b, create_task(lets_go(condition, a, b))};
    co_await expect_no_allocation(tasks);
  }());
}

TEST_F(NoAllocationTest, Barrier) {
  run([]() -> Coro<> {
    asyncio::Barrier barrier(2);
    const auto arrives = [](asyncio::Barrier& b) -> Coro<> {
      for (int i = 0; i < million / 2; ++i) co_await b.wait();
    };
    const std::array<Task<>, 2> tasks{create_task(arrives(barrier)), create_task(arrives(barrier))};
    co_await expect_no_allocation(tasks);
  }());
}

// Through a queue with room for one: each put and each get waits.
template <class Queue>
Coro<> through(Queue& queue) {
  const auto puts = [](Queue& q) -> Coro<> {
    for (int i = 0; i < million / 2; ++i) co_await q.put(i);
  };
  const auto gets = [](Queue& q) -> Coro<> {
    for (int i = 0; i < million / 2; ++i) EXPECT_EQ(co_await q.get(), i);
  };
  const std::array<Task<>, 2> tasks{create_task(puts(queue)), create_task(gets(queue))};
  co_await expect_no_allocation(tasks);
}

TEST_F(NoAllocationTest, Queue) {
  asyncio::Queue<int> queue(1);
  run(through(queue));
}

TEST_F(NoAllocationTest, RingbufQueue) {
  asyncio::RingbufQueue<int> queue(2);
  run(through(queue));
}

TEST_F(NoAllocationTest, ThreadSafeQueue) {
  asyncio::ThreadSafeQueue<int> queue(2);
  run(through(queue));
}

// One task sets what another waits for.
template <class Event>
Coro<> set_and_wait(Event& event) {
  const auto waits = [](Event& e) -> Coro<> {
    for (int i = 0; i < million / 2; ++i) {
      co_await e.wait();
      e.clear();
    }
  };
  const Task<> waiter = create_task(waits(event));
  const auto sets = [](Event& e, Task<> until) -> Coro<> {
    while (!until.done()) {
      e.set();
      co_await sleep_ms(0);
    }
  };
  const std::array<Task<>, 2> tasks{waiter, create_task(sets(event, waiter))};
  co_await expect_no_allocation(tasks);
}

TEST_F(NoAllocationTest, Event) {
  asyncio::Event event;
  run(set_and_wait(event));
}

TEST_F(NoAllocationTest, ThreadSafeEvent) {
  asyncio::ThreadSafeEvent event;
  run(set_and_wait(event));
}

TEST_F(NoAllocationTest, Message) {
  asyncio::Message<int> message;
  run(set_and_wait(message));
}

TEST_F(NoAllocationTest, ThreadSafeFlag) {
  asyncio::ThreadSafeFlag flag;
  run(set_and_wait(flag));
}

TEST_F(NoAllocationTest, ThreadSafeFlagWithPriority) {
  asyncio::ThreadSafeFlag flag;
  flag.set_priority(true);
  run(set_and_wait(flag));
}

TEST_F(NoAllocationTest, Device) {
  class AlwaysReady : public asyncio::IOBase {
   public:
    int ioctl(int request, int flags) override {
      return request == asyncio::MP_STREAM_POLL ? flags : asyncio::MP_STREAM_ERROR;
    }
  };
  AlwaysReady device;
  run([](AlwaysReady& d) -> Coro<> {
    const auto reads = [](AlwaysReady& from) -> Coro<> {
      for (int i = 0; i < million / 2; ++i) co_await asyncio::wait_readable(from);
    };
    const auto writes = [](AlwaysReady& to) -> Coro<> {
      for (int i = 0; i < million / 2; ++i) co_await asyncio::wait_writable(to);
    };
    const std::array<Task<>, 2> tasks{create_task(reads(d)), create_task(writes(d))};
    co_await expect_no_allocation(tasks);
  }(device));
}

TEST_F(NoAllocationTest, AwaitingTasks) {
  run([]() -> Coro<> {
    const auto awaits = []() -> Coro<> {
      const auto value = [](int number) -> Coro<int> {
        co_await sleep_ms(0);
        co_return number;
      };
      for (int i = 0; i < million / 4; ++i) {
        const Task<int> task = create_task(value(i));
        EXPECT_EQ(co_await task, i);
      }
    };
    const std::array<Task<>, 1> tasks{create_task(awaits())};
    co_await expect_no_allocation(tasks);
  }());
}

TEST_F(NoAllocationTest, Cancel) {
  run([]() -> Coro<> {
    const auto cancels = []() -> Coro<> {
      const auto sleeps = []() -> Coro<> { co_await sleep_ms(1000); };
      for (int i = 0; i < million / 4; ++i) {
        const Task<> task = create_task(sleeps());
        co_await sleep_ms(0);
        task.cancel();
        co_await sleep_ms(0);
        EXPECT_TRUE(task.done());
      }
    };
    const std::array<Task<>, 1> tasks{create_task(cancels())};
    co_await expect_no_allocation(tasks);
  }());
}

TEST_F(NoAllocationTest, WaitFor) {
  run([]() -> Coro<> {
    const auto waits = []() -> Coro<> {
      asyncio::Event never;
      for (int i = 0; i < million / 8; ++i) {
        co_await asyncio::wait_for_ms(sleep_ms(0), 5);
        if (i % 8 != 0) continue;
        try {
          co_await asyncio::wait_for_ms(never.wait(), 5);
          ADD_FAILURE();
        } catch (const asyncio::TimeoutError&) {
        }
      }
    };
    const std::array<Task<>, 1> tasks{create_task(waits())};
    co_await expect_no_allocation(tasks);
  }());
}

}  // namespace
