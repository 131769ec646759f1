// What a program's own code costs, whatever the compiler's level made of it; and that it can be interrupted
// and stopped anywhere.
#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "cli/lesson_build.hpp"
#include "model/cstrace.hpp"
#include "model/state.hpp"
#include "program.hpp"

namespace {

namespace fs = std::filesystem;
using trace::Kind;

struct Trace {
  std::vector<trace::Record> records;
  std::string decisions;  // who ran and why, a line each
  std::string console;
  std::optional<model::Stopped> stopped;

  std::vector<std::uint64_t> times_of(Kind kind) const {
    std::vector<std::uint64_t> times;
    for (const trace::Record& record : records) {
      if (record.kind == kind) times.push_back(record.time_ns);
    }
    return times;
  }
};

class ChargedCode : public program::Test {
 protected:
  void SetUp() override {
    if (!program::is_reference_build())
      GTEST_SKIP() << "what a line costs is defined by g++ without sanitizers; another build checks it";
  }
  // Builds `source` at that level, with the compiler lessons are built with, and runs it.
  Trace run(const std::string& source, const std::string& level, const std::string& more = "") const {
    auto plan = cli::read_build_plan();
    EXPECT_TRUE(plan);
    std::replace(plan->flags.begin(), plan->flags.end(), std::string("-Og"), level);
    plan->compiler_id = "Other";  // no precompiled header: it would be of another level
    plan->cache_dir = folder_ / "cache";
    const fs::path path = folder_ / "main.cpp";
    program::write(path, source);
    cli::Lesson lesson;
    lesson.folder = folder_;
    lesson.name = "charged";
    lesson.source = path;
    const auto built = cli::build_lesson(lesson, path.string(), *plan);
    const auto* const program = std::get_if<cli::BuiltLesson>(&built);
    if (program == nullptr) {
      ADD_FAILURE() << std::get<cli::BuildFailure>(built).text << '\n'
                    << std::get<cli::BuildFailure>(built).compiler_output;
      return {};
    }
    const std::string profile = (plan->source_dir / "boards/pico/profile").string();
    program::shell("'" + program->program.string() + "' --profile '" + profile + "' " + more +
                       " --records-fd 3 3>records",
                   folder_);
    return read(folder_ / "records");
  }

  static Trace read(const fs::path& path) {
    Trace trace;
    trace.records.resize(fs::file_size(path) / sizeof(trace::Record));
    const std::string bytes = program::read(path);
    if (trace.records.empty()) {
      ADD_FAILURE() << "no records";
      return trace;
    }
    std::memcpy(trace.records.data(), bytes.data(), trace.records.size() * sizeof(trace::Record));
    model::State state;
    bool console = false;
    for (const trace::Record& record : trace.records) {
      state.apply(record);
      if (record.kind == Kind::slice_begin) {
        const model::Task& task = *state.task(record.task);
        trace.decisions += task.name + ' ' + std::to_string(static_cast<int>(task.wake.reason)) + '\n';
      }
      trace::TextRecord text;
      std::memcpy(&text, &record, sizeof text);
      if (record.kind != Kind::text) console = record.kind == Kind::console;
      if (record.kind == Kind::text && text.id == 0 && console) trace.console.append(text.text, text.length);
    }
    trace.stopped = state.stopped();
    return trace;
  }
};

const std::string head =
    "#include \"asyncio.hpp\"\n#include \"machine.hpp\"\n#include \"time.hpp\"\n"
    "using machine::Pin;\nusing machine::Timer;\n";

// Tasks that calculate, wait for each other, and are interrupted.
const std::string mixed = head + R"(
asyncio::Queue<int> queue(3);
asyncio::ThreadSafeFlag tick;
volatile int ticks = 0;

int sum_of_divisors(int number) {
  int sum = 0;
  for (int divisor = 1; divisor <= number; ++divisor) {
    if (number % divisor == 0) {
      sum += divisor;
    }
  }
  return sum;
}

asyncio::Coro<> produce() {
  for (int number = 100; number < 140; ++number) {
    co_await queue.put(sum_of_divisors(number));
    if (number % 7 == 0) {
      co_await asyncio::sleep_ms(2);
    }
  }
}

asyncio::Coro<> consume() {
  for (int i = 0; i < 40; ++i) {
    int sum = co_await queue.get();
    while (sum > 100) {
      sum -= 7;
    }
  }
}

asyncio::Coro<> count() {
  while (true) {
    co_await tick.wait();
    ticks = ticks + 1;
  }
}

asyncio::Coro<> start() {
  Timer timer;
  timer.init({.period_us = 700}, [](Timer&) { tick.set(); });
  auto counter = asyncio::create_task(count(), "count");
  co_await asyncio::gather(produce(), consume());
}

int main() { asyncio::run(start()); }
)";

