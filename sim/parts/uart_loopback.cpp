#include "parts/uart_loopback.hpp"

#include <utility>

namespace sim {

UartLoopback::UartLoopback(std::string id) : Part(std::move(id)) {
  add_leg("RX", rx_);
  add_leg("TX", tx_);
}

void UartLoopback::on_change(Terminal&) {
  tx_.drive(rx_.net().is_open() ? Drive::nothing() : Drive::to(rx_.is_high()));
}

}  // namespace sim
