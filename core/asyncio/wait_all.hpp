// WaitAll: waits until each of several event-like objects has triggered, in whatever order.
//
//   co_await asyncio::WaitAll(event1, event2, asyncio::WaitAny(event3, event4)).wait();
//
// What is event-like, and whose life is whose, is said in wait_any.hpp. One that has triggered need not stay
// set. Cancelled or timed out, its helper tasks have ended before it throws (in Hinch's they are left
// behind). What the wait for one of them throws, it throws, without waiting for the others.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include "asyncio/wait_group.hpp"

namespace asyncio {

template <class... Objects>
class WaitAll {
 public:
  static_assert(sizeof...(Objects) > 0, "WaitAll of nothing has nothing to wait for");
  static_assert((... && EventLike<std::remove_reference_t<Objects>>),
                "WaitAll takes objects that have wait()");

  explicit WaitAll(Objects... objects) : objects_(std::forward<Objects>(objects)...) {}

  // `co_await all.wait()`: until all have triggered. Yields once or twice also if all are set already.
  Coro<> wait(Site site = {}) {
    WaitGroup group(sizeof...(Objects));
    co_await group.wait(objects_, "WaitAll", site);
  }

  // Clears all that can be cleared.
  void clear(Site site = {}) { clear_all(objects_, site); }

 private:
  std::tuple<Objects...> objects_;  // references, or temporaries moved in
};

template <class... Objects>
WaitAll(Objects&&...) -> WaitAll<Objects...>;

}  // namespace asyncio
