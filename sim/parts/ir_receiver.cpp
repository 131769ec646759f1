#include "parts/ir_receiver.hpp"

#include <utility>

#include "mcu/board.hpp"
#include "parts/power.hpp"

namespace sim {
namespace {

// Of 10 periods of 38 kHz, more or less one.
constexpr std::uint64_t shortest_delay_ns = 237'000;
constexpr std::uint64_t longest_delay_ns = 289'000;
constexpr std::uint32_t pull_up_ohms = 30'000;

}  // namespace

IrReceiver::IrReceiver(std::string id)
    : Part(std::move(id)),
      random_(board.seed(), this->id()),
      pull_up_(board.wiring(), dat_, vcc_, pull_up_ohms),
      output_(board.wiring(), dat_, gnd_) {
  add_leg("GND", gnd_);
  add_leg("VCC", vcc_);
  add_leg("DAT", dat_);
  board.wiring().join(light_, board.wiring().infrared());
}

void IrReceiver::on_change(Terminal& terminal) {
  if (&terminal != &light_) return update();
  const bool lit = light_.is_high();
  if (lit == lit_) return;
  lit_ = lit;
  board.cpu().alarms().set(seen_, board.now_ns() + random_.between(shortest_delay_ns, longest_delay_ns));
}

// While something is on its way, the output stays as it is, unless the power goes.
void IrReceiver::update() {
  const bool powered = has_power(vcc_, gnd_);
  if (seen_.is_set() && powered) return;
  output_.set(lit_ && powered);
}

}  // namespace sim
