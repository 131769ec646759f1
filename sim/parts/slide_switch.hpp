// SlideSwitch: a switch that joins its middle leg to one of the others. wokwi-slide-switch.
//
// Legs: 1, 2 (the middle), 3. `position` 0 joins 2 to 1, position 1 joins 2 to 3. It breaks before it makes:
// on its way it joins nothing for some milliseconds. Either contact bounces (bouncing_contact.hpp).
#pragma once

#include <array>

#include "mcu/alarms.hpp"
#include "parts/bouncing_contact.hpp"
#include "parts/part.hpp"

namespace sim {

class SlideSwitch final : public Part {
 public:
  struct Options {
    bool bounce = true;
    std::uint32_t bounce_us = 1000;  // as Bounce has it
    unsigned position = 0;           // in the beginning: 0, or anything else for 1
    std::uint32_t travel_us = 2000;  // from the last touch of the one contact to the first of the other
  };

  explicit SlideSwitch(std::string id) : SlideSwitch(std::move(id), Options{}) {}
  SlideSwitch(std::string id, const Options& options);

  // Where it is, or goes to.
  unsigned position() const { return position_; }

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;
  void come_to_rest() override;

 private:
  static constexpr std::array<Setting, 1> all_settings{{{"position", "", 0, 1}}};

  std::uint64_t way_ns_;
  unsigned position_;
  Alarm arrival_{[this] { contact_to(position_).set(true); }};
  Terminal one_;
  Terminal middle_;
  Terminal three_;
  BouncingContact to_one_;
  BouncingContact to_three_;

  BouncingContact& contact_to(unsigned position) { return position == 0 ? to_one_ : to_three_; }
};

}  // namespace sim
