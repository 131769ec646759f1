#include "cli/lesson_build.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <system_error>

#include "cli/process.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;
using model::Error;

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// FNV-1a: tells contents apart, no more is asked of it.
class Hash {
 public:
  void add(const std::string& text) {
    for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    value_ = (value_ ^ text.size()) * 0x100000001b3U;
  }
  std::string text() const {
    std::ostringstream out;
    out << std::hex << value_;
    return out.str();
  }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

// Changes when the file is written again; cheaper to look at than what a library holds.
std::string version_of(const fs::path& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error).time_since_epoch().count();
  const auto size = fs::file_size(path, error);
  return path.string() + ' ' + std::to_string(time) + ' ' + std::to_string(error ? 0 : size);
}

// --- What a result was made from: a line "hash path" for each file, beside the result.

// The files a compiler's -MMD file names.
std::vector<std::string> files_in_make_rule(const std::string& rule) {
  std::vector<std::string> files;
  std::string file;
  const std::size_t colon = rule.find(": ");
  for (std::size_t i = colon == std::string::npos ? rule.size() : colon + 2; i < rule.size(); ++i) {
    const char c = rule[i];
    if (c == '\\' && i + 1 < rule.size()) {
      if (rule[++i] != '\n') file += rule[i];
    } else if (c == ' ' || c == '\n') {
      if (!file.empty()) files.push_back(std::exchange(file, {}));
      if (c == '\n') break;
    } else {
      file += c;
    }
  }
  if (!file.empty()) files.push_back(file);
  return files;
}

std::string inputs_of(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) {
    Hash hash;
    hash.add(read_file(file).value_or(""));
    text += hash.text() + ' ' + file + '\n';
  }
  return text;
}

bool inputs_unchanged(const fs::path& list) {
  const std::optional<std::string> text = read_file(list);
  if (!text) return false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return false;
    const std::optional<std::string> content = read_file(line.substr(space + 1));
    Hash hash;
    hash.add(content.value_or(""));
    if (!content || hash.text() != line.substr(0, space)) return false;
  }
  return true;
}

bool write_file(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + ".partial-" + std::to_string(::getpid());
  std::ofstream(temporary, std::ios::binary) << text;
  std::error_code error;
  fs::rename(temporary, path, error);
  return !error;
}

// --- Compiling

std::vector<std::string> compiler_command(const BuildPlan& plan) {
  std::vector<std::string> command{plan.compiler};
  command.insert(command.end(), plan.flags.begin(), plan.flags.end());
  command.emplace_back("-fdiagnostics-color=always");
  // A function that returns a Coro but has lost its last co_await is no coroutine, and does anything.
  command.emplace_back("-Werror=return-type");
  for (const std::string& definition : plan.definitions) command.push_back("-D" + definition);
  return command;
}

void add_include_dirs(std::vector<std::string>& command, const BuildPlan& plan) {
  for (const std::string& folder : plan.include_dirs) command.push_back("-I" + folder);
  // The trace names files from the project's folder on, wherever that lies.
  command.push_back("-fmacro-prefix-map=" + plan.source_dir.string() + "/=");
}

// The folder with the precompiled asyncio.hpp, made now if need be; empty if there is none, which only costs
// time. g++ looks for asyncio.hpp.gch in each include folder before asyncio.hpp, and takes it if nothing is
// included before.
fs::path precompiled_header(const BuildPlan& plan, const fs::path& cache) {
  if (plan.compiler_id != "GNU") return {};
  Hash key;
  key.add(plan.text);
  key.add(version_of(plan.compiler));
  fs::path folder = cache / ("header-" + key.text());
  const fs::path inputs = folder / "inputs";
  const fs::path result = folder / "asyncio.hpp.gch";
  std::error_code error;
  if (fs::exists(result, error) && inputs_unchanged(inputs)) return folder;

  fs::create_directories(folder, error);
  const fs::path source = folder / "source.hpp";
  const std::string temporary = result.string() + ".partial-" + std::to_string(::getpid());
  if (!write_file(source, "#include \"asyncio.hpp\"\n")) return {};
  std::vector<std::string> command = compiler_command(plan);
  add_include_dirs(command, plan);
  const std::string rule = temporary + ".d";
  command.insert(command.end(), {"-MMD", "-MF", rule, "-x", "c++-header", source.string(), "-o", temporary});
  const model::Result<Finished> compiled = run_program(command);
  const bool good = compiled && !compiled->ending.by_signal && compiled->ending.number == 0;
  const std::string files = inputs_of(files_in_make_rule(read_file(rule).value_or("")));
  fs::remove(rule, error);
  if (!good) {
    fs::remove(temporary, error);
    return {};
  }
  fs::rename(temporary, result, error);
  return !error && write_file(inputs, files) ? folder : fs::path();
}

// Keeps the results used last.
void tidy_cache(const fs::path& cache, const std::string& prefix, std::size_t keep) {
  struct Entry {
    fs::path path;
    fs::file_time_type used;
  };
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator entry(cache, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    std::error_code gone;
    const auto used = fs::last_write_time(entry->path() / "inputs", gone);
    entries.push_back({entry->path(), gone ? fs::last_write_time(entry->path(), gone) : used});
  }
  if (entries.size() <= keep) return;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used > b.used; });
  for (std::size_t i = keep; i < entries.size(); ++i) fs::remove_all(entries[i].path, error);
}

void mark_used(const fs::path& folder) {
  std::error_code ignored;
  fs::last_write_time(folder / "inputs", fs::file_time_type::clock::now(), ignored);
}

}  // namespace

