// Running lessons: what is shown, the traces written, the cache.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.hpp"

namespace {

class Run : public program::Test {};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The same without the lines that begin so.
std::string without_lines(const std::string& text, const std::string& begin) {
  std::istringstream lines(text);
  std::string rest;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(begin)) rest += line + '\n';
  }
  return rest;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::size_t width = 0;
  for (const char c : text) {
    if (c == '\n') {
      widest = std::max(widest, width);
      width = 0;
    } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
      ++width;
    }
  }
  return widest;
}

TEST_F(Run, ListNamesLessonsAndBoards) {
  const program::Output output = coroscope("list");
  EXPECT_EQ(output.status, 0);
  for (const char* const name : {"01-blink", "02-round-robin", "03-lock", "pico"}) {
    EXPECT_TRUE(contains(output.out, name)) << output.out;
  }
}

TEST_F(Run, HelpAndVersion) {
  EXPECT_TRUE(contains(coroscope("--help").out, "coroscope run LESSON"));
  EXPECT_TRUE(contains(coroscope("run --help").out, "--for TIME"));
  EXPECT_TRUE(coroscope("--version").out.starts_with("coroscope "));
  EXPECT_EQ(coroscope("").status, 0);
}

TEST_F(Run, DoctorSaysWhatIsThere) {
  const program::Output output = coroscope("doctor");
  EXPECT_EQ(output.status, 0) << output.out;
  EXPECT_TRUE(contains(output.out, "C++ compiler")) << output.out;
}

TEST_F(Run, BlinkShowsBothLedsSchedules) {
  const program::Output output = coroscope("run 01-blink --headless --for 5s");
  EXPECT_EQ(output.status, 0) << output.err;
  EXPECT_TRUE(contains(output.out, "500.000  red    its sleep is over  GP16 low; sleeps until 1000 ms"));
  EXPECT_TRUE(contains(output.out, "300.000  green  its sleep is over  GP17 low; sleeps until 600 ms"));
  EXPECT_TRUE(contains(output.out, "GP17 ▔▔"));
  EXPECT_TRUE(contains(output.out, "The 5 s are over."));
  EXPECT_LE(widest_line(output.out), 80U);
  EXPECT_EQ(output.err, "");
}

TEST_F(Run, LessonsAreFoundByNumberAndByTheBeginningOfTheirName) {
  const std::string expected = coroscope("run 03-lock --for 50ms").out;
  for (const char* const name : {"03", "3", "lock", "03-l", "lo"}) {
    EXPECT_EQ(coroscope(std::string("run ") + name + " --for 50ms").out, expected) << name;
  }
}

TEST_F(Run, OwnFolderAndOwnFile) {
  const std::string source =
      "#include \"asyncio.hpp\"\n"
      "#include \"mine.hpp\"\n"
      "asyncio::Coro<> start() { co_await rest(); }\n"
      "int main() { asyncio::run(start()); }\n";
  std::filesystem::create_directory(folder_ / "with space");
  program::write(folder_ / "with space" / "main.cpp", source);
  program::write(folder_ / "with space" / "mine.hpp",
                 "inline asyncio::Coro<> rest() { co_await asyncio::sleep_ms(1); }\n");
  program::write(folder_ / "mine.hpp", "inline asyncio::Coro<> rest() { co_await asyncio::sleep_ms(2); }\n");
  program::write(folder_ / "own.cpp", source);
  const program::Output in_folder = coroscope("run 'with space'");
  EXPECT_TRUE(contains(in_folder.out, "sleeps until 1 ms (mine.hpp:1)")) << in_folder.out << in_folder.err;
  EXPECT_TRUE(contains(coroscope("run own.cpp").out, "sleeps until 2 ms (mine.hpp:1)"));
  // A header that changed is noticed.
  program::write(folder_ / "mine.hpp", "inline asyncio::Coro<> rest() { co_await asyncio::sleep_ms(3); }\n");
  EXPECT_TRUE(contains(coroscope("run own.cpp").out, "sleeps until 3 ms (mine.hpp:1)"));
}

