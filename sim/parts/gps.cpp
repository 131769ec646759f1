#include "parts/gps.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "asyncio/exceptions.hpp"
#include "drivers/calendar.hpp"
#include "mcu/board.hpp"
#include "mcu/random.hpp"

namespace sim {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

// As printf.
template <class... Values>
std::string text_of(const char* format, Values... values) {
  char text[100];
  const int size = std::snprintf(text, sizeof text, format, values...);
  return {text, std::min(static_cast<std::size_t>(size), sizeof text - 1)};
}

// With its checksum, the exclusive or of all between '$' and '*'.
std::string sentence(const std::string& text) {
  unsigned sum = 0;
  for (const char c : text) sum ^= static_cast<unsigned char>(c);
  return '$' + text + text_of("*%02X\r\n", sum);
}

// Degrees and minutes, as "4807.03800,N".
std::string angle(double degrees, int digits, char positive, char negative) {
  const long long minutes_e5 = std::llround(std::abs(degrees) * 60e5);
  const long long per_degree = 60'00000;
  return text_of("%0*lld%02lld.%05lld,%c", digits, minutes_e5 / per_degree, minutes_e5 % per_degree / 100'000,
                 minutes_e5 % 100'000, degrees < 0 ? negative : positive);
}

}  // namespace

Gps::Gps(std::string id, const Options& options)
    : Part(std::move(id)),
      period_ns_(std::uint64_t{options.update_period} * 1'000'000),
      start_(drivers::seconds_of(options.start)) {
  if (options.update_period < 100) throw asyncio::ValueError("gps: the update period is at least 100 ms");
  if (!drivers::is_valid(options.start))
    throw asyncio::ValueError("gps: there is no such start date or time");
  add_leg("VCC", vcc_);
  add_leg("GND", gnd_);
  add_leg("TX", tx_);
  add_leg("RX", rx_);
  add_leg("PPS", pps_);
  SerialFormat format;
  format.baud = options.baud;
  sender_.set_format(format);
  pps_.drive(Drive::low());
  Random random(board.seed(), this->id());
  for (std::size_t i = 0; i < sky_.size(); ++i) {
    // Of the 32 there are, none twice.
    unsigned number = 0;
    do {
      number = static_cast<unsigned>(random.between(1, 32));
    } while (std::any_of(sky_.begin(), sky_.begin() + static_cast<std::ptrdiff_t>(i),
                         [&](const Satellite& other) { return other.number == number; }));
    sky_[i] = {number, static_cast<unsigned>(random.between(5, 85)),
               static_cast<unsigned>(random.between(0, 359)), static_cast<unsigned>(random.between(20, 45))};
  }
  // After a reset of the board its time goes on.
  const std::uint64_t now = board.now_ns();
  reported_ns_ = now / period_ns_ * period_ns_;
  board.cpu().alarms().set(second_, (now / second_ns + 1) * second_ns);
  report_later();
}

void Gps::set(const Setting& setting, double value) {
  if (setting.name == "latitude") {
    latitude_ = value;
  } else if (setting.name == "longitude") {
    longitude_ = value;
  } else if (setting.name == "altitude") {
    altitude_ = value;
  } else if (setting.name == "speed") {
    speed_ = value;
  } else if (setting.name == "course") {
    course_ = value;
  } else if (setting.name == "satellites") {
    satellites_ = static_cast<unsigned>(std::lround(value));
  }
}

void Gps::begin_second() {
  board.cpu().alarms().set(second_, second_.time_ns() + second_ns);
  if (!has_fix()) return;
  board.cpu().alarms().set(pulse_end_, board.now_ns() + pulse_ns);
  pps_.drive(Drive::high());
}

// --- What it says. Fields without a fix are those of a u-blox module.

// Of the next edge, when the pulse has ended.
void Gps::report_later() { board.cpu().alarms().set(report_, reported_ns_ + period_ns_ + pulse_ns); }

void Gps::report() {
  reported_ns_ += period_ns_;
  report_later();
  if (sender_.is_busy()) return;
  const std::uint64_t ns = reported_ns_;
  const machine::DateTime utc = drivers::date_of(start_ + static_cast<std::int64_t>(ns / second_ns));
  const std::string time = text_of("%02d%02d%02d.%02d", utc.hours, utc.minutes, utc.seconds,
                                   static_cast<int>(ns % second_ns / 10'000'000));
  sender_.send(gga(time) + rmc(time, utc) + vtg() + gsa() + gsv());
}

// "4807.03800,N,01131.00020,E", or without a fix as many commas.
std::string Gps::position() const {
  if (!has_fix()) return ",,,";
  return angle(latitude_, 2, 'N', 'S') + ',' + angle(longitude_, 3, 'E', 'W');
}

std::string Gps::gga(const std::string& time) const {
  std::string text = "GPGGA," + time + ',' + position();
  if (!has_fix()) return sentence(text + ",0,00,99.99,,,,,,");
  text += text_of(",1,%02u,%.2f,", satellites_, 8.0 / satellites_);
  return sentence(text + (has_altitude() ? text_of("%.1f,M,0.0,M,,", altitude_) : ",M,0.0,M,,"));
}

std::string Gps::rmc(const std::string& time, const machine::DateTime& date) const {
  std::string text = "GPRMC," + time + (has_fix() ? ",A," : ",V,") + position() + ',';
  text += has_fix() ? text_of("%.3f,%.2f,", speed_, course_) : ",,";
  return sentence(text +
                  text_of("%02d%02d%02d,,,%c", date.day, date.month, date.year % 100, has_fix() ? 'A' : 'N'));
}

std::string Gps::vtg() const {
  if (!has_fix()) return sentence("GPVTG,,,,,,,,,N");
  return sentence(text_of("GPVTG,%.2f,T,,M,%.3f,N,%.3f,K,A", course_, speed_, speed_ * 1.852));
}

std::string Gps::gsa() const {
  std::string text = text_of("GPGSA,A,%d", !has_fix() ? 1 : has_altitude() ? 3 : 2);
  for (std::size_t i = 0; i < sky_.size(); ++i)
    text += has_fix() && i < satellites_ ? text_of(",%02u", sky_[i].number) : ",";
  if (!has_fix()) return sentence(text + ",99.99,99.99,99.99");
  const double hdop = 8.0 / satellites_;
  const double vdop = 1.3 * hdop;
  return sentence(text + text_of(",%.2f,%.2f,%.2f", std::hypot(hdop, vdop), hdop, vdop));
}

// Four satellites a sentence.
std::string Gps::gsv() const {
  if (satellites_ == 0) return sentence("GPGSV,1,1,00");
  const unsigned sentences = (satellites_ + 3) / 4;
  std::string all;
  for (unsigned i = 0; i < sentences; ++i) {
    std::string text = text_of("GPGSV,%u,%u,%02u", sentences, i + 1, satellites_);
    for (unsigned j = i * 4; j < std::min(i * 4 + 4, satellites_); ++j)
      text +=
          text_of(",%02u,%02u,%03u,%02u", sky_[j].number, sky_[j].elevation, sky_[j].azimuth, sky_[j].signal);
    all += sentence(text);
  }
  return all;
}

}  // namespace sim
