// --input and --record, and what a diagram or an input file that is wrong leads to.
#include <cstdio>
#include <sstream>

#include "program.hpp"

namespace {

namespace fs = std::filesystem;

class InputFile : public program::Test {};

TEST_F(InputFile, TheBmp280LessonPrintsTheScriptedTemperatures) {
  const program::Output output =
      coroscope("run 07-bmp280 --headless --for 10s --input warm.json --trace bmp.vcd");
  EXPECT_EQ(output.status, 0) << output.err;
  std::istringstream lines(output.out);
  int readings = 0;
  for (std::string line; std::getline(lines, line);) {
    double ms = 0;
    double temperature = 0;
    double pressure = 0;
    const std::size_t bar = line.find("│ ");
    if (bar == std::string::npos ||
        std::sscanf(line.c_str() + bar + 4, "%lf °C %lf hPa", &temperature, &pressure) != 2)
      continue;
    // A line without a time was printed in the decision above; the readings come 1.016 s after each other.
    ms = 21 + 1016.0 * readings;
    const double s = ms / 1000;
    EXPECT_NEAR(temperature, s < 2 ? 20 : s > 8 ? 32 : 20 + 2 * (s - 2), 0.05) << line;
    EXPECT_NEAR(pressure, 1013.25 - s, 0.2) << line;
    ++readings;
  }
  EXPECT_EQ(readings, 10);
  EXPECT_GT(fs::file_size(folder_ / "bmp.vcd"), 1000U);
}

TEST_F(InputFile, WhatWasRecordedGivesTheSameTraceAgain) {
  for (const char* const run :
       {"05-button --for 4s --seed 3 --input presses.json", "07-bmp280 --for 8s --input unplugged.json"}) {
    const std::string words(run);
    const std::string lesson = words.substr(0, words.find(" --input"));
    ASSERT_EQ(coroscope("run " + words + " --record again.json --trace a.cstrace").status, 0) << run;
    ASSERT_EQ(
        coroscope("run " + lesson + " --input ./again.json --record third.json --trace b.cstrace").status, 0);
    EXPECT_GT(program::read(folder_ / "a.cstrace").size(), 1000U);
    EXPECT_TRUE(program::read(folder_ / "a.cstrace") == program::read(folder_ / "b.cstrace")) << run;
    EXPECT_EQ(program::read(folder_ / "again.json"), program::read(folder_ / "third.json"));
  }
}

TEST_F(InputFile, WhatWasRecordedThroughAResetGivesTheSameTrace) {
  fs::create_directory(folder_ / "own");
  program::write(folder_ / "own" / "main.cpp",
                 "#include \"machine.hpp\"\n#include \"time.hpp\"\n"
                 "int main() {\n"
                 "  machine::Pin button(14, machine::Pin::IN, machine::Pin::PULL_UP);\n"
                 "  time::sleep_ms(100);\n"
                 "  if (machine::reset_cause() == machine::PWRON_RESET) machine::reset();\n"
                 "  time::sleep_ms(100);\n"
                 "}\n");
  program::write(folder_ / "own" / "diagram.json",
                 R"({"parts": [{"type": "wokwi-pi-pico", "id": "pico"},
                               {"type": "wokwi-pushbutton", "id": "btn1"}],
                     "connections": [["btn1:1.l", "pico:GP14", "", []], ["btn1:2.l", "pico:GND.1", "", []]]})");
  // The board boots for 5 ms.
  program::write(folder_ / "own" / "presses.json",
                 R"([{"at": "50ms", "press": "btn1"}, {"at": "101ms", "release": "btn1"},
                     {"at": "102ms", "press": "btn1", "for": "50ms"}])");
  ASSERT_EQ(coroscope("run own --input presses.json --record again.json --trace a.cstrace").status, 0);
  ASSERT_EQ(coroscope("run own --input ./again.json --trace b.cstrace").status, 0);
  EXPECT_EQ(program::read(folder_ / "again.json"),
            "[\n{\"at\":\"50ms\",\"press\":\"btn1\"},\n{\"at\":\"101ms\",\"release\":\"btn1\"},\n"
            "{\"at\":\"102ms\",\"press\":\"btn1\",\"for\":\"50ms\"}\n]\n");
  EXPECT_TRUE(program::read(folder_ / "a.cstrace") == program::read(folder_ / "b.cstrace"));
}

