// How times and counts are written for people to read, everywhere alike.
#pragma once

#include <cstdint>
#include <string>

namespace model {

// A moment: "12.004 ms". Always in milliseconds, so that two of them compare at a glance.
std::string time_text(std::uint64_t time_ns);

// A duration in the unit that suits it, three decimals at most and no idle zeros: "3 µs", "20.5 ms", "1.5 s".
std::string duration_text(std::uint64_t duration_ns);

// An energy given in mJ, in the unit that suits it, with three digits that count: "0.52 µJ", "1.25 mJ", "3.4
// J".
std::string energy_text(double mj);

// "1,234".
std::string count_text(std::uint64_t count);

// "2 tasks", "1 task".
std::string count_text(std::uint64_t count, const char* singular, const char* plural);

}  // namespace model
