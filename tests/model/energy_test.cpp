// Who used how much of the board's energy: every figure here is worked out by hand, E = U * I * t at 3.3 V.
#include <gtest/gtest.h>

#include "model/format.hpp"
#include "model/summary.hpp"
#include "trace_script.hpp"

namespace {

using trace_script::Kind;
using trace_script::ObjectKind;
using trace_script::Reason;
using trace_script::Script;

struct Applied {
  model::State state;
  model::Summary summary;
  explicit Applied(const Script& script) {
    for (const trace::Record& record : script.records()) {
      state.apply(record);
      summary.apply(state.record(), state);
    }
    state.finish();
    summary.finish(state);
  }
};

TEST(Energy, OfTasksInterruptsTheLoopAndRest) {
  Script s;
  s.object(1, ObjectKind::isr, "Timer", s.line(1)).add(Kind::power, 24'000, 12'000, 1'300);
  s.create(1, "main", 0, s.line(2)).create(2, "anna", 1, s.line(3)).add(Kind::run_begin, 1);
  s.at(1'000).begin(1);                                                   // other: 1 ms
  s.at(11'000).end(1, Reason::sleep, 500, s.line(4)).begin(2);            // main: 10 ms
  s.at(31'000).add(Kind::isr_enter, 0, 1);                                // anna: 20 ms
  s.at(31'500).add(Kind::isr_exit, 0, 1);                                 // interrupt: 0.5 ms
  s.at(41'500).end(2, Reason::sleep, 600, s.line(5));                     // anna: 10 ms more
  s.at(42'000).add(Kind::idle_begin, 0);                                  // other: 0.5 ms
  s.at(242'000).add(Kind::isr_enter, 0, 1);                               // idle: 200 ms
  s.at(242'250).add(Kind::isr_exit, 0, 1);                                // interrupt: 0.25 ms
  s.at(500'000).add(Kind::idle_end, 0).ready(1, Reason::sleep).begin(1);  // idle: 257.75 ms
  s.add(Kind::lightsleep_begin, 0);
  s.at(900'000).add(Kind::lightsleep_end, 0);  // lightsleep: 400 ms
  s.at(1'000'000).stop(trace::Stop::time_up);  // main: 100 ms
  const Applied run(s);
  ASSERT_TRUE(run.summary.energy().has_value());
  const model::Energy& energy = *run.summary.energy();
  // mA * s * 3.3 V
  EXPECT_NEAR(run.summary.tasks()[0].energy_mj, 24 * 0.110 * 3.3, 1e-9);  // 8.712 mJ
  EXPECT_NEAR(run.summary.tasks()[1].energy_mj, 24 * 0.030 * 3.3, 1e-9);  // 2.376 mJ
  EXPECT_NEAR(energy.tasks_mj, 8.712 + 2.376, 1e-9);
  EXPECT_NEAR(energy.interrupts_mj, 24 * 0.00075 * 3.3, 1e-9);  // 0.0594 mJ
  EXPECT_NEAR(energy.other_mj, 24 * 0.0015 * 3.3, 1e-9);        // 0.1188 mJ
  EXPECT_NEAR(energy.idle_mj, 12 * 0.45775 * 3.3, 1e-9);        // 18.1269 mJ
  EXPECT_NEAR(energy.lightsleep_mj, 1.3 * 0.400 * 3.3, 1e-9);   // 1.716 mJ
  EXPECT_NEAR(energy.total_mj(), 31.1091, 1e-6);
  EXPECT_EQ(energy.measured_ns, 1'000'000'000U);
  EXPECT_NEAR(energy.mean_ma(), 31.1091 / 3.3, 1e-6);
  EXPECT_EQ(run.summary.tasks()[0].asleep_ns, 400'000'000U);
  EXPECT_EQ(run.summary.busy_ns(), 142'250'000U);  // all but idling and lightsleep
}

TEST(Energy, TheCurrentMayChange) {
  Script s;
  s.add(Kind::power, 24'000, 12'000, 1'300).create(1, "main", 0, s.line(2)).add(Kind::run_begin, 1).begin(1);
  s.at(100'000).add(Kind::power, 10'000, 5'000, 1'300).at(200'000).stop(trace::Stop::time_up);
  EXPECT_NEAR(Applied(s).summary.tasks()[0].energy_mj, (24 * 0.1 + 10 * 0.1) * 3.3, 1e-9);
}

TEST(Energy, IsNotKnownOfATraceThatDoesNotSay) {
  Script s;
  s.create(1, "main", 0, s.line(2)).add(Kind::run_begin, 1).begin(1).at(100'000).stop(trace::Stop::time_up);
  EXPECT_FALSE(Applied(s).summary.energy().has_value());
}

// Starting again, the board runs, whoever ran before.
TEST(Energy, AResetIsNobodys) {
  Script s;
  s.add(Kind::power, 24'000, 12'000, 1'300).create(1, "main", 0, s.line(2)).add(Kind::run_begin, 1).begin(1);
  s.at(100'000).reset(3).at(105'000).create(1, "main", 0, s.line(2)).stop(trace::Stop::time_up);
  const Applied run(s);
  EXPECT_NEAR(run.summary.tasks()[0].energy_mj, 24 * 0.1 * 3.3, 1e-9);
  EXPECT_NEAR(run.summary.energy()->other_mj, 24 * 0.005 * 3.3, 1e-9);
  EXPECT_EQ(run.summary.resets(), 1U);
  EXPECT_EQ(run.summary.watchdog_resets(), 1U);
}

TEST(Summary, HogsAreCountedWithTheLineOfTheLongest) {
  Script s;
  s.create(1, "main", 0, s.line(2)).add(Kind::run_begin, 1).begin(1);
  s.at(100'000).add(Kind::hog, 1, 100'000, s.line(7)).at(300'000).end(1, Reason::sleep, 400, s.line(3));
  s.at(400'000).ready(1, Reason::sleep).begin(1);
  s.at(500'000).add(Kind::hog, 1, 100'000, s.line(8)).at(550'000).end(1, Reason::sleep, 600, s.line(3));
  const Applied run(s);
  EXPECT_EQ(run.summary.tasks()[0].hogs, 2U);
  EXPECT_EQ(run.state.place(run.summary.tasks()[0].hog_site), "main.cpp:7");
}

TEST(Format, Energy) {
  EXPECT_EQ(model::energy_text(0), "0 mJ");
  EXPECT_EQ(model::energy_text(0.000'52), "0.52 µJ");
  EXPECT_EQ(model::energy_text(0.0123), "12.3 µJ");
  EXPECT_EQ(model::energy_text(0.9996), "1.00 mJ");
  EXPECT_EQ(model::energy_text(21.78), "21.8 mJ");
  EXPECT_EQ(model::energy_text(345.6), "346 mJ");
  EXPECT_EQ(model::energy_text(3'400), "3.40 J");
}

}  // namespace
