// SerialMonitor: a terminal on a serial line, which shows what the board sends. Wokwi's $serialMonitor.
//
// Legs: RX (wired to the board's TX, and pulled up, so that it hears nothing while the board does not send),
// TX (wired to its RX, through a resistor: every drawing from Wokwi has these wires, and a program that
// drives that pin instead of listening to it has its way). It shows a line when it is complete, when it has
// become as long as a line may be, or when nothing has come for a while (a prompt). As terminals do, it shows
// a broken byte as what it was taken for; what is no text it shows as \x1b, a break as \x00. send(): bytes
// for the board.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bus/serial_line.hpp"
#include "mcu/alarms.hpp"
#include "parts/part.hpp"

namespace sim {

class SerialMonitor final : public Part {
 public:
  struct Options {
    std::uint32_t baud = 115'200;  // 8N1
  };
  static constexpr std::size_t longest_line = 256;  // bytes
  static constexpr std::uint64_t prompt_ns = 250'000'000;

  explicit SerialMonitor(std::string id) : SerialMonitor(std::move(id), Options{}) {}
  SerialMonitor(std::string id, const Options& options);

  std::string check(std::string_view) const override { return {}; }
  void send(std::string_view text) override { sender_.send(text); }
  void on_change(Terminal& terminal) override;

 private:
  void arrive(const SerialByte& byte);
  void show_line();

  Terminal rx_{*this};
  Terminal output_;
  Terminal tx_;
  Resistor series_;
  SerialSender sender_{output_};
  SerialReceiver receiver_{[this](const SerialByte& byte) { arrive(byte); }};
  std::string line_;
  Alarm prompt_{[this] { show_line(); }};
};

}  // namespace sim
