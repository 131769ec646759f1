// RingbufQueue<T>: a Queue in a fixed buffer that can drop its oldest item instead of waiting for room.
// Hinch's.
//
//   asyncio::RingbufQueue<int> readings(10);                     // holds 9
//   if (readings.put_overwriting(42)) …                          // it was full: 42 is in, the oldest is out
//   for (;;) { int value = co_await readings.next(); … }         // Python's async for
//
// A buffer of N holds N - 1 items, as in Hinch's; one that the queue makes itself has no slot to spare.
// Waiting is as in queue.hpp (in Hinch's all waiters wake up, and the first to run wins), and an empty or
// full queue throws IndexError (put_nowait() after it has discarded the oldest item for the new one).
// Allocates once, when it is made, or never, in a buffer that is given. Not for interrupts: see
// thread_safe_queue.hpp.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "asyncio/queue_lines.hpp"

namespace asyncio {

template <class T>
class RingbufQueue : public QueueLines {
 public:
  using value_type = T;

  // A buffer of `size` is made. Throws ValueError below 2. `name` is for the trace and is kept, not copied: a
  // literal.
  explicit RingbufQueue(std::size_t size, const char* name = nullptr, Site site = {})
      : QueueLines(capacity_of(size), name, site),
        own_(std::make_unique<T[]>(size - 1)),
        slots_(own_.get()) {}
  // In the caller's buffer (an array, a std::array), which must outlive the queue.
  explicit RingbufQueue(std::span<T> buffer, const char* name = nullptr, Site site = {})
      : QueueLines(capacity_of(buffer.size()), name, site), slots_(buffer.data()) {}

  // `co_await queue.put(item)`: until there was room.
  PutAwaiter<RingbufQueue, T> put(T item, Site site = {}) { return {*this, std::move(item), site}; }
  // `co_await queue.get()`: the oldest item, as soon as there is one.
  GetAwaiter<RingbufQueue, T> get(Site site = {}) { return {*this, site}; }
  // The same, as Python's async for has it. A task that never has to wait should sleep_ms(0) between two
  // items, lest it leave nothing to others.
  GetAwaiter<RingbufQueue, T> next(Site site = {}) { return {*this, site}; }

  // Throws IndexError if the queue is full; the item is in it then, and the oldest is discarded.
  void put_nowait(T item, Site site = {}) {
    if (put_overwriting(std::move(item), site))
      throw IndexError("RingbufQueue is full: the oldest item was discarded");
  }
  // The same without an exception: true if an item was discarded.
  bool put_overwriting(T item, Site site = {}) {
    if (!full()) {
      store(std::move(item), site);
      return false;
    }
    if (stored_ != 0) {
      // As many items as before: nobody else can be served.
      first_ = after(first_);
      slots_[index_of(stored_ - 1)] = std::move(item);
      replaced(site);
      return true;
    }
    // Every place is promised to tasks that are about to put. The first of them would have put the oldest
    // item.
    --promised_places_;
    ++overtaken_;
    store(std::move(item), site);
    return true;
  }
  // The oldest item. Throws IndexError if the queue is empty.
  T get_nowait(Site site = {}) {
    if (empty()) throw IndexError("RingbufQueue is empty");
    return take(site);
  }
  // The oldest item, which stays where it is. Throws IndexError if the queue is empty.
  const T& peek() const {
    if (empty()) throw IndexError("RingbufQueue is empty");
    return slots_[first_];
  }

 private:
  friend GetAwaiter<RingbufQueue, T>;
  friend PutAwaiter<RingbufQueue, T>;

  static std::size_t capacity_of(std::size_t size) {
    if (size < 2) throw ValueError("RingbufQueue: a buffer of N holds N - 1 items: N must be at least 2");
    return size - 1;
  }
  void store(T&& item, Site site) {
    slots_[index_of(stored_)] = std::move(item);
    stored(site);
  }
  T take(Site site) {
    T item = std::move(slots_[first_]);
    first_ = after(first_);
    taken(site);
    return item;
  }
  // Of the item that came so many after the oldest.
  std::size_t index_of(std::size_t later) const {
    const std::size_t index = first_ + later;
    return index < capacity_ ? index : index - capacity_;
  }
  std::size_t after(std::size_t index) const { return index + 1 == capacity_ ? 0 : index + 1; }

  std::unique_ptr<T[]> own_;
  T* slots_;  // a ring: the oldest item at first_, the others behind it
  std::size_t first_ = 0;
};

}  // namespace asyncio
