// wait_readable() and wait_writable(): until a device is ready. For drivers that read and write their device
// themselves; streams (stream.hpp) are built on it.
//
// Who resumes where: the loop asks the device once a step; ready, its task goes behind every task that is
// ready then, or ahead of them if the device has priority (IOBase::set_priority). A device that is ready at
// once yields all the same. One task may wait for each of reading and writing; a second one gets a
// RuntimeError. A wait may end although the device then has nothing: whoever reads looks again.
#pragma once

#include <cstdint>

#include "asyncio/loop.hpp"

namespace asyncio {

class [[nodiscard("co_await it")]] DeviceAwaiter {
 public:
  DeviceAwaiter(IOBase& device, int events, std::uint32_t object, Site site)
      : device_(device), events_(events), object_(object), site_(site) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    event_loop.wait_for_io(device_, events_, object_, site_);
  }
  void await_resume() const { event_loop.check_wake(); }

 private:
  IOBase& device_;
  int events_;
  std::uint32_t object_;  // for the trace
  [[no_unique_address]] Site site_;
};

inline DeviceAwaiter wait_readable(IOBase& device, Site site = {}) { return {device, POLLIN, 0, site}; }
inline DeviceAwaiter wait_writable(IOBase& device, Site site = {}) { return {device, POLLOUT, 0, site}; }

}  // namespace asyncio
