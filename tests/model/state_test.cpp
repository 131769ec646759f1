// What a trace means: the tasks' states, the ready queue, decisions, latencies, spans, names.
#include "model/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "trace_script.hpp"

namespace {

using model::Phase;
using model::SpanKind;
using model::State;
using trace_script::Kind;
using trace_script::lock_story;
using trace_script::ObjectKind;
using trace_script::Reason;
using trace_script::Script;

State play(const Script& script, const model::Sources* sources = nullptr) {
  State state(sources);
  for (const trace::Record& record : script.records()) state.apply(record);
  return state;
}

// Plays up to and including the decision with that number.
State play_to_decision(const Script& script, std::uint64_t number) {
  State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    if (state.decisions() == number) break;
  }
  return state;
}

TEST(State, ReadyQueueIsInTheOrderTasksBecameReady) {
  const State state = play_to_decision(lock_story(), 2);
  EXPECT_EQ(state.task(2)->phase, Phase::running);
  ASSERT_EQ(state.ready().size(), 2U);
  EXPECT_EQ(state.ready()[0], 3U);
  EXPECT_EQ(state.ready()[1], 4U);
  EXPECT_EQ(state.task(1)->phase, Phase::waiting);
}

TEST(State, PriorityGoesAheadOfTheQueue) {
  Script s;
  s.create(1, "a", 0, s.line(1)).create(2, "b", 0, s.line(2));
  s.ready(2, Reason::io_read, 0, 0, true);
  const State state = play(s);
  EXPECT_EQ(state.ready().front(), 2U);
}

