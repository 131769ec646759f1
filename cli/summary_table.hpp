// What a run comes to, as two small tables: the tasks, and the locks.
#pragma once

#include <cstddef>
#include <ostream>

#include "cli/screen.hpp"
#include "model/state.hpp"
#include "model/summary.hpp"

namespace cli {

// `most`: more tasks than that are only counted.
void print_summary(std::ostream& out, const Screen& screen, const model::State& state,
                   const model::Summary& summary, std::size_t most);

}  // namespace cli
