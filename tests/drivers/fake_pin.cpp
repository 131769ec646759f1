#include "fake_pin.hpp"

#include <array>

#include "asyncio/exceptions.hpp"
#include "asyncio/virtual_board.hpp"

namespace fake_pin {
namespace {

struct State {
  machine::Pin::Mode mode = machine::Pin::IN;
  machine::Pin::Pull pull = machine::Pin::PULL_NONE;
  bool wired = false;    // something outside makes it a level,
  bool outside = false;  // this one; otherwise the pull does
  bool drives = false;   // the level the pin has or would have as an output
  std::vector<int> driven;
  machine::Pin::Handler handler;
  int trigger = 0;
  bool pending = false;

  bool level() const {
    if (mode == machine::Pin::OUT) return drives;
    const bool released = wired ? outside : pull == machine::Pin::PULL_UP;
    return mode == machine::Pin::IN ? released : drives && released;
  }
};

std::array<State, pin_count> pins;
bool interrupts_held = false;

State& pin(int id) { return pins[static_cast<std::size_t>(id)]; }

void serve(int id) {
  if (interrupts_held || !pin(id).pending) return;
  pin(id).pending = false;
  if (pin(id).handler) pin(id).handler(machine::Pin(id));
}

// After something that may have changed the level of the pin.
void look_for_edge(int id, bool before) {
  const bool now = pin(id).level();
  if (now == before) return;
  const int edge = now ? machine::Pin::IRQ_RISING : machine::Pin::IRQ_FALLING;
  if ((pin(id).trigger & edge) == 0) return;
  pin(id).pending = true;
  serve(id);
}

}  // namespace

void reset() {
  for (State& each : pins) each = State();
  interrupts_held = false;
}

void set(int id, int level) {
  const bool before = pin(id).level();
  pin(id).wired = true;
  pin(id).outside = level != 0;
  look_for_edge(id, before);
}

void set_at_us(std::uint64_t time_us, int id, int level) {
  virtual_board::interrupt_at_us(time_us, [id, level] { set(id, level); });
}

void contact_at_us(std::uint64_t time_us, int id, int level, std::uint64_t bounce_us) {
  // Not evenly, as contacts do.
  constexpr std::uint64_t percent[changes_of_a_bounce] = {0, 3, 10, 14, 31, 47, 60, 71, 100};
  if (bounce_us == 0) return set_at_us(time_us, id, level);
  bool there = true;
  for (const std::uint64_t each : percent) {
    set_at_us(time_us + bounce_us * each / 100, id, there ? level : 1 - level);
    there = !there;
  }
}

void hold_interrupts(bool held) {
  interrupts_held = held;
  for (int id = 0; id < pin_count; ++id) serve(id);
}

bool has_irq(int id) { return static_cast<bool>(pin(id).handler); }
machine::Pin::Mode mode(int id) { return pin(id).mode; }
machine::Pin::Pull pull(int id) { return pin(id).pull; }
const std::vector<int>& driven(int id) { return pin(id).driven; }

}  // namespace fake_pin

namespace machine {

Pin::Pin(int id) : id_(static_cast<unsigned char>(id)) {
  if (id < 0 || id >= fake_pin::pin_count) throw asyncio::ValueError("pins of the tests are 0 to 31");
}

void Pin::configure(Mode mode, Pull pull, int level) {
  fake_pin::State& state = fake_pin::pin(id_);
  const bool before = state.level();
  state.mode = mode;
  state.pull = pull;
  if (level != keep_level) state.drives = level != 0;
  fake_pin::look_for_edge(id_, before);
}

int Pin::value() const { return fake_pin::pin(id_).level() ? 1 : 0; }

void Pin::value(int level) const {
  fake_pin::State& state = fake_pin::pin(id_);
  const bool before = state.level();
  state.drives = level != 0;
  state.driven.push_back(level != 0 ? 1 : 0);
  fake_pin::look_for_edge(id_, before);
}

void Pin::toggle() const { value(fake_pin::pin(id_).drives ? 0 : 1); }

void Pin::irq(Handler handler, int trigger, trace::Site) {
  fake_pin::State& state = fake_pin::pin(id_);
  state.trigger = handler ? trigger : 0;
  state.handler = std::move(handler);
  state.pending = false;
}

}  // namespace machine