TEST(State, DecisionKnowsWhoWokeTheTaskAndFromWhere) {
  const State state = play_to_decision(lock_story(), 7);
  const model::Decision& decision = state.last_decision();
  EXPECT_EQ(decision.task, 3U);
  EXPECT_EQ(decision.wake.reason, Reason::lock);
  EXPECT_EQ(decision.wake.by_task, 2U);
  EXPECT_EQ(state.place(decision.wake.site), "main.cpp:13");
  EXPECT_EQ(decision.time_ns, 12'005'000U);
  EXPECT_EQ(decision.latency_ns(), 3'000U);
}

TEST(State, SleeperIsReadyFromItsDeadlineHoweverLateTheLoopLooks) {
  const State state = play_to_decision(lock_story(), 6);
  EXPECT_EQ(state.last_decision().task, 2U);
  EXPECT_EQ(state.last_decision().latency_ns(), 2'000'000U);
  EXPECT_EQ(state.last_decision().wake.by_task, 0U);
}

TEST(State, OverdueSleeperIsFoundBeforeTheLoopHasLooked) {
  Script s;
  s.create(1, "a", 0, s.line(1)).create(2, "b", 0, s.line(2));
  s.begin(1).end(1, Reason::sleep, 5, s.line(3));
  s.begin(2).at(4999).add(Kind::event_set, 0, 1);
  EXPECT_FALSE(play(s).due(*play(s).task(1)));
  s.at(5000).add(Kind::event_set, 0, 1);
  ASSERT_TRUE(play(s).due(*play(s).task(1)));
  EXPECT_EQ(play(s).due(*play(s).task(1))->time_ns, 5'000'000U);
}

TEST(State, DeadlinesGoOnWhenMillisecondsWrap) {
  Script s;
  const std::uint64_t late_us = 0xffff'fff0ULL * 1000;
  s.create(1, "a", 0, s.line(1)).at(late_us).begin(1).end(1, Reason::sleep, 0x10, s.line(3));
  EXPECT_EQ(play(s).task(1)->wait.due_ns, (late_us + 32'000) * 1000);
}

TEST(State, LockHasAnOwnerFromAcquireToRelease) {
  EXPECT_EQ(play_to_decision(lock_story(), 3).object(1)->owner, 2U);
  EXPECT_EQ(play_to_decision(lock_story(), 7).object(1)->owner, 0U);
  EXPECT_EQ(play(lock_story()).object(1)->owner, 3U);
}

TEST(State, InterruptIsTheOneWhoWakes) {
  Script s;
  s.object(1, ObjectKind::isr, "pin 14", s.line(2));
  s.create(1, "a", 0, s.line(1)).begin(1).end(1, Reason::event, 0, s.line(3));
  s.add(Kind::isr_enter, 0, 1).ready(1, Reason::event).add(Kind::isr_exit, 0, 1).begin(1);
  const State state = play(s);
  EXPECT_EQ(state.last_decision().wake.by_interrupt, 1U);
  EXPECT_EQ(state.last_decision().wake.by_task, 0U);
}

TEST(State, WaitInCoreIsShownWhereTheLearnerAwaitsIt) {
  Script s;
  s.create(1, "a", 0, s.line(1)).begin(1);
  s.add(Kind::call, 1, 0, s.line(7)).add(Kind::call, 1, 0, s.site("core/asyncio/wait_for.hpp", 80));
  s.end(1, Reason::gather, 0, s.site("core/asyncio/gather.hpp", 120));
  State state = play(s);
  EXPECT_EQ(state.place(state.own_wait_site(*state.task(1))), "main.cpp:7");
  s.ready(1, Reason::gather, 1).begin(1).add(Kind::call_return, 1).add(Kind::call_return, 1);
  s.end(1, Reason::sleep, 3, s.line(9));
  state = play(s);
  EXPECT_EQ(state.place(state.own_wait_site(*state.task(1))), "main.cpp:9");
}

TEST(State, SpansCoverEachTasksTimeWithoutGaps) {
  State state;
  std::vector<model::Span> spans;
  const auto keep = [&] { spans.insert(spans.end(), state.ended().begin(), state.ended().end()); };
  const Script story = lock_story();
  for (const trace::Record& record : story.records()) {
    state.apply(record);
    keep();
  }
  state.finish();
  keep();
  for (std::uint32_t task = 1; task <= 4; ++task) {
    std::uint64_t at = 0;
    for (const model::Span& span : spans) {
      if (span.task != task || span.kind == SpanKind::holding) continue;
      EXPECT_EQ(span.begin_ns, at) << "task " << task;
      at = span.end_ns;
    }
    EXPECT_EQ(at, 20'000'000U) << "task " << task;
  }
  const auto count = [&](SpanKind kind, std::uint32_t task) {
    return std::count_if(spans.begin(), spans.end(),
                         [&](const auto& s) { return s.kind == kind && s.task == task; });
  };
  EXPECT_EQ(count(SpanKind::holding, 2), 1);
  EXPECT_EQ(count(SpanKind::holding, 3), 1);
  EXPECT_EQ(count(SpanKind::waiting, 3), 1);
  EXPECT_EQ(count(SpanKind::ready, 2), 2);
}

TEST(State, CopyIsABookmark) {
  const Script story = lock_story();
  State state = play_to_decision(story, 4);
  const State bookmark = state;
  for (const trace::Record& record : story.records()) state.apply(record);
  EXPECT_EQ(bookmark.decisions(), 4U);
  EXPECT_EQ(bookmark.running(), 4U);
}

TEST(State, NamesComeFromTheSourceWhereTheProgramGivesNone) {
  model::Sources sources;
  sources.add("main.cpp", "asyncio::Event pressed;\nasyncio::create_task(blink(led, 500ms));\n\n");
  Script s;
  s.object(1, ObjectKind::event, "", s.line(1));
  s.object(2, ObjectKind::lock, "", s.line(3));
  s.create(1, "", 0, s.line(2)).create(2, "", 0, s.line(2)).create(3, "", 0, s.line(3));
  const State state = play(s, &sources);
  EXPECT_EQ(state.object_text(1), "Event `pressed`");
  EXPECT_EQ(state.object_text(2), "Lock #2 (main.cpp:3)");
  EXPECT_EQ(state.task(1)->name, "blink");
  EXPECT_EQ(state.task(2)->name, "blink#2");
  EXPECT_EQ(state.task(3)->name, "task#1");
}

TEST(State, TasksOfAGatherAreNamedInTheirOrder) {
  model::Sources sources;
  sources.add("main.cpp", "\n  co_await asyncio::gather(left(1), right(2));\n");
  Script s;
  s.create(1, "main", 0, s.line(1)).begin(1).add(Kind::call, 1, 0, s.line(2));
  s.create(2, "", 1, s.site("core/asyncio/gather.hpp", 80))
      .create(3, "", 1, s.site("core/asyncio/gather.hpp", 80));
  const State state = play(s, &sources);
  EXPECT_EQ(state.task(2)->name, "left");
  EXPECT_EQ(state.task(3)->name, "right");
}

TEST(State, ConsoleTextIsPutTogether) {
  Script s;
  s.create(1, "a", 0, s.line(1)).at(7).begin(1).console("sixteen letters!");
  State state;
  std::string text;
  for (const trace::Record& record : s.records()) {
    state.apply(record);
    if (state.console() != nullptr) {
      text += state.console()->text;
      EXPECT_EQ(state.console()->task, 1U);
      EXPECT_EQ(state.console()->time_ns, 7'000U);
    }
  }
  EXPECT_EQ(text, "sixteen letters!");
}

TEST(State, StopHasItsReasonAndMessage) {
  Script s;
  s.at(5).stop(trace::Stop::exception, 0, "asyncio::ValueError: a pin");
  const State state = play(s);
  ASSERT_TRUE(state.stopped().has_value());
  EXPECT_EQ(state.stopped()->why, trace::Stop::exception);
  EXPECT_EQ(state.stopped()->message, "asyncio::ValueError: a pin");
}

TEST(State, NonsenseIsIgnored) {
  Script s;
  s.begin(77).end(4'000'000'000U, Reason::lock, 4'000'000'000U, 0xffffffff).done(9);
  s.add(Kind::lock_acquire, 5, 5).add(Kind::call_return, 3).add(Kind::isr_exit, 0, 1);
  s.add(static_cast<Kind>(200), 1, 1, 1, 255, 65535).create(5, "not the first", 0, 0);
  State state = play(s);
  state.finish();
  EXPECT_TRUE(state.tasks().empty());
}

}  // namespace
