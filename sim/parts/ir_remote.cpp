#include "parts/ir_remote.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

// The NEC protocol: core/drivers/nec_decoder.hpp has it in words.
constexpr std::uint64_t unit_ns = 562'500;
constexpr std::uint64_t start_mark_ns = 16 * unit_ns;
constexpr std::uint64_t start_space_ns = 8 * unit_ns;
constexpr std::uint64_t repeat_space_ns = 4 * unit_ns;
constexpr std::uint64_t one_space_ns = 3 * unit_ns;
constexpr std::uint64_t period_ns = 108'000'000;  // from one code, or repeat, to the next

constexpr std::uint64_t longest_hold_ms = 60'000;

constexpr const char* help =
    "it takes a key (POWER MENU TEST PLUS BACK PREVIOUS PLAY NEXT MINUS C 0 to 9, or a command, 0x00 to "
    "0xff), "
    "alone or with one of: held 500 ms (at most 60000), truncated, garbled; or it takes: noise";

struct Key {
  std::string_view name;
  std::uint8_t command;
};
// docs.wokwi.com, wokwi-ir-remote.
constexpr std::array<Key, 20> keys{{
    {"power", 162},    {"menu", 226}, {"test", 34},  {"plus", 2}, {"back", 194},
    {"previous", 224}, {"play", 168}, {"next", 144}, {"0", 104},  {"minus", 152},
    {"c", 176},        {"1", 48},     {"2", 24},     {"3", 122},  {"4", 16},
    {"5", 56},         {"6", 90},     {"7", 66},     {"8", 74},   {"9", 82},
}};

std::optional<std::uint64_t> number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::optional<std::uint8_t> command_of(std::string_view key) {
  for (const Key& known : keys) {
    if (known.name == key) return known.command;
  }
  if (!key.starts_with("0x")) return std::nullopt;
  const std::optional<std::uint64_t> command = number(key.substr(2), 16);
  if (!command || *command > 0xff) return std::nullopt;
  return static_cast<std::uint8_t>(*command);
}

// "held 500 ms", "held 500ms": 500.
std::optional<std::uint64_t> hold_ms_of(std::string_view how) {
  if (!how.starts_with("held ") || !how.ends_with("ms")) return std::nullopt;
  how.remove_prefix(5);
  how.remove_suffix(how.ends_with(" ms") ? 3 : 2);
  const std::optional<std::uint64_t> ms = number(how, 10);
  return ms && *ms <= longest_hold_ms ? ms : std::nullopt;
}

// A key or noise, and how.
struct Request {
  enum class How : unsigned char { pressed, truncated, garbled, noise };
  How how = How::pressed;
  std::uint8_t command = 0;
  std::uint64_t hold_ms = 0;
};

std::optional<Request> request_of(std::string_view text) {
  std::string words(text);
  std::transform(words.begin(), words.end(), words.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (words == "noise") return Request{Request::How::noise};
  const std::size_t space = words.find(' ');
  const std::optional<std::uint8_t> command = command_of(words.substr(0, space));
  if (!command) return std::nullopt;
  if (space == std::string::npos) return Request{Request::How::pressed, *command};
  const std::string how = words.substr(space + 1);
  if (how == "truncated") return Request{Request::How::truncated, *command};
  if (how == "garbled") return Request{Request::How::garbled, *command};
  const std::optional<std::uint64_t> hold_ms = hold_ms_of(how);
  if (!hold_ms) return std::nullopt;
  return Request{Request::How::pressed, *command, *hold_ms};
}

std::uint8_t inverse(std::uint8_t byte) { return static_cast<std::uint8_t>(~byte); }

}  // namespace

IrRemote::IrRemote(std::string id) : Part(std::move(id)), random_(board.seed(), this->id()) {
  board.wiring().join(light_, board.wiring().infrared());
}

IrRemote::Burst IrRemote::code(std::uint8_t command, std::uint8_t complement) {
  Burst burst{{start_mark_ns, start_space_ns}};
  for (const std::uint8_t byte : {std::uint8_t{0}, inverse(0), command, complement}) {
    for (unsigned bit = 0; bit < 8; ++bit)
      burst.push_back({unit_ns, (byte >> bit & 1) != 0 ? one_space_ns : unit_ns});
  }
  burst.push_back({unit_ns, 0});
  return burst;
}

IrRemote::Burst IrRemote::repeat_code() { return {{start_mark_ns, repeat_space_ns}, {unit_ns, 0}}; }

IrRemote::Burst IrRemote::noise() {
  Burst burst;
  for (std::uint64_t left = random_.between(3, 12); left != 0; --left)
    burst.push_back({random_.between(400'000, 2'000'000), random_.between(400'000, 3'000'000)});
  return burst;
}

void IrRemote::add(Burst burst) {
  std::uint64_t length_ns = 0;
  for (const Pulse& pulse : burst) length_ns += pulse.mark + pulse.space;
  burst.back().space += period_ns - length_ns;
  pulses_.insert(pulses_.end(), burst.begin(), burst.end());
}

std::string IrRemote::check(std::string_view text) const { return request_of(text) ? "" : help; }

void IrRemote::send(std::string_view text) {
  const Request request = request_of(text).value_or(Request{});
  const std::uint8_t command = request.command;
  switch (request.how) {
    case Request::How::noise:
      add(noise());
      break;
    case Request::How::truncated: {
      Burst burst = code(command, inverse(command));
      burst.resize(random_.between(3, burst.size() - 1));
      add(std::move(burst));
      break;
    }
    case Request::How::garbled: {
      const auto wrong_bit = static_cast<std::uint8_t>(1U << random_.between(0, 7));
      add(code(command ^ wrong_bit, inverse(command)));
      break;
    }
    case Request::How::pressed:
      add(code(command, inverse(command)));
      for (std::uint64_t then = period_ns; then < request.hold_ms * 1'000'000; then += period_ns)
        add(repeat_code());
  }
  if (!next_change_.is_set()) next();
}

void IrRemote::next() {
  if (pulses_.empty()) return;
  const Pulse pulse = pulses_.front();
  shines_ = !shines_;
  if (!shines_) pulses_.pop_front();
  board.cpu().alarms().set(next_change_, board.now_ns() + (shines_ ? pulse.mark : pulse.space));
  light_.drive(shines_ ? Drive::high() : Drive::nothing());
}

}  // namespace sim
