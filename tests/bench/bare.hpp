// The limit: a ready queue of coroutine handles and nothing else. What a yield, an event, a lock, a spawn and
// a sleep cost at least, since a real scheduler adds names, results, errors, cancellation, I/O and tracing.
// Intrusive: the queue's link and the timer's node are in the promise; frames come from free lists by size.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace bare {

inline constexpr std::uint64_t no_deadline = UINT64_MAX;

// A link of the ready queue and of the waiter lists: the base of every promise.
struct ReadyNode {
  ReadyNode* next;
};

// First in, first out.
class ReadyQueue {
 public:
  ReadyNode* front() const { return head_; }

  void push(ReadyNode* node) {
    node->next = nullptr;
    append(node, node);
  }

  // Takes over a chain whose last link is null.
  void append(ReadyNode* first, ReadyNode* last) {
    if (head_ == nullptr) {
      head_ = first;
    } else {
      tail_->next = first;
    }
    tail_ = last;
  }

  // Not empty.
  ReadyNode* pop() {
    ReadyNode* node = head_;
    head_ = node->next;
    return node;
  }

  void append_all_of(ReadyQueue& other) {
    if (other.head_ == nullptr) return;
    append(other.head_, other.tail_);
    other.head_ = nullptr;
  }

 private:
  ReadyNode* head_ = nullptr;
  ReadyNode* tail_ = nullptr;
};

// Memory for frames: a free list for each multiple of 16 bytes, filled from blocks that are never given back.
class Frames {
 public:
  void* allocate(std::size_t size) {
    const std::size_t list = (size + 15) / 16;
    if (list < lists && free_[list] != nullptr) {
      Free* frame = free_[list];
      free_[list] = frame->next;
      return frame;
    }
    return carve(list * 16);
  }

  void deallocate(void* frame, std::size_t size) {
    const std::size_t list = (size + 15) / 16;
    if (list < lists) free_[list] = ::new (frame) Free{free_[list]};
  }

 private:
  struct Free {
    Free* next;
  };
  static constexpr std::size_t lists = 64;
  static constexpr std::size_t block_size = std::size_t{1} << 20;

  __attribute__((noinline)) void* carve(std::size_t size) {
    if (size > left_) {
      blocks_.push_back(std::make_unique<std::byte[]>(block_size));
      next_ = blocks_.back().get();
      left_ = block_size;
    }
    void* frame = next_;
    next_ += size;
    left_ -= size;
    return frame;
  }

  Free* free_[lists] = {};
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

// For loops in which nobody sleeps.
struct NoTimers {
  using Node = ReadyNode;
  void pop_due(std::uint64_t /*now*/, ReadyQueue& /*ready*/) {}
  std::uint64_t next_deadline() const { return no_deadline; }
};

// Timers: push(node, deadline), pop_due(now, ready) which appends every node due by `now` to `ready` in the
// order (deadline, push), and next_deadline(), which is never later than the earliest deadline.
template <class Timers>
struct Loop {
  static inline ReadyQueue ready;
  static inline Timers timers;
  static inline Frames frames;
  static inline std::uint64_t now = 0;  // virtual milliseconds

  // A coroutine that runs on this loop by itself and is gone when it finishes.
  struct Task {
    struct promise_type : Timers::Node {
      Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      [[noreturn]] void unhandled_exception() { std::terminate(); }
      static void* operator new(std::size_t size) { return frames.allocate(size); }
      static void operator delete(void* frame, std::size_t size) { frames.deallocate(frame, size); }
    };
    std::coroutine_handle<promise_type> handle;
  };
  using Promise = typename Task::promise_type;
  using Handle = std::coroutine_handle<Promise>;

  static void spawn(Task task) { ready.push(&task.handle.promise()); }

  // Returns when nothing is ready and nobody sleeps.
  static void run() {
    for (;;) {
      while (ready.front() != nullptr) {
        Handle::from_promise(static_cast<Promise&>(*ready.pop())).resume();
      }
      const std::uint64_t next = timers.next_deadline();
      if (next == no_deadline) return;
      now = next;
      timers.pop_due(now, ready);
    }
  }

  struct Yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(Handle task) const noexcept { ready.push(&task.promise()); }
    void await_resume() const noexcept {}
  };
  static Yield yield() { return {}; }

  struct Sleep {
    std::uint64_t deadline;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Handle task) const { timers.push(&task.promise(), deadline); }
    void await_resume() const noexcept {}
  };
  static Sleep sleep_ms(std::uint64_t duration) { return {now + duration}; }

  class Event {
   public:
    void set() {
      set_ = true;
      ready.append_all_of(waiters_);
    }
    void clear() { set_ = false; }

    struct Wait {
      Event& event;
      bool await_ready() const noexcept { return event.set_; }
      void await_suspend(Handle task) const noexcept { event.waiters_.push(&task.promise()); }
      void await_resume() const noexcept {}
    };
    Wait wait() { return {*this}; }

   private:
    bool set_ = false;
    ReadyQueue waiters_;
  };

  // release() hands a lock that somebody waits for to the longest waiter without freeing it in between.
  class Lock {
   public:
    struct Acquire {
      Lock& lock;
      bool await_ready() const noexcept { return !lock.locked_; }
      void await_suspend(Handle task) const noexcept { lock.waiters_.push(&task.promise()); }
      void await_resume() const noexcept { lock.locked_ = true; }
    };
    Acquire acquire() { return {*this}; }

    void release() {
      if (waiters_.front() != nullptr) {
        ready.push(waiters_.pop());
      } else {
        locked_ = false;
      }
    }

   private:
    bool locked_ = false;
    ReadyQueue waiters_;
  };
};

}  // namespace bare
