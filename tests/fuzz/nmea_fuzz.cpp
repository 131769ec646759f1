// NMEA sentences: any bytes are taken or refused, and what is taken can be. With an odd first byte each line
// of the rest is what to change in a good sentence, which then gets the right checksum: which one, and pairs
// of where and what. Otherwise hardly any would ever be understood.
#include <cstdint>
#include <string>

#include "drivers/calendar.hpp"
#include "drivers/nmea.hpp"

namespace {

void check(bool right) {
  if (!right) __builtin_trap();
}

void check_data(const drivers::NmeaParser& parser) {
  const drivers::NmeaData& data = parser.data();
  check(data.latitude.magnitude() <= 900'000'000 && data.longitude.magnitude() <= 1'800'000'000);
  check(data.course < 36'000 && data.speed <= 999'999'999U);
  check(data.magvar >= -18'000 && data.magvar <= 18'000);
  check(data.quality <= 8 && data.fix >= 1 && data.fix <= 3 && data.in_use <= 99);
  check(!data.has_utc || drivers::is_valid(data.utc));
  check(parser.satellites_in_view() <= parser.satellites().size());
  check(parser.satellites().size() <= drivers::NmeaParser::most_satellites);
  check(parser.satellites_used().size() <= drivers::NmeaParser::most_used);
  for (const drivers::Satellite& satellite : parser.satellites())
    check(satellite.number >= 1 && satellite.number <= 999);
  for (const std::uint16_t number : parser.satellites_used()) check(number >= 1 && number <= 999);
  const drivers::NmeaParser::Counts& counts = parser.counts();
  check(counts.clean == counts.parsed + counts.unsupported + counts.bad_fields);
}

// What the bytes of one line make of a sentence.
std::string changed(const std::uint8_t* data, std::size_t size) {
  static constexpr const char* sentences[8] = {
      "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W",
      "GNGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
      "GPGSV,2,1,08,01,40,083,46,02,17,308,41,12,07,344,39,14,22,228,45",
      "GPGSV,2,2,08,15,40,083,46,16,17,308,41,17,07,344,,18,,,45,1",
      "GNGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1,2",
      "GPGLL,4916.45,N,12311.12,W,225444,A",
      "GPVTG,054.7,T,034.4,M,005.5,N,010.2,K",
      "GLGSV,1,1,01,65,40,083,46"};
  if (size == 0) return {};
  std::string sentence = sentences[data[0] % 8];
  for (std::size_t i = 1; i + 1 < size && !sentence.empty(); i += 2) {
    const std::size_t at = data[i] % sentence.size();
    if (data[i + 1] == 0) {
      sentence.erase(at, 1);
    } else if (data[i + 1] < 0x80) {
      sentence[at] = static_cast<char>(data[i + 1]);
    } else {
      sentence.insert(at, 1, static_cast<char>(data[i + 1] & 0x7f));
    }
  }
  return sentence;
}

std::string with_checksum(const std::string& content) {
  unsigned sum = 0;
  for (const char c : content) sum ^= static_cast<unsigned char>(c);
  return '$' + content + '*' + "0123456789ABCDEF"[sum >> 4 & 0xf] + "0123456789ABCDEF"[sum & 0xf] + '\r';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text;
  if ((data[0] & 1) == 0) {
    text.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  } else {
    for (std::size_t begin = 1; begin < size;) {
      std::size_t end = begin;
      while (end < size && data[end] != '\n') ++end;
      text += with_checksum(changed(data + begin, end - begin));
      begin = end + 1;
    }
  }
  drivers::NmeaParser parser;
  std::uint32_t taken = 0;
  for (const char byte : text) {
    if (parser.feed(byte) == drivers::NO_SENTENCE) continue;
    ++taken;
    check_data(parser);
  }
  check_data(parser);
  check(parser.counts().parsed == taken);
  return 0;
}
