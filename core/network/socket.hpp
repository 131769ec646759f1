// Socket and Lookup: the network as the hardware API has it, non-blocking TCP and names. Programs use
// asyncio::open_connection() and asyncio::start_server(), which are written on these.
//
// Declared here and defined by whoever is linked: the simulator, or a board on its TCP/IP stack. Each defines
// Socket::State and Lookup::State as it likes. No function waits; what would have to is done later, and the
// object, an IOBase, becomes ready when there is something to do.
//
// Errors are OSError with errno numbers (<cerrno>): ECONNREFUSED, ECONNRESET, EADDRINUSE, EADDRNOTAVAIL (no
// free port, or an address that is not this board's), ENETUNREACH, EPIPE (write after shutdown), ENOTCONN,
// EISCONN, EBADF (closed), ENFILE (the board has no more sockets).
#pragma once

#include <cstddef>
#include <string>

#include "asyncio/io_base.hpp"
#include "asyncio/stream.hpp"
#include "network/address.hpp"

namespace network {

// Lookup failed: there is no such host, or nobody to ask. MicroPython's number.
inline constexpr int name_not_found = -2;

class Socket final : public asyncio::IOBase {
 public:
  Socket() = default;
  // Closes.
  ~Socket() override;

  // --- A client: connect(), and when the socket is ready for POLLOUT, finish_connect().

  void connect(const Address& peer);
  // True: it is connected. False: not yet. Throws what became of it.
  bool finish_connect();

  // --- A server: listen(), and each time the socket is ready for POLLIN, accept().

  // `local.ip` 0.0.0.0 is every address of the board; `local.port` 0 is any free port, see local(). At most
  // `backlog` connections wait to be accepted, others have to wait for that.
  void listen(const Address& local, int backlog);
  // Makes `connection`, a new socket, the next connection. False if there is none.
  bool accept(Socket& connection);

  // --- A connection

  // Of a few bytes is no slower for that: what has arrived is in memory. After ECONNRESET what had not been
  // read is gone.
  std::ptrdiff_t read(void* buffer, std::size_t size) override;
  // Into a buffer of the board; says nothing about the other end. If that has closed, the next call tells.
  std::ptrdiff_t write(const void* buffer, std::size_t size) override;
  // No more will be written: the other end reads an end of stream.
  void shutdown();
  Address local() const;
  Address peer() const;

  // --- Any

  // What was written is still delivered; what was not read makes the other end get ECONNRESET. The socket can
  // be used no more. A task that waits for it gets EBADF.
  void close() noexcept;
  // Ends the connection at once: the other end gets ECONNRESET, also for what was on its way.
  void abort() noexcept;

  // The events of `flags` it is ready for, and POLLERR or POLLHUP.
  int poll(int flags) const;
  bool has_interrupt() const override;

  int ioctl(int request, int flags) override {
    switch (request) {
      case asyncio::MP_STREAM_POLL:
        return poll(flags);
      case asyncio::MP_STREAM_CLOSE:
        close();
        return 0;
      case asyncio::STREAM_WRITE_EOF:
        shutdown();
        return 0;
      default:
        return asyncio::MP_STREAM_ERROR;
    }
  }

  struct State;  // the board's

 private:
  State* state_ = nullptr;
};

// A question to the name server: ready for POLLIN when there is an answer.
class Lookup final : public asyncio::IOBase {
 public:
  explicit Lookup(const std::string& host);
  // Drops the question if it has not been answered.
  ~Lookup() override;

  // True: `address.ip` is the answer, the port is left alone. False: not yet. Throws OSError, name_not_found
  // or what hindered the question.
  bool finish(Address& address);

  int ioctl(int request, int flags) override;
  bool has_interrupt() const override;

  struct State;  // the board's

 private:
  State* state_ = nullptr;
};

}  // namespace network
