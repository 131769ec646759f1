// A run as text, to be read from top to bottom: a line for each decision of the scheduler, what the program
// printed where it printed it, a chart with a lane for each task, and what it all comes to.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/actions.hpp"
#include "cli/lane_chart.hpp"
#include "cli/notices.hpp"
#include "cli/screen.hpp"
#include "model/cstrace.hpp"
#include "model/notice.hpp"
#include "model/state.hpp"
#include "model/summary.hpp"
#include "model/transfer.hpp"

namespace cli {

struct TextOptions {
  bool all = false;     // every decision; otherwise the first ones, and what is printed later
  bool why = false;     // each decision also in a full sentence
  bool failure = true;  // how the run ended, also when it failed: whoever shows that otherwise turns this off
  std::string_view to_keep =
      "--trace FILE.json";  // the option of the command that writes a file for Perfetto
};

class TextView {
 public:
  TextView(std::ostream& out, const Screen& screen, const TextOptions& options, const model::TraceInfo& info);

  // After state.apply(record).
  void write(const trace::Record& record, const model::State& state);
  // After state.finish().
  void finish(const model::State& state);

 private:
  // What one slice, one interrupt, or the code before and after run(), came to; or notices about the board
  // and nothing else.
  struct Row {
    std::uint64_t time_ns = 0;
    std::uint32_t task = 0;  // 0: main() itself
    std::string name;
    std::string reason;
    std::string why;
    Actions actions;
    std::string wait;  // what the task does then
    std::string line;  // where
    std::string console;
    std::uint32_t interrupt = 0;
    bool only_notices = false;
    Notices notices;
  };
  struct Columns {
    std::size_t time = 0;
    std::size_t task = 0;
    std::size_t reason = 0;
    std::size_t line = 0;
    std::size_t rest = 0;
    bool folded = false;  // a narrow screen: reason and line are in the last column, with what the task does
  };

  void begin_row(const model::State& state);
  void act(std::string what) { act({}, std::move(what)); }
  void act(std::string subject, std::string what);
  void note_action(const trace::Record& record, const model::State& state);
  void note(const trace::Record& record, const model::State& state);
  void end_pause();
  void note_line(std::uint32_t site, const model::State& state);
  void note_end_of_hog(const model::State& state);
  void interrupt(const trace::Record& record, const model::State& state);
  void end_row();
  void release_rows();
  void print(const Row& row);
  // A row of the table, or its heading. `task`: its name and number.
  void print_columns(Style style, const std::string& time, const std::pair<std::string, std::size_t>& task,
                     const std::string& reason, const std::string& then, const std::string& line);
  void print_line(Style style, const std::string& text);
  void print_console(const std::string& text);
  void print_notices(const Notices& notices);
  void print_notice(const model::Notice& notice);
  void print_late_lines(const Row& row);
  void print_hidden();
  void print_worst_latency(const model::State& state);
  void print_end(const model::State& state);

  std::ostream& out_;
  Screen screen_;
  TextOptions options_;
  std::uint64_t run_for_ns_;
  std::string main_file_;  // whose lines need no file name
  LaneChart chart_;
  model::Summary summary_;

  Row row_;
  std::uint32_t acting_ = 0;  // the interrupt that does what is noted now, 0: none
  std::string acting_text_;
  bool in_row_ = false;
  model::Transfers transfers_;
  Notices pause_;         // since the last row
  bool running_ = false;  // between run_begin and run_end
  bool has_run_ = false;
  std::vector<Row> held_;  // the first rows, until the widths of the columns are known
  bool released_ = false;
  Columns columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t notice_rows_ = 0;     // in between, when nobody ran
  std::uint64_t hidden_ = 0;          // rows not shown
  std::uint64_t late_lines_ = 0;      // lines shown of those that hidden rows printed, notices included
  std::uint64_t hidden_console_ = 0;  // lines not shown
  std::uint64_t hidden_notices_ = 0;
  std::uint64_t worst_latency_ns_ = 0;
  std::string worst_latency_why_;
};

}  // namespace cli
