// The board's profile: what is in it, and what is said of a wrong one.
#include "mcu/profile.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace {

std::string pico_text() {
  std::ifstream file(COROSCOPE_SOURCE_DIR "/boards/pico/profile", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string error_of(const std::string& text) {
  const auto result = sim::parse_profile(text);
  const auto* const error = std::get_if<sim::FileError>(&result);
  return error == nullptr ? "" : std::to_string(error->line) + ": " + error->text;
}

std::string with_line(const std::string& line) { return line + "\n" + pico_text(); }

TEST(Profile, CyclesBecomeNanoseconds) {
  const auto result = sim::parse_profile(pico_text());
  const auto* const pico = std::get_if<sim::Profile>(&result);
  ASSERT_NE(pico, nullptr);
  EXPECT_STREQ(pico->name, "pico");
  EXPECT_EQ(pico->pins, 30U);
  EXPECT_EQ(pico->uart_fifo, 32U);
  EXPECT_EQ(pico->task_switch_ns, 2000U);
  EXPECT_EQ(pico->pin_access_ns, 96U);
  EXPECT_EQ(pico->lightsleep_ua, 1300U);
  EXPECT_EQ(pico->adc_read_ns, 2000U);
  EXPECT_LT(pico->base_ua, pico->idle_ua);
}

TEST(Profile, MistakesAreNamedWithTheirLine) {
  EXPECT_TRUE(error_of(with_line("linee 10 cycles"))
                  .starts_with("1: \"linee\" is not known; the names are name, pins"));
  const std::string wants = "line takes a number from 1 to 1000000 and its unit, cycles: line 10 cycles";
  EXPECT_EQ(error_of(with_line("line ten cycles")), "1: " + wants);
  EXPECT_EQ(error_of(with_line("line 10")), "1: " + wants);
  EXPECT_EQ(error_of(with_line("line 10 ns")), "1: " + wants);
  EXPECT_EQ(error_of(with_line("line 0 cycles")), "1: " + wants);
  EXPECT_EQ(error_of(with_line("line 1e9 cycles")), "1: " + wants);
  EXPECT_EQ(error_of(with_line("line nan cycles")), "1: " + wants);
  EXPECT_TRUE(error_of(pico_text() + "\nline 10 cycles\n").ends_with(": line is given twice"));
  EXPECT_EQ(error_of(""), "0: the board's name is missing: name pico");
  EXPECT_EQ(error_of("name pico\n"), "0: pins is missing: it is a number of pins");
}

}  // namespace
