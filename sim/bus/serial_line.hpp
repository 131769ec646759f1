// A serial line, bit by bit: who sends on it and who listens, as every UART does it. Used by the board's
// UARTs and by the parts that talk to them.
//
//   SerialReceiver receiver{[this](const SerialByte& arrived) { … }};
//   receiver.listen(format, rx.is_high());                 // and receiver.look(rx.is_high()) at each change
//   SerialSender sender{tx};
//   sender.send("OK\r\n");
//
// A frame is a start bit (low), the data bits from the lowest on, a parity bit if there is one, and the stop
// bits (high); between frames the line is high. Each end keeps time by its own baud rate, from the edge of
// the start bit on: two rates that differ garble bytes as they do on a bench.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "bus/net.hpp"
#include "mcu/alarms.hpp"

namespace sim {

struct SerialFormat {
  enum class Parity : unsigned char { none, even, odd };

  std::uint32_t baud = 115'200;  // bits a second
  unsigned bits = 8;             // 5 to 8
  Parity parity = Parity::none;
  unsigned stop = 1;  // 1 or 2

  // Which bit of a frame is the first stop bit, and how many bits there are; the start bit is number 0.
  unsigned first_stop() const { return 1 + bits + (parity == Parity::none ? 0 : 1); }
  unsigned length() const { return first_stop() + stop; }
  // From the edge of the start bit to the beginning of that bit, to its middle.
  std::uint64_t begin_ns(unsigned bit) const { return half_bits_ns(2 * bit); }
  std::uint64_t middle_ns(unsigned bit) const { return half_bits_ns(2 * bit + 1); }
  // What the parity bit of that byte is.
  bool parity_of(unsigned byte) const;

 private:
  std::uint64_t half_bits_ns(unsigned count) const {
    return (count * std::uint64_t{500'000'000} + baud / 2) / baud;
  }
};

struct SerialFrame {
  enum class Kind : unsigned char {
    byte,
    without_stop,  // the first stop bit is low: a framing error
    wrong_parity,  // does nothing where there is no parity bit
    line_break     // no byte: low for 13 bits
  };
  std::uint8_t byte = 0;
  Kind kind = Kind::byte;
};

// Sends one frame after the other, as long as there are any.
class SerialTransmitter {
 public:
  using Put = std::function<void(bool high)>;
  // Asked for when a frame may begin, which it does at once.
  using Next = std::function<std::optional<SerialFrame>()>;
  SerialTransmitter(Put put, Next next) : put_(std::move(put)), next_(std::move(next)) {}

  // Of the frames that begin from now on.
  void set_format(const SerialFormat& format) { format_ = format; }
  // The line is high, whatever was on its way.
  void idle();
  // There is something to send: asks for it, unless a frame is on its way.
  void start();
  bool is_busy() const { return length_ != 0; }
  // When the frame that is on its way will have left, its last stop bit included.
  std::uint64_t end_ns() const { return begin_ns_ + frame_format_.begin_ns(length_); }

 private:
  void begin(const SerialFrame& frame);
  void go_on();
  bool level(unsigned bit) const { return (levels_ >> bit & 1U) != 0; }

  Put put_;
  Next next_;
  SerialFormat format_;
  SerialFormat frame_format_;  // of the frame on its way
  std::uint32_t levels_ = 0;   // of its bits
  unsigned length_ = 0;        // bits; 0: no frame is on its way
  unsigned bit_ = 0;           // the one the next alarm begins
  std::uint64_t begin_ns_ = 0;
  Alarm edge_{[this] { go_on(); }};
};

// A transmitter with a queue, for what talks to the board.
class SerialSender {
 public:
  // Drives the line high from now on.
  explicit SerialSender(Terminal& line);

  void set_format(const SerialFormat& format);
  void send(std::string_view bytes, SerialFrame::Kind kind = SerialFrame::Kind::byte);
  void send_break();
  bool is_busy() const { return transmitter_.is_busy(); }
  // When all that was sent will have left: at once, if nothing is on its way.
  std::uint64_t sent_ns() const;

 private:
  SerialFormat format_;
  std::deque<SerialFrame> queue_;
  SerialTransmitter transmitter_;
};

// What a receiver makes of the line.
struct SerialByte {
  std::uint8_t byte = 0;
  bool framing_error = false;  // the first stop bit was low
  bool parity_error = false;
  bool line_break = false;     // no byte: the line was low for a whole frame, stop bits included
  std::uint64_t begin_ns = 0;  // when the start bit began
  bool is_good() const { return !framing_error && !parity_error && !line_break; }
};

// Waits for the edge of a start bit and looks at the middle of each bit. A pulse shorter than half a start
// bit is none. A byte is there in the middle of its first stop bit; the next start bit may follow from then
// on.
class SerialReceiver {
 public:
  using Report = std::function<void(const SerialByte&)>;
  explicit SerialReceiver(Report report) : report_(std::move(report)) {}

  // From now on, whatever was on its way; a line that is low is taken for a start bit.
  void listen(const SerialFormat& format, bool high);
  void deafen();
  // The level of the line, whenever it may have changed.
  void look(bool high);

 private:
  enum class State : unsigned char { deaf, idle, frame, maybe_break, until_high };
  void begin();
  void sample_until(std::uint64_t time_ns);
  void judge();
  void report(const SerialByte& arrived);

  Report report_;
  SerialFormat format_;
  State state_ = State::deaf;
  bool high_ = true;
  std::uint32_t levels_ = 0;  // in the middle of each bit
  unsigned sampled_ = 0;      // bits
  std::uint64_t begin_ns_ = 0;
  Alarm end_{[this] { judge(); }};
};

}  // namespace sim
