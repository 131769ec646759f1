// RTC: the date and the time of day, as MicroPython's machine.RTC. Runs through resets; starts at 2021-01-01
// 00:00, as a Pico's without power does. The board this is linked with defines what has no body here.
#pragma once

namespace machine {

struct DateTime {
  int year = 2021;
  int month = 1;    // 1 to 12
  int day = 1;      // 1 to 31
  int weekday = 4;  // Monday is 0; ignored when setting
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  int subseconds = 0;  // us
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

class RTC {
 public:
  DateTime datetime() const;
  // Throws asyncio::ValueError for a date there is not; years are 0 to 4095.
  void datetime(const DateTime& now) const;
};

}  // namespace machine
