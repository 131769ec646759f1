// IrRemote: an infrared remote control with 20 keys that speaks the NEC protocol, address 0.
// wokwi-ir-remote. Every receiver of the diagram sees it.
//
// It has no legs. send() presses a key:
//   "PLAY"               by its name, which may be in small letters: POWER MENU TEST PLUS BACK PREVIOUS PLAY
//                        NEXT MINUS C and 0 to 9
//   "0x1a"               or by its command, for remote controls with other keys
//   "PLAY held 500 ms"   a code, then a repeat code every 108 ms while it is held; at most 60000 ms
//   "PLAY truncated"     somebody walks by: the light goes out somewhere in the code
//   "PLAY garbled"       one bit of the command is wrong
//   "noise"              flickering of a lamp, no code at all
// What is sent while a code is under way follows after it.
#pragma once

#include <cstdint>
#include <deque>

#include "mcu/alarms.hpp"
#include "mcu/random.hpp"
#include "parts/part.hpp"

namespace sim {

class IrRemote final : public Part {
 public:
  explicit IrRemote(std::string id);

  std::string check(std::string_view text) const override;
  void send(std::string_view text) override;

 private:
  // A time with light and one without it, in ns.
  struct Pulse {
    std::uint64_t mark;
    std::uint64_t space;
  };
  using Burst = std::deque<Pulse>;

  static Burst code(std::uint8_t command, std::uint8_t complement);
  static Burst repeat_code();
  Burst noise();
  // What follows does so 108 ms after the burst began.
  void add(Burst burst);
  void next();

  Random random_;
  Burst pulses_;  // to come, or begun
  bool shines_ = false;
  Alarm next_change_{[this] { next(); }};
  Terminal light_;
};

}  // namespace sim
