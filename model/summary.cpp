#include "model/summary.hpp"

#include <algorithm>

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
  if (record.kind == trace::Kind::idle_begin && !idle_) {
    idle_ = true;
    busy_ns_ += state.now_ns() - busy_since_ns_;
  }
  if (record.kind == trace::Kind::idle_end && idle_) {
    idle_ = false;
    busy_since_ns_ = state.now_ns();
  }
  if (record.kind == trace::Kind::lock_acquire && state.object(record.object) != nullptr)
    ++lock(record.object).taken;
  add_spans(state);
}

void Summary::finish(const State& state) {
  if (!idle_) busy_ns_ += state.now_ns() - busy_since_ns_;
  add_spans(state);
}

void Summary::add_spans(const State& state) {
  for (const Span& span : state.ended()) {
    const std::uint64_t length = span.end_ns - span.begin_ns;
    TaskSummary& task = tasks_[span.task - 1];
    switch (span.kind) {
      case SpanKind::running:
        task.running_ns += length;
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
