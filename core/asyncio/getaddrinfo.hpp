// getaddrinfo(): the address of a host. Unlike MicroPython's, it does not keep the other tasks waiting.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "asyncio/coro.hpp"
#include "asyncio/device_wait.hpp"
#include "network/socket.hpp"

namespace asyncio {

// `host` is a name or four numbers, which take no wait; "" is 0.0.0.0, every address of the board. Throws
// OSError, network::name_not_found for a name nobody knows.
//
// Inline, as are open_connection() and start_server(): core itself then refers to no socket, and a board
// without a network defines none.
inline Coro<network::Address> getaddrinfo(std::string host, std::uint16_t port, Site site = {}) {
  if (host.empty()) co_return network::Address{{}, port};
  if (const auto numbers = network::Address::parse(host, port)) co_return *numbers;
  network::Address address{{}, port};
  network::Lookup lookup(host);
  while (!lookup.finish(address)) co_await wait_readable(lookup, site);
  co_return address;
}

}  // namespace asyncio
