// How the text view tells of what happens outside of the scheduler.
#include "cli/text_view.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "model/bus_script.hpp"
#include "model/trace_script.hpp"

namespace {

using trace_script::Kind;
using trace_script::Reason;
using trace_script::Script;

std::string text_of(const Script& script, const cli::TextOptions& options = {}) {
  std::ostringstream out;
  const model::TraceInfo info{"06-uart", "pico", 7, 20'000'000, "main.cpp", {}};
  cli::TextView view(out, cli::Screen{100, false, true}, options, info);
  model::State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    view.write(state.record(), state);
  }
  state.finish();
  view.finish(state);
  return out.str();
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

Script begun() {
  Script s;
  s.create(1, "main", 0, s.line(1)).add(Kind::run_begin, 1).at(2).begin(1);
  return s;
}

TEST(TextView, AHogIsToldOfBelowItsSlice) {
  Script s = begun();
  s.at(120'000).add(Kind::hog, 1, 119'998, s.line(31)).at(150'000).end(1, Reason::sleep, 500, s.line(33));
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.002  main  run() started it  sleeps until 500 ms")) << text;
  EXPECT_TRUE(has_line(text,
                       "120.000  ! main hogs the CPU: it has run for 119.998 ms without giving way, "
                       "main.cpp:31; in the end\n          it was 149.998 ms\n"))
      << text;
  EXPECT_NE(text.find("  main hogged the CPU 1 time, for 149.998 ms, at main.cpp:31.\n"), std::string::npos)
      << text;
}

TEST(TextView, AnErrorWhileNobodyRunsHasALineOfItsOwn) {
  Script s = begun();
  s.at(3).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  s.at(5000).add(Kind::uart_error, 0, 0, 0, 0, 0x41).input("press btn1");
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 5.000  ! uart0 overrun: its buffer was full, the byte 0x41 is lost\n"))
      << text;
  EXPECT_TRUE(has_line(text, " 5.000  > input: press btn1\n")) << text;
}

TEST(TextView, AnInterruptIsNamedWithWhatItDoes) {
  Script s;
  s.object(1, trace::ObjectKind::isr, "button", s.line(1))
      .object(2, trace::ObjectKind::flag, "pressed", s.line(2));
  s.create(1, "main", 0, s.line(1)).add(Kind::run_begin, 1).at(2).begin(1);
  s.at(3).add(Kind::isr_enter, 0, 1).add(Kind::event_set, 0, 2).add(Kind::isr_exit, 0, 1);
  s.at(4).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  s.at(5000)
      .add(Kind::isr_enter, 0, 1)
      .at(5002)
      .add(Kind::event_set, 0, 2)
      .at(5004)
      .add(Kind::isr_exit, 0, 1);
  s.at(7000).add(Kind::isr_enter, 0, 1).at(7004).add(Kind::isr_exit, 0, 1);  // does nothing one could see
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.002  main    run() started it  interrupt button sets pressed; sleeps"))
      << text;
  EXPECT_TRUE(has_line(text, " 5.000  button  an interrupt      sets pressed")) << text;
  EXPECT_FALSE(has_line(text, " 7.000")) << text;
}

TEST(TextView, AnInterruptHasALaneInTheChart) {
  Script s = begun();
  s.object(1, trace::ObjectKind::isr, "button", s.line(1));
  s.at(3).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  s.at(10'000).add(Kind::isr_enter, 0, 1).at(10'004).add(Kind::isr_exit, 0, 1);
  s.at(50'000).add(Kind::isr_enter, 0, 1).at(100'000).stop(trace::Stop::time_up);
  std::string half;
  for (int i = 0; i < 45; ++i) half += "█";
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, "  button          ┃")) << text;
  EXPECT_TRUE(has_line(text, "  Interrupt button: served 2 times, 4 µs at most.\n")) << text;
  EXPECT_NE(text.find("┃" + half), std::string::npos) << text;
}

