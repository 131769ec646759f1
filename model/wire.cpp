#include "model/wire.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace model {

using trace::Kind;

// --- A line

void Wire::set(std::uint64_t time_ns, Level level) {
  // A trace that is not ours may have any time in it.
  constexpr std::uint64_t latest = UINT64_MAX >> 2;
  time_ns = std::min(time_ns, latest);
  while (!changes_.empty() && changes_.back() >> 2 >= time_ns) changes_.pop_back();
  const Level before = changes_.empty() ? first_ : this->level(changes_.size() - 1);
  if (before != level) changes_.push_back(time_ns << 2 | static_cast<std::uint64_t>(level));
}

// --- PWM

void PwmPin::add(Wire& wire, std::uint64_t time_ns, const trace::Record& pwm) {
  finish(wire, time_ns);
  hz_ = pwm.task;
  high_ = pwm.extra;
  begin_ns_ = time_ns;
  if (hz_ == 0) wire.set(time_ns, false);
}

void PwmPin::finish(Wire& wire, std::uint64_t end_ns) {
  const std::uint32_t hz = std::exchange(hz_, 0);
  constexpr std::uint64_t second_ns = 1'000'000'000;
  constexpr std::uint32_t always = 65535;
  if (hz == 0) return;
  if (high_ == 0 || high_ == always) {
    wire.set(begin_ns_, high_ != 0);
    return;
  }
  if (hz > fastest_hz) {
    wire.set(begin_ns_, Wire::Level::unknown);
    return;
  }
  const std::uint64_t high_ns = second_ns * high_ / always / hz;
  for (std::uint64_t pulse = 0;; ++pulse) {
    const std::uint64_t rises_ns = begin_ns_ + pulse * second_ns / hz;
    if (rises_ns >= end_ns) return;
    if (drawn_ == most_pulses) {
      wire.set(rises_ns, Wire::Level::unknown);
      return;
    }
    ++drawn_;
    wire.set(rises_ns, true);
    if (rises_ns + high_ns >= end_ns) return;
    wire.set(rises_ns + high_ns, false);
  }
}

// --- UART

void UartLine::setup(const trace::Record& uart_setup) {
  if (uart_setup.task != 0) baud_ = uart_setup.task;
  bits_ = std::clamp(uart_setup.extra & 0xfU, 5U, 8U);
  parity_ = uart_setup.extra >> 4 & 0xfU;
  stop_ = std::clamp(uart_setup.extra >> 8 & 0xfU, 1U, 2U);
  any_ = false;
}

void UartLine::byte(Wire& wire, std::uint64_t time_ns, unsigned extra) {
  begin_ns_ = time_ns;
  extra_ = extra;
  any_ = true;
  stop_low_ = wrong_parity_ = false;
  draw(wire);
}

void UartLine::broken(Wire& wire, trace::UartError error) {
  if (!any_ || (extra_ & trace::uart_break) != 0) return;
  stop_low_ = stop_low_ || error == trace::UartError::framing;
  wrong_parity_ = wrong_parity_ || error == trace::UartError::parity;
  draw(wire);
}

