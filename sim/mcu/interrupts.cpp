#include "mcu/interrupts.hpp"

#include "mcu/board.hpp"

namespace sim {

void Interrupt::announce(const char* name, trace::Site site) {
  if (!object_) object_.emplace(trace::ObjectKind::isr, name, site);
}

void Interrupt::raise() {
  if (pending_) return;
  pending_ = true;
  Interrupt** place = &controller_.first_;
  while (*place != nullptr && (*place)->order_ <= order_) place = &(*place)->next_;
  next_ = *place;
  *place = this;
  board.cpu().look_at_limits();
}

void Interrupt::clear() {
  if (!pending_) return;
  pending_ = false;
  Interrupt** place = &controller_.first_;
  while (*place != this) place = &(*place)->next_;
  *place = next_;
}

Interrupt* Interrupts::take() {
  Interrupt* const interrupt = first_;
  if (interrupt == nullptr) return nullptr;
  first_ = interrupt->next_;
  interrupt->pending_ = false;
  return interrupt;
}

}  // namespace sim
