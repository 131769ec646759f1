// What goes wrong is said in one clear line on stderr, with exit status 2, and leaves nothing behind.
#include "program.hpp"

namespace {

struct Mistake {
  const char* arguments;
  const char* said;
};

class Mistakes : public program::Test, public testing::WithParamInterface<Mistake> {};

TEST_P(Mistakes, OneLineAndStatus2) {
  program::write(folder_ / "text.cstrace", "this is no trace\n");
  program::write(folder_ / "notes.txt", "");
  const program::Output output = coroscope(GetParam().arguments);
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, std::string("coroscope: ") + GetParam().said + "\n");
  EXPECT_EQ(files(), (std::vector<std::string>{"notes.txt", "text.cstrace"}));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, Mistakes,
    testing::Values(
        Mistake{"run 01-blik", "there is no lesson \"01-blik\"; did you mean 01-blink?"},
        Mistake{"run lokc", "there is no lesson \"lokc\"; did you mean 03-lock?"},
        Mistake{"run xyzzyxyz", "there is no lesson \"xyzzyxyz\"; `coroscope list` names them all"},
        Mistake{"run", "say which lesson to run; `coroscope list` names them"},
        Mistake{"run 01 02", "one lesson at a time, not also 02"},
        Mistake{"run ./nowhere", "cannot find ./nowhere: No such file or directory"},
        Mistake{"run .", "there is no main.cpp in ."},
        Mistake{"run ./notes.txt", "./notes.txt is not a lesson: it must be a folder or a .cpp file"},
        Mistake{"run 01 --for 5x",
                "--for: \"5x\" is not a duration; say how long with its unit: 5s, 500ms, 2m"},
        Mistake{"run 01 --for 5",
                "--for: \"5\" is not a duration; say how long with its unit: 5s, 500ms, 2m"},
        Mistake{"run 01 --for -5s",
                "--for: \"-5s\" is not a duration; say how long with its unit: 5s, 500ms, 2m"},
        Mistake{"run 01 --for 0s", "--for: \"0s\" is too short; the shortest is 1us"},
        Mistake{"run 01 --for 99999h", "--for: \"99999h\" is too long; the longest is 1000h"},
        Mistake{"run 01 --for", "--for wants a value behind it"},
        Mistake{"run 01 --headless=yes", "--headless takes no value"},
        Mistake{"run 01 --fro 5s", "unknown option --fro; did you mean --for?"},
        Mistake{"run 01 --xyzzyxyz", "unknown option --xyzzyxyz; `coroscope --help` names them all"},
        Mistake{"run 01 --seed x", "--seed: \"x\" is not a number from 0 to 18446744073709551615"},
        Mistake{"run 01 --trace nowhere/t.json",
                "--trace: cannot write nowhere/t.json: No such file or directory"},
        Mistake{
            "run 01 --trace t.doc",
            "--trace: cannot tell from \"t.doc\" what to write; the name must end in .json (for Perfetto), "
            ".vcd (for GTKWave and PulseView), .cstrace (the whole trace) or .txt"},
        Mistake{
            "run 01 --trace t.ctf",
            "--trace: a CTF trace is a folder, made in two steps: write FILE.cstrace, then `coroscope trace "
            "FILE.cstrace --to ctf -o t.ctf`"},
        Mistake{"run 01-blik --trace t.json", "there is no lesson \"01-blik\"; did you mean 01-blink?"},
        Mistake{"rnu 01", "unknown command rnu; did you mean `coroscope run`?"},
        Mistake{"--versoin", "unknown option --versoin; did you mean `coroscope --version`?"},
        Mistake{"tets", "unknown command tets; did you mean `./coroscope test`?"},
        Mistake{"bensh", "unknown command bensh; did you mean `./coroscope bench`?"},
        Mistake{"test", "test is a command of the script that builds Coroscope: ./coroscope test"},
        Mistake{"list all", "list takes no all"}, Mistake{"doctor foo", "doctor takes no foo"},
        Mistake{"trace", "say which trace: coroscope trace FILE.cstrace --to json|vcd|ctf|text [-o FILE]"},
        Mistake{"trace nowhere.cstrace --to text", "cannot open nowhere.cstrace: No such file or directory"},
        Mistake{"trace text.cstrace --to json -o t.json", "text.cstrace is not a Coroscope trace (.cstrace)"},
        Mistake{"trace text.cstrace --to vcd -o t.vcd", "text.cstrace is not a Coroscope trace (.cstrace)"},
        Mistake{"trace text.cstrace --to ctf -o t", "text.cstrace is not a Coroscope trace (.cstrace)"},
        Mistake{"trace text.cstrace --to ctf", "ctf is a folder: say where it is to be made with -o FOLDER"},
        Mistake{"trace text.cstrace --to mp3",
                "cannot turn a trace into \"mp3\"; --to takes json, vcd, ctf or text"}));

class Errors : public program::Test {};

TEST_F(Errors, AFolderInPlaceOfTheTraceIsRefused) {
  std::filesystem::create_directory(folder_ / "t.json");
  const program::Output output = coroscope("run 01 --trace t.json");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err,
            "coroscope: --trace: cannot write t.json: it is there already and not an ordinary file\n");
}

TEST_F(Errors, AFailedRunLeavesTheOldTraceAlone) {
  program::write(folder_ / "t.json", "old");
  program::write(folder_ / "mine.cpp", "int main() { return nothing; }\n");
  EXPECT_EQ(coroscope("run mine.cpp --trace t.json").status, 2);
  EXPECT_EQ(program::read(folder_ / "t.json"), "old");
  EXPECT_EQ(files(), (std::vector<std::string>{"mine.cpp", "t.json"}));
}

