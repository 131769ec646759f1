// AtModem: the master of a half-duplex line, as modems speak that understand AT commands: it sends a command,
// the device answers with some lines, and sends nothing unless asked (tutorial 6.3.1).
//
//   machine::UART uart(1, 9600);
//   asyncio::StreamReader reader(uart);
//   asyncio::StreamWriter writer(uart);
//   drivers::AtModem modem(reader, writer, 1000);
//   for (const std::string& line : co_await modem.send_command("AT+CSQ")) print("%s\n", line.c_str());
//
// How many lines there will be is not known: a response has ended when nothing came for a quiet time. A
// device that does not answer gives an empty one.
//
// Who resumes where: a task of the modem's own reads lines, and each puts the quiet time off (a Delay_ms,
// which says who runs when it is up). Commands of several tasks are sent one after another, first come, first
// served.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asyncio/delay_ms.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"

namespace drivers {

class AtModem {
 public:
  static constexpr std::uint32_t default_quiet_time = 4000;  // ms
  using Response = std::vector<std::string>;

  // `quiet_time` in ms: longer than the device takes to answer, and between two lines. Counted from when the
  // writer's device has taken the command: what a UART has in its buffer then is still on its way. Reader and
  // writer must outlive the modem, and nobody else may read. Throws ValueError for a quiet time of 0 and
  // OverflowError for one of more than 6.2 days. `name` is for the trace and is kept, not copied: a literal.
  AtModem(asyncio::StreamReader& reader, asyncio::StreamWriter& writer,
          std::uint32_t quiet_time = default_quiet_time, const char* name = nullptr, asyncio::Site site = {});
  AtModem(const AtModem&) = delete;
  AtModem& operator=(const AtModem&) = delete;
  // Stops reading. A task that waits for a response gets a RuntimeError.
  ~AtModem();

  // Sends `command` and "\r\n", and returns the lines that came, without their ends; empty lines are left
  // out. An echo of the command, if the device has it on, is the first line. What came before the command
  // was sent is dropped. Never ends if the device never is quiet: see wait_for(); cancelled, it leaves the
  // line to the next command. Throws ValueError for a command with a line end in it, EOFError once the stream
  // has ended, OSError when the device failed.
  asyncio::Coro<Response> send_command(std::string_view command, asyncio::Site site = {});

 private:
  // Shared with whoever waits, who may come to see that the modem is gone.
  struct Line {
    Line(std::uint32_t quiet_time, const char* name, asyncio::Site site)
        : turn(name, site), quiet(quiet_time, name, site) {}
    asyncio::Lock turn;
    asyncio::Delay_ms quiet;
    Response* response = nullptr;  // of the command that waits, if one does
    std::exception_ptr failure;    // no more commands

    void fail(std::exception_ptr why, asyncio::Site site);
  };

  static asyncio::Coro<> read(std::shared_ptr<Line> line, asyncio::StreamReader* reader, asyncio::Site site);
  static asyncio::Coro<Response> send(std::shared_ptr<Line> line, asyncio::StreamWriter* writer,
                                      std::string command, asyncio::Site site);

  std::shared_ptr<Line> line_;
  asyncio::StreamWriter* writer_;
  asyncio::Task<> task_;
};

}  // namespace drivers
