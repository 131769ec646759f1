#include "drivers/hd44780_backpack.hpp"

#include <array>
#include <cstddef>

#include "asyncio/exceptions.hpp"
#include "drivers/error_numbers.hpp"

namespace drivers {
namespace {

enum Port : std::uint8_t { rs = 0x01, e = 0x04, light = 0x08 };

}  // namespace

HD44780Backpack::HD44780Backpack(machine::I2C& i2c, const Options& options)
    : i2c_(&i2c), lock_(options.lock), address_(options.address) {
  if ((address_ & ~0x07) != 0x20 && (address_ & ~0x07) != 0x38)
    throw asyncio::ValueError("HD44780: a PCF8574 is at 0x20 to 0x27, a PCF8574A at 0x38 to 0x3F");
}

void HD44780Backpack::release(bool backlight) {
  port_ = backlight ? light : 0;
  transfer(std::array<std::uint8_t, 1>{port_});
}

void HD44780Backpack::write_half(bool data, std::uint8_t byte) {
  write_pulses(data, std::array{static_cast<std::uint8_t>(byte & 0xF0U)});
}

void HD44780Backpack::write(bool data, std::uint8_t byte) {
  write_pulses(data, std::array{static_cast<std::uint8_t>(byte & 0xF0U),
                                static_cast<std::uint8_t>(unsigned{byte} << 4 & 0xF0U)});
}

// The outputs change together. The chip wants RS before E rises (t_AS), so a change of it goes first; the
// data only before E falls.
void HD44780Backpack::write_pulses(bool data, std::span<const std::uint8_t> halves) {
  std::array<std::uint8_t, 5> ports;
  std::size_t count = 0;
  const auto lines = static_cast<std::uint8_t>((port_ & light) | (data ? rs : 0));
  if (lines != port_) ports[count++] = static_cast<std::uint8_t>(halves.front() | lines);
  port_ = lines;
  for (const std::uint8_t half : halves) {
    ports[count++] = static_cast<std::uint8_t>(half | lines | e);
    ports[count++] = static_cast<std::uint8_t>(half | lines);
  }
  transfer(std::span(ports).first(count));
}

void HD44780Backpack::transfer(std::span<const std::uint8_t> ports) {
  if (i2c_->writeto(address_, ports) != ports.size())
    throw asyncio::OSError(io_error, "HD44780: the backpack does not acknowledge a byte");
}

}  // namespace drivers
