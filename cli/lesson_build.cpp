#include "cli/lesson_build.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>

#include "cli/build_failure.hpp"
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

// --- What a result was made from, beside the result: a line "hash path" for each file, and `complete` as the
// last.

constexpr std::string_view complete = "complete\n";

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

// False for a list that is cut off, or says nothing.
bool inputs_unchanged(const fs::path& list) {
  const std::optional<std::string> text = read_file(list);
  if (!text || text->size() == complete.size() || !text->ends_with(complete)) return false;
  std::istringstream lines(text->substr(0, text->size() - complete.size()));
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

// The files of such a list.
std::string inputs_in(const fs::path& list) {
  std::string text = read_file(list).value_or("");
  if (text.ends_with(complete)) text.resize(text.size() - complete.size());
  return text;
}

model::Status write_file(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + ".partial-" + std::to_string(::getpid());
  errno = 0;
  std::ofstream file(temporary, std::ios::binary);
  file << text;
  file.close();
  std::error_code error(errno, std::generic_category());
  if (file) {
    fs::rename(temporary, path, error);
    if (!error) return model::done();
  }
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return Error{"cannot write " + path.string() + (error ? ": " + error.message() : "")};
}

// A folder of this run's own in the cache, in which things are built; it goes when this object goes.
class BuildingFolder {
 public:
  static constexpr const char* prefix = "building-";

  explicit BuildingFolder(const fs::path& cache) {
    std::string name = (cache / (std::string(prefix) + "XXXXXX")).string();
    if (::mkdtemp(name.data()) != nullptr) {
      path_ = name;
    } else {
      error_ = std::strerror(errno);
    }
  }
  BuildingFolder(const BuildingFolder&) = delete;
  BuildingFolder& operator=(const BuildingFolder&) = delete;
  ~BuildingFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }       // empty if it could not be made
  const std::string& error() const { return error_; }  // why

 private:
  fs::path path_;
  std::string error_;
};

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

std::vector<std::string> compile_command(const Lesson& lesson, const std::string& shown_path,
                                         const BuildPlan& plan, const fs::path& header,
                                         const fs::path& object, const fs::path& rule) {
  std::vector<std::string> command = compiler_command(plan);
  if (!header.empty()) command.push_back("-I" + header.string());
  add_include_dirs(command, plan);
  // A path that begins like an option, or like a list of options, must not be taken for one.
  const bool special = shown_path.starts_with('-') || shown_path.starts_with('@');
  const std::string path = (special ? "./" : "") + shown_path;
  // And its own files from the lesson's folder on; the debug information, which knows no relative names, has
  // them in a folder that is nowhere, as sim/mcu/line_table.cpp expects. Of two maps that fit the compiler
  // takes the last.
  const std::string program_folder = "/.program";
  const std::string in_program = program_folder + "/";
  std::error_code error;
  command.push_back("-fdebug-prefix-map=" + fs::current_path(error).string() + '=' + program_folder);
  const std::string shown_folder = fs::path(path).parent_path().string();
  for (const std::string& prefix :
       {lesson.folder.string() + "/", shown_folder.empty() ? "" : shown_folder + "/"}) {
    if (prefix.empty()) continue;
    command.push_back("-fmacro-prefix-map=" + prefix + "=");
    command.push_back(std::string("-fdebug-prefix-map=").append(prefix).append("=").append(in_program));
  }
  // Coroscope's own headers are not the program's, although the program may lie in a folder above them.
  for (const std::string& folder : plan.include_dirs)
    command.push_back("-fdebug-prefix-map=" + folder + "=/.coroscope");
  command.insert(command.end(), {"-MMD", "-MF", rule.string(), "-c", path, "-o", object.string()});
  return command;
}

std::vector<std::string> link_command(const BuildPlan& plan, const fs::path& object,
                                      const fs::path& program) {
  std::vector<std::string> command{plan.compiler};
  command.insert(command.end(), plan.flags.begin(), plan.flags.end());
  command.insert(command.end(), {object.string(), "-o", program.string()});
  command.insert(command.end(), plan.link_flags.begin(), plan.link_flags.end());
  command.insert(command.end(), plan.libraries.begin(), plan.libraries.end());
  return command;
}

