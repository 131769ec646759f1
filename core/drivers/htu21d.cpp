#include "drivers/htu21d.hpp"

#include <algorithm>
#include <array>

#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "drivers/error_numbers.hpp"

namespace drivers {
namespace {

using asyncio::OSError;

constexpr int address = 0x40;

enum Command : std::uint8_t {
  write_user_register = 0xE6,
  read_user_register = 0xE7,
  measure_temperature = 0xF3,  // both without holding the clock
  measure_humidity = 0xF5,
  soft_reset = 0xFE,
};

constexpr std::uint8_t resolution_bits = 0x81;  // of the user register
constexpr std::uint16_t humidity_bit = 0x02;    // of a measurement: 0 if it is a temperature
constexpr std::uint16_t status_bits = 0x03;
// A sleep counts the millisecond it begins in: one more is slept, here and below.
constexpr int reset_ms = 15;

// "Sensor performance", the maximum.
struct Times {
  int temperature_ms;
  int humidity_ms;
};
Times longest(Htu21d::Resolution resolution) {
  switch (resolution) {
    case Htu21d::Resolution::rh8_t12:
      return {13, 3};
    case Htu21d::Resolution::rh10_t13:
      return {25, 5};
    case Htu21d::Resolution::rh11_t11:
      return {7, 8};
    case Htu21d::Resolution::rh12_t14:
      break;
  }
  return {50, 16};
}

}  // namespace

asyncio::Coro<Htu21dReading> Htu21d::read() {
  const auto guard = co_await lock_.scoped();
  if (!configured_) co_await configure();
  configured_ = false;  // until this reading has succeeded

  const Times times = longest(resolution_);
  const std::uint16_t temperature = co_await measure(measure_temperature, times.temperature_ms);
  const std::uint16_t humidity = co_await measure(measure_humidity, times.humidity_ms);
  configured_ = true;
  // "Conversion of signal outputs".
  co_return Htu21dReading{
      .temperature = -46.85F + 175.72F * static_cast<float>(temperature) / 65536.0F,
      .humidity = std::clamp(-6.0F + 125.0F * static_cast<float>(humidity) / 65536.0F, 0.0F, 100.0F)};
}

asyncio::Coro<> Htu21d::configure() {
  if (busy_) {  // a reading was cut short: what the sensor does takes no longer than this
    co_await asyncio::sleep_ms(longest(Resolution::rh12_t14).temperature_ms + 1);
    busy_ = false;
  }
  write(std::array<std::uint8_t, 1>{soft_reset});
  busy_ = true;
  co_await asyncio::sleep_ms(reset_ms + 1);
  busy_ = false;

  std::array<std::uint8_t, 1> user_register;
  write(std::array<std::uint8_t, 1>{read_user_register}, false);
  i2c_.readfrom_into(address, user_register);
  const auto wanted = static_cast<std::uint8_t>((user_register[0] & ~resolution_bits) |
                                                static_cast<std::uint8_t>(resolution_));
  if (wanted != user_register[0]) write(std::array<std::uint8_t, 2>{write_user_register, wanted});
  configured_ = true;
}

asyncio::Coro<std::uint16_t> Htu21d::measure(std::uint8_t command, int longest_ms) {
  write(std::array<std::uint8_t, 1>{command});
  busy_ = true;
  co_await asyncio::sleep_ms(longest_ms + 1);

  // Until it is done, the sensor does not acknowledge. Some of its kind take longer than the data sheet says.
  std::array<std::uint8_t, 3> bytes;
  for (int extra_ms = longest_ms; !try_read(bytes); --extra_ms) {
    if (extra_ms == 0) throw OSError(timed_out, "HTU21D: no answer in twice the time a measurement takes");
    co_await asyncio::sleep_ms(1);
  }
  busy_ = false;
  if (checksum(std::span(bytes).first(2)) != bytes[2])
    throw OSError(io_error, "HTU21D: the checksum is wrong");
  const auto value = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  if (((value & humidity_bit) != 0) != (command == measure_humidity))
    throw OSError(io_error, "HTU21D: it sent another measurement than was asked for");
  co_return static_cast<std::uint16_t>(value & ~status_bits);
}

void Htu21d::write(std::span<const std::uint8_t> bytes, bool stop) {
  if (i2c_.writeto(address, bytes, stop) != bytes.size())
    throw OSError(io_error, "HTU21D: it does not acknowledge a command");
}

// False if the sensor does not acknowledge its address.
bool Htu21d::try_read(std::span<std::uint8_t> bytes) {
  try {
    i2c_.readfrom_into(address, bytes);
    return true;
  } catch (const OSError& error) {
    if (error.code() != io_error) throw;
    return false;
  }
}

std::uint8_t Htu21d::checksum(std::span<const std::uint8_t> bytes) {
  std::uint8_t remainder = 0;
  for (const std::uint8_t byte : bytes) {
    remainder ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      remainder = static_cast<std::uint8_t>((remainder << 1) ^ ((remainder & 0x80) != 0 ? 0x31 : 0));
  }
  return remainder;
}

}  // namespace drivers
