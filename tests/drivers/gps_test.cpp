#include "drivers/gps.hpp"

#include <gtest/gtest.h>

#include <string>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/streams/test_device.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"
#include "nmea_sentence.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::StreamReader;
using drivers::CoordFormat;
using drivers::Gps;

namespace {

const std::string gga = nmea_sentence("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,");
const std::string rmc = nmea_sentence("GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230326,003.1,W");
const std::string vtg = nmea_sentence("GPVTG,054.7,T,034.4,M,005.5,N,010.2,K");

class GpsTest : public virtual_board::Test {
 protected:
  // At `ms`, as an interrupt.
  void receive_at(std::uint64_t ms, std::string text) {
    virtual_board::interrupt_at_us(ms * 1000, [this, text] { uart.receive(text); });
  }
  static int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }

  streams::TestDevice uart;
};

TEST_F(GpsTest, DataReceivedWaitsUntilEachOfWhatIsWantedHasArrived) {
  StreamReader reader(uart);
  receive_at(100, rmc);
  receive_at(200, vtg);
  receive_at(300, gga.substr(0, 20));
  receive_at(400, gga.substr(20));
  run([&]() -> Coro<> {
    Gps gps(reader);
    EXPECT_FALSE(gps.time_since_fix());
    EXPECT_FALSE(gps.utc());
    co_await gps.data_received({.position = true});
    EXPECT_EQ(now_ms(), 100);
    EXPECT_EQ(gps.latitude().degrees_e7, 481'173'000);
    EXPECT_NEAR(gps.speed(), 41.4848, 1e-6);
    co_await gps.data_received({.course = true});
    EXPECT_EQ(now_ms(), 200);
    EXPECT_DOUBLE_EQ(gps.course(), 54.7);
    co_await gps.data_received({.position = true, .altitude = true});
    EXPECT_EQ(now_ms(), 400);
    EXPECT_DOUBLE_EQ(gps.altitude(), 545.4);
    EXPECT_DOUBLE_EQ(gps.geoid_height(), 46.9);
    EXPECT_EQ(gps.satellites_in_use(), 8);
    EXPECT_EQ(gps.counts().parsed, 3U);
  }());
}

TEST_F(GpsTest, DataReceivedWaitsForNewData) {
  StreamReader reader(uart);
  receive_at(100, rmc);
  receive_at(1100, rmc);
  run([&]() -> Coro<> {
    Gps gps(reader);
    co_await gps.data_received({.position = true, .course = true, .date = true});
    EXPECT_EQ(now_ms(), 100);
    co_await gps.data_received({.date = true});
    EXPECT_EQ(now_ms(), 1100);
  }());
}

TEST_F(GpsTest, ASentenceWithoutAFixIsNoPosition) {
  StreamReader reader(uart);
  receive_at(100, nmea_sentence("GPRMC,123519,V,,,,,,,230326,,"));
  receive_at(200, rmc);
  run([&]() -> Coro<> {
    Gps gps(reader);
    co_await gps.data_received({.date = true});
    EXPECT_EQ(now_ms(), 100);
    EXPECT_FALSE(gps.time_since_fix());
    co_await gps.data_received({.position = true});
    EXPECT_EQ(now_ms(), 200);
  }());
}

