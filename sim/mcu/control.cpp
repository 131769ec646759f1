// machine/control.hpp on this board.
#include "machine/control.hpp"

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace machine {

using sim::board;

namespace {

// RP2040 datasheet 2.18.2: the crystal's 12 MHz are multiplied to 750 to 1600 MHz, then divided twice.
bool pll_makes(std::uint32_t hz) {
  constexpr std::uint64_t crystal_hz = 12'000'000;
  for (std::uint64_t multiplier = 63; multiplier <= 133; ++multiplier) {
    for (std::uint64_t first = 1; first <= 7; ++first) {
      for (std::uint64_t second = 1; second <= first; ++second) {
        if (multiplier * crystal_hz == hz * first * second) return true;
      }
    }
  }
  return false;
}

}  // namespace

void reset(trace::Site site) { board.reset(SOFT_RESET, site); }

ResetCause reset_cause() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.restart().cause;
}

// As the flash chip's: a maker's code, then what differs from board to board.
std::array<std::uint8_t, 8> unique_id() {
  std::uint64_t mixed = board.seed() * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U;
  mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9U;
  std::array<std::uint8_t, 8> id{0xe6, 0x61};
  for (std::size_t i = 2; i < id.size(); ++i) id[i] = static_cast<std::uint8_t>(mixed >> (8 * i));
  return id;
}

std::uint32_t freq() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.frequency_hz();
}

void freq(std::uint32_t hz) {
  if (hz < 10'000'000 || hz > 270'000'000)
    throw asyncio::ValueError("machine.freq: the frequency is 10 to 270 MHz, in Hz: 125'000'000");
  if (!pll_makes(hz))
    throw asyncio::ValueError(
        "machine.freq: the PLL cannot make that; it makes 12 MHz times 63 to 133, divided by 1 to 7 and "
        "again "
        "by 1 to 7: 48, 64, 100, 125, 133, 150, 200 or 250 MHz, for example");
  board.cpu().spend(board.profile().peripheral_access_ns);
  board.set_frequency(hz);
  board.cpu().serve_interrupts();  // a PWM's edge may have made one
}

void lightsleep(std::uint32_t ms) {
  const std::uint64_t end_ns = board.now_ns() + std::uint64_t{ms} * 1'000'000;
  trace::emit(trace::Kind::lightsleep_begin, 0, 0);
  board.pwm().pause();
  if (ms == 0) {
    board.cpu().sleep_until(sim::Clock::never);
  } else {
    board.cpu().sleep_through(end_ns);
  }
  board.pwm().resume();
  trace::emit(trace::Kind::lightsleep_end, 0, 0);
  board.cpu().serve_interrupts();
}

void idle() {
  trace::emit(trace::Kind::idle_begin, 0, 0);
  board.cpu().sleep_until(sim::Clock::never);
  trace::emit(trace::Kind::idle_end, 0, 0);
  board.cpu().serve_interrupts();
}

std::uint32_t disable_irq() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return board.cpu().mask_interrupts();
}
void enable_irq(std::uint32_t state) { board.cpu().unmask_interrupts(state); }

}  // namespace machine
