#include "asyncio/async_generator.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::AsyncGenerator;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class AsyncGeneratorTest : public virtual_board::Test {};

// Says when it is destroyed.
struct Local {
  const char* name;
  explicit Local(const char* text) : name(text) {}
  Local(const Local&) = delete;
  ~Local() { print("~%s\n", name); }
};

AsyncGenerator<int> count_to(int n) {
  for (int i = 1; i <= n; ++i) co_yield i;
}

AsyncGenerator<int> ticks(int n, int milliseconds) {
  for (int i = 1; i <= n; ++i) {
    co_await sleep_ms(milliseconds);
    co_yield i;
  }
}

Coro<int> slow(int value) {
  co_await sleep_ms(10);
  co_return value;
}

TEST_F(AsyncGeneratorTest, NextGivesTheValuesThenNothing) {
  run([]() -> Coro<> {
    auto values = count_to(2);
    EXPECT_EQ(co_await values.next(), 1);
    EXPECT_EQ(co_await values.next(), 2);
    EXPECT_EQ(co_await values.next(), std::nullopt);
    EXPECT_EQ(co_await values.next(), std::nullopt);
  }());
}

TEST_F(AsyncGeneratorTest, AWhileLoopReadsItToTheEnd) {
  run([]() -> Coro<> {
    auto values = ticks(3, 100);
    while (const auto value = co_await values.next()) {
      print("%d at %d\n", *value, static_cast<int>(virtual_board::now_us() / 1000));
    }
    print("end\n");
  }());
  EXPECT_EQ(virtual_board::output(), "1 at 100\n2 at 200\n3 at 300\nend\n");
}

TEST_F(AsyncGeneratorTest, AnIteratorReadsItToTheEnd) {
  run([]() -> Coro<> {
    auto values = ticks(3, 100);
    for (auto it = co_await values.begin(); it != values.end(); co_await ++it) print("%d\n", *it);
    print("%d ms\n", static_cast<int>(virtual_board::now_us() / 1000));
  }());
  EXPECT_EQ(virtual_board::output(), "1\n2\n3\n300 ms\n");
}

TEST_F(AsyncGeneratorTest, AnEmptyOneEndsAtOnce) {
  run([]() -> Coro<> {
    auto none = count_to(0);
    EXPECT_TRUE(co_await none.begin() == none.end());
    EXPECT_EQ(co_await none.next(), std::nullopt);
  }());
}

TEST_F(AsyncGeneratorTest, ItStartsWhenFirstAsked) {
  run([]() -> Coro<> {
    auto speaking = []() -> AsyncGenerator<int> {
      print("started\n");
      co_yield 1;
    }();
    print("made\n");
    co_await speaking.next();
  }());
  EXPECT_EQ(virtual_board::output(), "made\nstarted\n");
}

TEST_F(AsyncGeneratorTest, NextRunsInTheSliceOfItsConsumer) {
  run([]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    auto values = count_to(3);
    while (const auto value = co_await values.next()) print("%d\n", *value);
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "1\n2\n3\nother\n") << "nothing was queued";
}

TEST_F(AsyncGeneratorTest, ItsWaitsLetOtherTasksRun) {
  run([]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      for (int i = 0; i < 3; ++i) {
        print("other\n");
        co_await sleep_ms(100);
      }
    }());
    auto values = ticks(2, 150);
    while (const auto value = co_await values.next()) print("%d\n", *value);
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "other\nother\n1\nother\n2\n");
}

TEST_F(AsyncGeneratorTest, ItAwaitsCoroutinesTasksAndOtherGenerators) {
  run([]() -> Coro<> {
    auto evens = [](AsyncGenerator<int> source) -> AsyncGenerator<int> {
      const Task<int> task = create_task(slow(100));
      while (const auto value = co_await source.next()) {
        if (*value % 2 == 0) co_yield co_await slow(*value);
      }
      co_yield co_await task;
    }(ticks(5, 1));
    std::vector<int> all;
    while (const auto value = co_await evens.next()) all.push_back(*value);
    EXPECT_EQ(all, (std::vector<int>{2, 4, 100}));
  }());
}

