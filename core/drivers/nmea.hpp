// NmeaParser: what a GPS module says, NMEA 0183, as numbers. It takes bytes as they come, in pieces of any
// size, and does nothing else: no task, no device. gps.hpp is the driver.
//
//   drivers::NmeaParser parser;
//   for (char byte : received)
//     if (parser.feed(byte) == drivers::RMC) print("%f\n", parser.data().latitude.degrees());
//
// A sentence counts as a whole or not at all: it is `$`, printable characters, `*`, the checksum (the
// exclusive or of what is between, as two hex digits) and a line end; what is malformed changes nothing but
// a count. RMC, GLL, VTG, GGA, GSA and GSV are understood, of any talker (GP: GPS, GL: GLONASS, GA: Galileo,
// GB, BD: BeiDou, GN: several). All arithmetic is in integers; the functions that return a double are for
// programs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "machine/rtc.hpp"

namespace drivers {

// Which sentence. A set of them is their `|`.
enum Sentence : std::uint8_t { NO_SENTENCE = 0, RMC = 1, GLL = 2, VTG = 4, GGA = 8, GSA = 16, GSV = 32 };
// What carries what, for NmeaParser::feed() and Gps::data_received(). A sentence from a module without a fix
// carries none of these; its date and time may still be good.
enum Contents : std::uint8_t { POSITION = 1, COURSE = 2, DATE = 4, ALTITUDE = 8, SATELLITES = 16 };

// A latitude or longitude.
struct Angle {
  std::int32_t degrees_e7 = 0;  // 1e-7 degrees (11 mm on the ground); north and east are positive
  double degrees() const { return degrees_e7 / 1e7; }
  // As sailors write it: 48 degrees and 7.038 minutes, or 48 degrees, 7 minutes, 2.28 seconds. Without sign.
  int whole_degrees() const { return static_cast<int>(magnitude() / 10'000'000); }
  double minutes() const { return static_cast<double>(magnitude() % 10'000'000) * 60 / 1e7; }
  int whole_minutes() const { return static_cast<int>(magnitude() % 10'000'000 * 60 / 10'000'000); }
  double seconds() const {
    return static_cast<double>(magnitude() % 10'000'000 * 60 % 10'000'000) * 60 / 1e7;
  }
  std::int64_t magnitude() const { return degrees_e7 < 0 ? -std::int64_t{degrees_e7} : degrees_e7; }
  friend bool operator==(const Angle&, const Angle&) = default;
};

// A satellite in view. What the module left open (one it does not track has no snr) is empty.
struct Satellite {
  std::array<char, 2> talker = {};       // "GP", "GL" …
  std::uint16_t number = 0;              // its PRN
  std::uint8_t signal = 0;               // NMEA 4.10's signal, 0 if the module does not tell
  std::optional<std::int8_t> elevation;  // degrees above the horizon, -90 to 90
  std::optional<std::uint16_t> azimuth;  // degrees from north, 0 to 359
  std::optional<std::uint8_t> snr;       // dB, 0 to 99
};

struct NmeaData {
  Angle latitude;             // RMC, GLL, GGA
  Angle longitude;            // RMC, GLL, GGA
  std::uint32_t speed = 0;    // 0.001 knots (RMC, VTG)
  std::uint16_t course = 0;   // 0.01 degrees from true north, 0 to 35999 (RMC, VTG)
  std::int16_t magvar = 0;    // 0.01 degrees, west is negative (RMC)
  std::int32_t altitude = 0;  // mm above mean sea level (GGA)
  std::int32_t geoid = 0;     // mm from the WGS84 ellipsoid up to mean sea level (GGA)
  machine::DateTime utc;      // RMC; to ms, with a weekday
  bool has_utc = false;       // once there was a date
  std::uint8_t quality = 0;   // 0: no fix, 1: GPS, 2: differential, 4 and 5: RTK, 6: dead reckoning (GGA)
  std::uint8_t fix = 1;       // 1: none, 2: without altitude, 3: with (GSA)
  std::uint8_t in_use = 0;    // satellites in use (GGA)
  std::uint16_t pdop = 0;     // 0.01: dilution of precision (GSA); 0: not known
  std::uint16_t hdop = 0;     // 0.01: horizontally (GSA)
  std::uint16_t vdop = 0;     // 0.01: vertically (GSA)
};

class NmeaParser {
 public:
  // Counts since the start. Every sentence begun is in exactly one of them, `clean` aside.
  struct Counts {
    std::uint32_t clean = 0;        // with a good checksum: parsed + unsupported + bad_fields
    std::uint32_t parsed = 0;       // understood, with a fix or not
    std::uint32_t unsupported = 0;  // of other types
    std::uint32_t bad_fields = 0;   // a good checksum, but fields that cannot be
    std::uint32_t crc_fails = 0;    // a wrong checksum
    std::uint32_t malformed = 0;    // broken off, too long, strange characters, no checksum
  };
  // From '$' to before the line end. The standard says 80; high precision and signal numbers need more.
  static constexpr std::size_t longest = 120;
  static constexpr std::size_t most_satellites = 48;  // of all systems; more are not kept
  static constexpr std::size_t most_used = 5 * 12;

  // The next byte from the module. When it completes a sentence that is understood: which; then contents()
  // says what it brought. Never throws.
  Sentence feed(char byte);
  // What the last sentence brought: a set of Contents. SATELLITES when it completed a set of GSV sentences.
  std::uint8_t contents() const { return contents_; }

  const NmeaData& data() const { return data_; }
  // In view, as of the last complete set of each system's GSV sentences.
  std::span<const Satellite> satellites() const { return {satellites_.data(), satellite_count_}; }
  // How many different ones these are: a module with two frequencies lists a satellite once for each.
  std::size_t satellites_in_view() const;
  // The numbers of those used for the fix (GSA).
  std::span<const std::uint16_t> satellites_used() const { return {used_.data(), used_count_}; }
  const Counts& counts() const { return counts_; }

 private:
  enum class State : std::uint8_t { outside, inside };
  static constexpr std::size_t most_fields = 26;
  static constexpr std::size_t most_in_set = 20;  // of one system and signal
  struct Fields;
  struct UsedSet {
    std::uint8_t system;
    std::uint8_t count;
  };

  Sentence complete();
  Sentence understand(std::string_view text);
  bool take(Sentence sentence, const Fields& fields);
  bool take_rmc(const Fields& fields);
  bool take_gll(const Fields& fields);
  bool take_vtg(const Fields& fields);
  bool take_gga(const Fields& fields);
  bool take_gsa(const Fields& fields);
  bool take_gsv(const Fields& fields);
  void replace_satellites();
  void replace_used(std::uint8_t system, std::span<const std::uint16_t> numbers);

  std::array<char, longest> text_;
  std::uint8_t size_ = 0;
  State state_ = State::outside;
  std::uint8_t contents_ = 0;

  NmeaData data_;
  Counts counts_;
  std::array<Satellite, most_satellites> satellites_;
  std::size_t satellite_count_ = 0;
  // The set of GSV sentences that is arriving.
  std::array<Satellite, most_in_set> set_;
  std::uint8_t set_count_ = 0;
  std::uint8_t set_total_ = 0;  // sentences; 0: none is arriving
  std::uint8_t set_next_ = 0;   // the one to come
  std::array<char, 2> set_talker_ = {};
  std::uint8_t set_signal_ = 0;
  // Those used, system after system.
  std::array<std::uint16_t, most_used> used_;
  std::size_t used_count_ = 0;
  std::array<UsedSet, 5> used_sets_ = {};
  std::size_t used_set_count_ = 0;
};

}  // namespace drivers