TEST_F(Run, JsonTraceIsWhatAChromeTraceReaderExpects) {
  EXPECT_EQ(coroscope("run 03-lock --for 1s --trace t.json").status, 0);
  const nlohmann::json trace = nlohmann::json::parse(program::read(folder_ / "t.json"));
  std::size_t slices = 0;
  for (const auto& event : trace.at("traceEvents")) {
    ASSERT_TRUE(event.contains("ph") && event.contains("pid") && event.contains("tid") &&
                event.contains("ts"));
    if (event.at("ph") == "X") {
      ASSERT_TRUE(event.contains("dur"));
      ++slices;
    }
  }
  EXPECT_GT(slices, 100U);
  EXPECT_EQ(files(), std::vector<std::string>{"t.json"});
}

TEST_F(Run, TextOfATraceIsTheSameWhicheverWayItIsMade) {
  for (const char* const lesson : {"01-blink", "02-round-robin", "03-lock"}) {
    const std::string run = std::string("run ") + lesson + " --for 1s --seed 3 --trace ";
    EXPECT_EQ(coroscope(run + "direct.txt").status, 0);
    EXPECT_EQ(coroscope(run + "t.cstrace").status, 0);
    EXPECT_EQ(coroscope(run + "direct.json").status, 0);
    EXPECT_EQ(coroscope("trace t.cstrace --to text -o made.txt").status, 0);
    EXPECT_EQ(coroscope("trace t.cstrace --to json -o made.json").status, 0);
    EXPECT_EQ(
        program::first_difference(program::read(folder_ / "direct.txt"), program::read(folder_ / "made.txt")),
        "");
    EXPECT_EQ(program::read(folder_ / "direct.json"), program::read(folder_ / "made.json"));
    // Each command names its own option that keeps what is not shown.
    std::string shown = coroscope(std::string("run ") + lesson + " --for 1s --seed 3 --all").out;
    EXPECT_EQ(shown, coroscope("trace t.cstrace --all").out);
    EXPECT_GT(program::read(folder_ / "made.txt").size(), 1000U);
  }
}

