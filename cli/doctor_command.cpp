#include <unistd.h>

#include <array>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/lesson_build.hpp"
#include "cli/process.hpp"
#include "cli/screen.hpp"

namespace cli {
namespace {

// A package that something of Coroscope needs.
struct Package {
  std::string for_what;  // "run", "test", "bench"
  bool there = false;
  std::string name;      // as Debian and Ubuntu name it
  std::string evidence;  // the command, or file, that it brings; may be empty
  std::string purpose;
  std::string without;  // what is left out without it; empty: it must be there
};

// From the script that installs them, which has the one list and knows how to look.
model::Result<std::vector<Package>> packages_of(const std::filesystem::path& launcher) {
  const model::Result<Finished> finished = run_program({launcher.string(), "--packages"});
  const std::string cannot = "cannot ask " + launcher.string() + " which packages are needed";
  if (!finished) return model::Error{cannot + ": " + finished.error().text};
  std::vector<Package> packages;
  std::istringstream lines(finished->output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Package package;
    std::string state;
    std::getline(fields, package.for_what, '|');
    std::getline(fields, state, '|');
    std::getline(fields, package.name, '|');
    std::getline(fields, package.evidence, '|');
    std::getline(fields, package.purpose, '|');
    std::getline(fields, package.without);
    if (state != "there" && state != "missing") return model::Error{cannot};
    package.there = state == "there";
    packages.push_back(package);
  }
  if (finished->ending.by_signal || finished->ending.number != 0 || packages.empty())
    return model::Error{cannot};
  return packages;
}

// The first line a program says about its version; empty if it cannot be started.
std::string version_of(const std::string& program) {
  const model::Result<Finished> finished = run_program({program, "--version"});
  if (!finished || finished->ending.by_signal || finished->ending.number != 0) return {};
  std::string line = finished->output.substr(0, finished->output.find('\n'));
  if (line == "ShellCheck - shell script analysis tool") line = "ShellCheck";
  return line.empty() ? "there" : line;
}

void report(const Screen& screen, bool good, bool needed, const std::string& name, const std::string& text) {
  constexpr std::size_t mark_width = 7;
  constexpr std::size_t name_width = 30;
  constexpr std::size_t used = mark_width + name_width + 6;
  const std::string mark = good ? "ok" : needed ? "MISSING" : "missing";
  print_row(std::cout, screen,
            {{"", 0},
             {mark, mark_width, false,
              good     ? Style::plain
              : needed ? Style::warning
                       : Style::dim},
             {name, name_width},
             {text, screen.width > used + 16 ? screen.width - used : 16}});
}

// What a lesson needs to be built and run; false if something is missing.
bool report_lessons(const Screen& screen, const BuildPlan& plan) {
  const std::string compiler = version_of(plan.compiler);
  report(screen, !compiler.empty(), true, "C++ compiler",
         compiler.empty() ? plan.compiler + " compiled Coroscope and is gone; lessons need it" : compiler);
  bool good = !compiler.empty();
  std::error_code error;
  for (const std::string& library : plan.libraries) {
    if (!library.starts_with("/") || std::filesystem::exists(library, error)) continue;
    report(screen, false, true, "library", library + " is gone; build Coroscope again");
    good = false;
  }
  const model::Result<std::filesystem::path> cache = cache_folder(plan);
  report(screen, cache.ok(), true, "built lessons",
         cache ? "are kept in " + cache->string() : cache.error().text);
  return good && cache.ok();
}

void report_package(const Screen& screen, const Package& package) {
  const bool is_command = !package.evidence.empty() && package.evidence[0] != '/';
  std::string text = package.there && is_command ? version_of(package.evidence) : std::string();
  if (text.empty()) text = package.purpose;
  if (!package.there) {
    text += package.without.empty()
                ? std::string("; ") +
                      (package.for_what == "run" ? std::string() : "./coroscope " + package.for_what + ' ') +
                      "needs it"
                : "; without it, skipped: " + package.without;
  }
  report(screen, package.there, package.without.empty(), package.name, text);
}

}  // namespace

int doctor_command(const Words& words) {
  const model::Result<Arguments> arguments = Arguments::parse(words, {});
  if (!arguments) return fail(arguments.error().text);
  if (!arguments->words().empty()) return fail("doctor takes no " + arguments->words()[0]);
  const model::Result<BuildPlan> plan = read_build_plan();
  if (!plan) return fail(plan.error().text);
  const model::Result<std::vector<Package>> packages = packages_of(plan->source_dir / "coroscope");
  if (!packages) return fail(packages.error().text);

  const Screen screen = screen_of(STDOUT_FILENO);
  std::cout << styled(screen, Style::bold, "Lessons") << '\n';
  bool good = report_lessons(screen, *plan);
  struct Set {
    const char* name;
    const char* title;
  };
  constexpr std::array<Set, 3> sets{{{"run", "To build Coroscope"},
                                     {"test", "Also for ./coroscope test"},
                                     {"bench", "Also for ./coroscope bench"}}};
  std::string missing;
  for (const Set& set : sets) {
    std::cout << '\n' << styled(screen, Style::bold, set.title) << '\n';
    for (const Package& package : *packages) {
      if (package.for_what != set.name) continue;
      report_package(screen, package);
      if (package.there) continue;
      missing += ' ' + package.name;
      good = good && package.for_what != "run";
    }
  }
  if (missing.empty()) {
    std::cout << (good ? "\nNothing is missing.\n" : "\nNo package is missing.\n");
  } else {
    std::cout << "\nTo install what is missing, on Debian and Ubuntu:\n  sudo apt-get install" << missing
              << '\n';
  }
  return good ? 0 : 2;
}

}  // namespace cli
