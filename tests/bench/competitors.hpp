// Who is measured, and the one table of what each of them performs. To compete, define these functions and
// enter them in competitors.cpp. Each sets up, calls meter.begin(), performs `operations` operations, calls
// meter.end() and clears up, so that it can be called again; operations.hpp says what an operation is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meter.hpp"
#include "operations.hpp"

namespace bare {
void yield(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void ping_pong(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void lock_handoff(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void spawn(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake_wheel256x4(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake_heap4(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake_std_heap(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake_pairing_heap(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
}  // namespace bare

namespace asio_reference {
void yield(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void ping_pong(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void lock_handoff(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void spawn(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
}  // namespace asio_reference

namespace coroscope_under_test {
void yield(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void ping_pong(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void lock_handoff(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void spawn(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
void wake(bench::Meter& meter, std::size_t tasks, std::uint64_t operations);
}  // namespace coroscope_under_test

namespace bench {

struct Competitor {
  std::string_view name;
  Operation operation;
  void (*perform)(Meter& meter, std::size_t tasks, std::uint64_t operations);
};

// Which of them are in this executable is decided when it is built (CMakeLists.txt).
const std::vector<Competitor>& competitors();

// A row and a competitor in it: "yield/10/bare".
inline std::string name(const Row& row, const Competitor& competitor) {
  return name(row) + "/" + std::string(competitor.name);
}

}  // namespace bench
