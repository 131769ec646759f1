// What every coroutine frame carries beside its locals: as the root of a task, the task itself; as a
// coroutine another one awaits, the way back to its caller. Nodes of the scheduler's queues live here, so
// that waiting never allocates.
//
// The life of a task:
//
//   create_task                                              run() picks the head of the ready queue
//       |                                                                  |
//       v          1                    2                                  v
//   [not started] ---> ready queue ----------> running ------------------------> finished
//                          ^                      |          5                      |
//                          |          3           v                                 v  last handle gone
//                          +------------- waiting: a timer, a waiter list,       destroyed
//                                 4        a task, a device, a gather
//
//   1  create_task() puts it at the back of the ready queue.
//   2  The loop takes the head and resumes the task's innermost coroutine.
//   3  co_await parks it: the coroutine suspends and control returns to the loop. sleep_ms(0) goes straight
//      back to the end of the ready queue.
//   4  Its time comes, or whoever it waits for wakes it: back of the ready queue. Task::cancel() does the
//      same and leaves a note, which the co_await turns into CancelledError when the task runs.
//   5  co_return or an exception: waiters are woken, the result stays in the frame until the last handle goes.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "asyncio/frame_allocator.hpp"
#include "asyncio/wait_list.hpp"
#include "trace/hooks.hpp"

// g++ 12 lays out the frame of a coroutine such as `Coro<> f() { if (co_await x) … }`, whose outermost block
// declares no local, a pointer or two away from where coroutine_handle looks for it (GCC bug 106188, any
// optimisation level, no warning). The promise then measures by how much, and the loop calls the frame's own
// resume and destroy functions with the address that was really allocated. Compiled away elsewhere.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#define COROSCOPE_SHIFTED_FRAMES 1
#else
#define COROSCOPE_SHIFTED_FRAMES 0
#endif

namespace asyncio {

class GatherWait;
class IOBase;

// How a task is parked, which is what cancelling it needs to know.
enum class Parked : std::uint8_t {
  not_started,  // in the ready queue, never ran
  ready,        // running, or in the ready queue
  timer,        // in the timer wheel, or moved from there to the ready queue because it is due
  list,         // in the WaitList `waits_on.list`
  task,         // in the waiters of the task `waits_on.task`
  io,           // waits for the device `waits_on.device`
  gather,       // waits for `waits_on.gather`
  finished
};

// What a task finds when it resumes.
enum class Wake : std::uint8_t {
  normal,
  cancelled,    // Task::cancel(): the co_await throws CancelledError
  interrupted,  // wait_for()'s runner ended its sleep
  destroyed     // what it waited on was destroyed: the co_await throws RuntimeError
};

#if COROSCOPE_SHIFTED_FRAMES
// The frames allocated whose promise is not constructed yet, innermost last. There is one, unless the copy
// constructor of a coroutine's parameter creates coroutines itself.
class NewFrames {
 public:
  void push(void* frame) {
    if (count_ < max_nested) frames_[count_] = frame;
    ++count_;
  }
  void* pop() { return --count_ < max_nested ? frames_[count_] : nullptr; }
  // A frame given back before its promise existed: the copy of a parameter threw.
  void discard(const void* frame) {
    if (count_ != 0 && count_ <= max_nested && frames_[count_ - 1] == frame) --count_;
  }

 private:
  static constexpr std::size_t max_nested = 8;
  std::size_t count_ = 0;
  void* frames_[max_nested] = {};
};
inline constinit NewFrames new_frames;
#endif

class PromiseBase {
 public:
  PromiseBase() noexcept {
#if COROSCOPE_SHIFTED_FRAMES
    void* const allocated = new_frames.pop();
    if (allocated != nullptr) {
      shift_ = static_cast<std::uint8_t>(header_address() - static_cast<std::byte*>(allocated));
    }
#endif
  }
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  static void* operator new(std::size_t size) {
    void* const memory = frame_allocator.allocate(size);
#if COROSCOPE_SHIFTED_FRAMES
    new_frames.push(memory);
#endif
    return memory;
  }
  static void operator delete(void* memory, std::size_t size) noexcept {
#if COROSCOPE_SHIFTED_FRAMES
    new_frames.discard(memory);
#endif
    frame_allocator.deallocate(memory, size);
  }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  // Ends this coroutine's slice of the task: back to the caller, or the task is finished. The loop carries on
  // from there, so that returning from a chain of any depth does not grow the stack.
  struct FinalSuspend {
    PromiseBase* promise;  // not the handle's: that one may be wrong, see COROSCOPE_SHIFTED_FRAMES
    bool await_ready() const noexcept { return false; }
    inline void await_suspend(std::coroutine_handle<>) const noexcept;  // in loop.hpp
    void await_resume() const noexcept {}
  };
  FinalSuspend final_suspend() noexcept { return {this}; }

