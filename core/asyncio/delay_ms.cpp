#include "asyncio/delay_ms.hpp"

#include "asyncio/critical_section.hpp"
#include "asyncio/sleep.hpp"

namespace asyncio {

namespace {
void check_duration(std::uint32_t duration) {
  if (duration > max_sleep_ms) throw OverflowError("Delay_ms: longer than 536870911 ms (6.2 days)");
}
}  // namespace

Delay_ms::Delay_ms(Callback function, std::uint32_t duration, const char* name, Site site)
    : callback_(std::move(function)),
      duration_(duration),
      triggered_(name, site),
      timeout_(name, site),
      trace_(trace::ObjectKind::delay, name, site) {
  check_duration(duration);
  watch_task_ = event_loop.create_task(watch(this, site), name != nullptr ? name : "Delay_ms", site);
}

void Delay_ms::trigger(std::uint32_t duration) {
  if (!watch_task_) throw RuntimeError("Delay_ms.deinit() has run");
  check_duration(duration);
  {
    const CriticalSection no_interrupts;
    trigger_.at_us = port::now_us();
    trigger_.duration = duration != 0 ? duration : duration_;
    ++trigger_.count;
    running_.store(true, std::memory_order_relaxed);
    returned_valid_.store(false, std::memory_order_relaxed);
  }
  triggered_.set();
}

void Delay_ms::stop(Site site) {
  running_.store(false, std::memory_order_relaxed);
  if (time_task_) {
    std::exchange(time_task_, {}).cancel(site);
    trace::object_event(trace::Kind::value, trace_, site, 0);
  }
  timeout_.clear(site);
}

void Delay_ms::callback(Callback function) {
  callback_ = std::move(function);
  callback_replaced_ = true;
}

void Delay_ms::deinit() {
  if (!watch_task_) return;
  stop();
  std::exchange(watch_task_, {}).cancel();
}

Delay_ms::Trigger Delay_ms::last_trigger() const {
  const CriticalSection no_interrupts;
  return trigger_;
}

// The time of that trigger is up. False if there was another one since.
bool Delay_ms::time_is_up(std::uint32_t trigger_count) {
  const CriticalSection no_interrupts;
  if (trigger_.count != trigger_count) return false;
  running_.store(false, std::memory_order_relaxed);
  return true;
}

// These two are cancelled by stop() and deinit(), and when they resume then, the delay may be gone.

Coro<> Delay_ms::watch(Delay_ms* self, Site site) {
  for (;;) {
    co_await self->triggered_.wait(site);
    self->start_time(site);
  }
}

Coro<> Delay_ms::run_time(Delay_ms* self, Site site) {
  for (;;) {
    const Trigger trigger = self->last_trigger();
    const auto remaining = static_cast<std::int32_t>(trigger.due() - event_loop.ticks());
    if (remaining <= 0) {
      if (self->time_is_up(trigger.count)) break;
    } else {
      self->wakes_ = trigger.due();
      co_await sleep_ms(remaining, site);
    }
  }
  self->call_back(site);
}

void Delay_ms::start_time(Site site) {
  if (!running()) return;  // stop() has come in between
  if (time_task_) {
    // It looks at the last trigger when it wakes up; that must be in time.
    if (static_cast<std::int32_t>(last_trigger().due() - wakes_) >= 0) return;
    std::exchange(time_task_, {}).cancel(site);
  }
  trace::object_event(trace::Kind::value, trace_, site, 1);
  wakes_ = last_trigger().due();
  time_task_ = event_loop.create_task(run_time(this, site), "Delay_ms time", site);
}

void Delay_ms::call_back(Site site) {
  trace::object_event(trace::Kind::value, trace_, site, 0);
  time_task_ = {};  // the callback may trigger() or stop()
  timeout_.set(site);
  // It may also set another callback().
  callback_replaced_ = false;
  Callback function = std::move(callback_);
  struct PutBack {
    Delay_ms& delay;
    Callback& function;
    ~PutBack() {
      if (!delay.callback_replaced_) delay.callback_ = std::move(function);
    }
  } const put_back{*this, function};
  const std::uint32_t triggers = last_trigger().count;
  returned_ = function();
  const CriticalSection no_interrupts;
  if (trigger_.count == triggers) returned_valid_.store(true, std::memory_order_relaxed);
}

}  // namespace asyncio
