// ThreadSafeQueue<T>: items from an interrupt or the other core to a task, or the other way round. Hinch's.
//
//   asyncio::ThreadSafeQueue<int> readings(10);                         // holds 9
//   readings.put_sync(42);                                              // in an interrupt
//   for (;;) { int value = co_await readings.next(); … }                // in a task: Python's async for
//
// One side puts, one side gets: of each there is one task, or one interrupt, or one other core. Then it is
// right with an interrupt between any two instructions, without masking any. Who resumes where: the waiting
// task goes behind whatever is ready when the loop looks at devices, once a step. The queue allocates once,
// when it is made; get() and put() are coroutines.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "asyncio/coro.hpp"

namespace asyncio {

template <class T>
class ThreadSafeQueue {
 public:
  using value_type = T;

  // A buffer of `size` is made, which holds size - 1 items. Throws ValueError below 2. `name` is for the
  // trace and is kept, not copied: a literal.
  explicit ThreadSafeQueue(std::size_t size, const char* name = nullptr, Site site = {})
      : own_(std::make_unique<T[]>(size)),
        slots_(own_.get()),
        size_(checked(size)),
        ends_(*this),
        trace_(trace::ObjectKind::queue, name, site) {}
  // In the caller's buffer (an array, a std::array), which must outlive the queue.
  explicit ThreadSafeQueue(std::span<T> buffer, const char* name = nullptr, Site site = {})
      : slots_(buffer.data()),
        size_(checked(buffer.size())),
        ends_(*this),
        trace_(trace::ObjectKind::queue, name, site) {}
  ThreadSafeQueue(const ThreadSafeQueue&) = delete;
  ThreadSafeQueue& operator=(const ThreadSafeQueue&) = delete;
  // A task that still waits gets a RuntimeError.
  ~ThreadSafeQueue() {
    if (getter_ != nullptr) getter_->queue_ = nullptr;
    if (putter_ != nullptr) putter_->queue_ = nullptr;
  }

  // For both sides. More items may come at any time for the side that gets, fewer be left for the side that
  // puts.
  std::size_t qsize() const {
    const std::size_t put = next_put_.load(std::memory_order_acquire);
    const std::size_t get = next_get_.load(std::memory_order_acquire);
    return put >= get ? put - get : put + size_ - get;
  }
  bool empty() const { return qsize() == 0; }
  bool full() const { return qsize() == size_ - 1; }

  // For interrupts and the other core; a task may use them too. If there is no item, or no room, they throw
  // IndexError, or with `block` go round until there is: not in a task or an interrupt, where that stops
  // everything.
  T get_sync(bool block = false, Site site = {}) {
    while (empty()) {
      if (!block) throw IndexError("ThreadSafeQueue is empty");
    }
    return take(site);
  }
  void put_sync(T item, bool block = false, Site site = {}) {
    while (full()) {
      if (!block) throw IndexError("ThreadSafeQueue is full");
    }
    store(std::move(item), site);
  }

  // For the task. `co_await queue.get()`: the oldest item, as soon as there is one. Throws RuntimeError if
  // another task waits for one.
  Coro<T> get(Site site = {}) {
    while (empty()) co_await Wait(*this, POLLIN, site);
    co_return take(site);
  }
  Coro<T> next(Site site = {}) { return get(site); }
  // `co_await queue.put(item)`: until there was room. Throws RuntimeError if another task waits for that.
  Coro<> put(T item, Site site = {}) {
    while (full()) co_await Wait(*this, POLLOUT, site);
    store(std::move(item), site);
  }

 private:
  // What the loop looks at: readable while there are items, writable while there is room.
  class Ends : public IOBase {
   public:
    explicit Ends(const ThreadSafeQueue& queue) : queue_(queue) {}
    int ioctl(int request, int flags) override {
      if (request != MP_STREAM_POLL) return MP_STREAM_ERROR;
      return ((flags & POLLIN) != 0 && !queue_.empty()) || ((flags & POLLOUT) != 0 && !queue_.full()) ? flags
                                                                                                      : 0;
    }
    bool has_interrupt() const override { return true; }

   private:
    const ThreadSafeQueue& queue_;
  };

  class Wait {
   public:
    Wait(ThreadSafeQueue& queue, int events, Site site) : queue_(&queue), events_(events), site_(site) {}
    Wait(const Wait&) = default;  // before it waits
    Wait& operator=(const Wait&) = delete;
    ~Wait() { leave(); }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) {
      event_loop.wait_for_io(queue_->ends_, events_, queue_->trace_.id(), site_);
      waiter() = this;
    }
    void await_resume() {
      leave();
      event_loop.check_wake();
      if (queue_ == nullptr) throw RuntimeError("the object this task waited on was destroyed");
    }

   private:
    friend ThreadSafeQueue;
    Wait*& waiter() { return events_ == POLLIN ? queue_->getter_ : queue_->putter_; }
    void leave() {
      if (queue_ != nullptr && waiter() == this) waiter() = nullptr;
    }

    ThreadSafeQueue* queue_;  // nullptr once it is gone
    int events_;
    [[no_unique_address]] Site site_;
  };

  static std::size_t checked(std::size_t size) {
    if (size < 2) throw ValueError("ThreadSafeQueue: a buffer of N holds N - 1 items: N must be at least 2");
    return size;
  }
  std::size_t after(std::size_t index) const { return index + 1 == size_ ? 0 : index + 1; }
  // The item is written before the other side can see that it is there, and read before its slot is free.
  void store(T&& item, Site site) {
    const std::size_t index = next_put_.load(std::memory_order_relaxed);
    slots_[index] = std::move(item);
    next_put_.store(after(index), std::memory_order_release);
    trace::object_event(trace::Kind::queue_put, trace_, site, qsize());
  }
  T take(Site site) {
    const std::size_t index = next_get_.load(std::memory_order_relaxed);
    T item = std::move(slots_[index]);
    next_get_.store(after(index), std::memory_order_release);
    trace::object_event(trace::Kind::queue_get, trace_, site, qsize());
    return item;
  }

  std::unique_ptr<T[]> own_;
  T* slots_;
  const std::size_t size_;
  std::atomic<std::size_t> next_put_ = 0;
  std::atomic<std::size_t> next_get_ = 0;
  Ends ends_;
  Wait* getter_ = nullptr;  // tasks that wait
  Wait* putter_ = nullptr;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
