// open_connection(): a TCP connection to a server, as a pair of streams.
//
//   auto [reader, writer] = co_await asyncio::open_connection("192.168.4.2", 1883);
//
// The streams share the socket: it is closed by writer.close(), or when both streams are gone.
//
// Throws OSError: what getaddrinfo() throws, ECONNREFUSED if nobody listens there, ENETUNREACH without a
// network, and so on. (MicroPython returns streams then, whose first use fails.) Cancelled, it drops the
// attempt. There is no time limit: see wait_for().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "asyncio/getaddrinfo.hpp"
#include "asyncio/stream.hpp"

namespace asyncio {

// Both directions of a connection. (Not a std::pair: g++ 15 forgets to destroy one that is taken apart by
// `auto [reader, writer] = co_await …` when the coroutine is destroyed.)
struct Connection {
  Connection(StreamReader in, StreamWriter out) : reader(std::move(in)), writer(std::move(out)) {}
  StreamReader reader;
  StreamWriter writer;
};

// Who resumes where: waits for the socket at least once, then as device_wait.hpp says.
inline Coro<Connection> open_connection(std::string host, std::uint16_t port, Site site = {}) {
  const network::Address peer = co_await getaddrinfo(std::move(host), port, site);
  auto socket = std::make_shared<network::Socket>();
  socket->connect(peer);
  do {
    co_await wait_writable(*socket, site);
  } while (!socket->finish_connect());
  const ExtraInfo info{socket->peer(), socket->local()};
  co_return Connection(StreamReader(socket, "connection", site),
                       StreamWriter(socket, info, "connection", site));
}

}  // namespace asyncio
