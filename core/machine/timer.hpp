// Timer: calls a function after a time or again and again, as an interrupt: MicroPython's machine.Timer. The
// board this is linked with defines what has no body here.
//
//   machine::Timer tick;
//   tick.init({.mode = machine::Timer::PERIODIC, .period_us = 500}, [](machine::Timer&) { flag.set(); });
#pragma once

#include <cstdint>
#include <memory>

#include "asyncio/inplace_function.hpp"
#include "trace/site.hpp"

namespace machine {

class Timer {
 public:
  enum Mode : unsigned char { ONE_SHOT, PERIODIC };
  struct Options {
    Mode mode = PERIODIC;
    std::uint64_t period_us = 1'000'000;
  };
  // An interrupt: short, without waiting, creating coroutines or throwing. It may call init() and deinit().
  using Handler = asyncio::InplaceFunction<void(Timer&)>;

  Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();  // as deinit()

  // From now on. Throws asyncio::ValueError for a period of 0.
  void init(const Options& options, Handler handler, trace::Site site = {});
  // No more calls, not even one that is pending.
  void deinit();

  struct State;  // the board's

 private:
  std::unique_ptr<State> state_;
};

}  // namespace machine
