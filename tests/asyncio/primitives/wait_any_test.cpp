#include "asyncio/wait_any.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_all.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Event;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::ThreadSafeFlag;
using asyncio::WaitAll;
using asyncio::WaitAny;

namespace {

class WaitAnyTest : public virtual_board::Test {};

// Sets them one after the other, a second apart.
template <class... Events>
Coro<> set_events(Events*... events) {
  for (Event* event : {events...}) {
    co_await sleep_ms(1000);
    event->set();
  }
}

TEST_F(WaitAnyTest, ReturnsTheOneThatTriggered) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    WaitAny any(first, second);
    EXPECT_EQ(any.event(), nullptr);
    create_task(set_events(&second));
    const void* const cause = co_await any.wait();
    EXPECT_TRUE(cause == &second);
    EXPECT_FALSE(cause == &first);
    EXPECT_EQ(any.event(), &second);
    EXPECT_EQ(virtual_board::now_us(), 1'000'000U);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAnyTest, OfSeveralThatTriggerReturnsTheFirst) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    WaitAny any(first, second);
    create_task([](Event& a, Event& b) -> Coro<> {
      co_await sleep_ms(10);
      b.set();
      a.set();
    }(first, second));
    EXPECT_EQ(co_await any.wait(), &second);
  }());
}

TEST_F(WaitAnyTest, OfSeveralThatAreSetReturnsTheFirstInTheList) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    Event third;
    second.set();
    third.set();
    WaitAny any(first, second, third);
    EXPECT_EQ(co_await any.wait(), &second);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAnyTest, CanWaitAgain) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    WaitAny any(first, second);
    for (Event* const event : {&first, &second, &first}) {
      create_task(set_events(event));
      EXPECT_EQ(co_await any.wait(), event);
      any.clear();
      EXPECT_FALSE(first.is_set());
      EXPECT_FALSE(second.is_set());
    }
  }());
}

TEST_F(WaitAnyTest, TakesNothingFromTheOthers) {
  run([]() -> Coro<> {
    ThreadSafeFlag first;
    ThreadSafeFlag second;
    create_task([](ThreadSafeFlag& a, ThreadSafeFlag& b) -> Coro<> {
      co_await sleep_ms(10);
      b.set();
      a.set();
    }(first, second));
    WaitAny any(first, second);
    // Both were set when the loop looked; the first to be asked is the first in the list.
    EXPECT_EQ(co_await any.wait(), &first);
    EXPECT_FALSE(first.is_set());
    EXPECT_TRUE(second.is_set());
    EXPECT_EQ(co_await any.wait(), &second);
  }());
}

TEST_F(WaitAnyTest, AnInterruptEndsTheWait) {
  run([]() -> Coro<> {
    Event event;
    ThreadSafeFlag flag;
    virtual_board::interrupt_at_us(2500, [&flag] { flag.set(); });
    WaitAny any(event, flag);
    EXPECT_EQ(co_await any.wait(), &flag);
    EXPECT_EQ(virtual_board::now_us(), 2500U);
  }());
}

TEST_F(WaitAnyTest, ClearSkipsWhatCannotBeCleared) {
  struct Ready {
    Coro<> wait() { co_return; }
  } ready;
  Event event;
  event.set();
  WaitAny any(ready, event);
  any.clear();
  EXPECT_FALSE(event.is_set());
}

