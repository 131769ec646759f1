#include "asyncio/queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Queue;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class QueueTest : public virtual_board::Test {};

Coro<> getter(Queue<int>& queue, int n) {
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

Coro<> putter(Queue<int>& queue, int item) {
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

std::vector<int> drain(Queue<int>& queue) {
  std::vector<int> items;
  while (!queue.empty()) items.push_back(queue.get_nowait());
  return items;
}

TEST_F(QueueTest, ItemsComeOutInTheOrderTheyWentIn) {
  run([]() -> Coro<> {
    Queue<int> queue;
    for (int i = 0; i < 100; ++i) co_await queue.put(i);
    EXPECT_EQ(queue.qsize(), 100U);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(co_await queue.get(), i);
    for (int i = 100; i < 300; ++i) queue.put_nowait(i);
    for (int i = 50; i < 300; ++i) EXPECT_EQ(queue.get_nowait(), i);
    EXPECT_TRUE(queue.empty());
  }());
}

TEST_F(QueueTest, AGetterWaitsForASlowProducer) {
  run([]() -> Coro<> {
    Queue<int> queue;
    const auto consume = [](Queue<int>& from) -> Coro<> {
      print("Running consume()\n");
      const int result = co_await from.get();
      print("Result was %d\n", result);
    };
    const auto produce = [](Queue<int>& to) -> Coro<> {
      print("Waiting for slow process.\n");
      co_await sleep_ms(2000);
      print("Putting result onto queue\n");
      co_await to.put(42);
    };
    create_task(consume(queue));
    create_task(produce(queue));
    co_await sleep_ms(4000);
    print("Done\n");
  }());
  EXPECT_EQ(virtual_board::output(),
            "Running consume()\nWaiting for slow process.\nPutting result onto queue\nResult was 42\nDone\n");
}

TEST_F(QueueTest, PutAndGetDoNotYieldWhenTheyNeedNotWait) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    co_await queue.put(1);
    co_await queue.get();
    print("main\n");
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "main\nother\n");
}

TEST_F(QueueTest, SaysHowFullItIs) {
  Queue<int> queue(2);
  EXPECT_EQ(queue.maxsize(), 2U);
  EXPECT_EQ(queue.qsize(), 0U);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.full());
  queue.put_nowait(1);
  EXPECT_EQ(queue.qsize(), 1U);
  EXPECT_FALSE(queue.empty());
  EXPECT_FALSE(queue.full());
  queue.put_nowait(2);
  EXPECT_EQ(queue.qsize(), 2U);
  EXPECT_TRUE(queue.full());
}

TEST_F(QueueTest, WithoutAMaximumItIsNeverFull) {
  for (const int maxsize : {0, -1}) {
    Queue<int> queue(maxsize);
    EXPECT_EQ(queue.maxsize(), 0U);
    for (int i = 0; i < 1000; ++i) queue.put_nowait(i);
    EXPECT_FALSE(queue.full());
    EXPECT_EQ(queue.qsize(), 1000U);
  }
}

TEST_F(QueueTest, GetNowaitOfAnEmptyAndPutNowaitOfAFullOneThrow) {
  Queue<int> queue(1);
  EXPECT_THROW(queue.get_nowait(), asyncio::QueueEmpty);
  queue.put_nowait(1);
  EXPECT_THROW(queue.put_nowait(2), asyncio::QueueFull);
  EXPECT_EQ(queue.get_nowait(), 1);
  EXPECT_THROW(queue.get_nowait(), asyncio::QueueEmpty);
}

TEST_F(QueueTest, WaitingGettersAreServedFirstComeFirstServed) {
  run([]() -> Coro<> {
    Queue<int> queue;
    for (int n = 0; n < 4; ++n) create_task(getter(queue, n));
    co_await sleep_ms(0);
    for (int i = 10; i < 13; ++i) queue.put_nowait(i);
    co_await queue.put(13);
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "0 got 10\n1 got 11\n2 got 12\n3 got 13\n");
}

TEST_F(QueueTest, WaitingPuttersAreServedFirstComeFirstServed) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    for (int item = 0; item < 4; ++item) create_task(putter(queue, item));
    co_await sleep_ms(0);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(co_await queue.get(), i);
      co_await sleep_ms(0);
    }
  }());
  EXPECT_EQ(virtual_board::output(), "put 0\nput 1\nput 2\nput 3\n");
}

