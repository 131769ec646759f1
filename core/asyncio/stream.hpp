// StreamReader and StreamWriter: reading from and writing to a device (IOBase: a UART, a socket, one of your
// own) without keeping the other tasks waiting.
//
//   asyncio::StreamReader reader(uart);
//   asyncio::StreamWriter writer(uart);
//   writer.write("AT\r\n");
//   co_await writer.drain();
//   std::string line = co_await reader.readline();   // with its '\n'; empty at the end of the stream
//
// Bytes are std::string and std::string_view, or spans of std::byte, char and std::uint8_t.
//
// Who resumes where: each of read, readinto, readexactly and readline waits for the device, even one that is
// ready (device_wait.hpp has the order), and goes on in the slice in which it has what it needs. drain() lets
// the others run at least once, so that a loop of write and drain cannot keep them waiting. A device is read
// only when it says POLLIN and written only when it says POLLOUT, POLLERR or POLLHUP.
//
// One task may read and one may write a device at a time; a second one gets a RuntimeError. Cancelling one
// does not disturb the other (in MicroPython the other waits forever). What a read had when it was cancelled,
// timed out or failed is what the next read begins with (in MicroPython it is lost).
//
// A reader or writer that is moved takes along what it keeps, and a read or drain that waits goes on. One
// that is destroyed meanwhile is a RuntimeError in the task that waits.
//
// Errors: OSError from the device; EOFError from readexactly().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "asyncio/coro.hpp"
#include "network/address.hpp"

namespace asyncio {

namespace streaming {

// What a stream and the coroutines that read or write it share, so that either may end first. Only the stream
// owns the device.
struct State {
  State(std::shared_ptr<IOBase> the_device, const char* name, Site site)
      : device(std::move(the_device)), trace(trace::ObjectKind::stream, name, site) {}

  std::shared_ptr<IOBase> device;  // nullptr: the stream is gone
  PromiseBase* waiting = nullptr;  // the task that waits for the device
  std::string buffer;              // read from the device, not yet returned; or written, not all of it taken
  [[no_unique_address]] trace::Object trace;
};

// The stream's end of it.
template <class T>
class Shared {
 public:
  explicit Shared(std::shared_ptr<T> state) noexcept : state_(std::move(state)) {}
  Shared(Shared&&) noexcept = default;
  Shared& operator=(Shared&& other) noexcept {
    if (this != &other) {
      leave();
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~Shared() { leave(); }
  T* operator->() const noexcept { return state_.get(); }
  // For a coroutine.
  const std::shared_ptr<T>& get() const noexcept { return state_; }

 private:
  void leave() noexcept {
    if (!state_) return;
    if (state_->waiting != nullptr) event_loop.end_wait(std::exchange(state_->waiting, nullptr));
    state_->device.reset();
  }
  std::shared_ptr<T> state_;
};

}  // namespace streaming

class StreamReader {
 public:
  // The device must outlive the reader. `name` is for the trace and is kept, not copied: a literal.
  explicit StreamReader(IOBase& device, const char* name = nullptr, Site site = {});
  // Shares the device with others, usually a StreamWriter; the last one destroys it.
  explicit StreamReader(std::shared_ptr<IOBase> device, const char* name = nullptr, Site site = {});
  StreamReader(StreamReader&&) noexcept = default;
  StreamReader& operator=(StreamReader&&) noexcept = default;

  // What the device has, at most `n` bytes; empty at the end of the stream. n < 0: everything up to the end.
  Coro<std::string> read(std::ptrdiff_t n = -1, Site site = {}) {
    return n < 0 ? read_all(state_.get(), site) : read_some(state_.get(), static_cast<std::size_t>(n), site);
  }
  // Fills the beginning of `buffer` with what the device has: the number of bytes, 0 at the end of the
  // stream.
  Coro<std::size_t> readinto(std::span<std::byte> buffer, Site site = {}) {
    return read_into(state_.get(), buffer.data(), buffer.size(), site);
  }
  Coro<std::size_t> readinto(std::span<char> buffer, Site site = {}) {
    return read_into(state_.get(), buffer.data(), buffer.size(), site);
  }
  Coro<std::size_t> readinto(std::span<std::uint8_t> buffer, Site site = {}) {
    return read_into(state_.get(), buffer.data(), buffer.size(), site);
  }
  // `n` bytes, or EOFError if the stream ends before; the bytes there were are left for the next read. No
  // wait for 0 bytes.
  Coro<std::string> readexactly(std::size_t n, Site site = {}) { return read_exactly(state_.get(), n, site); }
  // Up to and including '\n'; what is left at the end of the stream; then empty.
  Coro<std::string> readline(Site site = {}) { return read_line(state_.get(), site); }

