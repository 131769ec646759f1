// The sleeping tasks, by deadline: a hierarchical timing wheel. Tasks come out in order of (deadline in ms,
// order of going in), exactly, which is MicroPython's order. Going in, leaving and coming out take constant
// time (a task moves down at most levels - 1 times), however many sleep.
//
// A task sits at the level of the highest digit in which its deadline differs from now(). So all tasks with
// one deadline are always in one slot, in order; and the tasks of a slot that begins exactly now move down
// before any later one can go in below them. That is what keeps the order stable.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "asyncio/promise_base.hpp"

// log2 of the slots of a level. 11 (3 levels of 2048, 96 KiB) where memory is plenty: a task moves down at
// most once if it sleeps less than an hour, and moving is what costs among very many. 4 (8 levels of 16, 1
// KiB) on a 32-bit board. The order of tasks does not depend on it.
#ifndef COROSCOPE_WHEEL_BITS
#define COROSCOPE_WHEEL_BITS (sizeof(void*) == 8 ? 11 : 4)
#endif

namespace asyncio {

class TimerWheel {
 public:
  using Milliseconds = std::uint32_t;  // modulo 2^32
  // Deadlines lie less than this ahead of now().
  static constexpr Milliseconds horizon = Milliseconds{1} << 30;

  constexpr TimerWheel() = default;

  bool empty() const { return count_ == 0; }
  // As at the start; the tasks in it are forgotten.
  void clear();
  std::size_t size() const { return count_; }
  Milliseconds now() const { return now_; }

  // Has a deadline come, as far as advance() has been told?
  bool is_due(Milliseconds due) const { return static_cast<std::int32_t>(due - now_) <= 0; }

  // `task->due` must not be due yet.
  void insert(PromiseBase* task) {
    place(task);
    ++count_;
  }
  // `task` is in the wheel.
  void remove(PromiseBase* task);

  // Moves now() forward to `time` and calls due(first, last) for each run of tasks that are due, in order; a
  // run is a chain of `next` ending in nullptr. due() returns how many they are. Returns next_deadline(),
  // anything if the wheel is empty then.
  template <class Due>
  Milliseconds advance(Milliseconds time, Due&& due);

  // The earliest deadline; where many tasks sleep in one slot, possibly a time before it. The wheel must not
  // be empty.
  Milliseconds next_deadline() const {
    const unsigned slot = find(0, digit(now_, 0) + 1);
    return slot != none ? in_this_turn(slot) : next_deadline_beyond();
  }

 private:
  static constexpr unsigned bits = COROSCOPE_WHEEL_BITS;
  static constexpr unsigned levels = (32 + bits - 1) / bits;
  static constexpr unsigned slots = 1U << bits;
  using Word = std::size_t;
  static constexpr unsigned word_bits = 8 * sizeof(Word);
  static constexpr unsigned words = (slots + word_bits - 1) / word_bits;
  static constexpr unsigned none = slots;

