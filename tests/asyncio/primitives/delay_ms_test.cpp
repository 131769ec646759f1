#include "asyncio/delay_ms.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::Delay_ms;
using asyncio::Event;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::WaitAny;

namespace {

class DelayMsTest : public virtual_board::Test {};

int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }

int called(const char* text) {
  print("%s at %d\n", text, now_ms());
  return 42;
}

TEST_F(DelayMsTest, DoesNothingUntilItIsTriggered) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"), 10);
    EXPECT_FALSE(delay.running());
    co_await sleep_ms(100);
    EXPECT_FALSE(delay());
    EXPECT_FALSE(delay.rvalue());
    EXPECT_FALSE(delay.is_set());
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(DelayMsTest, RunsForAsLongAsTheConstructorSaysAndThenCallsBack) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"), 5000);
    delay.trigger();
    co_await sleep_ms(4000);
    EXPECT_TRUE(delay.running());
    delay.trigger();
    co_await sleep_ms(4000);
    EXPECT_TRUE(delay());
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(2000);
    EXPECT_FALSE(delay.running());
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 9000\n");
}

TEST_F(DelayMsTest, TheDefaultIsASecond) {
  run([]() -> Coro<> {
    Delay_ms delay;
    delay.trigger();
    co_await delay.wait();
    EXPECT_EQ(now_ms(), 1000);
  }());
}

TEST_F(DelayMsTest, TriggeredAgainAndAgainTheTimeIsNeverUp) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    for (int i = 0; i < 10; ++i) {
      co_await sleep_ms(500);
      delay.trigger();
    }
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(2000);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 6000\n");
}

TEST_F(DelayMsTest, TriggerMayShortenTheTime) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    delay.trigger(5000);
    co_await sleep_ms(6000);
    delay.trigger(10'000);
    co_await sleep_ms(1000);
    delay.trigger(3000);
    co_await sleep_ms(20'000);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 5000\ncallback at 10000\n");
}

TEST_F(DelayMsTest, OfSeveralTriggersInOneSliceTheLastCounts) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    delay.trigger(100);
    delay.trigger(10);
    delay.trigger(50);
    co_await sleep_ms(200);
    delay.trigger(10);
    co_await sleep_ms(5);
    delay.trigger(2);
    delay.trigger(20);
    co_await sleep_ms(200);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 50\ncallback at 225\n");
}

TEST_F(DelayMsTest, RvalueIsWhatTheCallbackReturnedUntilTheNextTrigger) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    delay.trigger(5000);
    co_await sleep_ms(6000);
    EXPECT_EQ(delay.rvalue().as<int>(), 42);
    delay.trigger(3000);
    EXPECT_FALSE(delay.rvalue());
    co_await sleep_ms(1000);
    delay.stop();
    EXPECT_FALSE(delay());
    co_await sleep_ms(4000);
    EXPECT_FALSE(delay.rvalue());
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 5000\n");
}

TEST_F(DelayMsTest, ACoroutineAsCallbackBecomesATask) {
  run([]() -> Coro<> {
    const auto job = [](const char* text, int ms) -> Coro<int> {
      print("%s starts\n", text);
      co_await sleep_ms(ms);
      print("%s ends\n", text);
      co_return ms;
    };
    Delay_ms delay(job, std::tuple("coroutine", 3000), 5000);
    delay.trigger();
    co_await sleep_ms(6000);
    delay.rvalue().task().cancel();
    co_await sleep_ms(6000);
    delay.trigger();
    co_await sleep_ms(6000);
    EXPECT_EQ(co_await delay.rvalue().as<Task<int>>(), 3000);
  }());
  EXPECT_EQ(virtual_board::output(), "coroutine starts\ncoroutine starts\ncoroutine ends\n");
}

TEST_F(DelayMsTest, StopCallsItOffAndItCanBeTriggeredAgain) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"), 100);
    delay.stop();
    delay.trigger();
    delay.stop();  // before its tasks have seen the trigger
    co_await sleep_ms(200);
    delay.trigger();
    co_await sleep_ms(50);
    delay.stop();
    EXPECT_FALSE(delay.running());
    co_await sleep_ms(200);
    EXPECT_EQ(virtual_board::output(), "");
    delay.trigger();
    delay.stop();
    delay.trigger(20);
    co_await sleep_ms(200);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 470\n");
}

TEST_F(DelayMsTest, StopClearsTheEvent) {
  run([]() -> Coro<> {
    Delay_ms delay(10);
    delay.trigger();
    co_await delay.wait();
    EXPECT_TRUE(delay.is_set());
    delay.stop();
    EXPECT_FALSE(delay.is_set());
  }());
}

