// The files a trace is kept in: .cstrace read back, damaged ones refused, JSON that a reader understands.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "model/chrome_json.hpp"
#include "model/cstrace.hpp"
#include "trace_script.hpp"

namespace {

namespace fs = std::filesystem;
using trace_script::lock_story;

model::TraceInfo info() {
  model::TraceInfo info{"03-lock", "pico", 7, 20'000'000, "main.cpp", {}};
  info.sources.add("main.cpp", "int main() {}\n\"quoted\" \xff\n");
  return info;
}

std::string cstrace_of(const trace_script::Script& script) {
  std::ostringstream out;
  model::CstraceWriter writer(out, info());
  writer.write(script.records().data(), script.records().size());
  writer.finish();
  return out.str();
}

class Cstrace : public testing::Test {
 protected:
  ~Cstrace() override { fs::remove(path_); }
  // The error of opening a file with that content, or "".
  std::string error_of(const std::string& content) {
    std::ofstream(path_, std::ios::binary) << content;
    const auto reader = model::CstraceReader::open(path_);
    return reader ? "" : reader.error().text.substr(path_.size());
  }
  std::string path_ =
      fs::temp_directory_path() / ("coroscope-test-" + std::to_string(::getpid()) + ".cstrace");
};

TEST_F(Cstrace, IsReadBackAsItWasWritten) {
  const auto script = lock_story();
  ASSERT_EQ(error_of(cstrace_of(script)), "");
  auto reader = model::CstraceReader::open(path_);
  EXPECT_EQ(reader->info().lesson, "03-lock");
  EXPECT_EQ(reader->info().board, "pico");
  EXPECT_EQ(reader->info().seed, 7U);
  EXPECT_EQ(reader->info().run_for_ns, 20'000'000U);
  EXPECT_EQ(reader->info().main_file, "main.cpp");
  EXPECT_EQ(reader->info().sources.line("main.cpp", 1), "int main() {}");
  EXPECT_EQ(reader->record_count(), script.records().size());
  std::vector<trace::Record> records;
  while (true) {
    const auto some = reader->read(7);
    if (some.empty()) break;
    records.insert(records.end(), some.begin(), some.end());
  }
  ASSERT_EQ(records.size(), script.records().size());
  EXPECT_EQ(std::memcmp(records.data(), script.records().data(), records.size() * sizeof records[0]), 0);
}

TEST_F(Cstrace, RecordsAreAligned) {
  const std::string content = cstrace_of(lock_story());
  std::uint32_t description = 0;
  std::memcpy(&description, content.data() + 12, sizeof description);
  EXPECT_EQ(description % 8, 0U);
}

TEST_F(Cstrace, ForeignFilesAreRefused) {
  EXPECT_EQ(error_of(""), " is not a Coroscope trace (.cstrace)");
  EXPECT_EQ(error_of("#include <cstdio>\nint main() { puts(\"hello\"); }\n"),
            " is not a Coroscope trace (.cstrace)");
  EXPECT_EQ(error_of("CSTRACE"), " is not a Coroscope trace (.cstrace)");
  const auto folder = model::CstraceReader::open(fs::temp_directory_path());
  EXPECT_FALSE(folder);
  const auto missing = model::CstraceReader::open("/nowhere/x.cstrace");
  EXPECT_EQ(missing.error().text, "cannot open /nowhere/x.cstrace: No such file or directory");
}

TEST_F(Cstrace, EveryTruncationIsRefused) {
  const std::string content = cstrace_of(lock_story());
  for (std::size_t size = 0; size < content.size(); size += size < 400 ? 1 : 97) {
    EXPECT_NE(error_of(content.substr(0, size)), "") << size << " bytes";
  }
  const std::string count = std::to_string(lock_story().records().size());
  const std::string left = std::to_string(lock_story().records().size() - 1);
  EXPECT_EQ(error_of(content.substr(0, content.size() - 1)),
            " is cut short: of " + count + " records " + left + " are there");
}

TEST_F(Cstrace, DamageIsRefused) {
  std::string content = cstrace_of(lock_story());
  EXPECT_NE(error_of(content + "x"), "");
  std::string other_version = content;
  other_version[8] = 9;
  EXPECT_EQ(error_of(other_version), " is of version 9, and this Coroscope reads version 1");
  std::string long_description = content;
  long_description[15] = '\x7f';
  EXPECT_EQ(error_of(long_description), " is damaged: its header makes no sense");
  std::string no_json = content;
  no_json[24] = 'x';
  EXPECT_EQ(error_of(no_json), " is damaged: its header makes no sense");
  std::string many_records = content;
  many_records[23] = '\x7f';
  EXPECT_NE(error_of(many_records), "");
}

nlohmann::json json_of(const trace_script::Script& script) {
  std::ostringstream out;
  model::ChromeJsonWriter writer(out, info());
  model::State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    writer.write(record, state);
  }
  state.finish();
  writer.finish(state);
  return nlohmann::json::parse(out.str());
}

