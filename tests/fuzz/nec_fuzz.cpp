// Edges of an infrared receiver, at any times: they give a code of the protocol or one of its errors. Each
// two bytes are the time to the next edge; 0xffff decodes what there is. With an odd first byte the rest is
// the bits of blocks that are well formed.
#include <cstdint>

#include "drivers/nec_decoder.hpp"

namespace {

void check(bool right) {
  if (!right) __builtin_trap();
}

void check_code(const drivers::NecCode& code, bool extended) {
  check(code.data >= drivers::NecCode::BADADDR && code.data <= 255);
  check(code.address >= 0 && code.address <= (extended || code.is_error() ? 0xffff : 0xff));
  check(!extended || code.data != drivers::NecCode::BADADDR);
}

void decode_bits(drivers::NecDecoder& decoder, std::uint32_t bits, bool extended) {
  std::uint32_t time = bits;
  const auto edge_after = [&](std::uint32_t width) { decoder.edge(time += width); };
  decoder.edge(time);
  edge_after(9000);
  edge_after(4500);
  for (int i = 0; i < 32; ++i) {
    edge_after(562);
    edge_after((bits >> i & 1U) != 0 ? 1687 : 562);
  }
  edge_after(562);
  const drivers::NecCode code = decoder.decode(extended);
  check_code(code, extended);
  if (code.is_error()) return;
  check(code.data == static_cast<int>(bits >> 16 & 0xff));
  check((code.address & 0xff) == static_cast<int>(bits & 0xff));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool whole_blocks = (data[0] & 1) != 0;
  const bool extended = (data[0] & 2) != 0;
  drivers::NecDecoder decoder;
  if (whole_blocks) {
    for (std::size_t i = 1; i + 3 < size; i += 4) {
      decode_bits(decoder,
                  data[i] | static_cast<std::uint32_t>(data[i + 1]) << 8 |
                      static_cast<std::uint32_t>(data[i + 2]) << 16 |
                      static_cast<std::uint32_t>(data[i + 3]) << 24,
                  extended);
    }
    return 0;
  }
  std::uint32_t time = 0;
  for (std::size_t i = 1; i + 1 < size; i += 2) {
    const auto width = static_cast<std::uint32_t>(data[i] | data[i + 1] << 8);
    if (width != 0xffff) {
      decoder.edge(time += width);
      continue;
    }
    check_code(decoder.decode(extended), extended);
    check(decoder.edges() == 0);
  }
  check_code(decoder.decode(extended), extended);
  return 0;
}
