// InterruptHandler: a function of the program's that an interrupt calls. While it runs the program may
// replace it, or destroy the object it was given to: what it has captured stays until it returns. An empty
// one does nothing.
//
//   InterruptHandler<Timer&> handler;
//   handler = [](Timer&) { … };
//   if (!handler(timer)) return;   // *this may be gone
#pragma once

#include <utility>

#include "asyncio/inplace_function.hpp"

namespace sim {

template <class... Args>
class InterruptHandler {
 public:
  using Function = asyncio::InplaceFunction<void(Args...)>;

  InterruptHandler() = default;
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;
  ~InterruptHandler() { let_go(); }

  InterruptHandler& operator=(Function function) {
    let_go();
    function_ = std::move(function);
    return *this;
  }

  // False if it was replaced or destroyed meanwhile.
  bool operator()(Args... args) {
    if (!function_) return true;
    Function running = std::move(function_);
    bool kept = true;
    kept_ = &kept;
    running(std::forward<Args>(args)...);
    if (!kept) return false;
    kept_ = nullptr;
    function_ = std::move(running);
    return true;
  }

 private:
  // Of the one that runs: it is not put back.
  void let_go() {
    if (kept_ != nullptr) *std::exchange(kept_, nullptr) = false;
  }

  Function function_;  // elsewhere while it runs
  bool* kept_ = nullptr;
};

}  // namespace sim