  IOBase& device() const { return *state_->device; }

 private:
  using State = std::shared_ptr<streaming::State>;
  static Coro<std::string> read_some(State state, std::size_t n, Site site);
  static Coro<std::string> read_all(State state, Site site);
  static Coro<std::size_t> read_into(State state, void* buffer, std::size_t size, Site site);
  static Coro<std::string> read_exactly(State state, std::size_t n, Site site);
  static Coro<std::string> read_line(State state, Site site);

  streaming::Shared<streaming::State> state_;
};

// What get_extra_info() tells about a connection; nothing about other devices.
struct ExtraInfo {
  std::optional<network::Address> peername;  // the other end
  std::optional<network::Address> sockname;  // this end
};

class StreamWriter {
 public:
  // As for StreamReader.
  explicit StreamWriter(IOBase& device, const ExtraInfo& info = {}, const char* name = nullptr,
                        Site site = {});
  explicit StreamWriter(std::shared_ptr<IOBase> device, const ExtraInfo& info = {},
                        const char* name = nullptr, Site site = {});
  StreamWriter(StreamWriter&&) noexcept = default;
  StreamWriter& operator=(StreamWriter&&) noexcept = default;

  // Hands the bytes to the device. Those it does not take now are copied to a buffer, for drain(); a device
  // that takes them all costs no allocation. Throws OSError: the device's, or EBADF after close().
  void write(std::string_view data) { write_bytes(data.data(), data.size()); }
  void write(std::span<const std::byte> data) { write_bytes(data.data(), data.size()); }
  void write(std::span<const std::uint8_t> data) { write_bytes(data.data(), data.size()); }

  // Until the device has taken everything written. Cancelled or failed, what it has not taken stays for the
  // next drain().
  Coro<> drain(Site site = {}) { return drain(state_.get(), site); }
  // Bytes the device has not taken yet.
  std::size_t buffered() const { return state_->buffered(); }

  // No more will be written: the other end reads an end of stream, after what was written; this end still
  // reads. Throws OSError EOPNOTSUPP if the device cannot do that.
  void write_eof();

  // No more will be written or read. Closes the device at once if it has taken everything; else wait_closed()
  // does, after a drain(). (MicroPython's close() does nothing and its wait_closed() drops what is not
  // drained.)
  void close();
  bool is_closing() const { return state_->closing; }
  // Drains, closes, and yields only if there is something to drain. An exception closes as well. If the other
  // end reads nothing this takes forever: see wait_for().
  Coro<> wait_closed(Site site = {}) { return wait_closed(state_.get(), site); }

  // "peername" or "sockname" of a connection; nothing for other names and other devices.
  std::optional<network::Address> get_extra_info(std::string_view name) const;

  IOBase& device() const { return *state_->device; }

 private:
  struct State : streaming::State {
    using streaming::State::State;
    std::size_t buffered() const { return buffer.size() - taken; }
    void end_device() const;
    void close_device();

    std::size_t taken = 0;  // bytes at the beginning of `buffer` the device has
    bool ending = false;    // write_eof() was called
    bool closing = false;   // close() was called
    bool closed = false;    // the device knows
  };
  static Coro<> drain(std::shared_ptr<State> state, Site site);
  static Coro<> wait_closed(std::shared_ptr<State> state, Site site);
  void write_bytes(const void* data, std::size_t size);

  streaming::Shared<State> state_;
  ExtraInfo info_;
};

}  // namespace asyncio
