// Led: a light-emitting diode. wokwi-led.
//
// Legs: A (anode), C (cathode). It is lit by what the anode has above the cathode, if a current can flow. The
// eye sees a mean: of a LED that changes within 20 ms it shows "50 %", not the changes.
#pragma once

#include "mcu/alarms.hpp"
#include "parts/part.hpp"

namespace sim {

class Led final : public Part {
 public:
  explicit Led(std::string id);

  // What goes through it now: 0 to 1.
  double light() const;

  void on_change(Terminal& terminal) override;

 private:
  void end_frame();
  void show_light(double light);

  static constexpr std::uint64_t frame_ns = 20'000'000;

  Terminal anode_{*this};
  Terminal cathode_{*this};
  Alarm frame_end_{[this] { end_frame(); }};
  double light_ = 0;
  double light_ns_ = 0;  // light times ns since the frame began
  std::uint64_t since_ns_ = 0;
  unsigned changes_ = 0;  // in this frame
};

}  // namespace sim