TEST_F(DelayMsTest, TheEventIsSetAndTheDelayStoppedWhenTheCallbackRuns) {
  run([]() -> Coro<> {
    const Delay_ms* self = nullptr;
    Delay_ms delay(
        [&self] { print("%s, %s\n", self->is_set() ? "set" : "clear", (*self)() ? "running" : "stopped"); },
        10);
    self = &delay;
    delay.trigger();
    co_await sleep_ms(20);
  }());
  EXPECT_EQ(virtual_board::output(), "set, stopped\n");
}

TEST_F(DelayMsTest, SeveralTasksWaitForIt) {
  run([]() -> Coro<> {
    Delay_ms delay;
    for (int n = 0; n < 4; ++n) {
      create_task([](Delay_ms& waited, int number) -> Coro<> {
        co_await waited.wait();
        waited.clear();
        print("%d done\n", number);
      }(delay, n));
    }
    delay.trigger(3000);
    co_await delay.wait();
    print("main done at %d\n", now_ms());
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "main done at 3000\n0 done\n1 done\n2 done\n3 done\n");
}

TEST_F(DelayMsTest, TheEventCanBeSetAndClearedByHand) {
  run([]() -> Coro<> {
    Delay_ms delay;
    delay.set();
    co_await delay.wait();
    EXPECT_FALSE(delay.running());
    delay.clear();
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(delay.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
  }());
}

TEST_F(DelayMsTest, TheCallbackCanBeReplacedAndDisabled) {
  run([]() -> Coro<> {
    Delay_ms delay(10);
    delay.callback(called, std::tuple("first"));
    delay.trigger();
    co_await sleep_ms(20);
    delay.callback([] { called("second"); });
    delay.trigger();
    co_await sleep_ms(20);
    delay.callback();
    delay.trigger();
    co_await sleep_ms(20);
    EXPECT_FALSE(delay.rvalue());
    EXPECT_TRUE(delay.is_set());
  }());
  EXPECT_EQ(virtual_board::output(), "first at 10\nsecond at 30\n");
}

TEST_F(DelayMsTest, TheCallbackMayReplaceItself) {
  run([]() -> Coro<> {
    Delay_ms delay(10);
    const char text[] = "first";
    delay.callback([&delay, &text] {
      delay.callback(called, std::tuple("second"));
      called(text);
    });
    for (int i = 0; i < 3; ++i) {
      delay.trigger();
      co_await sleep_ms(20);
    }
  }());
  EXPECT_EQ(virtual_board::output(), "first at 10\nsecond at 30\nsecond at 50\n");
}

TEST_F(DelayMsTest, TheCallbackMayTriggerStopAndDeinit) {
  run([]() -> Coro<> {
    Delay_ms delay(10);
    int calls = 0;
    delay.callback([&] {
      called("tick");
      ++calls;
      if (calls == 1) delay.trigger();
      if (calls == 2) {
        delay.trigger();
        delay.stop();
        delay.trigger(5);
      }
      if (calls == 3) delay.deinit();
    });
    delay.trigger();
    co_await sleep_ms(100);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "tick at 10\ntick at 20\ntick at 25\n");
}

TEST_F(DelayMsTest, ACallbackThatThrowsIsReportedAndTheDelayWorksOn) {
  run([]() -> Coro<> {
    int calls = 0;
    Delay_ms delay(
        [&calls] {
          if (++calls == 1) throw asyncio::OSError(5, "sensor is gone");
          called("callback");
        },
        10);
    delay.trigger();
    co_await sleep_ms(20);
    EXPECT_NE(virtual_board::output().find("sensor is gone"), std::string::npos);
    delay.trigger();
    co_await sleep_ms(20);
  }());
  EXPECT_NE(virtual_board::output().find("callback at 30\n"), std::string::npos);
}

TEST_F(DelayMsTest, AnInterruptTriggersIt) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    // Every 100 ms for five seconds.
    for (unsigned i = 1; i <= 50; ++i) {
      virtual_board::interrupt_at_us(i * 100'000, [&delay] { delay.trigger(200); });
    }
    co_await sleep_ms(5000);
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 5200\n");
}

TEST_F(DelayMsTest, TheTimeCountsFromTheInterruptHoweverLateItsTasksRun) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    virtual_board::interrupt_at_us(10'000, [&delay] { delay.trigger(50); });
    virtual_board::spend_us(40'000);  // a slice too long
    co_await sleep_ms(100);
    virtual_board::interrupt_at_us(150'000, [&delay] { delay.trigger(50); });
    virtual_board::spend_us(80'000);  // longer than the delay
    EXPECT_TRUE(delay.running());
    print("at once\n");
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 60\nat once\ncallback at 220\n");
}

TEST_F(DelayMsTest, ATriggerInTheInstantTheTimeIsUpPutsItOff) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"), 10);
    delay.trigger();
    // Wakes up with the delay, but the interrupt comes before that can run.
    virtual_board::interrupt_at_us(10'000, [&delay] { delay.trigger(); });
    co_await sleep_ms(100);
    // The slice before it takes long: an interrupt comes when the time is up already and nobody has looked.
    create_task([]() -> Coro<> {
      co_await sleep_ms(9);
      virtual_board::spend_us(5000);
    }());
    co_await sleep_ms(0);
    delay.trigger();
    virtual_board::interrupt_at_us(112'000, [&delay] { delay.trigger(); });
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 20\ncallback at 122\n");
}

TEST_F(DelayMsTest, AfterDeinitTriggerIsARuntimeError) {
  run([]() -> Coro<> {
    Delay_ms delay(called, std::tuple("callback"));
    delay.trigger();
    co_await sleep_ms(2000);
    delay.trigger();
    delay.deinit();
    EXPECT_THROW(delay.trigger(), asyncio::RuntimeError);
    EXPECT_FALSE(delay.running());
    delay.deinit();
    co_await sleep_ms(2000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "callback at 1000\n");
}

TEST_F(DelayMsTest, CanBeMadeBeforeRun) {
  Delay_ms delay(called, std::tuple("callback"), 10);
  delay.trigger();
  run([]() -> Coro<> { co_await sleep_ms(100); }());
  EXPECT_EQ(virtual_board::output(), "callback at 10\n");
}

TEST_F(DelayMsTest, TooLongATimeIsAnOverflowError) {
  EXPECT_THROW(Delay_ms(1U << 30), asyncio::OverflowError);
  Delay_ms delay;
  EXPECT_THROW(delay.trigger(1U << 30), asyncio::OverflowError);
  EXPECT_FALSE(delay.running());
}

TEST_F(DelayMsTest, DestroyedInWhateverStateItLeavesNoTask) {
  run([]() -> Coro<> {
    for (const int age : {0, 1, 2, 5, 10, 15}) {
      std::optional<Delay_ms> delay(std::in_place, called, std::tuple("callback"), 10U);
      if (age > 0) co_await sleep_ms(0);
      delay->trigger();
      for (int i = 0; i < age; ++i) {
        // A millisecond, and then the very slice in which the time may be up.
        co_await sleep_ms(i < 3 ? 0 : 1);
      }
      delay.reset();
      co_await sleep_ms(1);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U) << age;
    }
  }());
  EXPECT_EQ(virtual_board::output().find("callback"), virtual_board::output().rfind("callback"));
}

TEST_F(DelayMsTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Delay_ms> delay(10U);
    const auto waiter = create_task([](Delay_ms& waited) -> Coro<> {
      try {
        co_await waited.wait();
      } catch (const asyncio::RuntimeError&) {
        print("destroyed\n");
      }
    }(*delay));
    co_await sleep_ms(0);
    delay.reset();
    co_await waiter;
  }());
  EXPECT_EQ(virtual_board::output(), "destroyed\n");
}

TEST_F(DelayMsTest, OutlivesTheLoopItWasMadeIn) {
  Delay_ms delay(10);
  delay.trigger();
  run([]() -> Coro<> { co_await sleep_ms(5); }());
  asyncio::new_event_loop();
}

TEST_F(DelayMsTest, InAWaitAnyItEndsAWaitThatNobodyKeepsAlive) {
  run([]() -> Coro<> {
    Delay_ms delay(1000);
    Event event;
    create_task([](Delay_ms& alive, Event& triggered) -> Coro<> {
      for (int i = 0; i < 5; ++i) {
        alive.trigger();
        if (i == 3) triggered.set();
        co_await sleep_ms(900);
      }
    }(delay, event));
    for (;;) {
      const void* const cause = co_await WaitAny(event, delay).wait();
      if (cause == &delay) {
        print("aborted at %d\n", now_ms());
        delay.clear();
        break;
      }
      event.clear();
      print("event at %d\n", now_ms());
    }
  }());
  EXPECT_EQ(virtual_board::output(), "event at 2700\naborted at 4600\n");
}

TEST_F(DelayMsTest, TellsAShortALongAndAVeryLongPress) {
  // A button's two events, and two delays, as in the document.
  run([]() -> Coro<> {
    Event pressed;
    Event released;
    Delay_ms fairly_long(1000);
    Delay_ms very_long(8000);
    const auto presses = create_task([](Event& press, Event& release) -> Coro<> {
      for (const int ms : {300, 3000, 9000}) {
        press.set();
        co_await sleep_ms(ms);
        release.set();
        co_await sleep_ms(100);
      }
    }(pressed, released));
    for (int i = 0; i < 3; ++i) {
      very_long.stop();
      fairly_long.stop();
      co_await pressed.wait();
      pressed.clear();
      fairly_long.trigger();
      very_long.trigger();
      co_await released.wait();
      released.clear();
      if (!very_long()) {
        print("very long\n");
      } else if (!fairly_long()) {
        print("long\n");
      } else {
        print("short\n");
      }
    }
    co_await presses;
  }());
  EXPECT_EQ(virtual_board::output(), "short\nlong\nvery long\n");
}

}  // namespace
