// The trace in the Common Trace Format 1.8, for babeltrace2 and Trace Compass. A folder with two files:
// `metadata` describes the events, `channel0_0` has them. Their numbers, names and fields are those of
// Zephyr's tracing (subsys/tracing/ctf): a task is a thread, a Lock a mutex; what Zephyr has no event for is
// a named_event.
//
//   model::CtfWriter writer(channel0_0);
//   for each record: state.apply(record); writer.write(record, state);
//   state.finish(); writer.finish(state);
//   metadata << model::ctf_metadata(info);
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "model/cstrace.hpp"
#include "model/state.hpp"

namespace model {

std::string ctf_metadata(const TraceInfo& info);

class CtfWriter {
 public:
  explicit CtfWriter(std::ostream& channel) : channel_(channel) {}

  // After state.apply(record).
  void write(const trace::Record& record, const State& state);
  // After state.finish().
  void finish(const State& state);

 private:
  void event(std::uint8_t id, std::uint64_t time_ns);
  void number(std::uint64_t value, std::size_t bytes);
  void name(std::string_view text);
  void thread(std::uint8_t id, const State& state, std::uint32_t task);
  void leave(const State& state, std::uint32_t task);
  void mutex(const trace::Record& record, const State& state);
  void waits_for_lock(const State& state, std::uint32_t lock);
  void named(const State& state, std::string_view what, std::uint32_t first = 0, std::uint32_t second = 0);
  void other(const trace::Record& record, const State& state);
  void end_packet();

  std::ostream& channel_;
  std::string packet_;  // the events of the packet that is being filled
  std::uint64_t begin_ns_ = 0;
  std::uint64_t end_ns_ = 0;
  std::uint32_t running_ = 0;
};

}  // namespace model
