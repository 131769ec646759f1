// The pulses of the virtual board's pins: machine::PWM stands on it. An RP2040 has eight slices (datasheet
// 4.5), each a counter with two channels: a channel is high while the counter is below its level. Pins 2n and
// 2n + 1 are the channels of a slice, and pins 16 further on show the same ones.
//
// Up to 100 kHz each edge happens on the pin's net, by an alarm; a faster one gives its net the mean level
// and no edges. What is set takes effect at the end of the period (4.5.2.3), and is one record `pwm` then.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "bus/net.hpp"
#include "mcu/alarms.hpp"

namespace sim {

class PwmSlice {
 public:
  // The pin's channel has these pulses, and the slice this frequency, from the next period on. `hz` must be
  // one it can make.
  void start(unsigned pin, std::uint32_t hz, std::uint16_t duty_u16);
  void set_frequency(std::uint32_t hz);
  void set_duty_u16(unsigned channel, std::uint16_t duty);
  // False if that is longer than the period.
  bool set_duty_ns(unsigned channel, std::uint32_t ns);

  static bool makes(std::uint32_t hz);
  std::uint32_t frequency() const;
  std::uint16_t duty_u16(unsigned channel) const { return wanted_.duty_u16(channel); }
  std::uint32_t duty_ns(unsigned channel) const;

  bool has(unsigned pin) const;
  // The pin shows nothing of this any more; what it does then is the caller's.
  void lose(unsigned pin);

  // The counter stands still, and the pins keep the level they have; then it begins anew.
  void pause();
  void begin_anew();

 private:
  // The registers: what the counter counts to, and how fast.
  struct Counter {
    std::uint32_t divider = 16;  // of the CPU's frequency, in 16ths
    std::uint32_t top = 65534;
    std::array<std::uint32_t, 2> level{};  // 0: always low, above top: always high

    std::uint16_t duty_u16(unsigned channel) const;
    bool has_edges(unsigned channel) const { return level[channel] != 0 && level[channel] <= top; }
    friend bool operator==(const Counter&, const Counter&) = default;
  };
  // What was asked for: made anew from it when the frequency changes.
  struct Duty {
    bool in_ns = false;
    std::uint32_t value = 0;
  };
  struct Output {
    unsigned pin;
    std::uint32_t traced_hz = 0;  // 0: not yet
    std::uint16_t traced_duty = 0;
  };
  // A time that is not whole nanoseconds.
  struct Moment {
    std::uint64_t ns = 0;
    std::uint64_t rest = 0;  // in parts of the CPU's frequency
  };

  static Counter counter_for(std::uint32_t hz);
  void set_level(Counter& counter, unsigned channel) const;
  Moment after(std::uint64_t counts) const;
  void change(const Counter& wanted);
  void begin_period();
  void end_period();
  void drive(unsigned channel, Drive drive);
  bool has_outputs(unsigned channel) const;
  bool is_fast() const;
  void stop_counter();

  Counter counter_;  // as it runs
  Counter wanted_;   // from the next period on
  std::array<Duty, 2> duty_;
  std::vector<Output> outputs_;  // none: it does not run
  Moment period_;                // when the one that is under way began
  Alarm end_{[this] { end_period(); }};
  std::array<Alarm, 2> falls_{Alarm{[this] { drive(0, Drive::low()); }},
                              Alarm{[this] { drive(1, Drive::low()); }}};
  std::array<Drive, 2> drives_{Drive::low(), Drive::low()};
};

class Pwms {
 public:
  static constexpr unsigned count = 8;

  constexpr Pwms() = default;
  PwmSlice& slice_of(unsigned pin);
  static unsigned channel_of(unsigned pin) { return pin % 2; }
  // Somebody else has the pin now.
  void lose(unsigned pin) { slice_of(pin).lose(pin); }

  void clock_changed();
  void pause();
  void resume() { clock_changed(); }

 private:
  std::array<std::unique_ptr<PwmSlice>, count> slices_;  // that were asked for
};

}  // namespace sim
