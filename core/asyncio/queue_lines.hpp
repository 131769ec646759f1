// What Queue and RingbufQueue have in common: how many items there are, who waits for one and who for room.
//
// Tasks that wait are served in the order they came, and what they wait for is promised to them when they are
// made ready: a promised item stays in the queue, a promised place stays empty, until the task runs. Nobody
// can take either in between, so a waiter never has to wait again; cancelled, it leaves the promise to the
// next. Items come out in the order they went in, whoever takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "asyncio/waiting_line.hpp"

namespace asyncio {

class QueueLines {
 public:
  QueueLines(const QueueLines&) = delete;
  QueueLines& operator=(const QueueLines&) = delete;

  // These three say what get_nowait() and put_nowait() would find now: an item promised to a waiting get()
  // counts no more, a place promised to a waiting put() is taken already.
  std::size_t qsize() const { return stored_ - promised_items_; }
  bool empty() const { return stored_ == promised_items_; }
  bool full() const { return stored_ + promised_places_ >= capacity_; }

 protected:
  QueueLines(std::size_t capacity, const char* name, Site site)
      : capacity_(capacity), trace_(trace::ObjectKind::queue, name, site) {}
  ~QueueLines() {
    getters_.abandon(trace_.id());
    putters_.abandon(trace_.id());
  }

  static constexpr std::size_t unlimited = SIZE_MAX;

  // An item went in, or came out.
  void stored(Site site) {
    ++stored_;
    trace::object_event(trace::Kind::queue_put, trace_, site, stored_);
    offer_item(site);
  }
  void taken(Site site) {
    --stored_;
    trace::object_event(trace::Kind::queue_get, trace_, site, stored_);
    offer_place(site);
  }
  // An item went in for the oldest one.
  void replaced(Site site) { trace::object_event(trace::Kind::queue_put, trace_, site, stored_); }
  // An item, or a place, is free that was not.
  void offer_item(Site site) {
    if (getters_.empty()) return;
    ++promised_items_;
    getters_.serve(trace::Reason::queue_get, trace_.id(), site);
  }
  void offer_place(Site site) {
    if (putters_.empty()) return;
    ++promised_places_;
    putters_.serve(trace::Reason::queue_put, trace_.id(), site);
  }

  // The derived queue has take(Site), which removes the oldest item and calls taken(), and store(T&&, Site),
  // which adds one and calls stored().
  template <class Queue, class T>
  class GetAwaiter;
  template <class Queue, class T>
  class PutAwaiter;

  const std::size_t capacity_;
  std::size_t stored_ = 0;           // items that are there
  std::size_t promised_items_ = 0;   // of them, those that tasks which were made ready are about to take
  std::size_t promised_places_ = 0;  // likewise for tasks which are about to put
  std::size_t overtaken_ = 0;  // such tasks whose place was used: their item is the oldest, and discarded
  WaitingLine getters_;
  WaitingLine putters_;
  [[no_unique_address]] trace::Object trace_;
};

template <class Queue, class T>
class [[nodiscard("co_await it")]] QueueLines::GetAwaiter {
 public:
  GetAwaiter(Queue& queue, Site site) : queue_(queue), site_(site) {}
  GetAwaiter(const GetAwaiter&) = default;
  GetAwaiter& operator=(const GetAwaiter&) = delete;
  ~GetAwaiter() {
    if (turn_.leave(queue_.getters_)) leave_item();
  }
  bool await_ready() const noexcept { return !queue_.empty(); }
  void await_suspend(std::coroutine_handle<>) noexcept {
    turn_.wait(queue_.getters_, trace::Reason::queue_get, queue_.trace_.id(), site_);
  }
  T await_resume() {
    if (turn_.leave(queue_.getters_)) {
      if (Turn::accepted()) {
        --queue_.promised_items_;
        return queue_.take(site_);
      }
      leave_item();
    }
    event_loop.check_wake();
    return queue_.take(site_);
  }

 private:
  void leave_item() {
    --queue_.promised_items_;
    queue_.offer_item(site_);
  }

  Queue& queue_;
  Turn turn_;
  [[no_unique_address]] Site site_;
};

template <class Queue, class T>
class [[nodiscard("co_await it")]] QueueLines::PutAwaiter {
 public:
  PutAwaiter(Queue& queue, T&& item, Site site) : queue_(queue), item_(std::move(item)), site_(site) {}
  PutAwaiter(const PutAwaiter&) = default;
  PutAwaiter(PutAwaiter&&) noexcept = default;
  PutAwaiter& operator=(PutAwaiter&&) = delete;
  ~PutAwaiter() {
    if (turn_.leave(queue_.putters_) && take_place()) queue_.offer_place(site_);
  }
  bool await_ready() const noexcept { return !queue_.full(); }
  void await_suspend(std::coroutine_handle<>) noexcept {
    turn_.wait(queue_.putters_, trace::Reason::queue_put, queue_.trace_.id(), site_);
  }
  void await_resume() {
    if (turn_.leave(queue_.putters_)) {
      const bool place = take_place();
      if (Turn::accepted()) {
        if (place) queue_.store(std::move(item_), site_);
        return;
      }
      if (place) queue_.offer_place(site_);
    }
    event_loop.check_wake();
    queue_.store(std::move(item_), site_);
  }

 private:
  // The promised place, which is free for whoever uses it now. False if it was used meanwhile.
  bool take_place() {
    if (queue_.overtaken_ != 0) {
      --queue_.overtaken_;
      return false;
    }
    --queue_.promised_places_;
    return true;
  }

  Queue& queue_;
  Turn turn_;
  T item_;
  [[no_unique_address]] Site site_;
};

}  // namespace asyncio
