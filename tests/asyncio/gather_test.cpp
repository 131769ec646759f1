#include "asyncio/gather.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::gather;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class GatherTest : public virtual_board::Test {};

Coro<int> after(int milliseconds, int value) {
  co_await sleep_ms(milliseconds);
  co_return value;
}
Coro<> nothing() { co_return; }
Coro<std::string> fails() {
  co_await sleep_ms(1);
  throw asyncio::ValueError("failed");
}

TEST_F(GatherTest, GivesATupleOfResults) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(after(5, 2));
    const auto [a, b, c] = co_await gather(after(10, 1), task, nothing());
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, 2);
    static_assert(std::is_same_v<decltype(c), const std::monostate>);
    EXPECT_EQ(virtual_board::now_us(), 10'000U);
    const std::tuple<> none = co_await gather();
    static_cast<void>(none);
  }());
}

TEST_F(GatherTest, TakesAVector) {
  run([]() -> Coro<> {
    std::vector<Coro<int>> coros;
    for (int i = 0; i < 5; ++i) coros.push_back(after(5 - i, i));
    const std::vector<int> all = co_await gather(std::move(coros));
    const std::vector<int> expected{0, 1, 2, 3, 4};
    EXPECT_EQ(all, expected);
    EXPECT_EQ(virtual_board::now_us(), 5000U);
    const std::vector<int> none = co_await gather(std::vector<Coro<int>>());
    EXPECT_TRUE(none.empty());
    std::vector<Task<int>> tasks;
    tasks.push_back(create_task(after(1, 1)));
    tasks.push_back(create_task(after(2, 2)));
    const std::vector<int> both = co_await gather(tasks);
    EXPECT_EQ(both.at(0) + both.at(1), 3);
  }());
}

TEST_F(GatherTest, ReturnsExceptionsWhenAsked) {
  run([]() -> Coro<> {
    const auto [good, bad] = co_await gather(asyncio::return_exceptions, after(1, 7), fails());
    EXPECT_EQ(*good, 7);
    EXPECT_FALSE(bad);
    EXPECT_THROW(static_cast<void>(*bad), asyncio::ValueError);
    std::vector<Coro<int>> coros;
    coros.push_back(after(1, 3));
    const auto results = co_await gather(asyncio::return_exceptions, std::move(coros));
    EXPECT_EQ(*results[0], 3);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(GatherTest, TheSameTaskMayBeGivenTwice) {
  run([]() -> Coro<> {
    const Task<int> task = create_task(after(3, 9));
    const auto [a, b] = co_await gather(task, task);
    EXPECT_EQ(a + b, 18);
  }());
}

TEST_F(GatherTest, TheFirstExceptionEndsItAndTheOthersRunOn) {
  run([]() -> Coro<> {
    const Task<int> slow = create_task(after(10, 4));
    try {
      co_await gather(slow, fails());
      ADD_FAILURE();
    } catch (const asyncio::ValueError&) {
      EXPECT_EQ(virtual_board::now_us(), 1000U);
    }
    EXPECT_EQ(co_await slow, 4);
  }());
}

TEST_F(GatherTest, UnderATimeoutItsTasksAreCancelled) {
  run([]() -> Coro<> {
    const Task<int> a = create_task(after(100, 1));
    const Task<int> b = create_task(after(100, 2));
    try {
      co_await asyncio::wait_for_ms(gather(a, b), 10);
      ADD_FAILURE();
    } catch (const asyncio::TimeoutError&) {
    }
    co_await sleep_ms(0);
    EXPECT_TRUE(a.done());
    EXPECT_TRUE(b.done());
  }());
}

}  // namespace
