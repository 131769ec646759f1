#include "asyncio/lock.hpp"

namespace asyncio {

void Lock::AcquireAwaiter::give_up() const {
  // Unless it was handed to this task, the lock may be gone.
  PromiseBase* const task = event_loop.current();
  if (task->parked == Parked::handed) {
    task->parked = Parked::ready;
    lock_.hand_on(site_);
  }
  Loop::throw_wake();
}

}  // namespace asyncio
