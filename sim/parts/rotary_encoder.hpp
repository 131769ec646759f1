// RotaryEncoder: a KY-040 module: a knob with clicks that goes round without end, 20 clicks a turn, and that
// can be pressed. wokwi-ky-040.
//
// Legs: CLK, DT (its two contacts to GND, open at each click), SW (closed to GND while the knob is pressed),
// VCC, GND. 10 kohm from CLK, DT and SW to VCC; with VCC left open they join the three to each other, and a
// pull-up of the chip's is too weak against that.
//
// `position` in clicks: the knob turns there, one click after another, each four edges a quarter of step_ms
// apart. Clockwise, which counts up: CLK falls, DT falls, CLK rises, DT rises; the other way DT goes first.
// `pressed` is 1 or 0. All contacts bounce (bouncing_contact.hpp); CLK and DT are still before the other one
// moves.
#pragma once

#include <array>

#include "mcu/alarms.hpp"
#include "parts/bouncing_contact.hpp"
#include "parts/part.hpp"

namespace sim {

class RotaryEncoder final : public Part {
 public:
  struct Options {
    bool bounce = true;
    std::uint32_t bounce_us = 500;  // as Bounce has it; of CLK and DT never more than step_ms * 3 / 16
    std::uint32_t step_ms = 5;      // from one click to the next; at least 1
  };

  explicit RotaryEncoder(std::string id) : RotaryEncoder(std::move(id), Options{}) {}
  RotaryEncoder(std::string id, const Options& options);

  // The click it was at last.
  std::int64_t position() const { return position_; }

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;
  void come_to_rest() override;

 private:
  void turn();

  static constexpr std::array<Setting, 2> all_settings{{
      {"position", "", -1'000'000, 1'000'000},
      {"pressed", "", 0, 1},
  }};

  std::uint64_t quarter_ns_;
  std::int64_t position_ = 0;
  std::int64_t target_ = 0;
  bool clockwise_ = true;  // the way it turns
  unsigned quarter_ = 0;   // of the way to the next click
  Alarm next_edge_{[this] { turn(); }};
  Terminal clk_;
  Terminal dt_;
  Terminal sw_;
  Terminal vcc_;
  Terminal gnd_;
  Resistor clk_pull_up_;
  Resistor dt_pull_up_;
  Resistor sw_pull_up_;
  BouncingContact clk_contact_;
  BouncingContact dt_contact_;
  BouncingContact sw_contact_;
};

}  // namespace sim
