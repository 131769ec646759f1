// What was done to a board from outside, kept as an input file.
#include "cli/input_record.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "model/trace_script.hpp"

namespace {

using trace_script::Script;

std::string recorded(const Script& script) {
  std::ostringstream out;
  cli::InputRecord record(out);
  model::State state;
  for (const trace::Record& applied : script.records()) {
    state.apply(applied);
    record.write(state.record(), state);
  }
  state.finish();
  record.finish(state);
  return out.str();
}

TEST(InputRecord, AnObjectALineWithItsTimeFirst) {
  Script s;
  s.at(2'000'000).input(R"({"press":"btn1","for":"80ms"})");
  s.at(5'250'000).input(R"({"set":"bmp1.temperature","to":31.5})").console("not an input\n").part("led1: on");
  s.at_ns(9'000'000'001).input(R"({"send":"AT\r\n","to":"uart0"})");
  EXPECT_EQ(recorded(s),
            "[\n"
            "{\"at\":\"2s\",\"press\":\"btn1\",\"for\":\"80ms\"},\n"
            "{\"at\":\"5250ms\",\"set\":\"bmp1.temperature\",\"to\":31.5},\n"
            "{\"at\":\"9000000001ns\",\"send\":\"AT\\r\\n\",\"to\":\"uart0\"}\n"
            "]\n");
  EXPECT_EQ(nlohmann::json::parse(recorded(s)).size(), 3U);
}

TEST(InputRecord, NothingDoneIsAnEmptyArray) { EXPECT_EQ(recorded(Script()), "[]\n"); }

TEST(InputRecord, TheTimeIsTheTraces) {
  Script s;
  s.at(1'500).input(R"({"at":"7s","press":"btn1"})");
  EXPECT_EQ(recorded(s), "[\n{\"at\":\"1500us\",\"press\":\"btn1\"}\n]\n");
}

TEST(InputRecord, WhatIsNoObjectIsLeftOut) {
  Script s;
  s.at(1'000).input("press btn1").input("[1, 2]").input(R"({"press":"btn2"})");
  EXPECT_EQ(recorded(s), "[\n{\"at\":\"1ms\",\"press\":\"btn2\"}\n]\n");
}

TEST(InputRecord, TimesAreShortAndExact) {
  EXPECT_EQ(cli::exact_time_text(0), "0s");
  EXPECT_EQ(cli::exact_time_text(2'000'000'000), "2s");
  EXPECT_EQ(cli::exact_time_text(2'500'000'000), "2500ms");
  EXPECT_EQ(cli::exact_time_text(2'000'001'000), "2000001us");
  EXPECT_EQ(cli::exact_time_text(2'000'001), "2000001ns");
}

}  // namespace
