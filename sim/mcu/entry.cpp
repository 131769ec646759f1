// Where a lesson's process begins. The lesson has an ordinary main(), the same on every board; it is linked
// with -Wl,--wrap=main, so that the C library calls __wrap_main() here and __real_main() is the lesson's.
#include <cxxabi.h>
#include <unistd.h>

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
extern "C" int __real_main();
extern "C" int __wrap_main(int argc, char** argv) {
  sim::board.start(settings_from(argc, argv));
  sim::line_cost.start(reinterpret_cast<const void*>(&__real_main), sim::board.profile().line_ns);
  sim::send_standard_output_to_console();
#if defined(__GLIBC__)
  on_exit([](int status, void*) { sim::board.stop(trace::Stop::exited, status); }, nullptr);
#endif
  sim::watch_for_crashes_and_hangs();
  sim::board.cpu().run([] {
    int status = 0;
    try {
      status = __real_main();
    } catch (...) {
      sim::board.stop(trace::Stop::exception, 0, describe_exception().c_str());
    }
    sim::board.stop(trace::Stop::returned, status);
  });
}
