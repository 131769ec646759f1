// The benchmark: every competitor's operations, registered as "operation/tasks/competitor". One repetition is
// one batch of as many operations as its row says, so the time reported is that of one operation.
#include <benchmark/benchmark.h>

#include "competitors.hpp"
#include "meter.hpp"
#include "operations.hpp"

namespace {

// Runs Google Benchmark's stopwatch only between begin() and end().
class Stopwatch final : public bench::Meter {
 public:
  explicit Stopwatch(benchmark::State& state) : state_(state) {}
  void begin() override { state_.ResumeTiming(); }
  void end() override { state_.PauseTiming(); }

 private:
  benchmark::State& state_;
};

void measure(benchmark::State& state, const bench::Row& row, const bench::Competitor& competitor) {
  Stopwatch stopwatch(state);
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(row.operations))) {
    state.PauseTiming();
    competitor.perform(stopwatch, row.tasks, row.operations);
    state.ResumeTiming();
  }
}

}  // namespace

#ifdef __clang__
constexpr const char* compiler = __VERSION__;  // begins with "Clang"
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

int main(int argc, char** argv) {
  for (const bench::Row& row : bench::rows) {
    for (const bench::Competitor& competitor : bench::competitors()) {
      if (competitor.operation != row.operation) continue;
      benchmark::RegisterBenchmark(bench::name(row, competitor).c_str(), [&row, &competitor](
                                                                             benchmark::State& state) {
        measure(state, row, competitor);
      })->Iterations(static_cast<benchmark::IterationCount>(row.operations));
    }
  }
  benchmark::AddCustomContext("compiler", compiler);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
