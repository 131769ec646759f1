#include "mcu/standard_output.hpp"

#include <sys/types.h>

#include <cstdio>
#include <iostream>
#include <streambuf>

#include "mcu/board.hpp"

namespace sim {
namespace {

class ConsoleBuffer : public std::streambuf {
 protected:
  int_type overflow(int_type character) override {
    if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
    const char text = traits_type::to_char_type(character);
    board.write_console(&text, 1);
    return character;
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    board.write_console(text, static_cast<std::size_t>(size));
    return size;
  }
};

#if defined(__GLIBC__)
// The C library is in the middle of its buffer: a handler that prints now would print that once more.
ssize_t write_cookie(void*, const char* text, std::size_t size) {
  const std::uint32_t state = board.cpu().mask_interrupts();
  board.write_console(text, size);
  board.cpu().unmask_interrupts_later(state);
  return static_cast<ssize_t>(size);
}
#endif

}  // namespace

void send_standard_output_to_console() {
  // Never destroyed: std::cout is used until the very end. This is called before the constructors of most
  // files, one of which would otherwise make std::cout.
  static const auto* const streams = new std::ios_base::Init;
  static_cast<void>(streams);
  static auto* const buffer = new ConsoleBuffer;
  std::cout.rdbuf(buffer);
#if defined(__GLIBC__)
  std::FILE* const console = fopencookie(nullptr, "w", {nullptr, write_cookie, nullptr, nullptr});
  if (console == nullptr) return;
  std::setvbuf(console, nullptr, _IOLBF, 4096);
  stdout = console;
#endif
}

}  // namespace sim
