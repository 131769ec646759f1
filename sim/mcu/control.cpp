// machine/control.hpp on this board.
#include "machine/control.hpp"

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"

namespace machine {

using sim::board;

void reset() { board.reset(SOFT_RESET); }

ResetCause reset_cause() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.restart().cause;
}

// As the flash chip's: a maker's code, then what differs from board to board.
std::array<std::uint8_t, 8> unique_id() {
  std::uint64_t mixed = board.seed() * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U;
  mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9U;
  std::array<std::uint8_t, 8> id{0xe6, 0x61};
  for (std::size_t i = 2; i < id.size(); ++i) id[i] = static_cast<std::uint8_t>(mixed >> (8 * i));
  return id;
}

void lightsleep(std::uint32_t ms) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  board.cpu().sleep_until(ms == 0 ? sim::Clock::never : board.now_ns() + std::uint64_t{ms} * 1'000'000);
}
void idle() { board.cpu().sleep_until(sim::Clock::never); }

std::uint32_t disable_irq() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.cpu().mask_interrupts();
}
void enable_irq(std::uint32_t state) { board.cpu().unmask_interrupts(state); }

}  // namespace machine
