// The errno numbers of asyncio::OSError that drivers throw: MicroPython's, which are the same on every board,
// where those of <cerrno> are the C library's own.
#pragma once

namespace drivers {

inline constexpr int io_error = 5;         // EIO: nobody acknowledged, or what came is not what was sent
inline constexpr int no_such_device = 19;  // ENODEV: somebody else is there
inline constexpr int timed_out = 110;      // ETIMEDOUT

}  // namespace drivers
