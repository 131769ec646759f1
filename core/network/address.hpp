// Address: an IPv4 address and a port, as sockets and StreamWriter::get_extra_info() use them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace network {

struct Address {
  std::array<std::uint8_t, 4>
      ip{};  // as it is written: 192.168.4.1 is {192, 168, 4, 1}; 0.0.0.0 is any of the board's
  std::uint16_t port = 0;

  // "192.168.4.1" and a port; nothing if the text is not four decimal numbers up to 255 with dots between.
  static std::optional<Address> parse(std::string_view host, std::uint16_t port);
  // "192.168.4.1"
  std::string host() const;

  friend bool operator==(const Address&, const Address&) = default;
};

}  // namespace network
