#include "parts/serial_monitor.hpp"

#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr std::uint32_t pull_up_ohms = 100'000;
constexpr std::uint32_t series_ohms = 1000;

// How many bytes the UTF-8 character there has; 0 if there is none. (RFC 3629, 4)
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return first >= ' ' && first != 0x7f ? 1 : first == '\t' ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  // Shorter forms, surrogates and what is beyond Unicode are left out by the second byte.
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (at(1) < lowest || at(1) > highest) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (at(i) < 0x80 || at(i) > 0xbf) return 0;
  }
  return size;
}

std::string readable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  while (!bytes.empty()) {
    std::size_t size = character_size(bytes);
    if (size == 0) {
      size = 1;
      const auto byte = static_cast<unsigned char>(bytes[0]);
      text += "\\x";
      text += digits[byte >> 4];
      text += digits[byte & 0xfU];
    } else {
      text += bytes.substr(0, size);
    }
    bytes.remove_prefix(size);
  }
  return text;
}

}  // namespace

SerialMonitor::SerialMonitor(std::string id, const Options& options)
    : Part(std::move(id)), series_(board.wiring(), output_, tx_, series_ohms) {
  add_leg("RX", rx_);
  add_leg("TX", tx_);
  SerialFormat format;
  format.baud = options.baud;
  sender_.set_format(format);
  rx_.drive(Drive::through(pull_up_ohms, true));
  receiver_.listen(format, rx_.is_high());
}

void SerialMonitor::on_change(Terminal&) { receiver_.look(rx_.is_high()); }

void SerialMonitor::arrive(const SerialByte& byte) {
  const char c = static_cast<char>(byte.byte);
  if (c == '\n') return show_line();
  line_ += c;
  if (line_.size() == longest_line) return show_line();
  board.cpu().alarms().set(prompt_, board.now_ns() + prompt_ns);
}

void SerialMonitor::show_line() {
  board.cpu().alarms().unset(prompt_);
  std::string_view line = line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  show_each(readable(line));
  line_.clear();
}

}  // namespace sim