TEST(TextView, AResetBeginsAnew) {
  Script s = begun();
  s.at(100).reset(3).at(110).add(Kind::pin, 0, 25, 0, 0, 0);
  s.create(1, "main", 0, s.line(1)).add(Kind::run_begin, 1).at(120).begin(1);
  s.at(130).end(1, Reason::sleep, 500, s.line(33)).stop(trace::Stop::time_up);
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.100  ! the watchdog resets the board: nobody fed it in time\n")) << text;
  EXPECT_NE(text.find("main    run() started it  is cut off by a reset"), std::string::npos) << text;
  EXPECT_NE(text.find("main()  before run()      GP25 low\n"), std::string::npos) << text;
  EXPECT_NE(text.find("main#2  run() started it  sleeps until"), std::string::npos) << text;
  EXPECT_NE(text.find("was cut off by a reset"), std::string::npos) << text;
  EXPECT_NE(text.find("  The board was reset 1 time by the watchdog.\n"), std::string::npos) << text;
}

TEST(TextView, AStormOfErrorsIsOneNotice) {
  Script s = begun();
  for (std::uint64_t i = 0; i < 500; ++i) s.at(10 + i).add(Kind::uart_error, 0, 0, 0, 0, 0x41);
  s.at(600).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  for (std::uint64_t i = 0; i < 500; ++i) s.at(1000 + i).add(Kind::uart_error, 0, 0, 0, 1, 0x41);
  s.at(2000).add(Kind::uart_error, 0, 0, 0, 2, 0x41);
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.010  ! uart0 overrun: its buffer was full, 500 bytes are lost\n")) << text;
  EXPECT_TRUE(has_line(text, " 1.000  ! uart0 framing errors: 500 bytes had no stop bit\n")) << text;
  EXPECT_TRUE(has_line(text, " 2.000  ! uart0 parity error: the byte 0x41 had the wrong parity bit\n"))
      << text;
}

TEST(TextView, OfManyNoticesAtATimeTheFirstAreShown) {
  Script s = begun();
  s.at(3).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  for (std::uint16_t i = 0; i < 100; ++i) s.at(10U + i).add(Kind::conflict, 0, 4, 0, 0, i);
  const std::string text = text_of(s);
  EXPECT_EQ(count(text, "drive one net"), 10U);
  EXPECT_NE(text.find("… and 90 more\n"), std::string::npos) << text;
  EXPECT_EQ(count(text_of(s, {true, false, true}), "drive one net"), 100U);
}

