// NecDecoder: the bursts of an infrared remote control, in the NEC protocol, as numbers. It takes the times
// of the edges and does nothing else; nec_ir.hpp is the driver.
//
// The protocol (as receivers like the TSOP4838 give it, marks low): a mark of 9 ms and a space of 4.5 ms, 32
// bits, a last mark: 68 edges. A bit is a mark of 562.5 us and a space of 562.5 us (0) or 1687.5 us (1). The
// bits, lowest first, are address, its complement, command, its complement; or, in the extended protocol, 16
// bits of address. A key held down repeats every 108 ms a mark of 9 ms, a space of 2.25 ms, a mark: 4 edges.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace drivers {

struct NecCode {
  // Instead of data: the key is held down, or what went wrong. The numbers are those of Hinch's aremote.
  enum : int {
    REPEAT = -1,
    BADSTART = -2,  // the first mark is too short, or the space after it
    BADBLOCK = -3,  // a data block with too few edges, or a mark or space that is no bit's
    BADREP = -4,    // a repeat block that has not 4 edges
    OVERRUN = -5,   // a block with too many edges
    BADDATA = -6,   // the command does not match its complement
    BADADDR = -7,   // nor the address, and the protocol is not the extended one
  };
  int data = 0;     // the command, 0 to 255, or one of the above
  int address = 0;  // 0 to 255, or to 65535 if extended; of a REPEAT that of the last good block; else 0,
                    // but for BADADDR the 16 bits there were

  bool is_error() const { return data < REPEAT; }
  friend bool operator==(const NecCode&, const NecCode&) = default;
};

class NecDecoder {
 public:
  static constexpr int edges_of_a_block = 68;

  // The level has changed at `time_us`, of a clock that may wrap. May be called by an interrupt, while no
  // decode() runs.
  void edge(std::uint32_t time_us) {
    if (edges_ > edges_of_a_block) return;  // too many already
    if (edges_ != 0 && edges_ < edges_of_a_block) {
      const std::uint32_t width = time_us - last_us_;
      widths_[edges_ - 1U] = static_cast<std::uint16_t>(width < 0xffff ? width : 0xffff);
    }
    last_us_ = time_us;
    ++edges_;
  }
  // Since the start or the last decode().
  int edges() const { return edges_; }

  // What the edges mean, once there has been time for all of a block; then begins anew. `extended`: addresses
  // may have 16 bits, and are not checked.
  NecCode decode(bool extended);

 private:
  int understand(bool extended, int& address) const;
  int data_block(bool extended, int& address) const;

  // The first is a mark. 16 bits hold every width of the protocol, in half of the memory.
  std::array<std::uint16_t, edges_of_a_block - 1> widths_ = {};  // us
  std::uint32_t last_us_ = 0;
  std::uint8_t edges_ = 0;
  int last_address_ = 0;
};

}  // namespace drivers
