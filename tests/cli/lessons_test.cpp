// The lessons: the decisions each is known to take, and the same trace every time it is run.
// The known decisions are in golden/. When they are meant to change, COROSCOPE_UPDATE_GOLDEN=1 writes them
// anew.
#include <cstdlib>
#include <optional>
#include <sstream>

#include "model/cstrace.hpp"
#include "model/format.hpp"
#include "model/why.hpp"
#include "program.hpp"

namespace {

namespace fs = std::filesystem;

struct Lesson {
  std::string name;
  std::string inputs;  // a file of the lesson's folder, or nothing
};

void PrintTo(const Lesson& lesson, std::ostream* out) { *out << lesson.name; }

class Lessons : public program::Test, public testing::WithParamInterface<Lesson> {
 protected:
  const std::string& name() const { return GetParam().name; }
  fs::path source_folder() const { return fs::path(COROSCOPE_SOURCE_DIR) / "lessons" / name(); }
  // As the command line wants it, with a blank before it.
  std::string input() const { return GetParam().inputs.empty() ? "" : " --input " + GetParam().inputs; }
};

constexpr const char* other_build =
    "times to the microsecond are those of g++ without sanitizers; another build checks them";

// A line a decision: when, who, why, and what the task waits for after it.
std::string decisions_of(const fs::path& path) {
  auto reader = model::CstraceReader::open(path);
  if (!reader) return reader.error().text;
  model::State state(&reader->info().sources);
  std::string text;
  for (auto records = reader->read(1024); !records.empty(); records = reader->read(1024)) {
    for (const trace::Record& record : records) {
      state.apply(record);
      const model::Task* const task = state.task(record.task);
      if (record.kind == trace::Kind::slice_begin) {
        text += model::time_text(record.time_ns) + ' ' + task->name + ": " + model::reason_text(state, *task);
      } else if (record.kind == trace::Kind::slice_end) {
        text += "; " + model::wait_text(state, *task) + ", " + state.place(state.own_wait_site(*task)) + '\n';
      } else if (record.kind == trace::Kind::task_done) {
        text += "; ends\n";
      }
    }
  }
  return text;
}

TEST_P(Lessons, TakeTheDecisionsTheyAreKnownFor) {
  if (!program::is_reference_build()) GTEST_SKIP() << other_build;
  ASSERT_EQ(coroscope("run " + name() + input() + " --for 700ms --trace t.cstrace").status, 0);
  const std::string actual = decisions_of(folder_ / "t.cstrace");
  const fs::path golden = fs::path(COROSCOPE_SOURCE_DIR) / "tests/cli/golden" / (name() + ".txt");
  if (std::getenv("COROSCOPE_UPDATE_GOLDEN") != nullptr) program::write(golden, actual);
  EXPECT_EQ(program::first_difference(program::read(golden), actual), "") << "in " << golden;
  EXPECT_GT(actual.size(), 300U);
}

// The program that the cache holds for a lesson: the one used last of those made from its main.cpp.
std::optional<fs::path> built_program(const std::string& lesson) {
  std::optional<fs::path> newest;
  for (const auto& entry : fs::directory_iterator(COROSCOPE_BUILD_DIR "/tests-cache/coroscope")) {
    const fs::path inputs = entry.path() / "inputs";
    if (program::read(inputs).find("/lessons/" + lesson + "/main.cpp\n") == std::string::npos) continue;
    if (newest && fs::last_write_time(*newest / "inputs") > fs::last_write_time(inputs)) continue;
    newest = entry.path();
  }
  return newest ? std::optional(*newest / "program") : std::nullopt;
}

TEST_P(Lessons, MakeTheSameTrace100TimesOf100) {
  const program::Output built = coroscope("run " + name() + " --for 1ms");
  const std::optional<fs::path> lesson = built_program(name());
  ASSERT_TRUE(built.status == 0 && lesson.has_value()) << built.err;
  std::string run = "'" + lesson->string() +
                    "' --profile '" COROSCOPE_SOURCE_DIR
                    "/boards/pico/profile' --run-for-ns 2000000000 --seed 5 --records-fd 3";
  if (fs::exists(source_folder() / "diagram.json"))
    run += " --diagram '" + (source_folder() / "diagram.json").string() + "'";
  if (!GetParam().inputs.empty()) run += " --input '" + (source_folder() / GetParam().inputs).string() + "'";
  fs::create_directory(folder_ / "elsewhere");
  program::shell(run + " 3>first", folder_);
  const std::string first = program::read(folder_ / "first");
  ASSERT_GT(first.size(), 1000U);
  // Half of them in another folder and with another environment, which moves the stack.
  program::shell("for i in $(seq 50); do " + run + " 3>r$i; done; cd elsewhere; LONG=x; export LONG; " +
                     "for i in $(seq 50); do LONG=${LONG}xxxxxxx; " + run + " 3>r$i; done",
                 folder_);
  for (int i = 1; i <= 50; ++i) {
    const std::string name = "r" + std::to_string(i);
    EXPECT_TRUE(program::read(folder_ / name) == first) << "run " << i;
    EXPECT_TRUE(program::read(folder_ / "elsewhere" / name) == first) << "run " << i << " elsewhere";
  }
}

TEST_P(Lessons, MakeTheSameFileFromAnyFolder) {
  fs::create_directory(folder_ / "elsewhere");
  const std::string run = "run " + name() + input() + " --for 1s --seed 5 --trace ";
  EXPECT_EQ(coroscope(run + "a.cstrace").status, 0);
  EXPECT_EQ(program::shell("cd elsewhere; '" COROSCOPE_PROGRAM "' " + run + "../b.cstrace", folder_).status,
            0);
  // A copy of the lesson, compiled anew.
  fs::copy(source_folder(), folder_ / name());
  EXPECT_EQ(coroscope("run ./" + name() + input() + " --for 1s --seed 5 --trace c.cstrace").status, 0);
  const std::string first = program::read(folder_ / "a.cstrace");
  EXPECT_GT(first.size(), 1000U);
  EXPECT_TRUE(program::read(folder_ / "b.cstrace") == first);
  EXPECT_TRUE(program::read(folder_ / "c.cstrace") == first);
  EXPECT_EQ(first.find(COROSCOPE_SOURCE_DIR), std::string::npos);
}

// Every run of white space becomes one space.
std::string squeezed(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space) result += c;
    if (space && !result.empty() && result.back() != ' ') result += ' ';
  }
  while (result.ends_with(' ')) result.pop_back();
  return result;
}

