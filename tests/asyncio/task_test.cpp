#include "asyncio/task.hpp"

#include <gtest/gtest.h>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

class TaskTest : public virtual_board::Test {};

TEST_F(TaskTest, RunReturnsTheValueOfItsCoroutine) {
  EXPECT_EQ(run([]() -> Coro<int> { co_return 42; }()), 42);
}

TEST_F(TaskTest, AwaitingATaskAgainGivesTheResultAgain) {
  run([]() -> Coro<> {
    const auto task = asyncio::create_task([]() -> Coro<int> { co_return 7; }());
    EXPECT_EQ(co_await task, 7);
    EXPECT_EQ(co_await task, 7);
  }());
}

}  // namespace
