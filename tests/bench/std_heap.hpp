// What std::priority_queue is: std::push_heap and std::pop_heap over a vector of (deadline, push order,
// node).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bare.hpp"

namespace bare {

class StdHeap {
 public:
  using Node = ReadyNode;

  void push(Node* node, std::uint64_t deadline) {
    entries_.push_back({deadline, pushed_++, node});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }

  void pop_due(std::uint64_t now, ReadyQueue& ready) {
    while (!entries_.empty() && entries_.front().deadline <= now) {
      ready.push(entries_.front().node);
      std::pop_heap(entries_.begin(), entries_.end(), later);
      entries_.pop_back();
    }
  }

  std::uint64_t next_deadline() const { return entries_.empty() ? no_deadline : entries_.front().deadline; }

 private:
  struct Entry {
    std::uint64_t deadline;
    std::uint64_t order;
    Node* node;
  };

  static bool later(const Entry& a, const Entry& b) {
    return a.deadline > b.deadline || (a.deadline == b.deadline && a.order > b.order);
  }

  std::vector<Entry> entries_;
  std::uint64_t pushed_ = 0;
};

}  // namespace bare
