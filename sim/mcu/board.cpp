#include "mcu/board.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "machine/clock.hpp"
#include "mcu/line_cost.hpp"
#include "parts/part.hpp"
#include "trace/hooks.hpp"
#include "trace/port.hpp"

namespace sim {

constinit Board board;

namespace {

// False when nobody reads any more.
bool write_all(int fd, const char* data, std::size_t size, volatile bool& writing) {
  const struct Writing {
    explicit Writing(volatile bool& flag) : flag_(flag) { flag_ = true; }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() { flag_ = false; }
    volatile bool& flag_;
  } now(writing);
  while (size != 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

void Board::start(const Settings& settings) {
  settings_ = settings;
  cpu_.start(settings.limits);
  pins_.start();
  restart_ = last_restart();
  cpu_.start_at(restart_.time_ns);
  started_ = true;
  change_frequency(settings.profile.frequency_mhz * 1'000'000);
}

void Board::boot() {
  if (restart_.cause != machine::PWRON_RESET) cpu_.wait_until(now_ns() + settings_.profile.boot_ns);
}

void Board::change_frequency(std::uint32_t hz) {
  frequency_hz_ = hz;
  profile_ = at_frequency(settings_.profile, hz);
  trace::emit(trace::Kind::power, profile_.run_ua, profile_.idle_ua, profile_.lightsleep_ua);
}

void Board::set_frequency(std::uint32_t hz) {
  if (hz == frequency_hz_) return;
  change_frequency(hz);
  line_cost.set_line_ns(profile_.line_ns);
  i2c_.clock_changed();
  pwm_.clock_changed();
}

std::optional<FileError> Board::read_diagram(std::string_view text) { return diagram_.read(text); }

std::optional<FileError> Board::read_inputs(std::string_view text) {
  inputs_ = std::make_unique<Inputs>();
  std::optional<FileError> error = inputs_->read(text, diagram_);
  if (error) return error;
  inputs_->start();
  if (restart_.cause != machine::PWRON_RESET) {
    for (const std::unique_ptr<Part>& part : diagram_.parts()) part->come_to_rest();
  }
  return std::nullopt;
}

void Board::switch_task() {
  ++switches_;
  cpu_.begin_slice(profile().task_switch_ns);
}

// --- What leaves the board

void Board::write_console(const char* text, std::size_t size) {
  const bool inner = std::exchange(in_console_, true);  // an interrupt prints while a task does
  if (settings_.records_fd < 0) {
    write_all(STDOUT_FILENO, text, size, writing_);
  } else {
    constexpr std::size_t longest_text = 32 * 1024;  // pieces of a text have a 16-bit number
    for (std::size_t from = 0; from < size; from += longest_text) {
      trace::emit(trace::Kind::console, 0, 0);
      trace::recorder.append_text(0, text + from, std::min(size - from, longest_text));
    }
  }
  cpu_.spend(size * profile().console_byte_ns);
  in_console_ = inner;
}

void Board::write_records(const trace::Record* records, std::size_t count) {
  if (!started_) {
    static constexpr char message[] =
        "coroscope: too much is created before main(): the trace cannot hold it\n";
    write_all(STDERR_FILENO, message, sizeof message - 1, writing_);
    ::_exit(2);
  }
  if (settings_.records_fd < 0) return;
  if (!write_all(settings_.records_fd, reinterpret_cast<const char*>(records), count * sizeof *records,
                 writing_))
    ::_exit(2);
}

void Board::stop(trace::Stop why, int extra, const char* message) {
  cpu_.stop();
  // What the firmware has printed by printf() and not yet written; not in the middle of writing it.
  if (!in_console_) std::fflush(nullptr);
  write_stop(why, extra, line_cost.site(), message);
  if (message != nullptr && settings_.records_fd < 0) std::fprintf(stderr, "%s\n", message);
  ::_exit(why == trace::Stop::exception ? 1 : 0);
}

void Board::stop_in_signal(trace::Stop why, int extra, std::uintptr_t address, const char* message) {
  cpu_.stop();
  write_stop(why, extra, line_cost.site_of(address), message);
}

void Board::write_stop(trace::Stop why, int extra, trace::Site site, const char* message) {
  trace::emit(trace::Kind::stop, 0, 0, site, static_cast<std::uint8_t>(why),
              static_cast<std::uint16_t>(extra));
  if (message != nullptr) trace::recorder.append_text(0, message, std::strlen(message));
  trace::flush();
}

void Board::reset(machine::ResetCause cause, trace::Site site) {
  cpu_.stop();
  if (!in_console_) std::fflush(nullptr);
  trace::emit(trace::Kind::reset, 0, 0, site, static_cast<std::uint8_t>(cause));
  trace::flush();
  restart_program({cpu_.now_ns(), cause, restart_.rtc_offset_us});
  stop(trace::Stop::exited, 2, "the host could not start the program again");
}

asyncio::port::Memory Board::frame_memory(std::size_t at_least) {
  constexpr std::size_t usual = 64 * 1024;
  const std::size_t size = std::max(at_least, usual);
  void* const memory = ::operator new(sizeof(FrameMemory) + size, std::nothrow);
  if (memory == nullptr) return {nullptr, 0};
  frame_memory_ = new (memory) FrameMemory{frame_memory_};
  return {frame_memory_ + 1, size};
}

}  // namespace sim

// --- What core asks of a board

namespace asyncio::port {

using sim::board;

std::uint64_t now_us() { return board.now_ns() / 1000; }
void idle_until(std::uint64_t deadline_us) { board.cpu().idle_until(sim::Clock::ns_of(deadline_us)); }
std::uint32_t enter_critical() { return board.cpu().mask_interrupts(); }
void exit_critical(std::uint32_t state) { board.cpu().unmask_interrupts(state); }
void console_write(const char* text, std::size_t size) { board.write_console(text, size); }
Memory more_frame_memory(std::size_t at_least) { return board.frame_memory(at_least); }

}  // namespace asyncio::port

namespace trace::port {

std::uint64_t now_ns() { return sim::board.now_ns(); }
void drain(const Record* records, std::size_t count) { sim::board.write_records(records, count); }
void decision() { sim::board.switch_task(); }

}  // namespace trace::port

namespace machine {

std::uint64_t clock_us() {
  sim::board.cpu().spend(sim::board.profile().clock_read_ns);
  return sim::board.now_ns() / 1000;
}

void busy_wait_until(std::uint64_t time_us) { sim::board.cpu().wait_until(sim::Clock::ns_of(time_us)); }

}  // namespace machine
