// What WaitAny and WaitAll have in common: a task waits for several event-like objects at once, by one helper
// task for each, until enough of them have triggered. The helpers of a wait have ended when it ends, however
// it ends: they are cancelled, which takes nothing from an object that has not triggered. Only where the wait
// is destroyed, as with an AsyncGenerator, do they end afterwards, in their next turn.
//
// An event-like object (Hinch's ELO) has wait(), which is awaited, and possibly clear().
#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

#include "asyncio/reference.hpp"
#include "asyncio/task_end.hpp"

namespace asyncio {

template <class Object>
concept EventLike = requires(Object& object) { object.wait(); };

class WaitGroup {
 public:
  // Until `missing` of them have triggered.
  explicit WaitGroup(std::size_t missing) : missing_(missing) {}
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  static constexpr std::size_t none = SIZE_MAX;
  // The first one that triggered.
  std::size_t first() const { return first_; }

  // Waits for each of `objects`, in their order. Throws what the wait for one of them threw, first of all
  // CancelledError for the calling task.
  template <class... Objects>
  Coro<> wait(std::tuple<Objects...>& objects, const char* name, Site site) {
    std::array<Task<>, sizeof...(Objects)> helpers;
    helpers_ = helpers.data();
    count_ = helpers.size();
    const Leaving leaving(*this);
    try {
      std::apply(
          [&](auto&... object) {
            std::size_t i = 0;
            (...,
             (helpers[i] = event_loop.create_task(help({*this, references_}, object, i, site), name, site),
              Loop::begin_even_if_cancelled(helpers[i].promise()), ++i));
          },
          objects);
      co_await Enough(*this, site);
    } catch (...) {
      failure_ = std::current_exception();
    }
    close();
    for (const Task<>& helper : helpers) {
      while (helper && !helper.done()) {
        try {
          co_await TaskEnd(helper, site);
        } catch (const CancelledError&) {
          failure_ = std::current_exception();
        }
      }
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  class Enough {
   public:
    Enough(WaitGroup& group, Site site) : group_(group), site_(site) {}
    bool await_ready() const noexcept { return group_.closed_; }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      event_loop.park_in(group_.waiting_, trace::Reason::event, 0, site_);
    }
    void await_resume() const { event_loop.check_wake(); }

   private:
    WaitGroup& group_;
    [[no_unique_address]] Site site_;
  };

  // In the frame of wait(). Destroyed in the middle of it, it leaves no helper that could take anything.
  class Leaving {
   public:
    explicit Leaving(WaitGroup& group) : group_(group) {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
      group_.closed_ = true;
      for (std::size_t i = 0; i < group_.count_; ++i) {
        try {
          group_.cancel(i);
        } catch (...) {
          // No memory to cancel the very task that destroys this: it ends by itself.
        }
      }
    }

   private:
    WaitGroup& group_;
  };

  template <class Object>
  static Coro<> help(Reference<WaitGroup> reference, Object& object, std::size_t index, Site site) {
    // all_tasks() has it: cancelled before its first turn, it tells the group.
    const bool cancelled = event_loop.take_wake() != Wake::normal;
    if (open(reference) == nullptr) co_return;
    std::exception_ptr failure;
    try {
      if (cancelled) throw CancelledError();
      if constexpr (requires { object.wait(site); }) {
        static_cast<void>(co_await object.wait(site));
      } else {
        static_cast<void>(co_await object.wait());
      }
    } catch (...) {
      failure = std::current_exception();
    }
    if (WaitGroup* const group = open(reference)) group->triggered(index, std::move(failure), site);
  }

  // nullptr if the group needs no more, or is gone: a helper may outlive it.
  static WaitGroup* open(const Reference<WaitGroup>& reference) {
    WaitGroup* const group = reference.get();
    return group != nullptr && !group->closed_ ? group : nullptr;
  }

  void triggered(std::size_t index, std::exception_ptr failure, Site site) {
    failure_ = std::move(failure);
    if (first_ == none) first_ = index;
    if (--missing_ == 0 || failure_) {
      close();
      event_loop.make_all_ready(waiting_, trace::Reason::event, 0, site);
    }
  }

  // Cancels the helpers that still wait: at once, so that none takes the event that comes next.
  void close() {
    closed_ = true;
    for (std::size_t i = 0; i < count_; ++i) cancel(i);
  }
  void cancel(std::size_t i) {
    if (helpers_[i] && helpers_[i].promise() != event_loop.current()) helpers_[i].cancel();
  }

  const Task<>* helpers_ = nullptr;
  std::size_t count_ = 0;
  std::size_t missing_;
  std::size_t first_ = none;
  bool closed_ = false;
  References<WaitGroup> references_;  // of the helpers
  std::exception_ptr failure_;
  WaitList waiting_;
};

// clear() of every object that has it.
template <class... Objects>
void clear_all(std::tuple<Objects...>& objects, [[maybe_unused]] Site site) {
  const auto clear = [&](auto& object) {
    if constexpr (requires { object.clear(site); }) {
      object.clear(site);
    } else if constexpr (requires { object.clear(); }) {
      object.clear();
    }
  };
  std::apply([&](auto&... object) { (..., clear(object)); }, objects);
}

}  // namespace asyncio