TEST_F(AsyncGeneratorTest, ConditionsMayAwaitWithoutALocalInTheBody) {
  struct Flags {
    static Coro<bool> again(int& turns) { co_return turns-- > 0; }
    static AsyncGenerator<int> of(asyncio::Event& event, int& turns) {
      if (co_await event.wait()) co_yield 1;
      while (co_await again(turns)) co_yield 2;
      switch (co_await slow(3)) {
        case 3:
          co_yield 3;
          break;
        default:
          co_yield -1;
      }
    }
  };
  run([]() -> Coro<> {
    asyncio::Event event;
    int turns = 2;
    auto values = Flags::of(event, turns);
    event.set();
    std::vector<int> all;
    for (auto it = co_await values.begin(); it != values.end(); co_await ++it) all.push_back(*it);
    EXPECT_EQ(all, (std::vector<int>{1, 2, 2, 3}));
  }());
}

TEST_F(AsyncGeneratorTest, ValuesMayBeMoveOnlyAndNeedNoDefault) {
  struct Reading {
    std::unique_ptr<std::string> text;
    explicit Reading(const char* value) : text(std::make_unique<std::string>(value)) {}
  };
  run([]() -> Coro<> {
    auto readings = []() -> AsyncGenerator<Reading> {
      co_yield Reading("a");
      Reading b("b");
      co_yield std::move(b);
    }();
    EXPECT_EQ(*(co_await readings.next())->text, "a");
    auto it = co_await readings.begin();
    EXPECT_EQ(*it->text, "b");
    const Reading taken = std::move(*it);
    EXPECT_EQ(*taken.text, "b");
    co_await ++it;
    EXPECT_TRUE(it == readings.end());
  }());
}

TEST_F(AsyncGeneratorTest, AnExceptionComesThroughAndEndsIt) {
  run([]() -> Coro<> {
    auto failing = []() -> AsyncGenerator<int> {
      const Local local("local");
      co_yield 1;
      co_await sleep_ms(1);
      throw std::runtime_error("sensor gone");
    }();
    EXPECT_EQ(co_await failing.next(), 1);
    std::string what;
    try {
      co_await failing.next();
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "sensor gone");
    EXPECT_EQ(virtual_board::output(), "~local\n");
    EXPECT_EQ(co_await failing.next(), std::nullopt);
  }());
}

TEST_F(AsyncGeneratorTest, ItMayCatchAnExceptionAndGoOn) {
  run([]() -> Coro<> {
    auto robust = []() -> AsyncGenerator<int> {
      for (int i = 0; i < 2; ++i) {
        bool failed = false;
        try {
          co_await [](int n) -> Coro<> {
            co_await sleep_ms(1);
            if (n == 0) throw std::runtime_error("once");
          }(i);
        } catch (const std::runtime_error&) {
          failed = true;
        }
        co_yield failed ? -1 : 1;
      }
    }();
    EXPECT_EQ(co_await robust.next(), -1);
    EXPECT_EQ(co_await robust.next(), 1);
    EXPECT_EQ(co_await robust.next(), std::nullopt);
  }());
}

