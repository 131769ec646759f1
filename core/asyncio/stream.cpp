#include "asyncio/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "asyncio/sleep.hpp"

namespace asyncio {

namespace {

// A device of the caller's, which nobody deletes.
std::shared_ptr<IOBase> not_owned(IOBase& device) { return {std::shared_ptr<void>(), &device}; }

// How much read() to the end asks for at a time: more as there is more, so that copying stays linear.
constexpr std::size_t smallest_chunk = 256;
constexpr std::size_t largest_chunk = 4096;

// The first bytes of the buffer.
std::string take(streaming::State& state, std::size_t size) {
  if (size >= state.buffer.size()) return std::exchange(state.buffer, std::string());
  std::string data = state.buffer.substr(0, size);
  state.buffer.erase(0, size);
  return data;
}

// One read from the device, to the end of the buffer.
std::ptrdiff_t append(streaming::State& state, std::size_t at_most) {
  struct Shrink {
    std::string& text;
    std::size_t size;
    ~Shrink() { text.resize(size); }
  } shrink{state.buffer, state.buffer.size()};
  state.buffer.resize(shrink.size + at_most);
  const std::ptrdiff_t got = state.device->read(state.buffer.data() + shrink.size, at_most);
  if (got > 0) shrink.size += static_cast<std::size_t>(got);
  return got;
}

[[noreturn]] void throw_gone() { throw RuntimeError("the stream this task waited on was destroyed"); }

// A coroutine begins: its stream may have been moved from, or gone already.
void check_there(const streaming::State* state) {
  if (state == nullptr) throw RuntimeError("the stream was moved: use the one it was moved to");
  if (!state->device) throw_gone();
}

// Waits for the device of a stream, which must not go meanwhile.
class Ready {
 public:
  Ready(streaming::State& state, int events, Site site) : state_(state), events_(events), site_(site) {}
  Ready(const Ready&) = default;  // before it waits
  Ready& operator=(const Ready&) = delete;
  ~Ready() { leave(); }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) {
    event_loop.wait_for_io(*state_.device, events_, state_.trace.id(), site_);
    task_ = event_loop.current();
    state_.waiting = task_;
  }
  void await_resume() {
    leave();
    if (!state_.device && event_loop.wake() != Wake::cancelled) {
      event_loop.take_wake();
      throw_gone();
    }
    event_loop.check_wake();
  }

 private:
  void leave() {
    // When this one is ready already, another task may wait.
    if (task_ != nullptr && state_.waiting == task_) state_.waiting = nullptr;
    task_ = nullptr;
  }

  streaming::State& state_;
  int events_;
  PromiseBase* task_ = nullptr;  // while it waits
  [[no_unique_address]] Site site_;
};

// Lets the others run, and the stream must not go meanwhile.
class Yield {
 public:
  Yield(const streaming::State& state, Site site) : state_(state), sleep_(0, site) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { sleep_.await_suspend(handle); }
  void await_resume() const {
    sleep_.await_resume();
    if (!state_.device) throw_gone();
  }

 private:
  const streaming::State& state_;
  SleepAwaiter sleep_;
};

}  // namespace

// --- StreamReader

StreamReader::StreamReader(IOBase& device, const char* name, Site site)
    : StreamReader(not_owned(device), name, site) {}

StreamReader::StreamReader(std::shared_ptr<IOBase> device, const char* name, Site site)
    : state_(std::make_shared<streaming::State>(std::move(device), name, site)) {}

Coro<std::string> StreamReader::read_some(State state, std::size_t n, Site site) {
  check_there(state.get());
  if (!state->buffer.empty()) {
    co_await Yield(*state, site);
    co_return take(*state, n);
  }
  for (;;) {
    co_await Ready(*state, POLLIN, site);
    if (append(*state, n) != IOBase::would_block) co_return take(*state, n);
  }
}

Coro<std::string> StreamReader::read_all(State state, Site site) {
  check_there(state.get());
  std::string& kept = state->buffer;
  for (;;) {
    co_await Ready(*state, POLLIN, site);
    if (append(*state, std::clamp(kept.size(), smallest_chunk, largest_chunk)) == 0)
      co_return take(*state, kept.size());
  }
}

Coro<std::size_t> StreamReader::read_into(State state, void* buffer, std::size_t size, Site site) {
  check_there(state.get());
  std::string& kept = state->buffer;
  if (!kept.empty()) {
    co_await Yield(*state, site);
    const std::size_t count = std::min(size, kept.size());
    std::memcpy(buffer, kept.data(), count);
    kept.erase(0, count);
    co_return count;
  }
  for (;;) {
    co_await Ready(*state, POLLIN, site);
    const std::ptrdiff_t got = state->device->read(buffer, size);
    if (got != IOBase::would_block) co_return static_cast<std::size_t>(got);
  }
}

