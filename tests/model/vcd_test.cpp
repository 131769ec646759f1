// The trace as a Value Change Dump: what each record looks like on the wire, and a file any reader takes.
#include "model/vcd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "bus_script.hpp"

namespace {

using trace_script::I2cScript;
using trace_script::Kind;
using trace_script::Reason;
using trace_script::Script;
using trace_script::UartScript;

std::string vcd_of(const Script& script) {
  const model::TraceInfo info{"06-uart $end", "pico", 7, 20'000'000, "main.cpp", {}};
  std::ostringstream out;
  model::VcdWriter writer(out, info);
  model::State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    writer.write(state.record(), state);
  }
  state.finish();
  writer.finish(state);
  return out.str();
}

// A reader of what we write, by the book and no more than that.
struct Dump {
  std::string timescale;
  std::map<std::string, std::string>
      changes;  // of a wire: "x 3:1 5:0", the level at first and then when which
  std::vector<std::string> names;
  std::uint64_t end = 0;
  std::string comments;
};

Dump parse(const std::string& text) {
  Dump dump;
  EXPECT_TRUE(text.ends_with('\n'));
  EXPECT_EQ(text.find("$date"), std::string::npos);
  std::map<std::string, std::string> name_of;
  std::istringstream words(text);
  std::string word;
  int depth = 0;
  const auto until_end = [&] {
    std::string all;
    while (words >> word && word != "$end") all += (all.empty() ? "" : " ") + word;
    return all;
  };
  while (words >> word && word != "$enddefinitions") {
    if (word == "$var") {
      std::string type;
      std::string size;
      std::string code;
      std::string name;
      words >> type >> size >> code >> name >> word;
      EXPECT_EQ(word, "$end");
      EXPECT_EQ(type + size, "wire1");
      EXPECT_TRUE(name_of.emplace(code, name).second) << code;
      EXPECT_EQ(std::count(dump.names.begin(), dump.names.end(), name), 0) << name;
      dump.names.push_back(name);
    } else if (word == "$timescale") {
      dump.timescale = until_end();
    } else if (word == "$comment") {
      dump.comments += until_end() + ";";
    } else {
      EXPECT_TRUE(word == "$scope" || word == "$upscope" || word == "$version") << word;
      depth += word == "$scope" ? 1 : word == "$upscope" ? -1 : 0;
      until_end();
    }
  }
  EXPECT_EQ(depth, 0);
  words >> word;
  EXPECT_EQ(word, "$end");
  bool first = true;
  std::map<std::string, char> level;
  while (words >> word) {
    if (word[0] == '#') {
      const std::uint64_t time = std::stoull(word.substr(1));
      EXPECT_TRUE(first ? time == 0 : time > dump.end) << word;
      first = false;
      dump.end = time;
    } else if (word[0] != '$') {
      const std::string& name = name_of.at(word.substr(1));
      const auto [known, is_new] = level.emplace(name, word[0]);
      EXPECT_TRUE(is_new || known->second != word[0]) << name << " does not change at " << dump.end;
      known->second = word[0];
      dump.changes[name] += is_new ? std::string(1, word[0]) : ' ' + std::to_string(dump.end) + ':' + word[0];
    }
  }
  EXPECT_EQ(level.size(), name_of.size());
  return dump;
}

Dump dump_of(const Script& script) { return parse(vcd_of(script)); }

TEST(Vcd, NothingHappened) {
  const Dump dump = dump_of(Script());
  EXPECT_TRUE(dump.names.empty());
  EXPECT_EQ(dump.timescale, "1 us");
  EXPECT_EQ(dump.comments, "06-uart _end on a virtual pico, seed 7;");
}

TEST(Vcd, PinsAreUnknownUntilTheyAreKnown) {
  Script s;
  s.at(0).add(Kind::pin, 0, 25, 0, 0, 1);
  s.at(3).add(Kind::pin, 0, 16, 0, 0, 1).at(5).add(Kind::pin, 0, 16, 0, 0, 0);
  s.at(9).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("GP16"), "x 3:1 5:0");
  EXPECT_EQ(dump.changes.at("GP25"), "1");
  EXPECT_EQ(dump.end, 9U);
}

TEST(Vcd, WhatIsShorterThanAStepIsNotSeen) {
  Script s;
  s.at(0).add(Kind::pin, 0, 16, 0, 0, 0);
  s.at_ns(3'100).add(Kind::pin, 0, 16, 0, 0, 1).at_ns(3'400).add(Kind::pin, 0, 16, 0, 0, 0);
  s.at_ns(4'600).add(Kind::pin, 0, 16, 0, 0, 1).at_ns(5'600).add(Kind::pin, 0, 16, 0, 0, 0);
  s.at(9).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("GP16"), "0 5:1 6:0");
}

