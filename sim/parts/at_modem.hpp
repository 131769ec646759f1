// AtModem: a device that speaks only when spoken to, as modems with AT commands do: a command is a line, and
// so is each piece of the answer. drivers::AtModem is the other end.
//
// Legs: RX (wired to the board's TX), TX (wired to its RX). To commands that do not begin with AT it answers
// as the device of the asyncio tutorial does (6.3.1), with four lines. Between two lines it thinks for
// `delay`. Commands that come meanwhile are answered afterwards. Settings: what AT+CSQ reports, whether it is
// silent (1: it hears, and answers nothing), the delay.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "bus/serial_line.hpp"
#include "mcu/alarms.hpp"
#include "parts/part.hpp"

namespace sim {

class AtModem final : public Part {
 public:
  struct Options {
    std::uint32_t baud = 9600;  // 8N1
  };
  static constexpr std::array all_settings{
      Setting{"signal", "", 0, 31},  // 3GPP TS 27.007 8.5: 0 is -113 dBm or less, 31 is -51 dBm or more
      Setting{"silent", "", 0, 1},
      Setting{"delay", "ms", 0, 10'000},
  };
  static constexpr std::size_t longest_command = 255;
  static constexpr std::size_t most_waiting = 16;  // lines; commands beyond that are lost

  explicit AtModem(std::string id) : AtModem(std::move(id), Options{}) {}
  AtModem(std::string id, const Options& options);

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;
  void on_change(Terminal& terminal) override;

 private:
  void arrive(const SerialByte& byte);
  void answer(std::string_view said);
  void say_next();

  Terminal rx_{*this};
  Terminal tx_;
  SerialSender sender_{tx_};
  SerialReceiver receiver_{[this](const SerialByte& byte) { arrive(byte); }};
  std::string command_;
  std::deque<std::string> lines_;  // of answers, not yet said
  Alarm next_line_{[this] { say_next(); }};
  bool echo_ = false;  // ATE1
  int signal_ = 20;
  bool silent_ = false;
  std::uint64_t delay_ns_ = 300'000'000;
};

}  // namespace sim
