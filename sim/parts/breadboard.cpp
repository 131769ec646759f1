#include "parts/breadboard.hpp"

#include <algorithm>
#include <cctype>

namespace sim {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Terminal* Breadboard::find_leg(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const std::string_view row = name.substr(0, dot);
  const std::string_view hole = name.substr(dot + 1);
  const bool rail = row == "tp" || row == "tn" || row == "bp" || row == "bn";
  if (rail) {
    if (!is_number(hole)) return nullptr;
  } else {
    const char half = row.empty() ? '\0' : row.back();
    const std::string_view letters = half == 't' ? "abcde" : half == 'b' ? "fghij" : "";
    if (!is_number(row.substr(0, row.size() - 1)) || hole.size() != 1 ||
        letters.find(hole[0]) == std::string_view::npos)
      return nullptr;
  }
  return &rows_.try_emplace(std::string(row)).first->second;
}

}  // namespace sim
