// The character display on the virtual board: the driver, a program that knows no driver, and what the part
// shows.
#include "parts/lcd.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "drivers/hd44780.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using asyncio::Coro;
using drivers::HD44780;
using drivers::HD44780Backpack;
using drivers::HD44780Parallel;
using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Lcd;
using sim::Terminal;
using Shown = std::vector<std::string>;

constexpr std::uint64_t ms = 1'000'000;

Terminal& leg(const Lcd& lcd, std::string_view name) {
  for (const sim::Part::Leg& each : lcd.legs()) {
    if (each.name == name) return *each.terminal;
  }
  ADD_FAILURE() << "no leg " << name;
  return *lcd.legs()[0].terminal;
}
void wire(const Lcd& lcd, std::string_view name, unsigned pin) {
  board.wiring().join(board.pins().terminal(pin), leg(lcd, name));
}

// As Wokwi's examples for a Pico: RS 12, E 11, D4 to D7 on 10 to 7; RW to ground.
struct Parallel {
  explicit Parallel(const Lcd::Options& options = {}, bool with_rw = true) : lcd("lcd1", options) {
    wire(lcd, "RS", 12);
    wire(lcd, "E", 11);
    wire(lcd, "D4", 10);
    wire(lcd, "D5", 9);
    wire(lcd, "D6", 8);
    wire(lcd, "D7", 7);
    if (with_rw) board.wiring().join(ground, leg(lcd, "RW"));
    ground.drive(sim::Drive::low());
  }
  static HD44780Parallel pins() {
    return HD44780Parallel(
        {.rs = Pin(12), .e = Pin(11), .d4 = Pin(10), .d5 = Pin(9), .d6 = Pin(8), .d7 = Pin(7)});
  }
  Terminal ground;
  Lcd lcd;
};

