// The virtual board: its clock, its pins, the memory and the console of its firmware, and where its trace
// goes. There is one in a process; nothing else in sim keeps state.
#pragma once

#include <cstddef>
#include <cstdint>

#include "asyncio/port.hpp"
#include "bus/gpio.hpp"
#include "mcu/clock.hpp"
#include "trace/record.hpp"

namespace sim {

struct Settings {
  std::uint64_t run_for_ns = Clock::never;
  std::uint64_t seed = 0;
  int records_fd = -1;  // the trace is written to this file descriptor; -1: no trace, the console is stdout
};

class Board {
 public:
  constexpr Board() = default;
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  void start(const Settings& settings);

  std::uint64_t now_ns() const { return clock_.now_ns(); }
  std::uint64_t seed() const { return settings_.seed; }
  Gpio& pins() { return pins_; }

  // The CPU is busy for that long. Ends the process when the board's time is up, as the next one does.
  void spend(std::uint64_t duration_ns);
  // The CPU sleeps; nothing but the time can wake it. asyncio::port::forever: nothing at all can.
  void idle_until_us(std::uint64_t deadline_us);

  void switch_task();
  void write_console(const char* text, std::size_t size);
  void write_records(const trace::Record* records, std::size_t count);
  asyncio::port::Memory frame_memory(std::size_t at_least);
  std::uint32_t enter_critical() { return critical_depth_++; }
  void exit_critical(std::uint32_t depth) { critical_depth_ = depth; }

  // The firmware ends here: the trace is completed and the process exits, without unwinding the firmware's
  // stack. `extra` is an exit status or a signal's number.
  [[noreturn]] void stop(trace::Stop why, int extra = 0, const char* message = nullptr);
  // The same from a signal handler, but it returns: the handler ends the process.
  void stop_in_signal(trace::Stop why, int extra, const char* message = nullptr);
  // Stops the board with Stop::interrupted when its time moves next. From a signal handler.
  void interrupt() { interrupted_ = true; }

  // Changes whenever time moves or a task is chosen: while it does not, the firmware hangs.
  std::uint64_t progress() const { return clock_.now_ns() + switches_; }
  // Is something on its way out of the process? That may take as long as nobody reads it.
  bool is_writing() const { return writing_; }

 private:
  struct FrameMemory {
    FrameMemory* previous;
  };

  Clock clock_;
  Settings settings_;
  Gpio pins_;
  FrameMemory* frame_memory_ = nullptr;  // given out to the frame allocator, never given back
  std::uint64_t switches_ = 0;
  std::uint32_t critical_depth_ = 0;
  bool started_ = false;
  bool stopping_ = false;
  bool in_console_ = false;
  volatile bool writing_ = false;
  volatile bool interrupted_ = false;
  // Printed before start(), by constructors of the firmware; as much as one can expect of them.
  char early_console_[4096] = {};
  std::size_t early_size_ = 0;
};

extern Board board;

}  // namespace sim
