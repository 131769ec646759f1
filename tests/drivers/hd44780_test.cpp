// drivers::HD44780 on what a display hears: over pins and over a backpack.
#include "drivers/hd44780.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/virtual_board.hpp"
#include "drivers/hd44780_characters.hpp"
#include "fake_clock.hpp"
#include "fake_hd44780.hpp"
#include "fake_i2c.hpp"
#include "fake_pin.hpp"
#include "machine/i2c.hpp"

namespace {

using asyncio::Coro;
using asyncio::create_task;
using asyncio::OSError;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using drivers::HD44780;
using drivers::HD44780Backpack;
using drivers::HD44780Parallel;
using machine::Pin;

constexpr const char* initialisation = "3 3 3 2 28 08 01 06";

Coro<> pause(int ms) { co_await sleep_ms(ms); }

// "none", or the error of a refresh(): "5 I2C: …".
Coro<std::string> refresh(HD44780& lcd) {
  try {
    co_await lcd.refresh();
  } catch (const OSError& error) {
    co_return std::to_string(error.code()) + " " + error.what();
  }
  co_return "none";
}

class Hd44780Test : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_pin::reset();
    fake_i2c::reset();
    fake_i2c::attach(0x27, backpack);
    fake_clock::on_wait([this] { look_at_pins(); });
  }
  void TearDown() override {
    fake_clock::on_wait(nullptr);
    virtual_board::Test::TearDown();
  }

  // The display on pins: RS 12, E 11, D4 to D7 on 5 to 2.
  FakeHd44780 wired;
  static HD44780Parallel pins() {
    return HD44780Parallel({Pin(12), Pin(11), Pin(5), Pin(4), Pin(3), Pin(2)});
  }
  void look_at_pins() {
    const auto is_high = [](int pin) { return Pin(pin).value() != 0; };
    unsigned half = 0;
    for (int bit = 0; bit < 4; ++bit) half |= (is_high(5 - bit) ? 1U : 0U) << static_cast<unsigned>(bit);
    wired.lines(is_high(12), is_high(11), half);
  }

  FakeBackpack backpack;
  machine::I2C i2c{0};
};

// ---- the initialisation

TEST_F(Hd44780Test, InitialisesAsInFigure24) {
  HD44780 lcd(pins());
  for (const int pin : {12, 11, 5, 4, 3, 2}) EXPECT_EQ(fake_pin::mode(pin), Pin::OUT);
  EXPECT_EQ(wired.heard(), "");
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), std::string(initialisation) + " 0C");
  const std::vector<std::uint64_t>& times = wired.half_times;
  ASSERT_EQ(times.size(), 4U);
  EXPECT_GE(times[0], 40'000U);
  EXPECT_GE(times[1] - times[0], 4'100U);
  EXPECT_GE(times[2] - times[1], 100U);
  EXPECT_GE(times[3] - times[2], 37U);
  EXPECT_LT(virtual_board::now_us(), 60'000U);
}

TEST_F(Hd44780Test, ADisplayOfOneRowIsSetUpForOneLine) {
  HD44780 lcd(pins(), {.columns = 8, .rows = 1});
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "3 3 3 2 20 08 01 06 0C");
}

TEST_F(Hd44780Test, RefusesASizeThatHasNoAddresses) {
  for (const drivers::HD44780Size size :
       {drivers::HD44780Size{0, 2}, {41, 2}, {16, 0}, {16, 3}, {21, 4}, {16, 5}, {-1, 1}})
    EXPECT_THROW(HD44780(pins(), size), asyncio::ValueError) << size.columns << "x" << size.rows;
  for (const drivers::HD44780Size size : {drivers::HD44780Size{40, 2}, {20, 4}, {1, 1}})
    EXPECT_NO_THROW(HD44780(pins(), size)) << size.columns << "x" << size.rows;
}

// ---- text

TEST_F(Hd44780Test, ShowsLines) {
  HD44780 lcd(pins());
  lcd[0] = "Hello";
  lcd.set_line(1, std::string("world"));
  run(lcd.refresh());
  EXPECT_EQ(wired.text(0x00, 16), "Hello           ");
  EXPECT_EQ(wired.text(0x40, 16), "world           ");
}

TEST_F(Hd44780Test, SendsOnlyWhatIsDifferent) {
  HD44780 lcd(pins());
  lcd[0] = "12:59:59";
  run(lcd.refresh());
  wired.forget();
  lcd[0] = "13:00:00";
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "81 '3 83 '0 '0 86 '0 '0");
  wired.forget();
  lcd[0] = "13:00:00";
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "");
}

