// Where a lesson's process begins. The lesson has an ordinary main(), the same on every board; it is linked
// with -Wl,--wrap=main, so that the C library calls __wrap_main() here and __real_main() is the lesson's.
#include <cxxabi.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <typeinfo>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "mcu/signals.hpp"
#include "mcu/standard_output.hpp"

// NOLINTBEGIN(readability-identifier-naming): the linker's names
extern "C" int __real_main(int argc, char** argv);
extern "C" int __wrap_main(int argc, char** argv);
// NOLINTEND(readability-identifier-naming)

namespace {

[[noreturn]] void usage(const char* wrong) {
  std::fprintf(
      stderr, "coroscope lesson: cannot understand %s\nusage: [--run-for-ns N] [--seed N] [--records-fd N]\n",
      wrong);
  std::exit(2);
}

sim::Settings settings_from(int argc, char** argv) {
  sim::Settings settings;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) usage(argv[i]);
    char* end = nullptr;
    const unsigned long long number = std::strtoull(argv[i + 1], &end, 10);
    if (*end != '\0' || end == argv[i + 1]) usage(argv[i + 1]);
    if (std::strcmp(argv[i], "--run-for-ns") == 0) {
      settings.run_for_ns = number;
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      settings.seed = number;
    } else if (std::strcmp(argv[i], "--records-fd") == 0) {
      settings.records_fd = static_cast<int>(number);
    } else {
      usage(argv[i]);
    }
  }
  return settings;
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

int __wrap_main(int argc, char** argv) {
  sim::board.start(settings_from(argc, argv));
  sim::send_standard_output_to_console();
#if defined(__GLIBC__)
  on_exit([](int status, void*) { sim::board.stop(trace::Stop::exited, status); }, nullptr);
#endif
  sim::watch_for_crashes_and_hangs();
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
}
