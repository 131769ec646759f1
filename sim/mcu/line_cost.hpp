// What the program's own code costs. The learner's file is compiled with -fsanitize-coverage=trace-pc, so
// that each of its basic blocks calls __sanitizer_cov_trace_pc(). A change of line and a jump backwards are
// charged with the board profile's `line`; blocks as such are not, since a compiler makes two or three times
// as many at one level as at another. Code of the library that was inlined into the learner's file costs
// nothing here, unless a loop has no other: `while (!flag) {}` for an atomic is charged as the line it is on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/line_table.hpp"
#include "trace/site.hpp"

namespace sim {

class LineCost {
 public:
  constexpr LineCost() = default;

  // Code at `main`, and all that was compiled with it, is charged from now on.
  void start(const void* main, std::uint64_t line_ns);
  void set_line_ns(std::uint64_t line_ns) { line_ns_ = line_ns; }

  void block(std::uintptr_t address) {
    const std::uintptr_t offset = address - text_begin_;
    ++blocks_;
    if (offset >= text_size_) return;  // also before start()
    std::uint32_t line = lines_[offset];
    if (line == unknown) line = look_up(offset);
    if (line == not_charged) return;
    if ((line & inlined) != 0) return inlined_block(line & ~inlined, offset);
    if (line != position_.line || offset <= position_.offset) charge();
    position_ = {line, offset};
  }

  // The line the program is at, for the trace; {nullptr, 0} before its first.
  trace::Site site() const;
  // The line of an address in the program, or else the last one it was at.
  trace::Site site_of(std::uintptr_t address) const;

  // Where the program is: kept and restored around an interrupt.
  struct Position {
    std::uint32_t line = 0;
    std::uintptr_t offset = 0;
    // Since the last block of the program's own: an inlined block, to see whether it comes again.
    std::uintptr_t inlined_offset = 0;
    std::uint32_t inlined_blocks = 0;
    std::uint32_t next_look = 1;
  };
  Position position() const { return position_; }
  void set_position(Position position) { position_ = position; }
  void set_position_at(std::uintptr_t address);

  // Counts blocks: while this stands still, no instrumented code runs.
  std::uint64_t blocks() const { return blocks_; }

 private:
  static constexpr std::uint32_t unknown = 0;      // not looked up yet
  static constexpr std::uint32_t not_charged = 1;  // not a line of the program's
  static constexpr std::uint32_t first_line = 2;
  static constexpr std::uint32_t inlined = 1U << 31;  // with the line that calls it: not the program's own
  std::uint32_t look_up(std::uintptr_t offset);
  // A loop of others is found however it is entered by watching for another one of its blocks after 1, 2, 4 …
  // (R. P. Brent: An improved Monte Carlo factorization algorithm, 1980).
  void inlined_block(std::uint32_t line, std::uintptr_t offset) {
    if (offset == position_.inlined_offset) {
      charge();
      position_.line = line;
      position_.inlined_blocks = 0;
    } else if (++position_.inlined_blocks == position_.next_look) {
      position_.inlined_offset = offset;
      position_.inlined_blocks = 0;
      position_.next_look *= 2;
    }
  }
  void charge() const;

  std::uintptr_t text_begin_ = 0;
  std::uintptr_t text_size_ = 0;
  std::uint32_t* lines_ =
      nullptr;  // for each address of the text: unknown, not_charged, or first_line + its number in places_
  Position position_;
  std::uint64_t blocks_ = 0;
  std::uint64_t line_ns_ = 0;
  std::unique_ptr<LineTable> table_;
  std::vector<LineTable::Place> places_;  // the lines that were executed
};

extern LineCost line_cost;

}  // namespace sim