TEST_F(Hd44780Test, ALineReplacesTheWholeRowAndIsCutAtItsEnd) {
  HD44780 lcd(pins(), {.columns = 8, .rows = 2});
  lcd[0] = "123456789";
  lcd[1] = "untouched";
  run(lcd.refresh());
  EXPECT_EQ(wired.text(0x00, 9), "12345678 ");
  lcd[0] = "ab";
  run(lcd.refresh());
  EXPECT_EQ(wired.text(0x00, 8), "ab      ");
  EXPECT_EQ(wired.text(0x40, 8), "untouche");
  EXPECT_EQ(lcd.codes(0), "ab      ");
}

TEST_F(Hd44780Test, WriteChangesSomeCharactersOfARow) {
  HD44780 lcd(pins());
  lcd[1] = "T =      C";
  lcd.write(1, 4, "21.5");
  lcd.write(0, 13, "cut off");
  run(lcd.refresh());
  EXPECT_EQ(wired.text(0x40, 16), "T = 21.5 C      ");
  EXPECT_EQ(wired.text(0x00, 20), "             cut    ");
}

TEST_F(Hd44780Test, RowsOf20x4GoOnWhereTheFirstTwoEnd) {
  HD44780 lcd(pins(), {.columns = 20, .rows = 4});
  lcd[0] = "one";
  lcd[1] = "two";
  lcd[2] = "three";
  lcd[3] = "four";
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(),
            std::string(initialisation) + " 'o 'n 'e C0 't 'w 'o 94 't 'h 'r 'e 'e D4 'f 'o 'u 'r 0C");
}

TEST_F(Hd44780Test, NoSuchPlaceIsAnIndexError) {
  HD44780 lcd(pins());
  EXPECT_THROW(lcd[2] = "x", asyncio::IndexError);
  EXPECT_THROW(lcd[-1] = "x", asyncio::IndexError);
  EXPECT_THROW(lcd.write(0, 16, "x"), asyncio::IndexError);
  EXPECT_THROW(lcd.write(0, -1, "x"), asyncio::IndexError);
  EXPECT_THROW(lcd.move_cursor(0, 16), asyncio::IndexError);
  EXPECT_THROW(lcd.codes(2), asyncio::IndexError);
}

TEST_F(Hd44780Test, TextIsUtf8AndOtherBytesAreCodes) {
  HD44780 lcd(pins());
  lcd[0] = "21.5 °C → 5 µΩ";
  lcd[1] = "\xDF\x08 €日ﾀ\xE4";
  EXPECT_EQ(lcd.codes(0),
            "21.5 \xDF"
            "C \x7E 5 \xE4\xF4  ");
  EXPECT_EQ(lcd.codes(1), "\xDF\x08 ??\xC0\xE4         ");
}

TEST_F(Hd44780Test, TextThatEndsInTheMiddleOfACharacterIsTakenByteByByte) {
  std::string_view text = "\xE2\x86";
  EXPECT_EQ(drivers::take_hd44780_code(text), 0xE2);
  EXPECT_EQ(drivers::take_hd44780_code(text), 0x86);
  EXPECT_TRUE(text.empty());
}

TEST_F(Hd44780Test, ClearBlanksAllAndGoesHome) {
  HD44780 lcd(pins());
  lcd[0] = "text";
  lcd.move_cursor(1, 3);
  lcd.show_cursor();
  run(lcd.refresh());
  EXPECT_EQ(wired.address, 0x43U);
  wired.forget();
  lcd.clear();
  lcd[1] = "new";
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "01 C0 'n 'e 'w 80");
  EXPECT_EQ(wired.address, 0U);
}

// ---- cursor, display, characters

TEST_F(Hd44780Test, ShowsACursorWhereItWasMoved) {
  HD44780 lcd(pins());
  lcd.move_cursor(1, 5);
  run(lcd.refresh());
  EXPECT_EQ(wired.address, 0U);  // nobody sees it
  wired.forget();
  lcd.show_cursor();
  lcd[0] = "Name?";
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "'N 'a 'm 'e '? C5 0E");
  wired.forget();
  lcd.blink();
  lcd.home();
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "80 0F");
  wired.forget();
  lcd.show_cursor(false);
  lcd.blink(false);
  lcd.display(false);
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "08");
}