TEST_F(InputFile, IsLookedForHereAndInTheLesson) {
  program::write(folder_ / "warm.json", "[]");
  const program::Output here = coroscope("run 07-bmp280 --for 9s --input warm.json");
  EXPECT_EQ(here.out.find("32.00 °C"), std::string::npos) << here.out;
  const program::Output nowhere = coroscope("run 07-bmp280 --input cold.json");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_EQ(nowhere.err.find("coroscope: --input: there is no file cold.json, neither here nor in "), 0U)
      << nowhere.err;
  EXPECT_TRUE(nowhere.err.ends_with("; there is --input unplugged.json or --input warm.json\n"))
      << nowhere.err;
}

TEST_F(InputFile, ThatLiesBesideALessonIsNamedWhenNoneWasGiven) {
  const std::string hint =
      "\nNobody touched the board. To have something happen to it: --input presses.json\n";
  EXPECT_TRUE(coroscope("run 05-button --for 100ms").out.ends_with(hint));
  EXPECT_EQ(coroscope("run 05-button --for 100ms --input presses.json").out.find(hint), std::string::npos);
  // diagram.json is none.
  EXPECT_EQ(coroscope("run 06-uart --for 100ms").out.find("--input"), std::string::npos);
}

// Its table and its example, with the parts they speak of.
TEST_F(InputFile, WhatItsPageShowsIsUnderstood) {
  const std::string page = program::read(fs::path(COROSCOPE_SOURCE_DIR) / "docs/inputs.md");
  std::string inputs;
  int count = 0;
  for (std::size_t at = page.find("{\"at\""); at != std::string::npos; at = page.find("{\"at\"", at + 1)) {
    inputs += (count == 0 ? "[" : ",\n") + page.substr(at, page.find('}', at) + 1 - at);
    ++count;
  }
  EXPECT_GE(count, 17);
  fs::create_directory(folder_ / "own");
  program::write(folder_ / "own" / "inputs.json", inputs + "]");
  program::write(folder_ / "own" / "main.cpp", "int main() {}\n");
  program::write(folder_ / "own" / "diagram.json", R"({"parts": [
    {"type": "wokwi-pi-pico", "id": "pico"}, {"type": "wokwi-pushbutton", "id": "btn1"},
    {"type": "coroscope-bmp280", "id": "bmp1"}, {"type": "wokwi-ir-remote", "id": "remote1"}
  ], "connections": [["pico:GP1", "$serialMonitor:TX"]]})");
  const program::Output output = coroscope("run own --input inputs.json");
  EXPECT_EQ(output.status, 0) << output.err;
}

TEST_F(InputFile, AMistakeIsOneLineWithItsPlace) {
  program::write(folder_ / "wrong.json", "[\n  {\"at\": \"1s\", \"press\": \"btn2\"}\n]\n");
  const program::Output output = coroscope("run 05-button --input wrong.json --trace t.json --record r.json");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "coroscope: wrong.json:2: there is no part \"btn2\" in diagram.json; did you mean btn1?\n");
  EXPECT_EQ(files(), std::vector<std::string>{"wrong.json"});
}

TEST_F(InputFile, AMistakeInTheDiagramIsOneLineWithItsPlace) {
  fs::create_directory(folder_ / "own");
  program::write(folder_ / "own" / "main.cpp", "int main() {}\n");
  program::write(folder_ / "own" / "diagram.json",
                 "{\"parts\": [\n{\"type\": \"wokwi-pi-pico\", \"id\": \"pico\"},\n"
                 "{\"type\": \"wokwi-let\", \"id\": \"led1\"}]}\n");
  const program::Output output = coroscope("run own");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(
      output.err,
      "coroscope: own/diagram.json:3: there is no part of the type \"wokwi-let\"; did you mean wokwi-led?\n");
}

}  // namespace
