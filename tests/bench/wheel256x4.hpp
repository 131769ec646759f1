// A hierarchical timing wheel: four wheels of 256 slots for 1, 256, 65536 and 16777216 ms, each slot a doubly
// linked list in push order. A node lives in the wheel of the highest byte in which its deadline differs from
// the current time and moves inwards (cascades) when that byte's turn comes; equal deadlines so never
// overtake.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "bare.hpp"

namespace bare {

class Wheel256x4 {
 public:
  struct Node : ReadyNode {
    Node* previous;  // for taking a node out, which no benchmark does but a wheel is built for
    std::uint64_t deadline;
  };

  void push(Node* node, std::uint64_t deadline) {
    if (deadline < time_) deadline = time_;
    node->deadline = deadline;
    place(node);
  }

  void pop_due(std::uint64_t now, ReadyQueue& ready) {
    for (;;) {
      const Next next = find_next();
      if (next.time > now) break;
      time_ = next.time;
      Slot slot = take(next.wheel, next.slot);
      if (next.wheel == 0) {
        slot.tail->next = nullptr;
        ready.append(slot.head, slot.tail);
        if (time_ == now) return;
      } else {
        cascade(slot);
      }
    }
    time_ = now;
  }

  // Exact within the current 256 ms, else the start of the slot in which the next deadline is.
  std::uint64_t next_deadline() const { return find_next().time; }

 private:
  static constexpr unsigned wheels = 4;
  static constexpr unsigned slots = 256;

  struct Slot {
    Node* head;
    Node* tail;
  };
  struct Next {
    std::uint64_t time;
    unsigned wheel;
    unsigned slot;
  };

  void place(Node* node) {
    const std::uint64_t difference = node->deadline ^ time_;
    unsigned wheel = (static_cast<unsigned>(std::bit_width(difference | 1)) - 1) / 8;
    if (wheel >= wheels) wheel = wheels - 1;  // beyond 49 days: comes round and is placed again
    const unsigned index = static_cast<unsigned>(node->deadline >> (8 * wheel)) % slots;
    std::uint64_t& word = occupied_[wheel][index / 64];
    const std::uint64_t bit = std::uint64_t{1} << (index % 64);
    Slot& slot = slots_[wheel][index];
    if ((word & bit) == 0) {
      word |= bit;
      slot.head = node;
      node->previous = nullptr;
    } else {
      slot.tail->next = node;
      node->previous = slot.tail;
    }
    slot.tail = node;
  }

  Slot take(unsigned wheel, unsigned index) {
    occupied_[wheel][index / 64] &= ~(std::uint64_t{1} << (index % 64));
    return slots_[wheel][index];
  }

  // Each node of a long list is a cache miss which the next one waits for. A second walk, from the tail,
  // waits at the same time and has fetched the second half when the first walk gets there.
  void cascade(Slot slot) {
    const Node* ahead = slot.tail;
    for (Node* node = slot.head;;) {
      Node* next = static_cast<Node*>(node->next);
      const bool last = node == slot.tail;
      if (ahead != nullptr) {
        ahead = ahead == node || ahead == next ? nullptr : ahead->previous;
        __builtin_prefetch(ahead);
      }
      place(node);
      if (last) return;
      node = next;
    }
  }

  // The first occupied slot at or after `from`, or `slots`.
  unsigned first_occupied(unsigned wheel, unsigned from) const {
    if (from >= slots) return slots;
    unsigned index = from / 64;
    std::uint64_t word = occupied_[wheel][index] & (~std::uint64_t{0} << (from % 64));
    while (word == 0) {
      if (++index == slots / 64) return slots;
      word = occupied_[wheel][index];
    }
    return index * 64 + static_cast<unsigned>(std::countr_zero(word));
  }

  Next find_next() const {
    const unsigned slot = first_occupied(0, static_cast<unsigned>(time_ % slots));
    if (slot < slots) return {(time_ & ~std::uint64_t{slots - 1}) | slot, 0, slot};
    return find_next_outer();
  }

  Next find_next_outer() const {
    for (unsigned wheel = 1; wheel < wheels; ++wheel) {
      const unsigned shift = 8 * wheel;
      const unsigned slot = first_occupied(wheel, static_cast<unsigned>((time_ >> shift) % slots) + 1);
      if (slot < slots) {
        const std::uint64_t turn = time_ >> (shift + 8) << 8;
        return {(turn | slot) << shift, wheel, slot};
      }
    }
    const unsigned slot = first_occupied(wheels - 1, 0);  // after the last wheel has turned once
    if (slot < slots) {
      const std::uint64_t turn = ((time_ >> 32) + 1) << 8;
      return {(turn | slot) << 24, wheels - 1, slot};
    }
    return {no_deadline, 0, 0};
  }

  std::uint64_t time_ = 0;
  std::uint64_t occupied_[wheels][slots / 64] = {};
  Slot slots_[wheels][slots];
};

}  // namespace bare
