#include "asyncio/thread_safe_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::IndexError;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::ThreadSafeQueue;

namespace {

class ThreadSafeQueueTest : public virtual_board::Test {};

Coro<> getter(ThreadSafeQueue<int>& queue, int n) {
  try {
    const int item = co_await queue.get();
    print("%d got %d\n", n, item);
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", n, error.what());
  }
}

Coro<> putter(ThreadSafeQueue<int>& queue, int item) {
  try {
    co_await queue.put(item);
    print("put %d\n", item);
  } catch (const CancelledError&) {
    print("put %d cancelled\n", item);
    throw;
  } catch (const asyncio::RuntimeError& error) {
    print("put %d: %s\n", item, error.what());
  }
}

TEST_F(ThreadSafeQueueTest, ABufferOfTenHoldsNineAndSaysHowFullItIs) {
  ThreadSafeQueue<int> queue(10);
  // Round the buffer more than once.
  for (int round = 0; round < 25; ++round) {
    EXPECT_TRUE(queue.empty());
    for (unsigned i = 0; i < 9; ++i) {
      EXPECT_EQ(queue.qsize(), i);
      EXPECT_FALSE(queue.full());
      queue.put_sync(static_cast<int>(i));
      EXPECT_FALSE(queue.empty());
    }
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(queue.qsize(), 9U);
    EXPECT_THROW(queue.put_sync(9), IndexError);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(queue.get_sync(), i);
    EXPECT_THROW(queue.get_sync(), IndexError);
    queue.put_sync(0);
    queue.get_sync();
  }
}

TEST_F(ThreadSafeQueueTest, WorksInABufferThatIsGiven) {
  std::array<int, 3> buffer = {};
  ThreadSafeQueue<int> queue(buffer);
  queue.put_sync(1);
  queue.put_sync(2);
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(buffer[0], 1);
  EXPECT_EQ(queue.get_sync(), 1);
}

TEST_F(ThreadSafeQueueTest, ABufferForNothingIsAValueError) {
  EXPECT_THROW(ThreadSafeQueue<int>(0), asyncio::ValueError);
  EXPECT_THROW(ThreadSafeQueue<int>(1), asyncio::ValueError);
}

TEST_F(ThreadSafeQueueTest, ATaskIteratesOverWhatInterruptsPut) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(10);
    for (unsigned i = 0; i < 20; ++i) {
      virtual_board::interrupt_at_us(1000 + i * 100, [&queue, i] { queue.put_sync(static_cast<int>(i)); });
    }
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(co_await queue.next(), i);
      EXPECT_EQ(virtual_board::now_us(), 1000U + static_cast<unsigned>(i) * 100);
    }
  }());
}

TEST_F(ThreadSafeQueueTest, ABurstOfInterruptsLosesNothingWhileThereIsRoom) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(10);
    int lost = 0;
    for (unsigned i = 0; i < 12; ++i) {
      virtual_board::interrupt_at_us(1000 + i, [&queue, &lost, i] {
        try {
          queue.put_sync(static_cast<int>(i));
        } catch (const IndexError&) {
          ++lost;
        }
      });
    }
    virtual_board::spend_us(2000);
    EXPECT_EQ(lost, 3);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(co_await queue.get(), i);
    EXPECT_TRUE(queue.empty());
  }());
}

TEST_F(ThreadSafeQueueTest, ATaskWaitsForRoomThatAnInterruptMakes) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(3);
    std::vector<int> received;
    for (unsigned i = 1; i <= 5; ++i) {
      virtual_board::interrupt_at_us(i * 1000, [&queue, &received] { received.push_back(queue.get_sync()); });
    }
    for (int i = 0; i < 7; ++i) {
      co_await queue.put(i);
      print("%d ", static_cast<int>(virtual_board::now_us() / 1000));
    }
    EXPECT_EQ(received, (std::vector<int>{0, 1, 2, 3, 4}));
  }());
  EXPECT_EQ(virtual_board::output(), "0 0 1 2 3 4 5 ");
}

TEST_F(ThreadSafeQueueTest, PutAndGetDoNotYieldWhenTheyNeedNotWait) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(3);
    const auto other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    co_await queue.put(1);
    EXPECT_EQ(co_await queue.get(), 1);
    print("main\n");
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "main\nother\n");
}

TEST_F(ThreadSafeQueueTest, AWaiterWhoseItemATaskTakesWaitsOn) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(3);
    create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_sync(10);
    co_await sleep_ms(0);  // the loop makes the getter ready, behind main
    EXPECT_EQ(queue.get_sync(), 10);
    co_await sleep_ms(1);
    EXPECT_EQ(virtual_board::output(), "");
    queue.put_sync(11);
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 11\n");
}

TEST_F(ThreadSafeQueueTest, ASecondWaiterIsARuntimeError) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(2);
    create_task(getter(queue, 1));
    create_task(getter(queue, 2));
    co_await sleep_ms(0);
    queue.put_sync(1);
    co_await sleep_ms(1);
    queue.put_sync(2);
    create_task(putter(queue, 3));
    create_task(putter(queue, 4));
    co_await sleep_ms(1);
    EXPECT_EQ(queue.get_sync(), 2);
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(),
            "2: another task already waits for this device or ThreadSafeFlag\n1 got 1\n"
            "put 4: another task already waits for this device or ThreadSafeFlag\nput 3\n");
}

