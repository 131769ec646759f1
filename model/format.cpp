#include "model/format.hpp"

#include <cstdio>

namespace model {
namespace {

// number / divisor with up to three decimals.
std::string decimal(std::uint64_t number, std::uint64_t divisor) {
  const std::uint64_t step = divisor / 1000;
  std::uint64_t thousandths = step == 0 ? number * 1000 / divisor : (number + step / 2) / step;
  std::string text = std::to_string(thousandths / 1000);
  thousandths %= 1000;
  if (thousandths == 0) return text;
  char digits[8];
  std::snprintf(digits, sizeof digits, ".%03u", static_cast<unsigned>(thousandths));
  text += digits;
  while (text.back() == '0') text.pop_back();
  return text;
}

}  // namespace

std::string time_text(std::uint64_t time_ns) {
  const std::uint64_t time_us = time_ns / 1000 + (time_ns % 1000 >= 500 ? 1 : 0);
  char decimals[16];
  std::snprintf(decimals, sizeof decimals, ".%03u ms", static_cast<unsigned>(time_us % 1000));
  return std::to_string(time_us / 1000) + decimals;
}

std::string duration_text(std::uint64_t duration_ns) {
  if (duration_ns == 0) return "0 µs";
  if (duration_ns < 999'500) return decimal(duration_ns, 1000) + " µs";
  if (duration_ns < 999'999'500) return decimal(duration_ns, 1'000'000) + " ms";
  return decimal(duration_ns, 1'000'000'000) + " s";
}

std::string energy_text(double mj) {
  char text[40];
  if (mj <= 0) return "0 mJ";
  if (mj < 0.9995) {
    std::snprintf(text, sizeof text, "%.*f µJ", mj < 0.009995 ? 2 : mj < 0.09995 ? 1 : 0, mj * 1000);
  } else if (mj < 999.5) {
    std::snprintf(text, sizeof text, "%.*f mJ", mj < 9.995 ? 2 : mj < 99.95 ? 1 : 0, mj);
  } else {
    std::snprintf(text, sizeof text, "%.*f J", mj < 9'995 ? 2 : mj < 99'950 ? 1 : 0, mj / 1000);
  }
  return text;
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string count_text(std::uint64_t count, const char* singular, const char* plural) {
  return count_text(count) + ' ' + (count == 1 ? singular : plural);
}

}  // namespace model