bool succeeded(const Finished& finished) { return !finished.ending.by_signal && finished.ending.number == 0; }

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
  const bool good = compiled && succeeded(*compiled);
  std::string files = inputs_of(files_in_make_rule(read_file(rule).value_or("")));
  fs::remove(rule, error);
  if (!good) {
    fs::remove(temporary, error);
    return {};
  }
  fs::rename(temporary, result, error);
  if (error || !write_file(inputs, files.append(complete))) return {};
  return folder;
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

// What runs that were killed have left behind.
void remove_abandoned(const fs::path& cache) {
  const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::error_code error;
  for (fs::directory_iterator entry(cache, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(BuildingFolder::prefix)) continue;
    std::error_code ignored;
    if (fs::last_write_time(entry->path(), ignored) < yesterday) fs::remove_all(entry->path(), ignored);
  }
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
  const std::string not_built = shown_path + " could not be built: ";
  const model::Result<fs::path> cache = cache_folder(plan);
  if (!cache) return BuildFailure{{}, not_built + cache.error().text};

  Hash key;
  key.add(plan.text);
  key.add(version_of(plan.compiler));
  key.add(lesson.source.string());
  std::error_code error;
  for (const std::string& library : plan.libraries) {
    if (!library.starts_with("/")) continue;
    if (!fs::exists(library, error))
      return BuildFailure{{}, not_built + library + " is gone; build Coroscope again"};
    key.add(version_of(library));
  }
  const std::optional<std::string> source = read_file(lesson.source);
  if (!source) return BuildFailure{{}, "cannot read " + shown_path};
  key.add(*source);

  const fs::path folder = *cache / ("lesson-" + key.text());
  BuiltLesson built{folder / "program", {}, true};
  if (fs::exists(built.program, error) && inputs_unchanged(folder / "inputs")) {
    built.compiler_output = read_file(folder / "warnings").value_or("");
    mark_used(folder);
    return built;
  }

  const BuildingFolder building(*cache);
  if (building.path().empty()) {
    return BuildFailure{{},
                        not_built + "cannot write to " + cache->string() +
                            ", where built lessons are kept: " + building.error()};
  }
  const fs::path header = precompiled_header(plan, *cache);
  const fs::path object = building.path() / "lesson.o";
  const fs::path rule = building.path() / "lesson.d";
  const model::Result<Finished> compiled =
      run_program(compile_command(lesson, shown_path, plan, header, object, rule));
  if (!compiled) return BuildFailure{{}, not_built + compiled.error().text};
  if (!succeeded(*compiled)) {
    const std::string why = why_not_compiled(*compiled, *cache);
    return BuildFailure{compiled->output, why.empty() ? shown_path + " does not compile" : not_built + why};
  }
  std::vector<std::string> files = files_in_make_rule(read_file(rule).value_or(""));
  for (std::string& file : files) file = fs::absolute(file, error).string();

  const fs::path program = building.path() / "program";
  const model::Result<Finished> linked = run_program(link_command(plan, object, program));
  if (!linked) return BuildFailure{compiled->output, not_built + linked.error().text};
  if (!succeeded(*linked)) {
    const bool no_main = misses_main(linked->output);  // that says it all
    return BuildFailure{compiled->output + (no_main ? "" : linked->output),
                        not_built + (no_main ? "it has no main()" : why_not_linked(*linked, *cache))};
  }

  // The precompiled header stands for what it includes.
  std::string inputs = inputs_of(files) + (header.empty() ? "" : inputs_in(header / "inputs"));
  inputs += complete;
  const std::string output = compiled->output + linked->output;
  // The list is written last: without it, what is there does not count.
  fs::create_directories(folder, error);
  fs::remove(folder / "inputs", error);
  fs::rename(program, built.program, error);
  model::Status kept =
      error ? model::Status(Error{"cannot write " + built.program.string() + ": " + error.message()})
            : write_file(folder / "warnings", output);
  if (kept) kept = write_file(folder / "inputs", inputs);
  if (!kept) return BuildFailure{{}, not_built + kept.error().text};
  if (!header.empty()) mark_used(header);
  tidy_cache(*cache, "lesson-", 40);
  tidy_cache(*cache, "header-", 2);  // 50 MB each
  remove_abandoned(*cache);
  built.compiler_output = output;
  built.from_cache = false;
  return built;
}

}  // namespace cli
