// The interrupt controller. An Interrupt is one reason to interrupt the firmware (an edge on a pin, a timer);
// the CPU serves those that are pending, one after the other: on a Cortex-M0+ interrupts of equal priority do
// not nest, and the one with the lowest number goes first.
//
//   Interrupt falling{irq_number, pin, [this] { handler_(Pin(4)); }};
//   falling.announce("GP4", site);     // once the firmware wants it
//   falling.raise();
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "trace/hooks.hpp"

namespace sim {

class Interrupts;

class Interrupt {
 public:
  // `number` as in the chip's interrupt table, `source` orders those that share one. `serve` runs as an
  // interrupt of the firmware, on its stack.
  Interrupt(Interrupts& controller, unsigned number, unsigned source, std::function<void()> serve)
      : controller_(controller), order_(number << 8 | source), serve_(std::move(serve)) {}
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt() { clear(); }

  // Gives it a name and a number in the trace, the first time. `name` is kept, not copied.
  void announce(const char* name, trace::Site site);
  // It will be served when time passes next and the firmware allows; again while pending does nothing.
  void raise();
  void clear();
  bool is_pending() const { return pending_; }

  const std::optional<trace::Object>& object() const { return object_; }
  // What the program throws in it cannot be caught: nothing called it.
  void serve() noexcept { serve_(); }

 private:
  friend class Interrupts;
  Interrupts& controller_;
  unsigned order_;
  std::function<void()> serve_;
  std::optional<trace::Object> object_;
  Interrupt* next_ = nullptr;  // in Interrupts::first_
  bool pending_ = false;
};

class Interrupts {
 public:
  constexpr Interrupts() = default;
  bool any() const { return first_ != nullptr; }
  // The one to serve next, no longer pending; nullptr if none is.
  Interrupt* take();

 private:
  friend class Interrupt;
  Interrupt* first_ = nullptr;  // by order
};

}  // namespace sim
