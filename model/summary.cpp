#include "model/summary.hpp"

#include <algorithm>
#include <utility>

#include "machine/control.hpp"

namespace model {

LockSummary& Summary::lock(std::uint32_t object) {
  const auto place =
      std::lower_bound(locks_.begin(), locks_.end(), object,
                       [](const LockSummary& lock, std::uint32_t number) { return lock.object < number; });
  if (place != locks_.end() && place->object == object) return *place;
  LockSummary created;
  created.object = object;
  return *locks_.insert(place, created);
}

void Summary::apply(const trace::Record& record, const State& state) {
  if (tasks_.size() < state.tasks().size()) tasks_.resize(state.tasks().size());
  if (record.kind == trace::Kind::slice_begin && state.task(record.task) != nullptr)
    ++tasks_[record.task - 1].slices;
  const bool may_rest = state.is_idle() || state.is_in_lightsleep();
  if (const bool rests = may_rest && state.interrupt() == 0; rests != rests_) {
    if (rests) busy_ns_ += state.now_ns() - busy_since_ns_;
    busy_since_ns_ = state.now_ns();
    rests_ = rests;
  }
  if (record.kind == trace::Kind::hog && state.task(record.task) != nullptr) {
    ++tasks_[record.task - 1].hogs;
    hog_ = {record.task, record.site};
  }
  add_interrupt(record, state);
  if (record.kind == trace::Kind::reset) {
    ++resets_;
    if (record.reason == machine::WDT_RESET) ++watchdog_resets_;
  }
  if (record.kind == trace::Kind::lock_acquire && state.object(record.object) != nullptr)
    ++lock(record.object).taken;
  add_spans(state);
  if (record.kind != trace::Kind::text) add_energy(state);
}

void Summary::add_interrupt(const trace::Record& record, const State& state) {
  if (record.kind == trace::Kind::isr_enter && state.object(record.object) != nullptr) {
    const auto known = std::find_if(interrupts_.begin(), interrupts_.end(),
                                    [&](const auto& other) { return other.object == record.object; });
    served_ = static_cast<std::size_t>(known - interrupts_.begin());
    if (known == interrupts_.end()) interrupts_.push_back({record.object, 0, 0});
    ++interrupts_[served_].served;
    served_since_ns_ = state.now_ns();
  } else if (record.kind == trace::Kind::isr_exit && served_ < interrupts_.size()) {
    std::uint64_t& longest_ns = interrupts_[served_].longest_ns;
    longest_ns = std::max(longest_ns, state.now_ns() - served_since_ns_);
  }
}

double Energy::mean_ma() const {
  return measured_ns == 0 ? 0 : total_mj() / supply_volts / (static_cast<double>(measured_ns) * 1e-9);
}

// Of the time since the record before; then who has the CPU from now on.
void Summary::add_energy(const State& state) {
  const std::uint64_t length_ns = state.now_ns() - std::exchange(used_since_ns_, state.now_ns());
  const bool asleep = user_ == User::lightsleep || user_ == User::idle;
  if (asleep && user_task_ != 0) tasks_[user_task_ - 1].asleep_ns += length_ns;
  if (power_ && length_ns != 0) {
    const std::uint32_t ua = user_ == User::idle         ? power_->idle_ua
                             : user_ == User::lightsleep ? power_->lightsleep_ua
                                                         : power_->running_ua;
    const double mj = static_cast<double>(ua) * static_cast<double>(length_ns) * supply_volts * 1e-12;
    energy_->measured_ns += length_ns;
    switch (user_) {
      case User::task:
        energy_->tasks_mj += mj;
        tasks_[user_task_ - 1].energy_mj += mj;
        break;
      case User::interrupt:
        energy_->interrupts_mj += mj;
        break;
      case User::other:
        energy_->other_mj += mj;
        break;
      case User::idle:
        energy_->idle_mj += mj;
        break;
      case User::lightsleep:
        energy_->lightsleep_mj += mj;
        break;
    }
  }
  power_ = state.power();
  if (power_ && !energy_) energy_.emplace();
  user_task_ = state.running();
  user_ = state.interrupt() != 0     ? User::interrupt
          : state.is_in_lightsleep() ? User::lightsleep
          : state.is_idle()          ? User::idle
          : user_task_ != 0          ? User::task
                                     : User::other;
}

void Summary::finish(const State& state) {
  if (!rests_) busy_ns_ += state.now_ns() - busy_since_ns_;
  add_spans(state);
  add_energy(state);
}

void Summary::add_spans(const State& state) {
  for (const Span& span : state.ended()) {
    const std::uint64_t length = span.end_ns - span.begin_ns;
    TaskSummary& task = tasks_[span.task - 1];
    switch (span.kind) {
      case SpanKind::running:
        task.running_ns += length;
        if (hog_.task == span.task) {
          if (length >= task.longest_slice_ns) task.hog_site = hog_.site;
          hog_ = {};
        }
        task.longest_slice_ns = std::max(task.longest_slice_ns, length);
        break;
      case SpanKind::ready:
        task.worst_latency_ns = std::max(task.worst_latency_ns, length);
        break;
      case SpanKind::sleeping:
        break;
      case SpanKind::waiting:
        if (span.reason == trace::Reason::lock && state.object(span.object) != nullptr) {
          LockSummary& waited = lock(span.object);
          ++waited.waits;
          waited.longest_wait_ns = std::max(waited.longest_wait_ns, length);
        }
        break;
      case SpanKind::holding: {
        LockSummary& held = lock(span.object);
        held.held_ns += length;
        held.longest_hold_ns = std::max(held.longest_hold_ns, length);
        break;
      }
    }
  }
}

}  // namespace model
