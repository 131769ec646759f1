#include "asyncio/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/elo.hpp"
#include "asyncio/event.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class TaskTest : public virtual_board::Test {};

// What `action` throws as an Exception says; "" if it throws nothing.
template <class Action>
std::string words_of(Action action) {
  try {
    action();
  } catch (const asyncio::Exception& error) {
    return error.what();
  }
  return "";
}

Coro<> nothing() { co_return; }
Coro<int> seven() { co_return 7; }
Coro<int> fails() {
  co_await sleep_ms(1);
  throw asyncio::ValueError("it failed");
}

TEST_F(TaskTest, RunReturnsTheValueOfItsCoroutine) { EXPECT_EQ(run(seven()), 7); }

TEST_F(TaskTest, AwaitingATaskAgainGivesTheResultAgain) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(seven());
    EXPECT_EQ(co_await task, 7);
    EXPECT_EQ(co_await task, 7);
    EXPECT_EQ(task.result(), 7);
  }());
}

TEST_F(TaskTest, AwaitingAFailedTaskAgainThrowsAgain) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(fails());
    for (int i = 0; i < 2; ++i) {
      try {
        co_await task;
        ADD_FAILURE();
      } catch (const asyncio::ValueError& error) {
        EXPECT_STREQ(error.what(), "it failed");
      }
    }
    EXPECT_TRUE(task.exception() != nullptr);
    EXPECT_THROW(task.result(), asyncio::ValueError);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(TaskTest, AResultThatCannotBeCopiedIsTakenByTheFirstToAwait) {
  run([]() -> Coro<> {
    const auto make = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
    const Task<std::unique_ptr<int>> task = create_task(make());
    const std::unique_ptr<int> value = co_await task;
    EXPECT_EQ(*value, 3);
    std::string words;
    try {
      co_await task;
    } catch (const asyncio::RuntimeError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "the result cannot be copied and was taken already");
  }());
}

TEST_F(TaskTest, ResultOfAnUnfinishedTaskIsAnError) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(fails());
    EXPECT_FALSE(task.done());
    EXPECT_THROW(task.result(), asyncio::InvalidStateError);
    task.cancel();
    co_await sleep_ms(0);
  }());
}

TEST_F(TaskTest, HandlesOfAnyResultCompareAndConvert) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(seven(), "seven");
    const Task<> any = task;
    EXPECT_TRUE(any == task);
    EXPECT_FALSE(any == asyncio::current_task());
    EXPECT_STREQ(any.name(), "seven");
    co_await any;
    EXPECT_EQ(co_await task, 7);
  }());
}

TEST_F(TaskTest, ATaskRunsOnWhenItsHandleIsDropped) {
  run([]() -> Coro<> {
    static_cast<void>(create_task([]() -> Coro<> {
      co_await sleep_ms(1);
      print("still here\n");
    }()));
    co_await sleep_ms(5);
  }());
  EXPECT_EQ(virtual_board::output(), "still here\n");
}

TEST_F(TaskTest, AllTasksListsTheUnfinishedInOrderOfCreation) {
  run([]() -> Coro<> {
    asyncio::Event never;
    const auto waits = [](asyncio::Event& event) -> Coro<> { co_await event.wait(); };
    create_task(nothing(), "gone");
    const Task<> a = create_task(waits(never), "a");
    const Task<> b = create_task(waits(never), "b");
    co_await sleep_ms(1);
    std::string names;
    for (const Task<>& task : asyncio::all_tasks()) names += std::string(task.name()) + " ";
    EXPECT_EQ(names, "main a b ");
    a.cancel();
    b.cancel();
    co_await sleep_ms(0);
  }());
}

TEST_F(TaskTest, RunAgainFindsTheTasksLeftFromBefore) {
  run([]() -> Coro<> {
    create_task([]() -> Coro<> {
      co_await sleep_ms(10);
      print("later\n");
    }());
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "");
  run([]() -> Coro<> { co_await sleep_ms(20); }());
  EXPECT_EQ(virtual_board::output(), "later\n");
}

TEST_F(TaskTest, NewEventLoopDestroysWhatNobodyHolds) {
  struct Says {
    ~Says() { print("destroyed\n"); }
  };
  Task<> held;
  run([](Task<>& handle) -> Coro<> {
    const auto sleeps = []() -> Coro<> {
      const Says local;
      co_await sleep_ms(1000);
    };
    create_task(sleeps());
    handle = create_task(sleeps());
    co_await sleep_ms(1);
  }(held));
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "destroyed\n");
  EXPECT_FALSE(held.done());
  EXPECT_FALSE(held.cancel());
  held = Task<>();
  EXPECT_EQ(virtual_board::output(), "destroyed\ndestroyed\n");
}

TEST_F(TaskTest, UnretrievedExceptionsAreReportedWithTheTasksName) {
  run([]() -> Coro<> {
    create_task(fails(), "sensor");
    co_await sleep_ms(5);
  }());
  EXPECT_EQ(virtual_board::output(), "Task exception wasn't retrieved\nfuture: Task sensor\nit failed\n");
}

