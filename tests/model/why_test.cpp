// The trace in words.
#include "model/why.hpp"

#include <gtest/gtest.h>

#include "trace_script.hpp"

namespace {

using model::State;
using trace_script::Kind;
using trace_script::lock_story;
using trace_script::ObjectKind;
using trace_script::Reason;
using trace_script::Script;

std::string why(const Script& script, std::uint64_t decision) {
  State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    if (state.decisions() == decision) return model::why_text(state);
  }
  return "no such decision";
}

TEST(Why, FirstTurn) {
  EXPECT_EQ(
      why(lock_story(), 1),
      "main ran at 0.000 ms: run() started it at 0.000 ms (main.cpp:40). It did not have to wait. Nobody "
      "else was ready.");
  EXPECT_EQ(
      why(lock_story(), 3),
      "ben ran at 0.004 ms: it was created by main at 0.000 ms (main.cpp:32). It waited 4 µs. Ready behind "
      "it: cleo (since 0.000 ms, new). Waiting: main (the end of anna, main.cpp:34), anna (until 10 ms, "
      "main.cpp:11).");
}

TEST(Why, SleepAndWhoElseWaits) {
  EXPECT_EQ(why(lock_story(), 5),
            "cleo ran at 9.000 ms: its sleep was over at 9.000 ms. It did not have to wait. Nobody else was "
            "ready. Waiting: main (the end of anna, main.cpp:34), anna (until 10 ms, main.cpp:11), ben (Lock "
            "`bus`, anna has it, main.cpp:10).");
}

TEST(Why, LockIsHandedOver) {
  EXPECT_EQ(
      why(lock_story(), 7),
      "ben ran at 12.005 ms: its Lock `bus` was released by anna and handed to it at 12.002 ms "
      "(main.cpp:13). It waited 3 µs. Nobody else was ready. Waiting: main (the end of anna, main.cpp:34), "
      "anna (until 112 ms, main.cpp:14), cleo (Lock `bus`, ben gets it next, main.cpp:10).");
}

TEST(Why, EventSetByAnInterrupt) {
  Script s;
  s.object(1, ObjectKind::event, "pressed", s.line(2)).object(2, ObjectKind::isr, "button", s.line(3));
  s.object(3, ObjectKind::queue, "log", s.line(4));
  s.create(1, "button", 0, s.line(5)).create(2, "blink", 0, s.line(6)).create(3, "logger", 0, s.line(7));
  s.begin(1).end(1, Reason::event, 1, s.line(30)).begin(2).end(2, Reason::sleep, 12, s.line(40));
  s.begin(3).end(3, Reason::queue_get, 3, s.line(52));
  s.at(12001).add(Kind::isr_enter, 0, 2).add(Kind::event_set, 0, 1, s.line(31));
  s.ready(1, Reason::event, 1, s.line(31)).add(Kind::isr_exit, 0, 2).at(12002).ready(2, Reason::sleep);
  s.at(12004).begin(1);
  EXPECT_EQ(
      why(s, 4),
      "button ran at 12.004 ms: its Event `pressed` was set by the interrupt button at 12.001 ms "
      "(main.cpp:31). It waited 3 µs. Ready behind it: blink (since 12.000 ms, its sleep is over). Waiting: "
      "logger (an item in Queue `log`, main.cpp:52).");
}

TEST(Why, OverdueSleeperCountsAsReady) {
  Script s;
  s.create(1, "a", 0, s.line(1)).create(2, "b", 0, s.line(2)).create(3, "c", 0, s.line(3));
  s.add(Kind::run_begin, 3)
      .begin(1)
      .end(1, Reason::sleep, 5, s.line(4))
      .begin(2)
      .at(9000)
      .end(2, Reason::sleep, 100, s.line(5));
  s.begin(3);
  EXPECT_EQ(why(s, 3),
            "c ran at 9.000 ms: run() started it at 0.000 ms (main.cpp:3). It waited 9 ms, while b ran. "
            "Ready behind it: a "
            "(since 5.000 ms, its sleep is over). Waiting: b (until 100 ms, main.cpp:5).");
}

