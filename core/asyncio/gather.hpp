// gather(): runs several coroutines or tasks beside each other and waits for all of them.
//
//   auto [a, b] = co_await asyncio::gather(f(), g());                  // a tuple of results
//   std::vector<int> all = co_await asyncio::gather(std::move(coros));  // vector<Coro<int>> or
//   vector<Task<int>> auto [r, s] = co_await asyncio::gather(asyncio::return_exceptions, f(), g()); if (!r)
//   r.rethrow(); else use(*r);                                  // each a Result: value or exception
//
// The result of a Coro<void> is std::monostate. The first exception ends the wait and is thrown; the others
// run on. Cancelling the gather cancels what still runs. A task that another one awaits, or that belongs to
// another gather, cannot be gathered (RuntimeError "can't gather"); the same task may be given twice.
#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "asyncio/gather_wait.hpp"
#include "asyncio/task.hpp"

namespace asyncio {

struct ReturnExceptions {};
// First argument of gather(): exceptions are returned, not thrown.
inline constexpr ReturnExceptions return_exceptions{};

// The value a task returned, or the exception it ended by.
template <class T>
class Result {
 public:
  explicit Result(T value) : value_(std::move(value)) {}
  explicit Result(std::exception_ptr exception) : exception_(std::move(exception)) {}

  bool has_value() const { return value_.has_value(); }
  explicit operator bool() const { return has_value(); }
  // The value. Throws the exception if there is none.
  const T& operator*() const {
    if (!value_) rethrow();
    return *value_;
  }
  const T* operator->() const { return &**this; }
  std::exception_ptr exception() const { return exception_; }
  [[noreturn]] void rethrow() const { std::rethrow_exception(exception_); }

 private:
  std::optional<T> value_;
  std::exception_ptr exception_;
};

namespace gathering {

template <class T>
using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class A>
struct Of {
  static constexpr bool awaitable = false;
};
template <class T>
struct Of<Coro<T>> {
  static constexpr bool awaitable = true;
  using type = T;
};
template <class T>
struct Of<Task<T>> : Of<Coro<T>> {};
template <class A>
concept Awaitable = Of<A>::awaitable;
template <class A>
using ValueOf = Value<typename Of<A>::type>;

template <class T>
Task<T> promote(Coro<T> coro) {
  return create_task(std::move(coro));
}
template <class T>
Task<T> promote(Task<T> task) {
  return task;
}

template <class T>
Value<T> value_of(const Task<T>& task) {
  if constexpr (std::is_void_v<T>) {
    task.result();
    return {};
  } else {
    return task.result();
  }
}
template <class T>
Result<Value<T>> result_of(const Task<T>& task) {
  if (std::exception_ptr exception = task.exception()) return Result<Value<T>>(std::move(exception));
  return Result<Value<T>>(value_of(task));
}

template <class... T>
std::array<Task<>, sizeof...(T)> handles(const std::tuple<Task<T>...>& tasks) {
  return std::apply([](const auto&... task) { return std::array<Task<>, sizeof...(T)>{task...}; }, tasks);
}
template <class T>
std::vector<Task<>> handles(const std::vector<Task<T>>& tasks) {
  return {tasks.begin(), tasks.end()};
}
template <class A>
auto promote_all(std::vector<A> awaitables) {
  std::vector<Task<typename Of<A>::type>> tasks;
  tasks.reserve(awaitables.size());
  for (A& awaitable : awaitables) tasks.push_back(promote(std::move(awaitable)));
  return tasks;
}

}  // namespace gathering

// The arguments become tasks when the gather is awaited, in their order.
template <gathering::Awaitable... A>
Coro<std::tuple<gathering::ValueOf<A>...>> gather(A... awaitables) {
  const std::tuple<Task<typename gathering::Of<A>::type>...> tasks{
      gathering::promote(std::move(awaitables))...};
  const auto handles = gathering::handles(tasks);
  GatherWait wait(handles.data(), handles.size(), false);
  co_await wait.wait();
  wait.rethrow_failure();
  co_return std::apply(
      [](const auto&... task) { return std::tuple<gathering::ValueOf<A>...>(gathering::value_of(task)...); },
      tasks);
}

template <gathering::Awaitable... A>
Coro<std::tuple<Result<gathering::ValueOf<A>>...>> gather(ReturnExceptions, A... awaitables) {
  const std::tuple<Task<typename gathering::Of<A>::type>...> tasks{
      gathering::promote(std::move(awaitables))...};
  const auto handles = gathering::handles(tasks);
  GatherWait wait(handles.data(), handles.size(), true);
  co_await wait.wait();
  co_return std::apply(
      [](const auto&... task) {
        return std::tuple<Result<gathering::ValueOf<A>>...>(gathering::result_of(task)...);
      },
      tasks);
}

template <gathering::Awaitable A>
Coro<std::vector<gathering::ValueOf<A>>> gather(std::vector<A> awaitables) {
  const auto tasks = gathering::promote_all(std::move(awaitables));
  const auto handles = gathering::handles(tasks);
  GatherWait wait(handles.data(), handles.size(), false);
  co_await wait.wait();
  wait.rethrow_failure();
  std::vector<gathering::ValueOf<A>> values;
  values.reserve(tasks.size());
  for (const auto& task : tasks) values.push_back(gathering::value_of(task));
  co_return values;
}

template <gathering::Awaitable A>
Coro<std::vector<Result<gathering::ValueOf<A>>>> gather(ReturnExceptions, std::vector<A> awaitables) {
  const auto tasks = gathering::promote_all(std::move(awaitables));
  const auto handles = gathering::handles(tasks);
  GatherWait wait(handles.data(), handles.size(), true);
  co_await wait.wait();
  std::vector<Result<gathering::ValueOf<A>>> results;
  results.reserve(tasks.size());
  for (const auto& task : tasks) results.push_back(gathering::result_of(task));
  co_return results;
}

}  // namespace asyncio
