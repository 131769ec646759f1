#include "program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace program {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

Output shell(const std::string& command, const fs::path& folder) {
  const fs::path out = folder / ".out";
  const fs::path err = folder / ".err";
  const std::string environment = "LC_ALL=C.UTF-8 XDG_CACHE_HOME='" COROSCOPE_BUILD_DIR "/tests-cache' ";
  const std::string line = "cd '" + folder.string() + "' && unset COLUMNS && export " + environment +
                           "&& { " + command + "\n} >'" + out.string() + "' 2>'" + err.string() +
                           "' </dev/null";
  const int status = std::system(line.c_str());
  Output output{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(out), read(err)};
  fs::remove(out);
  fs::remove(err);
  return output;
}

std::string first_difference(const std::string& expected, const std::string& actual) {
  std::istringstream expected_lines(expected);
  std::istringstream actual_lines(actual);
  for (int number = 1;; ++number) {
    std::string a;
    std::string b;
    const bool has_a = static_cast<bool>(std::getline(expected_lines, a));
    const bool has_b = static_cast<bool>(std::getline(actual_lines, b));
    if (!has_a && !has_b) return expected == actual ? "" : "they differ in the end of the last line";
    if (has_a && has_b && a == b) continue;
    return "line " + std::to_string(number) + "\n  expected: " + (has_a ? a : "(the end)") +
           "\n  actual:   " + (has_b ? b : "(the end)");
  }
}

bool is_reference_build() {
  const std::string plan = read(COROSCOPE_BUILD_DIR "/lesson_build.json");
  return plan.find("\"compiler_id\": \"GNU\"") != std::string::npos &&
         plan.find("-fsanitize=") == std::string::npos;
}

Test::Test() {
  std::string name = (fs::temp_directory_path() / "coroscope-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
}

Test::~Test() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Output Test::coroscope(const std::string& arguments) const {
  return shell("'" COROSCOPE_PROGRAM "' " + arguments, folder_);
}

std::vector<std::string> Test::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace program
