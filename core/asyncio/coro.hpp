// Coro<T>: what a coroutine function returns, Python's `async def`. It starts when it is awaited, or when
// create_task() or run() makes it a task; one that is dropped never runs.
//
//   asyncio::Coro<int> answer() { co_await asyncio::sleep_ms(20); co_return 42; }
//   asyncio::Coro<> main_task() { int a = co_await answer(); print("%d\n", a); }
//
// Who resumes where: co_await on a Coro runs it at once, in the same slice of the same task, and comes back
// in the slice in which it ends. Nothing is queued. However deep coroutines await each other, the stack does
// not grow: control passes through the loop.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "asyncio/loop.hpp"

namespace asyncio {

// The part of Coro that does not depend on T.
class [[nodiscard]] CoroBase {
 public:
  CoroBase(CoroBase&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  CoroBase& operator=(CoroBase&& other) noexcept {
    std::swap(promise_, other.promise_);
    return *this;
  }
  ~CoroBase() {
    if (promise_ != nullptr) promise_->destroy_frame();
  }

  // Gives up the frame: the caller owns it.
  PromiseBase* release() noexcept { return std::exchange(promise_, nullptr); }

 protected:
  explicit CoroBase(PromiseBase* promise) noexcept : promise_(promise) {}
  template <class T>
  friend class CoroAwaiter;

  PromiseBase* promise_;
};

template <class T>
class Promise;

template <class T>
class [[nodiscard("a coroutine runs only when awaited: co_await it, or pass it to create_task()")]] Coro
    : public CoroBase {
 public:
  using promise_type = Promise<T>;
  using value_type = T;

 private:
  friend Promise<T>;
  explicit Coro(PromiseBase* promise) noexcept : CoroBase(promise) {}
};

// The awaiter owns the coroutine: whoever held the Coro may end before it does. Hence a Coro is awaited once.
template <class T>
class CoroAwaiter {
 public:
  explicit CoroAwaiter(Coro<T>& coro, Site site = {nullptr, 0}) : coro_(std::move(coro)), site_(site) {}

  bool await_ready() const {
    if (coro_.promise_ == nullptr)
      throw RuntimeError("cannot await a coroutine that was already awaited or moved");
    return false;
  }
  void await_suspend(std::coroutine_handle<>) noexcept {
    PromiseBase* const called = coro_.promise_;
    called->caller = event_loop.current()->leaf;
    called->owner = &coro_.promise_;
    trace::call(event_loop.current()->number, site_);
    event_loop.transfer_to(called);
  }
  T await_resume() {
    Coro<T> finished(std::move(coro_));  // its frame goes now, not at the end of the whole expression
    auto* const promise = static_cast<Promise<T>*>(finished.promise_);
    if (promise->failed) [[unlikely]]
      std::rethrow_exception(promise->take_exception());
    return promise->take();
  }

 private:
  Coro<T> coro_;
  [[no_unique_address]] Site site_;
};

template <class T>
CoroAwaiter<T> operator co_await(Coro<T>&& coro) {
  return CoroAwaiter<T>(coro);
}
template <class T>
CoroAwaiter<T> operator co_await(Coro<T>& coro) {
  return CoroAwaiter<T>(coro);
}

#if COROSCOPE_TRACE
class TaskBase;
template <class T>
class TaskAwaiter;

// Where tracing is compiled in, all promises give co_await on a Coro or a Task the line it stands in; other
// awaitables have it already and pass through. Elsewhere there is no await_transform: it would make g++ copy
// each awaiter once more.
class AwaitingPromise : public PromiseBase {
 public:
  template <class T>
  CoroAwaiter<T> await_transform(Coro<T>&& coro, Site site = {}) {
    return CoroAwaiter<T>(coro, site);
  }
  template <class T>
  CoroAwaiter<T> await_transform(Coro<T>& coro, Site site = {}) {
    return CoroAwaiter<T>(coro, site);
  }
  template <class T>
  TaskAwaiter<T> await_transform(const Task<T>& task, Site site = {}) {
    return TaskAwaiter<T>(task, site);
  }
  template <class Awaitable>
    requires(!std::derived_from<std::remove_cvref_t<Awaitable>, CoroBase> &&
             !std::derived_from<std::remove_cvref_t<Awaitable>, TaskBase>)
  Awaitable&& await_transform(Awaitable&& awaitable) noexcept {
    return static_cast<Awaitable&&>(awaitable);
  }
};
#else
using AwaitingPromise = PromiseBase;
#endif

template <class T>
class Promise : public AwaitingPromise {
 public:
  static_assert(!std::is_reference_v<T>,
                "a coroutine cannot return a reference: return a pointer or a value");
  static_assert(alignof(T) <= 2 * sizeof(void*), "the result of a coroutine must not be over-aligned");

  Promise() noexcept {}
  ~Promise() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      if (has_value_) value_.~T();
    }
  }

  Coro<T> get_return_object() noexcept { return Coro<T>(this); }
  template <class U = T>  // the default makes `co_return {};` work
    requires std::constructible_from<T, U&&>
  void return_value(U&& value) {
    std::construct_at(std::addressof(value_), std::forward<U>(value));
    has_value_ = true;
  }

  T take() { return std::move(value_); }
  // The result of a task: a copy, so that each who awaits it gets it; moved out if it cannot be copied.
  T share() {
    if constexpr (std::copy_constructible<T>) {
      return value_;
    } else {
      if (!has_value_) throw RuntimeError("the result cannot be copied and was taken already");
      T value = std::move(value_);
      value_.~T();
      has_value_ = false;
      return value;
    }
  }

 private:
  union {
    T value_;
  };
  bool has_value_ = false;  // stored and not destroyed
};

template <>
class Promise<void> : public AwaitingPromise {
 public:
  Coro<void> get_return_object() noexcept { return Coro<void>(this); }
  void return_void() noexcept {}
  void take() noexcept {}
  void share() noexcept {}
};

}  // namespace asyncio
