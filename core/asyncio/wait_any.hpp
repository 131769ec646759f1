// WaitAny: waits for the first of several event-like objects.
//
//   asyncio::WaitAny any(event, delay);
//   const void* cause = co_await any.wait();
//   if (cause == &delay) …
//
// Event-like is what has a wait(): Event, ThreadSafeFlag, Message, Delay_ms, ELO, WaitAll, another WaitAny …
// Objects are referred to and must outlive it; a temporary, as in WaitAny(a, WaitAll(b, c)), is kept inside.
//
// Of several that trigger it returns the first; of those that were set already, the first in the list
// (Hinch's returns the last). It takes nothing from the others: a ThreadSafeFlag that was set meanwhile is
// still set. Cancelled or timed out, its helper tasks have ended before it throws. What the wait for one of
// them throws, it throws. It has no name in the trace; its helper tasks have.
#pragma once

#include <cstddef>
#include <memory>
#include <tuple>
#include <utility>

#include "asyncio/wait_group.hpp"

namespace asyncio {

template <class... Objects>
class WaitAny {
 public:
  static_assert(sizeof...(Objects) > 0, "WaitAny of nothing would wait for ever");
  static_assert((... && EventLike<std::remove_reference_t<Objects>>),
                "WaitAny takes objects that have wait()");

  explicit WaitAny(Objects... objects) : objects_(std::forward<Objects>(objects)...) {}

  // `co_await any.wait()`: until one triggers; the address of that one. Yields once or twice also if one is
  // set already.
  Coro<const void*> wait(Site site = {}) {
    WaitGroup group(1);
    co_await group.wait(objects_, "WaitAny", site);
    event_ = address(group.first());
    co_return event_;
  }

  // What wait() returned last; nullptr before.
  const void* event() const { return event_; }

  // Clears all that can be cleared.
  void clear(Site site = {}) { clear_all(objects_, site); }

 private:
  const void* address(std::size_t index) const {
    const auto addresses = std::apply(
        [](const auto&... object) {
          return std::array<const void*, sizeof...(Objects)>{
              static_cast<const void*>(std::addressof(object))...};
        },
        objects_);
    return addresses[index];
  }

  std::tuple<Objects...> objects_;  // references, or temporaries moved in
  const void* event_ = nullptr;
};

template <class... Objects>
WaitAny(Objects&&...) -> WaitAny<Objects...>;

}  // namespace asyncio