TEST(Why, WhatWasMadeBeforeRunIsNotStartedByIt) {
  Script s;
  s.create(1, "background", 0, s.line(7)).create(2, "main", 0, s.line(8)).add(Kind::run_begin, 2).begin(1);
  EXPECT_EQ(
      why(s, 1),
      "background ran at 0.000 ms: it was created before run() at 0.000 ms (main.cpp:7). It did not have to "
      "wait. Ready behind it: main (since 0.000 ms, new).");
}

// The loop finds a flag set when it looks at it, which may be long after it was set.
TEST(Why, FlagWasSetWhenItWasSet) {
  Script s;
  s.object(1, ObjectKind::flag, "pressed", s.line(2));
  s.create(1, "button", 0, s.line(5)).create(2, "hog", 0, s.line(6)).create(3, "blink", 0, s.line(7));
  s.begin(1).end(1, Reason::io_read, 1, s.line(30)).begin(2);
  s.at(5000).add(Kind::event_set, 0, 1, s.line(31)).at(6000).add(Kind::event_set, 0, 1, s.line(32));
  s.at(105000).end(2, Reason::sleep, 200, s.line(33)).begin(3);
  EXPECT_EQ(why(s, 3),
            "blink ran at 105.000 ms: it was created before run() at 0.000 ms (main.cpp:7). It waited 105 "
            "ms, while "
            "hog ran. Ready behind it: button (since 5.000 ms, hog set pressed). Waiting: hog (until 200 ms, "
            "main.cpp:33).");
  s.end(3, Reason::sleep, 300, s.line(8)).ready(1, Reason::io_read).begin(1);
  EXPECT_EQ(why(s, 4),
            "button ran at 105.000 ms: its ThreadSafeFlag `pressed` was set by hog at 5.000 ms "
            "(main.cpp:31). It waited "
            "100 ms. Nobody else was ready. Waiting: hog (until 200 ms, main.cpp:33), blink (until 300 ms, "
            "main.cpp:8).");
}

TEST(Why, ItemPutByAnInterruptWaitsToBeSeen) {
  Script s;
  s.object(1, ObjectKind::queue, "log", s.line(2)).object(2, ObjectKind::isr, "tick", s.line(3));
  s.create(1, "logger", 0, s.line(5)).begin(1).end(1, Reason::io_read, 1, s.line(30));
  s.at(2000)
      .add(Kind::isr_enter, 0, 2)
      .add(Kind::queue_put, 0, 1, s.line(40), 0, 1)
      .add(Kind::isr_exit, 0, 2);
  s.at(2010).ready(1, Reason::io_read).begin(1);
  EXPECT_EQ(why(s, 2),
            "logger ran at 2.010 ms: an item was put into its Queue `log` by the interrupt tick at 2.000 ms "
            "(main.cpp:40). It waited 10 µs. Nobody else was ready.");
}

TEST(Why, WhichDeviceHadSomethingToRead) {
  Script s;
  s.object(1, ObjectKind::stream, "modem", s.line(2));
  s.create(1, "a", 0, s.line(1)).create(2, "b", 0, s.line(2)).begin(1).end(1, Reason::io_read, 1, s.line(3));
  s.begin(2).at(20).end(2, Reason::io_read, 0, s.line(4)).at(2000).ready(1, Reason::io_read).begin(1);
  EXPECT_EQ(
      why(s, 3),
      "a ran at 2.000 ms: its stream `modem` had something to read at 2.000 ms. It did not have to wait. "
      "Nobody else was ready. Waiting: b (something to read, main.cpp:4).");
  s.end(1, Reason::io_read, 1, s.line(3)).ready(2, Reason::io_read).begin(2);
  EXPECT_EQ(
      why(s, 4),
      "b ran at 2.000 ms: its device had something to read at 2.000 ms. It did not have to wait. Nobody else "
      "was ready. Waiting: a (something to read from stream `modem`, main.cpp:3).");
}

