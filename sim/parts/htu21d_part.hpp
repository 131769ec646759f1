// Htu21dPart: an HTU21D (htu21d.hpp) on a module, with its legs.
//
// Legs: VCC, GND, SCL, SDA. Without power it is not on the bus; when the power comes back it begins as after
// a reset. `temperature` and `humidity` are what the sensor measures.
#pragma once

#include "parts/htu21d.hpp"
#include "parts/part.hpp"

namespace sim {

class Htu21dPart final : public Part {
 public:
  // What is measured in the beginning, if it is in the range of its setting.
  struct Options {
    Htu21d::Timing timing = Htu21d::Timing::typical;
    double temperature = 20;  // °C
    double humidity = 50;     // %RH
  };

  explicit Htu21dPart(std::string id) : Htu21dPart(std::move(id), Options{}) {}
  Htu21dPart(std::string id, const Options& options);
  ~Htu21dPart() override;

  std::span<const Setting> settings() const override { return Htu21d::settings; }
  void set(const Setting& setting, double value) override;
  void on_change(Terminal& terminal) override;

 private:
  Htu21d sensor_;
  bool powered_ = false;
  bool was_powered_ = false;
  Terminal vcc_{*this};
  Terminal gnd_{*this};
  Terminal scl_;
  Terminal sda_;
};

}  // namespace sim
