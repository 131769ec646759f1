// What becomes of the output: a full disk, a reader that goes away, Ctrl-C, a terminal that is closed.
#include <chrono>

#include "model/cstrace.hpp"
#include "program.hpp"

namespace {

namespace fs = std::filesystem;

const std::string coroscope_program = "'" COROSCOPE_PROGRAM "'";

class Output : public program::Test {
 protected:
  program::Output run(const std::string& command) const { return program::shell(command, folder_); }
};

TEST_F(Output, FullDiskIsOneLineAndStatus2) {
  ASSERT_EQ(coroscope("run 01 --for 1s --trace t.cstrace").status, 0);
  for (const char* const arguments : {"--help", "--version", "list", "list --help", "run 01 --for 1s",
                                      "run 01 --for 1s --all --why", "run 01 --for 1s --trace u.txt",
                                      "trace t.cstrace --to json", "trace t.cstrace --to text", "doctor"}) {
    const program::Output output = run(coroscope_program + ' ' + arguments + " >/dev/full");
    EXPECT_EQ(output.status, 2) << arguments;
    EXPECT_EQ(output.err, "coroscope: cannot write to the standard output: No space left on device\n")
        << arguments;
  }
  EXPECT_GT(fs::file_size(folder_ / "u.txt"), 1000U);  // that could be written
}

TEST_F(Output, ClosedStdoutIsNoPlaceForOutputEither) {
  const program::Output output = run(coroscope_program + " run 01 --for 1s --trace t.txt >&-");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err, "coroscope: cannot write to the standard output: Bad file descriptor\n");
  EXPECT_TRUE(program::read(folder_ / "t.txt").starts_with("01-blink on a virtual pico"));
}

// What `head` took is there, and the run that would take hours is over at once.
TEST_F(Output, ReaderThatGoesAwayEndsARunWithoutATrace) {
  for (const char* const options : {"", " --all"}) {
    const auto begin = std::chrono::steady_clock::now();
    const program::Output output = run("( timeout 60 " + coroscope_program + " run 03-lock --for 1000h" +
                                       options + "; echo status $? >&2 ) | head -n 2");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << options;
    EXPECT_EQ(output.out, "03-lock on a virtual pico, 3600000 s of its time, seed 0\n\n") << options;
    EXPECT_EQ(output.err, "status 0\n") << options;
  }
}

TEST_F(Output, ReaderThatGoesAwayEndsAConversion) {
  ASSERT_EQ(coroscope("run 03 --for 60s --trace t.cstrace").status, 0);
  const program::Output output =
      run("( " + coroscope_program + " trace t.cstrace --to text --all; echo status $? >&2 ) | head -n 1");
  EXPECT_EQ(output.err, "status 0\n");
}

// A signal, sent when the run has begun.
struct Interrupted : Output, testing::WithParamInterface<const char*> {};

TEST_P(Interrupted, LeavesAWholeTraceAndNothingElse) {
  const program::Output output = run(coroscope_program +
                                     " run 03-lock --for 1000h --trace t.cstrace >out & "
                                     "while ! [ -s out ]; do sleep 0.1; done; sleep 0.3; kill -" +
                                     GetParam() + " $!; wait $!");
  EXPECT_EQ(output.status, 130);
  EXPECT_TRUE(output.err.starts_with("coroscope: interrupted")) << output.err;
  EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"out", "t.cstrace"}));
  const auto reader = model::CstraceReader::open(folder_ / "t.cstrace");
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_GT(reader->record_count(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, testing::Values("INT", "TERM", "HUP", "QUIT"),
                         [](const auto& signal) { return std::string(signal.param); });

// A lesson that keeps its records to itself and does not end when asked.
TEST_F(Output, LessonThatDoesNotEndWhenAskedIsKilledAndTheEndIsSaidToBeMissing) {
  program::write(folder_ / "deaf.cpp",
                 "#include \"asyncio.hpp\"\n"
                 "#include <csignal>\n"
                 "#include <unistd.h>\n"
                 "asyncio::Coro<> start() {\n"
                 "  std::signal(SIGTERM, SIG_IGN);\n"
                 "  ::unlink(\"started.not\");\n"
                 "  for (;;) ::usleep(1000);\n"
                 "  co_return;\n"
                 "}\n"
                 "int main() { asyncio::run(start()); }\n");
  program::write(folder_ / "started.not", "");
  const auto begin = std::chrono::steady_clock::now();
  const program::Output output = run(coroscope_program +
                                     " run deaf.cpp & while [ -e started.not ]; do sleep 0.1; done; "
                                     "kill -INT $!; wait $!");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(40));
  EXPECT_EQ(output.status, 130);
  EXPECT_EQ(output.err, "coroscope: interrupted; the trace breaks off at 0.000 ms of the board's time\n");
  EXPECT_NE(output.out.find("the end of the trace is missing"), std::string::npos) << output.out;
  EXPECT_EQ(output.out.find("0 decisions"), std::string::npos) << output.out;
}

// Its own process group, so that Ctrl-C in a terminal leaves it time to write out its records; and there,
// reading from the terminal would stop it.
TEST_F(Output, LessonHasAProcessGroupOfItsOwnAndNothingToRead) {
  program::write(
      folder_ / "group.cpp",
      "#include \"asyncio.hpp\"\n"
      "#include <unistd.h>\n"
      "int main() {\n"
      "  char c = 0;\n"
      "  print(\"own group: %d, read: %d\\n\", int(::getpgrp() == ::getpid()), int(::read(0, &c, 1)));\n"
      "}\n");
  const program::Output output = run("echo x | " + coroscope_program + " run group.cpp");
  EXPECT_NE(output.out.find("own group: 1, read: 0"), std::string::npos) << output.out << output.err;
}

}  // namespace
