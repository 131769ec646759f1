// For callgrind: performs one competitor's operation n times and then 2n times and dumps the instructions of
// each between begin() and end(), so that the difference over n is the cost of one, without any start or
// finish.
//   valgrind --tool=callgrind --instr-atstart=no count_instructions wake/1000 bare_heap4 10000
// Without arguments: lists what there is, as "operation competitor n".
#include <valgrind/callgrind.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "competitors.hpp"
#include "meter.hpp"
#include "operations.hpp"

// The client requests are macros of valgrind's with old-style casts and sign conversions.
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

namespace {

class Counter final : public bench::Meter {
 public:
  void begin() override { CALLGRIND_START_INSTRUMENTATION; }
  void end() override {
    CALLGRIND_STOP_INSTRUMENTATION;
    CALLGRIND_DUMP_STATS;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 1 && argc != 4) {
    std::fprintf(stderr, "usage: count_instructions [OPERATION COMPETITOR N]\n");
    return 2;
  }
  for (const bench::Row& row : bench::rows) {
    for (const bench::Competitor& competitor : bench::competitors()) {
      if (competitor.operation != row.operation) continue;
      const std::string operation = bench::name(row);
      const std::string who(competitor.name);
      if (argc == 1) {
        std::printf("%s %s %llu\n", operation.c_str(), who.c_str(),
                    static_cast<unsigned long long>(row.counted));
      } else if (operation == argv[1] && who == argv[2]) {
        const std::uint64_t operations = std::strtoull(argv[3], nullptr, 10);
        if (operations == 0 || (row.operation != bench::Operation::wake && operations % row.tasks != 0)) {
          std::fprintf(stderr, "count_instructions: N must be a multiple of %zu\n", row.tasks);
          return 2;
        }
        Counter counter;
        competitor.perform(counter, row.tasks, operations);
        competitor.perform(counter, row.tasks, 2 * operations);
        return 0;
      }
    }
  }
  if (argc == 1) return 0;
  std::fprintf(stderr, "count_instructions: no operation '%s' of '%s'; without arguments it lists them\n",
               argv[1], argv[2]);
  return 2;
}
