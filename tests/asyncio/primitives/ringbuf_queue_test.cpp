#include "asyncio/ringbuf_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
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
using asyncio::RingbufQueue;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class RingbufQueueTest : public virtual_board::Test {};

Coro<> put_list(RingbufQueue<int>& queue, std::vector<int> items, int ms = 0) {
  for (const int item : items) {
    co_await queue.put(item);
    co_await sleep_ms(ms);
  }
}

// What an asynchronous loop over the queue receives in that time.
Coro<std::vector<int>> read(RingbufQueue<int>& queue, int timeout_ms, int ms = 0) {
  std::vector<int> items;
  try {
    co_await asyncio::wait_for_ms(
        [](RingbufQueue<int>& from, std::vector<int>& to, int pause) -> Coro<> {
          for (;;) {
            to.push_back(co_await from.next());
            co_await sleep_ms(pause);
          }
        }(queue, items, ms),
        timeout_ms);
  } catch (const asyncio::TimeoutError&) {
  }
  co_return items;
}

Coro<> getter(RingbufQueue<int>& queue, int n) {
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

Coro<> putter(RingbufQueue<int>& queue, int item) {
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

std::vector<int> drain(RingbufQueue<int>& queue) {
  std::vector<int> items;
  while (!queue.empty()) items.push_back(queue.get_nowait());
  return items;
}

// g++ 12 refuses a braced list of items in co_await.
template <class... Items>
std::vector<int> list(Items... items) {
  return {items...};
}

const std::vector<int> fifteen = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

TEST_F(RingbufQueueTest, AReadWaitsForASlowWrite) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    create_task(put_list(queue, fifteen, 100));
    EXPECT_EQ(co_await read(queue, 2000), fifteen);
  }());
}

TEST_F(RingbufQueueTest, AWriteWaitsForASlowRead) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    create_task(put_list(queue, fifteen));
    EXPECT_EQ(co_await read(queue, 2000, 100), fifteen);
  }());
}

TEST_F(RingbufQueueTest, ABufferOfTenHoldsNineAndSaysHowFullItIs) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.qsize(), 0U);
    EXPECT_FALSE(queue.full());
    co_await put_list(queue, list(1, 2, 3));
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.qsize(), 3U);
    EXPECT_FALSE(queue.full());
    co_await put_list(queue, list(4, 5, 6, 7, 8));
    EXPECT_FALSE(queue.full());
    co_await queue.put(9);
    EXPECT_EQ(queue.qsize(), 9U);
    EXPECT_TRUE(queue.full());
  }());
}

TEST_F(RingbufQueueTest, PutNowaitOfAFullQueueDiscardsTheOldestAndThrowsIndexError) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    co_await put_list(queue, list(1, 2, 3));
    int failures = 0;
    for (int x = 4; x < 15; ++x) {
      try {
        queue.put_nowait(x);
      } catch (const IndexError&) {
        ++failures;
      }
    }
    EXPECT_EQ(failures, 5);
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(co_await read(queue, 2000), list(6, 7, 8, 9, 10, 11, 12, 13, 14));
  }());
}

TEST_F(RingbufQueueTest, PutOverwritingSaysWhetherItDiscardedOne) {
  RingbufQueue<int> queue(3);
  EXPECT_FALSE(queue.put_overwriting(1));
  EXPECT_FALSE(queue.put_overwriting(2));
  EXPECT_TRUE(queue.put_overwriting(3));
  EXPECT_EQ(drain(queue), (std::vector<int>{2, 3}));
}

TEST_F(RingbufQueueTest, GetNowaitOfAnEmptyQueueThrowsIndexError) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    co_await queue.put(1);
    EXPECT_EQ(queue.get_nowait(), 1);
    EXPECT_THROW(queue.get_nowait(), IndexError);
  }());
}

TEST_F(RingbufQueueTest, PeekLeavesTheOldestWhereItIs) {
  RingbufQueue<int> queue(4);
  EXPECT_THROW(queue.peek(), IndexError);
  queue.put_nowait(1);
  queue.put_nowait(2);
  EXPECT_EQ(queue.peek(), 1);
  EXPECT_EQ(queue.peek(), 1);
  EXPECT_EQ(queue.qsize(), 2U);
  EXPECT_EQ(queue.get_nowait(), 1);
  EXPECT_EQ(queue.peek(), 2);
}

