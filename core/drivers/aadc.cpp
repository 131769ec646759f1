#include "drivers/aadc.hpp"

#include <algorithm>

#include "asyncio/exceptions.hpp"

namespace drivers {

namespace {
constexpr int highest = 65535;
}

AADC::ReadingAwaiter AADC::operator()(int lower, int upper, Site site) {
  if (lower < 0 || lower > upper || upper > highest) {
    throw asyncio::ValueError("AADC: 0 <= lower <= upper <= 65535 must hold");
  }
  lower_ = lower;
  upper_ = upper;
  return {*this, site};
}

AADC::ReadingAwaiter AADC::operator()(int change, Site site) {
  if (change < 0 || change > highest) throw asyncio::ValueError("AADC: the change must be 0 to 65535");
  const int last = read_u16(true);
  lower_ = std::max(last - change, 0);
  upper_ = std::min(last + change, highest);
  return {*this, site};
}

std::uint16_t AADC::read_u16(bool last) {
  if (last && was_read_) return last_;
  last_ = adc_.read_u16();
  was_read_ = true;
  return last_;
}

int AADC::ioctl(int request, int flags) {
  if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
  if ((flags & asyncio::POLLIN) == 0) return 0;
  const std::uint16_t reading = read_u16();
  const bool inside = lower_ <= reading && reading <= upper_;
  if (inside == normal_) return 0;
  found_ = reading;
  return asyncio::POLLIN;
}

}  // namespace drivers
