#include "drivers/nmea.hpp"

#include <algorithm>

#include "drivers/calendar.hpp"

namespace drivers {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// "12", "012" as 12: digits and nothing else, at most six.
std::optional<std::int32_t> whole(std::string_view text) {
  if (text.empty() || text.size() > 6 || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  std::int32_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}
std::optional<std::int32_t> whole(std::string_view text, std::int32_t from, std::int32_t to) {
  const std::optional<std::int32_t> value = whole(text);
  return value && *value >= from && *value <= to ? value : std::nullopt;
}

// "-12.345" in units of 10^-decimals, -12345 for 3; further digits are dropped. At most six digits before the
// point, and at most three decimals then; up to seven decimals when there are at most two.
std::optional<std::int32_t> fixed(std::string_view text, int decimals) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::optional<std::int32_t> before = whole(text.substr(0, point));
  if (!before || (decimals > 3 && *before > 99)) return std::nullopt;
  const std::string_view after = text.substr(std::min(point + 1, text.size()));
  if (!std::all_of(after.begin(), after.end(), is_digit)) return std::nullopt;
  std::int32_t value = *before;
  for (std::size_t i = 0; i < static_cast<std::size_t>(decimals); ++i)
    value = value * 10 + (i < after.size() ? after[i] - '0' : 0);
  return negative ? -value : value;
}
std::optional<std::int32_t> fixed(std::string_view text, int decimals, std::int32_t from, std::int32_t to) {
  const std::optional<std::int32_t> value = fixed(text, decimals);
  return value && *value >= from && *value <= to ? value : std::nullopt;
}

// "4807.038" and "N": the last two digits before the point begin the minutes.
std::optional<Angle> angle(std::string_view text, std::string_view side, char positive, char negative,
                           std::int32_t limit) {
  const std::size_t point = std::min(text.find('.'), text.size());
  if (point < 3 || side.size() != 1 || (side[0] != positive && side[0] != negative)) return std::nullopt;
  const std::optional<std::int32_t> degrees = whole(text.substr(0, point - 2), 0, limit);
  const std::optional<std::int32_t> minutes_e7 = fixed(text.substr(point - 2), 7, 0, 599'999'999);
  if (!degrees || !minutes_e7 || (*degrees == limit && *minutes_e7 != 0)) return std::nullopt;
  const std::int32_t value = *degrees * 10'000'000 + (*minutes_e7 + 30) / 60;
  return Angle{side[0] == positive ? value : -value};
}

// "hhmmss" or "hhmmss.sss".
bool set_time(machine::DateTime& time, std::string_view text) {
  if (text.size() < 6 || (text.size() > 6 && text[6] != '.')) return false;
  const std::optional<std::int32_t> hours = whole(text.substr(0, 2), 0, 23);
  const std::optional<std::int32_t> minutes = whole(text.substr(2, 2), 0, 59);
  const std::optional<std::int32_t> ms = fixed(text.substr(4), 3, 0, 60'999);
  if (!hours || !minutes || !ms) return false;
  // The leap second goes with the second before: nobody else's clock has it.
  const int seconds = std::min(static_cast<int>(*ms / 1000), 59);
  time.hours = static_cast<int>(*hours);
  time.minutes = static_cast<int>(*minutes);
  time.seconds = seconds;
  time.subseconds = static_cast<int>(*ms % 1000 * 1000);
  return true;
}

// "ddmmyy". GPS began in 1980.
bool set_date(machine::DateTime& date, std::string_view text) {
  if (text.size() != 6) return false;
  const std::optional<std::int32_t> day = whole(text.substr(0, 2));
  const std::optional<std::int32_t> month = whole(text.substr(2, 2));
  const std::optional<std::int32_t> year = whole(text.substr(4, 2));
  if (!day || !month || !year) return false;
  date.day = static_cast<int>(*day);
  date.month = static_cast<int>(*month);
  date.year = static_cast<int>(*year) + (*year < 80 ? 2000 : 1900);
  if (!is_valid(date)) return false;
  date.weekday = weekday_of(date.year, date.month, date.day);
  return true;
}

bool is_mode(std::string_view text, char mode) { return text.size() == 1 && text[0] == mode; }

// A course in degrees, as 0 to 35999; 360 is 0.
std::optional<std::uint16_t> direction(std::string_view text) {
  const std::optional<std::int32_t> value = fixed(text, 2, 0, 36'000);
  if (!value) return std::nullopt;
  return static_cast<std::uint16_t>(*value % 36'000);
}

// Sets `number` to what is in the field, if anything is. False for what is no number or cannot be.
template <class Integer>
bool set_if_given(Integer& number, std::string_view text, int decimals, std::int32_t from, std::int32_t to) {
  if (text.empty()) return true;
  const std::optional<std::int32_t> value = fixed(text, decimals, from, to);
  if (!value) return false;
  number = static_cast<Integer>(*value);
  return true;
}

// The same for a whole number that may stay unknown.
template <class Integer>
bool set_if_given(std::optional<Integer>& number, std::string_view text, std::int32_t from, std::int32_t to) {
  if (text.empty()) return true;
  const std::optional<std::int32_t> value = fixed(text, 0, from, to);
  if (!value) return false;
  number = static_cast<Integer>(*value);
  return true;
}

}  // namespace

// What is between the commas; the first is the talker and the type.
struct NmeaParser::Fields {
  std::array<std::string_view, most_fields> text;
  std::size_t count = 0;
  std::string_view operator[](std::size_t index) const {
    return index < count ? text[index] : std::string_view();
  }
  // False if there are too many.
  bool split(std::string_view sentence) {
    for (;;) {
      if (count == text.size()) return false;
      const std::size_t comma = std::min(sentence.find(','), sentence.size());
      text[count++] = sentence.substr(0, comma);
      if (comma == sentence.size()) return true;
      sentence.remove_prefix(comma + 1);
    }
  }
};

Sentence NmeaParser::feed(char byte) {
  if (byte == '$') {
    if (state_ == State::inside) ++counts_.malformed;
    state_ = State::inside;
    size_ = 0;
    return NO_SENTENCE;
  }
  if (state_ == State::outside) return NO_SENTENCE;
  if (byte == '\r' || byte == '\n') {
    state_ = State::outside;
    return complete();
  }
  if (byte < ' ' || byte > '~' || size_ == text_.size()) {
    state_ = State::outside;
    ++counts_.malformed;
    return NO_SENTENCE;
  }
  text_[size_++] = byte;
  return NO_SENTENCE;
}

Sentence NmeaParser::complete() {
  const std::string_view text(text_.data(), size_);
  const std::size_t end = text.find('*');
  if (end == std::string_view::npos || text.size() != end + 3 || hex_digit(text[end + 1]) < 0 ||
      hex_digit(text[end + 2]) < 0) {
    ++counts_.malformed;
    return NO_SENTENCE;
  }
  unsigned sum = 0;
  for (const char c : text.substr(0, end)) sum ^= static_cast<unsigned char>(c);
  if (sum != static_cast<unsigned>(hex_digit(text[end + 1]) * 16 + hex_digit(text[end + 2]))) {
    ++counts_.crc_fails;
    return NO_SENTENCE;
  }
  ++counts_.clean;
  return understand(text.substr(0, end));
}

Sentence NmeaParser::understand(std::string_view text) {
  struct Type {
    std::string_view name;
    Sentence sentence;
  };
  static constexpr Type types[] = {{"RMC", RMC}, {"GLL", GLL}, {"VTG", VTG},
                                   {"GGA", GGA}, {"GSA", GSA}, {"GSV", GSV}};
  const std::string_view address = text.substr(0, std::min(text.find(','), text.size()));
  Sentence sentence = NO_SENTENCE;
  // A manufacturer's own begin with P: Garmin's PGRMC is no RMC.
  if (address.size() == 5 && address[0] != 'P') {
    for (const Type& type : types) {
      if (address.substr(2) == type.name) sentence = type.sentence;
    }
  }
  if (sentence == NO_SENTENCE) {
    ++counts_.unsupported;
    return NO_SENTENCE;
  }
  contents_ = 0;
  Fields fields;
  if (!fields.split(text) || !take(sentence, fields)) {
    contents_ = 0;
    ++counts_.bad_fields;
    return NO_SENTENCE;
  }
  ++counts_.parsed;
  return sentence;
}

bool NmeaParser::take(Sentence sentence, const Fields& fields) {
  switch (sentence) {
    case RMC:
      return take_rmc(fields);
    case GLL:
      return take_gll(fields);
    case VTG:
      return take_vtg(fields);
    case GGA:
      return take_gga(fields);
    case GSA:
      return take_gsa(fields);
    case GSV:
      return take_gsv(fields);
    default:
      return false;
  }
}

// RMC,time,status,latitude,N|S,longitude,E|W,knots,course,date,variation,E|W[,mode[,status]]
bool NmeaParser::take_rmc(const Fields& fields) {
  if (fields.count < 10) return false;
  NmeaData data = data_;
  std::uint8_t contents = 0;
  // Date and time come from the module's own clock: they may be good without a fix.
  if (!fields[1].empty() && !fields[9].empty()) {
    if (!set_time(data.utc, fields[1]) || !set_date(data.utc, fields[9])) return false;
    data.has_utc = true;
    contents |= DATE;
  }
  if (!is_mode(fields[2], 'A') && !is_mode(fields[2], 'V')) return false;
  if (is_mode(fields[2], 'A') && !is_mode(fields[12], 'N')) {
    const std::optional<Angle> latitude = angle(fields[3], fields[4], 'N', 'S', 90);
    const std::optional<Angle> longitude = angle(fields[5], fields[6], 'E', 'W', 180);
    if (!latitude || !longitude) return false;
    data.latitude = *latitude;
    data.longitude = *longitude;
    contents |= POSITION;
    if (!fields[7].empty()) {
      if (!set_if_given(data.speed, fields[7], 3, 0, 999'999'999)) return false;
      contents |= COURSE;
    }
    if (!fields[8].empty()) {  // many modules leave it out when they stand still
      const std::optional<std::uint16_t> course = direction(fields[8]);
      if (!course) return false;
      data.course = *course;
    }
    if (!fields[10].empty()) {
      if (!set_if_given(data.magvar, fields[10], 2, 0, 18'000)) return false;
      if (is_mode(fields[11], 'W')) {
        data.magvar = static_cast<std::int16_t>(-data.magvar);
      } else if (!is_mode(fields[11], 'E')) {
        return false;
      }
    }
  }
  data_ = data;
  contents_ = contents;
  return true;
}

// GLL,latitude,N|S,longitude,E|W,time,status[,mode]
bool NmeaParser::take_gll(const Fields& fields) {
  if (fields.count < 7 || (!is_mode(fields[6], 'A') && !is_mode(fields[6], 'V'))) return false;
  if (is_mode(fields[6], 'V') || is_mode(fields[7], 'N')) return true;
  const std::optional<Angle> latitude = angle(fields[1], fields[2], 'N', 'S', 90);
  const std::optional<Angle> longitude = angle(fields[3], fields[4], 'E', 'W', 180);
  if (!latitude || !longitude) return false;
  data_.latitude = *latitude;
  data_.longitude = *longitude;
  contents_ = POSITION;
  return true;
}

// VTG,course,T,course from magnetic north,M,knots,N,km/h,K[,mode]
bool NmeaParser::take_vtg(const Fields& fields) {
  if (fields.count < 9) return false;
  if (is_mode(fields[9], 'N') || fields[5].empty()) return true;
  NmeaData data = data_;
  if (!is_mode(fields[6], 'N') || !set_if_given(data.speed, fields[5], 3, 0, 999'999'999)) return false;
  if (!fields[1].empty()) {
    const std::optional<std::uint16_t> course = direction(fields[1]);
    if (!course || !is_mode(fields[2], 'T')) return false;
    data.course = *course;
  }
  data_ = data;
  contents_ = COURSE;
  return true;
}

// GGA,time,latitude,N|S,longitude,E|W,quality,satellites,hdop,altitude,M,geoid,M,age,station
bool NmeaParser::take_gga(const Fields& fields) {
  if (fields.count < 13) return false;
  NmeaData data = data_;
  std::uint8_t contents = 0;
  const std::optional<std::int32_t> quality = whole(fields[6], 0, 8);
  if (!quality) return false;
  data.quality = static_cast<std::uint8_t>(*quality);
  if (!set_if_given(data.in_use, fields[7], 0, 0, 99)) return false;
  if (data.quality != 0) {
    const std::optional<Angle> latitude = angle(fields[2], fields[3], 'N', 'S', 90);
    const std::optional<Angle> longitude = angle(fields[4], fields[5], 'E', 'W', 180);
    if (!latitude || !longitude) return false;
    data.latitude = *latitude;
    data.longitude = *longitude;
    contents |= POSITION;
    if (!set_if_given(data.hdop, fields[8], 2, 0, 65'535)) return false;
    if (!fields[9].empty()) {  // a fix without altitude leaves it out
      if (!is_mode(fields[10], 'M') || !set_if_given(data.altitude, fields[9], 3, -999'999'999, 999'999'999))
        return false;
      contents |= ALTITUDE;
    }
    if (!fields[11].empty() &&
        (!is_mode(fields[12], 'M') || !set_if_given(data.geoid, fields[11], 3, -999'999'999, 999'999'999))) {
      return false;
    }
  }
  data_ = data;
  contents_ = contents;
  return true;
}

// GSA,A|M,fix,12 numbers,pdop,hdop,vdop[,system]
bool NmeaParser::take_gsa(const Fields& fields) {
  if (fields.count < 18) return false;
  NmeaData data = data_;
  const std::optional<std::int32_t> fix = whole(fields[2], 1, 3);
  if (!fix) return false;
  data.fix = static_cast<std::uint8_t>(*fix);
  std::array<std::uint16_t, 12> numbers;
  std::size_t count = 0;
  for (std::size_t i = 3; i < 15; ++i) {
    if (fields[i].empty()) continue;
    const std::optional<std::int32_t> number = whole(fields[i], 1, 999);
    if (!number) return false;
    numbers[count++] = static_cast<std::uint16_t>(*number);
  }
  if (!set_if_given(data.pdop, fields[15], 2, 0, 65'535) ||
      !set_if_given(data.hdop, fields[16], 2, 0, 65'535) ||
      !set_if_given(data.vdop, fields[17], 2, 0, 65'535)) {
    return false;
  }
  // Which system's satellites these are: NMEA 4.10 says it; before, the talker does, and where that is
  // "several", GLONASS has the numbers 65 to 96.
  int system = 0;
  if (!fields[18].empty()) {
    system = fields[18].size() == 1 ? hex_digit(fields[18][0]) : -1;
    if (system < 0) return false;
  } else {
    const std::string_view talker = fields[0].substr(0, 2);
    const bool has_glonass_number = count != 0 && numbers[0] >= 65 && numbers[0] <= 96;
    if (talker == "GL" || (talker == "GN" && has_glonass_number)) {
      system = 2;
    } else if (talker == "GA") {
      system = 3;
    } else if (talker == "GB" || talker == "BD") {
      system = 4;
    } else {
      system = 1;
    }
  }
  data_ = data;
  if (data.fix == 1) {
    used_count_ = used_set_count_ = 0;
  } else if (count != 0 || !fields[18].empty() || fields[0].substr(0, 2) != "GN") {
    replace_used(static_cast<std::uint8_t>(system), {numbers.data(), count});
  }
  return true;
}

void NmeaParser::replace_used(std::uint8_t system, std::span<const std::uint16_t> numbers) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < used_set_count_; ++i) {
    const std::size_t end = begin + used_sets_[i].count;
    if (used_sets_[i].system == system) {
      std::copy(used_.begin() + static_cast<std::ptrdiff_t>(end),
                used_.begin() + static_cast<std::ptrdiff_t>(used_count_),
                used_.begin() + static_cast<std::ptrdiff_t>(begin));
      used_count_ -= used_sets_[i].count;
      std::copy(used_sets_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                used_sets_.begin() + static_cast<std::ptrdiff_t>(used_set_count_),
                used_sets_.begin() + static_cast<std::ptrdiff_t>(i));
      --used_set_count_;
      break;
    }
    begin = end;
  }
  if (used_set_count_ == used_sets_.size()) return;
  used_sets_[used_set_count_++] = {system, static_cast<std::uint8_t>(numbers.size())};
  std::copy(numbers.begin(), numbers.end(), used_.begin() + static_cast<std::ptrdiff_t>(used_count_));
  used_count_ += numbers.size();
}

// GSV,sentences,this one,satellites,{number,elevation,azimuth,snr}...[,signal]
bool NmeaParser::take_gsv(const Fields& fields) {
  const std::optional<std::int32_t> total = whole(fields[1], 1, 9);
  if (!total || fields.count < 4 || (fields.count - 4) % 4 > 1) return false;
  const std::optional<std::int32_t> number = whole(fields[2], 1, *total);
  if (!number || !whole(fields[3])) return false;
  int signal = 0;
  if ((fields.count - 4) % 4 == 1) {
    const std::string_view text = fields[fields.count - 1];
    signal = text.size() == 1 ? hex_digit(text[0]) : -1;
    if (signal < 0) return false;
  }
  std::array<Satellite, 5> satellites;
  std::size_t count = 0;
  for (std::size_t i = 4; i + 3 < fields.count; i += 4) {
    if (fields[i].empty()) continue;  // padding
    const std::optional<std::int32_t> prn = whole(fields[i], 1, 999);
    Satellite& satellite = satellites[count++];
    if (!prn || !set_if_given(satellite.elevation, fields[i + 1], -90, 90) ||
        !set_if_given(satellite.azimuth, fields[i + 2], 0, 360) ||
        !set_if_given(satellite.snr, fields[i + 3], 0, 99)) {
      return false;
    }
    if (satellite.azimuth == 360) satellite.azimuth = 0;
    satellite.number = static_cast<std::uint16_t>(*prn);
    satellite.signal = static_cast<std::uint8_t>(signal);
    satellite.talker = {fields[0][0], fields[0][1]};
  }

  const std::array<char, 2> talker = {fields[0][0], fields[0][1]};
  if (*number == 1) {
    set_count_ = 0;
    set_total_ = static_cast<std::uint8_t>(*total);
    set_next_ = 1;
    set_talker_ = talker;
    set_signal_ = static_cast<std::uint8_t>(signal);
  }
  // One of the set was lost: the rest is of no use.
  if (*total != set_total_ || *number != set_next_ || talker != set_talker_ || signal != set_signal_) {
    set_total_ = 0;
    return true;
  }
  for (std::size_t i = 0; i < count && set_count_ < set_.size(); ++i) set_[set_count_++] = satellites[i];
  ++set_next_;
  if (*number == *total) {
    replace_satellites();
    set_total_ = 0;
    contents_ = SATELLITES;
  }
  return true;
}

void NmeaParser::replace_satellites() {
  const auto begin = satellites_.begin();
  const auto end = std::remove_if(begin, begin + static_cast<std::ptrdiff_t>(satellite_count_),
                                  [this](const Satellite& satellite) {
                                    return satellite.talker == set_talker_ && satellite.signal == set_signal_;
                                  });
  satellite_count_ = static_cast<std::size_t>(end - begin);
  for (std::size_t i = 0; i < set_count_ && satellite_count_ < satellites_.size(); ++i)
    satellites_[satellite_count_++] = set_[i];
}

std::size_t NmeaParser::satellites_in_view() const {
  std::size_t different = 0;
  for (std::size_t i = 0; i < satellite_count_; ++i) {
    const auto same = [this, i](const Satellite& other) {
      return other.talker == satellites_[i].talker && other.number == satellites_[i].number;
    };
    if (std::none_of(satellites_.begin(), satellites_.begin() + static_cast<std::ptrdiff_t>(i), same))
      ++different;
  }
  return different;
}

}  // namespace drivers