TEST_F(AsyncGeneratorTest, CancellingTheConsumerCancelsWhatItWaitsFor) {
  run([]() -> Coro<> {
    const Task<> consumer = create_task([]() -> Coro<> {
      auto values = []() -> AsyncGenerator<int> {
        const Local local("generator");
        co_yield 1;
        try {
          co_await sleep_ms(1000);
        } catch (const asyncio::CancelledError&) {
          print("cancelled in the generator\n");
          throw;
        }
      }();
      co_await values.next();
      try {
        co_await values.next();
      } catch (const asyncio::CancelledError&) {
        print("cancelled in the consumer\n");
      }
      EXPECT_EQ(co_await values.next(), std::nullopt);
    }());
    co_await sleep_ms(10);
    consumer.cancel();
    co_await consumer;
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled in the generator\n~generator\ncancelled in the consumer\n");
}

TEST_F(AsyncGeneratorTest, OneThatCatchesTheCancellationGoesOn) {
  run([]() -> Coro<> {
    auto values = []() -> AsyncGenerator<int> {
      for (int i = 0;; ++i) {
        try {
          co_await sleep_ms(1000);
        } catch (const asyncio::CancelledError&) {
        }
        co_yield i;
      }
    }();
    const Task<std::optional<int>> asking = create_task(asyncio::as_coroutine(values.next()));
    co_await sleep_ms(10);
    asking.cancel();
    EXPECT_EQ(co_await asking, 0);
    EXPECT_EQ(co_await values.next(), 1);
  }());
}

TEST_F(AsyncGeneratorTest, ATimeoutEndsIt) {
  run([]() -> Coro<> {
    auto values = ticks(3, 100);
    EXPECT_EQ(co_await asyncio::wait_for_ms(values.next(), 150), 1);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(values.next(), 50);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(co_await values.next(), std::nullopt);
  }());
}

TEST_F(AsyncGeneratorTest, SeveralTasksMayReadInTurn) {
  run([]() -> Coro<> {
    auto values = count_to(10);
    const auto read_two = [](AsyncGenerator<int>& source, const char* name) -> Coro<> {
      for (int i = 0; i < 2; ++i) {
        const auto value = co_await source.next();
        print("%s %d\n", name, *value);
        co_await sleep_ms(1);
      }
    };
    const Task<> a = create_task(read_two(values, "a"));
    const Task<> b = create_task(read_two(values, "b"));
    co_await a;
    co_await b;
  }());
  EXPECT_EQ(virtual_board::output(), "a 1\nb 2\na 3\nb 4\n");
}

TEST_F(AsyncGeneratorTest, ASecondTaskThatAsksMeanwhileGetsAnError) {
  run([]() -> Coro<> {
    auto values = ticks(2, 10);
    const Task<std::optional<int>> first = create_task(asyncio::as_coroutine(values.next()));
    co_await sleep_ms(0);
    std::string what;
    try {
      co_await values.next();
    } catch (const asyncio::RuntimeError& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "another task already waits for this generator");
    EXPECT_EQ(co_await first, 1);
    EXPECT_EQ(co_await values.next(), 2);
  }());
}

TEST_F(AsyncGeneratorTest, AMovedOneRefuses) {
  run([]() -> Coro<> {
    auto values = count_to(2);
    auto taken = std::move(values);
    EXPECT_EQ(co_await taken.next(), 1);
    bool refused = false;
    try {
      co_await values.next();
    } catch (const asyncio::RuntimeError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
  }());
}

// --- Destruction, wherever it stands

TEST_F(AsyncGeneratorTest, OneThatNeverRanIsDestroyedWithItsParameters) {
  const auto kept = std::make_shared<int>(1);
  {
    const auto unused = [](std::shared_ptr<int> value) -> AsyncGenerator<int> { co_yield *value; }(kept);
    EXPECT_EQ(kept.use_count(), 2);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_F(AsyncGeneratorTest, DestroyedAtAYieldItDestroysItsLocalsOnce) {
  run([]() -> Coro<> {
    {
      auto values = []() -> AsyncGenerator<int> {
        const Local local("local");
        for (int i = 0;; ++i) co_yield i;
      }();
      co_await values.next();
      print("leaving\n");
    }
    print("left\n");
  }());
  EXPECT_EQ(virtual_board::output(), "leaving\n~local\nleft\n");
}

TEST_F(AsyncGeneratorTest, DestroyedWithItsTaskInTheMiddleOfAWaitItDestroysItsLocalsOnce) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    const Local outer("consumer");
    auto values = []() -> AsyncGenerator<int> {
      const Local local("generator");
      co_await []() -> Coro<> {
        const Local inner("inner");
        co_await sleep_ms(1000);
      }();
      co_yield 1;
    }();
    co_await values.next();
  }());
  run([]() -> Coro<> { co_await sleep_ms(10); }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "~inner\n~generator\n~consumer\n");
}

TEST_F(AsyncGeneratorTest, DestroyedWithItsTaskWhileTwoGeneratorsDeep) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    auto outer = [](AsyncGenerator<int> inner) -> AsyncGenerator<int> {
      const Local local("outer");
      while (const auto value = co_await inner.next()) co_yield *value;
    }([]() -> AsyncGenerator<int> {
      const Local local("inner");
      co_yield 1;
      co_await sleep_ms(1000);
    }());
    co_await outer.next();
    co_await outer.next();
  }());
  run([]() -> Coro<> { co_await sleep_ms(10); }());
  asyncio::new_event_loop();
  const std::string& output = virtual_board::output();
  EXPECT_TRUE(output == "~inner\n~outer\n" || output == "~outer\n~inner\n") << output;
}