TEST(Vcd, ATaskIsHighWhileItRuns) {
  Script s;
  s.create(1, "main", 0, s.line(1)).at(2).begin(1).create(2, "GP16 is on", 1, s.line(2));
  s.at(5).end(1, Reason::task, 2, s.line(3)).begin(2).add(Kind::pin, 0, 16, 0, 0, 1);
  s.at(8).done(2).ready(1, Reason::task, 2).at(10).begin(1).at(20).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("main"), "0 2:1 5:0 10:1");
  EXPECT_EQ(dump.changes.at("GP16_is_on"), "0 5:1 8:0");
  EXPECT_EQ(dump.changes.at("GP16"), "x 5:1");
}

TEST(Vcd, AnInterruptIsHighWhileItIsServed) {
  Script s;
  s.object(1, trace::ObjectKind::isr, "button", s.line(1)).object(2, trace::ObjectKind::isr, "", s.line(2));
  s.at(2).add(Kind::isr_enter, 0, 1).at(4).add(Kind::isr_exit, 0, 1);
  s.add(Kind::isr_enter, 0, 2).at(6).add(Kind::isr_exit, 0, 2).at(9).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("button"), "0 2:1 4:0");
  EXPECT_EQ(dump.changes.at("interrupt_2"), "0 4:1 6:0");
}

// 0x55 goes out as 0, 10101010, 1: an edge with each bit. 9600 baud is 104.17 us a bit.
TEST(Vcd, UartByteHasItsBitsAtTheExactTimes) {
  Script s;
  s.at(1000);
  UartScript(s, 0, 9600).send(0x55);
  s.at(3000).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("uart0_tx"),
            "1 1000:0 1104:1 1208:0 1313:1 1417:0 1521:1 1625:0 1729:1 1833:0 1938:1");
  EXPECT_EQ(dump.changes.at("uart0_rx"), "1");
}

