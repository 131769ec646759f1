#include "bus/pwm.hpp"

#include <algorithm>

#include "asyncio/exceptions.hpp"
#include "machine/pwm.hpp"
#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace sim {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint32_t fastest_edges_hz = 100'000;
// So that a duty of 65535 has a level above it, which is always high.
constexpr std::uint32_t largest_top = 65534;
constexpr std::uint32_t smallest_divider = 16;  // in 16ths, RP2040 datasheet 4.5.2.1
constexpr std::uint32_t largest_divider = 16 * 256 - 1;

// 16ths of a cycle of the CPU a second.
std::uint64_t source() { return std::uint64_t{16} * board.frequency_hz(); }
std::uint64_t rounded(std::uint64_t a, std::uint64_t b) { return (a + b / 2) / b; }
// The smallest divider with which the counter needs not count too far.
std::uint64_t divider_for(std::uint32_t hz) {
  const std::uint64_t counted = std::uint64_t{largest_top} * hz;
  return std::max<std::uint64_t>((source() + counted - 1) / counted, smallest_divider);
}

}  // namespace

// --- What the registers mean

// RP2040 datasheet 4.5.2.6: the period is (top + 1) * divider cycles.
bool PwmSlice::makes(std::uint32_t hz) {
  return hz != 0 && hz <= board.frequency_hz() / 2 && divider_for(hz) <= largest_divider;
}

PwmSlice::Counter PwmSlice::counter_for(std::uint32_t hz) {
  const std::uint64_t divider = divider_for(hz);
  const std::uint64_t counts = std::min<std::uint64_t>(rounded(source(), divider * hz), largest_top + 1);
  return {static_cast<std::uint32_t>(divider), static_cast<std::uint32_t>(counts - 1), {}};
}

std::uint32_t PwmSlice::frequency() const {
  if (outputs_.empty()) return 0;
  return static_cast<std::uint32_t>(rounded(source(), std::uint64_t{wanted_.divider} * (wanted_.top + 1)));
}

std::uint16_t PwmSlice::Counter::duty_u16(unsigned channel) const {
  const std::uint64_t duty = rounded(std::uint64_t{level[channel]} * 65535, top + 1);
  return static_cast<std::uint16_t>(std::min<std::uint64_t>(duty, 65535));
}