TEST_F(ChargedCode, DecisionsAreThoseOfAnyLevel) {
  const Trace unoptimised = run(mixed, "-O0");
  const Trace usual = run(mixed, "-Og");
  EXPECT_GT(usual.decisions.size(), 400U);
  EXPECT_EQ(program::first_difference(unoptimised.decisions, usual.decisions), "");
  // And the time it took, to a thousandth.
  ASSERT_TRUE(unoptimised.stopped && usual.stopped);
  const auto end = static_cast<double>(usual.records.back().time_ns);
  EXPECT_NEAR(static_cast<double>(unoptimised.records.back().time_ns), end, end / 1000);
}

// What decides is how long code takes, to a few lines: the lessons take the same decisions however compiled.
TEST_F(ChargedCode, LessonsDecideAlikeAtAnyLevel) {
  const fs::path lessons = fs::path(COROSCOPE_SOURCE_DIR) / "lessons";
  int compared = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(lessons)) {
    if (!fs::exists(entry.path() / "main.cpp")) continue;
    SCOPED_TRACE(entry.path().filename());
    std::string more = "--run-for-ns 1500000000";
    if (fs::exists(entry.path() / "diagram.json"))
      more += " --diagram '" + (entry.path() / "diagram.json").string() + "'";
    const std::string source = program::read(entry.path() / "main.cpp");
    const Trace unoptimised = run(source, "-O0", more);
    const Trace usual = run(source, "-Og", more);
    EXPECT_GT(usual.decisions.size(), 50U);
    EXPECT_EQ(program::first_difference(unoptimised.decisions, usual.decisions), "");
    ++compared;
  }
  EXPECT_GE(compared, 8);
}

TEST_F(ChargedCode, ALoopCostsItsLinesTimesItsTurns) {
  const auto slice_ns = [&](const std::string& turns) {
    const Trace trace = run(head +
                                "volatile int sum = 0;\n"
                                "asyncio::Coro<> start() {\n"
                                "  for (int i = 0; i < " +
                                turns +
                                "; ++i) {\n"
                                "    sum = sum + i;\n"
                                "  }\n"
                                "  co_return;\n"
                                "}\n"
                                "int main() { asyncio::run(start()); }\n",
                            "-Og");
    return trace.times_of(Kind::task_done).at(0) - trace.times_of(Kind::slice_begin).at(0);
  };
  // 10 cycles of 125 MHz a line: the body and the head of the loop, each turn.
  const std::uint64_t each = (slice_ns("3000") - slice_ns("1000")) / 2000;
  EXPECT_TRUE(each == 80 || each == 160) << each;
}

// A handler that sets a flag 500 us after the start, and a loop that waits for it without giving way.
std::string busy_wait(const std::string& flag, const std::string& loop) {
  return head + flag +
         " flag = false;\n"
         "asyncio::Coro<> start() {\n"
         "  Timer timer;\n"
         "  timer.init({.mode = Timer::ONE_SHOT, .period_us = 500}, [](Timer&) { flag = true; });\n" +
         loop +
         "  print(\"seen\\n\");\n"
         "  co_return;\n"
         "}\n"
         "int main() { asyncio::run(start()); }\n";
}

