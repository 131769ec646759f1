// Bmp280Part: a BMP280 (bmp280.hpp) on a module, with its legs.
//
// Legs: VCC, GND, SCL, SDA, CSB, SDO. Without power it is not on the bus; when the power comes back it begins
// as after a reset. SDO chooses the address: 0x76, or 0x77 while it is high; the module pulls it down. CSB
// low makes the chip speak SPI until the power goes (data sheet 5.1), which nothing here does; the module
// pulls it up. `temperature` and `pressure` are what the sensor measures.
#pragma once

#include "parts/bmp280.hpp"
#include "parts/part.hpp"

namespace sim {

class Bmp280Part final : public Part {
 public:
  // What is measured in the beginning, if it is in the range of its setting.
  struct Options {
    Bmp280::Timing timing = Bmp280::Timing::typical;
    double temperature = 20;   // °C
    double pressure = 101325;  // Pa
  };

  explicit Bmp280Part(std::string id) : Bmp280Part(std::move(id), Options{}) {}
  Bmp280Part(std::string id, const Options& options);
  ~Bmp280Part() override;

  std::span<const Setting> settings() const override { return Bmp280::settings; }
  void set(const Setting& setting, double value) override;
  void on_change(Terminal& terminal) override;

 private:
  Bmp280 sensor_;
  bool powered_ = false;
  bool was_powered_ = false;
  bool speaks_i2c_ = false;
  Terminal vcc_{*this};
  Terminal gnd_{*this};
  Terminal csb_{*this};
  Terminal sdo_{*this};
  Terminal scl_;
  Terminal sda_;
};

}  // namespace sim