TEST_F(TaskTest, AnExceptionHandlerMayEndTheRun) {
  asyncio::get_event_loop().set_exception_handler(
      [](asyncio::Loop&, const asyncio::ExceptionContext& context) {
        std::rethrow_exception(context.exception);
      });
  EXPECT_THROW(run([]() -> Coro<> {
                 create_task(fails());
                 co_await sleep_ms(50);
                 print("not reached\n");
               }()),
               asyncio::ValueError);
  EXPECT_EQ(virtual_board::output(), "");
  EXPECT_FALSE(asyncio::get_event_loop().is_running());
}

TEST_F(TaskTest, RunForeverEndsByStop) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    co_await sleep_ms(3);
    print("stopping\n");
    asyncio::get_event_loop().stop();
  }());
  asyncio::get_event_loop().run_forever();
  EXPECT_EQ(virtual_board::output(), "stopping\n");
}

// --- Mistakes get words

TEST_F(TaskTest, RunForeverInsideARunIsAnErrorAndLeavesStopAlone) {
  asyncio::Loop& loop = asyncio::get_event_loop();
  loop.create_task([]() -> Coro<> {
    EXPECT_THROW(asyncio::get_event_loop().run_forever(), asyncio::RuntimeError);
    co_await sleep_ms(10);
    asyncio::get_event_loop().stop();
  }());
  const Task<> beside = loop.create_task([]() -> Coro<> { co_await sleep_ms(50); }());
  loop.run_forever();
  EXPECT_EQ(virtual_board::now_us(), 10'000U);
  EXPECT_EQ(asyncio::all_tasks(), std::vector<Task<>>{beside});
}

Coro<> fails(bool stops) {
  if (stops) asyncio::get_event_loop().stop();
  throw asyncio::ValueError("out of run_forever()");
  co_return;
}

TEST_F(TaskTest, RunForeverLeavesNothingBehindWhenAnExceptionEndsIt) {
  asyncio::Loop& loop = asyncio::get_event_loop();
  loop.set_exception_handler([](asyncio::Loop&, const asyncio::ExceptionContext& context) {
    std::rethrow_exception(context.exception);
  });
  for (const bool stops : {false, true, false}) {
    loop.create_task(fails(false));
    loop.create_task(fails(stops));
    for (int i = 0; i < 2; ++i) {
      EXPECT_THROW(loop.run_forever(), asyncio::ValueError);
      EXPECT_TRUE(loop.all().next == &loop.all()) << "unfinished tasks";
      loop.stop();  // of nothing
    }
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), 0U);
  }
}

TEST_F(TaskTest, CreateTaskOutsideALoopSaysWhatToUse) {
  EXPECT_EQ(words_of([] { create_task(nothing()); }),
            "create_task(): no running event loop; call it from a coroutine, or use "
            "get_event_loop().create_task() before run()");
  EXPECT_EQ(words_of([] { asyncio::current_task(); }), "no running event loop");
}

TEST_F(TaskTest, RunInsideALoopSaysWhatToUse) {
  run([]() -> Coro<> {
    EXPECT_EQ(words_of([] { run(nothing()); }),
              "run() inside a running event loop: co_await the coroutine instead");
    EXPECT_EQ(words_of([] { asyncio::new_event_loop(); }), "new_event_loop() inside a running event loop");
    co_return;
  }());
}

TEST_F(TaskTest, AwaitingOneselfIsAnError) {
  static Task<> self;
  run([]() -> Coro<> {
    self = create_task([]() -> Coro<> {
      std::string words;
      try {
        co_await self;
      } catch (const asyncio::RuntimeError& error) {
        words = error.what();
      }
      print("%s\n", words.c_str());
    }());
    co_await self;
  }());
  self = Task<>();
  EXPECT_EQ(virtual_board::output(), "a task cannot await itself\n");
}

Coro<> awaits(const Task<>* other, const char* name) {
  try {
    co_await *other;
  } catch (const asyncio::RuntimeError& error) {
    print("%s: %s\n", name, error.what());
  } catch (const asyncio::CancelledError&) {
    print("%s cancelled\n", name);
    throw;
  }
}

TEST_F(TaskTest, TasksThatWouldAwaitEachOtherGetAnError) {
  run([]() -> Coro<> {
    Task<> a;
    Task<> b;
    Task<> c;
    a = create_task(awaits(&b, "a"));
    b = create_task(awaits(&c, "b"));
    c = create_task(awaits(&a, "c"));
    co_await sleep_ms(1);
    EXPECT_TRUE(a.done());
    EXPECT_TRUE(b.done());
    EXPECT_TRUE(c.done());
  }());
  EXPECT_EQ(virtual_board::output(), "c: these tasks would await each other\n");
}

TEST_F(TaskTest, WaitForOfATaskThatAwaitsTheCallerIsAnError) {
  run([]() -> Coro<> {
    Task<> a;
    Task<> b;
    const auto limited = [](const Task<>* other) -> Coro<> {
      try {
        co_await asyncio::wait_for_ms(*other, 10);
      } catch (const asyncio::RuntimeError& error) {
        print("%s\n", error.what());
      }
    };
    a = create_task(awaits(&b, "a"));
    b = create_task(limited(&a));
    co_await sleep_ms(1);
    EXPECT_TRUE(a.done());
  }());
  EXPECT_EQ(virtual_board::output(), "these tasks would await each other\n");
}

