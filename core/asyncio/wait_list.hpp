// The intrusive lists of tasks; none allocates or owns its tasks. WaitList: first in, first out: the ready
// queue, and who waits for an Event, a Lock, a task's end. TimerSlot: the same for a slot of the timer wheel,
// where a task can leave from the middle in constant time however many there are.
#pragma once

namespace asyncio {

class PromiseBase;

class WaitList {
 public:
  constexpr WaitList() : head_(nullptr), last_(nullptr) {}
  // Leaves it to clear().
  struct Uninitialised {};
  explicit WaitList(Uninitialised) {}

  void clear() { head_ = nullptr; }
  bool empty() const { return head_ == nullptr; }
  PromiseBase* front() const { return head_; }
  static inline PromiseBase* after(const PromiseBase* task);  // nullptr if it is the last
  inline void push_back(PromiseBase* task);
  inline void push_waiter(PromiseBase* task);  // push_back() where the list is most often empty
  inline void push_front(PromiseBase* task);
  inline void append(PromiseBase* first, PromiseBase* last);  // a chain of `next` that ends in nullptr
  inline void append_all_of(WaitList& other);                 // leaves `other`, which is not empty, empty
  inline PromiseBase* pop_front();                            // must not be empty
  inline void remove(PromiseBase* task);                      // is in the list; takes time in its place
  // Makes the list look empty until show(): nothing may be added meanwhile. Returns what show() needs.
  PromiseBase* hide() {
    PromiseBase* const hidden = head_;
    head_ = nullptr;
    return hidden;
  }
  void show(PromiseBase* hidden) { head_ = hidden; }

 private:
  PromiseBase* head_;
  PromiseBase* last_;  // undefined while empty
};

class TimerSlot {
 public:
  bool empty() const { return head_ == nullptr; }
  PromiseBase* front() const { return head_; }
  inline void push_back(PromiseBase* task);
  inline void remove(PromiseBase* task);
  // Leaves the slot, which is not empty, empty; returns its tasks as a chain of `next` that ends in nullptr.
  PromiseBase* take_all(PromiseBase*& last) {
    PromiseBase* const first = head_;
    last = last_;
    head_ = nullptr;
    return first;
  }

 private:
  // Not a ring: adding a task must not touch the first one, which among many sleepers is out of the cache.
  PromiseBase* head_ = nullptr;
  PromiseBase* last_ = nullptr;  // undefined while empty
};

}  // namespace asyncio
