// Barrier: a number of tasks meet. Each waits until the last one has come; then all go on, and the barrier is
// ready for the next time.
//
//   asyncio::Barrier barrier(3, [] { print("Synch\n"); });
//   co_await barrier;                                          // in each of three tasks
//
// Who resumes where: the last to come calls the callback, makes the others ready in the order they came, and
// goes on without yielding. A task that need not wait says trigger() instead, and is counted all the same. A
// task that is cancelled while it waits has not come, as in CPython (in Hinch's it counts, and the others go
// on without it).
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include "asyncio/launch.hpp"

namespace asyncio {

class Barrier {
 public:
  // For that many tasks. `name` is for the trace and is kept, not copied: a literal.
  explicit Barrier(std::size_t participants, const char* name = nullptr, Site site = {})
      : participants_(participants), trace_(trace::ObjectKind::barrier, name, site) {}
  // `callback` is a function or a coroutine: a function runs before anyone goes on, a coroutine becomes a
  // task. What a function throws is thrown in the task that came last; the barrier opens all the same.
  Barrier(std::size_t participants, Callback callback, const char* name = nullptr, Site site = {})
      : participants_(participants),
        callback_(std::move(callback)),
        trace_(trace::ObjectKind::barrier, name, site) {}
  // A callback with arguments: Barrier(3, print_line, std::tuple("Synch")).
  template <class F, class... Args>
  Barrier(std::size_t participants, F callback, std::tuple<Args...> args, const char* name = nullptr,
          Site site = {})
      : Barrier(participants, Callback(std::move(callback), std::move(args)), name, site) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  // A task that still waits gets a RuntimeError.
  ~Barrier() {
    if (!waiting_.empty()) event_loop.abandon(waiting_, trace_.id());
  }

  // Comes, and does not wait. True if this was the last one. Throws ValueError if the barrier is opening: its
  // callback must not come to it, nor can anyone if it is for nobody.
  bool trigger(Site site = {}) {
    const bool last = arrive(site);
    if (!last) ++passed_;
    return last;
  }

  class [[nodiscard("co_await it")]] WaitAwaiter {
   public:
    WaitAwaiter(Barrier& barrier, Site site) : barrier_(barrier), site_(site) {}
    bool await_ready() const { return barrier_.arrive(site_); }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      event_loop.park_in(barrier_.waiting_, trace::Reason::barrier, barrier_.trace_.id(), site_);
    }
    void await_resume() const { event_loop.check_wake(); }

   private:
    Barrier& barrier_;
    [[no_unique_address]] Site site_;
  };
  // `co_await barrier.wait()`: comes, and waits for the last one; no yield for that one. Throws as trigger().
  WaitAwaiter wait(Site site = {}) { return {*this, site}; }
  WaitAwaiter operator co_await() { return {*this, {nullptr, 0}}; }

  // Has at least one come, but not all?
  bool busy() const { return arrived() != 0; }

  // What the callback returned when they last met: the value of a function, the Task of a coroutine.
  const Returned& result() const { return result_; }

 private:
  // Those who wait are counted in their list, which a task leaves when it is cancelled.
  std::size_t arrived() const {
    std::size_t count = passed_;
    for (const PromiseBase* task = waiting_.front(); task != nullptr; task = WaitList::after(task)) ++count;
    return count;
  }

  // One more comes. True if it is the last one, and the barrier has opened.
  bool arrive(Site site) {
    if (opening_ || participants_ == 0) throw ValueError("too many tasks come to this Barrier");
    const std::size_t count = arrived() + 1;
    trace::object_event(trace::Kind::value, trace_, site, count);
    if (count < participants_) return false;
    struct Opening {
      explicit Opening(Barrier& barrier, Site opened_at) : opened(barrier), site(opened_at) {
        opened.opening_ = true;
      }
      Opening(const Opening&) = delete;
      Opening& operator=(const Opening&) = delete;
      ~Opening() {
        opened.opening_ = false;
        opened.passed_ = 0;
        trace::object_event(trace::Kind::value, opened.trace_, site, 0);
        event_loop.make_all_ready(opened.waiting_, trace::Reason::barrier, opened.trace_.id(), site);
      }
      Barrier& opened;
      [[no_unique_address]] Site site;
    } const opening(*this, site);
    result_ = callback_();
    return true;
  }

  const std::size_t participants_;
  std::size_t passed_ = 0;  // those that triggered and did not wait
  bool opening_ = false;    // the callback runs
  WaitList waiting_;
  Callback callback_;
  Returned result_;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
