#include "drivers/nec_ir.hpp"

#include <utility>

namespace drivers {

NecIr::NecIr(machine::Pin pin, Callback callback, bool extended, const char* name, asyncio::Site site)
    : NecReceiver(std::move(callback), extended, name, site), pin_(pin) {
  pin_.irq([this](machine::Pin) { edge(); }, machine::Pin::IRQ_FALLING | machine::Pin::IRQ_RISING, site);
}

NecIr::~NecIr() { pin_.irq(nullptr); }

}  // namespace drivers
