// Building lessons when something else than the lesson is wrong: the disk, the linker, the libraries, another
// run.
#include "cli/lesson_build.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "cli/build_failure.hpp"
#include "program.hpp"

namespace {

namespace fs = std::filesystem;

const std::string coroscope_program = "'" COROSCOPE_PROGRAM "'";
const char* const whole_lesson =
    "#include \"asyncio.hpp\"\n"
    "asyncio::Coro<> start() { co_await asyncio::sleep(1ms); }\n"
    "int main() { asyncio::run(start()); }\n";

class LessonBuild : public program::Test {
 protected:
  void SetUp() override {
    program::write(folder_ / "mine.cpp", whole_lesson);
    lesson_.folder = folder_;
    lesson_.name = "mine";
    lesson_.source = folder_ / "mine.cpp";
    plan_.compiler = (folder_ / "compiler").string();
    plan_.compiler_id = "Other";  // no precompiled header
    plan_.cache_dir = folder_ / "cache";
    cache_before_ = std::getenv("XDG_CACHE_HOME") != nullptr ? std::getenv("XDG_CACHE_HOME") : "";
    ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  }
  void TearDown() override { ::setenv("XDG_CACHE_HOME", cache_before_.c_str(), 1); }

  // The compiler is this shell script; $out is the file it is to make.
  void use_compiler(const std::string& script) const {
    const fs::path path = folder_ / "compiler";
    program::write(
        path,
        "#!/bin/sh\nfor word; do [ \"$last\" = -o ] && out=$word; [ \"$last\" = -MF ] && rule=$word; "
        "last=$word; done\n" +
            script);
    fs::permissions(path, fs::perms::owner_all);
  }
  std::variant<cli::BuiltLesson, cli::BuildFailure> build() const {
    return cli::build_lesson(lesson_, "mine.cpp", plan_);
  }
  std::string failure() const {
    const auto built = build();
    const auto* const failure = std::get_if<cli::BuildFailure>(&built);
    return failure != nullptr ? failure->text : "(none)";
  }
  std::vector<std::string> cached() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "cache" / "coroscope"))
      names.push_back(entry.path().filename().string());
    return names;
  }
  // The real program, with a cache of this test's own.
  program::Output run(const std::string& command) const {
    return program::shell("export XDG_CACHE_HOME='" + (folder_ / "cache").string() + "'; " + command,
                          folder_);
  }

  cli::Lesson lesson_;
  cli::BuildPlan plan_;
  std::string cache_before_;
};

TEST_F(LessonBuild, FullDiskIsNoMistakeOfTheLesson) {
  use_compiler(
      "echo \"mine.cpp:3:1: fatal error: error writing to /tmp/x.s: No space left on device\"; exit 1");
  EXPECT_EQ(failure(),
            "mine.cpp could not be built: the compiler cannot write its files: No space left on device");
  EXPECT_EQ(cached(), std::vector<std::string>());
}

TEST_F(LessonBuild, MistakeInALineThatSpeaksOfAFullDiskIsAMistake) {
  use_compiler(
      "echo 'mine.cpp:3:9: error: expected a semicolon'; "
      "echo '    3 | throw Full(\"No space left on device\")'; exit 1");
  EXPECT_EQ(failure(), "mine.cpp does not compile");
}

TEST_F(LessonBuild, CompilerThatFailsByItself) {
  use_compiler("echo 'c++: fatal error: cannot execute cc1plus'; exit 1");
  EXPECT_EQ(failure(), "mine.cpp could not be built: the compiler failed for a reason of its own");
  use_compiler("echo 'lto-wrapper: 3:0 of 4: failed at 12:30:'; exit 1");
  EXPECT_EQ(failure(), "mine.cpp could not be built: the compiler failed for a reason of its own");
  use_compiler("echo '{standard input}:12: Error: no such instruction'; exit 1");
  EXPECT_EQ(failure(), "mine.cpp does not compile");
  use_compiler("kill -KILL $$");
  EXPECT_EQ(failure(), "mine.cpp could not be built: the compiler was ended by a signal: Killed");
  fs::remove(folder_ / "compiler");
  EXPECT_EQ(failure(),
            "mine.cpp could not be built: cannot start " + plan_.compiler + ": No such file or directory");
  EXPECT_EQ(cached(), std::vector<std::string>());
}