TEST_F(QueueTest, CompetingPuttersAndGettersOfFourTasksEachLoseNothing) {
  run([]() -> Coro<> {
    Queue<int> queue(10);
    const auto put_eight = [](Queue<int>& to, int n) -> Coro<> {
      for (int x = 0; x < 8; ++x) {
        co_await to.put(10 * n + x);
        co_await sleep_ms(0);
      }
    };
    for (int n = 0; n < 4; ++n) create_task(put_eight(queue, n));
    co_await sleep_ms(1000);
    EXPECT_EQ(queue.qsize(), 10U);
    std::vector<std::vector<int>> seen(4);
    int item = co_await queue.get();
    seen[static_cast<std::size_t>(item / 10)].push_back(item % 10);
    co_await sleep_ms(100);
    EXPECT_EQ(queue.qsize(), 10U);
    while (!queue.empty()) {
      item = co_await queue.get();
      seen[static_cast<std::size_t>(item / 10)].push_back(item % 10);
      co_await sleep_ms(100);
    }
    for (const auto& items : seen) EXPECT_EQ(items, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));

    const auto get_eight = [](Queue<int>& from, int& count) -> Coro<> {
      for (int x = 0; x < 8; ++x) {
        co_await from.get();
        ++count;
        co_await sleep_ms(0);
      }
    };
    int count = 0;
    for (int n = 0; n < 4; ++n) create_task(get_eight(queue, count));
    co_await sleep_ms(1000);
    int put = 0;
    while (!queue.full()) {
      co_await queue.put(put);
      ++put;
      co_await sleep_ms(300);
    }
    EXPECT_EQ(count, 32);
    EXPECT_EQ(put, 42);
    EXPECT_EQ(queue.qsize(), 10U);
  }());
}

TEST_F(QueueTest, APromisedItemCannotBeTakenBeforeItsGetterRuns) {
  run([]() -> Coro<> {
    Queue<int> queue;
    create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.qsize(), 0U);
    EXPECT_THROW(queue.get_nowait(), asyncio::QueueEmpty);
    create_task(putter(queue, 11));
    EXPECT_EQ(co_await queue.get(), 11);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 10\nput 11\n");
}

TEST_F(QueueTest, AnItemBehindAPromisedOneIsFreeAndItemsKeepTheirOrder) {
  run([]() -> Coro<> {
    Queue<int> queue;
    create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    queue.put_nowait(11);
    EXPECT_EQ(queue.qsize(), 1U);
    EXPECT_EQ(queue.get_nowait(), 10);
    EXPECT_TRUE(queue.empty());
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "1 got 11\n");
}

TEST_F(QueueTest, APromisedPlaceCannotBeUsedBeforeItsPutterRuns) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    queue.put_nowait(1);
    create_task(putter(queue, 2));
    co_await sleep_ms(0);
    EXPECT_EQ(queue.get_nowait(), 1);
    EXPECT_TRUE(queue.full());
    EXPECT_TRUE(queue.empty());
    EXPECT_THROW(queue.put_nowait(3), asyncio::QueueFull);
    create_task(getter(queue, 1));
    co_await queue.put(3);
    EXPECT_EQ(drain(queue), (std::vector<int>{3}));
  }());
  EXPECT_EQ(virtual_board::output(), "put 2\n1 got 2\n");
}

TEST_F(QueueTest, AnItemOnItsWayToAGetterStillTakesItsPlace) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    create_task(getter(queue, 1));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    EXPECT_TRUE(queue.full());
    co_await sleep_ms(0);
    EXPECT_FALSE(queue.full());
  }());
}

