#include "asyncio/timer_wheel.hpp"

#include <algorithm>
#include <iterator>

namespace asyncio {

void TimerWheel::clear() {
  now_ = 0;
  count_ = 0;
  for (auto& level : occupied_) std::fill(std::begin(level), std::end(level), Word{0});
  for (auto& level : slots_) std::fill(std::begin(level), std::end(level), TimerSlot());
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
  if (slots_[level][slot].empty()) occupied_[level][slot / word_bits] &= ~(Word{1} << slot % word_bits);
  --count_;
}

TimerWheel::Milliseconds TimerWheel::next_deadline_beyond() const {
  for (unsigned level = 1; level < levels; ++level) {
    const unsigned slot = find_after_now(level);
    if (slot == none) continue;
    const PromiseBase* task = slots_[level][slot].front();
    Milliseconds first = task->due;
    for (unsigned looked_at = 0; (task = task->next) != nullptr; ++looked_at) {
      // Looking at more would cost more than waking once at the beginning of the slot and looking there.
      if (looked_at == 16) return slot_begin(level, slot);
      if (static_cast<std::int32_t>(task->due - first) < 0) first = task->due;
    }
    return first;
  }
  return now_;
}

}  // namespace asyncio
