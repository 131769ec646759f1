// The script ./coroscope, in a folder in which nothing is built; and `doctor`, which asks it.
#include <algorithm>
#include <set>
#include <sstream>

#include "program.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path source_dir = COROSCOPE_SOURCE_DIR;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Launcher : public program::Test {
 protected:
  void SetUp() override {
    fs::copy_file(source_dir / "coroscope", folder_ / "coroscope");
    fs::create_directory(folder_ / "cli");
    fs::copy_file(source_dir / "cli" / "usage.txt", folder_ / "cli" / "usage.txt");
  }
  program::Output launch(const std::string& arguments) const {
    return program::shell("timeout 20 ./coroscope " + arguments, folder_);
  }
  // From here on a program that says what it was given is what has been built.
  void build_program() const {
    fs::create_directories(folder_ / "build" / "release" / "bin");
    const fs::path path = folder_ / "build" / "release" / "bin" / "coroscope";
    program::write(path, "#!/bin/sh\necho \"given:\" \"$@\"\n");
    fs::permissions(path, fs::perms::owner_all);
    program::write(folder_ / "build" / "release" / "launcher-stamp", fs::canonical(folder_).string() + "\n");
  }
  void expect_nothing_was_begun() const {
    EXPECT_EQ(files(), (std::vector<std::string>{"cli", "coroscope"}));
  }
};

TEST_F(Launcher, HelpNamesWhatThereIsAndNothingElse) {
  const std::string usage = program::read(source_dir / "cli" / "usage.txt");
  for (const char* const arguments : {"--help", "-h", "help", "--yes --help", "run --help", "list -h"}) {
    const program::Output output = launch(arguments);
    EXPECT_EQ(output.status, 0) << arguments;
    EXPECT_EQ(output.err, "");
    EXPECT_TRUE(output.out.starts_with(usage)) << output.out;
    EXPECT_TRUE(contains(output.out, "Nothing is built yet.")) << output.out;
  }
  expect_nothing_was_begun();
  for (const char* const command : {"list", "run", "trace", "doctor", "test", "bench"}) {
    EXPECT_TRUE(contains(usage, std::string("\n  ./coroscope ") + command + ' ')) << command;
  }
  EXPECT_EQ(coroscope("--help").out, usage);
}

TEST_F(Launcher, HelpOfWhatIsBuiltIsTheSame) {
  build_program();
  const program::Output output = launch("--help");
  EXPECT_EQ(output.out, program::read(source_dir / "cli" / "usage.txt"));
}

// Each command that the help names is one: with an option it cannot know, it says so.
TEST_F(Launcher, EachCommandOfTheHelpExists) {
  std::istringstream lines(program::read(source_dir / "cli" / "usage.txt"));
  std::set<std::string> commands;
  for (std::string line; std::getline(lines, line);) {
    const std::string start = "  ./coroscope ";
    if (!line.starts_with(start) || line[start.size()] == '-') continue;
    const std::string command = line.substr(start.size(), line.find(' ', start.size()) - start.size());
    const bool of_launcher = command == "test" || command == "bench";
    const program::Output output =
        of_launcher ? launch(command + " --help") : coroscope(command + " --no-such-option");
    EXPECT_TRUE(contains(of_launcher ? output.out : output.err,
                         of_launcher ? "usage: ./coroscope " + command : "unknown option --no-such-option"))
        << command << ": " << output.out << output.err;
    commands.insert(command);
  }
  EXPECT_EQ(commands, (std::set<std::string>{"list", "run", "trace", "doctor", "test", "bench"}));
}

TEST_F(Launcher, HelpOfTestAndBenchComesAtOnce) {
  for (const char* const arguments : {"test --help", "test -h", "test quick --help", "test --yes --help",
                                      "--yes test --help", "bench --help", "bench --only yield --help"}) {
    const program::Output output = launch(arguments);
    EXPECT_EQ(output.status, 0) << arguments << ": " << output.err;
    EXPECT_TRUE(output.out.starts_with("usage: ./coroscope ")) << arguments << ": " << output.out;
    EXPECT_EQ(output.err, "");
  }
  expect_nothing_was_begun();
}

TEST_F(Launcher, YesIsKnownWhereverItStands) {
  for (const char* const arguments :
       {"test --yes nonsense", "test quick --yes nonsense", "--yes test nonsense"}) {
    const program::Output output = launch(arguments);
    EXPECT_EQ(output.status, 2);
    EXPECT_TRUE(output.err.starts_with("coroscope: test does not know nonsense; usage: ")) << output.err;
  }
  expect_nothing_was_begun();
  build_program();
  EXPECT_EQ(launch("run --yes 01 --for 5s").out, "given: run 01 --for 5s\n");
  EXPECT_EQ(launch("run 01 --yes").out, "given: run 01\n");
  EXPECT_EQ(launch("run -- --yes").out, "given: run -- --yes\n");
}

class Doctor : public program::Test {
 protected:
  // With a dpkg that knows of no installed package, so that only what shows by other means is there.
  program::Output doctor() const {
    fs::create_directory(folder_ / "bin");
    for (const char* const name : {"dpkg-query", "apt-cache"}) {
      program::write(folder_ / "bin" / name, "#!/bin/sh\nexit 1\n");
      fs::permissions(folder_ / "bin" / name, fs::perms::owner_all);
    }
    return program::shell("PATH=\"$PWD/bin:$PATH\" '" COROSCOPE_PROGRAM "' doctor", folder_);
  }
};

TEST_F(Doctor, LooksAtEveryPackageTheLauncherInstalls) {
  const program::Output packages =
      program::shell("'" + (source_dir / "coroscope").string() + "' --packages", folder_);
  const std::string out = coroscope("doctor").out;
  std::istringstream lines(packages.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::size_t name = line.find('|', line.find('|') + 1) + 1;
    EXPECT_TRUE(contains(out, ' ' + line.substr(name, line.find('|', name) - name) + ' ')) << line;
  }
  EXPECT_GE(count, 16);
  for (const char* const name :
       {"nlohmann-json3-dev", "libgtest-dev", "libclang-rt-16-dev", "libstdc++-arm-none-eabi-newlib",
        "qemu-system-arm", "libbenchmark-dev", "libboost1.", "valgrind"}) {
    EXPECT_TRUE(contains(out, name)) << name;
  }
}

TEST_F(Doctor, SaysWhatIsMissingAndHowToInstallIt) {
  const program::Output output = doctor();
  EXPECT_EQ(output.status, 0);  // lessons run without them
  EXPECT_TRUE(contains(output.out, "\n  missing  libclang-rt-16-dev ")) << output.out;
  EXPECT_TRUE(contains(output.out, "\n  missing  libstdc++-arm-none-eabi-newlib ")) << output.out;
  const std::size_t install = output.out.find("\n  sudo apt-get install ");
  ASSERT_NE(install, std::string::npos);
  EXPECT_TRUE(contains(output.out.substr(install), " libclang-rt-16-dev")) << output.out;
  EXPECT_TRUE(contains(output.out.substr(install), " libstdc++-arm-none-eabi-newlib")) << output.out;
  EXPECT_FALSE(contains(output.out, "Nothing is missing"));
}

}  // namespace