TEST_F(Run, LongRunsAreAbridged) {
  program::write(folder_ / "busy.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Coro<> chat(int n) {\n"
                 "  for (;;) { print(\"%d\\n\", n); co_await asyncio::sleep_ms(0); }\n"
                 "}\n"
                 "asyncio::Coro<> start() {\n"
                 "  for (int i = 0; i < 100; ++i) asyncio::create_task(chat(i));\n"
                 "  co_await asyncio::sleep(60s);\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run busy.cpp --for 1s");
  EXPECT_EQ(output.status, 0);
  EXPECT_LT(output.out.size(), 20'000U);
  EXPECT_TRUE(contains(output.out, "--all shows"));
  EXPECT_TRUE(contains(output.out, "more tasks"));
  EXPECT_LE(widest_line(output.out), 80U);
  EXPECT_GT(coroscope("run busy.cpp --for 1s --all").out.size(), 1'000'000U);
}

TEST_F(Run, AsciiWhereTheLocaleHasNoMore) {
  const program::Output output =
      program::shell("export LC_ALL=C; '" COROSCOPE_PROGRAM "' run 02 --for 1s --why", folder_);
  EXPECT_EQ(output.status, 0);
  EXPECT_TRUE(std::all_of(output.out.begin(), output.out.end(), [](char c) { return c > 0; }));
  EXPECT_TRUE(contains(output.out, "us"));
}

TEST_F(Run, TerminalTricksInTheOutputAreHarmless) {
  program::write(folder_ / "own.cpp",
                 "#include \"asyncio.hpp\"\nint main() { print(\"\\033[2J\\a tab\\t end\\r\\n\"); }\n");
  const program::Output output = coroscope("run own.cpp");
  EXPECT_TRUE(contains(output.out, "│ \\x1b[2J\\x07 tab\t end\n")) << output.out;
}

// Where a lesson's words could break a table or a line, or play tricks on the terminal.
TEST_F(Run, NamesAndMessagesAreHarmless) {
  program::write(folder_ / "own.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "#include <stdexcept>\n"
                 "asyncio::Lock bus;\n"
                 "asyncio::Coro<> a() {\n"
                 "  auto held = co_await bus.scoped();\n"
                 "  co_await asyncio::sleep(20ms);\n"
                 "}\n"
                 "asyncio::Coro<> start() {\n"
                 "  asyncio::create_task(a(), \"one\\ntwo\");\n"
                 "  asyncio::create_task(a(), \"red\\033[31m\");\n"
                 "  asyncio::create_task(a(), \"csi\\xc2\\x9b\");\n"
                 "  co_await asyncio::sleep(50ms);\n"
                 "  throw std::runtime_error(\"sensor\\nbroke \\033[31mred\");\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run own.cpp --all --why --trace t.cstrace");
  EXPECT_EQ(output.status, 2);
  // Where its line costs a little more or less, some microseconds earlier or later.
  EXPECT_TRUE(output.err.starts_with("coroscope: own: An exception left main() at 50.00")) << output.err;
  EXPECT_TRUE(output.err.ends_with(" ms: std::runtime_error: sensor\\nbroke \\x1b[31mred\n")) << output.err;
  const program::Output text = coroscope("trace t.cstrace --all --why");
  for (const std::string& out : {output.out, text.out}) {
    EXPECT_TRUE(contains(out, "  one\\ntwo ")) << out;
    EXPECT_TRUE(contains(out, "  red\\x1b[31m ")) << out;
    EXPECT_FALSE(contains(out, "one\n"));
    EXPECT_FALSE(contains(out, "\x1b"));
    EXPECT_FALSE(contains(out, "\xc2\x9b"));
  }
  EXPECT_TRUE(contains(text.out, "sensor\\nbroke"));
}

TEST_F(Run, NarrowTerminalIsFilledAndNotExceeded) {
  program::write(folder_ / "own.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Coro<> a(int n) {\n"
                 "  for (int i = 0; i < n; ++i) co_await asyncio::sleep_ms(10);\n"
                 "}\n"
                 "asyncio::Coro<> start() {\n"
                 "  asyncio::create_task(a(9), \"a_very_long_name_of_a_task\");\n"
                 "  co_await a(12);\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  for (const char* const columns : {"40", "50", "64", "80", "100"}) {
    for (const char* const lesson : {"01", "02", "03", "own.cpp"}) {
      const program::Output output = program::shell(
          std::string("COLUMNS=") + columns + " '" COROSCOPE_PROGRAM "' run " + lesson + " --for 1s --why",
          folder_);
      EXPECT_LE(widest_line(without_lines(output.out, "Who did what when")), std::stoul(columns))
          << output.out;
      EXPECT_TRUE(contains(output.out, "why it runs")) << output.out;
      EXPECT_TRUE(contains(output.out, "CPU")) << output.out;
    }
  }
  const std::string narrow =
      program::shell("COLUMNS=40 '" COROSCOPE_PROGRAM "' run 01 --for 1s", folder_).out;
  EXPECT_TRUE(contains(narrow, " 300.000  green  its sleep is over: GP17\n")) << narrow;
  EXPECT_TRUE(contains(narrow, "(line 10)\n")) << narrow;
  EXPECT_FALSE(contains(narrow, "longest slice")) << narrow;
}

TEST_F(Run, WhatIsNotShownCanBeKeptByAnOptionTheCommandHas) {
  const std::string run = coroscope("run 03 --for 5s --trace t.cstrace").out;
  const std::string trace = coroscope("trace t.cstrace --to text").out;
  const auto squeezed = [](std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
               text.end());
    return text;
  };
  EXPECT_TRUE(contains(squeezed(run), "--trace FILE.json keeps it for Perfetto.")) << run;
  EXPECT_TRUE(contains(squeezed(trace), "--to json -o FILE.json keeps it for Perfetto.")) << trace;
  EXPECT_FALSE(contains(trace, "--trace"));
  EXPECT_EQ(coroscope("trace t.cstrace --to json -o t.json").status, 0);
}

}  // namespace
