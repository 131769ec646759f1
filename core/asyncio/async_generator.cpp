#include "asyncio/async_generator.hpp"

namespace asyncio::generating {

bool AwaiterBase::await_ready() const {
  if (promise_ == nullptr)
    throw RuntimeError(cut_off_ ? "the task this generator ran in was destroyed" : "the generator was moved");
  if (promise_->consumer_ != nullptr) throw RuntimeError("another task already waits for this generator");
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

// The consumer is destroyed, and the coroutines the generator awaits are gone already. It cannot go on. Its
// frame goes now, while the task lives that its own wait may belong to.
void AwaiterBase::cut_off() noexcept {
  promise_->consumer_ = nullptr;
  promise_->holder_->promise = nullptr;
  promise_->holder_->cut_off = true;
  promise_->destroy();
}

void PromiseBase::destroy() noexcept {
  if (consumer_ != nullptr) {
    // The consumer's task waits where the generator waits. It goes on in the consumer, which throws.
    asyncio::PromiseBase* const task = consumer_->task_;
    consumer_->promise_ = nullptr;
    event_loop.end_wait(task);
    asyncio::PromiseBase* coroutine = task->leaf;
    task->leaf = caller;
    task->nested = caller != task;
    task->frame = caller->frame_address();
    trace::call_return(task->number);
    while (coroutine != this) {
      asyncio::PromiseBase* const outer = coroutine->caller;
      trace::call_return(task->number);
      if (coroutine->owner != nullptr) {
        *coroutine->owner = nullptr;
        coroutine->destroy_frame();
      }
      coroutine = outer;
    }
  }
  destroy_frame();
}

}  // namespace asyncio::generating
