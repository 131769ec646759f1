#include "cli/standard_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/commands.hpp"

namespace cli {
namespace {

// A program started with one of its three streams closed would get the number of that stream for the next
// file it opens, and print into it. What stands in their place refuses to be written.
void occupy_closed_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
  }
}

}  // namespace

StandardOutput::StandardOutput() : usual_(std::cout.rdbuf(this)) {
  occupy_closed_streams();
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

StandardOutput::~StandardOutput() {
  std::cout.flush();
  std::cout.rdbuf(usual_);
}

int StandardOutput::finish(int status) {
  std::cout.flush();
  if (error_ == 0 || error_ == EPIPE || status != 0) return status;
  return fail(std::string("cannot write to the standard output: ") + std::strerror(error_));
}

bool StandardOutput::write_out(const char* text, std::size_t size) {
  while (size != 0) {
    const ssize_t written = ::write(STDOUT_FILENO, text, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {  // a terminal that somebody made non-blocking
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (written <= 0) {
      if (error_ == 0) error_ = written < 0 ? errno : EIO;
      return false;
    }
    text += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

int StandardOutput::sync() {
  const auto size = static_cast<std::size_t>(pptr() - pbase());
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_ == 0 && write_out(buffer_.data(), size) ? 0 : -1;
}

StandardOutput::int_type StandardOutput::overflow(int_type character) {
  if (sync() != 0) return traits_type::eof();
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
  *pptr() = traits_type::to_char_type(character);
  pbump(1);
  return character;
}

std::streamsize StandardOutput::xsputn(const char* text, std::streamsize size) {
  if (size <= epptr() - pptr()) {
    std::memcpy(pptr(), text, static_cast<std::size_t>(size));
    pbump(static_cast<int>(size));
    return size;
  }
  return sync() == 0 && write_out(text, static_cast<std::size_t>(size)) ? size : 0;
}

bool output_lost() {
  if (!std::cout) return true;
  pollfd reader{STDOUT_FILENO, 0, 0};
  return ::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0;
}

}  // namespace cli
