#include "asyncio/launch.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>

#include "asyncio/console.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/sleep.hpp"
#include "virtual_board.hpp"

using asyncio::Callback;
using asyncio::Coro;
using asyncio::launch;
using asyncio::Returned;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class LaunchTest : public virtual_board::Test {};
class CallbackTest : public virtual_board::Test {};

int twice(int x) { return 2 * x; }
Coro<int> twice_later(int x) {
  co_await sleep_ms(10);
  co_return 2 * x;
}

TEST_F(LaunchTest, AFunctionRunsAtOnceAndReturnsItsValue) { EXPECT_EQ(launch(twice, 4), 8); }

TEST_F(LaunchTest, AFunctionWithoutValueIsJustCalled) {
  int calls = 0;
  launch([&calls] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST_F(LaunchTest, ACoroutineBecomesATask) {
  run([]() -> Coro<> {
    Task<int> task = launch(twice_later, 4);
    EXPECT_FALSE(task.done());
    EXPECT_EQ(co_await task, 8);
  }());
}

TEST_F(LaunchTest, ACoroutineCanBeLaunchedBeforeRun) {
  Task<int> task = launch(twice_later, 4);
  run([](Task<int> launched) -> Coro<> { EXPECT_EQ(co_await launched, 8); }(task));
}

TEST_F(LaunchTest, TheCapturesOfACoroutineLambdaLiveAsLongAsItsTask) {
  run([]() -> Coro<> {
    Task<std::string> task;
    {
      const std::string captured = "a text too long to be kept in the string object itself";
      task = launch([captured]() -> Coro<std::string> {
        co_await sleep_ms(10);
        co_return captured;
      });
    }
    EXPECT_EQ(co_await task, "a text too long to be kept in the string object itself");
  }());
}

TEST_F(LaunchTest, ACoroutineMayTakeItsArgumentsByReference) {
  enum class Unit { mm, cm };
  run([]() -> Coro<> {
    const auto length = [](const int& value, const Unit& unit, const char* const& name) -> Coro<std::string> {
      co_await sleep_ms(10);
      co_return std::string(name) + " " + std::to_string(value) + (unit == Unit::cm ? " cm" : " mm");
    };
    Task<std::string> task;
    {
      const auto value = std::make_unique<int>(42);
      const auto unit = std::make_unique<Unit>(Unit::cm);
      task = launch(length, *value, *unit, "width");
    }
    EXPECT_EQ(co_await task, "width 42 cm");
  }());
}

TEST_F(LaunchTest, AGenericCoroutineMayTakeItsArgumentsByReference) {
  run([]() -> Coro<> {
    const auto later = [](const auto& value) -> Coro<int> {
      co_await sleep_ms(10);
      co_return value;
    };
    Task<int> task;
    {
      const auto value = std::make_unique<int>(42);
      task = launch(later, *value);
    }
    EXPECT_EQ(co_await task, 42);
  }());
}

TEST_F(LaunchTest, AReferenceThatIsNotConstIsToTheVariableOfTheCaller) {
  run([]() -> Coro<> {
    const auto add = [](int& sum, const int& value) -> Coro<> {
      co_await sleep_ms(10);
      sum += value;
    };
    int sum = 1;
    Task<> task;
    {
      const auto value = std::make_unique<const int>(42);
      task = launch(add, sum, *value);
    }
    co_await task;
    EXPECT_EQ(sum, 43);
  }());
}

TEST_F(LaunchTest, ACoroutineThatTakesValuesNeedsNoFrameBesideItsOwn) {
  run([]() -> Coro<> {
    const std::size_t frames = asyncio::frame_allocator.live_frames();
    const Task<int> task = launch(twice_later, 4);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames + 1);
    EXPECT_EQ(co_await task, 8);
  }());
}

TEST_F(CallbackTest, ACoroutineMayTakeItsArgumentsByReference) {
  run([]() -> Coro<> {
    Task<> task;
    {
      Callback callback(
          [](const int& value) -> Coro<> {
            co_await sleep_ms(10);
            print("%d\n", value);
          },
          std::tuple(42));
      task = callback().task();
    }
    co_await task;
  }());
  EXPECT_EQ(virtual_board::output(), "42\n");
}

TEST_F(CallbackTest, KeepsItsArgumentsForEachCall) {
  int sum = 0;
  Callback callback([&sum](int a, int b) { return sum += a * b; }, std::tuple(3, 4));
  EXPECT_EQ(callback().as<int>(), 12);
  EXPECT_EQ(callback().as<int>(), 24);
}

TEST_F(CallbackTest, AnEmptyOneDoesNothing) {
  Callback callback;
  EXPECT_FALSE(callback);
  EXPECT_FALSE(callback());
  callback = [] { return 1; };
  EXPECT_TRUE(callback);
  callback = nullptr;
  EXPECT_FALSE(callback);
}

TEST_F(CallbackTest, ReturnsTheTaskOfACoroutine) {
  run([]() -> Coro<> {
    Callback callback(twice_later, std::tuple(4));
    const Returned returned = callback();
    EXPECT_FALSE(returned.task().done());
    EXPECT_EQ(co_await returned.as<Task<int>>(), 8);
    EXPECT_TRUE(returned.task().done());
    EXPECT_EQ(co_await callback().as<Task<int>>(), 8);
  }());
}

TEST_F(CallbackTest, EachTaskOfACoroutineLambdaHasItsOwnCaptures) {
  run([]() -> Coro<> {
    Task<> first;
    int seen = 0;
    {
      Callback callback = [value = 5, &seen]() mutable -> Coro<> {
        co_await sleep_ms(10);
        seen += value;
        value = 100;
      };
      first = callback().task();
      callback();
    }
    co_await sleep_ms(20);
    EXPECT_TRUE(first.done());
    EXPECT_EQ(seen, 10);
  }());
}

TEST_F(CallbackTest, ReturnedSaysWhatItIs) {
  EXPECT_FALSE(Returned());
  const Returned number(42);
  EXPECT_TRUE(number);
  EXPECT_EQ(number.as<int>(), 42);
  EXPECT_THROW(static_cast<void>(number.as<unsigned>()), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(number.task()), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(Returned().as<int>()), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(Returned().task()), asyncio::ValueError);
}

TEST_F(CallbackTest, ReturnedCanBeCopied) {
  const Returned text(std::string("forty-two, but in a string that must allocate"));
  Returned copy = text;
  EXPECT_EQ(copy.as<std::string>(), text.as<std::string>());
  copy = Returned(1);
  EXPECT_EQ(copy.as<int>(), 1);
  copy = Returned();
  EXPECT_FALSE(copy);
}

TEST_F(CallbackTest, AFunctionThatReturnsNothingReturnsNothing) {
  Callback callback = [] {};
  EXPECT_FALSE(callback());
}

}  // namespace