struct OnI2c {
  explicit OnI2c(Lcd::Options options = {})
      : lcd("lcd1", [&] {
          options.i2c = true;
          return options;
        }()) {
    wire(lcd, "SDA", 4);
    wire(lcd, "SCL", 5);
  }
  Lcd lcd;
  machine::I2C bus() const { return machine::I2C(0, {.scl = 5, .sda = 4, .freq = 100'000}); }
};

// ---- the driver

TEST(Lcd, ShowsWhatTheDriverWritesOverPins) {
  const Recording r = run(1000 * ms, [] {
    Parallel circuit;
    asyncio::run([]() -> Coro<> {
      HD44780 lcd(Parallel::pins());
      lcd[0] = "Hello, world";
      lcd[1] = "  21.5 °C";
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
      lcd[0] = "\\~";
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
      lcd.display(false);
      co_await asyncio::sleep_ms(100);
    }());
    return 0;
  });
  EXPECT_EQ(r.shown, (Shown{"lcd1: Hello, world|  21.5 °C", "lcd1: ¥→|  21.5 °C", "lcd1: off"}));
}

TEST(Lcd, ShowsWhatTheDriverWritesOverABackpack) {
  const Recording r = run(1000 * ms, [] {
    OnI2c circuit({.columns = 20, .rows = 4});
    asyncio::run([](const OnI2c* on) -> Coro<> {
      machine::I2C i2c = on->bus();
      HD44780 lcd(HD44780Backpack(i2c), {.columns = 20, .rows = 4});
      lcd.create_char(5, {0, 0x0A, 0x1F, 0x1F, 0x0E, 4, 0, 0});
      lcd[0] = "one";
      lcd[1] = "two \x0D";
      lcd[3] = "twenty characters   X";
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
      print("%02x", on->lcd.controller().drawn(5)[2]);
      lcd.backlight(false);
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
      lcd.backlight();
      lcd.clear();
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
    }(&circuit));
    return 0;
  });
  EXPECT_EQ(r.console, "1f");
  ASSERT_GE(r.shown.size(), 3U);
  const Shown last(r.shown.end() - 3, r.shown.end());
  EXPECT_EQ(last, (Shown{"lcd1: one|two ⑤||twenty characters", "lcd1: one|two ⑤||twenty characters (dark)",
                         "lcd1: |||"}));
}

// The driver's table of characters and the chip's are two.
TEST(Lcd, EveryCharacterTheDriverKnowsLooksAsItWasWritten) {
  const Recording r = run(1000 * ms, [] {
    Parallel circuit({.columns = 40, .rows = 2});
    asyncio::run([]() -> Coro<> {
      HD44780 lcd(Parallel::pins(), {.columns = 40, .rows = 2});
      lcd[0] = "¢£¥°äñö÷üˣΣΩαβεθμπρσ←→√∞█万円千｡｢ｦｱﾝﾞ";
      lcd[1] = "ABCxyz0189 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}";
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
    }());
    return 0;
  });
  EXPECT_EQ(r.shown.back(),
            "lcd1: ¢£¥°äñö÷üˣΣΩαβεθμπρσ←→√∞█万円千｡｢ｦｱﾝﾞ|ABCxyz0189 !\"#$%&'()*+,-./:;<=>?@[]^_`{|");
}

TEST(Lcd, ABusThatRefusesReachesTheProgramAndTheDisplayRecovers) {
  const Recording r = run(5000 * ms, [] {
    OnI2c circuit;
    asyncio::run([](const OnI2c* on) -> Coro<> {
      machine::I2C i2c = on->bus();
      HD44780 lcd{HD44780Backpack(i2c)};
      lcd[0] = "before";
      co_await lcd.refresh();
      board.i2c()[0].refuse(0x27, board.now_ns() + 300 * ms);
      lcd[0] = "after";
      for (int failures = 0;;) {
        try {
          co_await lcd.refresh();
          print("%s after several: %s\n", "shown", failures > 2 ? "yes" : "no");
          break;
        } catch (const asyncio::OSError& error) {
          if (++failures == 1) print("%d %s\n", error.code(), error.what());
        }
        co_await asyncio::sleep_ms(50);
      }
      board.i2c()[0].hold_sda_low(board.now_ns() + 200 * ms);
      lcd[1] = "stuck";
      try {
        co_await lcd.refresh();
      } catch (const asyncio::OSError& error) {
        print("%d\n", error.code());
      }
      co_await asyncio::sleep_ms(2000);  // by itself
      print("%s\n", lcd.failed() ? "failed" : "works");
    }(&circuit));
    return 0;
  });
  EXPECT_EQ(r.console, "5 I2C: nobody acknowledges that address\nshown after several: yes\n110\nworks\n");
  ASSERT_FALSE(r.shown.empty());
  EXPECT_EQ(r.shown.front(), "lcd1: before|");
  EXPECT_EQ(r.shown.back(), "lcd1: after|stuck");
}

TEST(Lcd, AFailureNobodyAwaitsIsPrinted) {
  const Recording r = run(3000 * ms, [] {
    asyncio::run([]() -> Coro<> {
      machine::I2C i2c(0);
      HD44780 lcd{HD44780Backpack(i2c)};
      co_await asyncio::sleep_ms(2500);
    }());
    return 0;
  });
  EXPECT_NE(r.console.find("I2C: nobody acknowledges that address"), std::string::npos) << r.console;
  EXPECT_EQ(r.console.find("nobody ack"), r.console.rfind("nobody ack")) << r.console;
}

TEST(Lcd, ARefreshLetsOtherTasksRunOnTime) {
  const Recording r = run(1000 * ms, [] {
    Parallel circuit;
    asyncio::run([]() -> Coro<> {
      HD44780 lcd(Parallel::pins());
      int late = 0;
      co_await lcd.refresh();
      for (int i = 0; i < 40; ++i) {
        lcd[0] = i % 2 == 0 ? "abcdefghijklmnop" : "ABCDEFGHIJKLMNOP";
        lcd[1] = i % 2 == 0 ? "abcdefghijklmnop" : "ABCDEFGHIJKLMNOP";
        // It wakes in the millisecond it is due, at most a character later.
        const std::int32_t before = time::ticks_us();
        co_await asyncio::sleep_ms(1);
        const std::int32_t slept = time::ticks_diff(time::ticks_us(), before);
        if (slept > 1000) ++late;
        if (slept > 1100) print("%d us\n", static_cast<int>(slept));
        co_await asyncio::sleep_ms(10);
      }
      print("%s\n", late > 0 ? "some waited for a character" : "none did");
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "some waited for a character\n");
}

// ---- programs without a driver

struct EightBits {
  EightBits() : lcd("lcd1", {}) {
    wire(lcd, "RS", 12);
    wire(lcd, "RW", 13);
    wire(lcd, "E", 11);
    const char* const names[] = {"D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7"};
    for (unsigned bit = 0; bit < 8; ++bit) wire(lcd, names[bit], bit);
  }
  Lcd lcd;

  static void write(bool data, int byte) {
    Pin(12, Pin::OUT, data ? 1 : 0);
    Pin(13, Pin::OUT, 0);
    for (int bit = 0; bit < 8; ++bit) Pin(bit, Pin::OUT, byte >> bit & 1);
    const Pin e(11, Pin::OUT, 0);
    e.on();
    e.off();
  }
  static int read(bool data) {
    for (int bit = 0; bit < 8; ++bit) Pin(bit, Pin::IN);
    Pin(12, Pin::OUT, data ? 1 : 0);
    Pin(13, Pin::OUT, 1);
    const Pin e(11, Pin::OUT, 0);
    e.on();
    int byte = 0;
    for (int bit = 0; bit < 8; ++bit) byte |= Pin(bit).value() << bit;
    e.off();
    return byte;
  }
  // How often the busy flag was set.
  static int wait() {
    int polls = 0;
    while ((read(false) & 0x80) != 0) ++polls;
    return polls;
  }
};

TEST(Lcd, HasAnEightBitInterfaceWithABusyFlag) {
  const Recording r = run(1000 * ms, [] {
    EightBits circuit;
    if (EightBits::wait() == 0) print("not busy after power-on\n");
    for (const int instruction : {0x38, 0x0C, 0x06, 0x01}) {
      EightBits::write(false, instruction);
      if (EightBits::wait() == 0) print("not busy after %02x\n", static_cast<unsigned>(instruction));
    }
    for (const char c : {'b', 'u', 's', 'y'}) {
      EightBits::write(true, c);
      EightBits::wait();
    }
    EightBits::write(false, 0x81);
    EightBits::wait();
    print("%c", EightBits::read(true));
    EightBits::wait();
    print("%c", EightBits::read(true));
    EightBits::wait();
    time::sleep_us(10);
    print(" %d\n", EightBits::read(false));
    // Without E, the data legs are nobody's.
    Pin(0, Pin::IN, Pin::PULL_UP);
    print("%d\n", Pin(0).value());
    time::sleep_ms(50);
    return 0;
  });
  EXPECT_EQ(r.console, "us 3\n1\n");
  EXPECT_EQ(r.shown, (Shown{"lcd1: busy|"}));
  EXPECT_TRUE(r.of(trace::Kind::conflict).empty());
}

TEST(Lcd, AProgramThatDoesNotWaitLosesCharacters) {
  const Recording r = run(1000 * ms, [] {
    EightBits circuit;
    time::sleep_ms(20);
    for (const int instruction : {0x38, 0x0C, 0x01}) {
      EightBits::write(false, instruction);
      time::sleep_ms(2);
    }
    for (const char c : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}) EightBits::write(true, c);
    time::sleep_ms(50);
    return 0;
  });
  ASSERT_EQ(r.shown.size(), 1U);
  EXPECT_EQ(r.shown[0].substr(0, 7), "lcd1: a");
  EXPECT_LT(r.shown[0].size(), std::string("lcd1: abcdefgh|").size());
}

TEST(Lcd, ABackpackIsReadThroughItsPort) {
  const Recording r = run(1000 * ms, [] {
    OnI2c circuit({.address = 0x3F});
    machine::I2C i2c = circuit.bus();
    for (const std::uint8_t address : i2c.scan()) print("%02x ", address);
    const auto write = [&](std::initializer_list<std::uint8_t> bytes) {
      i2c.writeto(0x3F, std::vector<std::uint8_t>(bytes));
    };
    const auto port = [&] {
      std::uint8_t byte[1];
      i2c.readfrom_into(0x3F, byte);
      return unsigned{byte[0]};
    };
    print("%02x ", port());  // at first all high, the chip reads out a blank: 0x20
    time::sleep_ms(20);
    write({0x08});
    for (const unsigned half : {0x30U, 0x30U, 0x30U, 0x20U}) {
      write({static_cast<std::uint8_t>(half | 0x0C), static_cast<std::uint8_t>(half | 0x08)});
      time::sleep_ms(5);
    }
    write({0xCC, 0xC8, 0x5C, 0x58});  // to 0x45
    time::sleep_ms(1);
    write({0xFA, 0xFE});  // R/W, then E; the data as inputs
    print("%02x ", port());
    write({0xFA, 0xFE});
    print("%02x\n", port());
    write({0xFA, 0x08});
    return 0;
  });
  EXPECT_EQ(r.console, "3f 2f 4e 5e\n");
}

// ---- the part

TEST(Lcd, HasWokwisLegs) {
  const Recording r = run(1000 * ms, [] {
    const Lcd parallel("lcd1", {});
    for (const sim::Part::Leg& each : parallel.legs()) print("%s ", std::string(each.name).c_str());
    const Lcd i2c("lcd2", {.i2c = true});
    for (const sim::Part::Leg& each : i2c.legs()) print("%s ", std::string(each.name).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "VSS VDD V0 RS RW E D0 D1 D2 D3 D4 D5 D6 D7 A K GND VCC SDA SCL ");
}

TEST(Lcd, ALegThatNothingDrivesIsLow) {
  const Recording r = run(1000 * ms, [] {
    Parallel circuit({}, false);
    asyncio::run([]() -> Coro<> {
      HD44780 lcd(Parallel::pins());
      lcd[0] = "no wire at RW";
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
    }());
    return 0;
  });
  EXPECT_EQ(r.shown, (Shown{"lcd1: no wire at RW|"}));
}

TEST(Lcd, IsOnTheBusOnlyWhereItsLegsAreAndWhileItIsThere) {
  const Recording r = run(1000 * ms, [] {
    {
      OnI2c circuit;
      print("%zu ", circuit.bus().scan().size());
      print("%zu ", machine::I2C(0, {.scl = 9, .sda = 8}).scan().size());
    }
    print("%zu\n", machine::I2C(0, {.scl = 5, .sda = 4}).scan().size());
    return 0;
  });
  EXPECT_EQ(r.console, "1 0 0\n");
}

TEST(Lcd, ShowsAChangeOnceItIsQuietOrAfter20Ms) {
  const Recording r = run(1000 * ms, [] {
    Parallel circuit;
    asyncio::run([]() -> Coro<> {
      HD44780 lcd(Parallel::pins());
      co_await lcd.refresh();
      co_await asyncio::sleep_ms(100);
      for (int i = 0; i < 100; ++i) {
        lcd.write(0, 0, std::to_string(i));
        co_await asyncio::sleep_ms(1);
      }
      co_await asyncio::sleep_ms(100);
    }());
    return 0;
  });
  // 100 ms of changes.
  EXPECT_GE(r.shown.size(), 6U);
  EXPECT_LE(r.shown.size(), 8U);
  EXPECT_EQ(r.shown.front(), "lcd1: |");
  EXPECT_EQ(r.shown.back(), "lcd1: 99|");
}

}  // namespace
