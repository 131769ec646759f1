// The GPS module: what it says, bit by bit to the driver, and when.
#include "parts/gps.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "drivers/gps.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "uart_wire.hpp"

namespace {

using asyncio::Coro;
using machine::UART;
using recording::Recording;
using recording::run;
using sim::board;
using uart_wire::ms;

// To UART 1's usual RX, and PPS to pin 2.
void wire(const sim::Gps& gps) {
  for (const sim::Part::Leg& leg : gps.legs()) {
    if (leg.name == "TX") board.wiring().join(*leg.terminal, board.pins().terminal(5));
    if (leg.name == "PPS") board.wiring().join(*leg.terminal, board.pins().terminal(2));
  }
}

void set(sim::Gps& gps, std::string_view name, double value) {
  const sim::Setting* const setting = sim::find_setting(gps.settings(), name);
  ASSERT_NE(setting, nullptr) << name;
  ASSERT_TRUE(setting->allows(value)) << name;
  gps.set(*setting, value);
}

// What it has said after so many ms.
std::string said(sim::Gps& gps, std::uint32_t baud, std::uint32_t for_ms) {
  wire(gps);
  UART uart(1, baud, {.rxbuf = 4096});
  time::sleep_ms(for_ms);
  return uart.read().value_or("");
}

TEST(Gps, TheDriverReadsWhatIsSet) {
  const Recording r = run(10'000 * ms, [] {
    sim::Gps module("gps1", {.start = {2026, 2, 28, 0, 23, 59, 58, 0}});
    wire(module);
    set(module, "latitude", -33.8567844);
    set(module, "longitude", 151.2152967);
    set(module, "altitude", 12.5);
    set(module, "speed", 4.5);
    set(module, "course", 271.25);
    set(module, "satellites", 9);
    const auto use = []() -> Coro<> {
      UART uart(1, 9600);
      asyncio::StreamReader reader(uart);
      drivers::Gps gps(reader);
      co_await gps.data_received({.position = true, .course = true, .date = true, .altitude = true});
      print("%s %s\n", gps.latitude_string().c_str(), gps.longitude_string().c_str());
      print("%.6f %.6f %.1f %.2f %.2f\n", gps.latitude().degrees(), gps.longitude().degrees(), gps.altitude(),
            gps.speed(drivers::SpeedUnit::KNOT), gps.course());
      print("%s %s\n", gps.date_string(drivers::DateFormat::DMY).c_str(), gps.time_string().c_str());
      const auto satellites = co_await gps.get_satellite_data();
      print("%d %d %d %.2f\n", static_cast<int>(satellites.size()), gps.satellites_in_use(),
            static_cast<int>(gps.satellites_used().size()), gps.hdop());
      co_await gps.data_received({.date = true});
      print("%s %s\n", gps.date_string(drivers::DateFormat::DMY).c_str(), gps.time_string().c_str());
      const auto& counts = gps.counts();
      print("%d %d", static_cast<int>(counts.parsed),
            static_cast<int>(counts.malformed + counts.crc_fails + counts.bad_fields + counts.unsupported));
    };
    asyncio::run(use());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.console,
            "33° 51.4071' S 151° 12.9178' E\n"
            "-33.856784 151.215297 12.5 4.50 271.25\n"
            "28/02/26 23:59:59.000\n"
            "9 9 9 0.89\n"
            "01/03/26 00:00:00.000\n"
            "9 0");
}

TEST(Gps, SentencesHaveTheFormAndTheOrderOfAModules) {
  const Recording r = run(10'000 * ms, [] {
    sim::Gps module("gps1", {.baud = 38'400, .start = {2026, 5, 17, 0, 8, 30, 0, 0}});
    set(module, "satellites", 3);
    set(module, "latitude", 48.1173);
    set(module, "longitude", 11.5166667);
    print("%s", said(module, 38'400, 1900).c_str());
    return 0;
  });
  const std::string expected = "$GPGGA,083001.00,4807.03800,N,01131.00000,E,1,03,2.67,,M,0.0,M,,*";
  EXPECT_TRUE(r.console.starts_with(expected)) << r.console;
  EXPECT_NE(r.console.find("\r\n$GPRMC,083001.00,A,4807.03800,N,01131.00000,E,0.000,0.00,170526,,,A*"),
            std::string::npos);
  EXPECT_NE(r.console.find("\r\n$GPVTG,0.00,T,,M,0.000,N,0.000,K,A*"), std::string::npos);
  EXPECT_NE(r.console.find("\r\n$GPGSA,A,2,"), std::string::npos);
  EXPECT_NE(r.console.find("\r\n$GPGSV,1,1,03,"), std::string::npos);
  EXPECT_TRUE(r.console.ends_with("\r\n"));
}

// The checksums of the first and the last are those that u-blox's manuals show.
TEST(Gps, WithoutAFixItSaysSo) {
  const Recording r = run(10'000 * ms, [] {
    sim::Gps module("gps1", {.start = {2026, 5, 17, 0, 8, 30, 0, 0}});
    set(module, "satellites", 0);
    print("%s", said(module, 9600, 1900).c_str());
    return 0;
  });
  EXPECT_TRUE(r.console.starts_with("$GPGGA,083001.00,,,,,0,00,99.99,,,,,,*")) << r.console;
  EXPECT_NE(r.console.find("\r\n$GPRMC,083001.00,V,,,,,,,170526,,,N*"), std::string::npos) << r.console;
  EXPECT_NE(r.console.find("\r\n$GPVTG,,,,,,,,,N*30\r\n$GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99*30\r\n"
                           "$GPGSV,1,1,00*79\r\n"),
            std::string::npos)
      << r.console;
}

TEST(Gps, ThePulseBeginsAtTheFullSecondAndTheReportAfterIt) {
  const Recording r = run(10'000 * ms, [] {
    sim::Gps module("gps1");
    wire(module);
    uart_wire::Probe pps(2);
    uart_wire::Probe line(5);
    static std::uint64_t interrupt_ns;
    interrupt_ns = 0;
    machine::Pin(2).irq([](machine::Pin) { interrupt_ns = board.now_ns(); }, machine::Pin::IRQ_RISING);
    time::sleep_ms(3500);
    for (const auto& edge : pps.edges())
      print("%d:%d ", static_cast<int>(edge.time_ns / ms), edge.high ? 1 : 0);
    print("%d %d", static_cast<int>(pps.edges()[0].time_ns % ms), interrupt_ns / ms == 3000 ? 1 : 0);
    std::uint64_t first = 0;
    for (const auto& edge : line.edges()) {
      if (!edge.high && first == 0) first = edge.time_ns;
    }
    print(" %d", static_cast<int>(first / ms));
    return 0;
  });
  EXPECT_EQ(r.console, "1000:1 1100:0 2000:1 2100:0 3000:1 3100:0 0 1 1100");
}

TEST(Gps, WithoutAFixThereIsNoPulse) {
  const Recording r = run(10'000 * ms, [] {
    sim::Gps module("gps1");
    wire(module);
    set(module, "satellites", 2);
    const uart_wire::Probe pps(2);
    time::sleep_ms(2500);
    return static_cast<int>(pps.edges().size());
  });
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(Gps, ReportsFiveTimesASecondIfTheLineIsFastEnough) {
  const auto count = [](std::uint32_t baud) {
    const Recording r = run(10'000 * ms, [baud] {
      sim::Gps module("gps1", {.baud = baud, .update_period = 200});
      const std::string text = said(module, baud, 2080);
      std::size_t reports = 0;
      for (std::size_t at = 0; (at = text.find("$GPGGA", at)) != std::string::npos; ++at) ++reports;
      print("%d %d", static_cast<int>(reports), text.find("120000.40") != std::string::npos ? 1 : 0);
      return 0;
    });
    return r.console;
  };
  EXPECT_EQ(count(115'200), "9 1");
  EXPECT_EQ(count(9600), "5 0");  // every other one is left out
}

TEST(Gps, WhereTheSatellitesAreDependsOnTheSeedAlone) {
  const auto all = [] {
    return run(3000 * ms,
               [] {
                 sim::Gps module("gps1");
                 set(module, "satellites", 12);
                 print("%s", said(module, 9600, 2000).c_str());
                 return 0;
               })
        .console;
  };
  const std::string once = all();
  EXPECT_NE(once.find("$GPGSV,3,3,12,"), std::string::npos);
  EXPECT_EQ(once, all());
}

TEST(Gps, OptionsThatCannotBeAreRefused) {
  EXPECT_THROW(sim::Gps("gps1", {.update_period = 50}), asyncio::ValueError);
  EXPECT_THROW(sim::Gps("gps1", {.start = {2026, 2, 30, 0, 0, 0, 0, 0}}), asyncio::ValueError);
}

}  // namespace
