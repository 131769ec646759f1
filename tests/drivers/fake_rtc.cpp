#include "fake_rtc.hpp"

#include <cstdint>

#include "asyncio/virtual_board.hpp"
#include "drivers/calendar.hpp"

namespace {
std::uint64_t offset_us = 0;  // from the board's clock to the RTC
}  // namespace

namespace fake_rtc {
void set(const machine::DateTime& now) { machine::RTC().datetime(now); }
}  // namespace fake_rtc

namespace machine {

DateTime RTC::datetime() const {
  const std::uint64_t now_us = offset_us + virtual_board::now_us();
  DateTime now = drivers::date_of(static_cast<std::int64_t>(now_us / 1'000'000));
  now.subseconds = static_cast<int>(now_us % 1'000'000);
  return now;
}

void RTC::datetime(const DateTime& now) const {
  offset_us = static_cast<std::uint64_t>(drivers::seconds_of(now)) * 1'000'000 +
              static_cast<std::uint64_t>(now.subseconds) - virtual_board::now_us();
}

}  // namespace machine
