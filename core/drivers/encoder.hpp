// Encoder: a control knob with quadrature contacts (KY-040 and its kin) as a number that follows it. Hinch's.
//
//   const machine::Pin x(2, machine::Pin::IN, machine::Pin::PULL_UP);
//   const machine::Pin y(3, machine::Pin::IN, machine::Pin::PULL_UP);
//   drivers::Encoder volume(x, y, {.v = 50, .div = 4, .vmin = 0, .vmax = 100});
//   for (;;) print("%d\n", co_await volume.next());   // Python's async for
//
//   drivers::Encoder dial(x, y, [](int value, int delta) { print("%d %+d\n", value, delta); }, {.mod = 24});
//
// Interrupts at both edges of both pins count the steps of the contacts: up while x leads y. A contact that
// bounces counts up and down again and ends where it should, so that nothing needs to wait for it. If an
// interrupt is served so late that both contacts have moved, the two steps are lost.
//
// Who runs when: a step wakes a task of the encoder's own, which waits `delay` ms and then takes over where
// the contacts are: the value changes by all that was turned meanwhile, and the callback runs, or starts, in
// that task's slice. Tasks in next() go on after it.
//
// It is for hands. What must not lose a step, as a motor's encoder, needs a counter in hardware.
#pragma once

#include <atomic>
#include <climits>
#include <cstdint>
#include <tuple>
#include <utility>

#include "asyncio/event.hpp"
#include "asyncio/inplace_function.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "drivers/driver_task.hpp"
#include "machine/pin.hpp"

namespace drivers {

// The steps counted are divided, then limited, then reduced modulo `mod`.
struct EncoderOptions {
  int v = 0;    // the value to begin with
  int div = 1;  // steps of the contacts for one of the value: 4 or 2 for one each click of the knob
  int vmin = INT_MIN;
  int vmax = INT_MAX;
  int mod = 0;                // the value goes round from mod - 1 to 0; 0: it does not
  std::uint32_t delay = 100;  // ms from the first step to the callback: so it comes no oftener
};

class Encoder {
 public:
  // The pins must be set up: inputs, with pull-ups. Their interrupts are the encoder's until it is destroyed.
  // May be made before run(). Throws asyncio::ValueError unless vmin <= v <= vmax, div >= 1, mod >= 0 and
  // delay <= asyncio::max_sleep_ms. A `v` outside of 0 to mod - 1 is reduced.
  Encoder(machine::Pin pin_x, machine::Pin pin_y, const EncoderOptions& options = {}, Site site = {})
      : Encoder(pin_x, pin_y, Callback(), options, site) {}
  // With a callback: a function, or a coroutine that becomes a task. It gets the value and by how much that
  // changed since the last call. A function must not destroy the encoder; a coroutine may.
  template <class F>
    requires std::invocable<F&, int, int>
  Encoder(machine::Pin pin_x, machine::Pin pin_y, F callback, const EncoderOptions& options = {},
          Site site = {})
      : Encoder(pin_x, pin_y, Callback([callback = std::move(callback)](int value, int delta) mutable {
                  static_cast<void>(asyncio::launch(callback, value, delta));
                }),
                options, site) {}
  // … and further arguments, which are kept: Encoder(x, y, show, std::tuple("volume")).
  template <class F, class... Args>
    requires std::invocable<F&, int, int, const Args&...>
  Encoder(machine::Pin pin_x, machine::Pin pin_y, F callback, std::tuple<Args...> args,
          const EncoderOptions& options = {}, Site site = {})
      : Encoder(
            pin_x, pin_y,
            Callback([callback = std::move(callback), args = std::move(args)](int value, int delta) mutable {
              std::apply(
                  [&](const Args&... each) {
                    static_cast<void>(asyncio::launch(callback, value, delta, each...));
                  },
                  std::as_const(args));
            }),
            options, site) {}
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  // deinit(). A task that still waits in next() gets a RuntimeError.
  ~Encoder() { deinit(); }

  // The value as it was last taken over.
  int value() const { return value_; }

  class [[nodiscard("co_await it")]] NextAwaiter : public asyncio::Event::WaitAwaiter {
   public:
    NextAwaiter(Encoder& encoder, Site site) : WaitAwaiter(encoder.changed_.wait(site)), encoder_(encoder) {}
    int await_resume() const {
      WaitAwaiter::await_resume();
      encoder_.changed_.clear(encoder_.site_);
      return encoder_.value_;
    }

   private:
    Encoder& encoder_;
  };
  // `co_await encoder.next()`: the value, when it has changed since the last next(). No yield if it has. For
  // one task.
  NextAwaiter next(Site site = {}) { return {*this, site}; }

  // Lets go of the interrupts; the value stays.
  void deinit();

 private:
  using Callback = asyncio::InplaceFunction<void(int value, int delta), 6 * sizeof(void*)>;

  Encoder(machine::Pin pin_x, machine::Pin pin_y, Callback callback, const EncoderOptions& options,
          Site site);
  unsigned read_phase() const;
  void edge();
  static asyncio::Coro<> follow(Encoder* self, Site site);
  void take_over();

  machine::Pin pin_x_;
  machine::Pin pin_y_;
  unsigned phase_;                       // where in its cycle of four steps the interrupts saw it last
  std::atomic<std::int32_t> steps_ = 0;  // of the contacts, since the start; only interrupts write it
  std::int32_t taken_steps_ = 0;         // those that made the value: a multiple of options_.div
  int value_;
  EncoderOptions options_;
  Callback callback_;
  asyncio::ThreadSafeFlag stepped_;
  asyncio::Event changed_;
  [[no_unique_address]] Site site_;
  DriverTask task_;
};

}  // namespace drivers
