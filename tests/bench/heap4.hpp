// A 4-ary heap of (deadline, push order, node), values in a vector: shallower than a binary heap, and the
// four children it compares lie beside each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bare.hpp"

namespace bare {

class Heap4 {
 public:
  using Node = ReadyNode;

  void push(Node* node, std::uint64_t deadline) {
    const Entry entry{deadline, pushed_++, node};
    std::size_t hole = entries_.size();
    entries_.push_back(entry);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 4;
      if (!(entry < entries_[parent])) break;
      entries_[hole] = entries_[parent];
      hole = parent;
    }
    entries_[hole] = entry;
  }

  void pop_due(std::uint64_t now, ReadyQueue& ready) {
    while (!entries_.empty() && entries_.front().deadline <= now) {
      ready.push(entries_.front().node);
      remove_front();
    }
  }

  std::uint64_t next_deadline() const { return entries_.empty() ? no_deadline : entries_.front().deadline; }

 private:
  struct Entry {
    std::uint64_t deadline;
    std::uint64_t order;
    Node* node;
    bool operator<(const Entry& other) const {
      return deadline < other.deadline || (deadline == other.deadline && order < other.order);
    }
  };

  void remove_front() {
    const Entry last = entries_.back();
    entries_.pop_back();
    const std::size_t size = entries_.size();
    if (size == 0) return;
    std::size_t hole = 0;
    for (;;) {
      const std::size_t first = 4 * hole + 1;
      if (first >= size) break;
      std::size_t least = first;
      const std::size_t end = first + 4 < size ? first + 4 : size;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (entries_[child] < entries_[least]) least = child;
      }
      if (!(entries_[least] < last)) break;
      entries_[hole] = entries_[least];
      hole = least;
    }
    entries_[hole] = last;
  }

  std::vector<Entry> entries_;
  std::uint64_t pushed_ = 0;
};

}  // namespace bare
