#include "bus/serial_line.hpp"

#include <bit>

#include "mcu/board.hpp"

namespace sim {

bool SerialFormat::parity_of(unsigned byte) const {
  const bool odd_ones = std::popcount(byte & ((1U << bits) - 1)) % 2 != 0;
  return odd_ones != (parity == Parity::odd);
}

// --- SerialTransmitter

void SerialTransmitter::idle() {
  board.cpu().alarms().unset(edge_);
  length_ = 0;
  put_(true);
}

void SerialTransmitter::start() {
  if (is_busy()) return;
  if (const std::optional<SerialFrame> frame = next_()) begin(*frame);
}

void SerialTransmitter::begin(const SerialFrame& frame) {
  constexpr unsigned break_bits = 13;
  using Kind = SerialFrame::Kind;
  frame_format_ = format_;
  begin_ns_ = board.now_ns();
  unsigned high_from = frame_format_.first_stop();
  levels_ = 0;
  if (frame.kind == Kind::line_break) {
    high_from = break_bits;
  } else {
    levels_ = (frame.byte & ((1U << frame_format_.bits) - 1)) << 1;
    if (frame_format_.parity != SerialFormat::Parity::none &&
        frame_format_.parity_of(frame.byte) != (frame.kind == Kind::wrong_parity))
      levels_ |= 1U << (high_from - 1);
    // The line must have been high before another frame can begin.
    if (frame.kind == Kind::without_stop) ++high_from;
  }
  levels_ |= ~0U << high_from;
  length_ = high_from + frame_format_.stop;
  bit_ = 0;
  go_on();
}

// One alarm for each edge.
void SerialTransmitter::go_on() {
  if (bit_ == length_) {
    length_ = 0;
    return start();
  }
  const bool high = level(bit_);
  while (bit_ < length_ && level(bit_) == high) ++bit_;
  board.cpu().alarms().set(edge_, begin_ns_ + frame_format_.begin_ns(bit_));
  put_(high);
}

// --- SerialSender

SerialSender::SerialSender(Terminal& line)
    : transmitter_([&line](bool high) { line.drive(Drive::to(high)); },
                   [this]() -> std::optional<SerialFrame> {
                     if (queue_.empty()) return std::nullopt;
                     const SerialFrame frame = queue_.front();
                     queue_.pop_front();
                     return frame;
                   }) {
  transmitter_.idle();
}

void SerialSender::set_format(const SerialFormat& format) {
  format_ = format;
  transmitter_.set_format(format);
}

void SerialSender::send(std::string_view bytes, SerialFrame::Kind kind) {
  for (const char byte : bytes) queue_.push_back({static_cast<std::uint8_t>(byte), kind});
  transmitter_.start();
}

void SerialSender::send_break() {
  queue_.push_back({0, SerialFrame::Kind::line_break});
  transmitter_.start();
}

std::uint64_t SerialSender::sent_ns() const {
  if (!is_busy()) return board.now_ns();
  return transmitter_.end_ns() + queue_.size() * format_.begin_ns(format_.length());
}

// --- SerialReceiver

void SerialReceiver::listen(const SerialFormat& format, bool high) {
  deafen();
  format_ = format;
  high_ = high;
  state_ = State::idle;
  if (!high) begin();
}

void SerialReceiver::deafen() {
  board.cpu().alarms().unset(end_);
  state_ = State::deaf;
}

void SerialReceiver::begin() {
  state_ = State::frame;
  begin_ns_ = board.now_ns();
  levels_ = 0;
  sampled_ = 0;
  board.cpu().alarms().set(end_, begin_ns_ + format_.middle_ns(format_.first_stop()));
}

// All bits whose middle is before that time, and no edge since the last look.
void SerialReceiver::sample_until(std::uint64_t time_ns) {
  for (; sampled_ <= format_.first_stop() && begin_ns_ + format_.middle_ns(sampled_) < time_ns; ++sampled_) {
    if (high_) levels_ |= 1U << sampled_;
  }
}

void SerialReceiver::look(bool high) {
  if (high == high_) return;
  if (state_ == State::frame) sample_until(board.now_ns());
  high_ = high;
  switch (state_) {
    case State::idle:
      if (!high) begin();
      break;
    case State::frame:
      if (high && sampled_ == 0) {
        board.cpu().alarms().unset(end_);
        state_ = State::idle;
      }
      break;
    case State::maybe_break:  // it rises within the stop bit: no break
      board.cpu().alarms().unset(end_);
      state_ = State::idle;
      report({.framing_error = true});
      break;
    case State::until_high:
      state_ = State::idle;
      break;
    case State::deaf:
      break;
  }
}

void SerialReceiver::judge() {
  if (state_ == State::maybe_break) {
    state_ = State::until_high;
    return report({.line_break = true});
  }
  sample_until(board.now_ns() + 1);
  if (levels_ == 0) {
    state_ = State::maybe_break;
    board.cpu().alarms().set(end_, begin_ns_ + format_.begin_ns(format_.length()));
    return;
  }
  const bool stopped = (levels_ >> format_.first_stop() & 1U) != 0;
  const unsigned byte = levels_ >> 1 & ((1U << format_.bits) - 1);
  const bool parity_bit = (levels_ >> (format_.first_stop() - 1) & 1U) != 0;
  state_ = high_ ? State::idle : State::until_high;
  report({.byte = static_cast<std::uint8_t>(byte),
          .framing_error = !stopped,
          .parity_error =
              format_.parity != SerialFormat::Parity::none && parity_bit != format_.parity_of(byte)});
}

void SerialReceiver::report(const SerialByte& arrived) {
  SerialByte whole = arrived;
  whole.begin_ns = begin_ns_;
  report_(whole);
}

}  // namespace sim
