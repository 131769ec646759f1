#include "asyncio/lock.hpp"

namespace asyncio {

void Lock::AcquireAwaiter::give_up() const {
  // A lock that is gone must not be looked at.
  if (event_loop.wake() == Wake::cancelled && lock_.state_ == State::handed_over &&
      lock_.next_owner_ == event_loop.current()) {
    lock_.hand_on(site_);
  }
  Loop::throw_wake();
}

}  // namespace asyncio
