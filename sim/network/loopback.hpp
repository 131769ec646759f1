// The network of a board by itself: core's network/socket.hpp defined without any other machine. What listens
// on the board can be connected to from the board, over 127.0.0.1 or any 127.x.x.x; nothing else can be
// reached.
//
// Bytes arrive the moment they are written; both ends have a bounded buffer, so that a writer waits for its
// reader. Deterministic: client ports count up from 49152, and nothing depends on time or addresses in
// memory.
//
// It behaves as TCP does where a program can tell: half-close; ECONNREFUSED where nobody listens; a
// connection beyond the listener's backlog is made when there is room; closing with bytes unread, or abort(),
// resets the other end and drops what it had not read; writing to an end that has closed succeeds once and
// then is ECONNRESET. There is no TIME_WAIT: a port is free as soon as it is closed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "network/address.hpp"

namespace network::loopback {

// As at power-on: the first client port, the default buffer size, no hosts. Sockets that exist stay.
void reset();

// Bytes an end of a connection holds that were not read yet: 4096. For connections made from now on.
void set_buffer_size(std::size_t bytes);

// Client ports end here: 65535. For tests of what happens when they run out.
void set_last_client_port(std::uint16_t port);

// A name that Lookup finds, besides "localhost".
void add_host(const std::string& name, const std::array<std::uint8_t, 4>& ip);

}  // namespace network::loopback