TEST_F(QueueTest, ACancelledGetterLeavesTheLine) {
  run([]() -> Coro<> {
    Queue<int> queue;
    create_task(getter(queue, 1));
    const auto second = create_task(getter(queue, 2));
    create_task(getter(queue, 3));
    co_await sleep_ms(0);
    second.cancel();
    queue.put_nowait(10);
    queue.put_nowait(11);
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "2 cancelled\n1 got 10\n3 got 11\n");
}

TEST_F(QueueTest, AGetterCancelledWithAnItemPromisedLeavesItToTheNext) {
  run([]() -> Coro<> {
    Queue<int> queue;
    const auto first = create_task(getter(queue, 1));
    const auto second = create_task(getter(queue, 2));
    co_await sleep_ms(0);
    queue.put_nowait(10);
    first.cancel();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "1 cancelled\n");
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 got 10\n");
    const auto third = create_task(getter(queue, 3));
    co_await sleep_ms(0);
    queue.put_nowait(11);
    third.cancel();
    co_await sleep_ms(0);
    EXPECT_EQ(drain(queue), (std::vector<int>{11}));
  }());
}

TEST_F(QueueTest, ACancelledPutterLeavesTheLineAndPutsNothing) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    queue.put_nowait(0);
    create_task(putter(queue, 1));
    const auto second = create_task(putter(queue, 2));
    create_task(putter(queue, 3));
    co_await sleep_ms(0);
    second.cancel();
    for (const int expected : {0, 1, 3}) {
      EXPECT_EQ(co_await queue.get(), expected);
      co_await sleep_ms(0);
    }
    EXPECT_TRUE(queue.empty());
  }());
  EXPECT_EQ(virtual_board::output(), "put 2 cancelled\nput 1\nput 3\n");
}

TEST_F(QueueTest, APutterCancelledWithAPlacePromisedPutsNothingAndLeavesItToTheNext) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    queue.put_nowait(0);
    const auto first = create_task(putter(queue, 1));
    create_task(putter(queue, 2));
    co_await sleep_ms(0);
    EXPECT_EQ(queue.get_nowait(), 0);
    first.cancel();
    co_await sleep_ms(0);
    co_await sleep_ms(0);
    EXPECT_EQ(drain(queue), (std::vector<int>{2}));
    EXPECT_FALSE(queue.full());
  }());
  EXPECT_EQ(virtual_board::output(), "put 1 cancelled\nput 2\n");
}

