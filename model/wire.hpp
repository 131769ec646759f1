// The levels of one line over time, and how the records of a UART or an I2C bus become levels, bit by bit.
// core/trace/record.hpp says what each of their records looks like on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "trace/record.hpp"

namespace model {

// A line's changes in the order of time. What is planned for later can still be planned otherwise: a byte is
// drawn whole when it begins, and may turn out to be broken.
class Wire {
 public:
  enum class Level : std::uint8_t { low, high, unknown };

  explicit Wire(std::string name, Level first = Level::unknown) : name_(std::move(name)), first_(first) {}

  // From `time_ns` on the line has that level; forgets what was planned for that time and later.
  void set(std::uint64_t time_ns, Level level);
  void set(std::uint64_t time_ns, bool high) { set(time_ns, high ? Level::high : Level::low); }

  const std::string& name() const { return name_; }
  Level first() const { return first_; }
  std::size_t changes() const { return changes_.size(); }
  std::uint64_t time_ns(std::size_t change) const { return changes_[change] >> 2; }
  Level level(std::size_t change) const { return static_cast<Level>(changes_[change] & 3); }

 private:
  std::string name_;
  Level first_;
  std::vector<std::uint64_t> changes_;  // time_ns << 2 | level: there may be millions
};

// One direction of a UART.
class UartLine {
 public:
  void setup(const trace::Record& uart_setup);
  std::uint32_t baud() const { return baud_; }
  // Draws a byte of the record uart_tx or uart_rx.
  void byte(Wire& wire, std::uint64_t time_ns, unsigned extra);
  // Draws the last byte once more, broken in that way.
  void broken(Wire& wire, trace::UartError error);

 private:
  void draw(Wire& wire) const;

  std::uint32_t baud_ = 115'200;
  unsigned bits_ = 8;
  unsigned parity_ = 0;  // 1: even, 2: odd
  unsigned stop_ = 1;
  std::uint64_t begin_ns_ = 0;
  unsigned extra_ = 0;
  bool any_ = false;
  bool stop_low_ = false;
  bool wrong_parity_ = false;
};

// The pulses of a pin. They are drawn when they end, or others follow.
class PwmPin {
 public:
  // What is drawn of a pin at most: of faster ones, and of more, the level is unknown.
  static constexpr std::uint32_t fastest_hz = 1'000'000;
  static constexpr std::uint64_t most_pulses = 2'000'000;

  // Takes pwm, at time_ns.
  void add(Wire& wire, std::uint64_t time_ns, const trace::Record& pwm);
  // They end, or are known up to then: draws what is left.
  void finish(Wire& wire, std::uint64_t end_ns);

 private:
  std::uint32_t hz_ = 0;  // 0: none
  std::uint32_t high_ = 0;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t drawn_ = 0;  // pulses
};

// SCL and SDA.
class I2cBus {
 public:
  void setup(const trace::Record& i2c_setup);
  std::uint32_t frequency() const { return frequency_; }
  // Takes i2c_start, i2c_write, i2c_read, i2c_stop and i2c_error. Each is drawn when the next one comes: if
  // that comes early, it is drawn in the time there is, so that it can be read all the same.
  void add(Wire& scl, Wire& sda, std::uint64_t time_ns, const trace::Record& record);
  // The trace is over, or the board is reset: draws what is left.
  void finish(Wire& scl, Wire& sda);
  // The lines are let go.
  void release(Wire& scl, Wire& sda, std::uint64_t time_ns);

 private:
  void draw(Wire& scl, Wire& sda, std::uint64_t until_ns);
  void stuck(Wire& sda, std::uint64_t time_ns, std::uint64_t waited_ns);

  std::uint32_t frequency_ = 400'000;
  bool held_ = false;  // between a start and its stop
  // What has begun and is not drawn yet; text: nothing.
  trace::Kind kind_ = trace::Kind::text;
  std::uint64_t begin_ns_ = 0;
  unsigned extra_ = 0;
};

}  // namespace model
