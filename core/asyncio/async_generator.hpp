// AsyncGenerator<T>: a coroutine that gives values one after another with co_yield, and may co_await in
// between: Python's `async def` with `yield`, read by `async for`.
//
//   asyncio::AsyncGenerator<int> ticks(int n) {
//     for (int i = 0; i < n; ++i) {
//       co_await asyncio::sleep_ms(100);
//       co_yield i;
//     }
//   }
//   auto values = ticks(3);
//   while (auto value = co_await values.next()) print("%d\n", *value);
//   for (auto it = co_await values.begin(); it != values.end(); co_await ++it) print("%d\n", *it);   // the
//   same
//
// Who resumes where: next() runs the generator at once, in the same slice of the consumer's task, up to its
// next co_yield, and comes back in the slice in which that is reached. Nothing is queued, and the stack does
// not grow. What the generator waits for, the consumer's task waits for; cancelled there, the generator gets
// CancelledError, and so does the consumer unless it is caught on the way.
//
// The exception a generator ends by is thrown by next(); from then on next() gives nothing, as after its end.
// Destroying a generator that has not ended destroys its locals: there is no `finally` that could wait. A
// task that waits in its next() gets a RuntimeError in its next turn, whatever the generator waited for; of
// that nothing is lost. A generator whose consumer's task is destroyed in a next() is destroyed as well: from
// then on its next() throws RuntimeError.
#pragma once

#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "asyncio/coro.hpp"

namespace asyncio {

template <class T>
class AsyncGenerator;

namespace generating {

class AwaiterBase;
class PromiseBase;

// The part of an AsyncGenerator that its frame knows.
struct Holder {
  PromiseBase* promise;  // nullptr: moved from, or cut off
  bool cut_off = false;  // the consumer was destroyed while the generator ran
};

// The parts that do not depend on T.
class PromiseBase : public AwaitingPromise {
 public:
  struct YieldAwaiter {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      const asyncio::PromiseBase* const task = event_loop.current();
      trace::call_return(task->number);
      event_loop.transfer_to(task->leaf->caller);
    }
    void await_resume() const noexcept {}
  };
  void return_void() noexcept { ended_ = true; }
  void unhandled_exception() noexcept {
    ended_ = true;
    AwaitingPromise::unhandled_exception();
  }

  // The frame's owner lets go of it.
  void destroy() noexcept;

 private:
  friend AwaiterBase;
  template <class T>
  friend class asyncio::AsyncGenerator;
  Holder* holder_ = nullptr;
  AwaiterBase* consumer_ = nullptr;  // who waits in next(), while the generator runs
  bool ended_ = false;
};

// A consumer's wait for the next value. It and the generator know each other while the generator runs, so
// that either may be destroyed first.
class AwaiterBase {
 public:
  AwaiterBase(Holder generator, Site site) noexcept
      : promise_(generator.promise), cut_off_(generator.cut_off), site_(site) {}
  AwaiterBase(const AwaiterBase&) = default;
  AwaiterBase& operator=(const AwaiterBase&) = delete;
  ~AwaiterBase() {
    if (task_ != nullptr && promise_ != nullptr) cut_off();
  }

  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>) noexcept;

 protected:
  // Back from the generator: true if it gave a value. Throws what it ended by.
  bool resume();

  PromiseBase* promise_;  // nullptr: there is none, or it was destroyed

 private:
  friend PromiseBase;
  void cut_off() noexcept;

  asyncio::PromiseBase* task_ = nullptr;  // who waits here
  bool cut_off_;
  [[no_unique_address]] Site site_;
};

template <class T>
class Promise : public PromiseBase {
 public:
  static_assert(std::is_object_v<T>, "a generator gives values: for references, let it give pointers");
  static_assert(alignof(T) <= 2 * sizeof(void*), "the values of a generator must not be over-aligned");

  AsyncGenerator<T> get_return_object() noexcept { return AsyncGenerator<T>(this); }
  YieldAwaiter yield_value(T value) {
    value_.emplace(std::move(value));
    return {};
  }
  std::optional<T> value_;  // the last one given
};

}  // namespace generating

template <class T>
class [[nodiscard("a generator runs only when asked: co_await its next()")]] AsyncGenerator {
  using Promise = generating::Promise<T>;

 public:
  using promise_type = Promise;
  using value_type = T;

  // Also while it runs.
  AsyncGenerator(AsyncGenerator&& other) noexcept : holder_(std::exchange(other.holder_, {nullptr})) {
    hold();
  }
  AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
    AsyncGenerator taken(std::move(other));
    std::swap(holder_, taken.holder_);
    hold();
    taken.hold();
    return *this;
  }
  ~AsyncGenerator() {
    if (holder_.promise != nullptr) holder_.promise->destroy();
  }

  class [[nodiscard("co_await it")]] NextAwaiter : public generating::AwaiterBase {
   public:
    using AwaiterBase::AwaiterBase;
    void await_suspend(std::coroutine_handle<> handle) noexcept {
      promise()->value_.reset();
      AwaiterBase::await_suspend(handle);
    }
    std::optional<T> await_resume() {
      if (!resume()) return std::nullopt;
      return std::exchange(promise()->value_, std::nullopt);
    }

   protected:
    Promise* promise() const { return static_cast<Promise*>(promise_); }
  };
  // `co_await generator.next()`: the next value, or nothing after the end. One task at a time may ask; a
  // second one gets a RuntimeError.
  NextAwaiter next(Site site = {}) { return {holder_, site}; }

  class Iterator;
  class [[nodiscard("co_await it")]] BeginAwaiter : public NextAwaiter {
   public:
    BeginAwaiter(generating::Holder generator, Site site) noexcept
        : NextAwaiter(generator, site), site_(site) {}
    Iterator await_resume() { return Iterator(this->resume() ? this->promise() : nullptr, site_); }

   private:
    [[no_unique_address]] Site site_;
  };
  class [[nodiscard("co_await ++it")]] IncrementAwaiter : public NextAwaiter {
   public:
    IncrementAwaiter(Iterator& iterator, Promise* promise, Site site) noexcept
        : NextAwaiter({promise}, site), iterator_(iterator) {}
    Iterator& await_resume() {
      if (!this->resume()) iterator_.promise_ = nullptr;
      return iterator_;
    }

   private:
    Iterator& iterator_;
  };
  class Iterator {
   public:
    T& operator*() const { return *promise_->value_; }
    T* operator->() const { return &*promise_->value_; }
    IncrementAwaiter operator++() { return {*this, promise_, site_}; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) noexcept {
      return iterator.promise_ == nullptr;
    }

   private:
    friend AsyncGenerator;
    Iterator(Promise* promise, Site site) noexcept : promise_(promise), site_(site) {}
    Promise* promise_;  // nullptr: past the last value
    [[no_unique_address]] Site site_;
  };
  // `co_await generator.begin()`: at the next value. *it is the value until ++it.
  BeginAwaiter begin(Site site = {}) { return {holder_, site}; }
  static std::default_sentinel_t end() noexcept { return {}; }

 private:
  friend Promise;
  explicit AsyncGenerator(Promise* promise) noexcept : holder_{promise} { hold(); }
  // Tells the frame where it is held.
  void hold() noexcept {
    if (holder_.promise != nullptr) holder_.promise->holder_ = &holder_;
  }

  generating::Holder holder_;
};

}  // namespace asyncio
