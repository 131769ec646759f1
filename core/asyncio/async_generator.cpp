#include "asyncio/async_generator.hpp"

namespace asyncio::generating {

bool AwaiterBase::await_ready() const {
  if (promise_ == nullptr) throw RuntimeError("the generator was moved");
  if (promise_->consumer_ != nullptr) throw RuntimeError("another task already waits for this generator");
  if (promise_->cut_off_) throw RuntimeError("the task this generator ran in was destroyed");
  return promise_->ended_;
}

void AwaiterBase::await_suspend(std::coroutine_handle<>) noexcept {
  task_ = event_loop.current();
  promise_->consumer_ = this;
  promise_->caller = task_->leaf;
  promise_->owner = nullptr;  // Loop::destroy() leaves the frame to the AsyncGenerator
  trace::call(task_->number, site_);
  event_loop.transfer_to(promise_);
}

bool AwaiterBase::resume() {
  if (task_ == nullptr) return false;  // ended before
  task_ = nullptr;
  event_loop.check_wake();  // destroyed while it ran
  promise_->consumer_ = nullptr;
  if (!promise_->ended_) return true;
  if (promise_->failed) std::rethrow_exception(promise_->take_exception());
  return false;
}

// The consumer's task is destroyed. What the generator awaited is gone already.
void AwaiterBase::cut_off() noexcept {
  promise_->consumer_ = nullptr;
  promise_->cut_off_ = true;
}

void PromiseBase::destroy() noexcept {
  if (consumer_ != nullptr) {
    // The consumer's task is left waiting where the generator waits, but goes on in the consumer, which
    // throws.
    asyncio::PromiseBase* const task = consumer_->task_;
    for (asyncio::PromiseBase* coroutine = task->leaf; coroutine != this;) {
      asyncio::PromiseBase* const outer = coroutine->caller;
      if (coroutine->owner != nullptr) {
        *coroutine->owner = nullptr;
        coroutine->destroy_frame();
      }
      coroutine = outer;
    }
    task->leaf = caller;
    task->nested = caller != task;
    task->frame = caller->frame_address();
    Loop::set_wake(task, Wake::destroyed);
    consumer_->promise_ = nullptr;
  }
  destroy_frame();
}

}  // namespace asyncio::generating
