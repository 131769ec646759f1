// Gps: a GPS module, which sends NMEA 0183 sentences and a pulse each second.
//
// Legs: VCC, GND, TX (wired to the board's RX), RX, PPS. It needs no supply to work, and takes no commands.
//
// At each full second PPS is high for 100 ms, if there is a fix. 100 ms after each period, which is at a full
// second unless it was set otherwise, the module begins to report: GGA, RMC, VTG, GSA and GSV, with the time
// of the period. How good the fix is follows from the number of satellites it receives: at least 3 for a
// position, 4 for an altitude; the dilution of precision is taken as 8 / satellites horizontally, and 1.3
// times that vertically. Positions do not follow from speed and course: it reports what is set. Where the
// satellites are in the sky, the seed says.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "bus/serial_line.hpp"
#include "machine/rtc.hpp"
#include "mcu/alarms.hpp"
#include "parts/part.hpp"

namespace sim {

class Gps final : public Part {
 public:
  struct Options {
    std::uint32_t baud = 9600;  // 8N1
    // ms, from 100. While one report is still leaving, the next is left out.
    std::uint32_t update_period = 1000;
    machine::DateTime start{2024, 1, 1, 0, 12, 0, 0, 0};  // UTC when the board is switched on; no subseconds
  };
  static constexpr std::uint64_t pulse_ns = 100'000'000;
  static constexpr std::array all_settings{
      Setting{"latitude", "degrees", -90, 90},     // north is positive
      Setting{"longitude", "degrees", -180, 180},  // east is positive
      Setting{"altitude", "m", -1000, 50'000},     // above mean sea level
      Setting{"speed", "knots", 0, 1000},          //
      Setting{"course", "degrees", 0, 359.99},     // from true north, clockwise
      Setting{"satellites", "satellites", 0, 12},  // received; fewer than 3: no fix
  };

  explicit Gps(std::string id) : Gps(std::move(id), Options{}) {}
  Gps(std::string id, const Options& options);

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;

 private:
  struct Satellite {
    unsigned number;     // PRN
    unsigned elevation;  // degrees
    unsigned azimuth;    // degrees
    unsigned signal;     // dB
  };

  bool has_fix() const { return satellites_ >= 3; }
  bool has_altitude() const { return satellites_ >= 4; }
  void begin_second();
  void report_later();
  void report();
  std::string position() const;
  std::string gga(const std::string& time) const;
  std::string rmc(const std::string& time, const machine::DateTime& date) const;
  std::string vtg() const;
  std::string gsa() const;
  std::string gsv() const;

  Terminal vcc_;
  Terminal gnd_;
  Terminal tx_;
  Terminal rx_;
  Terminal pps_;
  SerialSender sender_{tx_};
  std::uint64_t period_ns_;
  std::int64_t start_;             // seconds, as drivers::seconds_of()
  std::uint64_t reported_ns_ = 0;  // the end of the last period
  Alarm second_{[this] { begin_second(); }};
  Alarm pulse_end_{[this] { pps_.drive(Drive::low()); }};
  Alarm report_{[this] { report(); }};

  double latitude_ = 48.1173;
  double longitude_ = 11.51667;
  double altitude_ = 545.4;
  double speed_ = 0;
  double course_ = 0;
  unsigned satellites_ = 8;
  std::array<Satellite, 12> sky_{};
};

}  // namespace sim
