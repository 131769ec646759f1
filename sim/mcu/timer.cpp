// machine/timer.hpp on this board: alarms of the RP2040's TIMER, as many as the program wants.
#include "machine/timer.hpp"

#include <utility>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "mcu/interrupt_handler.hpp"

namespace machine {

namespace {
constexpr unsigned timer_irq_0 = 0;  // RP2040 datasheet 2.3.2
}

struct Timer::State {
  explicit State(Timer& timer)
      : interrupt(sim::board.cpu().interrupts(), timer_irq_0, 0, [this, &timer] { handler(timer); }),
        alarm([this] { go_off(); }) {}

  // Periods follow each other without drift, however late the interrupt is served.
  void go_off() {
    if (options.mode == PERIODIC) sim::board.cpu().alarms().set(alarm, next_ns(alarm.time_ns()));
    interrupt.raise();
  }

  std::uint64_t next_ns(std::uint64_t from_ns) const {
    return sim::Clock::later(from_ns, sim::Clock::ns_of(options.period_us));
  }

  Options options;
  sim::InterruptHandler<Timer&> handler;
  sim::Interrupt interrupt;
  sim::Alarm alarm;
};

Timer::Timer() : state_(std::make_unique<State>(*this)) {}
Timer::~Timer() { deinit(); }

void Timer::init(const Options& options, Handler handler, trace::Site site) {
  if (options.period_us == 0) throw asyncio::ValueError("Timer: a period of 0; the shortest is 1 us");
  deinit();
  state_->options = options;
  state_->handler = std::move(handler);
  state_->interrupt.announce("Timer", site);
  sim::board.cpu().alarms().set(state_->alarm, state_->next_ns(sim::board.now_ns()));
}

void Timer::deinit() {
  sim::board.cpu().spend(sim::board.profile().peripheral_access_ns);
  sim::board.cpu().alarms().unset(state_->alarm);
  state_->interrupt.clear();
}

}  // namespace machine