  void unhandled_exception() noexcept { exception = std::current_exception(); }

  // The frame's own functions: what coroutine_handle::resume() and destroy() would call if the compiler had
  // laid the frame out where it says.
  using ResumeFunction = void (*)(void*);
  ResumeFunction resume_function() const noexcept { return header()->resume; }
  void* frame_address() const noexcept { return const_cast<std::byte*>(header_address()) - shift(); }
  void destroy_frame() noexcept { header()->destroy(frame_address()); }

  // --- A task, or a coroutine it awaits, directly or not.
  std::exception_ptr exception;  // set when it ended by one

  union {
    struct {
      PromiseBase* next;  // ready queue, waiter list or timer slot
      PromiseBase* prev;  // waiter list or timer slot
    };
    struct {
      PromiseBase* caller;  // the coroutine that awaits this one
      PromiseBase** owner;  // where the caller's Coro keeps its pointer to this frame; nullptr: no Coro owns it
    };
  };

  // --- The root of a task only; set by Loop::adopt().
  ResumeFunction resume;  // the innermost coroutine: its resume function, and what to call it with
  void* frame;
  PromiseBase* leaf;
  union {
    WaitList* list;
    PromiseBase* task;
    IOBase* device;
    GatherWait* gather;
  } waits_on;
  WaitList waiters;       // tasks awaiting this one
  GatherWait* gather;     // the gather() this task belongs to; excludes waiters
  PromiseBase* all_next;  // every unfinished task, in order of creation
  PromiseBase* all_prev;
  const char* name;
  std::uint32_t due;   // deadline of a sleep, ms modulo 2^32
  std::uint32_t handles;  // Task objects, and one for the loop while unfinished
  Parked parked;
  Wake wake = Wake::normal;
  bool finished = false;
  bool retrieved = false;  // somebody has seen the result or exception
  bool has_value = false;  // the result was stored and not destroyed
  bool reporting = false;  // queued once more to report its exception
  std::uint8_t io_events = 0;  // POLLIN, POLLOUT it waits for
  bool orphan = false;     // left behind by new_event_loop(); never runs again
#if COROSCOPE_SHIFTED_FRAMES
 private:
  std::uint8_t shift_ = 0;  // bytes between the allocated address and where coroutine_handle looks
 public:
#endif
  [[no_unique_address]] trace::TaskNumber number;

 private:
  struct Header {
    ResumeFunction resume;
    void (*destroy)(void*);
  };
  // A promise follows the header's two pointers, at its own alignment.
  const std::byte* header_address() const noexcept {
    return reinterpret_cast<const std::byte*>(this) - sizeof(Header);
  }
  const Header* header() const noexcept { return reinterpret_cast<const Header*>(header_address()); }
  std::size_t shift() const noexcept {
#if COROSCOPE_SHIFTED_FRAMES
    return shift_;
#else
    return 0;
#endif
  }
};

// --- WaitList and ReadyQueue, declared in wait_list.hpp

inline void WaitList::push_back(PromiseBase* task) {
  if (head_ == nullptr) {
    task->next = task->prev = task;
    head_ = task;
    return;
  }
  PromiseBase* const last = head_->prev;
  task->next = head_;
  task->prev = last;
  last->next = task;
  head_->prev = task;
}

inline void WaitList::remove(PromiseBase* task) {
  PromiseBase* const next = task->next;
  if (next == task) {
    head_ = nullptr;
    return;
  }
  next->prev = task->prev;
  task->prev->next = next;
  if (head_ == task) head_ = next;
}

inline PromiseBase* WaitList::pop_front() {
  PromiseBase* const task = head_;
  PromiseBase* const next = task->next;
  if (next == task) {
    head_ = nullptr;
  } else {
    next->prev = task->prev;
    task->prev->next = next;
    head_ = next;
  }
  return task;
}

inline PromiseBase* WaitList::after(const PromiseBase* task) const {
  return task->next == head_ ? nullptr : task->next;
}

inline PromiseBase* WaitList::take_all(PromiseBase*& last) {
  PromiseBase* const first = head_;
  last = first->prev;
  last->next = nullptr;
  head_ = nullptr;
  return first;
}

inline void ReadyQueue::push_back(PromiseBase* task) {
  task->next = nullptr;
  (head_ == nullptr ? head_ : last_->next) = task;
  last_ = task;
}

inline void ReadyQueue::push_front(PromiseBase* task) {
  task->next = head_;
  if (head_ == nullptr) last_ = task;
  head_ = task;
}

inline void ReadyQueue::append(PromiseBase* first, PromiseBase* last) {
  (head_ == nullptr ? head_ : last_->next) = first;
  last_ = last;
}

inline PromiseBase* ReadyQueue::pop_front() {
  PromiseBase* const task = head_;
  head_ = task->next;
  return task;
}

}  // namespace asyncio