TEST_F(RingbufQueueTest, WorksInABufferThatIsGiven) {
  int array[4] = {};
  std::array<int, 3> standard_array = {};
  std::vector<int> vector(5);
  RingbufQueue<int> in_array(array);
  RingbufQueue<int> in_standard_array(standard_array);
  RingbufQueue<int> in_vector(vector);
  for (int i = 0; i < 100; ++i) {
    in_array.put_overwriting(i);
    in_standard_array.put_overwriting(i);
    in_vector.put_overwriting(i);
  }
  EXPECT_EQ(drain(in_array), (std::vector<int>{97, 98, 99}));
  EXPECT_EQ(drain(in_standard_array), (std::vector<int>{98, 99}));
  EXPECT_EQ(drain(in_vector), (std::vector<int>{96, 97, 98, 99}));
  EXPECT_EQ(array[3], 0) << "the spare slot";
}

TEST_F(RingbufQueueTest, ABufferForNothingIsAValueError) {
  EXPECT_THROW(RingbufQueue<int>(0), asyncio::ValueError);
  EXPECT_THROW(RingbufQueue<int>(1), asyncio::ValueError);
}

TEST_F(RingbufQueueTest, WaitingGettersAreServedFirstComeFirstServed) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    for (int n = 0; n < 4; ++n) create_task(getter(queue, n));
    co_await sleep_ms(0);
    for (int i = 10; i < 14; ++i) queue.put_nowait(i);
    EXPECT_TRUE(queue.empty());
    EXPECT_THROW(queue.get_nowait(), IndexError);
    EXPECT_THROW(queue.peek(), IndexError);
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "0 got 10\n1 got 11\n2 got 12\n3 got 13\n");
}

TEST_F(RingbufQueueTest, WaitingPuttersAreServedFirstComeFirstServed) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    for (int item = 0; item < 4; ++item) create_task(putter(queue, item));
    co_await sleep_ms(0);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(co_await queue.get(), i);
      co_await sleep_ms(0);
    }
  }());
  EXPECT_EQ(virtual_board::output(), "put 0\nput 1\nput 2\nput 3\n");
}

TEST_F(RingbufQueueTest, OverwritingLeavesItsPromiseToAGetterOneItemLater) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    EXPECT_TRUE(queue.put_overwriting(11));
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 11\n");
}

TEST_F(RingbufQueueTest, OverwritingAPlaceThatIsPromisedDiscardsTheItemThatWasToComeThere) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(3);
    queue.put_nowait(0);
    queue.put_nowait(1);
    for (const int item : {2, 3, 4}) create_task(putter(queue, item));
    co_await sleep_ms(0);
    EXPECT_EQ(drain(queue), (std::vector<int>{0, 1}));
    // 2 and 3 have the places. 2 is older than 5.
    EXPECT_TRUE(queue.full());
    EXPECT_TRUE(queue.put_overwriting(5));
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "put 2\nput 3\n");
    EXPECT_EQ(drain(queue), (std::vector<int>{5, 3}));
    co_await sleep_ms(0);
    EXPECT_EQ(drain(queue), (std::vector<int>{4}));
    EXPECT_FALSE(queue.full());
  }());
}

TEST_F(RingbufQueueTest, APutterCancelledWhenItsPlaceWasOverwrittenGivesNoneBack) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    queue.put_nowait(0);
    const auto first = create_task(putter(queue, 1));
    create_task(putter(queue, 2));
    co_await sleep_ms(0);
    queue.get_nowait();
    EXPECT_TRUE(queue.put_overwriting(5));
    first.cancel();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "put 1 cancelled\n");
    EXPECT_EQ(drain(queue), (std::vector<int>{5}));
    co_await sleep_ms(0);
    EXPECT_EQ(drain(queue), (std::vector<int>{2}));
    EXPECT_EQ(queue.qsize(), 0U);
    EXPECT_FALSE(queue.full());
  }());
}

TEST_F(RingbufQueueTest, CancelledWaitersLeaveWhatTheyWerePromisedToTheNext) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    const auto get_first = create_task(getter(queue, 1));
    create_task(getter(queue, 2));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    get_first.cancel();
    co_await sleep_ms(1);
    queue.put_nowait(11);
    const auto put_first = create_task(putter(queue, 12));
    create_task(putter(queue, 13));
    co_await sleep_ms(0);
    queue.get_nowait();
    put_first.cancel();
    co_await sleep_ms(1);
    EXPECT_EQ(drain(queue), (std::vector<int>{13}));
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 got 10\nput 12 cancelled\nput 13\n");
}