TEST_F(Hd44780Test, DrawsCharacters) {
  HD44780 lcd(pins());
  const HD44780::Dots bell{0b00100, 0b01110, 0b01110, 0b01110, 0b11111, 0b00000, 0b00100, 0b00000};
  lcd.create_char(2, bell);
  lcd[0] = "\x0A!";
  run(lcd.refresh());
  EXPECT_TRUE(std::equal(bell.begin(), bell.end(), wired.cgram.begin() + 16));
  EXPECT_EQ(wired.text(0, 2), "\x0A!");
  wired.forget();
  lcd.create_char(0, {0x1F, 0, 0, 0, 0, 0, 0, 0x11});
  run(lcd.refresh());
  EXPECT_EQ(wired.heard(), "40 '1F '00 '00 '00 '00 '00 '00 '11");
  EXPECT_THROW(lcd.create_char(8, bell), asyncio::ValueError);
  EXPECT_THROW(lcd.create_char(-1, bell), asyncio::ValueError);
  EXPECT_THROW(lcd.create_char(0, {0x20}), asyncio::ValueError);
}

// ---- the task

TEST_F(Hd44780Test, TheTaskShowsWhatChangesWithoutRefresh) {
  HD44780 lcd(pins());
  run(pause(100));
  lcd[0] = "by itself";
  run(pause(5));
  EXPECT_EQ(wired.text(0, 9), "by itself");
}

TEST_F(Hd44780Test, OtherTasksRunAfterEachCharacter) {
  static std::uint64_t longest_us;
  longest_us = 0;
  HD44780 lcd(pins());
  lcd[0] = "sixteen letters.";
  lcd[1] = "sixteen letters.";
  const Task<> other = asyncio::get_event_loop().create_task([]() -> Coro<> {
    for (std::uint64_t last = 0;;) {
      co_await sleep_ms(0);
      virtual_board::spend_us(1);  // or time would stand still
      const std::uint64_t now = virtual_board::now_us();
      longest_us = std::max(longest_us, now - last);
      last = now;
    }
  }());
  run(lcd.refresh());
  EXPECT_LT(longest_us, 100U);
  EXPECT_EQ(wired.text(0x40, 16), "sixteen letters.");
}

TEST_F(Hd44780Test, ADisplayThatIsDestroyedEndsARefresh) {
  std::optional<HD44780> lcd(std::in_place, pins());
  const Task<> waiting = asyncio::get_event_loop().create_task(lcd->refresh());
  run(pause(5));
  EXPECT_FALSE(waiting.done());
  lcd.reset();
  run(pause(5));
  EXPECT_THROW(waiting.result(), asyncio::RuntimeError);
}

// ---- the backpack

TEST_F(Hd44780Test, ABackpackGetsTheLinesOnItsPort) {
  HD44780 lcd{HD44780Backpack(i2c)};
  run(lcd.refresh());
  EXPECT_EQ(
      fake_i2c::transfers(),
      (std::vector<std::string>{"27 write 08", "27 write 3C 38", "27 write 3C 38", "27 write 3C 38",
                                "27 write 2C 28", "27 write 2C 28 8C 88", "27 write 0C 08 8C 88",
                                "27 write 0C 08 1C 18", "27 write 0C 08 6C 68", "27 write 0C 08 CC C8"}));
  fake_i2c::forget_transfers();
  lcd[0] = "AB";
  run(lcd.refresh());
  EXPECT_EQ(fake_i2c::transfers(),
            (std::vector<std::string>{"27 write 49 4D 49 1D 19", "27 write 4D 49 2D 29"}));
  EXPECT_EQ(backpack.display.text(0, 3), "AB ");
}

TEST_F(Hd44780Test, ABackpackSwitchesTheBacklight) {
  HD44780 lcd{HD44780Backpack(i2c)};
  run(lcd.refresh());
  lcd.backlight(false);
  run(lcd.refresh());
  EXPECT_EQ(fake_i2c::transfers().back(), "27 write 00");
  lcd[0] = "x";
  run(lcd.refresh());
  EXPECT_EQ(backpack.port & 0x08U, 0U);
  lcd.backlight();
  run(lcd.refresh());
  EXPECT_EQ(fake_i2c::transfers().back(), "27 write 08");
  HD44780 other(pins());
  EXPECT_THROW(other.backlight(false), asyncio::RuntimeError);
}

TEST_F(Hd44780Test, ABackpackMayHaveAnotherAddress) {
  fake_i2c::attach(0x3F, backpack);
  HD44780 lcd(HD44780Backpack(i2c, {.address = 0x3F}));
  run(lcd.refresh());
  EXPECT_EQ(fake_i2c::transfers().front(), "3F write 08");
  for (const int address : {0x1F, 0x28, 0x37, 0x40, 0, -1})
    EXPECT_THROW(HD44780Backpack(i2c, {.address = address}), asyncio::ValueError) << address;
}

