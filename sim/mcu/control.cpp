// machine/control.hpp and wdt.hpp on this board.
#include "machine/control.hpp"

#include "asyncio/exceptions.hpp"
#include "machine/wdt.hpp"
#include "mcu/board.hpp"

namespace machine {

using sim::board;

std::uint32_t disable_irq() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.cpu().mask_interrupts();
}
void enable_irq(std::uint32_t state) { board.cpu().unmask_interrupts(state); }

}  // namespace machine
