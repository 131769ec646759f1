// For tests: what an infrared receiver makes of a remote control: the times between the edges, in us.
#pragma once

#include <cstdint>
#include <vector>

namespace nec {

// Marks and spaces in turn, the first a mark: one less than there are edges.
using Burst = std::vector<std::uint32_t>;

inline Burst block(std::uint32_t bits) {
  Burst burst = {9000, 4500};
  for (int i = 0; i < 32; ++i) {
    burst.push_back(562);
    burst.push_back((bits >> i & 1U) != 0 ? 1687 : 562);
  }
  burst.push_back(562);
  return burst;
}
inline Burst key(std::uint32_t address, std::uint32_t command) {
  return block(address | (~address & 0xff) << 8 | command << 16 | (~command & 0xff) << 24);
}
inline Burst extended_key(std::uint32_t address, std::uint32_t command) {
  return block(address | command << 16 | (~command & 0xff) << 24);
}
inline Burst repeat() { return {9000, 2250, 562}; }

}  // namespace nec