TEST_F(ThreadSafeQueueTest, ACancelledOrTimedOutWaitLosesNothing) {
  run([]() -> Coro<> {
    ThreadSafeQueue<int> queue(2);
    const auto first = create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_sync(10);
    co_await sleep_ms(0);  // it is ready
    first.cancel();
    co_await sleep_ms(0);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(queue.put(11), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(co_await asyncio::wait_for_ms(queue.get(), 10), 10);
    timed_out = false;
    try {
      co_await asyncio::wait_for_ms(queue.get(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    queue.put_sync(12);
    EXPECT_EQ(co_await queue.get(), 12);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
}

// Copying one takes a task 10 us, so that an interrupt may come in the middle; that takes no time itself.
struct Slow {
  Slow() = default;
  explicit Slow(int n) : number(n) {}
  Slow(Slow&& other) noexcept { *this = std::move(other); }
  Slow& operator=(Slow&& other) noexcept {
    number = -1;
    if (!in_interrupt) virtual_board::spend_us(5);
    number = other.number;
    if (!in_interrupt) virtual_board::spend_us(5);
    return *this;
  }
  ~Slow() = default;
  int number = 0;
  static inline bool in_interrupt = false;
};

TEST_F(ThreadSafeQueueTest, AnInterruptInTheMiddleOfATasksPutOrGetSeesTheQueueBeforeIt) {
  run([]() -> Coro<> {
    ThreadSafeQueue<Slow> queue(4);
    int got = 0;
    int wrong = 0;
    for (unsigned i = 1; i < 1000; ++i) {
      virtual_board::interrupt_at_us(i * 7, [&queue, &got, &wrong] {
        Slow::in_interrupt = true;
        if (!queue.empty() && queue.get_sync().number != got++) ++wrong;
        Slow::in_interrupt = false;
      });
    }
    int put = 0;
    while (virtual_board::now_us() < 4000) {
      if (!queue.full()) queue.put_sync(Slow(put++));
      virtual_board::spend_us(3);
    }
    co_await sleep_ms(10);
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(got, put);
    EXPECT_GT(got, 100);

    got = put = 0;
    for (unsigned i = 1; i < 1000; ++i) {
      virtual_board::interrupt_at_us(virtual_board::now_us() + i * 7, [&queue, &put] {
        Slow::in_interrupt = true;
        if (!queue.full()) queue.put_sync(Slow(put++));
        Slow::in_interrupt = false;
      });
    }
    for (int i = 0; i < 100; ++i) {
      if ((co_await queue.get()).number != got++) ++wrong;
    }
    EXPECT_EQ(wrong, 0);
    co_await sleep_ms(10);
    while (!queue.empty()) queue.get_sync();
    co_await queue.put(Slow(7));
    EXPECT_EQ((co_await queue.next()).number, 7);
  }());
}

#if !COROSCOPE_TRACE  // a trace is of one core
TEST_F(ThreadSafeQueueTest, AnotherCorePutsAndBlocksWhileItIsFull) {
  constexpr int count = 20'000;
  run([]() -> Coro<> {
    ThreadSafeQueue<std::array<int, 4>> queue(5);
    std::thread other_core([&queue] {
      for (int i = 0; i < count; ++i) queue.put_sync({i, i + 1, i + 2, i + 3}, true);
    });
    // Keeps the loop from idling: the board of these tests has no other core that could wake it.
    const auto busy = create_task([]() -> Coro<> {
      for (;;) co_await sleep_ms(0);
    }());
    int wrong = 0;
    for (int i = 0; i < count; ++i) {
      const auto item = co_await queue.get();
      if (item[0] != i || item[3] != i + 3) ++wrong;
    }
    EXPECT_EQ(wrong, 0);
    other_core.join();
    busy.cancel();
  }());
}

TEST_F(ThreadSafeQueueTest, AnotherCoreGetsAndBlocksWhileItIsEmpty) {
  constexpr int count = 20'000;
  run([]() -> Coro<> {
    ThreadSafeQueue<std::array<int, 4>> queue(5);
    int wrong = 0;
    std::thread other_core([&queue, &wrong] {
      for (int i = 0; i < count; ++i) {
        const auto item = queue.get_sync(true);
        if (item[0] != i || item[3] != i + 3) ++wrong;
      }
    });
    const auto busy = create_task([]() -> Coro<> {
      for (;;) co_await sleep_ms(0);
    }());
    for (int i = 0; i < count; ++i) {
      const std::array<int, 4> item = {i, i + 1, i + 2, i + 3};
      co_await queue.put(item);
    }
    other_core.join();
    EXPECT_EQ(wrong, 0);
    busy.cancel();
  }());
}
#endif

TEST_F(ThreadSafeQueueTest, ItemsMayBeMoveOnly) {
  run([]() -> Coro<> {
    ThreadSafeQueue<std::unique_ptr<int>> queue(2);
    co_await queue.put(std::make_unique<int>(7));
    EXPECT_EQ(*co_await queue.get(), 7);
    queue.put_sync(std::make_unique<int>(8));
    EXPECT_EQ(*queue.get_sync(), 8);
  }());
}

TEST_F(ThreadSafeQueueTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<ThreadSafeQueue<int>> waiting(2U);
    create_task(getter(*waiting, 1));
    std::optional<ThreadSafeQueue<int>> woken(2U);
    woken->put_sync(0);
    create_task(putter(*woken, 2));
    std::optional<ThreadSafeQueue<int>> cancelled(2U);
    const auto task = create_task(getter(*cancelled, 3));
    co_await sleep_ms(0);
    woken->get_sync();
    co_await sleep_ms(0);  // the putter is ready
    task.cancel();
    waiting.reset();
    woken.reset();
    cancelled.reset();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(),
            "put 2: the object this task waited on was destroyed\n3 cancelled\n"
            "1: the object this task waited on was destroyed\n");
}

}  // namespace