TEST_F(ChargedCode, AnInterruptComesInTheMiddleOfABusyLoop) {
  // To read the last is code of the library only, the loop's branch apart.
  for (const char* const flag : {"bool", "volatile bool", "#include <atomic>\nstd::atomic<bool>"}) {
    for (const char* const loop : {"  while (!flag);\n", "  while (!flag) {\n  }\n"}) {
      for (const char* const level : {"-O0", "-Og"}) {
        const Trace trace = run(busy_wait(flag, loop), level, "--run-for-ns 1000000000");
        SCOPED_TRACE(std::string(flag) + loop + level);
        EXPECT_EQ(trace.console, "seen\n");
        const std::uint64_t begun = trace.times_of(Kind::slice_begin).at(0);
        const std::uint64_t served = trace.times_of(Kind::isr_enter).at(0);
        // The timer was set a few lines and calls after the slice began, and is exact from there.
        EXPECT_GE(served, begun + 500'000);
        EXPECT_LT(served, begun + 506'000);
        EXPECT_LT(trace.times_of(Kind::task_done).at(0), served + 20'000);
      }
    }
  }
}

// The lesson on volatile: the compiler may keep a plain flag in a register.
TEST_F(ChargedCode, APlainFlagIsNeverSeenOnceTheCompilerOptimises) {
  const Trace plain = run(busy_wait("bool", "  while (!flag);\n"), "-O1", "--hang-ns 200000000");
  ASSERT_TRUE(plain.stopped);
  EXPECT_EQ(plain.stopped->why, trace::Stop::hung);
  EXPECT_EQ(plain.console, "");
  const Trace marked = run(busy_wait("volatile bool", "  while (!flag);\n"), "-O1", "--hang-ns 200000000");
  EXPECT_EQ(marked.console, "seen\n");
}

TEST_F(ChargedCode, WhatNeverGivesWayIsStoppedWithItsLine) {
  const std::map<std::string, std::string> loops{{"for (;;) {}", "main.cpp:7"},
                                                 {"while (true);", "main.cpp:7"},
                                                 {"volatile bool set = false; while (!set);", "main.cpp:7"},
                                                 {"for (volatile int i = 0;; i = i + 1) {}", "main.cpp:7"}};
  for (const auto& [loop, line] : loops) {
    fs::create_directory(folder_ / "own");
    program::write(folder_ / "own" / "main.cpp",
                   head + "asyncio::Coro<> start() {\n  " + loop +
                       "\n  co_return;\n}\nint main() { asyncio::run(start()); }\n");
    const program::Output output = coroscope("run own --for 10s");
    EXPECT_EQ(output.status, 2) << loop;
    EXPECT_NE(output.err.find(line), std::string::npos) << loop << '\n' << output.err;
    EXPECT_NE(output.err.find("hang"), std::string::npos) << loop << '\n' << output.err;
  }
}

TEST_F(ChargedCode, RecursionWithoutEndIsAStackOverflowWithItsLine) {
  fs::create_directory(folder_ / "own");
  program::write(folder_ / "own" / "main.cpp",
                 head +
                     "int deeper(volatile int* at) {\n  volatile int here[100] = {*at};\n"
                     "  return deeper(here) + here[1];\n}\n"
                     "int main() { volatile int first = 0; return deeper(&first); }\n");
  const program::Output output = coroscope("run own");
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.err.find("stack overflow"), std::string::npos) << output.err;
  EXPECT_NE(output.err.find("main.cpp:"), std::string::npos) << output.err;
}

TEST_F(ChargedCode, SoIsALocalVariableThatIsTooLargeAndRecursionBeforeMain) {
  fs::create_directory(folder_ / "own");
  for (const char* const program :
       {"int main() {\n  volatile char large[3'000'000];\n  large[0] = 1;\n  return large[0];\n}\n",
        "int deeper(volatile int* at) {\n  volatile int here[100] = {*at};\n"
        "  return deeper(here) + here[1];\n}\n"
        "volatile int first = 0;\nint before = deeper(&first);\nint main() {}\n"}) {
    program::write(folder_ / "own" / "main.cpp", program);
    const program::Output output = coroscope("run own");
    EXPECT_EQ(output.status, 2);
    EXPECT_NE(output.err.find("stack overflow"), std::string::npos) << output.err;
  }
}

TEST_F(ChargedCode, AnArmedWatchdogResetsABoardThatHangs) {
  fs::create_directory(folder_ / "own");
  program::write(folder_ / "own" / "main.cpp",
                 head +
                     "int main() {\n"
                     "  print(\"cause %d\\n\", static_cast<int>(machine::reset_cause()));\n"
                     "  if (machine::reset_cause() == machine::WDT_RESET) return 0;\n"
                     "  machine::WDT watchdog;\n"  // longer than a hang
                     "  for (;;) {}\n"
                     "}\n");
  const program::Output output = coroscope("run own");
  EXPECT_EQ(output.status, 0) << output.err;
  EXPECT_NE(output.out.find("cause 1"), std::string::npos) << output.out;
  EXPECT_NE(output.out.find("cause 3"), std::string::npos) << output.out;
}

}  // namespace
