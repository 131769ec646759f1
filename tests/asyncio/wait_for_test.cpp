#include "asyncio/wait_for.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class WaitForTest : public virtual_board::Test {};

Coro<int> after(int milliseconds, int value) {
  try {
    co_await sleep_ms(milliseconds);
  } catch (const CancelledError&) {
    print("cancelled at %d ms\n", static_cast<int>(virtual_board::now_us() / 1000));
    throw;
  }
  co_return value;
}

// How a wait for `task` of up to 10 ms ends.
Coro<> says(Task<int> task) {
  try {
    const int value = co_await asyncio::wait_for_ms(task, 10);
    print("result %d", value);
  } catch (const std::exception& error) {
    print("%s", error.what());
  } catch (const CancelledError&) {
    print("CancelledError");
  }
  print(" at %d ms\n", static_cast<int>(virtual_board::now_us() / 1000));
}

Coro<> gathers(Task<int> task) { static_cast<void>(co_await asyncio::gather(task)); }

TEST_F(WaitForTest, ATaskThatBelongsToAGatherIsAnError) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(after(100, 1));
    create_task(gathers(task));
    co_await sleep_ms(1);
    co_await says(task);
  }());
  EXPECT_EQ(virtual_board::output(), "can't wait at 1 ms\n");
}

TEST_F(WaitForTest, ATaskThatAGatherTakesFirstIsAnErrorToo) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(after(100, 1));
    co_await sleep_ms(1);
    const Task<> waits = create_task(says(task));
    create_task(gathers(task));  // before the helper of wait_for() has its turn
    co_await waits;
  }());
  EXPECT_EQ(virtual_board::output(), "can't wait at 1 ms\n");
}

TEST_F(WaitForTest, WaitingForOneselfIsAnError) {
  run([]() -> Coro<> {
    std::string words;
    try {
      co_await asyncio::wait_for_ms(asyncio::current_task(), 10);
    } catch (const asyncio::RuntimeError& error) {
      words = error.what();
    }
    EXPECT_EQ(words, "a task cannot await itself");
  }());
  EXPECT_EQ(virtual_board::now_us(), 0U);
}

void cancel_helpers() {
  for (const Task<>& task : asyncio::all_tasks()) {
    if (task.name() != nullptr && std::strcmp(task.name(), "wait_for") == 0) task.cancel();
  }
}

// all_tasks() has the helper task: cancelled before its first turn, it changes nothing.
TEST_F(WaitForTest, ItsHelperMayBeCancelledBeforeItRan) {
  run([]() -> Coro<> {
    const Task<int> in_time = create_task(after(5, 7));
    const Task<> waits = create_task(says(in_time));
    const Task<> cancels = create_task([]() -> Coro<> {
      cancel_helpers();
      co_return;
    }());
    co_await waits;
    EXPECT_TRUE(cancels.done());

    const Task<int> too_late = create_task(after(100, 7));
    const Task<> waits_in_vain = create_task(says(too_late));
    co_await sleep_ms(0);
    cancel_helpers();
    co_await waits_in_vain;
  }());
  EXPECT_EQ(virtual_board::output(), "result 7 at 5 ms\ncancelled at 15 ms\ntimeout at 15 ms\n");
}

TEST_F(WaitForTest, CancellingItsHelperLaterCancelsTheTask) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(after(100, 7));
    const Task<> waits = create_task(says(task));
    co_await sleep_ms(2);
    cancel_helpers();
    co_await waits;
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled at 2 ms\nCancelledError at 2 ms\n");
}

TEST_F(WaitForTest, CancelledWhileItWaitsForTheCleanUpItThrowsAtOnce) {
  run([]() -> Coro<> {
    const Task<int> task = create_task([]() -> Coro<int> {
      bool cancelled = false;
      try {
        co_await sleep_ms(100);
      } catch (const CancelledError&) {
        cancelled = true;
      }
      if (cancelled) co_await sleep_ms(20);
      print("clean at %d ms\n", static_cast<int>(virtual_board::now_us() / 1000));
      co_return 0;
    }());
    const Task<> waits = create_task(says(task));
    co_await sleep_ms(15);
    waits.cancel();
    co_await task;
  }());
  EXPECT_EQ(virtual_board::output(), "CancelledError at 15 ms\nclean at 30 ms\n");
}

}  // namespace
