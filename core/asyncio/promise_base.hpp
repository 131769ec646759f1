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
//   5  co_return or an exception: waiters are woken, the result stays in the frame until the last handle
//   goes.
#pragma once

#include <bit>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "asyncio/frame_allocator.hpp"
#include "asyncio/wait_list.hpp"
#include "trace/hooks.hpp"

// g++ 12 lays out the frame of a coroutine such as `Coro<> f() { if (co_await x) … }`, whose outermost block
// declares no local, a pointer or two away from where coroutine_handle looks for it (GCC bug 106188, any
// optimisation level, no warning). The promise is then where it should be, right behind the header with the
// frame's resume and destroy functions, but both do not begin the allocated block, whose address those
// functions want. Blocks are aligned to four pointers, so that the address follows from the promise's. Hence
// the rule of this library: never use a coroutine_handle, always PromiseBase. Compiled away for other
// compilers; the constant is in frame_allocator.hpp.

namespace asyncio {

class GatherWait;
class IOBase;
class Lock;

// How a task is parked, which is what cancelling it needs to know.
enum class Parked : std::uint8_t {
  not_started,  // in the ready queue, never ran
  ready,        // running, or in the ready queue
  timer,        // in the timer wheel, or moved from there to the ready queue because it is due
  list,         // in the WaitList `waits_on.list`
  task,         // in the waiters of the task `waits_on.task`
  io,           // waits for the device `waits_on.device`
  priority_io,  // the same, for one that had priority when the wait began
  gather,       // waits for `waits_on.gather`
  handed,       // in the ready queue, as the next owner of the lock `waits_on.lock`
  finished
};

// What a task finds when it resumes.
enum class Wake : std::uint8_t {
  normal,
  cancelled,    // Task::cancel(): the co_await throws CancelledError
  interrupted,  // wait_for()'s runner ended its sleep
  destroyed     // what it waited on was destroyed: the co_await throws RuntimeError
};

// A link in the list of all unfinished tasks.
struct TaskLink {
  TaskLink* next;
  TaskLink* prev;
};

class PromiseBase {
 public:
  PromiseBase() noexcept {}
  // An exception that nobody took is destroyed by destroy_frame(): a coroutine that simply ends need not
  // look.
  ~PromiseBase() {}
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  static void* operator new(std::size_t size) { return frame_allocator.allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept {
    frame_allocator.deallocate(memory, size);
  }

  // The two ends of every coroutine. They find it as the innermost one of the running task: the handle they
  // are given may be wrong (see above), and a pointer would have to be kept in each frame.

  // A coroutine starts when it is awaited or its task has its first turn.
  struct InitialSuspend {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    inline void await_resume() const noexcept;  // in loop.hpp
  };
  static InitialSuspend initial_suspend() noexcept { return {}; }

  // Ends this coroutine's slice of the task: back to the caller, or the task is finished. The loop carries on
  // from there, so that returning from a chain of any depth does not grow the stack.
  struct FinalSuspend {
    inline bool await_ready() const noexcept;                           // in loop.hpp
    inline void await_suspend(std::coroutine_handle<>) const noexcept;  // in loop.hpp
    void await_resume() const noexcept {}
  };
  static FinalSuspend final_suspend() noexcept { return {}; }

  // These are out of line: coroutines they are inlined into would need more of the stack in every slice.
  void unhandled_exception() noexcept;
  void fail(std::exception_ptr failure) noexcept;
  std::exception_ptr take_exception() noexcept;
  void drop_exception() noexcept;

  // The frame's own functions: what coroutine_handle::resume() and destroy() would call if the compiler had
  // laid the frame out where it says. clang's have a calling convention of their own, and it compiles a call
  // to nothing where it can see that one is called in any way but by its builtins.
  using ResumeFunction = void (*)(void*);
#ifdef __clang__
  ResumeFunction resume_function() const noexcept {
    return [](void* address) { __builtin_coro_resume(address); };
  }
  void destroy_frame() noexcept {
    if (failed) [[unlikely]]
      drop_exception();
    __builtin_coro_destroy(frame_address());
  }
#else
  ResumeFunction resume_function() const noexcept { return header()->resume; }
  void destroy_frame() noexcept {
    if (failed) [[unlikely]]
      drop_exception();
    header()->destroy(frame_address());
  }
#endif
  void* frame_address() const noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(header());
#if COROSCOPE_SHIFTED_FRAMES
    // The allocator aligns frames to more than they are ever shifted by.
    return reinterpret_cast<void*>(address & ~(std::uintptr_t{frame_alignment} - 1));
#else
    return reinterpret_cast<void*>(address);
#endif
  }