TEST_F(AsyncGeneratorTest, OneThatOutlivesTheTaskItRanInSaysSo) {
  auto values = []() -> AsyncGenerator<int> {
    const Local local("generator");
    co_await slow(1);
    co_yield 1;
  }();
  asyncio::get_event_loop().create_task(asyncio::as_coroutine(values.next()));
  run([]() -> Coro<> { co_await sleep_ms(1); }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "~generator\n");  // it could not go on
  run([&]() -> Coro<> {
    std::string what;
    try {
      co_await values.next();
    } catch (const asyncio::RuntimeError& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "the task this generator ran in was destroyed");
    const auto last = std::move(values);
  }());
  EXPECT_EQ(virtual_board::output(), "~generator\n");  // once
}

TEST_F(AsyncGeneratorTest, DestroyedUnderItsConsumerItIsAnErrorThere) {
  run([]() -> Coro<> {
    auto values = std::make_unique<AsyncGenerator<int>>([]() -> AsyncGenerator<int> {
      const Local local("generator");
      co_await []() -> Coro<> {
        const Local inner("inner");
        co_await sleep_ms(20);
      }();
      co_yield 1;
    }());
    const Task<std::optional<int>> asking = create_task(asyncio::as_coroutine(values->next()));
    co_await sleep_ms(10);
    values.reset();
    print("gone\n");
    bool told = false;
    try {
      co_await asking;
    } catch (const asyncio::RuntimeError&) {
      told = true;
    }
    EXPECT_TRUE(told);
  }());
  EXPECT_EQ(virtual_board::output(), "~inner\n~generator\ngone\n");
}

TEST_F(AsyncGeneratorTest, DestroyedBeforeTheTaskItRunsIn) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    // Destroyed first: tasks go in order of creation.
    auto values = []() -> AsyncGenerator<int> {
      const Local local("generator");
      co_await slow(1);
      co_yield 1;
    }();
    const Task<> reading = create_task([](AsyncGenerator<int>& source) -> Coro<> {
      const Local local("reader");
      co_await source.next();
    }(values));
    co_await sleep_ms(1000);
  }());
  run([]() -> Coro<> { co_await sleep_ms(5); }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "~generator\n~reader\n");
}

TEST_F(AsyncGeneratorTest, AMillionValuesUseNoStackAndOneFrame) {
  run([]() -> Coro<> {
    auto values = count_to(1'000'000);
    const std::size_t frames = asyncio::frame_allocator.live_frames();
    long long sum = 0;
    while (const auto value = co_await values.next()) sum += *value;
    EXPECT_EQ(sum, 500'000'500'000);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames);
  }());
}

}  // namespace