TEST(Why, TimeoutIsNoSleep) {
  Script s;
  s.create(1, "main", 0, s.line(1)).add(Kind::run_begin, 1).begin(1);
  s.create(2, "slow", 1, s.line(4))
      .create(3, "wait_for", 1, s.line(4))
      .end(1, Reason::timeout, 10, s.line(4));
  s.begin(2).end(2, Reason::sleep, 100, s.line(9));
  EXPECT_EQ(why(s, 2),
            "slow ran at 0.000 ms: it was created by main at 0.000 ms (main.cpp:4). It did not have to wait. "
            "Ready behind "
            "it: wait_for (since 0.000 ms, new). Waiting: main (the end of slow, until 10 ms at most, "
            "main.cpp:4).");
  s.begin(3).end(3, Reason::task, 2, s.line(4)).at(10000).ready(1, Reason::sleep).begin(1);
  EXPECT_EQ(
      why(s, 4),
      "main ran at 10.000 ms: its time was up at 10.000 ms. It did not have to wait. Nobody else was ready. "
      "Waiting: slow (until 100 ms, main.cpp:9), wait_for (the end of slow, main.cpp:4).");
}

// The few words of a table, for every reason: what a task waits for and what made it ready.
struct Words {
  Reason reason;
  ObjectKind kind;
  std::uint32_t object;
  const char* wait;
  const char* reason_text;
};
class EveryReason : public testing::TestWithParam<Words> {};

TEST_P(EveryReason, InAFewWords) {
  const Words& words = GetParam();
  Script s;
  s.object(1, words.kind, "x", s.line(2));
  s.create(1, "a", 0, s.line(1)).create(2, "b", 0, s.line(2)).begin(1);
  s.end(1, words.reason, words.object, s.line(3)).begin(2);
  State state;
  for (const trace::Record& record : s.records()) state.apply(record);
  EXPECT_EQ(model::wait_text(state, *state.task(1)), words.wait);
  Script woken;
  woken.ready(1, words.reason, words.object);
  state.apply(woken.records().front());
  EXPECT_EQ(model::reason_text(state, *state.task(1)), words.reason_text);
}

INSTANTIATE_TEST_SUITE_P(
    Why, EveryReason,
    testing::Values(
        Words{Reason::yield, ObjectKind::other, 0, "gives way to the others", "it is its turn again"},
        Words{Reason::sleep, ObjectKind::other, 20, "sleeps until 20 ms", "its sleep is over"},
        Words{Reason::event, ObjectKind::event, 1, "waits for x", "b set x"},
        Words{Reason::lock, ObjectKind::lock, 1, "waits for x", "b released x"},
        Words{Reason::semaphore, ObjectKind::semaphore, 1, "waits for x", "b released x"},
        Words{Reason::condition, ObjectKind::condition, 1, "waits for x", "b notified x"},
        Words{Reason::queue_get, ObjectKind::queue, 1, "waits for an item in x", "b put into x"},
        Words{Reason::queue_put, ObjectKind::queue, 1, "waits for room in x", "b took from x"},
        Words{Reason::queue_join, ObjectKind::queue, 1, "waits for all of x to be done", "x is all done"},
        Words{Reason::barrier, ObjectKind::barrier, 1, "waits for x", "b completed x"},
        Words{Reason::io_read, ObjectKind::flag, 1, "waits for x", "x was set"},
        Words{Reason::io_read, ObjectKind::stream, 1, "waits for something to read from x", "x has data"},
        Words{Reason::io_write, ObjectKind::stream, 1, "waits for room to write to x", "x has room"},
        Words{Reason::task, ObjectKind::other, 2, "waits for the end of b", "b ended"},
        Words{Reason::gather, ObjectKind::other, 2, "waits for what it gathers", "b ended"}));

