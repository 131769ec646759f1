#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/input_record.hpp"
#include "cli/interrupts.hpp"
#include "cli/lesson.hpp"
#include "cli/lesson_build.hpp"
#include "cli/process.hpp"
#include "cli/standard_output.hpp"
#include "cli/trace_output.hpp"
#include "model/format.hpp"
#include "model/why.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* board_name = "pico";  // the one board that is simulated
constexpr int refused = 3;                  // as sim/mcu/entry.cpp has it
constexpr std::uint64_t usual_run_ns = 10'000'000'000;

// As a user would name it: from the current folder on, if it is below.
std::string shown_path(const fs::path& path) {
  std::error_code error;
  const fs::path relative = fs::proximate(path, error);
  return error || relative.string().starts_with("..") ? path.string() : relative.string();
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The sources go into the trace: names are found in them, and who opens it elsewhere can see the lines it
// speaks of.
void add_sources(model::TraceInfo& info, const Lesson& lesson) {
  info.main_file = lesson.source.filename().string();
  info.sources.add(info.main_file, read_text(lesson.source));
  if (info.main_file != "main.cpp") return;  // a file among others, which need not belong to it
  constexpr std::uintmax_t longest = 1024 * 1024;
  std::error_code error;
  for (fs::directory_iterator entry(lesson.folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string ending = entry->path().extension().string();
    const bool header = ending == ".hpp" || ending == ".h";
    std::error_code unreadable;
    if (header && entry->file_size(unreadable) < longest && !unreadable) {
      info.sources.add(entry->path().filename().string(), read_text(entry->path()));
    }
  }
}

void print_compiler_output(const std::string& text) {
  const bool colour = screen_of(STDERR_FILENO).colour;
  std::cerr << (colour ? text : without_escapes(text));
}

struct Outputs {
  std::optional<TraceOutput> screen;  // once there is something to show
  std::optional<TraceOutput> file;
  std::optional<InputRecord> inputs;
};

// What is written besides what is shown; each exists whole or not at all.
struct Files {
  std::optional<OutputFile> trace;
  std::optional<OutputFile> inputs;
};

void show(Outputs& outputs, const model::TraceInfo& info, const TextOptions& options) {
  outputs.screen.emplace(std::cout, TraceForm::text, info, screen_of(STDOUT_FILENO), options);
}

// Reads the lesson's records to their end. When the user has had enough, the lesson is asked to end, and has
// a second to write out the records it still holds. False: nobody is left to see any of it.
bool follow(PipedProcess& process, model::State& state, const model::TraceInfo& info,
            const TextOptions& options, Outputs& outputs) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds patience(100);
  constexpr std::chrono::seconds farewell(1);
  std::array<trace::Record, 4096> records;
  std::size_t size = 0;  // bytes in `records`; a read may end within a record
  std::optional<Clock::time_point> asked;
  for (;;) {
    if (interrupted() && !asked) {
      process.ask_to_end();
      asked = Clock::now();
    }
    if (asked && Clock::now() - *asked > farewell) break;
    if (!outputs.file && output_lost()) return false;
    const std::optional<std::size_t> got =
        process.read(reinterpret_cast<char*>(records.data()) + size, sizeof records - size, patience);
    if (!got) continue;
    if (*got == 0) break;
    if (!outputs.screen) show(outputs, info, options);
    size += *got;
    const std::size_t whole = size / sizeof(trace::Record);
    for (std::size_t i = 0; i < whole; ++i) {
      state.apply(records[i]);
      outputs.screen->write(records[i], state);
      if (outputs.file) outputs.file->write(records[i], state);
      if (outputs.inputs) outputs.inputs->write(records[i], state);
    }
    size -= whole * sizeof(trace::Record);
    std::memmove(records.data(), records.data() + whole, size);
    std::cout.flush();  // `| head` and `| less` see it now
  }
  return true;
}

// What went wrong with the lesson, as an exit status; its text view has said it in full already.
int verdict(const Lesson& lesson, const model::State& state, const Ending& ending) {
  if (interrupted()) {
    std::cerr << "coroscope: interrupted" << (state.stopped() ? " at " : "; the trace breaks off at ")
              << model::time_text(state.now_ns()) << " of the board's time\n";
    return interrupted_status;
  }
  if (!state.stopped()) {
    const std::string how = ending.by_signal
                                ? std::string("was killed by a signal: ") + strsignal(ending.number)
                                : "ended by itself with status " + std::to_string(ending.number);
    return fail(lesson.name + " " + how);
  }
  switch (state.stopped()->why) {
    case trace::Stop::exception:
    case trace::Stop::crashed:
    case trace::Stop::hung:
      return fail(lesson.name + ": " + model::end_text(state));
    default:
      return 0;
  }
}

// What the lesson's program is started with, besides what the trace tells.
struct LessonOptions {
  fs::path profile;
  std::vector<std::string> more;
  bool inputs = false;  // are among them
};

// Files that --input takes, by their looks: arrays. In the order of their names.
std::vector<std::string> input_files(const Lesson& lesson) {
  std::vector<std::string> names;
  if (lesson.source.filename() != "main.cpp") return names;  // others' files may lie around it
  std::error_code error;
  for (fs::directory_iterator entry(lesson.folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unknown;
    if (entry->path().extension() != ".json" || !entry->is_regular_file(unknown)) continue;
    char first = 0;
    std::ifstream(entry->path()) >> first;
    if (first == '[') names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "--input unplugged.json or --input warm.json"
std::string input_options(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "--input " : " or --input ") + name;
  return text;
}

// Where one is, or in the lesson's folder.
model::Result<std::string> input_file(const std::string& given, const Lesson& lesson) {
  std::error_code error;
  if (fs::is_regular_file(given, error)) return given;
  const fs::path of_lesson = lesson.folder / given;
  if (fs::path(given).is_relative() && fs::is_regular_file(of_lesson, error)) return shown_path(of_lesson);
  const std::string others = input_options(input_files(lesson));
  return model::Error{"there is no file " + given + ", neither here nor in " + shown_path(lesson.folder) +
                      (others.empty() ? "" : "; there is " + others)};
}

int run_built(const Lesson& lesson, const fs::path& program, const model::TraceInfo& info,
              const LessonOptions& given, const TextOptions& options, TraceForm form, Files& files) {
  std::vector<std::string> command{program.string(),
                                   "--profile",
                                   given.profile.string(),
                                   "--run-for-ns",
                                   std::to_string(info.run_for_ns),
                                   "--seed",
                                   std::to_string(info.seed),
                                   "--records-fd",
                                   std::to_string(PipedProcess::descriptor)};
  command.insert(command.end(), given.more.begin(), given.more.end());
  model::Result<PipedProcess> process = PipedProcess::start(command);
  if (!process) return fail(process.error().text);
  model::State state(&info.sources);
  Outputs outputs;
  if (files.trace) outputs.file.emplace(files.trace->stream(), form, info, file_screen(), text_of_file);
  if (files.inputs) outputs.inputs.emplace(files.inputs->stream());
  if (!follow(*process, state, info, options, outputs)) return 0;  // main() says why
  if (interrupted()) process->kill();
  const Ending ending = process->wait();
  // It has said itself what is wrong with its diagram or its inputs.
  if (!outputs.screen && !ending.by_signal && ending.number == refused) return 2;
  if (!outputs.screen) show(outputs, info, options);
  state.finish();
  outputs.screen->finish(state);
  if (outputs.file) outputs.file->finish(state);
  if (outputs.inputs) outputs.inputs->finish(state);
  if (files.inputs) {
    if (const model::Status written = files.inputs->commit(); !written) return fail(written.error().text);
  }
  if (files.trace) {
    if (const model::Status written = files.trace->commit(); !written) return fail(written.error().text);
    std::cout << "\nThe trace is in " << harmless(files.trace->path())
              << (form == TraceForm::json ? "; open it in https://ui.perfetto.dev\n" : "\n");
    std::cout.flush();
  }
  if (const auto inputs = input_files(lesson); !given.inputs && !inputs.empty()) {
    std::cout << "\nNobody touched the board. To have something happen to it: "
              << harmless(input_options(inputs)) << '\n';
    std::cout.flush();
  }
  return verdict(lesson, state, ending);
}

}  // namespace

int run_command(const Words& words) {
  const model::Result<Arguments> arguments = Arguments::parse(words, {{"--headless", false},
                                                                      {"--for", true},
                                                                      {"--seed", true},
                                                                      {"--hog", true},
                                                                      {"--hang", true},
                                                                      {"--input", true},
                                                                      {"--record", true},
                                                                      {"--trace", true},
                                                                      {"--all", false},
                                                                      {"--why", false}});
  if (!arguments) return fail(arguments.error().text);
  if (arguments->words().empty()) return fail("say which lesson to run; `coroscope list` names them");
  if (arguments->words().size() > 1) return fail("one lesson at a time, not also " + arguments->words()[1]);

  model::TraceInfo info;
  info.board = board_name;
  info.run_for_ns = usual_run_ns;
  if (const std::string* const text = arguments->value("--for")) {
    const model::Result<std::uint64_t> duration = parse_duration(*text);
    if (!duration) return fail("--for: " + duration.error().text);
    info.run_for_ns = *duration;
  }
  if (const std::string* const text = arguments->value("--seed")) {
    const model::Result<std::uint64_t> seed = parse_number(*text);
    if (!seed) return fail("--seed: " + seed.error().text);
    info.seed = *seed;
  }
  LessonOptions given;
  for (const char* const limit : {"--hog", "--hang"}) {
    const std::string* const text = arguments->value(limit);
    if (text == nullptr) continue;
    const model::Result<std::uint64_t> duration = parse_duration(*text);
    if (!duration) return fail(std::string(limit) + ": " + duration.error().text);
    given.more.insert(given.more.end(), {std::string(limit) + "-ns", std::to_string(*duration)});
  }
  const model::Result<BuildPlan> plan = read_build_plan();
  if (!plan) return fail(plan.error().text);
  const model::Result<Lesson> lesson = find_lesson(arguments->words()[0], plan->lessons_dir);
  if (!lesson) return fail(lesson.error().text);
  info.lesson = lesson->name;
  std::error_code missing;
  if (const fs::path diagram = lesson->folder / "diagram.json"; fs::exists(diagram, missing))
    given.more.insert(given.more.end(), {"--diagram", shown_path(diagram)});
  if (const std::string* const path = arguments->value("--input")) {
    const model::Result<std::string> file = input_file(*path, *lesson);
    if (!file) return fail("--input: " + file.error().text);
    given.more.insert(given.more.end(), {"--input", *file});
    given.inputs = true;
  }

  catch_interrupts();
  TraceForm form = TraceForm::text;
  Files files;
  if (const std::string* const path = arguments->value("--trace")) {
    const model::Result<TraceForm> named = trace_form_of(*path);
    if (!named) return fail("--trace: " + named.error().text);
    form = *named;
    model::Result<OutputFile> created = OutputFile::create(*path);
    if (!created) return fail("--trace: " + created.error().text);
    files.trace.emplace(std::move(*created));
  }
  if (const std::string* const path = arguments->value("--record")) {
    model::Result<OutputFile> created = OutputFile::create(*path);
    if (!created) return fail("--record: " + created.error().text);
    files.inputs.emplace(std::move(*created));
  }

  const std::variant<BuiltLesson, BuildFailure> build =
      build_lesson(*lesson, shown_path(lesson->source), *plan);
  if (interrupted()) return interrupted_status;
  if (const auto* const failure = std::get_if<BuildFailure>(&build)) {
    print_compiler_output(failure->compiler_output);
    return fail(failure->text);
  }
  const BuiltLesson& built = *std::get_if<BuiltLesson>(&build);
  print_compiler_output(built.compiler_output);
  add_sources(info, *lesson);
  given.profile = plan->source_dir / "boards" / board_name / "profile";
  return run_built(*lesson, built.program, info, given,
                   {arguments->has("--all"), arguments->has("--why"), false}, form, files);
}

}  // namespace cli
