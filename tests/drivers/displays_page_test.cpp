// The examples of docs/drivers/displays.md: they are here word for word, and do what the page says. They
// include what a lesson does.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "asyncio.hpp"
#include "asyncio/virtual_board.hpp"
#include "drivers.hpp"
#include "fake_clock.hpp"
#include "fake_hd44780.hpp"
#include "fake_i2c.hpp"
#include "fake_pin.hpp"
#include "machine.hpp"

namespace {

asyncio::Coro<> count_seconds() {
  drivers::HD44780 lcd(drivers::HD44780Parallel({.rs = machine::Pin(12),
                                                 .e = machine::Pin(11),
                                                 .d4 = machine::Pin(5),
                                                 .d5 = machine::Pin(4),
                                                 .d6 = machine::Pin(3),
                                                 .d7 = machine::Pin(2)}));
  lcd[0] = "Since I woke up:";
  for (int seconds = 0;; ++seconds) {
    lcd[1] = std::to_string(seconds) + " s";
    co_await asyncio::sleep(1s);
  }
}

asyncio::Coro<> show_temperature(float celsius) {
  machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 100'000});
  drivers::HD44780 lcd(drivers::HD44780Backpack(i2c, {.address = 0x27}));
  char text[17];
  std::snprintf(text, sizeof text, "%.1f °C", static_cast<double>(celsius));
  lcd[0] = text;
  try {
    co_await lcd.refresh();
    print("shown\n");
  } catch (const asyncio::OSError& error) {
    print("no display: %s\n", error.what());
  }
}

asyncio::Coro<> ask_name() {
  drivers::HD44780 lcd(drivers::HD44780Parallel({.rs = machine::Pin(12),
                                                 .e = machine::Pin(11),
                                                 .d4 = machine::Pin(5),
                                                 .d5 = machine::Pin(4),
                                                 .d6 = machine::Pin(3),
                                                 .d7 = machine::Pin(2)}));
  lcd.create_char(0, {0b00000,  //
                      0b01010,  //
                      0b11111,  //
                      0b11111,  //
                      0b01110,  //
                      0b00100,  //
                      0b00000,  //
                      0b00000});
  lcd[0] = "Who \x08 you?";
  lcd.move_cursor(1, 0);
  lcd.show_cursor();
  lcd.blink();
  co_await lcd.refresh();
}

class DisplaysPageTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_pin::reset();
    fake_i2c::reset();
    fake_clock::on_wait([this] {
      const auto high = [](int pin) { return machine::Pin(pin).value() != 0; };
      const unsigned half =
          (high(5) ? 1U : 0U) | (high(4) ? 2U : 0U) | (high(3) ? 4U : 0U) | (high(2) ? 8U : 0U);
      wired.lines(high(12), high(11), half);
    });
  }
  void TearDown() override {
    fake_clock::on_wait(nullptr);
    virtual_board::Test::TearDown();
  }
  FakeHd44780 wired;
};

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_F(DisplaysPageTest, TheExamplesAreWordForWord) {
  const std::string page = text_of(COROSCOPE_SOURCE_DIR "/docs/drivers/displays.md");
  const std::string here = text_of(COROSCOPE_SOURCE_DIR "/tests/drivers/displays_page_test.cpp");
  int compared = 0;
  for (std::size_t at = page.find("```cpp\n"); at != std::string::npos; at = page.find("```cpp\n", at)) {
    at += 7;
    const std::string example = page.substr(at, page.find("```", at) - at);
    EXPECT_NE(here.find(example), std::string::npos) << example;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

TEST_F(DisplaysPageTest, CountsSeconds) {
  asyncio::get_event_loop().create_task(count_seconds());
  asyncio::run([]() -> asyncio::Coro<> { co_await asyncio::sleep_ms(3500); }());
  asyncio::new_event_loop();
  EXPECT_EQ(wired.text(0x00, 16), "Since I woke up:");
  EXPECT_EQ(wired.text(0x40, 5), "3 s  ");
}

TEST_F(DisplaysPageTest, ShowsTheTemperature) {
  FakeBackpack backpack;
  asyncio::run(show_temperature(21.5F));
  fake_i2c::attach(0x27, backpack);
  asyncio::run(show_temperature(21.5F));
  EXPECT_EQ(backpack.display.text(0, 8),
            "21.5 \xDF"
            "C ");
  EXPECT_EQ(virtual_board::output(), "no display: I2C: nobody acknowledges\nshown\n");
}

TEST_F(DisplaysPageTest, AsksForAName) {
  asyncio::run(ask_name());
  EXPECT_EQ(wired.text(0, 10), "Who \x08 you?");
  EXPECT_EQ(wired.cgram[2], 0b11111);
  EXPECT_EQ(wired.address, 0x40U);
  EXPECT_EQ(wired.control, 7U);
}

}  // namespace