TEST_F(LessonBuild, LibrariesThatAreGone) {
  use_compiler(": >$out");
  plan_.libraries = {"-lm", (folder_ / "libgone.a").string()};
  EXPECT_EQ(failure(),
            "mine.cpp could not be built: " + plan_.libraries[1] + " is gone; build Coroscope again");
}

TEST_F(LessonBuild, WordsOfEveryLinkerForAMissingMain) {
  for (const char* const words :
       {"(.text+0x17): undefined reference to `main'\ncollect2: error: ld returned 1 exit status\n",
        "entry.cpp:function __wrap_main: error: undefined reference to 'main'\n",
        "mold: error: undefined symbol: main\n>>> referenced by entry.cpp\n",
        "\x1b[31mld.lld: error: \x1b[0mundefined symbol: main\n"}) {
    EXPECT_TRUE(cli::misses_main(words)) << words;
  }
  EXPECT_FALSE(
      cli::misses_main("mold: error: undefined symbol: main\nmold: error: undefined symbol: other\n"));
  EXPECT_FALSE(cli::misses_main("undefined reference to `main_task()'\n"));
  EXPECT_FALSE(cli::misses_main(""));
}

TEST_F(LessonBuild, LessonWithoutMain) {
  program::write(folder_ / "other.cpp", "#include \"asyncio.hpp\"\nint helper() { return 1; }\n");
  const program::Output output = coroscope("run other.cpp");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err, "coroscope: other.cpp could not be built: it has no main()\n");
}

TEST_F(LessonBuild, FunctionThatIsOnlyDeclared) {
  program::write(folder_ / "other.cpp",
                 "#include \"asyncio.hpp\"\nint helper();\nint main() { return helper(); }\n");
  const program::Output output = coroscope("run other.cpp");
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.err.find("helper()"), std::string::npos) << output.err;
  EXPECT_TRUE(
      output.err.ends_with("\ncoroscope: other.cpp could not be built: it uses what is declared but defined "
                           "nowhere; the linker names it above\n"))
      << output.err;
}

// The real compiler, on a disk on which no file may grow.
TEST_F(LessonBuild, NoRoomForTheCompilersFiles) {
  const program::Output output =
      run("trap '' XFSZ; ( ulimit -f 1; " + coroscope_program + " run mine.cpp 2>&1; echo status $? ) | cat");
  EXPECT_TRUE(
      output.out.ends_with("coroscope: mine.cpp could not be built: the compiler cannot write its files: "
                           "File too large\nstatus 2\n"))
      << output.out;
}

// What was built but could not be noted down whole does not count the next time.
TEST_F(LessonBuild, ListOfInputsThatCannotBeWrittenIsAFailure) {
  use_compiler("echo once >>\"" + (folder_ / "log").string() + "\" 2>/dev/null; : >$out");
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const rlimit nothing{0, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &nothing), 0);
  const std::string said = failure();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(said.starts_with("mine.cpp could not be built: cannot write ")) << said;
  EXPECT_TRUE(said.ends_with("/inputs: File too large")) << said;
  const auto built = build();
  ASSERT_TRUE(std::holds_alternative<cli::BuiltLesson>(built));
  EXPECT_FALSE(std::get<cli::BuiltLesson>(built).from_cache);
}

TEST_F(LessonBuild, ListOfInputsThatIsCutOffCountsAsChanged) {
  use_compiler("[ -n \"$rule\" ] && echo \"x: " + (folder_ / "mine.cpp").string() + "\" >$rule; : >$out");
  const auto from_cache = [&] {
    const auto built = build();
    return std::get<cli::BuiltLesson>(built).from_cache;
  };
  ASSERT_FALSE(from_cache());
  ASSERT_TRUE(from_cache());
  ASSERT_EQ(cached().size(), 1U);
  const fs::path inputs = folder_ / "cache" / "coroscope" / cached()[0] / "inputs";
  const std::string whole = program::read(inputs);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    program::write(inputs, whole.substr(0, size));
    ASSERT_FALSE(from_cache()) << whole.substr(0, size);
  }
  EXPECT_EQ(program::read(inputs), whole);
}

