// The chart: a lane for each task, with what it was doing from left to right; below them who held each lock,
// when each interrupt was served, and the pins as waveforms. As much of the run is drawn as can be told
// apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "cli/screen.hpp"
#include "model/state.hpp"

namespace cli {

class LaneChart {
 public:
  // After state.apply(record), or state.finish() with no record.
  void add(const trace::Record& record, const model::State& state);
  void add_spans(const model::State& state);

  // `most_lanes`: more tasks than that are only counted.
  void print(std::ostream& out, const Screen& screen, const model::State& state,
             std::size_t most_lanes) const;

 private:
  struct PinChange {
    std::uint64_t time_ns;
    std::uint32_t pin;
    bool high;
  };
  struct Served {
    std::uint32_t interrupt;
    std::uint64_t begin_ns;
    std::uint64_t end_ns;
  };
  struct Lane {
    std::string name;
    std::size_t colour = 0;
    std::vector<std::string> cells;
  };
  using Signs = std::map<std::uint32_t, char>;  // what stands for a task that has a lock
  std::uint64_t choose_end(std::uint64_t run_end_ns, std::size_t columns) const;
  Lane task_lane(const model::Task& task, std::uint64_t end_ns, std::size_t columns, bool utf8) const;
  Lane lock_lane(const model::Object& lock, const Signs& signs, std::uint64_t end_ns,
                 std::size_t columns) const;
  Lane interrupt_lane(const model::Object& interrupt, std::uint64_t end_ns, std::size_t columns,
                      bool utf8) const;
  Signs owner_signs(const model::State& state) const;
  Lane pin_lane(std::uint32_t pin, std::uint64_t end_ns, std::size_t columns, bool utf8) const;

  // Spans and changes are kept up to the moment when there are enough to fill any chart.
  std::uint64_t kept_until_ns_ = UINT64_MAX;
  std::vector<model::Span> spans_;
  std::vector<PinChange> changes_;
  std::vector<Served> served_;
};

}  // namespace cli