// lesson.md shows pieces of what the lesson's run prints: lines of four spaces and more, and quoted
// sentences.
TEST_P(Lessons, QuoteWhatIsReallySaid) {
  if (!program::is_reference_build()) GTEST_SKIP() << other_build;
  const std::string lesson = program::read(source_folder() / "lesson.md");
  const std::size_t command = lesson.find("    ./coroscope run ");
  ASSERT_NE(command, std::string::npos);
  const std::size_t begin = command + std::string("    ./coroscope ").size();
  const std::string run = lesson.substr(begin, lesson.find('\n', begin) - begin);
  const std::string output =
      squeezed(coroscope(run).out) + ' ' + squeezed(coroscope(run + " --all --why").out);

  std::istringstream lines(lesson);
  std::string quote;
  int quotes = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool shown =
        line.starts_with("     ") || (line.starts_with("    ") && line.find("┃") != std::string::npos);
    if (line.starts_with("> ")) quote += line.substr(2) + ' ';
    if (shown) {
      EXPECT_NE(output.find(squeezed(line.substr(line.find_first_not_of(' ')))), std::string::npos) << line;
    }
    if (!line.starts_with("> ") && !quote.empty()) {
      EXPECT_NE(output.find(squeezed(quote)), std::string::npos) << quote;
      quote.clear();
      ++quotes;
    }
  }
  EXPECT_GE(quotes, 1);
}

class Readme : public program::Test {};

// Every line that its section of that name shows, but "…".
TEST_F(Readme, ShowsWhatIsReallySaid) {
  if (!program::is_reference_build()) GTEST_SKIP() << other_build;
  const std::string readme = program::read(fs::path(COROSCOPE_SOURCE_DIR) / "README.md");
  const std::string output = squeezed(coroscope("run 01-blink --headless --for 5s").out);
  const std::size_t begin = readme.find("## What it looks like");
  ASSERT_NE(begin, std::string::npos);
  std::istringstream lines(readme.substr(begin, readme.find("\n## ", begin) - begin));
  int shown = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    ") || squeezed(line) == "…") continue;
    EXPECT_NE(output.find(squeezed(line.substr(line.find_first_not_of(' ')))), std::string::npos) << line;
    ++shown;
  }
  EXPECT_GT(shown, 15);
}

// Its piece of a program is the lesson's.
TEST_F(Readme, ShowsThePieceOfTheLesson) {
  const std::string readme = program::read(fs::path(COROSCOPE_SOURCE_DIR) / "README.md");
  const std::size_t begin = readme.find("```cpp\n") + 7;
  const std::string piece = readme.substr(begin, readme.find("```", begin) - begin);
  EXPECT_NE(program::read(fs::path(COROSCOPE_SOURCE_DIR) / "lessons/01-blink/main.cpp").find(piece),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, Lessons,
                         testing::Values(Lesson{"01-blink", ""}, Lesson{"02-round-robin", ""},
                                         Lesson{"03-lock", ""}, Lesson{"04-hog", ""},
                                         Lesson{"05-button", "presses.json"}, Lesson{"06-uart", ""},
                                         Lesson{"07-bmp280", "warm.json"}, Lesson{"08-interrupt", ""}),
                         [](const auto& lesson) { return lesson.param.name.substr(0, 2); });

}  // namespace
