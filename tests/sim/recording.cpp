#include "recording.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

#include "mcu/line_cost.hpp"
#include "mcu/signals.hpp"
#include "mcu/standard_output.hpp"
#include "trace/recorder.hpp"

namespace recording {

namespace fs = std::filesystem;
using trace::Kind;

const trace::Record& Recording::last_stop() const {
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (record->kind == Kind::stop) return *record;
  }
  ADD_FAILURE() << "no stop in " << records.size() << " records";
  static const trace::Record none{};
  return none;
}

std::vector<trace::Record> Recording::of(Kind kind) const {
  std::vector<trace::Record> found;
  for (const trace::Record& record : records) {
    if (record.kind == kind) found.push_back(record);
  }
  return found;
}

const sim::Profile& pico() {
  static const sim::Profile profile = [] {
    std::ifstream file(COROSCOPE_SOURCE_DIR "/boards/pico/profile", std::ios::binary);
    return std::get<sim::Profile>(sim::parse_profile(std::string{std::istreambuf_iterator<char>(file), {}}));
  }();
  return profile;
}

namespace {

// What fails in the firmware's process fails the test too.
class TellsParent : public testing::EmptyTestEventListener {
 public:
  explicit TellsParent(fs::path path) : path_(std::move(path)) {}
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::ofstream(path_, std::ios::app) << (result.file_name() != nullptr ? result.file_name() : "") << ':'
                                        << result.line_number() << ": " << result.message() << '\n';
  }

 private:
  fs::path path_;
};

}  // namespace

Recording run(const sim::Limits& limits, const std::function<int()>& firmware, const void* code,
              std::uint64_t seed) {
  const fs::path path = fs::temp_directory_path() / ("coroscope-run-" + std::to_string(::getpid()));
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
  const sim::Settings settings{pico(), limits, seed, file};
  const fs::path failures = path.string() + "-failures";
  const pid_t child = ::fork();
  if (child == 0) {
    testing::UnitTest::GetInstance()->listeners().Append(new TellsParent(failures));
    new (&sim::board) sim::Board;  // as after power-on, whatever tests before have done
    trace::recorder.reset();
    sim::board.start(settings);
    if (code != nullptr) sim::line_cost.start(code, settings.profile.line_ns);
    sim::send_standard_output_to_console();
    sim::watch_for_crashes_and_hangs();
    sim::board.cpu().run([&] { sim::board.stop(trace::Stop::returned, firmware()); });
  }
  Recording result;
  ::waitpid(child, &result.status, 0);
  result.records.resize(fs::file_size(path) / sizeof(trace::Record));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(result.records.data()),
            static_cast<std::streamsize>(result.records.size() * sizeof(trace::Record)));
  ::close(file);
  fs::remove(path);
  if (std::ifstream failed(failures); failed) {
    ADD_FAILURE() << "in the firmware:\n" << std::string{std::istreambuf_iterator<char>(failed), {}};
    fs::remove(failures);
  }
  // A text without a number belongs to the record before it.
  Kind about = Kind::console;
  for (const trace::Record& record : result.records) {
    trace::TextRecord text;
    std::memcpy(&text, &record, sizeof text);
    if (text.kind != Kind::text) {
      about = text.kind;
      if (about == Kind::part) result.shown.emplace_back();
      if (about == Kind::input) result.inputs.emplace_back();
    } else if (text.id == 0) {
      std::string& to = about == Kind::part    ? result.shown.back()
                        : about == Kind::input ? result.inputs.back()
                                               : result.console;
      to.append(text.text, text.length);
    }
  }
  return result;
}

}  // namespace recording

// Tests that need no process of their own share one board.
namespace {

class PoweredBoard : public testing::Environment {
  void SetUp() override { sim::board.start({recording::pico(), {}, 0, -1}); }
};
const testing::Environment* const powered_board = testing::AddGlobalTestEnvironment(new PoweredBoard);

}  // namespace