TEST_F(WaitAnyTest, NestsAsTheDocumentSays) {
  run([]() -> Coro<> {
    Event events[4];
    const auto clear = [&events](const char* text) {
      print("%s at %d s\n", text, static_cast<int>(virtual_board::now_us() / 1'000'000));
      for (Event& event : events) event.clear();
    };
    {
      WaitAll both(events[2], events[3]);
      WaitAny any(events[0], events[1], both);
      create_task(set_events(&events[0]));
      EXPECT_EQ(co_await any.wait(), &events[0]);
      clear("any 0");
      create_task(set_events(&events[1]));
      EXPECT_EQ(co_await any.wait(), &events[1]);
      clear("any 1");
      create_task(set_events(&events[2], &events[3]));
      EXPECT_EQ(co_await any.wait(), &both);
      clear("all of 2, 3");
    }
    WaitAll all(WaitAny(events[0], events[1]), WaitAny(events[2], events[3]));
    create_task(set_events(&events[0], &events[3]));
    co_await all.wait();
    clear("any of 0, 1 and any of 2, 3");
    const auto task = create_task(all.wait());
    create_task(set_events(&events[0], &events[1]));  // does nothing
    create_task([](Task<> cancelled) -> Coro<> {
      co_await sleep_ms(3000);
      cancelled.cancel();
    }(task));
    try {
      co_await task;
    } catch (const CancelledError&) {
      clear("cancelled");
    }
    try {
      co_await asyncio::wait_for_ms(all.wait(), 4000);
    } catch (const asyncio::TimeoutError&) {
      clear("timeout");
    }
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(),
            "any 0 at 1 s\nany 1 at 2 s\nall of 2, 3 at 4 s\nany of 0, 1 and any of 2, 3 at 6 s\n"
            "cancelled at 9 s\ntimeout at 13 s\n");
}

TEST_F(WaitAnyTest, ATemporaryIsKept) {
  run([]() -> Coro<> {
    Event events[3];
    WaitAny any(events[0], WaitAll(events[1], events[2]));
    create_task(set_events(&events[1], &events[2]));
    EXPECT_NE(co_await any.wait(), &events[0]);
    EXPECT_EQ(virtual_board::now_us(), 2'000'000U);
  }());
}

TEST_F(WaitAnyTest, WorksAsATemporaryItself) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    create_task(set_events(&first));
    EXPECT_EQ(co_await WaitAny(first, second).wait(), &first);
    bool timed_out = false;
    first.clear();
    try {
      co_await asyncio::wait_for_ms(WaitAny(first, second).wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAnyTest, CancelledItsHelpersHaveEndedBeforeItThrows) {
  run([]() -> Coro<> {
    const auto task = create_task([]() -> Coro<> {
      Event first;
      Event second;
      WaitAny any(first, WaitAny(first, second));
      try {
        co_await any.wait();
      } catch (const CancelledError&) {
        print("%d tasks left\n", static_cast<int>(asyncio::all_tasks().size()));
        throw;
      }
    }());
    co_await sleep_ms(10);
    EXPECT_GT(asyncio::all_tasks().size(), 2U);
    task.cancel();
    bool cancelled = false;
    try {
      co_await task;
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
  }());
  EXPECT_EQ(virtual_board::output(), "2 tasks left\n");
}

// Takes a while to end when its wait is cancelled.
struct SlowToCancel {
  Coro<> wait() {
    bool cancelled = false;
    try {
      co_await sleep_ms(100'000);
    } catch (const CancelledError&) {
      cancelled = true;
    }
    if (cancelled) {
      co_await sleep_ms(10);
      ended = true;
      throw CancelledError();
    }
  }
  bool ended = false;
};

TEST_F(WaitAnyTest, CancelledAgainWhileItsHelpersEndItStillWaitsForThem) {
  run([]() -> Coro<> {
    const auto task = create_task([]() -> Coro<> {
      SlowToCancel slow;
      Event event;
      try {
        co_await WaitAny(event, slow).wait();
      } catch (const CancelledError&) {
        print("%s at %d ms\n", slow.ended ? "ended" : "running",
              static_cast<int>(virtual_board::now_us() / 1000));
        throw;
      }
    }());
    co_await sleep_ms(5);
    task.cancel();
    co_await sleep_ms(5);
    task.cancel();
    co_await sleep_ms(1);
    task.cancel();
    co_await sleep_ms(20);
    EXPECT_TRUE(task.done());
  }());
  EXPECT_EQ(virtual_board::output(), "ended at 15 ms\n");
}

TEST_F(WaitAnyTest, OnceOneHasTriggeredItDoesNotAskTheNext) {
  struct Counted {
    Coro<> wait() {
      ++waits;
      co_await sleep_ms(1);
    }
    int waits = 0;
  };
  run([]() -> Coro<> {
    Event event;
    event.set();
    Counted counted;
    WaitAny any(event, counted);
    EXPECT_EQ(co_await any.wait(), &event);
    EXPECT_EQ(counted.waits, 0);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(WaitAnyTest, ThrowsWhatOneOfThemThrows) {
  struct Failing {
    Coro<> wait() {
      co_await sleep_ms(10);
      throw asyncio::OSError(5);
    }
  };
  run([]() -> Coro<> {
    Event event;
    Failing failing;
    int code = 0;
    try {
      co_await WaitAny(event, failing).wait();
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 5);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(WaitAnyTest, ThrowsIfOneOfThemIsDestroyed) {
  run([]() -> Coro<> {
    Event event;
    std::optional<Event> destroyed(std::in_place);
    create_task([](std::optional<Event>& gone) -> Coro<> {
      co_await sleep_ms(10);
      gone.reset();
    }(destroyed));
    bool thrown = false;
    try {
      co_await WaitAny(event, *destroyed).wait();
    } catch (const asyncio::RuntimeError&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }());
}

TEST_F(WaitAnyTest, WithoutMemoryForItsHelpersItThrowsAndLeavesNone) {
  int out_of_memory = 0;
  bool enough = false;
  for (std::size_t size = 512; size <= 16384 && !enough; size += 128) {
    asyncio::new_event_loop();
    virtual_board::limit_frame_memory(size);
    bool reached = false;
    try {
      run([](int& failures, bool& succeeded, bool& started) -> Coro<> {
        started = true;
        Event events[3];
        events[2].set();
        WaitAny any(events[0], events[1], events[2]);
        try {
          succeeded = co_await any.wait() == &events[2];
        } catch (const asyncio::MemoryError&) {
          ++failures;
        }
        EXPECT_EQ(asyncio::all_tasks().size(), 1U);
      }(out_of_memory, enough, reached));
    } catch (const asyncio::MemoryError&) {
      EXPECT_FALSE(reached);  // no room even for main
    }
  }
  EXPECT_TRUE(enough);
  EXPECT_GT(out_of_memory, 2);  // at several places
}

TEST_F(WaitAnyTest, SeveralTasksMayWaitOnOne) {
  run([]() -> Coro<> {
    Event first;
    Event second;
    WaitAny any(first, second);
    const auto a = create_task(any.wait());
    const auto b = create_task(any.wait());
    create_task(set_events(&first));
    EXPECT_EQ(co_await a, &first);
    EXPECT_EQ(co_await b, &first);
  }());
}

// all_tasks() has them. The wait ends as it does when they are cancelled later.
TEST_F(WaitAnyTest, HelpersCancelledBeforeTheyRanEndTheWait) {
  run([]() -> Coro<> {
    for (const bool before_they_ran : {true, false}) {
      Event a;
      Event b;
      const Task<> waits = create_task(
          [](Event& first, Event& second) -> Coro<> { co_await WaitAny(first, second).wait(); }(a, b));
      co_await sleep_ms(0);
      if (!before_they_ran) co_await sleep_ms(1);
      for (const Task<>& task : asyncio::all_tasks()) {
        if (task.name() != nullptr && std::strcmp(task.name(), "WaitAny") == 0) task.cancel();
      }
      co_await sleep_ms(5);
      EXPECT_TRUE(waits.done());
      EXPECT_THROW(waits.result(), CancelledError);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    }
  }());
}

}  // namespace
