#include "parts/htu21d.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace sim {
namespace {

constexpr std::uint64_t reset_ns = 15'000'000;  // "Soft reset": takes less

// "Communication with HTU21D(F) sensor": the commands.
enum Command : std::uint8_t {
  temperature_hold = 0xE3,
  humidity_hold = 0xE5,
  write_user_register = 0xE6,
  read_user_register = 0xE7,
  temperature_no_hold = 0xF3,
  humidity_no_hold = 0xF5,
  soft_reset = 0xFE,
};

// "User register".
constexpr std::uint8_t resolution_bits = 0x81;
constexpr std::uint8_t heater_bit = 0x04;
constexpr std::uint8_t no_otp_reload_bit = 0x02;
constexpr std::uint8_t writable_bits = resolution_bits | heater_bit | no_otp_reload_bit;

// What a resolution means, by bits 7 and 0 of the user register; the times are those of "Sensor
// performance".
struct Resolution {
  int bits;
  std::uint64_t typical_us;
  std::uint64_t maximum_us;
};
constexpr std::array<Resolution, 4> temperature_resolutions{
    {{14, 44'000, 50'000}, {12, 11'000, 13'000}, {13, 22'000, 25'000}, {11, 6'000, 7'000}}};
constexpr std::array<Resolution, 4> humidity_resolutions{
    {{12, 14'000, 16'000}, {8, 2'000, 3'000}, {10, 4'000, 5'000}, {11, 7'000, 8'000}}};

std::size_t resolution_index(std::uint8_t user_register) {
  return static_cast<std::size_t>((user_register >> 6 & 2) | (user_register & 1));
}

// "CRC Checksum": x^8 + x^5 + x^4 + 1, started at 0.
std::uint8_t checksum(std::span<const std::uint8_t> bytes) {
  unsigned remainder = 0;
  for (const std::uint8_t byte : bytes) {
    remainder ^= byte;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder << 1) ^ ((remainder & 0x80) != 0 ? 0x131U : 0U);
  }
  return static_cast<std::uint8_t>(remainder);
}

}  // namespace

void Htu21d::power_on(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  reset(default_user_register);
}

void Htu21d::reset(std::uint8_t user_register) {
  ready_ns_ = now_ns_ + reset_ns;
  user_register_ = user_register;
  measuring_ = Quantity::none;
  reply_ = Reply();
}

bool Htu21d::set(std::string_view name, double value, std::uint64_t now_ns) {
  const Setting* const setting = find_setting(settings, name);
  if (setting == nullptr || !setting->allows(value)) return false;
  advance(now_ns);  // what was measured until now saw the old value
  (name == "temperature" ? temperature_ : humidity_) = value;
  return true;
}

// ---- measuring ----

void Htu21d::advance(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  if (measuring_ != Quantity::none && now_ns_ >= measured_ns_) reply_with_measurement();
}

void Htu21d::start_measurement(Quantity quantity, bool hold) {
  if ((user_register_ & no_otp_reload_bit) == 0)
    user_register_ = default_user_register | (user_register_ & heater_bit);
  measuring_ = quantity;
  holds_clock_ = hold;
  measured_ns_ = now_ns_ + measurement_ns(quantity);
}

std::uint64_t Htu21d::measurement_ns(Quantity quantity) const {
  const auto& resolutions =
      quantity == Quantity::temperature ? temperature_resolutions : humidity_resolutions;
  const Resolution& resolution = resolutions[resolution_index(user_register_)];
  return (timing_ == Timing::typical ? resolution.typical_us : resolution.maximum_us) * 1000;
}

// "Conversion of signal outputs", the other way round: 16 bits, of which the lower ones are 0 as the
// resolution has it.
std::uint16_t Htu21d::measured(Quantity quantity) const {
  const bool heated = (user_register_ & heater_bit) != 0;
  const bool is_temperature = quantity == Quantity::temperature;
  const double raw = is_temperature ? (temperature_ + (heated ? 1.0 : 0.0) + 46.85) / 175.72 * 65536
                                    : (humidity_ * (heated ? 0.94 : 1.0) + 6.0) / 125.0 * 65536;
  const auto& resolutions = is_temperature ? temperature_resolutions : humidity_resolutions;
  const long step = 1L << (16 - resolutions[resolution_index(user_register_)].bits);
  return static_cast<std::uint16_t>(
      std::clamp(std::lround(raw / static_cast<double>(step)) * step, 0L, 65536 - step));
}

void Htu21d::reply_with_measurement() {
  // The two status bits: bit 1 says which quantity, bit 0 is not assigned.
  const unsigned value = measured(measuring_) | (measuring_ == Quantity::humidity ? 2U : 0U);
  reply_.bytes = {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value), 0};
  reply_.bytes[2] = checksum(std::span(reply_.bytes).first(2));
  reply_.size = 3;
  reply_.sent = 0;
  measuring_ = Quantity::none;
}

// ---- the bus ----

bool Htu21d::on_start(bool read, std::uint64_t now_ns) {
  advance(now_ns);
  end_read();
  if (now_ns_ < ready_ns_) return false;
  const bool measuring = measuring_ != Quantity::none;
  if (measuring && !(holds_clock_ && read)) return false;
  if (read && !measuring && reply_.size == 0) return false;
  reading_ = read;
  command_expected_ = true;
  return true;
}

bool Htu21d::on_write(std::uint8_t byte, std::uint64_t now_ns) {
  advance(now_ns);
  if (now_ns_ < ready_ns_ || measuring_ != Quantity::none) return false;  // after the command that did it
  if (!command_expected_) {
    user_register_ = static_cast<std::uint8_t>((user_register_ & ~writable_bits) | (byte & writable_bits));
    command_expected_ = true;
    return true;
  }
  reply_ = Reply();
  switch (byte) {
    case temperature_hold:
    case temperature_no_hold:
      start_measurement(Quantity::temperature, byte == temperature_hold);
      return true;
    case humidity_hold:
    case humidity_no_hold:
      start_measurement(Quantity::humidity, byte == humidity_hold);
      return true;
    case write_user_register:
      command_expected_ = false;
      return true;
    case read_user_register:
      reply_.bytes[0] = user_register_;
      reply_.bytes[1] = checksum(std::span(reply_.bytes).first(1));
      reply_.size = 2;
      return true;
    case soft_reset:
      reset(default_user_register | (user_register_ & heater_bit));  // all but the heater
      return true;
    default:
      return false;
  }
}

std::uint8_t Htu21d::on_read(std::uint64_t now_ns) {
  advance(now_ns);
  return reply_.sent < reply_.size ? reply_.bytes[reply_.sent++] : 0xFF;
}

void Htu21d::on_stop(std::uint64_t now_ns) {
  advance(now_ns);
  end_read();
  command_expected_ = true;
}

// What was read, be it in part, is not read again.
void Htu21d::end_read() {
  if (reading_ && reply_.sent != 0) reply_ = Reply();
  reading_ = false;
}

std::uint64_t Htu21d::stretch_ns(std::uint64_t now_ns) {
  advance(now_ns);
  return reading_ && measuring_ != Quantity::none ? measured_ns_ - now_ns_ : 0;
}

}  // namespace sim
