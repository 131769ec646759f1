// A device whose readiness, input, limits and failures a test decides, and which notes what is asked of it.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "asyncio/exceptions.hpp"
#include "asyncio/io_base.hpp"

namespace streams {

class TestDevice : public asyncio::IOBase {
 public:
  std::string input;                         // what there is to read now
  bool at_end = false;                       // after `input`: the end of the stream
  int read_error = 0;                        // instead: OSError
  bool spurious = false;                     // the next POLLIN or POLLOUT is a lie
  std::size_t read_limit = ~std::size_t{0};  // bytes one read() gives
  std::string output;                        // what was written
  std::size_t room = ~std::size_t{0};        // bytes it takes until made_room()
  int write_error = 0;
  bool interrupts = true;  // false: the loop must poll
  int reads = 0;           // calls
  int writes = 0;
  int closed = 0;
  int ended = 0;

  void receive(std::string_view text) { input += text; }
  void make_room(std::size_t bytes) { room = bytes; }

  int ioctl(int request, int flags) override {
    if (request == asyncio::MP_STREAM_CLOSE) return ++closed, 0;
    if (request == 64) return ++ended, 0;
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    if (spurious) return flags;
    int ready = 0;
    if (!input.empty() || at_end) ready |= asyncio::POLLIN;
    if (read_error != 0 || write_error != 0) ready |= asyncio::POLLERR;
    if (room != 0) ready |= asyncio::POLLOUT;
    return ready & (flags | asyncio::POLLERR);
  }
  std::ptrdiff_t read(void* buffer, std::size_t size) override {
    ++reads;
    if (std::exchange(spurious, false)) return would_block;
    if (input.empty()) {
      if (read_error != 0) throw asyncio::OSError(read_error);
      return at_end ? 0 : would_block;
    }
    const std::size_t count = std::min({size, input.size(), read_limit});
    std::memcpy(buffer, input.data(), count);
    input.erase(0, count);
    return static_cast<std::ptrdiff_t>(count);
  }
  std::ptrdiff_t write(const void* buffer, std::size_t size) override {
    ++writes;
    if (std::exchange(spurious, false)) return would_block;
    if (write_error != 0) throw asyncio::OSError(write_error);
    if (room == 0) return would_block;
    const std::size_t count = std::min(size, room);
    output.append(static_cast<const char*>(buffer), count);
    room -= count;
    return static_cast<std::ptrdiff_t>(count);
  }
  bool has_interrupt() const override { return interrupts; }
};

}  // namespace streams