TEST_F(RingbufQueueTest, TimeOutsLoseNothing) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    int timeouts = 0;
    try {
      co_await asyncio::wait_for_ms(queue.get(), 10);
    } catch (const asyncio::TimeoutError&) {
      ++timeouts;
    }
    queue.put_nowait(1);
    try {
      co_await asyncio::wait_for_ms(queue.put(2), 10);
    } catch (const asyncio::TimeoutError&) {
      ++timeouts;
    }
    EXPECT_EQ(timeouts, 2);
    EXPECT_EQ(drain(queue), (std::vector<int>{1}));
  }());
}

TEST_F(RingbufQueueTest, SeveralTasksMayIterate) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(10);
    std::vector<Task<>> tasks;
    for (int n = 0; n < 2; ++n) {
      tasks.push_back(create_task([](RingbufQueue<int>& from, int number) -> Coro<> {
        for (;;) {
          print("%d:%d ", number, co_await from.next());
          co_await sleep_ms(0);
        }
      }(queue, n)));
    }
    co_await put_list(queue, list(1, 2, 3, 4));
    co_await sleep_ms(1);
    for (const auto& task : tasks) task.cancel();
  }());
  EXPECT_EQ(virtual_board::output(), "0:1 1:2 0:3 1:4 ");
}

TEST_F(RingbufQueueTest, ItemsMayBeMoveOnly) {
  run([]() -> Coro<> {
    RingbufQueue<std::unique_ptr<std::string>> queue(2);
    co_await queue.put(std::make_unique<std::string>("a text that is too long for the string object"));
    queue.put_overwriting(std::make_unique<std::string>("another text that is too long for it"));
    EXPECT_EQ(*queue.peek(), "another text that is too long for it");
    EXPECT_EQ(*co_await queue.next(), "another text that is too long for it");
  }());
}

TEST_F(RingbufQueueTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<RingbufQueue<int>> queue(2U);
    create_task(getter(*queue, 1));  // promised an item
    create_task(getter(*queue, 2));
    std::optional<RingbufQueue<int>> full(2U);
    full->put_nowait(0);
    create_task(putter(*full, 3));  // promised a place
    create_task(putter(*full, 4));
    co_await sleep_ms(0);
    queue->put_nowait(1);
    full->get_nowait();
    queue.reset();
    full.reset();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(),
            "1: the object this task waited on was destroyed\n"
            "put 3: the object this task waited on was destroyed\n"
            "2: the object this task waited on was destroyed\n"
            "put 4: the object this task waited on was destroyed\n");
}

// An item that is promised to a task which has not run is replaced for it, and the next task goes on waiting.
TEST_F(RingbufQueueTest, OverwritingServesNoMoreTasksThanThereAreItems) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(2);
    create_task(getter(queue, 1));
    create_task(getter(queue, 2));
    co_await sleep_ms(1);
    EXPECT_FALSE(queue.put_overwriting(10));
    EXPECT_TRUE(queue.put_overwriting(20));
    EXPECT_THROW(queue.put_nowait(30), IndexError);
    co_await sleep_ms(1);
    EXPECT_EQ(virtual_board::output(), "1 got 30\n");
    EXPECT_TRUE(queue.empty());
    EXPECT_FALSE(queue.full());
    queue.put_nowait(40);
    co_await sleep_ms(1);
    EXPECT_EQ(queue.qsize(), 0U);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 30\n2 got 40\n");
}

TEST_F(RingbufQueueTest, OverwritingInALongerOneKeepsTheOrderOfItems) {
  run([]() -> Coro<> {
    RingbufQueue<int> queue(4);
    create_task(getter(queue, 1));
    create_task(getter(queue, 2));
    co_await sleep_ms(1);
    for (int item = 1; item <= 5; ++item) queue.put_overwriting(item);
    co_await sleep_ms(1);
    EXPECT_EQ(queue.qsize(), 1U);
    EXPECT_EQ(queue.get_nowait(), 5);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 3\n2 got 4\n");
}

}  // namespace