TEST_F(TaskTest, ACoroutineRunsOnce) {
  run([]() -> Coro<> {
    Coro<int> coro = seven();
    EXPECT_EQ(co_await coro, 7);
    std::string words;
    try {
      co_await coro;
    } catch (const asyncio::RuntimeError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "cannot await a coroutine that was already awaited or moved");
    EXPECT_EQ(words_of([&] { create_task(std::move(coro)); }),
              "create_task(): the coroutine was already awaited or moved");
    words = "";
    try {
      co_await Task<>();
    } catch (const asyncio::RuntimeError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "cannot await an empty Task: assign it from create_task() first");
    EXPECT_EQ(words_of([] { static_cast<void>(Task<>().done()); }),
              "an empty Task: assign it from create_task() first");
  }());
}

Coro<> awaits(Coro<int>& coro, int& result) { result = co_await coro; }
Coro<int> seven_later() {
  co_await sleep_ms(5);
  co_return 7;
}

TEST_F(TaskTest, ACoroutineOutlivesItsHolderWhileItIsAwaited) {
  int result = 0;
  run([](int& value) -> Coro<> {
    auto coro = std::make_unique<Coro<int>>(seven_later());
    const Task<> task = create_task(awaits(*coro, value));
    co_await sleep_ms(0);
    coro.reset();
    co_await task;
  }(result));
  EXPECT_EQ(result, 7);
}

// What `function` throws when it awaits a task that new_event_loop() has forgotten.
template <class F>
std::string error_for_a_forgotten_task(F function) {
  Task<> old;
  run([](Task<>& handle) -> Coro<> {
    handle = create_task([]() -> Coro<> { co_await sleep_ms(1000); }());
    co_await sleep_ms(1);
  }(old));
  asyncio::new_event_loop();
  std::string words;
  try {
    run(function(old));
  } catch (const asyncio::RuntimeError& error) {
    words = error.what();
  }
  run([]() -> Coro<> { co_await sleep_ms(2000); }());
  EXPECT_FALSE(old.done());
  return words;
}

TEST_F(TaskTest, WaitingForATaskOfALoopThatIsGoneIsAnError) {
  const std::string words = "the task belongs to a loop that is gone: new_event_loop() has forgotten it";
  EXPECT_EQ(error_for_a_forgotten_task([](Task<> old) -> Coro<> { co_await old; }), words);
  EXPECT_EQ(error_for_a_forgotten_task([](Task<> old) -> Coro<> { co_await asyncio::wait_for_ms(old, 10); }),
            words);
  EXPECT_EQ(error_for_a_forgotten_task([](Task<> old) -> Coro<> { co_await asyncio::gather(old); }), words);
  EXPECT_EQ(error_for_a_forgotten_task([](Task<> old) -> Coro<> { co_await asyncio::ELO<>(old).wait(); }),
            words);

  Task<> old;
  run([](Task<>& handle) -> Coro<> {
    handle = create_task([]() -> Coro<> { co_await sleep_ms(1000); }());
    co_await sleep_ms(1);
  }(old));
  asyncio::new_event_loop();
  EXPECT_THROW(asyncio::get_event_loop().run_until_complete(old), asyncio::RuntimeError);
  EXPECT_FALSE(old.cancel());
}

TEST_F(TaskTest, TheDestructorOfAParameterMayAskForTheCurrentTask) {
  struct Says {
    Says() = default;
    Says(Says&& other) noexcept : says(std::exchange(other.says, false)) {}
    Says& operator=(Says&&) = delete;
    ~Says() {
      if (says) print("%s ends\n", asyncio::current_task().name());
    }
    bool says = true;
  };
  run([]() -> Coro<> {
    const auto works = [](Says) -> Coro<> { co_await sleep_ms(100); };
    Task<> cancelled = create_task(works(Says()), "cancelled");
    co_await sleep_ms(1);
    cancelled.cancel();
    cancelled = Task<>();
    co_await sleep_ms(1);
    const Task<> finished = create_task(works(Says()), "finished");
    co_await finished;
    create_task(works(Says()), "dropped");
    co_await sleep_ms(200);
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled ends\ndropped ends\nmain ends\n");
}

TEST_F(TaskTest, NewEventLoopDestroysACoroutineHeldByOneTaskAndAwaitedByAnother) {
  const auto destroyed = std::make_shared<int>(0);
  const auto holder = [](std::shared_ptr<int> token) -> Coro<> {
    Coro<int> coro = [](std::shared_ptr<int>) -> Coro<int> {
      co_await sleep_ms(5);
      co_return 1;
    }(std::move(token));
    int result = 0;
    const Task<> task = create_task(awaits(coro, result));
    co_await sleep_ms(100);
  };
  run([](Coro<> held) -> Coro<> {
    create_task(std::move(held));
    co_await sleep_ms(1);
  }(holder(destroyed)));
  asyncio::new_event_loop();
  EXPECT_EQ(destroyed.use_count(), 1);
}

}  // namespace
