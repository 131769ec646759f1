// I2cChannel: a stream between two boards, both ways, over I2C and two more wires: a UART where none is left.
// It is a device for StreamReader and StreamWriter. One board has a drivers::I2cInitiator
// (i2c_initiator.hpp), the other a drivers::I2cResponder (i2c_responder.hpp). Hinch's asi2c.
//
//   initiator (machine::I2CTarget)      responder (machine::I2C)
//        sda, scl  ------------------------  sda, scl      with pull-ups
//        syn (out) ------------------------> syn (in)      "there is a frame for you"
//        ack (in)  <------------------------ ack (out)     "I have taken it, and written mine"
//
// The bus's controller cannot know when the other end has something, and must not come at a bad time; so the
// target asks: it puts a frame into its memory and raises syn. The responder reads it, writes its own frame
// and raises ack; syn goes down, ack goes down. Levels, not edges, so that the boards may start, and start
// again, in any order.
//
// A frame is its payload's length, the room its sender has for the other's payload, the payload (of at most
// 62 bytes). Nobody sends more than there is room for, so nothing is lost: a writer waits while the other
// end does not read. There is no checksum: the wires are to be short.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>

#include "asyncio/event.hpp"
#include "asyncio/io_base.hpp"

namespace drivers {

class I2cChannel : public asyncio::IOBase {
 public:
  static constexpr int default_address = 0x12;   // of the initiator on the bus
  static constexpr std::size_t rxbufsize = 200;  // bytes received that wait for a reader
  static constexpr std::size_t largest_payload = 62;
  static constexpr std::size_t frame_size = 2 + largest_payload;
  // The initiator's memory: first its own frame, then the responder's.
  static constexpr std::size_t memory_size = 2 * frame_size;

  // `co_await channel.ready()`: until the other end has answered once; no yield if it has.
  asyncio::Event::WaitAwaiter ready(asyncio::Site site = {}) { return ready_.wait(site); }
  // Times a frame went each way.
  std::uint32_t exchanges() const { return exchanges_; }

  int ioctl(int request, int flags) override;
  std::ptrdiff_t read(void* buffer, std::size_t size) override;
  std::ptrdiff_t write(const void* buffer, std::size_t size) override;
  bool has_interrupt() const override { return true; }

 protected:
  explicit I2cChannel(const char* name, asyncio::Site site) : ready_(name, site) {}

  // Writes the frame to send now; returns its size. `to_come` bytes of the other's payload are still to be
  // stored.
  std::size_t make_frame(std::span<std::uint8_t, frame_size> frame, std::size_t to_come = 0);
  // Is that a frame that can be: not too long, and there is room for it?
  bool is_frame(std::span<const std::uint8_t> frame) const;
  // What the other end told about its room.
  void take_room(std::span<const std::uint8_t> frame) { other_room_ = frame[1]; }
  // Both frames have arrived: stores the other's payload and forgets one's own.
  void exchanged(std::span<const std::uint8_t> frame, asyncio::Site site);
  // The other end has started again, or will.
  void lost();
  // Readers and writers get this from now on.
  void fail(std::exception_ptr why);

  // Is there a reason not to wait until the next regular exchange?
  bool wants_exchange() const;
  // There may be one now.
  virtual void wake() {}

  asyncio::Event ready_;

 private:
  std::size_t room() const { return received_.size() - received_count_; }

  std::array<std::uint8_t, rxbufsize> received_;  // a ring
  std::size_t received_first_ = 0;
  std::size_t received_count_ = 0;
  std::array<std::uint8_t, largest_payload> to_send_;
  std::size_t to_send_count_ = 0;
  std::size_t sending_ = 0;        // of these, are in the frame last made
  std::size_t other_room_ = 0;     // at the other end, as of its last frame
  std::size_t reported_room_ = 0;  // here, as of the frame last made
  bool received_some_ = false;     // in the last exchange
  std::uint32_t exchanges_ = 0;
  std::exception_ptr failure_;
};

}  // namespace drivers
