// launch(): calls a function or starts a coroutine, so that a callback may be either. Callback keeps one for
// later, with its arguments; Returned keeps what it gave back.
//
//   int four = asyncio::launch(twice, 2);                                // a function: its value
//   asyncio::Task<int> task = asyncio::launch(twice_after_a_second, 2);   // a coroutine: its task
//
// A coroutine becomes a task behind everything ready. Captures of a coroutine lambda, and copies of the
// arguments, are kept in that task until it ends: it may take them by reference, as a coroutine that is
// simply called may not. Only a variable passed for a reference that is not const is referred to where it is,
// and must outlive the task.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "asyncio/inplace_function.hpp"
#include "asyncio/task.hpp"

namespace asyncio {

namespace launching {

template <class R>
inline constexpr bool is_coroutine = false;
template <class T>
inline constexpr bool is_coroutine<Coro<T>> = true;
template <class R>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

// Has it something its coroutine may refer to? Pointers, numbers and lambdas without captures have not.
template <class T>
inline constexpr bool has_state = std::is_class_v<std::decay_t<T>> && !std::is_empty_v<std::decay_t<T>>;

// Does its coroutine get values, all of which it keeps itself? False where that cannot be seen: where it is
// overloaded or a template.
template <class Signature>
inline constexpr bool has_value_parameters = false;
template <class R, class... P>
inline constexpr bool has_value_parameters<R (*)(P...)> = (!std::is_reference_v<P> && ...);
template <class R, class... P>
inline constexpr bool has_value_parameters<R (*)(P...) noexcept> = (!std::is_reference_v<P> && ...);
template <class R, class F, class... P>
inline constexpr bool has_value_parameters<R (F::*)(P...)> = (!std::is_reference_v<P> && ...);
template <class R, class F, class... P>
inline constexpr bool has_value_parameters<R (F::*)(P...) noexcept> = (!std::is_reference_v<P> && ...);
template <class R, class F, class... P>
inline constexpr bool has_value_parameters<R (F::*)(P...) const> = (!std::is_reference_v<P> && ...);
template <class R, class F, class... P>
inline constexpr bool has_value_parameters<R (F::*)(P...) const noexcept> = (!std::is_reference_v<P> && ...);
template <class F>
constexpr bool takes_values() {
  if constexpr (requires { &F::operator(); }) {
    return has_value_parameters<decltype(&F::operator())>;
  } else {
    return has_value_parameters<F>;
  }
}

// An argument as the task keeps it: a copy, or in `Variable` what a reference that is not const refers to.
template <class A>
using Copy = std::decay_t<A>;
template <class A>
using Variable =
    std::conditional_t<std::is_lvalue_reference_v<A> && !std::is_const_v<std::remove_reference_t<A>>, A,
                       std::decay_t<A>>;

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \
    "-Wsubobject-linkage"  // of a frame that keeps what is in an anonymous namespace
#endif
template <class F, class... Args>
std::invoke_result_t<F&, Args...> keep(F function, Args... args) {
  co_return co_await function(std::forward<Args>(args)...);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace launching

template <class F, class... Args>
  requires std::invocable<std::decay_t<F>&, Args...>
auto launch(F&& function, Args&&... args) {
  using Function = std::decay_t<F>;
  using R = std::invoke_result_t<Function&, Args...>;
  if constexpr (!launching::is_coroutine<R>) {
    return function(std::forward<Args>(args)...);
  } else if constexpr (!(launching::has_state<Function> || ... || launching::has_state<Args>)&&(
                           sizeof...(Args) == 0 || launching::takes_values<Function>())) {
    return event_loop.create_task(function(std::forward<Args>(args)...), "callback");
  } else {
    static_assert(std::copy_constructible<Function>,
                  "each call of a coroutine lambda starts a task with a copy of its captures");
    if constexpr (std::invocable<Function&, launching::Copy<Args>...>) {
      return event_loop.create_task(launching::keep<Function, launching::Copy<Args>...>(
                                        Function(function), std::forward<Args>(args)...),
                                    "callback");
    } else {
      return event_loop.create_task(launching::keep<Function, launching::Variable<Args>...>(
                                        Function(function), std::forward<Args>(args)...),
                                    "callback");
    }
  }
}

// What a callback returned: nothing yet, a value, or the task of a coroutine.
class Returned {
 public:
  Returned() noexcept = default;
  template <class T>
    requires(!std::same_as<std::decay_t<T>, Returned>)
  explicit Returned(T&& value) {
    using Value = std::decay_t<T>;
    static_assert(sizeof(Value) <= sizeof storage_ && alignof(Value) <= alignof(void*),
                  "a callback may return at most 4 pointers' worth: let it return a pointer, or nothing");
    ::new (static_cast<void*>(storage_)) Value(std::forward<T>(value));
    operations_ = &operations_of<Value>;
  }
  Returned(const Returned& other) : operations_(other.operations_) {
    if (operations_ != nullptr) operations_->copy(other.storage_, storage_);
  }
  Returned& operator=(const Returned& other) {
    if (this != &other) {
      reset();
      if (other.operations_ != nullptr) other.operations_->copy(other.storage_, storage_);
      operations_ = other.operations_;
    }
    return *this;
  }
  ~Returned() { reset(); }

  // Is there anything? False for a callback that has not run or returned nothing.
  explicit operator bool() const noexcept { return operations_ != nullptr; }

  // The value. Throws ValueError if it is of another type; say what the function says: as<int>(),
  // as<Task<int>>().
  template <class T>
  const T& as() const {
    if (operations_ != &operations_of<T>)
      throw ValueError("the callback did not return a value of this type");
    return *reinterpret_cast<const T*>(storage_);
  }
  // The task of a coroutine, whatever it returns. Throws ValueError if the callback was none.
  Task<> task() const {
    if (operations_ == nullptr || operations_->task == nullptr)
      throw ValueError("the callback is no coroutine");
    return operations_->task(storage_);
  }

 private:
  struct Operations {
    void (*copy)(const void* from, void* to);
    void (*destroy)(void* value) noexcept;
    Task<> (*task)(const void* value);  // nullptr: it is no task
  };
  template <class T>
  static constexpr Task<> (*task_of())(const void*) {
    if constexpr (launching::is_task<T>) {
      return [](const void* value) -> Task<> { return *static_cast<const T*>(value); };
    } else {
      return nullptr;
    }
  }
  template <class T>
  static constexpr Operations operations_of = {
      [](const void* from, void* to) { ::new (to) T(*static_cast<const T*>(from)); },
      [](void* value) noexcept { static_cast<T*>(value)->~T(); }, task_of<T>()};

  void reset() noexcept {
    const Operations* const operations = std::exchange(operations_, nullptr);
    if (operations != nullptr) operations->destroy(storage_);
  }

  const Operations* operations_ = nullptr;  // also says which type it is
  alignas(void*) std::byte storage_[4 * sizeof(void*)];
};

// A function or coroutine to launch later, with its arguments. Empty, it does nothing and returns nothing.
class Callback {
 public:
  Callback() noexcept = default;
  Callback(std::nullptr_t) noexcept {}
  template <class F>
    requires(!std::same_as<std::decay_t<F>, Callback> && std::invocable<std::decay_t<F>&>)
  Callback(F&& function) : Callback(std::forward<F>(function), std::tuple<>()) {}
  // The arguments are kept and passed anew, as copies, each time.
  template <class F, class... Args>
    requires std::invocable<std::decay_t<F>&, const Args&...>
  Callback(F&& function, std::tuple<Args...> args)
      : call_([kept = std::decay_t<F>(std::forward<F>(function)),
               args = std::move(args)]() mutable -> Returned {
          return std::apply(
              [&kept](const Args&... each) -> Returned {
                using R = decltype(launch(kept, each...));
                if constexpr (std::is_void_v<R>) {
                  launch(kept, each...);
                  return Returned();
                } else {
                  return Returned(launch(kept, each...));
                }
              },
              std::as_const(args));
        }) {}

  explicit operator bool() const noexcept { return static_cast<bool>(call_); }
  Returned operator()() { return call_ ? call_() : Returned(); }

 private:
  InplaceFunction<Returned(), 6 * sizeof(void*)> call_;
};

}  // namespace asyncio
