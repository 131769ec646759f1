#include "parts/at_modem.hpp"

#include <cmath>

#include "mcu/board.hpp"

namespace sim {
namespace {

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

AtModem::AtModem(std::string id, const Options& options) : Part(std::move(id)) {
  add_leg("RX", rx_);
  add_leg("TX", tx_);
  SerialFormat format;
  format.baud = options.baud;
  sender_.set_format(format);
  receiver_.listen(format, true);  // a line that is low at first is a board that has not begun
}

void AtModem::set(const Setting& setting, double value) {
  if (setting.name == "signal") {
    signal_ = static_cast<int>(std::lround(value));
  } else if (setting.name == "silent") {
    silent_ = value >= 0.5;
    if (silent_) lines_.clear();
  } else if (setting.name == "delay") {
    delay_ns_ = static_cast<std::uint64_t>(std::llround(value * 1e6));
  }
}

void AtModem::on_change(Terminal&) { receiver_.look(rx_.is_high()); }

void AtModem::arrive(const SerialByte& byte) {
  if (!byte.is_good()) return;
  const char c = static_cast<char>(byte.byte);
  if (c != '\r' && c != '\n') {
    if (command_.size() < longest_command) command_ += c;
    return;
  }
  if (command_.empty()) return;  // the second half of a line end
  const std::string command = std::exchange(command_, {});
  show_each("hears " + command);
  if (silent_ || lines_.size() >= most_waiting) return;
  answer(command);
  if (!sender_.is_busy() && !next_line_.is_set()) say_next();
}

void AtModem::answer(std::string_view said) {
  const std::string command = upper_case(said);
  const auto say = [this](std::string line) { lines_.push_back(std::move(line)); };
  if (!command.starts_with("AT")) {
    for (const char* const line : {"Line 1", "Line 2", "Line 3", "Goodbye"}) say(line);
    return;
  }
  if (echo_) say(std::string(said));
  if (command == "ATE0" || command == "ATE1") {
    echo_ = command == "ATE1";
  } else if (command == "ATI") {
    say("Coroscope modem");
  } else if (command == "AT+CSQ") {
    say("+CSQ: " + std::to_string(signal_) + ",99");
  } else if (command == "AT+CREG?") {
    say(signal_ == 0 ? "+CREG: 0,2" : "+CREG: 0,1");  // it looks for a network; it has one
  } else if (command != "AT" && command != "ATZ") {
    return say("ERROR");
  }
  say("OK");
}

// The time to think begins when the line has left.
void AtModem::say_next() {
  if (lines_.empty()) return;
  sender_.send(lines_.front() + "\r\n");
  lines_.pop_front();
  board.cpu().alarms().set(next_line_, sender_.sent_ns() + delay_ns_);
}

}  // namespace sim
