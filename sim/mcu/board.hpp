// The virtual board: its CPU, its pins, the memory and the console of its firmware, and where its trace goes.
// There is one in a process; nothing else in sim keeps state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "asyncio/port.hpp"
#include "bus/adc.hpp"
#include "bus/gpio.hpp"
#include "bus/i2c.hpp"
#include "bus/net.hpp"
#include "bus/pwm.hpp"
#include "bus/uart.hpp"
#include "host/diagram.hpp"
#include "host/input.hpp"
#include "mcu/cpu.hpp"
#include "mcu/profile.hpp"
#include "mcu/restart.hpp"
#include "mcu/watchdog.hpp"
#include "trace/record.hpp"

namespace sim {

struct Settings {
  Profile profile;
  Limits limits;
  std::uint64_t seed = 0;
  int records_fd = -1;  // the trace is written to this file descriptor; -1: no trace, the console is stdout
};

class Board {
 public:
  constexpr Board() = default;
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  void start(const Settings& settings);

  std::uint64_t now_ns() const { return cpu_.now_ns(); }
  std::uint64_t seed() const { return settings_.seed; }
  // At the frequency the CPU has now.
  const Profile& profile() const { return profile_; }
  std::uint32_t frequency_hz() const { return frequency_hz_; }
  void set_frequency(std::uint32_t hz);
  Cpu& cpu() { return cpu_; }
  Wiring& wiring() { return wiring_; }
  Gpio& pins() { return pins_; }
  I2cBuses& i2c() { return i2c_; }
  Uarts& uarts() { return uarts_; }
  Adc& adc() { return adc_; }
  Pwms& pwm() { return pwm_; }
  Watchdog& watchdog() { return watchdog_; }
  // Reads what is wired to the board, and what will be done to it. Once, after start().
  std::optional<FileError> read_diagram(std::string_view text);
  std::optional<FileError> read_inputs(std::string_view text);
  // After a reset: what the chip does until the firmware starts. The world around it goes on meanwhile.
  void boot();
  // What the board keeps through a reset.
  Restart& restart() { return restart_; }

  // The firmware starts again, as at power-on. `site`: the line it was at.
  [[noreturn]] void reset(machine::ResetCause cause, trace::Site site);

  void switch_task();
  void write_console(const char* text, std::size_t size);
  void write_records(const trace::Record* records, std::size_t count);
  asyncio::port::Memory frame_memory(std::size_t at_least);

  // The firmware ends here: the trace is completed and the process exits, without unwinding the firmware's
  // stack. `extra` is an exit status or a signal's number.
  [[noreturn]] void stop(trace::Stop why, int extra = 0, const char* message = nullptr);
  // The same from a signal handler, but it returns: the handler ends the process. The program was at
  // `address`.
  void stop_in_signal(trace::Stop why, int extra, std::uintptr_t address, const char* message = nullptr);
  // Stops the board with Stop::interrupted when its time moves next. From a signal handler.
  void interrupt() {
    interrupted_ = true;
    cpu_.look_at_limits();
  }
  bool is_interrupted() const { return interrupted_; }

  // Changes whenever time moves or a task is chosen: while it does not, the firmware hangs.
  std::uint64_t progress() const { return cpu_.now_ns() + switches_; }
  // Is something on its way out of the process? That may take as long as nobody reads it.
  bool is_writing() const { return writing_; }

 private:
  struct FrameMemory {
    FrameMemory* previous;
  };

  void change_frequency(std::uint32_t hz);
  void write_stop(trace::Stop why, int extra, trace::Site site, const char* message);

  Cpu cpu_;
  Settings settings_;
  Profile profile_;
  std::uint32_t frequency_hz_ = 0;
  Wiring wiring_;
  Gpio pins_;
  I2cBuses i2c_;
  Uarts uarts_;
  Adc adc_;
  Pwms pwm_;
  Watchdog watchdog_;
  Restart restart_;
  Diagram diagram_;
  std::unique_ptr<Inputs> inputs_;
  FrameMemory* frame_memory_ = nullptr;  // given out to the frame allocator, never given back
  std::uint64_t switches_ = 0;
  bool started_ = false;
  bool in_console_ = false;
  volatile bool writing_ = false;
  volatile bool interrupted_ = false;
};

extern Board board;

}  // namespace sim
