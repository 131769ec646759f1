#include <unistd.h>

#include <array>
#include <filesystem>
#include <iostream>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/lesson_build.hpp"
#include "cli/process.hpp"
#include "cli/screen.hpp"

namespace cli {
namespace {

struct Tool {
  const char* name;
  const char* package;  // as Debian and Ubuntu name it
  const char* purpose;
  bool needed;
};
constexpr std::array<Tool, 9> tools{{
    {"cmake", "cmake", "prepares the build of Coroscope", true},
    {"ninja", "ninja-build", "runs the build", true},
    {"mold", "mold", "links lessons faster", false},
    {"clang++-16", "clang-16", "second compiler, for the tests", false},
    {"clang-format-16", "clang-format-16", "lays out the sources, for the tests", false},
    {"clang-tidy-16", "clang-tidy-16", "looks for mistakes, for the tests", false},
    {"shellcheck", "shellcheck", "checks the shell scripts, for the tests", false},
    {"arm-none-eabi-g++", "gcc-arm-none-eabi", "compiles for microcontrollers, for the tests", false},
    {"valgrind", "valgrind", "counts instructions, for the benchmarks", false},
}};

// The first line a program says about its version; empty if it cannot be started.
std::string version_of(const std::string& program) {
  const model::Result<Finished> finished = run_program({program, "--version"});
  if (!finished || finished->ending.by_signal || finished->ending.number != 0) return {};
  std::string line = finished->output.substr(0, finished->output.find('\n'));
  if (line == "ShellCheck - shell script analysis tool") line = "ShellCheck";
  return line.empty() ? "there" : line;
}

void report(const Screen& screen, bool good, bool needed, const std::string& name, const std::string& text) {
  const std::string mark = good ? "ok" : needed ? "MISSING" : "missing";
  print_row(std::cout, screen,
            {{"", 0},
             {mark, 7, false,
              good     ? Style::plain
              : needed ? Style::warning
                       : Style::dim},
             {name, 18},
             {text, screen.width > 60 ? screen.width - 33 : 40}});
}

}  // namespace

int doctor_command(const Words& words) {
  const model::Result<Arguments> arguments = Arguments::parse(words, {});
  if (!arguments) return fail(arguments.error().text);
  const Screen screen = screen_of(STDOUT_FILENO);
  bool good = true;
  std::string packages;

  const model::Result<BuildPlan> plan = read_build_plan();
  if (!plan) return fail(plan.error().text);
  const std::string compiler = version_of(plan->compiler);
  report(screen, !compiler.empty(), true, "C++ compiler",
         compiler.empty() ? plan->compiler + " compiled Coroscope and is gone; lessons need it" : compiler);
  if (compiler.empty()) {
    good = false;
    packages += " g++";
  }
  std::error_code error;
  for (const std::string& library : plan->libraries) {
    if (!library.starts_with("/") || std::filesystem::exists(library, error)) continue;
    report(screen, false, true, "library", library + " is gone; build Coroscope again");
    good = false;
  }
  const model::Result<std::filesystem::path> cache = cache_folder(*plan);
  report(screen, cache.ok(), true, "built lessons",
         cache ? "are kept in " + cache->string() : cache.error().text);
  good = good && cache.ok();
  for (const Tool& tool : tools) {
    const std::string version = version_of(tool.name);
    report(screen, !version.empty(), tool.needed, tool.name, version.empty() ? tool.purpose : version);
    if (!version.empty()) continue;
    packages += std::string(" ") + tool.package;
    good = good && !tool.needed;
  }
  if (packages.empty()) {
    std::cout << "\nNothing is missing.\n";
  } else {
    std::cout << "\nTo install what is missing, on Debian and Ubuntu:\n  sudo apt-get install" << packages
              << '\n';
  }
  std::cout.flush();
  return good ? 0 : 2;
}

}  // namespace cli
