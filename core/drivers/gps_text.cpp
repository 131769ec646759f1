// What a Gps tells as text. In integers: a printf that knows doubles would cost a small board 10 KB.
#include "drivers/gps.hpp"

namespace drivers {

namespace {

// `value` in at least `width` digits.
void append(std::string& text, std::int64_t value, int width) {
  char digits[20];
  int count = 0;
  for (; value != 0 || count < width; value /= 10) digits[count++] = static_cast<char>('0' + value % 10);
  while (count > 0) text += digits[--count];
}

// Rounded as a whole, so that 12.5 minutes are not 12.4999, and 59.99999 become a degree.
std::string coordinate(const Angle& angle, CoordFormat format, char positive, char negative) {
  static constexpr const char* degree_sign = "\u00b0";
  const std::int64_t degrees_e7 = angle.magnitude();
  std::string text;
  switch (format) {
    case CoordFormat::KML:
      if (angle.degrees_e7 < 0) text += '-';
      [[fallthrough]];
    case CoordFormat::DD:
      append(text, degrees_e7 / 10'000'000, 1);
      text += '.';
      append(text, degrees_e7 % 10'000'000, 7);
      if (format == CoordFormat::KML) return text;
      text += degree_sign;
      break;
    case CoordFormat::DM: {
      const std::int64_t minutes_e4 = (degrees_e7 * 60 + 500) / 1000;
      append(text, minutes_e4 / 600'000, 1);
      text += degree_sign;
      text += ' ';
      append(text, minutes_e4 % 600'000 / 10'000, 2);
      text += '.';
      append(text, minutes_e4 % 10'000, 4);
      text += '\'';
      break;
    }
    case CoordFormat::DMS: {
      const std::int64_t seconds = (degrees_e7 * 3600 + 5'000'000) / 10'000'000;
      append(text, seconds / 3600, 1);
      text += degree_sign;
      text += ' ';
      append(text, seconds / 60 % 60, 2);
      text += "' ";
      append(text, seconds % 60, 2);
      text += '"';
      break;
    }
  }
  text += ' ';
  text += angle.degrees_e7 < 0 ? negative : positive;
  return text;
}

}  // namespace

std::string Gps::latitude_string(CoordFormat format) const {
  return coordinate(latitude(), format, 'N', 'S');
}

std::string Gps::longitude_string(CoordFormat format) const {
  return coordinate(longitude(), format, 'E', 'W');
}

const char* Gps::compass_direction() const {
  static constexpr const char* directions[16] = {"N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
                                                 "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"};
  return directions[(data().course + 1125) / 2250 % 16];  // each is 22.5 degrees wide
}

std::string Gps::time_string(bool local) const {
  const std::optional<machine::DateTime> time = local ? local_time() : utc();
  std::string text;
  if (!time) return text;
  append(text, time->hours, 2);
  text += ':';
  append(text, time->minutes, 2);
  text += ':';
  append(text, time->seconds, 2);
  text += '.';
  append(text, time->subseconds / 1000, 3);
  return text;
}

std::string Gps::date_string(DateFormat format) const {
  const std::optional<machine::DateTime> date = local_time();
  std::string text;
  if (!date) return text;
  append(text, format == DateFormat::MDY ? date->month : date->day, 2);
  text += '/';
  append(text, format == DateFormat::MDY ? date->day : date->month, 2);
  text += '/';
  append(text, date->year % 100, 2);
  return text;
}

}  // namespace drivers
