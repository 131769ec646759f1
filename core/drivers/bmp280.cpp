#include "drivers/bmp280.hpp"

#include <array>
#include <limits>

#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "drivers/error_numbers.hpp"

namespace drivers {
namespace {

using asyncio::OSError;

// Table 18.
enum Register : std::uint8_t {
  calib00 = 0x88,
  id = 0xD0,
  reset = 0xE0,
  status = 0xF3,
  ctrl_meas = 0xF4,
  config = 0xF5,
  press_msb = 0xF7,
  temp_msb = 0xFA,
};

constexpr std::uint8_t chip_id = 0x58;
constexpr std::uint8_t reset_word = 0xB6;
// Bits of `status`.
constexpr std::uint8_t measuring = 0x08;
constexpr std::uint8_t im_update = 0x01;
constexpr std::uint8_t mode_bits = 0x03;

// Table 2. A sleep counts the millisecond it begins in: one more is slept, here and below.
constexpr int startup_ms = 2;

std::uint8_t code(auto option) { return static_cast<std::uint8_t>(option); }
std::int64_t samples(Bmp280::Oversampling oversampling) { return (1 << code(oversampling)) / 2; }

// 20 bits, left-aligned in three registers.
std::int32_t raw_value(std::span<const std::uint8_t, 3> bytes) {
  return bytes[0] << 12 | bytes[1] << 4 | bytes[2] >> 4;
}

}  // namespace

Bmp280::Bmp280(machine::I2C& i2c, const Options& options)
    : i2c_(i2c),
      options_(options),
      ctrl_meas_(static_cast<std::uint8_t>(code(options.temperature) << 5 | code(options.pressure) << 2 |
                                           code(options.mode))),
      config_(static_cast<std::uint8_t>(code(options.standby) << 5 | code(options.filter) << 2)) {
  if (options.address != 0x76 && options.address != 0x77)
    throw asyncio::ValueError("Bmp280: the address is 0x76, or 0x77 with SDO at 3.3 V");
  if (options.temperature == Oversampling::skipped)
    throw asyncio::ValueError("Bmp280: the temperature is needed for the pressure: oversample it x1 or more");
}

asyncio::Coro<Bmp280Reading> Bmp280::read() {
  const auto guard = co_await lock_.scoped();
  if (!configured_) co_await configure();
  configured_ = false;  // until this reading has succeeded

  const bool forced = options_.mode == Mode::forced;
  if (forced) {
    write_register(ctrl_meas, ctrl_meas_);
    co_await asyncio::sleep_ms(measurement_ms());
  }
  // Everything from `status` to temp_xlsb, in one burst: of one measurement, and with the settings in force.
  std::array<std::uint8_t, 10> registers;
  const auto value_of = [&registers](Register number) { return registers[std::size_t{number} - status]; };
  for (std::int64_t extra_ms = measurement_ms();; --extra_ms) {
    read_registers(status, registers);
    if (((value_of(ctrl_meas) ^ ctrl_meas_) & ~mode_bits) != 0 || value_of(config) != config_)
      throw OSError(io_error, "BMP280: it lost its settings: was it without power?");
    // A sensor that has measured once is asleep (3.6.2).
    if (!forced || ((value_of(ctrl_meas) & mode_bits) == 0 && (value_of(status) & measuring) == 0)) break;
    if (extra_ms == 0) throw OSError(timed_out, "BMP280: the measurement does not end");
    co_await asyncio::sleep_ms(1);
  }
  if (!forced && (value_of(ctrl_meas) & mode_bits) != code(Mode::normal))
    throw OSError(io_error, "BMP280: it is no longer in normal mode");

  const std::span<const std::uint8_t, 10> bytes(registers);
  const std::int32_t t_fine =
      calibration_.fine_temperature(raw_value(bytes.subspan<std::size_t{temp_msb} - status, 3>()));
  Bmp280Reading reading{.temperature = static_cast<float>(Bmp280Calibration::temperature(t_fine)) / 100.0F,
                        .pressure = std::numeric_limits<float>::quiet_NaN()};
  if (measures_pressure()) {
    const std::uint32_t pressure =
        calibration_.pressure(raw_value(bytes.subspan<std::size_t{press_msb} - status, 3>()), t_fine);
    if (pressure == 0) throw OSError(io_error, "BMP280: its values make no sense: was the bus disturbed?");
    reading.pressure = static_cast<float>(pressure) / 256.0F;
  }
  configured_ = true;
  co_return reading;
}

asyncio::Coro<> Bmp280::configure() {
  std::array<std::uint8_t, 1> value;
  read_registers(id, value);
  if (value[0] != chip_id)
    throw OSError(no_such_device, "BMP280: its id is not 0x58: another chip? (a BME280 has 0x60)");

  write_register(reset, reset_word);
  co_await asyncio::sleep_ms(startup_ms + 1);
  for (int extra_ms = 20;; --extra_ms) {
    read_registers(status, value);
    if ((value[0] & im_update) == 0) break;
    if (extra_ms == 0) throw OSError(timed_out, "BMP280: it does not come back from a reset");
    co_await asyncio::sleep_ms(1);
  }
  std::array<std::uint8_t, Bmp280Calibration::size> words;
  read_registers(calib00, words);
  calibration_ = Bmp280Calibration::from_registers(words);
  if (calibration_.dig_T1 == 0 || calibration_.dig_P1 == 0)
    throw OSError(io_error, "BMP280: its calibration is empty");

  write_register(config, config_);  // before the mode: in normal mode it may be ignored (4.3.5)
  if (options_.mode == Mode::normal) {
    write_register(ctrl_meas, ctrl_meas_);
    co_await asyncio::sleep_ms(measurement_ms());
  }
  configured_ = true;
}

void Bmp280::read_registers(std::uint8_t first, std::span<std::uint8_t> values) {
  i2c_.readfrom_mem_into(options_.address, first, values);
}

void Bmp280::write_register(std::uint8_t number, std::uint8_t value) {
  const std::array<std::uint8_t, 1> bytes{value};
  i2c_.writeto_mem(options_.address, number, bytes);
}

// To sleep for the longest a measurement may take (3.8.1).
std::int64_t Bmp280::measurement_ms() const {
  const std::int64_t pressure_us = measures_pressure() ? 2300 * samples(options_.pressure) + 575 : 0;
  return (1250 + 2300 * samples(options_.temperature) + pressure_us + 999) / 1000 + 1;
}

}  // namespace drivers
