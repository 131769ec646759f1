#include "drivers/nec_decoder.hpp"

namespace drivers {

namespace {
// us; each lies between two widths of the protocol.
constexpr int shortest_start = 4000;         // the first mark, of 9000
constexpr int shortest_data_space = 3000;    // 4500, and not 2250
constexpr int shortest_repeat_space = 1700;  // 2250
constexpr int longest_zero = 1125;           // 562.5, and not 1687.5; also the longest mark
constexpr int longest_one = 3000;
}  // namespace

NecCode NecDecoder::decode(bool extended) {
  NecCode code;
  code.data = understand(extended, code.address);
  if (code.data >= 0) last_address_ = code.address;
  edges_ = 0;
  return code;
}

int NecDecoder::understand(bool extended, int& address) const {
  if (edges_ > edges_of_a_block) return NecCode::OVERRUN;
  if (edges_ < 3 || widths_[0] <= shortest_start) return NecCode::BADSTART;
  if (widths_[1] > shortest_data_space) return data_block(extended, address);
  if (widths_[1] <= shortest_repeat_space) return NecCode::BADSTART;
  if (edges_ != 4) return NecCode::BADREP;
  address = last_address_;
  return NecCode::REPEAT;
}

int NecDecoder::data_block(bool extended, int& address) const {
  if (edges_ < edges_of_a_block) return NecCode::BADBLOCK;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const int mark = widths_[2 + 2 * i];
    const int space = widths_[3 + 2 * i];
    if (mark > longest_zero || space > longest_one) return NecCode::BADBLOCK;
    if (space > longest_zero) bits |= std::uint32_t{1} << i;
  }
  const std::uint32_t low = bits & 0xff;
  const std::uint32_t command = bits >> 16 & 0xff;
  const bool is_short = low == (~bits >> 8 & 0xff);
  if (!is_short && !extended) {
    address = static_cast<int>(bits & 0xffff);
    return NecCode::BADADDR;
  }
  if (command != (~bits >> 24 & 0xff)) return NecCode::BADDATA;
  address = static_cast<int>(is_short ? low : bits & 0xffff);
  return static_cast<int>(command);
}

}  // namespace drivers
