// Message<T>: an event with a value, which interrupts and the other core may set. Any number of tasks wait.
// Hinch's.
//
//   asyncio::Message<int> message;
//   message.set(42);                                     // in an interrupt
//   int value = co_await message; message.clear();       // in a task
//   for (;;) { int value = co_await message.next(); … message.clear(); }   // Python's async for
//
// It holds one value: set again before a task has looked, the first is lost. It stays set until clear(), for
// which at least one of the tasks must care. Who resumes where is said in thread_safe_event.hpp. The value is
// copied with interrupts masked: let it be small, and if the other core sets it, let the board's critical
// section exclude that too.
#pragma once

#include <type_traits>
#include <utility>

#include "asyncio/critical_section.hpp"
#include "asyncio/thread_safe_event.hpp"

namespace asyncio {

template <class T = void>
class Message : public ThreadSafeEvent {
 public:
  static_assert(std::is_default_constructible_v<T> && std::is_copy_constructible_v<T>,
                "a Message holds a default value until it is set, and every waiter gets a copy");

  // `name` is for the trace and is kept, not copied: a literal.
  explicit Message(const char* name = nullptr, Site site = {})
      : ThreadSafeEvent(trace::ObjectKind::message, name, site) {}

  // From an interrupt, another core, or a task.
  void set(T value = T(), Site site = {}) {
    {
      const CriticalSection no_interrupts;
      value_ = std::move(value);
    }
    ThreadSafeEvent::set(site);
  }
  // What was set last; T() before.
  T value() const {
    const CriticalSection no_interrupts;
    return value_;
  }

  class [[nodiscard("co_await it")]] ValueAwaiter : public WaitAwaiter {
   public:
    using WaitAwaiter::WaitAwaiter;
    T await_resume() {
      WaitAwaiter::await_resume();
      return static_cast<Message*>(event_)->value();
    }
  };
  // `co_await message`, `co_await message.wait()`: until it is set; the value it has when this task goes on.
  // No yield if it is set.
  ValueAwaiter wait(Site site = {}) { return {*this, site}; }
  ValueAwaiter next(Site site = {}) { return {*this, site}; }
  ValueAwaiter operator co_await() { return {*this, {nullptr, 0}}; }

 private:
  T value_ = T();
};

// Without a value.
template <>
class Message<void> : public ThreadSafeEvent {
 public:
  explicit Message(const char* name = nullptr, Site site = {})
      : ThreadSafeEvent(trace::ObjectKind::message, name, site) {}

  WaitAwaiter next(Site site = {}) { return wait(site); }
  WaitAwaiter operator co_await() { return wait({nullptr, 0}); }
};

}  // namespace asyncio
