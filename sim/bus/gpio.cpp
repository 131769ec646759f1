#include "bus/gpio.hpp"

#include <array>
#include <utility>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace sim {

using machine::Pin;

namespace {

constexpr unsigned io_irq_bank0 = 13;  // RP2040 datasheet 2.3.2

constexpr std::array<const char*, Gpio::most_pins> names{
    "GP0",  "GP1",  "GP2",  "GP3",  "GP4",  "GP5",  "GP6",  "GP7",  "GP8",  "GP9",  "GP10", "GP11", "GP12",
    "GP13", "GP14", "GP15", "GP16", "GP17", "GP18", "GP19", "GP20", "GP21", "GP22", "GP23", "GP24", "GP25",
    "GP26", "GP27", "GP28", "GP29", "GP30", "GP31", "GP32", "GP33", "GP34", "GP35", "GP36", "GP37", "GP38",
    "GP39", "GP40", "GP41", "GP42", "GP43", "GP44", "GP45", "GP46", "GP47", "GP48", "GP49", "GP50", "GP51",
    "GP52", "GP53", "GP54", "GP55", "GP56", "GP57", "GP58", "GP59", "GP60", "GP61", "GP62", "GP63"};

}  // namespace

bool Gpio::exists(int pin) { return pin >= 0 && static_cast<unsigned>(pin) < board.profile().pins; }

Gpio::Irq::Irq(unsigned pin)
    : interrupt(board.cpu().interrupts(), io_irq_bank0, pin,
                [this, pin] { handler(Pin(static_cast<int>(pin))); }) {}

void Gpio::start() {
  for (unsigned pin = 0; pin < most_pins; ++pin) terminals_[pin].become_pin(*this, static_cast<int>(pin));
}

void Gpio::irq(unsigned pin, Pin::Handler handler, int trigger, trace::Site site) {
  std::unique_ptr<Irq>& irq = states_[pin].irq;
  if (irq == nullptr) irq = std::make_unique<Irq>(pin);
  irq->interrupt.clear();
  irq->trigger = handler ? trigger : 0;
  irq->handler = std::move(handler);
  if (irq->trigger != 0) irq->interrupt.announce(names[pin], site);
}

Drive Gpio::drive_of(const State& state) {
  if (state.mode == Pin::OUT) return Drive::to(state.driven);
  if (state.mode == Pin::OPEN_DRAIN && !state.driven) return Drive::low();
  if (state.pull == Pin::PULL_NONE) return Drive::nothing();
  return Drive::through(pull_ohms, state.pull == Pin::PULL_UP);
}

void Gpio::configure(unsigned pin, Pin::Mode mode, Pin::Pull pull) {
  State& state = states_[pin];
  if (state.function == Function::pwm) board.pwm().lose(pin);
  state.function = Function::gpio;
  state.mode = mode;
  state.pull = pull;
  terminals_[pin].drive(drive_of(state));
  if (std::exchange(state.traced, true)) return;
  trace::emit(trace::Kind::pin, 0, pin, 0, 0, level(pin) ? 1 : 0);
}

void Gpio::drive(unsigned pin, bool high) {
  State& state = states_[pin];
  state.driven = high;
  if (state.function == Function::gpio) terminals_[pin].drive(drive_of(state));
}

void Gpio::connect(unsigned pin, Function function, Drive drive) {
  if (states_[pin].function == Function::pwm) board.pwm().lose(pin);
  states_[pin].function = function;
  states_[pin].traced = false;
  terminals_[pin].drive(drive);
}

void Gpio::disconnect(unsigned pin, Function function) {
  if (states_[pin].function == function) configure(pin, Pin::IN, Pin::PULL_NONE);
}

void Gpio::on_change(Terminal& terminal) { look_at(static_cast<unsigned>(terminal.pin())); }

void Gpio::look_at(unsigned pin) {
  State& state = states_[pin];
  const bool high = level(pin);
  if (state.last == high) return;
  state.last = high;
  if (state.traced) trace::emit(trace::Kind::pin, 0, pin, 0, 0, high ? 1 : 0);
  if (state.irq != nullptr && (state.irq->trigger & (high ? Pin::IRQ_RISING : Pin::IRQ_FALLING)) != 0)
    state.irq->interrupt.raise();
}

}  // namespace sim

// --- machine/pin.hpp on this board

namespace machine {

using sim::board;

Pin::Pin(int id) : id_(static_cast<unsigned char>(id)) {
  if (!sim::Gpio::exists(id))
    throw asyncio::ValueError("Pin: there is no such pin on this board; a Pico has 0 to 29 (25 is its LED)");
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
  board.cpu().serve_interrupts();  // its own, if it has one
}

void Pin::toggle() const {
  board.cpu().spend(board.profile().pin_access_ns);
  board.pins().drive(id_, !board.pins().driven(id_));
  board.cpu().serve_interrupts();
}

void Pin::irq(Handler handler, int trigger, trace::Site site) {
  if ((trigger & ~(IRQ_FALLING | IRQ_RISING)) != 0 || trigger == 0)
    throw asyncio::ValueError("Pin.irq: the trigger is Pin::IRQ_FALLING, Pin::IRQ_RISING or both, with |");
  board.cpu().spend(board.profile().peripheral_access_ns);
  board.pins().irq(id_, std::move(handler), trigger, site);
}

}  // namespace machine