  static unsigned digit(Milliseconds time, unsigned level) { return time >> (level * bits) & (slots - 1); }
  unsigned level_of(Milliseconds due) const {
    return (31U - static_cast<unsigned>(std::countl_zero(due ^ now_))) / bits;
  }
  void place(PromiseBase* task) {
    const unsigned level = level_of(task->due);
    const unsigned slot = digit(task->due, level);
    slots_[level][slot].push_back(task);
    occupied_[level][slot / word_bits] |= Word{1} << slot % word_bits;
  }
  // First occupied slot of a level from `from` on, or `none`.
  unsigned find(unsigned level, unsigned from) const {
    unsigned word = from / word_bits;
    if (word >= words) return none;
    Word mask = occupied_[level][word] & ~Word{0} << from % word_bits;
    while (mask == 0) {
      if (++word == words) return none;
      mask = occupied_[level][word];
    }
    return word * word_bits + static_cast<unsigned>(std::countr_zero(mask));
  }
  // The same, going round at the top level, where time wraps.
  unsigned find_after_now(unsigned level) const;
  // The instant of a slot of the lowest level that lies ahead.
  Milliseconds in_this_turn(unsigned slot) const { return (now_ & ~Milliseconds{slots - 1}) | slot; }
  Milliseconds next_deadline_beyond() const;  // this turn of the lowest level, in which there is none
  // The first instant of a slot that lies ahead.
  Milliseconds slot_begin(unsigned level, unsigned slot) const {
    const unsigned shift = level * bits;
    const Milliseconds above = level + 1 < levels ? now_ >> (shift + bits) << (shift + bits) : 0;
    return above | Milliseconds{slot} << shift;
  }
  TimerSlot take(unsigned level, unsigned slot) {
    occupied_[level][slot / word_bits] &= ~(Word{1} << slot % word_bits);
    const TimerSlot tasks = slots_[level][slot];
    slots_[level][slot] = TimerSlot();
    return tasks;
  }
  template <class Due>
  void take_due(unsigned slot, Due& due);
  template <class Due>
  void cascade(unsigned level, unsigned slot, Due& due);

  Milliseconds now_ = 0;
  std::size_t count_ = 0;
  Word occupied_[levels][words] = {};
  TimerSlot slots_[levels][slots] = {};
};

template <class Due>
void TimerWheel::take_due(unsigned slot, Due& due) {
  TimerSlot tasks = take(0, slot);
  PromiseBase* last = nullptr;
  PromiseBase* const first = tasks.take_all(last);
  count_ -= due(first, last);
}

// now_ is the first instant of the slot: its tasks move to lower levels, or are due.
template <class Due>
void TimerWheel::cascade(unsigned level, unsigned slot, Due& due) {
  TimerSlot tasks = take(level, slot);
  PromiseBase* last = nullptr;
  PromiseBase* task = tasks.take_all(last);
  // Of very many sleepers each is out of the cache, and the next one's address has to wait for it. A second
  // walk, from the end, waits at the same time: when the first gets there, the second half is in the cache.
  const PromiseBase* ahead = last;
  while (task != nullptr) {
    PromiseBase* const next = task->next;
    if (ahead != nullptr) {
      ahead = ahead == task || ahead == next ? nullptr : ahead->prev;
      if (ahead != nullptr) __builtin_prefetch(&ahead->next);
    }
    if (task->due == now_) {
      task->next = nullptr;
      count_ -= due(task, task);
    } else {
      place(task);
      // It runs soon: its locals, too. (Costs a board without a cache nothing.)
      if (level == 1) __builtin_prefetch(static_cast<const std::byte*>(task->frame) + sizeof(PromiseBase));
    }
    task = next;
  }
}

template <class Due>
TimerWheel::Milliseconds TimerWheel::advance(Milliseconds time, Due&& due) {
  for (;;) {
    if (count_ == 0) {
      now_ = time;
      return time;
    }
    // What is left of the lowest level's turn.
    const bool same_turn = (now_ ^ time) >> bits == 0;
    const unsigned end = same_turn ? digit(time, 0) + 1 : slots;
    unsigned slot = find(0, digit(now_, 0) + 1);
    for (; slot < end; slot = find(0, slot + 1)) take_due(slot, due);
    if (same_turn) {
      now_ = time;
      return slot != none || count_ == 0 ? in_this_turn(slot) : next_deadline_beyond();
    }
    // The next slot of a higher level that holds anything; its first instant, if that is not beyond `time`.
    unsigned level = 1;
    for (; level < levels; ++level) {
      slot = find_after_now(level);
      if (slot != none) break;
    }
    if (slot == none) {
      now_ = time;  // nothing beyond this turn: the wheel is empty
      return time;
    }
    const Milliseconds begin = slot_begin(level, slot);
    if (static_cast<std::int32_t>(begin - time) > 0) {
      now_ = time;
      return next_deadline();
    }
    now_ = begin;
    cascade(level, slot, due);
  }
}

}  // namespace asyncio
