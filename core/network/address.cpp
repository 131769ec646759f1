#include "network/address.hpp"

namespace network {

std::optional<Address> Address::parse(std::string_view host, std::uint16_t port) {
  Address address;
  address.port = port;
  std::size_t at = 0;
  for (std::size_t part = 0; part < address.ip.size(); ++part) {
    if (part != 0 && (at == host.size() || host[at++] != '.')) return std::nullopt;
    const std::size_t begin = at;
    unsigned value = 0;
    while (at < host.size() && host[at] >= '0' && host[at] <= '9' && at - begin < 3) {
      value = value * 10 + static_cast<unsigned>(host[at++] - '0');
    }
    if (at == begin || value > 255) return std::nullopt;
    address.ip[part] = static_cast<std::uint8_t>(value);
  }
  if (at != host.size()) return std::nullopt;
  return address;
}

std::string Address::host() const {
  std::string text;
  for (const std::uint8_t part : ip) {
    if (!text.empty()) text += '.';
    text += std::to_string(part);
  }
  return text;
}

}  // namespace network
