// Durations as a user writes them: a number and its unit, without a space: "5s", "500ms", "1.5s", "2m".
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace text {

// In nanoseconds, at most a hundred years; nothing if that is no duration.
inline std::optional<std::uint64_t> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double ns;
  };
  constexpr std::array<Unit, 8> units{{{"ns", 1},
                                       {"us", 1e3},
                                       {"µs", 1e3},
                                       {"ms", 1e6},
                                       {"s", 1e9},
                                       {"m", 60e9},
                                       {"min", 60e9},
                                       {"h", 3600e9}}};
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  const auto* const known =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == unit; });
  if (known == units.end() || number * known->ns > 100 * 365.25 * 24 * 3600e9) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(number * known->ns));
}

}  // namespace text
