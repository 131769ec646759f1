// Loop::end_wait(): what a task waits through goes, such as the AsyncGenerator it asks, though what it waits
// for may stay.
#include "asyncio/lock.hpp"
#include "asyncio/loop.hpp"

namespace asyncio {

void Loop::end_wait(PromiseBase* task) {
  if (task->orphan) return;
  if (task->parked == Parked::handed) task->waits_on.lock->pass_on();
  if (task->wake != Wake::cancelled) set_wake(task, Wake::destroyed);
  if (next_due_us_ != port::forever) collect_due();
  // A task that is ready keeps its place.
  if (task->parked == Parked::ready) return;
  unpark(task);
  make_ready(task, trace::Reason::destroyed);
}

}  // namespace asyncio
