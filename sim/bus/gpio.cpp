#include "bus/gpio.hpp"

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace sim {

using machine::Pin;

bool Gpio::level_of(const State& pin) {
  if (pin.mode == Pin::OUT) return pin.driven;
  if (pin.mode == Pin::OPEN_DRAIN && !pin.driven) return false;
  return pin.pull == Pin::PULL_UP;
}

void Gpio::trace_change(unsigned pin) {
  State& state = pins_[pin];
  const bool level = level_of(state);
  if (state.traced && state.last == level) return;
  const bool edge = state.last != level;
  state.traced = true;
  state.last = level;
  trace::emit(trace::Kind::pin, 0, pin, 0, 0, level ? 1 : 0);
  if (edge && (state.trigger & (level ? Pin::IRQ_RISING : Pin::IRQ_FALLING)) != 0) state.interrupt->raise();
}

void Gpio::configure(unsigned pin, Pin::Mode mode, Pin::Pull pull) {
  pins_[pin].mode = mode;
  pins_[pin].pull = pull;
  trace_change(pin);
}

void Gpio::drive(unsigned pin, bool high) {
  pins_[pin].driven = high;
  if (pins_[pin].traced) trace_change(pin);
}

}  // namespace sim

// --- machine/pin.hpp on this board

namespace machine {

using sim::board;

Pin::Pin(int id) : id_(static_cast<unsigned char>(id)) {
  if (!board.pins().exists(id)) throw asyncio::ValueError(no_such_pin);
}

void Pin::configure(Mode mode, Pull pull, int level) {
  board.cpu().spend(board.profile().pin_access_ns);
  if (level != keep_level) board.pins().drive(id_, level != 0);
  board.pins().configure(id_, mode, pull);
}

int Pin::value() const {
  board.cpu().spend(board.profile().pin_access_ns);
  return board.pins().level(id_) ? 1 : 0;
}

void Pin::value(int level) const {
  board.cpu().spend(board.profile().pin_access_ns);
  board.pins().drive(id_, level != 0);
}

void Pin::toggle() const {
  board.cpu().spend(board.profile().pin_access_ns);
  board.pins().drive(id_, !board.pins().driven(id_));
}

}  // namespace machine