TEST(Why, EndOfTheRun) {
  const auto end = [](trace::Stop why, std::uint16_t extra = 0, const char* message = "") {
    Script s;
    s.create(1, "red", 0, s.line(20)).begin(1).end(1, Reason::sleep, 12, s.line(14)).at(12000);
    s.ready(1, Reason::sleep).begin(1).at(12004).stop(why, extra, message);
    State state;
    for (const trace::Record& record : s.records()) state.apply(record);
    return model::end_text(state);
  };
  EXPECT_EQ(end(trace::Stop::time_up), "The 12.004 ms are over.");
  EXPECT_EQ(end(trace::Stop::returned), "main() returned at 12.004 ms: the program is over.");
  EXPECT_EQ(end(trace::Stop::returned, 3), "main() returned 3 at 12.004 ms: the program is over.");
  EXPECT_EQ(end(trace::Stop::exited, 3), "The program called exit(3) at 12.004 ms.");
  EXPECT_EQ(end(trace::Stop::exception, 0, "asyncio::ValueError: no pin"),
            "An exception left main() at 12.004 ms: asyncio::ValueError: no pin");
  EXPECT_EQ(
      end(trace::Stop::crashed, 11),
      "The program crashed in task red, which went on from main.cpp:14 at 12.000 ms: it used memory that is "
      "not its own (SIGSEGV)");
  EXPECT_EQ(end(trace::Stop::hung),
            "The program hangs in task red, which went on from main.cpp:14 at 12.000 ms: it runs on and on "
            "without giving control back");
}

// Where the program was when it stopped.
TEST(Why, EndOfTheRunNamesTheLine) {
  const auto end = [](trace::Stop why, const char* message = "") {
    Script s;
    s.create(1, "red", 0, s.line(20)).add(Kind::run_begin, 1).begin(1).end(1, Reason::sleep, 12, s.line(14));
    s.at(12000).ready(1, Reason::sleep).begin(1).at(500'000);
    const std::uint32_t site = s.line(17);
    s.add(Kind::stop, 0, 0, site, static_cast<std::uint8_t>(why), why == trace::Stop::crashed ? 11 : 0);
    s.message(message);
    State state;
    for (const trace::Record& record : s.records()) state.apply(record);
    return model::end_text(state);
  };
  EXPECT_EQ(end(trace::Stop::time_up),
            "The 500 ms are over. Task red was at main.cpp:17, in a slice that began at 12.000 ms.");
  EXPECT_EQ(
      end(trace::Stop::interrupted),
      "The run was interrupted at 500.000 ms. Task red was at main.cpp:17, in a slice that began at 12.000 "
      "ms.");
  EXPECT_EQ(
      end(trace::Stop::hung),
      "The program hangs at main.cpp:17 in task red, which went on from main.cpp:14 at 12.000 ms: it runs on "
      "and on without giving control back");
  EXPECT_EQ(
      end(trace::Stop::crashed, "stack overflow: too deep"),
      "The program crashed at main.cpp:17 in task red, which went on from main.cpp:14 at 12.000 ms: stack "
      "overflow: too deep");
}

TEST(Why, AnEndOutsideOfEveryTask) {
  const auto end = [](trace::Stop why, bool in_interrupt) {
    Script s;
    s.object(1, ObjectKind::isr, "Timer", s.line(3));
    if (in_interrupt) s.at(2).add(Kind::isr_enter, 0, 1);
    const std::uint32_t site = s.line(17);
    s.at(500'000).add(Kind::stop, 0, 0, site, static_cast<std::uint8_t>(why), 11);
    State state;
    for (const trace::Record& record : s.records()) state.apply(record);
    return model::end_text(state);
  };
  EXPECT_EQ(end(trace::Stop::time_up, false), "The 500 ms are over. main() was at main.cpp:17.");
  EXPECT_EQ(
      end(trace::Stop::crashed, true),
      "The program crashed at main.cpp:17 in interrupt Timer: it used memory that is not its own (SIGSEGV)");
  EXPECT_EQ(
      end(trace::Stop::hung, false),
      "The program hangs at main.cpp:17 outside of every task: it runs on and on without giving control "
      "back");
}

TEST(Why, WhoIsReadyAndDoesNotRunAnyMore) {
  Script s;
  s.create(1, "hog", 0, s.line(1)).create(2, "light", 0, s.line(2)).add(Kind::run_begin, 1).begin(2);
  s.end(2, Reason::sleep, 5, s.line(3)).begin(1).at(300'000).stop(trace::Stop::time_up);
  State state;
  for (const trace::Record& record : s.records()) state.apply(record);
  state.finish();
  EXPECT_EQ(
      model::still_ready_text(state, *state.task(2)),
      "light is ready at the end and has not run: its sleep was over at 5.000 ms. It has waited 295 ms, and "
      "hog still runs.");
}

}  // namespace
