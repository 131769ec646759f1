// Bmp280: the Bosch BMP280 pressure and temperature sensor, register by register, on the virtual I2C bus.
// Section and table numbers are those of its data sheet, BST-BMP280-DS001 (revision 1.14 and later).
//
//   sim::Bmp280 sensor;                            // at 0x76: SDO is wired to ground
//   sensor.set("temperature", 31.5, now_ns);       // °C; "pressure" in Pa
//
// What is set comes out of a driver that compensates as the data sheet says (3.11.3), as exactly as the
// resolution of the measurement allows: 0.005 °C and 2.6 Pa with oversampling x1, 20 bits with x16.
//
// Where the data sheet is silent or leaves a choice:
// - A measurement takes the typical time, or the maximum on demand. It sees what is set when it ends.
// - im_update is 1 for 2 ms (the start-up time) after a reset, in which the calibration reads as 0, and for
//   the first 0.5 ms of each conversion. The device acknowledges all the while.
// - Writes to `config` "may be ignored" in normal mode (4.3.5): here they are.
// - Reserved registers read as 0. A read goes on where the last one stopped.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bus/i2c_device.hpp"
#include "parts/setting.hpp"

namespace sim {

// The trimming parameters (3.11.2, table 17), different for each chip. These are those of the data sheet's
// example (3.12).
struct Bmp280Calibration {
  std::uint16_t dig_T1 = 27504;
  std::int16_t dig_T2 = 26435;
  std::int16_t dig_T3 = -1000;
  std::uint16_t dig_P1 = 36477;
  std::int16_t dig_P2 = -10685;
  std::int16_t dig_P3 = 3024;
  std::int16_t dig_P4 = 2855;
  std::int16_t dig_P5 = 140;
  std::int16_t dig_P6 = -7;
  std::int16_t dig_P7 = 15500;
  std::int16_t dig_P8 = -14600;
  std::int16_t dig_P9 = 6000;
};

class Bmp280 final : public I2cDevice {
 public:
  enum class Timing : unsigned char { typical, maximum };
  struct Options {
    bool sdo_high = false;  // the address: 0x76, or 0x77 with SDO high (5.2)
    Timing timing = Timing::typical;
    Bmp280Calibration calibration;
  };

  // As if powered long ago: registers as after a reset, the calibration there, asleep.
  Bmp280() : Bmp280(Options{}) {}
  explicit Bmp280(const Options& options) : options_(options) {}

  // The power comes back, or 0xB6 was written to `reset`: all registers as in table 18, nothing measured.
  void power_on(std::uint64_t now_ns);
  // SDO may change its level while the device works.
  void set_sdo(bool high) { options_.sdo_high = high; }

  // The operating range (table 2). 20 °C and 101325 Pa until set.
  static constexpr std::array<Setting, 2> settings{{
      {"temperature", "°C", -40, 85},
      {"pressure", "Pa", 30'000, 110'000},
  }};
  // From `now_ns` on; if that is earlier than the last call of any kind, from then on. False, and nothing
  // changed, if `settings` has no such name or the value is out of its range.
  bool set(std::string_view name, double value, std::uint64_t now_ns = 0);

  bool has_address(std::uint8_t address) const override {
    return address == (options_.sdo_high ? 0x77 : 0x76);
  }
  bool on_start(bool read, std::uint64_t now_ns) override;
  bool on_write(std::uint8_t byte, std::uint64_t now_ns) override;
  std::uint8_t on_read(std::uint64_t now_ns) override;
  void on_stop(std::uint64_t now_ns) override;

 private:
  enum class Phase : unsigned char { asleep, measuring, standby };
  // The data registers from press_msb to temp_xlsb.
  using Data = std::array<std::uint8_t, 6>;
  // One of the two measured quantities: how the filter stands.
  struct Filter {
    bool initialised = false;
    std::int64_t memory = 0;  // of the 20-bit value; 32 more bits behind the point
  };

  void advance(std::uint64_t now_ns);
  void execute_mode(std::uint64_t now_ns);
  void start_measurement(std::uint64_t now_ns);
  bool finish_measurement();
  std::int64_t filtered(Filter& filter, std::int64_t adc) const;
  std::uint8_t register_value(std::uint8_t number) const;
  std::uint8_t status() const;
  std::uint8_t calibration_byte(std::uint8_t number) const;
  void write_register(std::uint8_t number, std::uint8_t value);
  std::uint64_t measurement_ns() const;
  std::uint64_t standby_ns() const;

  static constexpr Data reset_data{0x80, 0, 0, 0x80, 0, 0};

  Options options_;
  double temperature_ = 20;   // °C
  double pressure_ = 101325;  // Pa

  std::uint64_t now_ns_ = 0;
  std::uint64_t copied_ns_ = 0;  // when the copy of the calibration that a reset starts is done
  Phase phase_ = Phase::asleep;
  std::uint64_t phase_start_ns_ = 0;
  std::uint64_t phase_end_ns_ = 0;

  std::uint8_t ctrl_meas_ = 0;
  std::optional<std::uint8_t> next_ctrl_meas_;  // written while measuring: executed afterwards
  std::uint8_t config_ = 0;
  Filter temperature_filter_;
  Filter pressure_filter_;
  Data data_ = reset_data;
  Data shadow_ = reset_data;  // what a burst read sees (3.10)

  std::uint8_t register_number_ = 0;  // of the next access
  bool register_number_expected_ = true;
};

}  // namespace sim
