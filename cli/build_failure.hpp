// Why a lesson could not be built: a mistake in it, or something else, such as a full disk. A compiler's exit
// status does not tell the one from the other; its words do.
#pragma once

#include <filesystem>
#include <string>

#include "cli/process.hpp"

namespace cli {

// What kept the compiler from its work, as the end of a sentence; empty if the lesson is what is wrong.
// `cache`: the folder it was to write to.
std::string why_not_compiled(const Finished& finished, const std::filesystem::path& cache);

// Whether main() is missing, and nothing else is.
bool misses_main(const std::string& linker_output);

std::string why_not_linked(const Finished& finished, const std::filesystem::path& cache);

}  // namespace cli
