// Boost.Asio's coroutines at their fastest on one thread: no locking (BOOST_ASIO_DISABLE_THREADS, concurrency
// hint 1), the io_context's own executor instead of any_io_executor, `deferred` where it spares a coroutine
// frame; and what the operations need beside it: an event, a lock and a clock that jumps. Include it in one
// source only: it configures Asio for that source.
//
// Event and lock keep the waiters' completion handlers and post them when their turn comes. The other idiom,
// a timer that never expires and is cancelled, brings in the reactor and took over ten times as long.
#pragma once

#define BOOST_ASIO_DISABLE_THREADS 1
#include <boost/asio/detail/config.hpp>
// Without a timerfd the reactor asks the clock how long to wait just when it is about to, which is when
// virtual time has to jump. With one, each jump costs system calls to arm it, and a wake many times as much.
#undef BOOST_ASIO_HAS_TIMERFD

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <utility>

namespace asio_reference {

using Executor = boost::asio::io_context::executor_type;
using Awaitable = boost::asio::awaitable<void, Executor>;
using UseAwaitable = boost::asio::use_awaitable_t<Executor>;

// The handlers of waiting coroutines, first in, first out.
class Waiters {
 public:
  explicit Waiters(Executor executor) : executor_(executor) {}

  bool empty() const { return waiting_.empty(); }

  auto wait() {
    return boost::asio::async_initiate<UseAwaitable, void()>(
        [this](Handler handler) { waiting_.push_back(std::move(handler)); }, token_);
  }

  void wake_first() {
    boost::asio::post(executor_, std::move(waiting_.front()));
    waiting_.pop_front();
  }

 private:
  using Handler = boost::asio::async_result<UseAwaitable, void()>::handler_type;

  Executor executor_;
  std::deque<Handler> waiting_;
  UseAwaitable token_;
};

class Event {
 public:
  explicit Event(Executor executor) : waiters_(executor) {}

  bool is_set() const { return set_; }
  void set() {
    set_ = true;
    while (!waiters_.empty()) waiters_.wake_first();
  }
  void clear() { set_ = false; }

  // Only while not set.
  auto wait() { return waiters_.wait(); }

 private:
  bool set_ = false;
  Waiters waiters_;
};

// Handed to the longest waiter without being free in between.
class Lock {
 public:
  explicit Lock(Executor executor) : waiters_(executor) {}

  bool try_acquire() { return !std::exchange(locked_, true); }

  // Only after try_acquire() failed. Holds the lock when it returns.
  auto acquire() { return waiters_.wait(); }

  void release() {
    if (waiters_.empty()) {
      locked_ = false;
    } else {
      waiters_.wake_first();
    }
  }

 private:
  bool locked_ = false;
  Waiters waiters_;
};

struct VirtualClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
  static inline time_point time{};
  static time_point now() noexcept { return time; }
};

// Asked for the time until the next deadline when nothing is ready: jumps there and need not wait.
struct JumpToDeadline {
  static VirtualClock::duration to_wait_duration(const VirtualClock::duration& until_deadline) {
    if (until_deadline.count() > 0) VirtualClock::time += until_deadline;
    return VirtualClock::duration::zero();
  }
};

using Timer = boost::asio::basic_waitable_timer<VirtualClock, JumpToDeadline, Executor>;

}  // namespace asio_reference
