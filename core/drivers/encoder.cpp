#include "drivers/encoder.hpp"

#include <algorithm>

#include "asyncio/critical_section.hpp"
#include "asyncio/sleep.hpp"
#include "drivers/callback_slot.hpp"

namespace drivers {

namespace {

constexpr int both_edges = machine::Pin::IRQ_FALLING | machine::Pin::IRQ_RISING;

const EncoderOptions& checked(const EncoderOptions& options) {
  if (options.v < options.vmin || options.v > options.vmax) {
    throw asyncio::ValueError("Encoder: vmin <= v <= vmax must hold");
  }
  if (options.div < 1) throw asyncio::ValueError("Encoder: div must be at least 1");
  if (options.mod < 0) throw asyncio::ValueError("Encoder: mod must be at least 1, or 0 for none");
  if (options.delay > asyncio::max_sleep_ms) {
    throw asyncio::ValueError("Encoder: delay must be at most 536870911 ms (6.2 days)");
  }
  return options;
}

// As Python's %: from 0 to mod - 1.
int modulo(int value, int mod) {
  const int remainder = value % mod;
  return remainder < 0 ? remainder + mod : remainder;
}

// By how much the value changes that stands `distance` steps off: to the nearest. Half way between two it
// stays where it is, so that a contact that bounces there moves nothing.
int change_for(std::int32_t distance, int div) {
  const std::int64_t twice = 2 * (distance < 0 ? -std::int64_t{distance} : std::int64_t{distance});
  const auto change = static_cast<int>((twice + div - 1) / (2 * std::int64_t{div}));
  return distance < 0 ? -change : change;
}

}  // namespace

Encoder::Encoder(machine::Pin pin_x, machine::Pin pin_y, Callback callback, const EncoderOptions& options,
                 Site site)
    : pin_x_(pin_x),
      pin_y_(pin_y),
      phase_(read_phase()),
      value_(checked(options).mod == 0 ? options.v : modulo(options.v, options.mod)),
      options_(options),
      callback_(std::move(callback)),
      stepped_("Encoder", site),
      changed_("Encoder", site),
      site_(site) {
  task_.start(follow(this, site), "Encoder", site);
  pin_x_.irq([this](machine::Pin) { edge(); }, both_edges, site);
  pin_y_.irq([this](machine::Pin) { edge(); }, both_edges, site);
  const asyncio::CriticalSection no_interrupts;
  edge();  // it may have been turned since its contacts were first read
}

void Encoder::deinit() {
  if (!task_.running()) return;
  pin_x_.irq(nullptr, both_edges, site_);
  pin_y_.irq(nullptr, both_edges, site_);
  task_.stop();
}

// The four states of the contacts in the order they come in while x leads: 00, 10, 11, 01.
unsigned Encoder::read_phase() const {
  const unsigned x = pin_x_.value() != 0 ? 1 : 0;
  const unsigned y = pin_y_.value() != 0 ? 1 : 0;
  return y << 1 | (x ^ y);
}

// An interrupt. It goes by the levels there are now: edges may have been missed.
void Encoder::edge() {
  const unsigned phase = read_phase();
  const unsigned moved = (phase - phase_) & 3;
  phase_ = phase;
  if (moved != 1 && moved != 3) return;  // nowhere, or half a cycle one way or the other
  const std::int32_t step = moved == 1 ? 1 : -1;
  steps_.store(steps_.load(std::memory_order_relaxed) + step, std::memory_order_relaxed);
  stepped_.set();
}

asyncio::Coro<> Encoder::follow(Encoder* self, Site site) {
  for (;;) {
    co_await self->stepped_.wait(site);
    co_await asyncio::sleep_ms(self->options_.delay, site);
    self->stepped_.clear();  // before the steps are read: none that comes later goes unseen
    self->take_over();
    if (!self->task_.running()) co_return;
  }
}

void Encoder::take_over() {
  const std::int32_t distance = steps_.load(std::memory_order_relaxed) - taken_steps_;
  const int change = change_for(distance, options_.div);
  taken_steps_ += change * options_.div;
  const std::int64_t wanted = std::int64_t{value_} + change;
  auto value = static_cast<int>(std::clamp<std::int64_t>(wanted, options_.vmin, options_.vmax));
  if (options_.mod != 0) value = modulo(value, options_.mod);
  if (value == value_) return;
  const int delta = value - value_;
  value_ = value;
  if (callback_) call_back([this, delta] { callback_(value_, delta); });
  changed_.set(site_);
}

}  // namespace drivers
