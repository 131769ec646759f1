// How the text view tells of what happens outside of the scheduler.
#include "cli/text_view.hpp"

#include <gtest/gtest.h>

#include <sstream>

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
  s.add(Kind::run_begin, 0).create(1, "main", 0, s.line(1)).at(2).begin(1);
  return s;
}

TEST(TextView, AHogIsToldOfBelowItsSlice) {
  Script s = begun();
  s.at(120'000).add(Kind::hog, 1, 119'998, s.line(31)).at(150'000).end(1, Reason::sleep, 500, s.line(33));
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.002  main  run() started it  sleeps until 500 ms")) << text;
  EXPECT_TRUE(has_line(text, "120.000  ! main hogs the CPU: it has run for 119.998 ms without giving way,"))
      << text;
}

TEST(TextView, AnErrorWhileNobodyRunsHasALineOfItsOwn) {
  Script s = begun();
  s.at(3).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  s.at(5000).add(Kind::uart_error, 0, 0, 0, 0, 0x41).input("press btn1");
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 5.000  ! uart0 overrun: its buffer was full, the byte 0x41 is lost\n"))
      << text;
  EXPECT_TRUE(has_line(text, " 5.000  > from outside: press btn1\n")) << text;
}

TEST(TextView, AnInterruptIsNamedWithWhatItDoes) {
  Script s;
  s.object(1, trace::ObjectKind::isr, "button", s.line(1))
      .object(2, trace::ObjectKind::flag, "pressed", s.line(2));
  s.add(Kind::run_begin, 0).create(1, "main", 0, s.line(1)).at(2).begin(1);
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
  EXPECT_TRUE(
      has_line(text, " 0.002  main              run() started it  interrupt button sets pressed; sleeps"))
      << text;
  EXPECT_TRUE(has_line(text, " 5.000  interrupt button  an interrupt      sets pressed")) << text;
  EXPECT_FALSE(has_line(text, " 7.000")) << text;
}

TEST(TextView, AResetBeginsAnew) {
  Script s = begun();
  s.at(100).reset(3).at(110).add(Kind::pin, 0, 25, 0, 0, 0);
  s.add(Kind::run_begin, 0).create(1, "main", 0, s.line(1)).at(120).begin(1);
  s.at(130).end(1, Reason::sleep, 500, s.line(33)).stop(trace::Stop::time_up);
  const std::string text = text_of(s);
  EXPECT_TRUE(has_line(text, " 0.100  ! the watchdog resets the board\n")) << text;
  EXPECT_NE(text.find("main()  before run()      GP25 low"), std::string::npos) << text;
  EXPECT_NE(text.find("main#2"), std::string::npos) << text;
}

TEST(TextView, AStormOfErrorsIsAbridged) {
  Script s = begun();
  for (std::uint64_t i = 0; i < 500; ++i) s.at(10 + i).add(Kind::uart_error, 0, 0, 0, 0, 0x41);
  s.at(600).end(1, Reason::sleep, 500, s.line(33)).add(Kind::idle_begin, 0);
  for (std::uint64_t i = 0; i < 500; ++i) s.at(1000 + i).add(Kind::uart_error, 0, 0, 0, 1, 0x41);
  const std::string text = text_of(s);
  EXPECT_EQ(count(text, "overrun"), 10U);
  EXPECT_NE(text.find("… and 490 more"), std::string::npos) << text;
  EXPECT_EQ(count(text, "framing"), 29U + 10U);
  EXPECT_NE(text.find("… 951 more notices"), std::string::npos) << text;
  EXPECT_EQ(count(text_of(s, {true, false, true}), "framing"), 500U);
}

}  // namespace
