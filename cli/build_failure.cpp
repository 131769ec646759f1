#include "cli/build_failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <system_error>
#include <vector>

#include "cli/screen.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

bool is_quoted_source(const std::string& line) { return line.find(" | ") != std::string::npos; }

// "main.cpp:3:14: ", the assembler's "cc1x.s:12: ": what is wrong is in the lesson.
bool names_a_place(const std::string& line) {
  for (std::size_t colon = line.find(':'); colon != std::string::npos; colon = line.find(':', colon + 1)) {
    const std::size_t end = line.find_first_not_of("0123456789", colon + 1);
    const bool number = end != std::string::npos && end != colon + 1 && line[end] == ':';
    if (number && end + 1 < line.size() && line[end + 1] == ' ') return true;
  }
  return false;
}

// What follows these words in `text`, without its quotation marks, up to the end of the line: each time they
// occur.
void add_names_behind(const std::string& words, const std::string& text, std::vector<std::string>& names) {
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
    const std::size_t begin = at + words.size();
    std::string name = text.substr(begin, text.find('\n', begin) - begin);
    std::erase_if(name, [](char c) { return c == '`' || c == '\'' || c == '"'; });
    names.push_back(name);
  }
}

// Names the folder whose disk cannot hold what is built; empty if that is not the matter.
std::string full_disk(const std::string& output, const fs::path& cache) {
  std::error_code error;
  for (const fs::path& folder : {cache, fs::temp_directory_path(error)}) {
    const fs::space_info space = fs::space(folder, error);
    if (!error && space.available < 4096) return "the disk of " + folder.string() + " is full";
  }
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (is_quoted_source(line)) continue;
    for (const int number : {ENOSPC, EDQUOT, EFBIG, EROFS, EIO}) {
      const std::string reason = std::strerror(number);
      if (line.find(reason) != std::string::npos) return "the compiler cannot write its files: " + reason;
    }
  }
  return {};
}

}  // namespace

std::string why_not_compiled(const Finished& finished, const fs::path& cache) {
  if (finished.ending.by_signal)
    return std::string("the compiler was ended by a signal: ") + strsignal(finished.ending.number);
  const std::string output = without_escapes(finished.output);
  std::string full = full_disk(output, cache);
  if (!full.empty()) return full;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (names_a_place(line)) return {};
  }
  return "the compiler failed for a reason of its own";
}

bool misses_main(const std::string& linker_output) {
  const std::string text = without_escapes(linker_output);
  std::vector<std::string> undefined;
  add_names_behind("undefined reference to ", text, undefined);
  add_names_behind("undefined symbol: ", text, undefined);
  return !undefined.empty() && std::all_of(undefined.begin(), undefined.end(),
                                           [](const std::string& name) { return name == "main"; });
}

std::string why_not_linked(const Finished& finished, const fs::path& cache) {
  if (finished.ending.by_signal)
    return std::string("the linker was ended by a signal: ") + strsignal(finished.ending.number);
  std::string full = full_disk(without_escapes(finished.output), cache);
  if (!full.empty()) return full;
  if (finished.output.find("undefined ") != std::string::npos)
    return "it uses what is declared but defined nowhere; the linker names it above";
  return "the linker failed, and says why above";
}

}  // namespace cli