void UartLine::draw(Wire& wire) const {
  const auto at = [this](unsigned bit) {
    return begin_ns_ + (bit * std::uint64_t{1'000'000'000} + baud_ / 2) / baud_;
  };
  constexpr unsigned break_bits = 13;
  unsigned bit = 0;
  wire.set(at(bit++), false);
  if ((extra_ & trace::uart_break) != 0) {
    wire.set(at(break_bits), true);
    return;
  }
  const unsigned data = extra_ & ((1U << bits_) - 1);
  for (unsigned i = 0; i < bits_; ++i) wire.set(at(bit++), (data >> i & 1) != 0);
  if (parity_ != 0) {
    const bool odd_ones = std::popcount(data) % 2 != 0;
    wire.set(at(bit++), (odd_ones != (parity_ == 2)) != wrong_parity_);
  }
  wire.set(at(bit), !stop_low_);
  wire.set(at(bit + (stop_low_ ? 1 : stop_)), true);
}

// --- I2C. Times are counted in quarters of a bit.

namespace {

constexpr std::uint64_t quarters_of_byte = 9 * 4;
constexpr std::uint64_t quarters_of_start = 2;
constexpr std::uint64_t quarters_of_repeated_start = 6;
constexpr std::uint64_t quarters_of_stop = 6;

}  // namespace

void I2cBus::setup(const trace::Record& i2c_setup) {
  if (i2c_setup.task != 0) frequency_ = i2c_setup.task;
}

void I2cBus::add(Wire& scl, Wire& sda, std::uint64_t time_ns, const trace::Record& record) {
  if (record.kind == Kind::i2c_error) {
    if (static_cast<trace::I2cError>(record.reason) != trace::I2cError::stuck) return;
    draw(scl, sda, time_ns);
    stuck(sda, time_ns, std::uint64_t{record.task} * 1000);
    return;
  }
  draw(scl, sda, time_ns);
  kind_ = record.kind;
  begin_ns_ = time_ns;
  extra_ = record.extra;
}

void I2cBus::finish(Wire& scl, Wire& sda) { draw(scl, sda, UINT64_MAX); }

void I2cBus::release(Wire& scl, Wire& sda, std::uint64_t time_ns) {
  draw(scl, sda, UINT64_MAX);
  scl.set(time_ns, true);
  sda.set(time_ns, true);
  held_ = false;
}

// The line was low while the controller waited for it, and is taken to rise when it gives up.
void I2cBus::stuck(Wire& sda, std::uint64_t time_ns, std::uint64_t waited_ns) {
  const std::uint64_t since = sda.changes() == 0 ? 0 : sda.time_ns(sda.changes() - 1) + 1;
  const std::uint64_t begin = std::max(since, time_ns - std::min(time_ns, waited_ns));
  if (begin >= time_ns) return;
  sda.set(begin, false);
  sda.set(time_ns, true);
}

void I2cBus::draw(Wire& scl, Wire& sda, std::uint64_t until_ns) {
  const Kind kind = std::exchange(kind_, Kind::text);
  if (kind == Kind::text) return;
  const bool begins = kind == Kind::i2c_start;
  const bool stops = kind == Kind::i2c_stop;
  const std::uint64_t lead = !begins ? 0 : held_ ? quarters_of_repeated_start : quarters_of_start;
  const std::uint64_t quarters = stops ? quarters_of_stop : lead + quarters_of_byte;
  const std::uint64_t usual_ns = quarters * (1'000'000'000 / 4) / frequency_;
  const std::uint64_t length_ns = std::min(usual_ns, until_ns - std::min(until_ns, begin_ns_));
  const auto at = [&](std::uint64_t quarter) { return begin_ns_ + length_ns * quarter / quarters; };
  // SDA changes a quarter after SCL fell; on a fast bus at that very moment (the specification asks for no
  // more), or in a drawing in steps of 1 us it might change no earlier than SCL rises.
  constexpr std::uint32_t fast = 250'000;
  const std::uint64_t quiet = frequency_ > fast ? 0 : 1;

  if (stops) {
    sda.set(at(quiet), false);
    scl.set(at(2), true);
    sda.set(at(4), true);
    held_ = false;
    return;
  }
  if (begins && held_) {
    sda.set(at(quiet), true);
    scl.set(at(2), true);
    sda.set(at(4), false);
  } else if (begins) {
    sda.set(at(0), false);
  }
  held_ = true;
  const unsigned bits = (extra_ & 0xffU) << 1 | ((extra_ & trace::i2c_nack) != 0 ? 1 : 0);
  for (unsigned i = 0; i < 9; ++i) {
    const std::uint64_t cell = lead + std::uint64_t{i} * 4;
    scl.set(at(cell), false);
    sda.set(at(cell + quiet), (bits >> (8 - i) & 1) != 0);
    scl.set(at(cell + 2), true);
  }
  scl.set(at(lead + quarters_of_byte), false);
}

}  // namespace model
