// Htu21d: the MEAS (TE) HTU21D humidity and temperature sensor on the virtual I2C bus, at 0x40. The titles
// quoted are those of its data sheet, HPC199.
//
//   sim::Htu21d sensor;
//   sensor.set("humidity", 61.5, now_ns);   // %RH; "temperature" in °C
//
// What is set comes out of a driver as exactly as the resolution allows: 0.01 °C and 0.03 %RH at 14 and 12
// bits.
//
// Where the data sheet is silent or leaves a choice:
// - A measurement takes the typical time, or the maximum on demand. It sees what is set when it ends.
// - While it measures, and for 15 ms after a reset, the device acknowledges nothing, neither reads nor
// writes;
//   but in hold master mode a read, which it then holds. It does not acknowledge a read that no command asked
//   for either.
// - A measurement is read once: MSB, LSB, checksum, then 0xFF. The user register is followed by its checksum.
// - The heater warms by 1 °C (0.5 to 1.5), which lowers the relative humidity by 6 % of its value.
// - The supply is never below 2.25 V: the "end of battery" bit stays 0.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "bus/i2c_device.hpp"
#include "parts/setting.hpp"

namespace sim {

class Htu21d final : public I2cDevice {
 public:
  enum class Timing : unsigned char { typical, maximum };

  // As if powered long ago: default user register, nothing measured.
  explicit Htu21d(Timing timing = Timing::typical) : timing_(timing) {}

  // The power comes back: 15 ms later the device is there again, with the default user register.
  void power_on(std::uint64_t now_ns);

  // The operating range. 20 °C and 50 %RH until set.
  static constexpr std::array<Setting, 2> settings{{
      {"temperature", "°C", -40, 125},
      {"humidity", "%RH", 0, 100},
  }};
  // From `now_ns` on; if that is earlier than the last call of any kind, from then on. False, and nothing
  // changed, if `settings` has no such name or the value is out of its range.
  bool set(std::string_view name, double value, std::uint64_t now_ns = 0);

  bool has_address(std::uint8_t address) const override { return address == 0x40; }
  bool on_start(bool read, std::uint64_t now_ns) override;
  bool on_write(std::uint8_t byte, std::uint64_t now_ns) override;
  std::uint8_t on_read(std::uint64_t now_ns) override;
  void on_stop(std::uint64_t now_ns) override;
  // Hold master: read before the measurement is over, the device holds the clock until it is.
  std::uint64_t stretch_ns(std::uint64_t now_ns) override;

 private:
  enum class Quantity : unsigned char { none, temperature, humidity };
  // What the bytes of the next read are.
  struct Reply {
    std::array<std::uint8_t, 3> bytes{};
    unsigned size = 0;
    unsigned sent = 0;
  };

  void advance(std::uint64_t now_ns);
  void start_measurement(Quantity quantity, bool hold);
  std::uint64_t measurement_ns(Quantity quantity) const;
  std::uint16_t measured(Quantity quantity) const;
  void reply_with_measurement();
  void end_read();
  void reset(std::uint8_t user_register);

  static constexpr std::uint8_t default_user_register = 0x02;

  Timing timing_;
  double temperature_ = 20;  // °C
  double humidity_ = 50;     // %RH

  std::uint64_t now_ns_ = 0;
  std::uint64_t ready_ns_ = 0;  // after a reset
  std::uint8_t user_register_ = default_user_register;

  Quantity measuring_ = Quantity::none;
  bool holds_clock_ = false;  // the measurement was asked for in hold master mode
  std::uint64_t measured_ns_ = 0;
  Reply reply_;

  bool command_expected_ = true;  // the next byte written, or else the user register
  bool reading_ = false;
};

}  // namespace sim