TEST_F(QueueTest, ATimeOutOfGetLosesNoItem) {
  run([]() -> Coro<> {
    Queue<int> queue;
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(queue.get(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    queue.put_nowait(1);
    EXPECT_EQ(co_await asyncio::wait_for_ms(queue.get(), 10), 1);
  }());
}

TEST_F(QueueTest, AnItemPutInTheInstantOfATimeOutIsGotOrThereAfterwards) {
  run([]() -> Coro<> {
    Queue<int> queue;
    for (int offset = 8; offset <= 12; ++offset) {
      create_task([](Queue<int>& to, int ms) -> Coro<> {
        co_await sleep_ms(ms);
        to.put_nowait(ms);
      }(queue, offset));
      int got = 0;
      try {
        got = co_await asyncio::wait_for_ms(queue.get(), 10);
      } catch (const asyncio::TimeoutError&) {
      }
      co_await sleep_ms(5);
      if (got == 0) got = queue.get_nowait();
      EXPECT_EQ(got, offset);
      EXPECT_TRUE(queue.empty());
    }
  }());
}

TEST_F(QueueTest, ATimeOutOfPutPutsNothing) {
  run([]() -> Coro<> {
    Queue<int> queue(1);
    queue.put_nowait(1);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(queue.put(2), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(drain(queue), (std::vector<int>{1}));
    co_await asyncio::wait_for_ms(queue.put(3), 10);
    EXPECT_EQ(drain(queue), (std::vector<int>{3}));
  }());
}

TEST_F(QueueTest, JoinOfAQueueThatNeverHadAnItemDoesNotWait) {
  run([]() -> Coro<> {
    Queue<int> queue;
    co_await queue.join();
  }());
}

TEST_F(QueueTest, JoinWaitsUntilEveryItemIsDone) {
  run([]() -> Coro<> {
    Queue<int> queue;
    const auto consumer = create_task([](Queue<int>& from) -> Coro<> {
      for (;;) {
        print("got %d\n", co_await from.get());
        co_await sleep_ms(500);
        from.task_done();
      }
    }(queue));
    const auto waiter = create_task([](Queue<int>& joined) -> Coro<> {
      print("waiter waits\n");
      co_await joined.join();
      print("waiter joined\n");
    }(queue));
    for (int x = 0; x < 3; ++x) co_await queue.put(x);
    print("main waits\n");
    co_await queue.join();
    print("all jobs done at %d ms\n", static_cast<int>(virtual_board::now_us() / 1000));
    co_await sleep_ms(0);
    EXPECT_TRUE(waiter.done());
    EXPECT_FALSE(consumer.done());
    queue.put_nowait(4);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(queue.join(), 100);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
  }());
  EXPECT_EQ(virtual_board::output(),
            "main waits\ngot 0\nwaiter waits\ngot 1\ngot 2\n"
            "all jobs done at 1500 ms\nwaiter joined\ngot 4\n");
}

TEST_F(QueueTest, JoinersGoOnInTheOrderTheyCame) {
  run([]() -> Coro<> {
    Queue<int> queue;
    queue.put_nowait(1);
    for (int n = 0; n < 3; ++n) {
      create_task([](Queue<int>& joined, int number) -> Coro<> {
        co_await joined.join();
        print("%d joined\n", number);
      }(queue, n));
    }
    co_await sleep_ms(0);
    queue.get_nowait();
    queue.task_done();
    queue.put_nowait(2);  // too late to hold them
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "0 joined\n1 joined\n2 joined\n");
}

TEST_F(QueueTest, TaskDoneTooOftenIsAValueError) {
  Queue<int> queue;
  EXPECT_THROW(queue.task_done(), asyncio::ValueError);
  queue.put_nowait(1);
  queue.task_done();
  EXPECT_THROW(queue.task_done(), asyncio::ValueError);
}

TEST_F(QueueTest, ItemsMayBeMoveOnlyAndAreDestroyedWithTheQueue) {
  run([]() -> Coro<> {
    Queue<std::unique_ptr<std::string>> queue(1);
    co_await queue.put(std::make_unique<std::string>("a text that is too long for the string object"));
    create_task([](Queue<std::unique_ptr<std::string>>& to) -> Coro<> {
      co_await to.put(std::make_unique<std::string>("another text that is too long for it"));
    }(queue));
    co_await sleep_ms(0);
    EXPECT_EQ(*co_await queue.get(), "a text that is too long for the string object");
    EXPECT_EQ(*co_await queue.get(), "another text that is too long for it");
    queue.put_nowait(std::make_unique<std::string>("left behind in the queue, as long as it is"));
    create_task([](Queue<std::unique_ptr<std::string>>& to) -> Coro<> {
      co_await to.put(std::make_unique<std::string>("left behind in the frame, which is as long"));
    }(queue));
    co_await sleep_ms(0);
  }());
}

TEST_F(QueueTest, StringsPassUnharmed) {
  run([]() -> Coro<> {
    Queue<std::string> queue(2);
    create_task([](Queue<std::string>& to) -> Coro<> {
      for (int i = 0; i < 20; ++i)
        co_await to.put("item number " + std::to_string(i) + " of the long strings");
    }(queue));
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(co_await queue.get(), "item number " + std::to_string(i) + " of the long strings");
    }
  }());
}

TEST_F(QueueTest, AGrowingQueueMovesItsItemsUnharmed) {
  Queue<std::string> queue;
  int next = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 3; ++i)
      queue.put_nowait("item number " + std::to_string(next++) + " of the long strings");
    queue.get_nowait();
  }
  for (int i = 40; i < 120; ++i)
    EXPECT_EQ(queue.get_nowait(), "item number " + std::to_string(i) + " of the long strings");
}

TEST_F(QueueTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Queue<int>> getters(1);
    create_task(getter(*getters, 1));  // promised an item
    create_task(getter(*getters, 2));
    std::optional<Queue<int>> putters(1);
    putters->put_nowait(0);
    create_task(putter(*putters, 3));  // promised a place
    create_task(putter(*putters, 4));
    const auto cancelled = create_task(putter(*putters, 5));
    std::optional<Queue<int>> joined(1);
    joined->put_nowait(0);
    create_task([](Queue<int>& queue) -> Coro<> {
      try {
        co_await queue.join();
      } catch (const asyncio::RuntimeError& error) {
        print("join: %s\n", error.what());
      }
    }(*joined));
    co_await sleep_ms(0);
    getters->put_nowait(1);
    putters->get_nowait();
    cancelled.cancel();
    getters.reset();
    putters.reset();
    joined.reset();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(),
            "1: the object this task waited on was destroyed\n"
            "put 3: the object this task waited on was destroyed\n"
            "put 5 cancelled\n"
            "2: the object this task waited on was destroyed\n"
            "put 4: the object this task waited on was destroyed\n"
            "join: the object this task waited on was destroyed\n");
}

