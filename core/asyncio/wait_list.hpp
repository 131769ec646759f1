// The intrusive lists of tasks. WaitList: who waits for an Event, a Lock, a task, a timer slot; one pointer,
// first in first out, and a task can leave from the middle in constant time (it was cancelled). ReadyQueue:
// who runs next. Neither allocates or owns its tasks.
#pragma once

namespace asyncio {

class PromiseBase;

class WaitList {
 public:
  bool empty() const { return head_ == nullptr; }
  PromiseBase* front() const { return head_; }
  inline void push_back(PromiseBase* task);
  inline PromiseBase* pop_front();  // must not be empty
  inline void remove(PromiseBase* task);
  // The task after `task`, or nullptr if it is the last.
  inline PromiseBase* after(const PromiseBase* task) const;
  // Leaves the list empty and returns its tasks as a null-terminated chain of `next`; last in `last`.
  inline PromiseBase* take_all(PromiseBase*& last);

 private:
  PromiseBase* head_ = nullptr;  // a ring: head_->prev is the last
};

class ReadyQueue {
 public:
  bool empty() const { return head_ == nullptr; }
  PromiseBase* front() const { return head_; }
  inline void push_back(PromiseBase* task);
  inline void push_front(PromiseBase* task);
  inline void append(PromiseBase* first, PromiseBase* last);  // a chain of `next`
  inline PromiseBase* pop_front();                            // must not be empty

 private:
  PromiseBase* head_ = nullptr;
  PromiseBase* last_ = nullptr;  // undefined while empty
};

}  // namespace asyncio