  PromiseBase* leaf;  // the innermost coroutine
  union {
    WaitList* list;
    PromiseBase* task;
    IOBase* device;
    GatherWait* gather;
    Lock* lock;
  } waits_on;
  GatherWait* gather;                           // the gather() this task belongs to; excludes waiters
  WaitList waiters{WaitList::Uninitialised()};  // tasks awaiting this one
  TaskLink all;                                 // every unfinished task, in order of creation
  const char* name;
  [[no_unique_address]] trace::TaskNumber number;

  // --- A task, or a coroutine it awaits, directly or not.
  union {
    std::exception_ptr exception;  // there is one if it `failed`
  };

  // What the loop touches when a task sleeps, wakes and runs comes first: one cache line, where memory is
  // slow.
  union {
    struct {
      PromiseBase* next;  // WaitList or TimerSlot
      PromiseBase* prev;  // TimerSlot
    };
    struct {                // a coroutine another one awaits is in no list
      PromiseBase* caller;  // the coroutine that awaits this one
      PromiseBase**
          owner;  // where the caller's Coro keeps its pointer to this frame; nullptr: no Coro owns it
    };
  };

  // --- The root of a task only; set by Loop::adopt().
  ResumeFunction resume;  // the innermost coroutine: its resume function, and what to call it with
  void* frame;
  std::uint32_t due;  // deadline of a sleep, ms modulo 2^32

  // The fields of ends_simply(), then the others; the flags are eight bytes, cleared by one store.
  std::uint32_t handles;  // Task objects, and one for the loop while unfinished
  bool failed = false;    // ended by `exception`
  bool finished = false;
  bool nested = false;  // its innermost coroutine is another one
  bool orphan = false;  // left behind by new_event_loop(); never runs again
  Parked parked = Parked::not_started;
  Wake wake = Wake::normal;    // how its wait ends, until it resumes
  bool retrieved = false;      // somebody has seen the result or exception
  std::uint8_t io_events = 0;  // POLLIN, POLLOUT it waits for

  // Is this the end of a task that nobody has a handle on, without an exception to report? For the root of
  // the running task, when one of its coroutines ends. Written so that compilers make one comparison of it.
  bool ends_simply() const noexcept {
    struct Ending {
      std::uint32_t handles;
      bool failed, finished, nested, orphan;
    };
    return std::bit_cast<std::uint64_t>(Ending{handles, failed, finished, nested, orphan}) ==
           std::bit_cast<std::uint64_t>(Ending{1, false, false, false, false});
  }

  static PromiseBase* of(TaskLink* link) noexcept;

 private:
  struct Header {
    ResumeFunction resume;
    void (*destroy)(void*);
  };
  // A promise follows the header's two pointers.
  const Header* header() const noexcept {
    return reinterpret_cast<const Header*>(reinterpret_cast<const std::byte*>(this) - sizeof(Header));
  }
};

inline PromiseBase* PromiseBase::of(TaskLink* link) noexcept {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // fine for a class without virtual bases
  return reinterpret_cast<PromiseBase*>(reinterpret_cast<std::byte*>(link) - offsetof(PromiseBase, all));
#pragma GCC diagnostic pop
}

// --- The lists, declared in wait_list.hpp

inline PromiseBase* WaitList::after(const PromiseBase* task) { return task->next; }

inline void WaitList::push_back(PromiseBase* task) {
  task->next = nullptr;
  append(task, task);
}

inline void WaitList::push_waiter(PromiseBase* task) {
  task->next = nullptr;
  if (head_ == nullptr) [[likely]] {
    head_ = task;
  } else {
    last_->next = task;
  }
  last_ = task;
}

inline void WaitList::push_front(PromiseBase* task) {
  task->next = head_;
  if (head_ == nullptr) last_ = task;
  head_ = task;
}

inline void WaitList::append(PromiseBase* first, PromiseBase* last) {
  (head_ == nullptr ? head_ : last_->next) = first;
  last_ = last;
}

inline void WaitList::append_all_of(WaitList& other) {
  append(other.head_, other.last_);
  other.head_ = nullptr;
}

inline PromiseBase* WaitList::pop_front() {
  PromiseBase* const task = head_;
  head_ = task->next;
  return task;
}

inline void WaitList::remove(PromiseBase* task) {
  PromiseBase* before = nullptr;
  for (PromiseBase* at = head_; at != task; at = at->next) before = at;
  (before == nullptr ? head_ : before->next) = task->next;
  if (last_ == task) last_ = before;
}

inline void TimerSlot::push_back(PromiseBase* task) {
  task->next = nullptr;
  if (head_ == nullptr) {
    task->prev = nullptr;
    head_ = task;
  } else {
    task->prev = last_;
    last_->next = task;
  }
  last_ = task;
}

inline void TimerSlot::remove(PromiseBase* task) {
  (task->prev == nullptr ? head_ : task->prev->next) = task->next;
  (task->next == nullptr ? last_ : task->next->prev) = task->prev;
}

}  // namespace asyncio
