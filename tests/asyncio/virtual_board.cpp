#include "virtual_board.hpp"

#include <cstdlib>
#include <map>
#include <memory>

#include "asyncio/frame_allocator.hpp"
#include "asyncio/port.hpp"
#include "asyncio/task.hpp"
#include "trace/hooks.hpp"

#if COROSCOPE_TRACE
#include "trace/port.hpp"
#endif

namespace virtual_board {
namespace {

struct Board {
  std::uint64_t now = 0;
  std::string console;
  std::multimap<std::uint64_t, std::function<void()>> interrupts;
  std::vector<std::uint64_t> idle_deadlines;
  std::vector<trace::Record> records;
  int critical_depth = 0;
  bool keeps_history = true;
};
Board board;

// Kept for the whole run of the tests, so that the leak checker sees who owns it.
std::vector<std::unique_ptr<std::byte[]>>& frame_memory() {
  static std::vector<std::unique_ptr<std::byte[]>> memory;
  return memory;
}

void move_to(std::uint64_t time) {
  while (!board.interrupts.empty() && board.interrupts.begin()->first <= time) {
    const auto first = board.interrupts.begin();
    if (first->first > board.now) board.now = first->first;
    const std::function<void()> interrupt = std::move(first->second);
    board.interrupts.erase(first);
    interrupt();
  }
  if (time > board.now) board.now = time;
}

}  // namespace

void reset() {
  asyncio::new_event_loop();
  asyncio::get_event_loop().set_exception_handler(nullptr);
  board = Board();
  asyncio::frame_allocator.use_port();
#if COROSCOPE_TRACE
  trace::recorder.reset();
#endif
}

const std::string& output() { return board.console; }
std::uint64_t now_us() { return board.now; }
void spend_us(std::uint64_t microseconds) { move_to(board.now + microseconds); }
void interrupt_at_us(std::uint64_t time, std::function<void()> interrupt) {
  board.interrupts.emplace(time, std::move(interrupt));
}
const std::vector<std::uint64_t>& idle_deadlines() { return board.idle_deadlines; }
int critical_depth() { return board.critical_depth; }
const std::vector<trace::Record>& trace_records() {
  trace::flush();
  return board.records;
}

void forget_history() { board.keeps_history = false; }

void limit_frame_memory(std::size_t size) {
  frame_memory().push_back(std::make_unique<std::byte[]>(size));
  asyncio::frame_allocator.use_arena(frame_memory().back().get(), size);
}

void Test::TearDown() {
  asyncio::new_event_loop();
  EXPECT_EQ(asyncio::frame_allocator.live_frames(), 0U) << "coroutine frames left behind";
}

}  // namespace virtual_board

namespace asyncio::port {

std::uint64_t now_us() { return virtual_board::board.now; }

void idle_until(std::uint64_t deadline_us) {
  virtual_board::Board& board = virtual_board::board;
  if (board.keeps_history) board.idle_deadlines.push_back(deadline_us);
  const bool interrupt_first = !board.interrupts.empty() && board.interrupts.begin()->first <= deadline_us;
  if (deadline_us == forever && !interrupt_first) throw virtual_board::NothingCanHappen();
  virtual_board::move_to(interrupt_first ? board.interrupts.begin()->first : deadline_us);
}

std::uint32_t enter_critical() { return static_cast<std::uint32_t>(virtual_board::board.critical_depth++); }
void exit_critical(std::uint32_t state) { virtual_board::board.critical_depth = static_cast<int>(state); }

void console_write(const char* text, std::size_t size) { virtual_board::board.console.append(text, size); }

Memory more_frame_memory(std::size_t at_least) {
  const std::size_t size = at_least > 65536 ? at_least : 65536;
  virtual_board::frame_memory().push_back(std::make_unique<std::byte[]>(size));
  return {virtual_board::frame_memory().back().get(), size};
}

}  // namespace asyncio::port

#if COROSCOPE_TRACE
namespace trace::port {
std::uint64_t now_ns() { return virtual_board::board.now * 1000; }
void drain(const Record* records, std::size_t count) {
  if (!virtual_board::board.keeps_history) return;
  virtual_board::board.records.insert(virtual_board::board.records.end(), records, records + count);
}
void decision() {}
}  // namespace trace::port
#endif