// One ends with its compiler's error while the other's compiler is still at work.
TEST_F(LessonBuild, RunsOfTheSameUncompilableLessonLeaveEachOtherAlone) {
  program::write(folder_ / "mine.cpp", std::string("int main() { return nothing; }\n") + whole_lesson);
  run(coroscope_program + " run 01 --for 1ms");
  const std::size_t cached_before = cached().size();  // 01-blink and, if the compiler has one, the header
  const program::Output output =
      run("for i in 1 2 3 4 5 6; do ( " + coroscope_program +
          " run mine.cpp >out$i 2>&1; echo status $? >>out$i ) & sleep 0.05; done; wait");
  const std::string first = program::read(folder_ / "out1");
  EXPECT_NE(first.find("mine.cpp:1:21: error: "), std::string::npos) << first;
  EXPECT_TRUE(first.ends_with("coroscope: mine.cpp does not compile\nstatus 2\n")) << first;
  for (int i = 2; i <= 6; ++i) EXPECT_EQ(program::read(folder_ / ("out" + std::to_string(i))), first);
  EXPECT_EQ(cached().size(), cached_before);
}

// Where coroscope is started decides how the compiler names files, and those decide what costs time.
TEST_F(LessonBuild, TheSameTimesWhereverItIsStarted) {
  const std::string run = "'" COROSCOPE_PROGRAM "' run 02 --for 1s --trace '" + folder_.string() + "/";
  EXPECT_EQ(this->run("cd '" COROSCOPE_SOURCE_DIR "' && " + run + "a.cstrace'").status, 0);
  fs::remove_all(folder_ / "cache");
  EXPECT_EQ(this->run(run + "b.cstrace'").status, 0);
  EXPECT_GT(program::read(folder_ / "a.cstrace").size(), 1000U);
  EXPECT_TRUE(program::read(folder_ / "a.cstrace") == program::read(folder_ / "b.cstrace"));
}

TEST_F(LessonBuild, PathThatLooksLikeAnOptionIsAPath) {
  for (const std::string name : {"-x.cpp", "@y.cpp"}) {
    program::write(folder_ / name, whole_lesson);
    const program::Output output = coroscope("run ./" + name);
    EXPECT_EQ(output.status, 0) << output.err;
    EXPECT_EQ(output.err, "");
    EXPECT_NE(output.out.find("sleeps until 1 ms"), std::string::npos) << output.out;
    EXPECT_EQ(output.out.find("./" + name), std::string::npos)
        << output.out;  // in the trace it is main's file
  }
}

class TraceFile : public program::Test {};

TEST_F(TraceFile, LinkIsFollowedAndStays) {
  fs::create_directory(folder_ / "elsewhere");
  program::write(folder_ / "elsewhere" / "real.json", "old");
  fs::create_symlink("elsewhere/real.json", folder_ / "link.json");
  fs::create_symlink("link.json", folder_ / "second.json");
  const program::Output output = coroscope("run 01 --for 1s --trace second.json");
  EXPECT_EQ(output.status, 0) << output.err;
  EXPECT_NE(output.out.find("The trace is in second.json;"), std::string::npos);
  EXPECT_TRUE(fs::is_symlink(folder_ / "second.json"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.json"));
  EXPECT_GT(program::read(folder_ / "elsewhere" / "real.json").size(), 1000U);
  EXPECT_EQ(files(), (std::vector<std::string>{"elsewhere", "link.json", "second.json"}));
}

TEST_F(TraceFile, LinkToNothingYetMakesWhatItPointsTo) {
  fs::create_symlink("new.txt", folder_ / "link.txt");
  EXPECT_EQ(coroscope("run 01 --for 1s --trace link.txt").status, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.txt"));
  EXPECT_GT(program::read(folder_ / "new.txt").size(), 1000U);
}

TEST_F(TraceFile, LinksInACircleAreRefused) {
  fs::create_symlink("b.txt", folder_ / "a.txt");
  fs::create_symlink("a.txt", folder_ / "b.txt");
  const program::Output output = coroscope("run 01 --for 1s --trace a.txt");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err, "coroscope: --trace: cannot write a.txt: it is a link that leads in a circle\n");
}

}  // namespace
