#include "model/notice.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "machine/control.hpp"
#include "model/format.hpp"

namespace model {
namespace {

using trace::Kind;

std::string byte_text(unsigned byte) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", byte & 0xffU);
  return text;
}

std::string hog_text(const State& state, const trace::Record& record) {
  std::string text = state.task_text(record.task) + " hogs the CPU: it has run for " +
                     duration_text(std::uint64_t{record.object} * 1000) + " without giving way";
  const std::string place = state.place(record.site);
  return place.empty() ? text : text + ", " + place;
}

std::string conflict_text(const trace::Record& record) {
  constexpr std::uint16_t a_part = 0xffff;
  if (record.object == a_part) return "two parts drive one net against each other";
  return "GP" + std::to_string(record.object) + " and " +
         (record.extra == a_part ? "a part" : "GP" + std::to_string(record.extra)) +
         " drive one net against each other";
}

std::string uart_text(const trace::Record& record) {
  const std::string uart = "uart" + std::to_string(record.object);
  const std::string byte = byte_text(record.extra);
  switch (static_cast<trace::UartError>(record.reason)) {
    case trace::UartError::overrun:
      return uart + " overrun: its buffer was full, the byte " + byte + " is lost";
    case trace::UartError::framing:
      return uart + " framing error: the byte " + byte + " had no stop bit";
    case trace::UartError::parity:
      return uart + " parity error: the byte " + byte + " had the wrong parity bit";
  }
  return uart + " error";
}

std::string i2c_text(const trace::Record& record) {
  const std::string bus = "i2c" + std::to_string(record.object);
  const std::string address = byte_text(record.extra);
  switch (static_cast<trace::I2cError>(record.reason)) {
    case trace::I2cError::nobody:
      return bus + ": nobody acknowledges address " + address;
    case trace::I2cError::data:
      return bus + ": " + address + " did not acknowledge a byte";
    case trace::I2cError::stuck:
      return bus + " is stuck: SDA stays low";
    case trace::I2cError::stretched:
      return bus + ": " + address + " held the clock low for too long";
  }
  return bus + " error";
}

std::string reset_text(const State& state, const trace::Record& record) {
  const std::string place = state.place(record.site);
  switch (record.reason) {
    case machine::WDT_RESET:
      return "the watchdog resets the board: nobody fed it in time" +
             (place.empty() ? place : ", the program was at " + place);
    case machine::SOFT_RESET:
      return "the program resets the board" + (place.empty() ? place : ", at " + place);
    default:
      return "the board starts again";
  }
}

}  // namespace

Notice notice(const State& state) {
  const trace::Record& record = state.record();
  const std::uint64_t now = state.now_ns();
  switch (record.kind) {
    case Kind::hog:
      return {"hog", hog_text(state, record), now, record.task, true};
    case Kind::conflict:
      return {"conflict", conflict_text(record), now, 0, true};
    case Kind::uart_error:
      return {"uart", uart_text(record), now, 0, true};
    case Kind::i2c_error:
      return {"i2c", i2c_text(record), now, 0, true};
    case Kind::reset:
      return {"reset", reset_text(state, record), now, 0, record.reason == machine::WDT_RESET};
    case Kind::text:
      if (const ConsoleText* const input = state.input())
        return {"input", "input: " + input_text(input->text), input->time_ns, 0, false};
      return {};
    default:
      return {};
  }
}

std::string input_text(const std::string& line) {
  const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!json.is_object()) return line;
  std::string text;
  const auto add = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const auto& [key, value] : json.items()) {
    add(key);
    const std::string word = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    add(value.is_string() ? word.substr(1, word.size() - 2) : word);
  }
  return text;
}

std::string pulses_text(const trace::Record& record) {
  if (record.task == 0) return "end";
  const bool whole = record.task % 1000 == 0;
  const double percent = 100.0 * record.extra / 65535;
  char text[48];
  std::snprintf(text, sizeof text, "%u %s, %.*f %%",
                static_cast<unsigned>(whole ? record.task / 1000 : record.task), whole ? "kHz" : "Hz",
                percent < 10 && percent > 0 ? 1 : 0, percent);
  return text;
}

std::string i2c_address_text(unsigned address) { return byte_text(address); }

std::string interrupt_text(const State& state, std::uint32_t number) {
  const Object* const interrupt = state.object(number);
  return interrupt != nullptr && !interrupt->name.empty() ? "interrupt " + interrupt->name : "an interrupt";
}

}  // namespace model
