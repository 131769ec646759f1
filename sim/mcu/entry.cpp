// Where a lesson's process begins, before any constructor of the lesson. The lesson has an ordinary main(),
// the same on every board; it is linked with -Wl,--wrap=main, so that the C library calls __wrap_main() here
// and __real_main() is the lesson's.
#include <cxxabi.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <typeinfo>
#include <variant>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "mcu/line_cost.hpp"
#include "mcu/signals.hpp"
#include "mcu/standard_output.hpp"

// NOLINTBEGIN(readability-identifier-naming): the linker's names
extern "C" int __real_main(int argc, char** argv);
extern "C" int __wrap_main(int argc, char** argv);
// NOLINTEND(readability-identifier-naming)

namespace {

[[noreturn]] void usage(const char* wrong) {
  std::fprintf(stderr,
               "coroscope lesson: cannot understand %s\n"
               "usage: --profile FILE [--diagram FILE] [--input FILE] [--run-for-ns N] [--hog-ns N] "
               "[--hang-ns N] [--seed N] [--records-fd N]\n",
               wrong);
  std::exit(2);
}

// One of the board's files is wrong: said in a sentence, and no trace is begun. coroscope, which started this
// program, knows by the status that nothing is left to say.
constexpr int refused = 3;

[[noreturn]] void refuse(const char* path, const sim::FileError& error) {
  const std::string line = error.line > 0 ? std::to_string(error.line) + ":" : "";
  std::fprintf(stderr, "coroscope: %s:%s %s\n", path, line.c_str(), error.text.c_str());
  ::_exit(refused);
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) refuse(path, {0, std::strerror(errno)});
  return text;
}

sim::Profile profile_from(const char* path) {
  std::variant<sim::Profile, sim::FileError> profile = sim::parse_profile(read_file(path));
  if (const auto* const error = std::get_if<sim::FileError>(&profile)) refuse(path, *error);
  return std::get<sim::Profile>(profile);
}

struct Given {
  sim::Settings settings;
  const char* diagram = nullptr;
  const char* inputs = nullptr;
};

Given given_by(int argc, char** argv) {
  Given given;
  sim::Settings& settings = given.settings;
  bool has_profile = false;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) usage(argv[i]);
    if (std::strcmp(argv[i], "--profile") == 0) {
      settings.profile = profile_from(argv[i + 1]);
      has_profile = true;
      continue;
    }
    if (std::strcmp(argv[i], "--diagram") == 0) {
      given.diagram = argv[i + 1];
      continue;
    }
    if (std::strcmp(argv[i], "--input") == 0) {
      given.inputs = argv[i + 1];
      continue;
    }
    char* end = nullptr;
    const unsigned long long number = std::strtoull(argv[i + 1], &end, 10);
    if (*end != '\0' || end == argv[i + 1]) usage(argv[i + 1]);
    if (std::strcmp(argv[i], "--run-for-ns") == 0) {
      settings.limits.run_ns = number;
    } else if (std::strcmp(argv[i], "--hog-ns") == 0) {
      settings.limits.hog_ns = number;
    } else if (std::strcmp(argv[i], "--hang-ns") == 0) {
      settings.limits.hang_ns = number;
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      settings.seed = number;
    } else if (std::strcmp(argv[i], "--records-fd") == 0) {
      settings.records_fd = static_cast<int>(number);
    } else {
      usage(argv[i]);
    }
  }
  if (!has_profile) usage("a board without --profile");
  return given;
}

// "asyncio::ValueError: Pin: there is no such pin …" of the exception being handled.
std::string describe_exception() {
  std::string text = "an exception";
  if (const std::type_info* const type = abi::__cxa_current_exception_type(); type != nullptr) {
    int status = 0;
    char* const name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    if (name != nullptr) text = name;
    std::free(name);
  }
  try {
    throw;
  } catch (const std::exception& error) {
    return text + ": " + error.what();
  } catch (...) {
    return text;
  }
}

}  // namespace

namespace {

// The C library gives constructors what it gives main(). The firmware's own may use the board, print and
// crash.
[[gnu::constructor(101)]] void power_on(int argc, char** argv, char**) {
  const Given given = given_by(argc, argv);
  sim::board.start(given.settings);
  if (given.diagram != nullptr) {
    if (const auto error = sim::board.read_diagram(read_file(given.diagram))) refuse(given.diagram, *error);
  }
  if (given.inputs != nullptr) {
    if (const auto error = sim::board.read_inputs(read_file(given.inputs))) refuse(given.inputs, *error);
  }
  sim::line_cost.start(reinterpret_cast<const void*>(&__real_main), sim::board.profile().line_ns);
  sim::send_standard_output_to_console();
  sim::watch_for_crashes_and_hangs();
  sim::board.boot();
}

}  // namespace

int __wrap_main(int, char**) {
#if defined(__GLIBC__)
  on_exit([](int status, void*) { sim::board.stop(trace::Stop::exited, status); }, nullptr);
#endif
  sim::board.cpu().run([] {
    int status = 0;
    try {
      // A board has no command line.
      char name[] = "firmware";
      char* arguments[] = {name, nullptr};
      status = __real_main(1, arguments);
    } catch (...) {
      sim::board.stop(trace::Stop::exception, 0, describe_exception().c_str());
    }
    sim::board.stop(trace::Stop::returned, status);
  });
}
