// What the virtual hardware writes into a trace, in words and in Chrome's JSON; and a board that is reset.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "bus_script.hpp"
#include "model/chrome_json.hpp"
#include "model/notice.hpp"
#include "trace_script.hpp"

namespace {

using trace_script::Kind;
using trace_script::Reason;
using trace_script::Script;

model::State state_after(const Script& script) {
  model::State state;
  for (const trace::Record& record : script.records()) state.apply(record);
  return state;
}

std::string notice_of(const Script& script) { return model::notice(state_after(script)).text; }

std::string notice_of(Kind kind, std::uint32_t object, std::uint8_t reason, std::uint16_t extra) {
  Script s;
  s.add(kind, 0, object, 0, reason, extra);
  return notice_of(s);
}

TEST(Notice, Hog) {
  Script s;
  s.create(1, "anna", 0, s.line(1)).begin(1);
  s.at(120'000).add(Kind::hog, 1, 120'000, s.line(31));
  EXPECT_EQ(notice_of(s), "anna hogs the CPU: it has run for 120 ms without giving way, main.cpp:31");
  EXPECT_EQ(model::notice(state_after(s)).task, 1U);
  EXPECT_TRUE(model::notice(state_after(s)).warning);
}

TEST(Notice, Conflict) {
  EXPECT_EQ(notice_of(Kind::conflict, 4, 0, 5), "GP4 and GP5 drive one net against each other");
  EXPECT_EQ(notice_of(Kind::conflict, 4, 0, 0xffff), "GP4 and a part drive one net against each other");
  EXPECT_EQ(notice_of(Kind::conflict, 0xffff, 0, 0xffff), "two parts drive one net against each other");
}

TEST(Notice, UartErrors) {
  EXPECT_EQ(notice_of(Kind::uart_error, 0, 0, 0x41),
            "uart0 overrun: its buffer was full, the byte 0x41 is lost");
  EXPECT_EQ(notice_of(Kind::uart_error, 1, 1, 0x41), "uart1 framing error: the byte 0x41 had no stop bit");
  EXPECT_EQ(notice_of(Kind::uart_error, 1, 2, 0x41),
            "uart1 parity error: the byte 0x41 had the wrong parity bit");
  EXPECT_EQ(notice_of(Kind::uart_error, 1, 99, 0), "uart1 error");
}

TEST(Notice, I2cErrors) {
  EXPECT_EQ(notice_of(Kind::i2c_error, 0, 0, 0x76), "i2c0: nobody acknowledges address 0x76");
  EXPECT_EQ(notice_of(Kind::i2c_error, 0, 1, 0x76), "i2c0: 0x76 did not acknowledge a byte");
  EXPECT_EQ(notice_of(Kind::i2c_error, 1, 2, 0x76), "i2c1 is stuck: SDA stays low");
  EXPECT_EQ(notice_of(Kind::i2c_error, 0, 3, 0x76), "i2c0: 0x76 held the clock low for too long");
  EXPECT_EQ(notice_of(Kind::i2c_error, 0, 99, 0), "i2c0 error");
}

TEST(Notice, Resets) {
  EXPECT_EQ(notice_of(Kind::reset, 0, 3, 0), "the watchdog resets the board: nobody fed it in time");
  EXPECT_EQ(notice_of(Kind::reset, 0, 5, 0), "the program resets the board");
  EXPECT_EQ(notice_of(Kind::reset, 0, 1, 0), "the board starts again");
}

TEST(Notice, WhatWasDoneFromOutside) {
  Script s;
  s.at(2'000'000).input(R"({"press":"btn1","for":"80ms"})");  // two pieces
  const model::Notice notice = model::notice(state_after(s));
  EXPECT_EQ(notice.text, "input: press btn1 for 80ms");
  EXPECT_EQ(notice.time_ns, 2'000'000'000U);
  EXPECT_FALSE(notice.warning);
  EXPECT_EQ(state_after(s).console(), nullptr);
}

TEST(Notice, NothingToSayOfTheRest) {
  for (const Kind kind : {Kind::pin, Kind::slice_begin, Kind::uart_tx, Kind::i2c_start, Kind::console}) {
    EXPECT_FALSE(model::notice([&] {
      Script s;
      s.add(kind, 0);
      return state_after(s);
    }()));
  }
}

TEST(Notice, AWatchdogResetNamesWhereTheProgramWas) {
  Script s;
  s.add(Kind::reset, 0, 0, s.line(14), 3);
  EXPECT_EQ(notice_of(s),
            "the watchdog resets the board: nobody fed it in time, the program was at main.cpp:14");
}

TEST(Notice, InputsAreSaidInWords) {
  EXPECT_EQ(model::input_text(R"({"press":"btn1","for":"80ms"})"), "press btn1 for 80ms");
  EXPECT_EQ(model::input_text(R"({"set":"bmp1.temperature","to":31.5})"), "set bmp1.temperature to 31.5");
  EXPECT_EQ(model::input_text(R"({"send":"AT\r\n","to":"uart0"})"), R"(send AT\r\n to uart0)");
  EXPECT_EQ(model::input_text("press btn1"), "press btn1");
}

TEST(Notice, Pulses) {
  const auto text = [](std::uint32_t hz, std::uint16_t high) {
    Script s;
    s.add(Kind::pwm, hz, 15, 0, 0, high);
    return model::pulses_text(s.records().back());
  };
  EXPECT_EQ(text(1000, 32768), "1 kHz, 50 %");
  EXPECT_EQ(text(440, 1000), "440 Hz, 1.5 %");
  EXPECT_EQ(text(50, 65535), "50 Hz, 100 %");
  EXPECT_EQ(text(0, 0), "end");
}

// --- What the board is like

TEST(State, KnowsWhatPartsShowWhichPinsHavePulsesAndWhatTheBoardDraws) {
  Script s;
  s.part("led1: on").part("lcd1: Hello: you").part("led1: 40 %");
  s.add(Kind::power, 24'000, 12'000, 1'300).add(Kind::pwm, 1000, 15, 0, 0, 16384).add(Kind::pwm, 50, 16);
  s.add(Kind::pwm, 0, 16);
  const model::State state = state_after(s);
  EXPECT_EQ(state.parts(), (std::map<std::string, std::string>{{"led1", "40 %"}, {"lcd1", "Hello: you"}}));
  ASSERT_EQ(state.pulses().size(), 1U);
  EXPECT_EQ(state.pulses().at(15).hz, 1000U);
  EXPECT_EQ(state.pulses().at(15).high, 16384U);
  ASSERT_TRUE(state.power().has_value());
  EXPECT_EQ(state.power()->lightsleep_ua, 1'300U);
  EXPECT_TRUE(state.tasks().empty());
}

TEST(State, APartIsSaidWhenItsTextIsComplete) {
  Script s;
  s.at(5).part("led1: a text of two pieces");
  model::State state;
  int complete = 0;
  for (const trace::Record& record : s.records()) {
    state.apply(record);
    if (state.part() == nullptr) continue;
    ++complete;
    EXPECT_EQ(state.part()->text, "led1: a text of two pieces");
    EXPECT_EQ(state.part()->time_ns, 5'000U);
  }
  EXPECT_EQ(complete, 1);
}

// --- A reset

Script reset_story() {
  Script s;
  s.object(1, trace::ObjectKind::lock, "bus", s.line(3)).create(1, "main", 0, s.line(40));
  s.at(10).begin(1).create(2, "anna", 1, s.line(31)).add(Kind::lock_acquire, 1, 1, s.line(41));
  s.at(100).reset(3);
  // The second time another file is named first, so that the texts have other numbers.
  s.object(1, trace::ObjectKind::event, "go", s.site("other.hpp", 7)).create(1, "main", 0, s.line(40));
  s.at(110).begin(1).create(2, "ben", 1, s.line(32));
  s.at(120).end(1, Reason::event, 1, s.line(42));
  return s;
}

TEST(Reset, EndsEveryTaskAndLetsGoOfEveryLock) {
  model::State state;
  const Script story = reset_story();
  std::size_t held = 0;
  for (const trace::Record& record : story.records()) {
    state.apply(record);
    for (const model::Span& span : state.ended()) held += span.kind == model::SpanKind::holding ? 1U : 0U;
    if (record.kind != Kind::reset) continue;
    EXPECT_TRUE(state.unfinished().empty());
    EXPECT_TRUE(state.ready().empty());
    EXPECT_EQ(state.running(), 0U);
    EXPECT_EQ(state.object(1)->owner, 0U);
    EXPECT_EQ(state.task(1)->phase, model::Phase::done);
  }
  EXPECT_EQ(held, 1U);
}

TEST(Reset, NumbersGoOnAfterIt) {
  const model::State state = state_after(reset_story());
  ASSERT_EQ(state.tasks().size(), 4U);
  EXPECT_EQ(state.tasks()[1].name, "anna");
  EXPECT_EQ(state.tasks()[2].name, "main#2");
  EXPECT_EQ(state.tasks()[3].name, "ben");
  EXPECT_EQ(state.tasks()[3].created_by, 3U);
  ASSERT_EQ(state.objects().size(), 2U);
  EXPECT_EQ(state.object_text(2), "Event `go`");
  EXPECT_EQ(state.tasks()[2].wait.object, 2U);
  EXPECT_EQ(state.record().task, 3U);
  EXPECT_EQ(state.record().object, 2U);
}

TEST(Reset, PlacesOfBeforeAndAfterAreBothRight) {
  const model::State state = state_after(reset_story());
  EXPECT_EQ(state.place(state.tasks()[1].site), "main.cpp:31");
  EXPECT_EQ(state.place(state.tasks()[3].site), "main.cpp:32");
  EXPECT_EQ(state.place(state.objects()[0].site), "main.cpp:3");
  EXPECT_EQ(state.place(state.objects()[1].site), "other.hpp:7");
  EXPECT_EQ(state.place(state.tasks()[2].wait.site), "main.cpp:42");
}

TEST(Reset, TheLineOfAHangAfterItIsRight) {
  Script s = reset_story();
  s.add(Kind::pwm, 1000, 15, 0, 0, 9).add(Kind::power, 1, 2, 3).part("led1: on");
  s.add(Kind::stop, 0, 0, s.line(99), static_cast<std::uint8_t>(trace::Stop::hung));
  const model::State state = state_after(s);
  ASSERT_TRUE(state.stopped().has_value());
  EXPECT_EQ(state.place(state.stopped()->site), "main.cpp:99");
  EXPECT_EQ(state.power()->running_ua, 1U);
  EXPECT_EQ(state.pulses().count(15), 1U);
  EXPECT_TRUE(state.tasks()[0].cut_off);
}

// A watchdog may bite for hours: what the program says each time anew needs numbers only once.
TEST(Reset, ThousandsOfThem) {
  Script s;
  for (int i = 0; i < 20'000; ++i) {
    s.create(1, "main", 0, s.site("a_file_with_a_long_name.cpp", 5)).create(2, "anna", 1, s.line(6));
    s.reset(3);
  }
  const model::State state = state_after(s);
  ASSERT_EQ(state.tasks().size(), 40'000U);
  EXPECT_EQ(state.tasks().back().name, "anna#20000");
  EXPECT_EQ(state.place(state.tasks().back().site), "main.cpp:6");
}

// --- Chrome's JSON

nlohmann::json json_of(const Script& script) {
  std::ostringstream out;
  model::ChromeJsonWriter writer(out, {"05-button", "pico", 7, 20'000'000, "main.cpp", {}});
  model::State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    writer.write(state.record(), state);
  }
  state.finish();
  writer.finish(state);
  return nlohmann::json::parse(out.str()).at("traceEvents");
}

std::vector<nlohmann::json> with(const nlohmann::json& events, const std::string& key,
                                 const std::string& value) {
  std::vector<nlohmann::json> found;
  std::copy_if(events.begin(), events.end(), std::back_inserter(found),
               [&](const auto& event) { return event.value(key, "") == value; });
  return found;
}

TEST(ChromeJsonHardware, EachInterruptHasATrackOfItsOwn) {
  Script s;
  s.object(1, trace::ObjectKind::isr, "button", s.line(1))
      .object(2, trace::ObjectKind::isr, "uart0", s.line(2));
  s.create(1, "main", 0, s.line(1)).begin(1);
  for (std::uint64_t time = 10; time < 50; time += 10) {
    const std::uint32_t interrupt = time == 30 ? 2 : 1;
    s.at(time).add(Kind::isr_enter, 0, interrupt).at(time + 3).add(Kind::isr_exit, 0, interrupt);
  }
  s.at(60).add(Kind::isr_enter, 0, 1).at(64).stop(trace::Stop::time_up);  // and stopped in the middle of one
  const auto events = json_of(s);
  const auto slices = with(events, "cat", "interrupt");
  ASSERT_EQ(slices.size(), 5U);
  EXPECT_EQ(slices[0]["ph"], "X");
  EXPECT_EQ(slices[0]["ts"], 10.0);
  EXPECT_EQ(slices[0]["dur"], 3.0);
  EXPECT_EQ(slices[4]["dur"], 4.0);
  std::set<std::uint64_t> tracks;
  for (const auto& slice : slices) tracks.insert(slice["tid"].get<std::uint64_t>());
  EXPECT_EQ(tracks.size(), 2U);
  std::set<std::string> names;
  for (const auto& event : with(events, "name", "thread_name")) {
    if (tracks.count(event["tid"].get<std::uint64_t>()) == 0) continue;
    EXPECT_TRUE(names.insert(event["args"]["name"].get<std::string>()).second);
  }
  EXPECT_EQ(names, (std::set<std::string>{"interrupt button", "interrupt uart0"}));
}

TEST(ChromeJsonHardware, AHogIsMarkedOnItsTask) {
  Script s;
  s.create(1, "anna", 0, s.line(1)).begin(1).at(120'000).add(Kind::hog, 1, 120'000, s.line(31));
  const auto marks = with(json_of(s), "cat", "hog");
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0]["ph"], "i");
  EXPECT_EQ(marks[0]["tid"], 1);
  EXPECT_EQ(marks[0]["s"], "t");
  EXPECT_EQ(marks[0]["ts"], 120'000.0);
}

TEST(ChromeJsonHardware, ErrorsInputsAndResetsAreMarked) {
  Script s;
  s.add(Kind::uart_error, 0, 0, 0, 0, 0x41)
      .add(Kind::i2c_error, 0, 0, 0, 0, 0x76)
      .add(Kind::conflict, 0, 4, 0, 0, 5);
  s.input("press btn1")
      .create(1, "main", 0, s.line(1))
      .begin(1)
      .at(5)
      .add(Kind::isr_enter, 0, 1)
      .at(6)
      .reset(3);
  s.create(1, "main", 0, s.line(1)).at(9).begin(1).at(10).stop(trace::Stop::time_up);
  const auto events = json_of(s);
  for (const char* const category : {"uart", "i2c", "conflict", "input", "reset"})
    EXPECT_EQ(with(events, "cat", category).size(), 1U) << category;
  EXPECT_EQ(with(events, "cat", "interrupt").size(), 1U);  // cut off by the reset
  const auto running = with(events, "cat", "running");
  ASSERT_EQ(running.size(), 2U);  // one each side of the reset, as two tasks
  EXPECT_EQ(running[0]["tid"], 1);
  EXPECT_EQ(running[1]["tid"], 2);
}

TEST(ChromeJsonHardware, BusesPartsAndLightsleepHaveTracksOfTheirOwn) {
  Script s;
  s.add(Kind::power, 24'000, 12'000, 1'300);
  trace_script::I2cScript i2c(s, 0, 400'000);
  i2c.start(0x76, false).write(0xf4).stop();
  s.at(1000).part("led1: on").at(3000).part("led1: off");
  s.add(Kind::lightsleep_begin, 0).at(8000).add(Kind::lightsleep_end, 0);
  s.add(Kind::pwm, 1000, 15, 0, 0, 16384).at(9000).stop(trace::Stop::time_up);
  const auto events = json_of(s);
  const auto transfers = with(events, "cat", "transfer");
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0]["name"], "i2c0 wrote 0x76: f4");
  EXPECT_EQ(transfers[0]["ph"], "X");
  const auto parts = with(events, "cat", "part");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0]["name"], "on");
  EXPECT_EQ(parts[0]["ts"], 1000.0);
  EXPECT_EQ(parts[0]["dur"], 2000.0);
  EXPECT_EQ(parts[1]["name"], "off");
  const auto sleeps = with(events, "cat", "lightsleep");
  ASSERT_EQ(sleeps.size(), 1U);
  EXPECT_EQ(sleeps[0]["dur"], 5000.0);
  EXPECT_EQ((std::set<std::uint64_t>{transfers[0]["tid"], parts[0]["tid"], sleeps[0]["tid"]}).size(), 3U);
  std::vector<double> current;
  for (const auto& counter : with(events, "name", "current")) current.push_back(counter["args"]["mA"]);
  EXPECT_EQ(current, (std::vector<double>{24, 1.3, 24}));
  const auto pulses = with(events, "name", "GP15 pulses");
  ASSERT_EQ(pulses.size(), 1U);
  EXPECT_EQ(pulses[0]["args"]["Hz"], 1000);
  EXPECT_NEAR(pulses[0]["args"]["high %"].get<double>(), 25, 0.01);
}

}  // namespace