TEST(Vcd, ParityAndStopBits) {
  Script s;
  s.at(0);
  UartScript uart(s, 1, 10'000, {7, 1, 2});  // 100 us a bit
  uart.send(0x01).send(0x03);                // odd and even in ones
  s.at(3000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart1_tx"), "0 100:1 200:0 800:1 1100:0 1200:1 1400:0 2000:1");
}

TEST(Vcd, ParityErrorHasTheWrongParityBit) {
  for (const int parity : {1, 2}) {
    Script s;
    s.at(1000);
    UartScript uart(s, 0, 10'000, {8, parity, 1});
    uart.receive(0x01).error(trace::UartError::parity, 0x01);
    s.at(3000).stop(trace::Stop::time_up);
    EXPECT_EQ(dump_of(s).changes.at("uart0_rx"),
              parity == 1 ? "1 1000:0 1100:1 1200:0 2000:1" : "1 1000:0 1100:1 1200:0 1900:1");
  }
}

TEST(Vcd, FramingErrorHasNoStopBit) {
  Script s;
  s.at(1000);
  UartScript uart(s, 0, 10'000);
  uart.receive(0xff).error(trace::UartError::framing, 0xff);
  s.at(3000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart0_rx"), "1 1000:0 1100:1 1900:0 2000:1");
}

TEST(Vcd, EachErrorOfAByteIsSeen) {
  Script s;
  s.at(1000);
  UartScript uart(s, 0, 10'000, {8, 1, 1});  // even: the parity bit of 0xff is 0
  uart.receive(0xff).error(trace::UartError::framing, 0xff);
  uart.error(trace::UartError::parity, 0xff).error(trace::UartError::overrun, 0xff);
  uart.pause_us(100).receive(0xff);
  s.at(4000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart0_rx"), "1 1000:0 1100:1 2000:0 2100:1 2200:0 2300:1 3100:0 3200:1");
}

// The board knows the byte in the middle of its stop bit.
TEST(Vcd, AReceivedByteIsDrawnWhereItBegan) {
  Script s;
  s.at(1000);
  UartScript uart(s, 0, 10'000);
  s.at(2950).add(Kind::uart_rx, 950'000, 0, 0, 0, 0xff).add(Kind::uart_error, 0, 0, 0, 1, 0xff);
  s.at(4000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart0_rx"), "1 2000:0 2100:1 2900:0 3000:1");
}

TEST(Vcd, OverrunIsAGoodByte) {
  Script s;
  s.at(1000);
  UartScript uart(s, 0, 10'000);
  uart.receive(0xff).error(trace::UartError::overrun, 0xff);
  s.at(3000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart0_rx"), "1 1000:0 1100:1");
}

TEST(Vcd, BreakIsThirteenBitsLow) {
  Script s;
  s.at(1000);
  UartScript(s, 0, 10'000).send(trace::uart_break);
  s.at(3000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("uart0_tx"), "1 1000:0 2300:1");
}

TEST(Vcd, NoWireForAPinTheUartDoesNotHave) {
  Script s;
  s.add(Kind::uart_setup, 9600, 1, 4 | 0xff << 8, 0, trace::uart_format(8, 0, 1));
  EXPECT_EQ(dump_of(s).names, std::vector<std::string>{"uart1_tx"});
}

// 100 kHz: 10 us a bit. SDA changes while SCL is low, and nothing else than a start or a stop is seen.
TEST(Vcd, I2cWrite) {
  Script s;
  s.at(1000);
  I2cScript(s, 0, 100'000).start(0x76, false).write(0xf0, true).stop();
  s.at(1300).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  std::string clock = "1";
  for (int bit = 0; bit < 18; ++bit) {
    clock += ' ' + std::to_string(1005 + bit * 10) + ":0 " + std::to_string(1010 + bit * 10) + ":1";
  }
  EXPECT_EQ(dump.changes.at("i2c0_scl"), clock + " 1185:0 1190:1");
  // 1110110 w, acknowledged; 11110000, not acknowledged; the stop
  EXPECT_EQ(dump.changes.at("i2c0_sda"),
            "1 1000:0 1008:1 1038:0 1048:1 1068:0 1098:1 1138:0 1178:1 1188:0 1195:1");
}

TEST(Vcd, StretchedClockStaysLow) {
  Script s;
  s.at(1000);
  I2cScript bus(s, 0, 100'000);
  bus.start(0x76, false);
  const std::uint64_t end_us = s.now_ns() / 1000;
  bus.pause_us(500).write(0x00).stop();
  s.at(3000).stop(trace::Stop::time_up);
  const std::string low = std::to_string(end_us) + ":0 " + std::to_string(end_us + 505) + ":1";
  EXPECT_NE(dump_of(s).changes.at("i2c0_scl").find(low), std::string::npos);
}

TEST(Vcd, StuckDataLineIsLowForAsLongAsTheControllerWaited) {
  Script s;
  I2cScript bus(s, 0, 100'000);
  s.at(60'000);
  bus.error(trace::I2cError::stuck, 0x76, 50'000);
  s.at(70'000).stop(trace::Stop::time_up);
  EXPECT_EQ(dump_of(s).changes.at("i2c0_sda"), "1 10000:0 60000:1");
}

// One that comes too early, as from hardware that takes less time than the wire, is still there to read.
TEST(Vcd, I2cInAHurryIsDrawnFaster) {
  Script s;
  s.add(Kind::i2c_setup, 100'000, 0, 5 | 4 << 8);
  s.at(1000).add(Kind::i2c_start, 0, 0, 0, 0, 0x76 << 1);
  s.at(1076).add(Kind::i2c_stop, 0, 0).at(2000).stop(trace::Stop::time_up);
  const std::string clock = dump_of(s).changes.at("i2c0_scl");
  EXPECT_EQ(std::count(clock.begin(), clock.end(), ':'), 20);  // 9 bits and the stop
  EXPECT_NE(clock.find(" 1076:0 1081:1"), std::string::npos) << clock;
}

TEST(Vcd, StepsAreFinerForAFastBus) {
  for (const auto& [baud, timescale] :
       std::map<std::uint32_t, const char*>{{250'000, "1 us"}, {460'800, "100 ns"}}) {
    Script s;
    UartScript(s, 0, baud);
    EXPECT_EQ(dump_of(s).timescale, timescale);
  }
  for (const auto& [hz, timescale] :
       std::map<std::uint32_t, const char*>{{400'000, "1 us"}, {1'000'000, "100 ns"}}) {
    Script s;
    I2cScript(s, 0, hz);
    s.at(7).stop(trace::Stop::time_up);
    const Dump dump = dump_of(s);
    EXPECT_EQ(dump.timescale, timescale);
    EXPECT_EQ(dump.end, hz == 400'000 ? 7U : 70U);
  }
}

TEST(Vcd, WhatWasStillToComeAtTheEndIsNotDrawn) {
  Script s;
  s.at(1000);
  UartScript(s, 0, 10'000).send(0x55);
  s.at(1250).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("uart0_tx"), "1 1000:0 1100:1 1200:0");
  EXPECT_EQ(dump.end, 1250U);
}

TEST(Vcd, AResetCutsOffWhatIsOnItsWay) {
  Script s;
  s.create(1, "main", 0, s.line(1)).begin(1);
  s.at(1000);
  UartScript(s, 0, 10'000).send(0x55);
  I2cScript(s.at(1000), 0, 10'000).start(0x76, false);
  s.at(1250).reset(3).create(1, "main", 0, s.line(1)).at(1300).begin(1);
  s.at(1400).stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.changes.at("uart0_tx"), "1 1000:0 1100:1 1200:0 1250:1");
  EXPECT_EQ(dump.changes.at("i2c0_scl"), "1 1050:0 1100:1 1150:0 1200:1");
  EXPECT_EQ(dump.changes.at("main"), "1 1250:0");
  EXPECT_EQ(dump.changes.at("main#2"), "0 1300:1");
}

TEST(Vcd, ManyTasksAreCountedNotDrawn) {
  Script s;
  for (std::uint32_t task = 1; task <= 100; ++task) {
    s.create(task, "request", 0, 0).at(task).begin(task).done(task);
  }
  const Dump dump = dump_of(s);
  EXPECT_EQ(dump.names.size(), 64U);
  EXPECT_NE(dump.comments.find("without 36 more tasks"), std::string::npos) << dump.comments;
}

TEST(Vcd, SideBySideInTheOrderOfTime) {
  Script s;
  s.at(0);
  UartScript uart(s, 0, 9600);
  for (unsigned i = 0; i < 50; ++i) {
    uart.send(i);
    const std::uint64_t after = s.now_ns();
    s.at_ns(after - 900'000).add(Kind::pin, 0, 16, 0, 0, i & 1).at_ns(after);
  }
  s.stop(trace::Stop::time_up);
  const Dump dump = dump_of(s);  // parse() insists on the order
  EXPECT_EQ(std::count(dump.changes.at("GP16").begin(), dump.changes.at("GP16").end(), ':'), 50);
}

// --- Pulses

TEST(VcdPulses, AreDrawnFromTheirRecord) {
  Script s;
  s.add(Kind::pin, 0, 15, 0, 0, 0).at(100).add(Kind::pwm, 1000, 15, 0, 0, 16384);
  s.at(2600)
      .add(Kind::pwm, 2000, 15, 0, 0, 32768)
      .at(3400)
      .add(Kind::pwm, 0, 15)
      .at(5000)
      .add(Kind::pin, 0, 1);
  EXPECT_EQ(parse(vcd_of(s)).changes.at("GP15"),
            "0 100:1 350:0 1100:1 1350:0 2100:1 2350:0 2600:1 2850:0 3100:1 3350:0");
}

TEST(VcdPulses, AlwaysHighAndNever) {
  Script s;
  s.at(10).add(Kind::pwm, 1000, 15, 0, 0, 65535).at(5000).add(Kind::pwm, 1000, 15, 0, 0, 0);
  s.at(9000).add(Kind::pwm, 1000, 15, 0, 0, 65535).at(20'000).stop(trace::Stop::time_up);
  const Dump dump = parse(vcd_of(s));
  EXPECT_EQ(dump.changes.at("GP15"), "x 10:1 5000:0 9000:1");
  EXPECT_EQ(dump.timescale, "1 us");
}

TEST(VcdPulses, EndWithAResetAndWithThePinSetByHand) {
  Script s;
  s.add(Kind::pwm, 1000, 15, 0, 0, 32768).at(1200).add(Kind::pin, 0, 15, 0, 0, 0);
  s.at(3000).add(Kind::pwm, 1000, 15, 0, 0, 32768).at(3100).reset(3).at(9000).add(Kind::pin, 0, 1);
  EXPECT_EQ(parse(vcd_of(s)).changes.at("GP15"), "1 500:0 1000:1 1200:0 3000:1");
}

TEST(VcdPulses, FastOnesMakeTheStepsShorter) {
  Script s;
  s.add(Kind::pwm, 1'000'000, 15, 0, 0, 16384).at(2).stop(trace::Stop::time_up);
  const Dump dump = parse(vcd_of(s));
  EXPECT_EQ(dump.timescale, "100 ns");
  EXPECT_EQ(dump.changes.at("GP15"), "1 3:0 10:1 13:0");
}

// There is no telling a level that changes many times a step; and what nobody can see takes no memory.
TEST(VcdPulses, TooFastToDrawAreUnknown) {
  Script s;
  s.add(Kind::pin, 0, 15, 0, 0, 0).at(10).add(Kind::pwm, 20'000'000, 15, 0, 0, 16384);
  s.at(500).add(Kind::pwm, 0, 15).at(1000).stop(trace::Stop::time_up);
  const Dump dump = parse(vcd_of(s));
  EXPECT_EQ(dump.timescale, "1 us");
  EXPECT_EQ(dump.changes.at("GP15"), "0 10:x 500:0");
}

TEST(VcdPulses, AreCutOffAfterMillions) {
  Script s;
  s.add(Kind::pwm, 1'000'000, 15, 0, 0, 32768).at(10'000'000).stop(trace::Stop::time_up);
  const std::string changes = parse(vcd_of(s)).changes.at("GP15");
  EXPECT_TRUE(changes.ends_with(" 19999995:0 20000000:x")) << changes.substr(changes.size() - 60);
}

}  // namespace
