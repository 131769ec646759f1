// Examples of docs/drivers/protocols.md: they are here word for word, and do what the page says. Those that
// need a pin or an I2C bus are not among them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "asyncio.hpp"
#include "asyncio/streams/test_device.hpp"
#include "asyncio/virtual_board.hpp"
#include "drivers/at_modem.hpp"
#include "drivers/gps.hpp"
#include "drivers/schedule.hpp"
#include "fake_rtc.hpp"
#include "nmea_sentence.hpp"

namespace {

asyncio::Coro<> show_position(asyncio::IOBase& uart) {
  asyncio::StreamReader reader(uart);
  drivers::Gps gps(reader);
  for (;;) {
    co_await gps.data_received({.position = true, .altitude = true});
    print("%s %s, %d m\n", gps.latitude_string().c_str(), gps.longitude_string().c_str(),
          static_cast<int>(gps.altitude()));
  }
}

asyncio::Coro<> keep_fish() {
  // 4.10 am on Monday and Friday if there is no r in the month
  drivers::Schedule clean([] { print("clean the glass\n"); },
                          {.mins = 10, .hrs = 4, .month = {5, 6, 7, 8}, .wday = {0, 4}});
  drivers::Sequence<const char*> meals;
  create_task(drivers::schedule(meals, "flakes", {.hrs = {8, 18}}));
  create_task(drivers::schedule(meals, "shrimps", {.hrs = 12, .mday = 8, .wday = 6}));  // second Sunday
  for (;;) print("feed %s\n", co_await meals.next());
}

asyncio::Coro<> ask_for_signal(asyncio::IOBase& uart) {
  asyncio::StreamReader reader(uart);
  asyncio::StreamWriter writer(uart);
  drivers::AtModem modem(reader, writer, 500);
  const std::vector<std::string> response = co_await modem.send_command("AT+CSQ");
  if (response.empty()) print("no answer\n");
  for (const std::string& line : response) print("%s\n", line.c_str());
}

class ProtocolsPageTest : public virtual_board::Test {
 protected:
  // Runs an example for a time, and leaves it.
  static void run_for(asyncio::Coro<> example, std::int64_t ms) {
    asyncio::get_event_loop().create_task(std::move(example));
    for (; ms > 0; ms -= 1'000'000) asyncio::run(pause(ms < 1'000'000 ? ms : 1'000'000));
    asyncio::new_event_loop();
  }
  static asyncio::Coro<> pause(std::int64_t ms) { co_await asyncio::sleep_ms(ms); }

  streams::TestDevice uart;
};

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_F(ProtocolsPageTest, TheExamplesAreWordForWord) {
  const std::string page = text_of(COROSCOPE_SOURCE_DIR "/docs/drivers/protocols.md");
  const std::string here = text_of(COROSCOPE_SOURCE_DIR "/tests/drivers/protocols_page_test.cpp");
  int compared = 0;
  for (const char* const name : {"show_position", "keep_fish", "ask_for_signal"}) {
    const std::size_t begin = page.find(std::string("asyncio::Coro<> ") + name + "(");
    ASSERT_NE(begin, std::string::npos) << name;
    const std::string example = page.substr(begin, page.find("```", begin) - begin);
    EXPECT_NE(here.find(example), std::string::npos) << example;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

TEST_F(ProtocolsPageTest, GpsShowsThePosition) {
  virtual_board::interrupt_at_us(100'000, [this] {
    uart.receive(nmea_sentence("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"));
  });
  run_for(show_position(uart), 1000);
  EXPECT_EQ(virtual_board::output(), "48\u00b0 07.0380' N 11\u00b0 31.0000' E, 545 m\n");
}

TEST_F(ProtocolsPageTest, ScheduleKeepsTheFish) {
  fake_rtc::set({2026, 5, 9, 5, 17, 0, 0, 0});  // a Saturday; the 10th is the second Sunday
  run_for(keep_fish(), 2 * 86'400'000);
  EXPECT_EQ(virtual_board::output(),
            "feed flakes\nfeed flakes\nfeed shrimps\nfeed flakes\nclean the glass\nfeed flakes\n");
}

TEST_F(ProtocolsPageTest, AtModemAsksForTheSignal) {
  run_for(ask_for_signal(uart), 1000);
  virtual_board::interrupt_at_us(virtual_board::now_us() + 100'000,
                                 [this] { uart.receive("\r\n+CSQ: 17,0\r\n\r\nOK\r\n"); });
  run_for(ask_for_signal(uart), 1000);
  EXPECT_EQ(uart.output, "AT+CSQ\r\nAT+CSQ\r\n");
  EXPECT_EQ(virtual_board::output(), "no answer\n+CSQ: 17,0\nOK\n");
}

}  // namespace
