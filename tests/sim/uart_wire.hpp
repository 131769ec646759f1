// What is seen of a serial line in tests: its edges, with their times, and what went wrong on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/net.hpp"
#include "machine/uart.hpp"
#include "mcu/board.hpp"
#include "recording.hpp"
#include "trace/record.hpp"

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

// "overrun 1, framing 0, parity 0, breaks 0", without those that are 0.
inline std::string text_of(const machine::UART::Errors& errors) {
  std::string text;
  const auto add = [&](const char* name, std::uint32_t count) {
    if (count != 0) text += (text.empty() ? "" : ", ") + std::string(name) + ' ' + std::to_string(count);
  };
  add("overrun", errors.overrun);
  add("framing", errors.framing);
  add("parity", errors.parity);
  add("breaks", errors.breaks);
  return text;
}

// How often that error is in the trace.
inline std::size_t count_of(const recording::Recording& r, trace::UartError error) {
  std::size_t count = 0;
  for (const trace::Record& record : r.of(trace::Kind::uart_error))
    count += record.reason == static_cast<std::uint8_t>(error) ? 1U : 0U;
  return count;
}

// UART 0 and 1 with their TX wired to the other's RX.
struct Linked {
  Linked() {
    link(0, 5);
    link(4, 1);
  }
};

}  // namespace uart_wire
