// Gps: a GPS module on a serial line. A task of its own reads what the module sends; the newest values are
// there at any time. Hinch's AS_GPS.
//
//   machine::UART uart(1, 9600);
//   asyncio::StreamReader reader(uart);
//   drivers::Gps gps(reader);
//   co_await gps.data_received({.position = true, .altitude = true});
//   print("%f %f %f m\n", gps.latitude().degrees(), gps.longitude().degrees(), gps.altitude());
//
// nmea.hpp says which sentences are understood, and of what units the integers in data() are. Values are 0
// until the first sentence that carries them, and grow old where satellites cannot be received: wait for new
// ones with data_received(), or look at time_since_fix().
//
// Who resumes where: the Gps's task runs when the device has bytes, behind whatever is ready then; the tasks
// that wait for data, in the order they began to wait, behind whatever is ready when the sentence is
// complete. Several sentences that arrive in one piece are taken one after another before any of them runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>

#include "asyncio/event.hpp"
#include "asyncio/inplace_function.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"
#include "drivers/nmea.hpp"

namespace drivers {

// How a latitude or longitude is written: DM 48° 07.0380' N, DD 48.1173000° N, DMS 48° 07' 02" N, KML
// 48.1173000 (south and west negative).
enum class CoordFormat : std::uint8_t { DM, DD, DMS, KML };
enum class SpeedUnit : std::uint8_t { KPH, MPH, KNOT };
enum class DateFormat : std::uint8_t { MDY, DMY };  // 03/23/94, 23/03/94

class Gps {
 public:
  // Called in the Gps's task after each sentence of `sentences`: must be short, and must not destroy the Gps.
  // What it throws goes to the loop's exception handler.
  using FixCallback = asyncio::InplaceFunction<void(Gps&, Sentence)>;
  struct Options {
    std::chrono::minutes local_offset{0};  // of local time from UTC: 5h + 30min
    std::uint8_t cb_mask = RMC;            // which sentences the callback is called for: RMC | VTG
  };

  // Starts reading. The reader must outlive the Gps, and nobody else may read from it. May be made before
  // run(). `name` is for the trace and is kept, not copied: a literal.
  explicit Gps(asyncio::StreamReader& reader, FixCallback callback = {}, const char* name = nullptr,
               asyncio::Site site = {})
      : Gps(reader, Options(), std::move(callback), name, site) {}
  Gps(asyncio::StreamReader& reader, const Options& options, FixCallback callback = {},
      const char* name = nullptr, asyncio::Site site = {});
  Gps(const Gps&) = delete;
  Gps& operator=(const Gps&) = delete;
  // Stops reading. A task that still waits for data gets a RuntimeError.
  ~Gps();

  struct Wanted {
    bool position = false;  // RMC, GLL or GGA with a fix
    bool course = false;    // and speed: RMC or VTG with a fix
    bool date = false;      // RMC, with or without a fix
    bool altitude = false;  // GGA with a fix
  };
  // Until at least one sentence with each of these has arrived since the call. Throws ValueError if nothing
  // is wanted, EOFError once the stream has ended, and what the device threw if it failed.
  asyncio::Coro<> data_received(Wanted wanted, asyncio::Site site = {});
  // Until a whole set of GSV sentences has arrived; returns satellites(). Waits for ever for a module that
  // sends none. Throws as data_received().
  asyncio::Coro<std::span<const Satellite>> get_satellite_data(asyncio::Site site = {});

  Angle latitude() const { return data().latitude; }
  Angle longitude() const { return data().longitude; }
  std::string latitude_string(CoordFormat format = CoordFormat::DM) const;
  std::string longitude_string(CoordFormat format = CoordFormat::DM) const;
  double altitude() const { return data().altitude / 1e3; }   // m above mean sea level
  double geoid_height() const { return data().geoid / 1e3; }  // m from the WGS84 ellipsoid to mean sea level
  double course() const { return data().course / 1e2; }       // degrees from true north
  double magvar() const { return data().magvar / 1e2; }       // degrees, west is negative
  double speed(SpeedUnit unit = SpeedUnit::KPH) const;
  // The course as one of 16 directions: "N", "NNE" … "NNW".
  const char* compass_direction() const;

  // As of the last RMC with a date; none before. Fit for machine::RTC::datetime(). A leap second counts as
  // the second before it.
  std::optional<machine::DateTime> utc() const;
  std::optional<machine::DateTime> local_time() const;
  // "12:35:19.000", and "03/23/94"; empty before the first date. The date is the local one.
  std::string time_string(bool local = true) const;
  std::string date_string(DateFormat format = DateFormat::MDY) const;

  // How long ago the module last reported a position; none if it has not yet.
  std::optional<std::chrono::milliseconds> time_since_fix() const;

  int satellites_in_use() const { return data().in_use; }
  std::size_t satellites_in_view() const { return parser_.satellites_in_view(); }
  std::span<const Satellite> satellites() const { return parser_.satellites(); }
  std::span<const std::uint16_t> satellites_used() const { return parser_.satellites_used(); }
  double pdop() const { return data().pdop / 1e2; }  // dilution of precision: 1 is excellent, 20 is poor
  double hdop() const { return data().hdop / 1e2; }
  double vdop() const { return data().vdop / 1e2; }

  const NmeaData& data() const { return parser_.data(); }
  const NmeaParser::Counts& counts() const { return parser_.counts(); }

 private:
  static asyncio::Coro<> read(Gps* self, asyncio::StreamReader* reader, asyncio::Site site);
  void take(Sentence sentence);
  asyncio::Coro<> wait_for_all(std::uint8_t wanted, asyncio::Site site);

  // A task that waits: in a list, so that a sentence tells each what it has brought.
  struct Waiter {
    Waiter(Gps& gps_of, std::uint8_t wanted) : gps(&gps_of), next(gps_of.waiters_), missing(wanted) {
      gps_of.waiters_ = this;
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter();

    Gps* gps;  // nullptr once it is gone
    Waiter* next;
    std::uint8_t missing;  // Contents
  };

  NmeaParser parser_;
  FixCallback callback_;
  std::chrono::minutes local_offset_;
  std::uint8_t cb_mask_;
  bool has_fix_ = false;  // once there was one
  std::uint64_t fix_us_ = 0;
  std::exception_ptr failure_;  // why the task has ended
  Waiter* waiters_ = nullptr;
  asyncio::Event received_;
  asyncio::Task<> task_;
};

}  // namespace drivers
