// A pairing heap, intrusive: MicroPython's own structure for its task queue. Push is one comparison, pop
// melds the children in pairs from left to right and then from right to left.
#pragma once

#include <cstdint>

#include "bare.hpp"

namespace bare {

class PairingHeap {
 public:
  struct Node : ReadyNode {
    Node* child;
    Node* sibling;
    std::uint64_t deadline;
    std::uint64_t order;
  };

  void push(Node* node, std::uint64_t deadline) {
    node->child = nullptr;
    node->sibling = nullptr;
    node->deadline = deadline;
    node->order = pushed_++;
    root_ = root_ == nullptr ? node : meld(root_, node);
  }

  void pop_due(std::uint64_t now, ReadyQueue& ready) {
    while (root_ != nullptr && root_->deadline <= now) {
      Node* node = root_;
      root_ = meld_pairs(node->child);
      ready.push(node);
    }
  }

  std::uint64_t next_deadline() const { return root_ == nullptr ? no_deadline : root_->deadline; }

 private:
  static bool before(const Node* a, const Node* b) {
    return a->deadline < b->deadline || (a->deadline == b->deadline && a->order < b->order);
  }

  static Node* meld(Node* a, Node* b) {
    if (before(b, a)) {
      Node* swap = a;
      a = b;
      b = swap;
    }
    b->sibling = a->child;
    a->child = b;
    return a;
  }

  static Node* meld_pairs(Node* first) {
    Node* pairs = nullptr;  // melded, the last pair first
    while (first != nullptr && first->sibling != nullptr) {
      Node* second = first->sibling;
      Node* rest = second->sibling;
      Node* pair = meld(first, second);
      pair->sibling = pairs;
      pairs = pair;
      first = rest;
    }
    Node* root = first;  // the odd one, if any
    while (pairs != nullptr) {
      Node* next = pairs->sibling;
      root = root == nullptr ? pairs : meld(root, pairs);
      pairs = next;
    }
    if (root != nullptr) root->sibling = nullptr;
    return root;
  }

  Node* root_ = nullptr;
  std::uint64_t pushed_ = 0;
};

}  // namespace bare
