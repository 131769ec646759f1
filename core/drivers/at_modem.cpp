#include "drivers/at_modem.hpp"

#include <utility>

namespace drivers {

using asyncio::Coro;
using asyncio::Site;

namespace {
std::uint32_t checked(std::uint32_t quiet_time) {
  if (quiet_time == 0) throw asyncio::ValueError("AtModem: a quiet time of 0 ms would end every response");
  return quiet_time;
}
}  // namespace

void AtModem::Line::fail(std::exception_ptr why, Site site) {
  failure = std::move(why);
  quiet.set(site);
}

AtModem::AtModem(asyncio::StreamReader& reader, asyncio::StreamWriter& writer, std::uint32_t quiet_time,
                 const char* name, Site site)
    : line_(std::make_shared<Line>(checked(quiet_time), name, site)),
      writer_(&writer),
      task_(asyncio::event_loop.create_task(read(line_, &reader, site), name != nullptr ? name : "AtModem",
                                            site)) {}

AtModem::~AtModem() {
  if (!task_.done()) task_.cancel();
  line_->fail(std::make_exception_ptr(asyncio::RuntimeError("the AtModem this task waited on was destroyed")),
              {});
}

Coro<> AtModem::read(std::shared_ptr<Line> line, asyncio::StreamReader* reader, Site site) {
  try {
    for (;;) {
      std::string text = co_await reader->readline(site);
      if (text.empty()) throw asyncio::EOFError("AtModem: the stream from the device has ended");
      while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
      if (line->response == nullptr) continue;  // too late for the command it answers
      if (!text.empty()) line->response->push_back(std::move(text));
      line->quiet.trigger();
    }
  } catch (const asyncio::CancelledError&) {
    throw;
  } catch (...) {
    // Whoever waits, or will, throws it as well.
    line->fail(std::current_exception(), site);
    throw;
  }
}

Coro<AtModem::Response> AtModem::send_command(std::string_view command, Site site) {
  if (command.find_first_of("\r\n") != std::string_view::npos)
    throw asyncio::ValueError("AtModem: one command at a time, without its line end");
  std::string text(command);
  text += "\r\n";
  return send(line_, writer_, std::move(text), site);
}

Coro<AtModem::Response> AtModem::send(std::shared_ptr<Line> line, asyncio::StreamWriter* writer,
                                      std::string command, Site site) {
  const auto turn = co_await line->turn.scoped(site);
  if (line->failure) std::rethrow_exception(line->failure);
  writer->write(command);
  co_await writer->drain(site);
  if (line->failure) std::rethrow_exception(line->failure);

  Response response;
  // Lines are for this command, until it ends, however it does.
  struct Collecting {
    Line& line;
    Collecting(Line& on, Response& into) : line(on) { line.response = &into; }
    Collecting(const Collecting&) = delete;
    Collecting& operator=(const Collecting&) = delete;
    ~Collecting() {
      line.response = nullptr;
      line.quiet.stop();
    }
  } const collecting(*line, response);
  line->quiet.trigger();
  co_await line->quiet.wait(site);
  if (line->failure) std::rethrow_exception(line->failure);
  co_return response;
}

}  // namespace drivers
