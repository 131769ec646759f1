#include "drivers/i2c_channel.hpp"

#include <algorithm>
#include <utility>

namespace drivers {

int I2cChannel::ioctl(int request, int flags) {
  if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
  if (failure_) return flags | asyncio::POLLERR;
  int ready = 0;
  if (received_count_ != 0) ready |= asyncio::POLLIN;
  if (to_send_count_ != to_send_.size()) ready |= asyncio::POLLOUT;
  return ready & flags;
}

std::ptrdiff_t I2cChannel::read(void* buffer, std::size_t size) {
  if (received_count_ == 0) {
    if (failure_) std::rethrow_exception(failure_);
    return would_block;
  }
  const std::size_t count = std::min(size, received_count_);
  auto* const bytes = static_cast<std::uint8_t*>(buffer);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = received_[(received_first_ + i) % received_.size()];
  received_first_ = (received_first_ + count) % received_.size();
  received_count_ -= count;
  if (wants_exchange()) wake();
  return static_cast<std::ptrdiff_t>(count);
}

std::ptrdiff_t I2cChannel::write(const void* buffer, std::size_t size) {
  if (failure_) std::rethrow_exception(failure_);
  const std::size_t count = std::min(size, to_send_.size() - to_send_count_);
  if (count == 0) return would_block;
  const auto* const bytes = static_cast<const std::uint8_t*>(buffer);
  std::copy(bytes, bytes + count, to_send_.data() + to_send_count_);
  to_send_count_ += count;
  if (wants_exchange()) wake();
  return static_cast<std::ptrdiff_t>(count);
}

std::size_t I2cChannel::make_frame(std::span<std::uint8_t, frame_size> frame, std::size_t to_come) {
  sending_ = std::min(to_send_count_, other_room_);
  reported_room_ = room() - to_come;
  frame[0] = static_cast<std::uint8_t>(sending_);
  frame[1] = static_cast<std::uint8_t>(reported_room_);
  std::copy(to_send_.data(), to_send_.data() + sending_, frame.data() + 2);
  return 2 + sending_;
}

bool I2cChannel::is_frame(std::span<const std::uint8_t> frame) const {
  return frame[0] <= largest_payload && frame[0] <= room() && frame[1] <= rxbufsize;
}

void I2cChannel::exchanged(std::span<const std::uint8_t> frame, asyncio::Site site) {
  take_room(frame);
  const std::size_t count = frame[0];
  for (std::size_t i = 0; i < count; ++i)
    received_[(received_first_ + received_count_ + i) % received_.size()] = frame[2 + i];
  received_count_ += count;
  received_some_ = count != 0;
  std::copy(to_send_.data() + sending_, to_send_.data() + to_send_count_, to_send_.data());
  to_send_count_ -= std::exchange(sending_, 0);
  ++exchanges_;
  if (!ready_.is_set()) ready_.set(site);
}

void I2cChannel::lost() {
  other_room_ = 0;
  sending_ = 0;
  received_some_ = false;
  ready_.clear();
}

void I2cChannel::fail(std::exception_ptr why) { failure_ = std::move(why); }

bool I2cChannel::wants_exchange() const {
  return (to_send_count_ != 0 && other_room_ != 0) || received_some_ ||
         (reported_room_ < largest_payload && room() >= largest_payload);
}

}  // namespace drivers
