#include "asyncio/timer_wheel.hpp"

namespace asyncio {

unsigned TimerWheel::find(unsigned level, unsigned from) const {
  unsigned word = from / 32;
  if (word >= words) return none;
  std::uint32_t mask = occupied_[level][word] & ~std::uint32_t{0} << from % 32;
  while (mask == 0) {
    if (++word == words) return none;
    mask = occupied_[level][word];
  }
  return word * 32 + static_cast<unsigned>(std::countr_zero(mask));
}

unsigned TimerWheel::find_after_now(unsigned level) const {
  const unsigned here = digit(now_, level);
  const unsigned slot = find(level, here + 1);
  if (slot != none || level + 1 < levels) return slot;
  return find(level, 0);
}

void TimerWheel::remove(PromiseBase* task) {
  const unsigned level = level_of(task->due);
  const unsigned slot = digit(task->due, level);
  slots_[level][slot].remove(task);
  if (slots_[level][slot].empty()) occupied_[level][slot / 32] &= ~(1U << slot % 32);
  --count_;
}

TimerWheel::Milliseconds TimerWheel::next_deadline() const {
  const unsigned due_now = find(0, digit(now_, 0) + 1);
  if (due_now != none) return (now_ & ~Milliseconds{slots - 1}) | due_now;
  for (unsigned level = 1; level < levels; ++level) {
    const unsigned slot = find_after_now(level);
    if (slot == none) continue;
    const PromiseBase* task = slots_[level][slot].front();
    Milliseconds first = task->due;
    for (unsigned looked_at = 0; (task = task->next) != nullptr; ++looked_at) {
      // Looking at more would cost more than waking once at the beginning of the slot and looking there.
      if (looked_at == 100) return slot_begin(level, slot);
      if (static_cast<std::int32_t>(task->due - first) < 0) first = task->due;
    }
    return first;
  }
  return now_;
}

}  // namespace asyncio