model::Result<BuildPlan> read_build_plan() {
  const std::string path = COROSCOPE_LESSON_BUILD;
  BuildPlan plan;
  const std::optional<std::string> text = read_file(path);
  if (!text)
    return Error{"cannot read " + path + ", which says how lessons are built; build Coroscope again"};
  plan.text = *text;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  try {
    plan.compiler = json.at("compiler");
    plan.compiler_id = json.at("compiler_id");
    plan.compiler_version = json.at("compiler_version");
    plan.flags = json.at("flags").get<std::vector<std::string>>();
    plan.definitions = json.at("definitions").get<std::vector<std::string>>();
    plan.include_dirs = json.at("include_dirs").get<std::vector<std::string>>();
    plan.link_flags = json.at("link_flags").get<std::vector<std::string>>();
    plan.libraries = json.at("libraries").get<std::vector<std::string>>();
    plan.source_dir = json.at("source_dir").get<std::string>();
    plan.lessons_dir = json.at("lessons_dir").get<std::string>();
    plan.cache_dir = json.at("cache_dir").get<std::string>();
  } catch (const nlohmann::json::exception&) {
    return Error{path + " is damaged; build Coroscope again"};
  }
  return plan;
}

model::Result<fs::path> cache_folder(const BuildPlan& plan) {
  std::vector<fs::path> places;
  const char* const xdg = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if (xdg != nullptr && *xdg == '/') {
    places.push_back(fs::path(xdg) / "coroscope");
  } else if (home != nullptr && *home == '/') {
    places.push_back(fs::path(home) / ".cache" / "coroscope");
  }
  places.push_back(plan.cache_dir);
  for (const fs::path& place : places) {
    std::error_code error;
    fs::create_directories(place, error);
    if (!error && ::access(place.c_str(), W_OK) == 0) return place;
  }
  return Error{"cannot write to " + places.front().string() + ", where built lessons are kept"};
}

std::variant<BuiltLesson, BuildFailure> build_lesson(const Lesson& lesson, const std::string& shown_path,
                                                     const BuildPlan& plan) {
  const model::Result<fs::path> cache = cache_folder(plan);
  if (!cache) return BuildFailure{{}, cache.error().text};

  Hash key;
  key.add(plan.text);
  key.add(version_of(plan.compiler));
  key.add(lesson.source.string());
  for (const std::string& library : plan.libraries) {
    if (library.starts_with("/")) key.add(version_of(library));
  }
  const std::optional<std::string> source = read_file(lesson.source);
  if (!source) return BuildFailure{{}, "cannot read " + shown_path};
  key.add(*source);

  const fs::path folder = *cache / ("lesson-" + key.text());
  BuiltLesson built{folder / "program", {}, true};
  std::error_code error;
  if (fs::exists(built.program, error) && inputs_unchanged(folder / "inputs")) {
    built.compiler_output = read_file(folder / "warnings").value_or("");
    mark_used(folder);
    return built;
  }

  fs::create_directories(folder, error);
  const fs::path header = precompiled_header(plan, *cache);
  const std::string temporary = built.program.string() + ".partial-" + std::to_string(::getpid());
  const std::string rule = temporary + ".d";
  std::vector<std::string> command = compiler_command(plan);
  if (!header.empty()) command.push_back("-I" + header.string());
  add_include_dirs(command, plan);
  // And its own files from the lesson's folder on; the debug information, which knows no relative names, has
  // them in a folder that is nowhere, as sim/mcu/line_table.cpp expects. Of two maps that fit the compiler
  // takes the last.
  constexpr const char* program_folder = "/.program";
  command.push_back("-fdebug-prefix-map=" + fs::current_path(error).string() + '=' + program_folder);
  const std::string shown_folder = fs::path(shown_path).parent_path().string();
  for (const std::string& prefix :
       {lesson.folder.string() + "/", shown_folder.empty() ? "" : shown_folder + "/"}) {
    if (prefix.empty()) continue;
    command.push_back("-fmacro-prefix-map=" + prefix + "=");
    command.push_back("-fdebug-prefix-map=" + prefix + '=' + program_folder + '/');
  }
  command.insert(command.end(), {"-MMD", "-MF", rule, shown_path, "-o", temporary});
  command.insert(command.end(), plan.link_flags.begin(), plan.link_flags.end());
  command.insert(command.end(), plan.libraries.begin(), plan.libraries.end());
  const model::Result<Finished> compiled = run_program(command);
  std::vector<std::string> files = files_in_make_rule(read_file(rule).value_or(""));
  fs::remove(rule, error);
  if (!compiled) return BuildFailure{{}, compiled.error().text};
  if (compiled->ending.by_signal || compiled->ending.number != 0) {
    fs::remove_all(folder, error);
    return BuildFailure{compiled->output, shown_path + " does not compile"};
  }
  for (std::string& file : files) file = fs::absolute(file, error).string();
  // The precompiled header stands for what it includes.
  const std::string inputs =
      inputs_of(files) + (header.empty() ? "" : read_file(header / "inputs").value_or(""));
  fs::rename(temporary, built.program, error);
  if (error || !write_file(folder / "warnings", compiled->output) || !write_file(folder / "inputs", inputs)) {
    return BuildFailure{{}, "cannot write to " + folder.string() + ", where built lessons are kept"};
  }
  if (!header.empty()) mark_used(header);
  tidy_cache(*cache, "lesson-", 40);
  tidy_cache(*cache, "header-", 2);  // 50 MB each
  built.compiler_output = compiled->output;
  built.from_cache = false;
  return built;
}

}  // namespace cli