TEST_F(QueueTest, ANewLoopLosesNoItemAndNoPlaceOfAQueueThatStays) {
  Queue<int> queue(1);
  run([](Queue<int>& global) -> Coro<> {
    create_task(getter(global, 1));
    co_await sleep_ms(0);
    global.put_nowait(1);
  }(queue));
  asyncio::new_event_loop();
  EXPECT_EQ(queue.qsize(), 1U);
  run([](Queue<int>& global) -> Coro<> {
    create_task(putter(global, 2));
    co_await sleep_ms(0);
    EXPECT_EQ(global.get_nowait(), 1);
  }(queue));
  asyncio::new_event_loop();
  EXPECT_FALSE(queue.full());
  EXPECT_TRUE(queue.empty());
}

TEST_F(QueueTest, PutAndGetNeedNoFrames) {
  run([]() -> Coro<> {
    Queue<int> queue(4);
    const auto consumer = create_task([](Queue<int>& from) -> Coro<int> {
      int sum = 0;
      for (int i = 0; i < 100'000; ++i) sum += co_await from.get();
      co_return sum;
    }(queue));
    const std::size_t frames = asyncio::frame_allocator.live_frames();
    const std::size_t reserved = asyncio::frame_allocator.bytes_reserved();
    for (int i = 0; i < 100'000; ++i) co_await queue.put(1);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames);
    EXPECT_EQ(asyncio::frame_allocator.bytes_reserved(), reserved);
    EXPECT_EQ(co_await consumer, 100'000);
  }());
}

TEST_F(QueueTest, TheTraceTellsHowManyItemsThereAreAndWhoWokeWhom) {
  if constexpr (trace::enabled) {
    run([]() -> Coro<> {
      Queue<int> queue(1, "readings");
      create_task(getter(queue, 1));
      co_await sleep_ms(0);
      co_await queue.put(1);
      co_await queue.put(2);
      co_await queue.get();
    }());
    std::string story;
    for (const trace::Record& record : virtual_board::trace_records()) {
      const auto reason = static_cast<trace::Reason>(record.reason);
      const bool getting = reason == trace::Reason::queue_get;
      const bool putting = reason == trace::Reason::queue_put;
      if (record.kind == trace::Kind::queue_put) story += "put" + std::to_string(record.extra) + " ";
      if (record.kind == trace::Kind::queue_get) story += "get" + std::to_string(record.extra) + " ";
      if (record.kind == trace::Kind::slice_end && (getting || putting))
        story += getting ? "wait-get " : "wait-put ";
      if (record.kind == trace::Kind::task_ready && (getting || putting))
        story += getting ? "item " : "place ";
    }
    EXPECT_EQ(story, "wait-get put1 item wait-put get0 place put1 get0 ");
  }
}

}  // namespace