TEST(TextView, WhatGoesOverABusIsALineATransfer) {
  Script s = begun();
  trace_script::I2cScript i2c(s, 0, 400'000);
  i2c.start(0x76, false).write(0xf4).write(0x27).stop();
  i2c.start(0x76, false).write(0xd0).start(0x76, true).read(0x58, true).stop();
  i2c.start(0x40, false, true).error(trace::I2cError::nobody, 0x40).stop();
  s.end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  s.at(1000);
  trace_script::UartScript uart(s, 1, 9600);
  for (const char c : {'h', 'i', '\r', '\n'}) uart.send(static_cast<unsigned char>(c));
  s.at(400'000).stop(trace::Stop::time_up);
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.075  > i2c0 wrote 0x76: f4 27\n")) << text;
  EXPECT_NE(text.find("  > i2c0 0x76: wrote d0, read 58\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  ! i2c0 0x40: nobody acknowledges\n"), std::string::npos) << text;
  EXPECT_TRUE(has_line(text, " 5.167  > uart1 sent \"hi\\r\\n\"\n")) << text;
}

TEST(TextView, AScanIsOneNotice) {
  Script s = begun();
  trace_script::I2cScript i2c(s, 0, 400'000);
  for (unsigned address = 0x08; address <= 0x77; ++address) {
    const bool there = address == 0x76;
    i2c.start(address, false, !there);
    if (!there) i2c.error(trace::I2cError::nobody, address);
    i2c.stop();
  }
  i2c.start(0x77, false, true).error(trace::I2cError::nobody, 0x77).stop();
  const std::string text = text_of(s);
  EXPECT_NE(text.find("! i2c0: nobody acknowledges 0x08 to 0x75\n"), std::string::npos) << text;
  EXPECT_NE(text.find("> i2c0 0x76 acknowledges\n"), std::string::npos) << text;
  EXPECT_NE(text.find("! i2c0 0x77: nobody acknowledges (2 times)\n"), std::string::npos) << text;
}

TEST(TextView, WhatPartsShowIsToldWithWhatMadeThemOrTogether) {
  Script s = begun();
  s.add(Kind::pin, 0, 16, 0, 0, 1).part("led1: on").at(3).end(1, Reason::sleep, 500, s.line(33));
  s.add(Kind::idle_begin, 0);
  for (std::uint64_t i = 1; i <= 9; ++i) s.at(i * 20'000).part("led1: " + std::to_string(i * 10) + " %");
  s.at(190'000).part("buzzer1: 440 Hz");
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.002  main  run() started it  GP16 high, led1: on; sleeps until 500 ms"))
      << text;
  EXPECT_TRUE(has_line(text, "20.000  > led1: 10 %, 20 % … 90 % (9 changes)\n")) << text;
  EXPECT_NE(text.find("190.000  > buzzer1: 440 Hz\n"), std::string::npos) << text;
}

TEST(TextView, APinThatChangesOftenIsToldOnce) {
  Script s = begun();
  for (std::uint16_t i = 0; i < 1000; ++i) s.at(10U + i).add(Kind::pin, 0, 16, 0, 0, i % 2);
  s.end(1, Reason::sleep, 500, s.line(33));
  const std::string text = text_of(s);
  EXPECT_NE(text.find("GP16 low, high … high (1,000 changes); sleeps"), std::string::npos) << text;
}

TEST(TextView, PulsesAreAnAction) {
  Script s = begun();
  s.add(Kind::pwm, 1000, 15, 0, 0, 16384).add(Kind::pwm, 0, 15).at(9).end(1, Reason::sleep, 500, s.line(33));
  const std::string text = text_of(s);
  EXPECT_NE(text.find("GP15 pulses 1 kHz, 25 %, end; sleeps"), std::string::npos) << text;
}

TEST(TextView, AnEndInTheMiddleOfASliceHasALine) {
  Script s = begun();
  s.at(7000).add(Kind::stop, 0, 0, s.line(17), static_cast<std::uint8_t>(trace::Stop::crashed), 11);
  const std::string text = text_of(s, {true, false, true});
  EXPECT_NE(text.find("main  run() started it  crashes "), std::string::npos) << text;
  EXPECT_NE(text.find("  17\n"), std::string::npos) << text;
  EXPECT_NE(text.find("The program crashed at main.cpp:17 in task main"), std::string::npos) << text;
}

TEST(TextView, WhoWaitedInVainForTheCpuExplainsTheWorstLatency) {
  Script s;
  s.create(1, "main", 0, s.line(1)).create(2, "light", 1, s.line(2)).add(Kind::run_begin, 1).begin(2);
  s.at(10).end(2, Reason::sleep, 5, s.line(3)).begin(1);
  s.at(300'000).add(Kind::stop, 0, 0, s.line(9));
  const std::string text = text_of(s);
  EXPECT_NE(text.find("  light is ready at the end and has not run: its sleep was over at 5.000 ms. It has "
                      "waited 295 ms,\n"
                      "  and main still runs (main.cpp:9).\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("The 300 ms are over. Task main was at main.cpp:9, in a slice that began at 0.010 ms."),
            std::string::npos)
      << text;
}

// 100 ms at 24 mA in the task, 300 ms at 12 mA, 600 ms at 1 mA; 3.3 V.
TEST(TextView, EnergyOfEachTaskAndOfTheBoard) {
  Script s;
  s.add(Kind::power, 24'000, 12'000, 1'000);
  s.create(1, "main", 0, s.line(1)).add(Kind::run_begin, 1).begin(1);
  s.at(100'000).end(1, Reason::sleep, 400, s.line(3)).add(Kind::idle_begin, 0);
  s.at(400'000).add(Kind::idle_end, 0).ready(1, Reason::sleep).begin(1).add(Kind::lightsleep_begin, 0);
  s.at(1'000'000).add(Kind::lightsleep_end, 0).stop(trace::Stop::time_up);
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, "  main        2   10.0 %      600 ms        0 µs   7.92 mJ  runs\n")) << text;
  EXPECT_NE(text.find("  Energy: 21.8 mJ, 6.6 mA on average at 3.3 V: tasks 7.92 mJ, idling 11.9 mJ, "
                      "lightsleep 1.98 mJ.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("the CPU was busy 10.0 % of the time"), std::string::npos) << text;
}

}  // namespace