std::uint32_t PwmSlice::duty_ns(unsigned channel) const {
  return static_cast<std::uint32_t>(
      rounded(std::uint64_t{wanted_.level[channel]} * wanted_.divider * 1'000'000'000, source()));
}

// What was asked for, in counts of this counter. A pulse that does not fit into the period any more is all of
// it.
void PwmSlice::set_level(Counter& counter, unsigned channel) const {
  const Duty& duty = duty_[channel];
  const std::uint64_t counts = counter.top + 1;
  const std::uint64_t level =
      duty.in_ns
          ? static_cast<std::uint64_t>((Wide{duty.value} * source() + Wide{500'000'000} * counter.divider) /
                                       (Wide{1'000'000'000} * counter.divider))
          : rounded(duty.value * counts, 65535);
  counter.level[channel] = static_cast<std::uint32_t>(std::min(level, counts));
}

// --- What the program sets

void PwmSlice::start(unsigned pin, std::uint32_t hz, std::uint16_t duty_u16) {
  const bool runs = !outputs_.empty();
  const unsigned channel = Pwms::channel_of(pin);
  if (!has(pin)) {
    board.pins().connect(pin, Gpio::Function::pwm, drives_[channel]);
    outputs_.push_back({pin});
  }
  duty_[channel] = {false, duty_u16};
  Counter counter = counter_for(hz);
  for (const unsigned each : {0U, 1U}) set_level(counter, each);
  if (runs) {
    change(counter);
  } else {
    wanted_ = counter;
    begin_anew();
  }
}

void PwmSlice::set_frequency(std::uint32_t hz) {
  Counter counter = counter_for(hz);
  for (const unsigned channel : {0U, 1U}) set_level(counter, channel);
  change(counter);
}

void PwmSlice::set_duty_u16(unsigned channel, std::uint16_t duty) {
  duty_[channel] = {false, duty};
  Counter counter = wanted_;
  set_level(counter, channel);
  change(counter);
}

bool PwmSlice::set_duty_ns(unsigned channel, std::uint32_t ns) {
  // Of the frequency as it is read: a little longer than the period may be, and then all of it.
  if (ns > rounded(1'000'000'000, frequency())) return false;
  duty_[channel] = {true, ns};
  Counter counter = wanted_;
  set_level(counter, channel);
  change(counter);
  return true;
}

bool PwmSlice::has(unsigned pin) const {
  return std::any_of(outputs_.begin(), outputs_.end(),
                     [&](const Output& output) { return output.pin == pin; });
}

void PwmSlice::lose(unsigned pin) {
  if (!has(pin)) return;
  std::erase_if(outputs_, [&](const Output& output) { return output.pin == pin; });
  trace::emit(trace::Kind::pwm, 0, pin);
  if (!has_outputs(Pwms::channel_of(pin))) duty_[Pwms::channel_of(pin)] = {};
  if (outputs_.empty()) {
    stop_counter();
    drives_ = {Drive::low(), Drive::low()};
  }
}

// --- The counter

// When it has counted so far in this period.
PwmSlice::Moment PwmSlice::after(std::uint64_t counts) const {
  const std::uint64_t hz = board.frequency_hz();
  const Wide parts = Wide{counts} * counter_.divider * (1'000'000'000 / 16) + period_.rest;
  return {period_.ns + static_cast<std::uint64_t>(parts / hz), static_cast<std::uint64_t>(parts % hz)};
}

// Takes effect at the end of the period that is under way, for which there is an alarm only where there are
// edges.
void PwmSlice::change(const Counter& wanted) {
  wanted_ = wanted;
  if (outputs_.empty() || end_.is_set()) return;
  const std::uint64_t counts = counter_.top + 1;
  const Wide elapsed = Wide{board.now_ns() - period_.ns} * board.frequency_hz();
  const auto periods =
      static_cast<std::uint64_t>(elapsed / (Wide{counts} * counter_.divider * (1'000'000'000 / 16)));
  period_ = after(periods * counts);
  board.cpu().alarms().set(end_, after(counts).ns);
}

void PwmSlice::end_period() {
  period_ = after(std::uint64_t{counter_.top} + 1);
  begin_period();
}

void PwmSlice::begin_anew() {
  if (outputs_.empty()) return;
  stop_counter();
  period_ = {board.now_ns(), 0};
  begin_period();
}

void PwmSlice::begin_period() {
  counter_ = wanted_;
  const std::uint32_t hz = frequency();
  for (Output& output : outputs_) {
    const std::uint16_t duty = duty_u16(Pwms::channel_of(output.pin));
    if (output.traced_hz == hz && output.traced_duty == duty) continue;
    output.traced_hz = hz;
    output.traced_duty = duty;
    trace::emit(trace::Kind::pwm, hz, output.pin, 0, 0, duty);
  }
  bool edges = false;
  for (const unsigned channel : {0U, 1U}) {
    if (has_outputs(channel) && counter_.has_edges(channel) && !is_fast()) {
      edges = true;
      board.cpu().alarms().set(falls_[channel], after(counter_.level[channel]).ns);
    }
  }
  if (edges) board.cpu().alarms().set(end_, after(std::uint64_t{counter_.top} + 1).ns);
  for (const unsigned channel : {0U, 1U}) {
    const Drive mean{0, counter_.duty_u16(channel)};
    drive(channel, is_fast() ? mean : Drive::to(counter_.level[channel] != 0));
  }
}

void PwmSlice::pause() {
  stop_counter();
  for (const unsigned channel : {0U, 1U}) drive(channel, Drive::to(drives_[channel].is_high()));
  for (Output& output : outputs_) {
    output.traced_hz = 0;
    trace::emit(trace::Kind::pwm, 0, output.pin);
    trace::emit(trace::Kind::pin, 0, output.pin, 0, 0, board.pins().level(output.pin) ? 1 : 0);
  }
}

void PwmSlice::stop_counter() {
  board.cpu().alarms().unset(end_);
  for (Alarm& fall : falls_) board.cpu().alarms().unset(fall);
}

void PwmSlice::drive(unsigned channel, Drive drive) {
  drives_[channel] = drive;
  for (const Output& output : outputs_) {
    if (Pwms::channel_of(output.pin) == channel) board.pins().terminal(output.pin).drive(drive);
  }
}

bool PwmSlice::has_outputs(unsigned channel) const {
  return std::any_of(outputs_.begin(), outputs_.end(),
                     [&](const Output& output) { return Pwms::channel_of(output.pin) == channel; });
}

bool PwmSlice::is_fast() const {
  return source() > std::uint64_t{fastest_edges_hz} * counter_.divider * (counter_.top + 1);
}

// --- All of them

PwmSlice& Pwms::slice_of(unsigned pin) {
  std::unique_ptr<PwmSlice>& slice = slices_[pin / 2 % count];
  if (slice == nullptr) slice = std::make_unique<PwmSlice>();
  return *slice;
}

void Pwms::clock_changed() {
  for (const std::unique_ptr<PwmSlice>& slice : slices_) {
    if (slice != nullptr) slice->begin_anew();
  }
}

void Pwms::pause() {
  for (const std::unique_ptr<PwmSlice>& slice : slices_) {
    if (slice != nullptr) slice->pause();
  }
}

}  // namespace sim

// --- machine/pwm.hpp on this board

namespace machine {
namespace {

using sim::board;
using sim::PwmSlice;

PwmSlice& slice(unsigned pin) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.pwm().slice_of(pin);
}

// To set something.
PwmSlice& running(unsigned pin) {
  PwmSlice& found = slice(pin);
  if (!found.has(pin))
    throw asyncio::RuntimeError("PWM: the pin is no PWM's any more; make a new PWM to start it again");
  return found;
}

void check(std::uint32_t hz) {
  if (!PwmSlice::makes(hz))
    throw asyncio::ValueError(
        "PWM: the board cannot make that frequency; with the CPU at 125 MHz it is 8 Hz to 62.5 MHz, half of "
        "the "
        "CPU's, and in proportion at another one");
}

}  // namespace

PWM::PWM(Pin pin, std::uint32_t freq, std::uint16_t duty_u16) : pin_(static_cast<unsigned char>(pin.id())) {
  check(freq);
  slice(pin_).start(pin_, freq, duty_u16);
  board.cpu().serve_interrupts();  // of its first edge
}

std::uint32_t PWM::freq() const {
  const PwmSlice& found = slice(pin_);
  return found.has(pin_) ? found.frequency() : 0;
}
void PWM::freq(std::uint32_t hz) const {
  check(hz);
  running(pin_).set_frequency(hz);
}

std::uint16_t PWM::duty_u16() const {
  const PwmSlice& found = slice(pin_);
  return found.has(pin_) ? found.duty_u16(sim::Pwms::channel_of(pin_)) : std::uint16_t{0};
}
void PWM::duty_u16(std::uint16_t duty) const {
  running(pin_).set_duty_u16(sim::Pwms::channel_of(pin_), duty);
}

std::uint32_t PWM::duty_ns() const {
  const PwmSlice& found = slice(pin_);
  return found.has(pin_) ? found.duty_ns(sim::Pwms::channel_of(pin_)) : 0;
}
void PWM::duty_ns(std::uint32_t ns) const {
  if (!running(pin_).set_duty_ns(sim::Pwms::channel_of(pin_), ns))
    throw asyncio::ValueError("PWM: the pulse is longer than the period; duty_ns() is at most 1e9 / freq()");
}

void PWM::deinit() const {
  PwmSlice& found = slice(pin_);
  if (!found.has(pin_)) return;
  found.lose(pin_);
  board.pins().drive(pin_, false);
  board.pins().configure(pin_, Pin::OUT, Pin::PULL_NONE);
  board.cpu().serve_interrupts();
}

}  // namespace machine
