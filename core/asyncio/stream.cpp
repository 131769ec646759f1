#include "asyncio/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "asyncio/device_wait.hpp"
#include "asyncio/sleep.hpp"

namespace asyncio {

namespace {

// A device of the caller's, which nobody deletes.
std::shared_ptr<IOBase> not_owned(IOBase& device) { return {std::shared_ptr<void>(), &device}; }

// How much read() to the end asks for at a time: more as there is more, so that copying stays linear.
constexpr std::size_t smallest_chunk = 256;
constexpr std::size_t largest_chunk = 4096;

}  // namespace

// --- StreamReader

StreamReader::StreamReader(IOBase& device, const char* name, Site site)
    : StreamReader(not_owned(device), name, site) {}

StreamReader::StreamReader(std::shared_ptr<IOBase> device, const char* name, Site site)
    : device_(std::move(device)), trace_(trace::ObjectKind::stream, name, site) {}

// One read from the device, to the end of kept_.
std::ptrdiff_t StreamReader::append(std::size_t at_most) {
  struct Shrink {
    std::string& text;
    std::size_t size;
    ~Shrink() { text.resize(size); }
  } shrink{kept_, kept_.size()};
  kept_.resize(shrink.size + at_most);
  const std::ptrdiff_t got = device_->read(kept_.data() + shrink.size, at_most);
  if (got > 0) shrink.size += static_cast<std::size_t>(got);
  return got;
}

// The first bytes of kept_.
std::string StreamReader::take(std::size_t size) {
  if (size >= kept_.size()) return std::exchange(kept_, std::string());
  std::string data = kept_.substr(0, size);
  kept_.erase(0, size);
  return data;
}

Coro<std::string> StreamReader::read_some(std::size_t n, Site site) {
  if (!kept_.empty()) {
    co_await sleep_ms(0, site);
    co_return take(n);
  }
  for (;;) {
    co_await DeviceAwaiter(*device_, POLLIN, trace_.id(), site);
    if (append(n) != IOBase::would_block) co_return take(n);
  }
}

Coro<std::string> StreamReader::read_all(Site site) {
  for (;;) {
    co_await DeviceAwaiter(*device_, POLLIN, trace_.id(), site);
    if (append(std::clamp(kept_.size(), smallest_chunk, largest_chunk)) == 0) co_return take(kept_.size());
  }
}

Coro<std::size_t> StreamReader::read_into(void* buffer, std::size_t size, Site site) {
  if (!kept_.empty()) {
    co_await sleep_ms(0, site);
    const std::size_t count = std::min(size, kept_.size());
    std::memcpy(buffer, kept_.data(), count);
    kept_.erase(0, count);
    co_return count;
  }
  for (;;) {
    co_await DeviceAwaiter(*device_, POLLIN, trace_.id(), site);
    const std::ptrdiff_t got = device_->read(buffer, size);
    if (got != IOBase::would_block) co_return static_cast<std::size_t>(got);
  }
}

Coro<std::string> StreamReader::readexactly(std::size_t n, Site site) {
  if (n == 0) co_return std::string();
  if (kept_.size() >= n) {
    co_await sleep_ms(0, site);
    co_return take(n);
  }
  while (kept_.size() < n) {
    co_await DeviceAwaiter(*device_, POLLIN, trace_.id(), site);
    if (append(n - kept_.size()) == 0) throw EOFError();
  }
  co_return take(n);
}

// Byte by byte, so that what follows the line stays in the device: another reader may have a right to it.
Coro<std::string> StreamReader::readline(Site site) {
  const std::size_t end = kept_.find('\n');
  if (end != std::string::npos) {
    co_await sleep_ms(0, site);
    co_return take(end + 1);
  }
  for (;;) {
    co_await DeviceAwaiter(*device_, POLLIN, trace_.id(), site);
    do {
      char byte;
      const std::ptrdiff_t got = device_->read(&byte, 1);
      if (got == IOBase::would_block) break;
      if (got == 0) co_return take(kept_.size());
      kept_ += byte;
      if (byte == '\n') co_return take(kept_.size());
    } while (device_->ioctl(MP_STREAM_POLL, POLLIN) > 0);
  }
}

// --- StreamWriter

StreamWriter::StreamWriter(IOBase& device, const ExtraInfo& info, const char* name, Site site)
    : StreamWriter(not_owned(device), info, name, site) {}

StreamWriter::StreamWriter(std::shared_ptr<IOBase> device, const ExtraInfo& info, const char* name, Site site)
    : device_(std::move(device)), info_(info), trace_(trace::ObjectKind::stream, name, site) {}

void StreamWriter::write_bytes(const void* data, std::size_t size) {
  if (closing_) throw OSError(EBADF, "write() to a closed stream");
  if (ending_) throw OSError(EPIPE, "write() after write_eof()");
  const char* rest = static_cast<const char*>(data);
  if (buffered() == 0) {
    buffer_.clear();
    taken_ = 0;
    if (device_->ioctl(MP_STREAM_POLL, POLLOUT) > 0) {
      const std::ptrdiff_t count = device_->write(rest, size);
      if (count > 0) {
        rest += count;
        size -= static_cast<std::size_t>(count);
      }
    }
    if (size == 0) return;
  } else if (taken_ > buffer_.size() / 2) {
    buffer_.erase(0, taken_);
    taken_ = 0;
  }
  buffer_.append(rest, size);
}

Coro<> StreamWriter::drain(Site site) {
  if (closed_) throw OSError(EBADF, "drain() of a closed stream");
  if (buffered() == 0) {
    co_await sleep_ms(0, site);
    co_return;
  }
  while (buffered() != 0) {
    co_await DeviceAwaiter(*device_, POLLOUT, trace_.id(), site);
    const std::ptrdiff_t count = device_->write(buffer_.data() + taken_, buffered());
    if (count > 0) taken_ += static_cast<std::size_t>(count);
  }
  if (ending_) end_device();
}

void StreamWriter::write_eof() {
  if (closing_) throw OSError(EBADF, "write_eof() of a closed stream");
  if (ending_) return;
  if (buffered() == 0) end_device();
  ending_ = true;
}

void StreamWriter::end_device() {
  if (device_->ioctl(STREAM_WRITE_EOF, 0) == MP_STREAM_ERROR) {
    throw OSError(EOPNOTSUPP, "write_eof(): the device has no end of stream");
  }
}

void StreamWriter::close() {
  closing_ = true;
  if (buffered() == 0) close_device();
}

void StreamWriter::close_device() {
  if (std::exchange(closed_, true)) return;
  device_->ioctl(MP_STREAM_CLOSE, 0);  // MP_STREAM_ERROR: a device that need not know
}

Coro<> StreamWriter::wait_closed(Site site) {
  closing_ = true;
  if (!closed_ && buffered() != 0) {
    try {
      co_await drain(site);
    } catch (...) {
      close_device();
      throw;
    }
  }
  close_device();
}

std::optional<network::Address> StreamWriter::get_extra_info(std::string_view name) const {
  if (name == "peername") return info_.peername;
  if (name == "sockname") return info_.sockname;
  return std::nullopt;
}

}  // namespace asyncio