// The events of that phase.
std::vector<nlohmann::json> events(const nlohmann::json& trace, const std::string& phase) {
  std::vector<nlohmann::json> found;
  for (const auto& event : trace.at("traceEvents")) {
    EXPECT_TRUE(event.contains("pid") && event.contains("tid") && event.contains("ts") &&
                event.contains("name"));
    if (event.at("ph") == phase) found.push_back(event);
  }
  return found;
}

TEST(ChromeJson, TasksAreNamedThreads) {
  const auto trace = json_of(lock_story());
  std::map<int, std::string> names;
  for (const auto& event : events(trace, "M")) {
    if (event.at("name") == "thread_name") names[event.at("tid")] = event.at("args").at("name");
  }
  EXPECT_EQ(names,
            (std::map<int, std::string>{{0, "main()"}, {1, "main"}, {2, "anna"}, {3, "ben"}, {4, "cleo"}}));
  EXPECT_EQ(trace.at("otherData").at("seed"), 7);
}

TEST(ChromeJson, SlicesOfATaskFollowEachOther) {
  const auto trace = json_of(lock_story());
  std::map<int, double> end;
  std::map<std::string, int> categories;
  for (const auto& event : events(trace, "X")) {
    const int tid = event.at("tid");
    const double begin = event.at("ts");
    EXPECT_GE(begin, end[tid] - 1e-6);
    end[tid] = begin + event.at("dur").get<double>();
    ++categories[event.at("cat")];
  }
  EXPECT_EQ(categories.at("running"), 7);
  EXPECT_EQ(end.at(3), 20'000.0);
  const auto slices = events(trace, "X");
  const auto has_why = [](const auto& e) {
    return e.contains("args") &&
           e["args"].value("why", "").starts_with("ben ran at 12.005 ms: its Lock `bus`");
  };
  EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), has_why));
  const auto waits = [](const auto& e) {
    return e["name"] == "waits for bus (anna has it)" && e["tid"] == 3;
  };
  EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), waits));
}

TEST(ChromeJson, EachArrowBeginsInASliceAndEndsWhereOneBegins) {
  const auto trace = json_of(lock_story());
  const auto slices = events(trace, "X");
  const auto starts = events(trace, "s");
  const auto ends = events(trace, "f");
  ASSERT_EQ(starts.size(), ends.size());
  ASSERT_EQ(starts.size(), 4U);  // three created, one lock handed over
  for (std::size_t i = 0; i < starts.size(); ++i) {
    EXPECT_EQ(starts[i]["id"], ends[i]["id"]);
    const auto holds_start = [&](const auto& slice) {
      return slice["cat"] == "running" && slice["tid"] == starts[i]["tid"] &&
             slice["ts"] <= starts[i]["ts"] &&
             slice["ts"].template get<double>() + slice["dur"].template get<double>() > starts[i]["ts"];
    };
    const auto begins_at_end = [&](const auto& slice) {
      return slice["cat"] == "running" && slice["tid"] == ends[i]["tid"] && slice["ts"] == ends[i]["ts"];
    };
    EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), holds_start)) << starts[i];
    EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), begins_at_end)) << ends[i];
  }
}

TEST(ChromeJson, LocksHaveTracksOfTheirOwn) {
  const auto trace = json_of(lock_story());
  std::multiset<std::string> begun;
  std::multiset<std::string> ended;
  for (const auto& event : events(trace, "b"))
    begun.insert(event.at("id").get<std::string>() + event.at("name").get<std::string>());
  for (const auto& event : events(trace, "e"))
    ended.insert(event.at("id").get<std::string>() + event.at("name").get<std::string>());
  EXPECT_EQ(begun, ended);
  EXPECT_EQ(begun.count("lock 1anna holds Lock `bus`"), 1U);
  EXPECT_EQ(begun.count("lock 1, task 3ben waits for Lock `bus`"), 1U);
}

TEST(ChromeJson, PinsAndConsole) {
  trace_script::Script s;
  s.create(1, "a", 0, s.line(1))
      .at(3)
      .begin(1)
      .add(trace::Kind::pin, 0, 16, 0, 0, 1)
      .console("bytes \xff\xfe\n");
  const auto trace = json_of(s);
  const auto pins = events(trace, "C");
  ASSERT_EQ(pins.size(), 1U);
  EXPECT_EQ(pins[0]["name"], "GP16");
  EXPECT_EQ(pins[0]["args"]["level"], 1);
  const auto console = events(trace, "i");
  ASSERT_EQ(console.size(), 1U);
  EXPECT_EQ(console[0]["tid"], 1);
  EXPECT_EQ(console[0]["ts"], 3.0);
}

TEST(ChromeJson, NothingHappened) {
  EXPECT_TRUE(json_of(trace_script::Script()).at("traceEvents").is_array());
}

}  // namespace
