// babeltrace2, which nobody here wrote, reads our CTF: as many events of each kind as the trace has.
#include <map>
#include <sstream>

#include "made_trace.hpp"
#include "program.hpp"

namespace {

using trace_script::Kind;
using trace_script::Reason;
using trace_script::Script;

class Babeltrace : public program::Test {
 protected:
  void SetUp() override {
    if (program::shell("command -v babeltrace2", folder_).status != 0)
      GTEST_SKIP()
          << "SKIPPED: babeltrace2 is not installed (apt-get install babeltrace2), our CTF was NOT read";
  }
  std::string events_of(const std::string& folder) {
    const program::Output output =
        program::shell("babeltrace2 --clock-seconds --no-delta " + folder, folder_);
    EXPECT_EQ(output.status, 0);
    EXPECT_EQ(output.err, "");
    return output.out;
  }
  static std::map<std::string, unsigned> counted(const std::string& events) {
    std::map<std::string, unsigned> counts;
    std::istringstream text(events);
    for (std::string line; std::getline(text, line);) {
      const std::size_t name = line.find("] ") + 2;
      ++counts[line.substr(name, line.find(": ", name) - name)];
    }
    return counts;
  }
};

TEST_F(Babeltrace, ReadsEachEventWithItsFields) {
  Script s;
  s.object(1, trace::ObjectKind::lock, "bus", s.line(3)).create(1, "main", 0, s.line(1));
  s.at(1500).begin(1).add(Kind::lock_acquire, 1, 1, s.line(2)).add(Kind::pin, 0, 16, 0, 0, 1);
  s.at(5'000'001).end(1, Reason::sleep, 9000, s.line(3)).stop(trace::Stop::time_up);
  made_trace::write(folder_ / "t.cstrace", s);
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o t.ctf").err, "");
  EXPECT_EQ(events_of("t.ctf"),
            "[0.000000000] mutex_init: { id = 1, ret = 0 }\n"
            "[0.000000000] thread_create: { thread_id = 1, name = \"main\" }\n"
            "[0.000000000] thread_ready: { thread_id = 1, name = \"main\" }\n"
            "[0.001500000] thread_switched_in: { thread_id = 1, name = \"main\" }\n"
            "[0.001500000] mutex_lock_exit: { id = 1, timeout = 4294967295, ret = 0 }\n"
            "[0.001500000] named_event: { name = \"pin\", arg0 = 16, arg1 = 1 }\n"
            "[5.000001000] thread_pending: { thread_id = 1, name = \"main\" }\n"
            "[5.000001000] thread_switched_out: { thread_id = 1, name = \"main\" }\n"
            "[5.000001000] named_event: { name = \"stop\", arg0 = 0, arg1 = 0 }\n");
}

// A lesson, over many packets; counted in its records.
TEST_F(Babeltrace, ReadsALesson) {
  EXPECT_EQ(coroscope("run 03-lock --for 60s --trace t.cstrace").status, 0);
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o t.ctf").err, "");
  auto reader = model::CstraceReader::open(folder_ / "t.cstrace");
  ASSERT_TRUE(reader);
  std::map<Kind, unsigned> records;
  for (const trace::Record& record : reader->read(10'000'000)) ++records[record.kind];
  auto counts = counted(events_of("t.ctf"));
  EXPECT_GT(counts["thread_switched_in"], 100U);
  EXPECT_EQ(counts["thread_switched_in"], records[Kind::slice_begin]);
  EXPECT_EQ(counts["thread_switched_out"], records[Kind::slice_end] + records[Kind::task_done]);
  EXPECT_EQ(counts["thread_create"], records[Kind::task_created]);
  EXPECT_EQ(counts["thread_ready"], records[Kind::task_ready]);
  EXPECT_EQ(counts["thread_abort"], records[Kind::task_done]);
  EXPECT_EQ(counts["idle"], records[Kind::idle_begin]);
  EXPECT_EQ(counts["mutex_lock_exit"], records[Kind::lock_acquire]);
}

TEST_F(Babeltrace, ReadsAnEmptyTrace) {
  made_trace::write(folder_ / "t.cstrace", Script());
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o t.ctf").err, "");
  EXPECT_EQ(events_of("t.ctf"), "");
}

}  // namespace