TEST_F(Hd44780Test, ALockKeepsTheBusForOthers) {
  asyncio::Lock lock;
  HD44780 lcd(HD44780Backpack(i2c, {.lock = &lock}));
  lcd[0] = "locked";
  run([](asyncio::Lock* bus, HD44780* display) -> Coro<> {
    {
      const auto guard = co_await bus->scoped();
      const std::size_t before = fake_i2c::transfers().size();
      co_await sleep_ms(500);
      EXPECT_EQ(fake_i2c::transfers().size(), before);
    }
    co_await display->refresh();
  }(&lock, &lcd));
  EXPECT_EQ(backpack.display.text(0, 6), "locked");
  EXPECT_FALSE(lock.locked());
}

TEST_F(Hd44780Test, DisplayAndLockMayGoTogetherWhileItIsTheDisplaysTurn) {
  auto lock = std::make_unique<asyncio::Lock>();
  auto lcd = std::make_unique<HD44780>(HD44780Backpack(i2c, {.lock = lock.get()}));
  run([](std::unique_ptr<asyncio::Lock>* bus, std::unique_ptr<HD44780>* display) -> Coro<> {
    co_await (*bus)->acquire();
    co_await sleep_ms(500);
    (*bus)->release();  // to the display
    display->reset();
    bus->reset();
    co_await sleep_ms(500);
  }(&lock, &lcd));
  EXPECT_EQ(virtual_board::output(), "");
}

// ---- errors

TEST_F(Hd44780Test, RefreshThrowsWhatTheBusDid) {
  run([](machine::I2C* bus, FakeBackpack* device) -> Coro<> {
    HD44780 lcd{HD44780Backpack(*bus)};
    device->there = false;
    EXPECT_EQ(co_await refresh(lcd), "5 I2C: nobody acknowledges");
    EXPECT_TRUE(lcd.failed());
    EXPECT_EQ(co_await refresh(lcd), "5 I2C: nobody acknowledges");
    fake_i2c::set_stuck(true);
    EXPECT_EQ(co_await refresh(lcd), "110 I2C: the bus is stuck");
    fake_i2c::set_stuck(false);
    device->there = true;
    device->bytes_until_nack = 2;
    EXPECT_EQ(co_await refresh(lcd), "5 HD44780: the backpack does not acknowledge a byte");
    EXPECT_EQ(virtual_board::output(), "");  // somebody heard of each
  }(&i2c, &backpack));
}

TEST_F(Hd44780Test, AfterAFailureEverythingIsShownAnew) {
  HD44780 lcd{HD44780Backpack(i2c)};
  lcd[0] = "first \x0B";
  lcd.create_char(3, {1, 2, 3, 4, 5, 6, 7, 8});
  lcd.move_cursor(1, 2);
  lcd.blink();
  run(lcd.refresh());
  EXPECT_EQ(
      backpack.display.heard(),
      std::string(initialisation) + " 58 '01 '02 '03 '04 '05 '06 '07 '08 80 'f 'i 'r 's 't 86 '0B C2 0D");
  backpack.bytes_until_nack = 3;  // in the middle of a character
  lcd.write(0, 0, "F");
  EXPECT_EQ(run(refresh(lcd)), "5 HD44780: the backpack does not acknowledge a byte");
  backpack.bytes_until_nack = -1;
  backpack.display.control = 0;
  EXPECT_EQ(run(refresh(lcd)), "none");
  EXPECT_FALSE(lcd.failed());
  EXPECT_EQ(backpack.display.control, 5U);
  EXPECT_EQ(backpack.display.text(0, 8), "First \x0B ");
  EXPECT_EQ(backpack.display.cgram[24], 1);
  EXPECT_EQ(backpack.display.address, 0x42U);
}

TEST_F(Hd44780Test, TriesAgainEachSecondAndWhenSomethingChanges) {
  HD44780 lcd{HD44780Backpack(i2c)};
  backpack.there = false;
  EXPECT_NE(run(refresh(lcd)), "none");
  fake_i2c::forget_transfers();
  run(pause(3500));
  EXPECT_EQ(fake_i2c::transfers(), std::vector<std::string>(3, "27 write nack"));
  lcd[0] = "back";
  run(pause(60));
  EXPECT_EQ(fake_i2c::transfers().size(), 4U);
  backpack.there = true;
  run(pause(1200));
  EXPECT_FALSE(lcd.failed());
  EXPECT_EQ(backpack.display.text(0, 4), "back");
}

TEST_F(Hd44780Test, FailuresNobodyAwaitsAreReportedOnce) {
  HD44780 lcd{HD44780Backpack(i2c)};
  backpack.there = false;
  run(pause(3500));
  const std::string printed = virtual_board::output();
  EXPECT_NE(printed.find("HD44780: the display failed"), std::string::npos) << printed;
  EXPECT_NE(printed.find("I2C: nobody acknowledges"), std::string::npos) << printed;
  EXPECT_EQ(printed.find("failed"), printed.rfind("failed")) << printed;
}

}  // namespace
