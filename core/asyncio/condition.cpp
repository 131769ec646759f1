#include "asyncio/condition.hpp"

#include <exception>

namespace asyncio {

Condition::~Condition() {
  waiting_.abandon(trace_.id());
  while (first_ != nullptr) {
    first_->condition_ = nullptr;
    first_ = first_->next_;
  }
}

// In the frame of wait(), which may be destroyed while the task has not got its lock back.
class Condition::Unlocked {
 public:
  explicit Unlocked(const Waiting& waiting) : waiting_(waiting), task_(event_loop.current()) {}
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;
  ~Unlocked() {
    if (task_ != nullptr && waiting_.condition() != nullptr)
      waiting_.condition()->lock_.forget_guard_of(task_);
  }
  void end() { task_ = nullptr; }

 private:
  const Waiting& waiting_;
  const PromiseBase* task_;
};

Coro<bool> Condition::wait(Site site) {
  if (!lock_.locked()) throw RuntimeError("cannot wait: the lock of the condition is not acquired");
  const Waiting waiting(*this);
  Lock& lock = lock_;
  const bool own_lock = own_lock_.has_value();
  Unlocked unlocked(waiting);
  lock.release(site);

  bool notified = false;
  std::exception_ptr failure;
  try {
    co_await NotifiedAwaiter(*this, site);
    notified = true;
  } catch (...) {
    failure = std::current_exception();
  }
  // The lock comes first, also when this task was cancelled, or is while it waits for the lock.
  while (waiting.condition() != nullptr || !own_lock) {
    bool acquired = false;
    try {
      acquired = co_await lock.acquire(site);
    } catch (const CancelledError&) {
      failure = std::current_exception();
    }
    if (acquired) {
      unlocked.end();
      break;
    }
  }
  if (failure) {
    if (notified && waiting.condition() != nullptr) waiting.condition()->pass_on(site);
    std::rethrow_exception(failure);
  }
  co_return true;
}

}  // namespace asyncio
