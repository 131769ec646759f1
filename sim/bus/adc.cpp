#include "bus/adc.hpp"

#include <algorithm>
#include <cmath>

#include "asyncio/exceptions.hpp"
#include "machine/adc.hpp"
#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr double reference_v = 3.3;
// Of the 12 bits. RP2040 datasheet 4.9.3 gives 8.7 effective bits for a full-scale sine, which is 2.8 steps
// of noise and distortion together; 2 of them are taken to be noise, the steps' uneven widths are left out.
constexpr double noise_steps = 2;

}  // namespace

// An input nobody drives wanders between 0.1 and 0.6 of the supply, from one value to another in 50 ms. It is
// a function of the time alone: measuring more often does not change it.
double Adc::floating(unsigned channel) const {
  constexpr std::uint64_t step_ns = 50'000'000;
  const std::uint64_t first = Random(board.seed(), "floating input").next();
  const auto value_at = [&](std::uint64_t step) {
    Random random(first + step * pin_channels + channel, {});
    return 0.1 + 0.5 * (static_cast<double>(random.next() >> 11) * 0x1p-53);
  };
  const std::uint64_t step = board.now_ns() / step_ns;
  const double between = static_cast<double>(board.now_ns() % step_ns) / static_cast<double>(step_ns);
  return value_at(step) * (1 - between) + value_at(step + 1) * between;
}

double Adc::voltage(unsigned channel) const {
  // RP2040 datasheet 4.9.5.
  if (channel == temperature_channel) return (0.706 - (celsius_ - 27) * 0.001721) / reference_v;
  const Drive net = board.pins().terminal(first_pin + channel).net();
  return net.is_open() ? floating(channel) : net.level / static_cast<double>(Drive::supply);
}

std::uint16_t Adc::measure(unsigned channel) {
  if (!noise_) noise_.emplace(board.seed(), "adc");
  const double steps = voltage(channel) * 4095 + noise_->normal() * noise_steps;
  return static_cast<std::uint16_t>(std::lround(std::clamp(steps, 0.0, 4095.0)));
}

}  // namespace sim

// --- machine/adc.hpp on this board

namespace machine {

using sim::Adc;
using sim::board;

ADC::ADC(int pin) {
  constexpr int first = Adc::first_pin;
  if (pin >= first && pin < first + static_cast<int>(Adc::pin_channels) && sim::Gpio::exists(pin)) {
    channel_ = static_cast<unsigned char>(pin - first);
  } else if (pin >= 0 && pin <= CORE_TEMP) {
    channel_ = static_cast<unsigned char>(pin);
  } else {
    throw asyncio::ValueError(
        "ADC: only pins 26, 27, 28 and 29 can measure (channels 0 to 3); ADC::CORE_TEMP is the chip's "
        "temperature");
  }
  board.cpu().spend(board.profile().peripheral_access_ns);
  if (channel_ != Adc::temperature_channel)
    board.pins().connect(Adc::first_pin + channel_, sim::Gpio::Function::adc);
}

// MicroPython spreads the 12 bits over 16 by repeating the highest four.
std::uint16_t ADC::read_u16() const {
  board.cpu().spend(board.profile().adc_read_ns);
  const unsigned value = board.adc().measure(channel_);
  return static_cast<std::uint16_t>(value << 4 | value >> 8);
}

}  // namespace machine