Coro<std::string> StreamReader::read_exactly(State state, std::size_t n, Site site) {
  check_there(state.get());
  if (n == 0) co_return std::string();
  const std::string& kept = state->buffer;
  if (kept.size() >= n) {
    co_await Yield(*state, site);
    co_return take(*state, n);
  }
  while (kept.size() < n) {
    co_await Ready(*state, POLLIN, site);
    if (append(*state, n - kept.size()) == 0) throw EOFError();
  }
  co_return take(*state, n);
}

// Byte by byte, so that what follows the line stays in the device: another reader may have a right to it.
Coro<std::string> StreamReader::read_line(State state, Site site) {
  check_there(state.get());
  std::string& kept = state->buffer;
  const std::size_t end = kept.find('\n');
  if (end != std::string::npos) {
    co_await Yield(*state, site);
    co_return take(*state, end + 1);
  }
  for (;;) {
    co_await Ready(*state, POLLIN, site);
    do {
      char byte;
      const std::ptrdiff_t got = state->device->read(&byte, 1);
      if (got == IOBase::would_block) break;
      if (got == 0) co_return take(*state, kept.size());
      kept += byte;
      if (byte == '\n') co_return take(*state, kept.size());
    } while (state->device->ioctl(MP_STREAM_POLL, POLLIN) > 0);
  }
}

// --- StreamWriter

StreamWriter::StreamWriter(IOBase& device, const ExtraInfo& info, const char* name, Site site)
    : StreamWriter(not_owned(device), info, name, site) {}

StreamWriter::StreamWriter(std::shared_ptr<IOBase> device, const ExtraInfo& info, const char* name, Site site)
    : state_(std::make_shared<State>(std::move(device), name, site)), info_(info) {}

void StreamWriter::write_bytes(const void* data, std::size_t size) {
  State& state = *state_.get();
  if (state.closing) throw OSError(EBADF, "write() to a closed stream");
  if (state.ending) throw OSError(EPIPE, "write() after write_eof()");
  const char* rest = static_cast<const char*>(data);
  if (state.buffered() == 0) {
    state.buffer.clear();
    state.taken = 0;
    if (state.device->ioctl(MP_STREAM_POLL, POLLOUT) > 0) {
      const std::ptrdiff_t count = state.device->write(rest, size);
      if (count > 0) {
        rest += count;
        size -= static_cast<std::size_t>(count);
      }
    }
    if (size == 0) return;
  } else if (state.taken > state.buffer.size() / 2) {
    state.buffer.erase(0, state.taken);
    state.taken = 0;
  }
  state.buffer.append(rest, size);
}

Coro<> StreamWriter::drain(std::shared_ptr<State> state, Site site) {
  check_there(state.get());
  if (state->closed) throw OSError(EBADF, "drain() of a closed stream");
  if (state->buffered() == 0) {
    co_await Yield(*state, site);
    co_return;
  }
  while (state->buffered() != 0) {
    co_await Ready(*state, POLLOUT, site);
    const std::ptrdiff_t count = state->device->write(state->buffer.data() + state->taken, state->buffered());
    if (count > 0) state->taken += static_cast<std::size_t>(count);
  }
  if (state->ending) state->end_device();
}

void StreamWriter::write_eof() {
  if (state_->closing) throw OSError(EBADF, "write_eof() of a closed stream");
  if (state_->ending) return;
  if (buffered() == 0) state_->end_device();
  state_->ending = true;
}

void StreamWriter::State::end_device() const {
  if (device->ioctl(STREAM_WRITE_EOF, 0) == MP_STREAM_ERROR) {
    throw OSError(EOPNOTSUPP, "write_eof(): the device has no end of stream");
  }
}

void StreamWriter::close() {
  state_->closing = true;
  if (buffered() == 0) state_->close_device();
}

void StreamWriter::State::close_device() {
  if (!device || std::exchange(closed, true)) return;
  device->ioctl(MP_STREAM_CLOSE, 0);  // MP_STREAM_ERROR: a device that need not know
}

Coro<> StreamWriter::wait_closed(std::shared_ptr<State> state, Site site) {
  check_there(state.get());
  state->closing = true;
  if (!state->closed && state->buffered() != 0) {
    try {
      co_await drain(state, site);
    } catch (...) {
      state->close_device();
      throw;
    }
  }
  state->close_device();
}

std::optional<network::Address> StreamWriter::get_extra_info(std::string_view name) const {
  if (name == "peername") return info_.peername;
  if (name == "sockname") return info_.sockname;
  return std::nullopt;
}

}  // namespace asyncio
