// What is seen of a serial line in tests: its edges, with their times.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/net.hpp"
#include "mcu/board.hpp"

namespace uart_wire {

inline constexpr std::uint64_t ms = 1'000'000;

// Wired to a pin, it notes when the level changes.
class Probe : public sim::NetListener {
 public:
  explicit Probe(unsigned pin) { sim::board.wiring().join(end_, sim::board.pins().terminal(pin)); }
  struct Edge {
    std::uint64_t time_ns;
    bool high;
  };
  const std::vector<Edge>& edges() const { return edges_; }
  // Forgets what was; the next edges count from the first of them: "0:0 1041667:1".
  void clear() { edges_.clear(); }
  std::string since_first() const {
    std::string text;
    for (const Edge& edge : edges_) {
      text += (text.empty() ? "" : " ") + std::to_string(edge.time_ns - edges_.front().time_ns) +
              (edge.high ? ":1" : ":0");
    }
    return text;
  }
  void on_change(sim::Terminal& terminal) override {
    if (terminal.is_high() == high_) return;
    high_ = terminal.is_high();
    edges_.push_back({sim::board.now_ns(), high_});
  }

 private:
  sim::Terminal end_{*this};
  bool high_ = false;
  std::vector<Edge> edges_;
};

// A wire from pin to pin.
inline void link(unsigned a, unsigned b) {
  sim::board.wiring().join(sim::board.pins().terminal(a), sim::board.pins().terminal(b));
}

}  // namespace uart_wire
