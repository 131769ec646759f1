// Devices, flags and interrupts: who runs when one is ready, in the default order and with priority.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/device_wait.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/io_base.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::ThreadSafeFlag;

namespace {

class IoTest : public virtual_board::Test {};

// `busy` tasks that give way all the time, each slice 100 µs; the flag is set by an interrupt in the first of
// them. How many of their slices pass until the waiter runs.
int slices_until_served(bool priority, int busy) {
  static int slices;
  slices = 0;
  static bool served;
  served = false;
  run([](bool first, int others) -> Coro<> {
    ThreadSafeFlag flag;
    flag.set_priority(first);
    const Task<> waiter = create_task([](ThreadSafeFlag& f) -> Coro<> {
      co_await f.wait();
      served = true;
    }(flag));
    for (int i = 0; i < others; ++i) {
      create_task([]() -> Coro<> {
        while (!served) {
          virtual_board::spend_us(100);
          if (virtual_board::now_us() > 10'000) ++slices;
          co_await sleep_ms(0);
        }
      }());
    }
    virtual_board::interrupt_at_us(10'050, [&flag] { flag.set(); });
    co_await waiter;
  }(priority, busy));
  return slices;
}

TEST_F(IoTest, ADeviceWaitsForEveryReadyTaskByDefault) {
  // The slice in which the interrupt came, and one of each busy task.
  EXPECT_EQ(slices_until_served(false, 10), 1 + 10);
}

TEST_F(IoTest, APriorityDeviceRunsNext) { EXPECT_EQ(slices_until_served(true, 10), 1); }

TEST_F(IoTest, PriorityDevicesThatAreReadyTogetherKeepTheirOrder) {
  run([]() -> Coro<> {
    ThreadSafeFlag flags[3];
    const auto waits = [](ThreadSafeFlag& flag, int number) -> Coro<> {
      co_await flag.wait();
      print("%d ", number);
    };
    for (int i = 0; i < 3; ++i) {
      flags[i].set_priority(true);
      create_task(waits(flags[i], i));
    }
    co_await sleep_ms(1);
    create_task([]() -> Coro<> {
      print("ready before ");
      co_return;
    }());
    for (ThreadSafeFlag& flag : flags) flag.set();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "0 1 2 ready before ");
}

Coro<> waits_and_says(ThreadSafeFlag& flag, int number) {
  try {
    co_await flag.wait();
    print("%d woke\n", number);
  } catch (const asyncio::RuntimeError& error) {
    print("%d: %s\n", number, error.what());
  }
}

TEST_F(IoTest, PriorityGivenOrTakenDuringAWaitCountsForTheNextWait) {
  for (const bool priority : {true, false}) {
    run([](bool later) -> Coro<> {
      ThreadSafeFlag flag;
      flag.set_priority(!later);
      const Task<> cancelled = create_task(waits_and_says(flag, 1));
      co_await sleep_ms(1);
      flag.set_priority(later);
      cancelled.cancel();
      co_await sleep_ms(1);
      EXPECT_TRUE(cancelled.done());
      const Task<> served = create_task(waits_and_says(flag, 2));
      co_await sleep_ms(1);
      flag.set();
      co_await served;
    }(priority));
  }
  EXPECT_EQ(virtual_board::output(), "2 woke\n2 woke\n");
}

TEST_F(IoTest, ASecondWaiterIsFoundAlsoIfThePriorityChangedMeanwhile) {
  run([]() -> Coro<> {
    ThreadSafeFlag flag;
    const Task<> first = create_task(waits_and_says(flag, 1));
    co_await sleep_ms(1);
    flag.set_priority(true);
    co_await waits_and_says(flag, 2);
    flag.set();
    co_await first;
  }());
  EXPECT_EQ(virtual_board::output(),
            "2: another task already waits for this device or ThreadSafeFlag\n1 woke\n");
}

TEST_F(IoTest, AnInterruptEndsTheBoardsSleep) {
  run([]() -> Coro<> {
    ThreadSafeFlag flag;
    virtual_board::interrupt_at_us(1'234'567, [&flag] { flag.set(); });
    co_await flag.wait();
    EXPECT_EQ(virtual_board::now_us(), 1'234'567U);
    EXPECT_FALSE(flag.is_set());
  }());
  EXPECT_EQ(virtual_board::idle_deadlines().size(), 1U);
}

TEST_F(IoTest, SetsBeforeTheTaskRunsCountAsOne) {
  run([]() -> Coro<> {
    ThreadSafeFlag flag;
    flag.set();
    flag.set();
    co_await flag.wait();
    virtual_board::interrupt_at_us(5000, [&flag] { flag.set(); });
    co_await flag.wait();
    EXPECT_EQ(virtual_board::now_us(), 5000U);
  }());
}

TEST_F(IoTest, ASecondWaiterOnAFlagIsAnError) {
  run([]() -> Coro<> {
    ThreadSafeFlag flag;
    const auto waits = [](ThreadSafeFlag& f) -> Coro<> { co_await f.wait(); };
    const Task<> first = create_task(waits(flag));
    co_await sleep_ms(0);
    std::string words;
    try {
      co_await flag.wait();
    } catch (const asyncio::RuntimeError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "another task already waits for this device or ThreadSafeFlag");
    flag.set();
    co_await first;
  }());
}

TEST_F(IoTest, AFlagThatGoesAfterItWasSeenIsAnErrorForItsWaiter) {
  run([]() -> Coro<> {
    auto flag = std::make_unique<ThreadSafeFlag>();
    const Task<> seen = create_task(waits_and_says(*flag, 1));
    const Task<> sets = create_task([](ThreadSafeFlag& f) -> Coro<> {
      f.set();
      co_await sleep_ms(0);
    }(*flag));
    // Cleared before the first waiter had its turn, it takes a second one.
    const Task<> second = create_task([](ThreadSafeFlag& f) -> Coro<> {
      f.clear();
      co_await waits_and_says(f, 2);
    }(*flag));
    const Task<> destroys = create_task([](std::unique_ptr<ThreadSafeFlag>& f) -> Coro<> {
      f.reset();
      co_return;
    }(flag));
    co_await seen;
    co_await second;
  }());
  EXPECT_EQ(
      virtual_board::output(),
      "1: the object this task waited on was destroyed\n2: the object this task waited on was destroyed\n");
}

// A device without an interrupt: the loop must look at it while nothing else happens.
class ReadyAt : public asyncio::IOBase {
 public:
  explicit ReadyAt(std::uint64_t time_us) : time_(time_us) {}
  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    return virtual_board::now_us() >= time_ ? flags : 0;
  }
  struct Wait {
    ReadyAt& device;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) const {
      asyncio::event_loop.wait_for_io(device, asyncio::POLLIN, 0, {});
    }
    void await_resume() const { asyncio::event_loop.check_wake(); }
  };
  Wait wait() { return {*this}; }

 private:
  std::uint64_t time_;
};

TEST_F(IoTest, ADeviceWithoutInterruptIsLookedAtEveryMillisecond) {
  run([]() -> Coro<> {
    ReadyAt device(42'500);
    co_await device.wait();
    EXPECT_EQ(virtual_board::now_us(), 43'000U);
  }());
}

class Fails : public asyncio::IOBase {
 public:
  int ioctl(int, int) override {
    if (fails) throw asyncio::OSError(5);
    return 0;
  }
  bool fails = false;
};

TEST_F(IoTest, ADeviceThatFailsWhenLookedAtEndsTheRunAndNoOtherTaskIsLost) {
  for (const bool priority : {false, true}) {
    auto ready = std::make_unique<ThreadSafeFlag>();
    auto fails = std::make_unique<Fails>();
    ready->set_priority(priority);
    fails->set_priority(priority);
    asyncio::Loop& loop = asyncio::get_event_loop();
    const Task<> served = loop.create_task(waits_and_says(*ready, 1));
    loop.create_task([](Fails& device) -> Coro<> {
      try {
        co_await asyncio::wait_readable(device);
      } catch (const asyncio::RuntimeError&) {
        print("destroyed\n");
      }
    }(*fails));
    const auto makes_ready = [](ThreadSafeFlag& flag, Fails& device) -> Coro<> {
      co_await sleep_ms(1);
      flag.set();
      device.fails = true;
      co_await sleep_ms(1);
    };
    EXPECT_THROW(run(makes_ready(*ready, *fails)), asyncio::OSError);
    fails.reset();
    run([]() -> Coro<> { co_await sleep_ms(1); }());
    EXPECT_TRUE(served.done());
  }
  EXPECT_EQ(virtual_board::output(), "1 woke\ndestroyed\n1 woke\ndestroyed\n");
}

TEST_F(IoTest, TasksThatWaitForDevicesAreLeftToTheNextRun) {
  static ThreadSafeFlag flag;
  run([]() -> Coro<> {
    create_task([]() -> Coro<> {
      co_await flag.wait();
      print("served\n");
    }());
    co_await sleep_ms(1);
  }());
  flag.set();
  run([]() -> Coro<> { co_await sleep_ms(1); }());
  EXPECT_EQ(virtual_board::output(), "served\n");
}

TEST_F(IoTest, NothingCanHappenIsNotAnEndlessLoop) {
  EXPECT_THROW(run([]() -> Coro<> {
                 ThreadSafeFlag flag;
                 co_await flag.wait();
               }()),
               virtual_board::NothingCanHappen);
}

}  // namespace
