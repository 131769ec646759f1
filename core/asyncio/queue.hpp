// Queue<T>: tasks put items in, others take them out, in the same order. CPython's asyncio.Queue.
//
//   asyncio::Queue<int> readings(10);                 // at most 10; without a number it grows as needed
//   co_await readings.put(42);                        // waits while it is full
//   int value = co_await readings.get();              // waits while it is empty
//
// Tasks that wait are served first come, first served, behind whatever is ready, and nobody can take their
// item or their place in between (in Hinch's they all wake up and the first to run wins; in CPython's a
// get_nowait() may win). A get() or put() that throws has taken or put nothing. No yield if there is no need
// to wait. A limited queue allocates once, when it is made. Not for interrupts: see thread_safe_queue.hpp.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "asyncio/queue_lines.hpp"

namespace asyncio {

template <class T>
class Queue : public QueueLines {
 public:
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "moving an item must not throw: put a pointer to it");
  using value_type = T;

  // Room for `maxsize` items; 0 or less: no limit. `name` is for the trace and is kept, not copied: a
  // literal.
  explicit Queue(std::ptrdiff_t maxsize = 0, const char* name = nullptr, Site site = {})
      : QueueLines(maxsize > 0 ? static_cast<std::size_t>(maxsize) : unlimited, name, site) {
    if (maxsize > 0) grow(capacity_);
  }
  // A task that still waits gets a RuntimeError.
  ~Queue() {
    while (stored_ != 0) pop();
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, slots_count_);
    if (!joining_.empty()) event_loop.abandon(joining_, trace_.id());
  }

  // The limit; 0 if there is none.
  std::size_t maxsize() const { return capacity_ == unlimited ? 0 : capacity_; }

  // `co_await queue.put(item)`: until there was room.
  PutAwaiter<Queue, T> put(T item, Site site = {}) { return {*this, std::move(item), site}; }
  // `co_await queue.get()`: the oldest item, as soon as there is one.
  GetAwaiter<Queue, T> get(Site site = {}) { return {*this, site}; }
  // Throws QueueFull.
  void put_nowait(T item, Site site = {}) {
    if (full()) throw QueueFull();
    store(std::move(item), site);
  }
  // Throws QueueEmpty.
  T get_nowait(Site site = {}) {
    if (empty()) throw QueueEmpty();
    return take(site);
  }

  // Whoever got an item says that it has been dealt with. Throws ValueError if called more often than items
  // were put.
  void task_done(Site site = {}) {
    if (unfinished_ == 0) throw ValueError("task_done() called too many times");
    if (--unfinished_ == 0) event_loop.make_all_ready(joining_, trace::Reason::queue_join, trace_.id(), site);
  }
  class [[nodiscard("co_await it")]] JoinAwaiter {
   public:
    JoinAwaiter(Queue& queue, Site site) : queue_(queue), site_(site) {}
    bool await_ready() const noexcept { return queue_.unfinished_ == 0; }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      event_loop.park_in(queue_.joining_, trace::Reason::queue_join, queue_.trace_.id(), site_);
    }
    void await_resume() const { event_loop.check_wake(); }

   private:
    Queue& queue_;
    [[no_unique_address]] Site site_;
  };
  // `co_await queue.join()`: until task_done() was called for every item ever put.
  JoinAwaiter join(Site site = {}) { return {*this, site}; }

 private:
  friend GetAwaiter<Queue, T>;
  friend PutAwaiter<Queue, T>;

  void store(T&& item, Site site) {
    if (stored_ == slots_count_) grow(slots_count_ == 0 ? 8 : 2 * slots_count_);
    std::construct_at(slots_ + wrapped(first_ + stored_), std::move(item));
    ++unfinished_;
    stored(site);
  }
  T take(Site site) {
    T item = std::move(slots_[first_]);
    std::destroy_at(slots_ + first_);
    first_ = wrapped(first_ + 1);
    taken(site);
    return item;
  }
  void pop() {
    std::destroy_at(slots_ + first_);
    first_ = wrapped(first_ + 1);
    --stored_;
  }
  std::size_t wrapped(std::size_t index) const { return index < slots_count_ ? index : index - slots_count_; }
  void grow(std::size_t count) {
    T* const slots = std::allocator<T>().allocate(count);
    for (std::size_t i = 0; i < stored_; ++i) {
      T& item = slots_[wrapped(first_ + i)];
      std::construct_at(slots + i, std::move(item));
      std::destroy_at(&item);
    }
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, slots_count_);
    slots_ = slots;
    slots_count_ = count;
    first_ = 0;
  }

  T* slots_ = nullptr;  // a ring: the oldest item at first_, the others behind it
  std::size_t slots_count_ = 0;
  std::size_t first_ = 0;
  std::size_t unfinished_ = 0;  // items put and not yet task_done()
  WaitList joining_;
};

}  // namespace asyncio