TEST_F(GpsTest, SeveralTasksWaitEachForItsOwn) {
  StreamReader reader(uart);
  receive_at(100, vtg);
  receive_at(200, rmc);
  receive_at(300, gga);
  run([&]() -> Coro<> {
    Gps gps(reader);
    const auto report = [&](const char* name, Gps::Wanted wanted) -> Coro<> {
      co_await gps.data_received(wanted);
      print("%s at %d\n", name, now_ms());
    };
    create_task(report("altitude", {.altitude = true}));
    create_task(report("position", {.position = true}));
    create_task(report("course and altitude", {.course = true, .altitude = true}));
    co_await report("course", {.course = true});
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(),
            "course at 100\nposition at 200\naltitude at 300\ncourse and altitude at 300\n");
}

TEST_F(GpsTest, AWaitCanTimeOutAndTheOthersGoOn) {
  StreamReader reader(uart);
  receive_at(300, rmc);
  run([&]() -> Coro<> {
    Gps gps(reader);
    const auto report = [&]() -> Coro<> {
      co_await gps.data_received({.position = true});
      print("position at %d\n", now_ms());
    };
    create_task(report());
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(gps.data_received({.position = true}), 100);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "position at 300\n");
}

TEST_F(GpsTest, WaitingForNothingIsAValueError) {
  StreamReader reader(uart);
  run([&]() -> Coro<> {
    Gps gps(reader);
    bool refused = false;
    try {
      co_await gps.data_received({});
    } catch (const asyncio::ValueError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
  }());
}

TEST_F(GpsTest, GetSatelliteDataWaitsForAWholeSet) {
  StreamReader reader(uart);
  receive_at(100, nmea_sentence("GPGSV,2,2,02,99,41,084,40"));
  receive_at(200, nmea_sentence("GPGSV,2,1,02,01,40,083,46"));
  receive_at(300, nmea_sentence("GPGSV,2,2,02,02,41,084,40"));
  run([&]() -> Coro<> {
    Gps gps(reader);
    const std::span<const drivers::Satellite> satellites = co_await gps.get_satellite_data();
    EXPECT_EQ(now_ms(), 300);
    EXPECT_EQ(satellites.size(), 2U);
    if (satellites.size() == 2) {
      EXPECT_EQ(satellites[1].number, 2);
    }
    EXPECT_EQ(gps.satellites_in_view(), 2U);
  }());
}

TEST_F(GpsTest, TheCallbackIsCalledForTheSentencesOfItsMask) {
  StreamReader reader(uart);
  receive_at(100, rmc + vtg + gga);
  run([&]() -> Coro<> {
    int by_default = 0;
    {
      const Gps gps(reader, [&](Gps& g, drivers::Sentence sentence) {
        EXPECT_EQ(sentence, drivers::RMC);
        EXPECT_EQ(g.latitude().degrees_e7, 481'173'000);
        ++by_default;
      });
      co_await sleep_ms(150);
    }
    EXPECT_EQ(by_default, 1);
    receive_at(200, rmc + vtg + gga);
    int seen = 0;
    const Gps::Options options = {.cb_mask = drivers::VTG | drivers::GGA};
    const Gps gps(reader, options, [&](Gps&, drivers::Sentence sentence) { seen |= sentence; });
    co_await sleep_ms(100);
    EXPECT_EQ(seen, drivers::VTG | drivers::GGA);
  }());
}

TEST_F(GpsTest, ACallbackThatThrowsIsReportedAndTheNextSentenceTaken) {
  asyncio::get_event_loop().set_exception_handler(
      [](asyncio::Loop&, const asyncio::ExceptionContext& context) { print("%s\n", context.message); });
  StreamReader reader(uart);
  receive_at(100, rmc + gga);
  run([&]() -> Coro<> {
    Gps gps(reader, [](Gps&, drivers::Sentence) { throw asyncio::ValueError("I am lost"); });
    co_await gps.data_received({.position = true, .altitude = true});
  }());
  EXPECT_EQ(virtual_board::output(), "exception in a callback of Gps\n");
}

TEST_F(GpsTest, TimeSinceFixIsTheTimeSinceTheLastPosition) {
  StreamReader reader(uart);
  receive_at(100, rmc);
  receive_at(200, vtg);
  run([&]() -> Coro<> {
    const Gps gps(reader);
    co_await sleep_ms(350);
    EXPECT_EQ(gps.time_since_fix(), std::chrono::milliseconds(250));
  }());
}

TEST_F(GpsTest, LocalTimeMovesTheDateToo) {
  StreamReader reader(uart);
  receive_at(100, nmea_sentence("GPRMC,203519.250,V,,,,,,,311225,,"));
  run([&]() -> Coro<> {
    using namespace std::chrono_literals;
    Gps gps(reader, Gps::Options{.local_offset = 5h + 30min});
    co_await gps.data_received({.date = true});
    EXPECT_EQ(gps.utc(), (machine::DateTime{2025, 12, 31, 2, 20, 35, 19, 250'000}));
    EXPECT_EQ(gps.local_time(), (machine::DateTime{2026, 1, 1, 3, 2, 5, 19, 250'000}));
    EXPECT_EQ(gps.time_string(), "02:05:19.250");
    EXPECT_EQ(gps.time_string(false), "20:35:19.250");
    EXPECT_EQ(gps.date_string(), "01/01/26");
  }());
}

TEST_F(GpsTest, PositionsAndDatesAsText) {
  StreamReader reader(uart);
  receive_at(100, nmea_sentence("GPRMC,123519,A,3351.5005,S,15112.500,E,022.4,084.4,230326,,"));
  run([&]() -> Coro<> {
    Gps gps(reader);
    EXPECT_EQ(gps.time_string(), "");
    EXPECT_EQ(gps.date_string(), "");
    EXPECT_EQ(gps.latitude_string(CoordFormat::KML), "0.0000000");
    co_await gps.data_received({.position = true});
    EXPECT_EQ(gps.latitude_string(), "33\u00b0 51.5005' S");
    EXPECT_EQ(gps.latitude_string(CoordFormat::DD), "33.8583417\u00b0 S");
    EXPECT_EQ(gps.latitude_string(CoordFormat::DMS), "33\u00b0 51' 30\" S");
    EXPECT_EQ(gps.latitude_string(CoordFormat::KML), "-33.8583417");
    EXPECT_EQ(gps.longitude_string(), "151\u00b0 12.5000' E");
    EXPECT_EQ(gps.longitude_string(CoordFormat::KML), "151.2083333");
    uart.receive(nmea_sentence("GPRMC,123519,A,3359.99999,N,00000.000,E,022.4,084.4,230326,,"));
    co_await gps.data_received({.position = true});
    EXPECT_EQ(gps.latitude_string(), "34\u00b0 00.0000' N");
    EXPECT_EQ(gps.latitude_string(CoordFormat::DMS), "34\u00b0 00' 00\" N");
    EXPECT_EQ(gps.date_string(), "03/23/26");
    EXPECT_EQ(gps.date_string(drivers::DateFormat::DMY), "23/03/26");
    EXPECT_NEAR(gps.speed(drivers::SpeedUnit::KNOT), 22.4, 1e-9);
    EXPECT_NEAR(gps.speed(drivers::SpeedUnit::MPH), 25.77746, 1e-4);
  }());
}

TEST_F(GpsTest, TheCourseIsOneOfSixteenDirections) {
  StreamReader reader(uart);
  run([&]() -> Coro<> {
    Gps gps(reader);
    const auto direction = [&](const char* degrees) -> Coro<std::string> {
      uart.receive(nmea_sentence(std::string("GPVTG,") + degrees + ",T,,M,1,N,,K"));
      co_await gps.data_received({.course = true});
      co_return gps.compass_direction();
    };
    EXPECT_EQ(co_await direction("0"), "N");
    EXPECT_EQ(co_await direction("11.24"), "N");
    EXPECT_EQ(co_await direction("11.25"), "NNE");
    EXPECT_EQ(co_await direction("225"), "SW");
    EXPECT_EQ(co_await direction("337.5"), "NNW");
    EXPECT_EQ(co_await direction("348.75"), "N");
    EXPECT_EQ(co_await direction("360"), "N");
  }());
}

TEST_F(GpsTest, BadSentencesAreCountedAndTheNextOnesTaken) {
  StreamReader reader(uart);
  std::string damaged = rmc;
  damaged[20] ^= 1;
  receive_at(100, "noise" + damaged + nmea_sentence("GPZDA,1") + "$GPGG" + rmc);
  run([&]() -> Coro<> {
    Gps gps(reader);
    co_await gps.data_received({.position = true});
    EXPECT_EQ(gps.counts().crc_fails, 1U);
    EXPECT_EQ(gps.counts().malformed, 1U);
    EXPECT_EQ(gps.counts().unsupported, 1U);
    EXPECT_EQ(gps.counts().clean, 2U);
    EXPECT_EQ(gps.counts().parsed, 1U);
  }());
}

TEST_F(GpsTest, AFailureOfTheDeviceReachesWhoeverWaits) {
  StreamReader reader(uart);
  virtual_board::interrupt_at_us(100'000, [this] { uart.read_error = 5; });
  run([&]() -> Coro<> {
    Gps gps(reader);
    for (int i = 0; i < 2; ++i) {  // also whoever comes later
      int code = 0;
      try {
        co_await gps.data_received({.position = true});
      } catch (const asyncio::OSError& error) {
        code = error.code();
      }
      EXPECT_EQ(code, 5);
    }
  }());
}

TEST_F(GpsTest, TheEndOfTheStreamIsAnEOFError) {
  StreamReader reader(uart);
  uart.at_end = true;
  run([&]() -> Coro<> {
    Gps gps(reader);
    bool ended = false;
    try {
      co_await gps.get_satellite_data();
    } catch (const asyncio::EOFError&) {
      ended = true;
    }
    EXPECT_TRUE(ended);
  }());
}

TEST_F(GpsTest, DestroyedItStopsReadingAndItsWaitersGetARuntimeError) {
  StreamReader reader(uart);
  run([&]() -> Coro<> {
    auto gps = std::make_unique<Gps>(reader);
    bool failed = false;
    const auto wait = [&]() -> Coro<> {
      try {
        co_await gps->data_received({.position = true});
      } catch (const asyncio::RuntimeError&) {
        failed = true;
      }
    };
    const asyncio::Task<> waiting = create_task(wait());
    co_await sleep_ms(10);
    gps.reset();
    co_await waiting;
    EXPECT_TRUE(failed);
    uart.receive(rmc);
    co_await sleep_ms(10);
    EXPECT_EQ(uart.input, rmc);
  }());
}

TEST_F(GpsTest, WaitersLeftBehindByTheProgramAreForgotten) {
  StreamReader reader(uart);
  Gps* gps = nullptr;
  run([&]() -> Coro<> {
    Gps local(reader);
    gps = &local;
    const auto wait = [&]() -> Coro<> { co_await gps->data_received({.position = true}); };
    create_task(wait());
    co_await sleep_ms(10);
  }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
