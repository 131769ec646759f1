// Buzzer: a piezo disc, which sounds as fast as the voltage across it changes. wokwi-buzzer.
//
// Legs: 1, 2; either may be the one to ground. It shows the tone, "440 Hz", and "silent" when that ends. A
// tone is three periods or more that agree to half a semitone, of 20 Hz and up: what is slower only clicks.
// It looks every 20 ms, and takes 50 ms without a period for the end.
#pragma once

#include "mcu/alarms.hpp"
#include "parts/part.hpp"

namespace sim {

class Buzzer final : public Part {
 public:
  explicit Buzzer(std::string id);

  void on_change(Terminal& terminal) override;

 private:
  void begin_period(std::uint64_t now);
  void look();

  static constexpr std::uint64_t look_ns = 20'000'000;
  static constexpr std::uint64_t longest_period_ns = 50'000'000;

  bool sounds_ = false;
  int sign_ = 0;                // of the voltage of leg 2 against leg 1
  bool falls_ = true;           // since it last rose
  std::uint64_t first_ns_ = 0;  // when the first period of this tone began
  std::uint64_t last_ns_ = 0;   // and the one there is now
  std::uint64_t periods_ = 0;   // between the two
  Alarm next_look_{[this] { look(); }};
  Terminal one_{*this};
  Terminal two_{*this};
};

}  // namespace sim