TEST_F(Errors, CompilersLinesAreShown) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Coro<> start() { co_await asyncio::slep(1s); }\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run mine.cpp --trace t.json");
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.err.find("mine.cpp:2:45: error: "), std::string::npos) << output.err;
  EXPECT_TRUE(output.err.ends_with("\ncoroscope: mine.cpp does not compile\n")) << output.err;
  EXPECT_EQ(output.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(files(), std::vector<std::string>{"mine.cpp"});
}

TEST_F(Errors, ForgottenCoAwaitIsWarnedOfEachTime) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Coro<> other() { co_return; }\n"
                 "asyncio::Coro<> start() { other(); co_return; }\n"
                 "int main() { asyncio::run(start()); }\n");
  for (int i = 0; i < 2; ++i) {
    const program::Output output = coroscope("run mine.cpp");
    EXPECT_EQ(output.status, 0);
    EXPECT_NE(output.err.find("mine.cpp:3:"), std::string::npos) << output.err;
    EXPECT_NE(output.err.find("co_await it"), std::string::npos) << output.err;
  }
}

TEST_F(Errors, LostLastCoAwaitIsNotCompiled) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Coro<> start() { print(\"x\"); }\n"
                 "int main() { asyncio::run(start()); }\n");
  EXPECT_EQ(coroscope("run mine.cpp").status, 2);
}

TEST_F(Errors, CrashIsNamedAndItsTraceIsKept) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "#include <csignal>\n"
                 "asyncio::Coro<> start() {\n"
                 "  print(\"before\\n\");\n"
                 "  co_await asyncio::sleep(12ms);\n"
                 "  std::raise(SIGSEGV);\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run mine.cpp --trace t.cstrace");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(
      output.err,
      "coroscope: mine: The program crashed at mine.cpp:6 in task main, which went on from mine.cpp:5 at "
      "12.000 ms: it used memory that is not its own (SIGSEGV)\n");
  EXPECT_NE(output.out.find("before"), std::string::npos);
  const program::Output text = coroscope("trace t.cstrace --to text");
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("The program crashed at mine.cpp:6 in task main"), std::string::npos);
}

TEST_F(Errors, ExceptionOutOfMainIsNamed) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "#include \"machine.hpp\"\n"
                 "int main() { machine::Pin led(99, machine::Pin::OUT); }\n");
  const program::Output output = coroscope("run mine.cpp");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(
      output.err,
      "coroscope: mine: An exception left main() at 0.000 ms: asyncio::ValueError: Pin: there is no such pin "
      "on this board; a Pico has 0 to 29 (25 is its LED)\n");
}

TEST_F(Errors, HangIsStoppedAndNamed) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "volatile bool flag = false;\n"
                 "asyncio::Coro<> start() {\n"
                 "  co_await asyncio::sleep(5ms);\n"
                 "  while (!flag) {}\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run mine.cpp");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err,
            "coroscope: mine: The program hangs at mine.cpp:5 in task main, which went on from mine.cpp:4 at "
            "5.000 ms: it runs on and on without giving control back\n");
}

TEST_F(Errors, AnEmptyLoopIsNamedWithItsLine) {
  if (!program::is_reference_build())
    GTEST_SKIP()
        << "clang may leave out such a loop, which C++20 allows; g++ keeps it, and another build checks that";
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "int main() {\n"
                 "  print(\"now\\n\");\n"
                 "  for (;;) {}\n"
                 "}\n");
  const program::Output output = coroscope("run mine.cpp --hang 2s");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(
      output.err,
      "coroscope: mine: The program hangs at mine.cpp:4 outside of every task: it runs on and on without "
      "giving control back\n");
}

TEST_F(Errors, StackOverflowIsNamedWithItsLine) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "volatile int sum = 0;\n"
                 "int deep(int n) {\n"
                 "  if (n < 0) return 0;\n"
                 "  return deep(n + 1) + sum;\n"
                 "}\n"
                 "int main() { return deep(1); }\n");
  const program::Output output = coroscope("run mine.cpp");
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.err.find("crashed at mine.cpp:"), std::string::npos) << output.err;
  EXPECT_NE(output.err.find("stack overflow: functions call each other without end"), std::string::npos)
      << output.err;
}

TEST_F(Errors, StuckProgramNamesEachTaskAndItsLine) {
  program::write(folder_ / "mine.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "asyncio::Lock a, b;\n"
                 "asyncio::Coro<> left() {\n"
                 "  auto one = co_await a.scoped();\n"
                 "  co_await asyncio::sleep(10ms);\n"
                 "  auto two = co_await b.scoped();\n"
                 "}\n"
                 "asyncio::Coro<> right() {\n"
                 "  auto one = co_await b.scoped();\n"
                 "  co_await asyncio::sleep(10ms);\n"
                 "  auto two = co_await a.scoped();\n"
                 "}\n"
                 "asyncio::Coro<> start() { co_await asyncio::gather(left(), right()); }\n"
                 "int main() { asyncio::run(start()); }\n");
  const program::Output output = coroscope("run mine.cpp --for 3s");
  EXPECT_EQ(output.status, 0);
  EXPECT_TRUE(
      output.out.ends_with("program is stuck.\n"
                           "  main waits for what it gathers, mine.cpp:13\n"
                           "  left waits for Lock `b` (right has it), mine.cpp:6\n"
                           "  right waits for Lock `a` (left has it), mine.cpp:11\n"))
      << output.out;
}

TEST_F(Errors, ReaderThatGoesAwayDoesNoHarm) {
  const program::Output output =
      program::shell("'" COROSCOPE_PROGRAM "' run 01 --for 60s --all --trace t.cstrace | head -n 1", folder_);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(files(), std::vector<std::string>{"t.cstrace"});
}

}  // namespace
