// What a device must offer so that tasks can wait for it: MicroPython's io.IOBase. Derive from it and answer
// ioctl(); StreamReader and StreamWriter (stream.hpp) then work on it.
//
//   class MillisecTimer : public asyncio::IOBase {
//     int ioctl(int request, int flags) override {
//       if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
//       return time::ticks_diff(time::ticks_ms(), end_) >= 0 ? flags & asyncio::POLLIN : 0;
//     }
#pragma once

#include <cstddef>
#include <cstdint>

namespace asyncio {

inline constexpr int MP_STREAM_POLL = 3;     // ioctl request: which of `flags` are you ready for?
inline constexpr int MP_STREAM_CLOSE = 4;    // ioctl request: release what you hold
inline constexpr int STREAM_WRITE_EOF = 64;  // ioctl request, not MicroPython's: no more will be written
inline constexpr int MP_STREAM_ERROR = -1;   // ioctl answer: request unknown
inline constexpr int POLLIN = 1;             // something to read
inline constexpr int POLLOUT = 4;            // room to write
inline constexpr int POLLERR = 8;   // failed: wakes readers and writers, whose read or write then says how
inline constexpr int POLLHUP = 16;  // the other end is gone; likewise

class IOBase {
 public:
  IOBase() = default;
  IOBase(const IOBase&) = delete;
  IOBase& operator=(const IOBase&) = delete;
  // A task that still waits for the device gets a RuntimeError.
  virtual ~IOBase();

  // MP_STREAM_POLL: the events of `flags` the device is ready for now, and POLLERR or POLLHUP. Called by the
  // loop each step while a task waits: must be quick and must not schedule anything.
  virtual int ioctl(int request, int flags) = 0;

  // Bytes read, 0 at the end of the stream, or would_block. Throws OSError when the device failed.
  static constexpr std::ptrdiff_t would_block = -1;
  virtual std::ptrdiff_t read(void* buffer, std::size_t size) {
    static_cast<void>(buffer), static_cast<void>(size);
    return 0;
  }
  // Bytes taken, which may be fewer than `size`, or would_block. Throws OSError when the device failed.
  virtual std::ptrdiff_t write(const void* buffer, std::size_t size) {
    static_cast<void>(buffer);
    return static_cast<std::ptrdiff_t>(size);
  }

  // True if an interrupt always precedes readiness, so that the board may sleep until then. Otherwise the
  // loop looks at the device every millisecond.
  virtual bool has_interrupt() const { return false; }

  // Priority I/O: a task waiting for this device runs as soon as the loop finds the device ready, ahead of
  // the ready queue, instead of behind it. The loop looks each time it gains control. Off by default, which
  // is MicroPython's order; a device that is always ready then starves every other task. It counts for waits
  // that begin from now on.
  void set_priority(bool priority) { priority_ = priority; }
  bool priority() const { return priority_; }

 private:
  bool priority_ = false;
};

}  // namespace asyncio
