// The HD44780U, against a transcript of its data sheet's tables: by its lines alone, without driver or board.
#include "parts/hd44780_controller.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "parts/hd44780_rom.hpp"

namespace {

using sim::Hd44780Controller;

constexpr std::uint64_t us = 1000;

// An 8-bit or 4-bit processor that waits as long as table 6 says, unless told otherwise.
class Processor {
 public:
  explicit Processor(const Hd44780Controller::Glass& glass = {.columns = 16, .rows = 2}) : chip(glass) {
    now_ns = 15'000 * us;
  }

  Hd44780Controller chip;
  std::uint64_t now_ns;

  void instruction(unsigned byte) {
    send(false, byte);
    wait_us(byte == 1 || (byte & ~1U) == 2 ? 1520 : 37);
  }
  void data(unsigned byte) {
    send(true, byte);
    wait_us(41);
  }
  void data(const std::string& text) {
    for (const char c : text) data(static_cast<unsigned char>(c));
  }
  unsigned read_data() {
    const unsigned byte = receive(true);
    wait_us(41);
    return byte;
  }
  // Busy flag and address.
  unsigned status() { return receive(false); }

  void send(bool rs, unsigned byte) {
    if (chip.has_8_bit_interface()) return pulse(rs, byte);
    pulse(rs, byte & 0xF0);
    pulse(rs, byte << 4 & 0xF0);
  }
  unsigned receive(bool rs) {
    const unsigned first = read_pulse(rs);
    if (chip.has_8_bit_interface()) return first;
    return first | read_pulse(rs) >> 4;
  }
  void pulse(bool rs, unsigned db) {
    edge({.rs = rs, .rw = false, .e = true, .db = static_cast<std::uint8_t>(db)});
    edge({.rs = rs, .rw = false, .e = false, .db = static_cast<std::uint8_t>(db)});
  }
  unsigned read_pulse(bool rs) {
    edge({.rs = rs, .rw = true, .e = true});
    const auto [mask, levels] = chip.driven();
    EXPECT_EQ(mask, chip.has_8_bit_interface() ? 0xFF : 0xF0);
    edge({.rs = rs, .rw = true, .e = false});
    EXPECT_EQ(chip.driven().mask, 0);
    return levels;
  }
  void edge(const Hd44780Controller::Lines& lines) {
    now_ns += 500;
    chip.on_lines(lines, now_ns);
  }
  void wait_us(std::uint64_t duration) { now_ns += duration * us; }
};

// Table 6 and tables 7 to 12: two lines, on, forward.
Processor set_up(const Hd44780Controller::Glass& glass = {.columns = 16, .rows = 2}) {
  Processor p(glass);
  for (const unsigned byte : {0x38U, 0x0CU, 0x06U, 0x01U}) p.instruction(byte);
  return p;
}

// ---- the internal reset

TEST(Hd44780Controller, TheInternalResetTakes10MsAndSetsItUp) {
  Processor p;
  p.now_ns = 9'990 * us;
  EXPECT_EQ(p.status(), 0x80U);
  p.instruction(0x0C);  // lost
  p.now_ns = 10'000 * us;
  EXPECT_EQ(p.status(), 0x00U);
  EXPECT_TRUE(p.chip.has_8_bit_interface());
  EXPECT_FALSE(p.chip.is_on());
  EXPECT_FALSE(p.chip.cursor_on());
  EXPECT_FALSE(p.chip.blink_on());
  EXPECT_EQ(p.chip.line(0), std::string(16, ' '));
  p.data("AB");  // I/D = 1, S = 0
  EXPECT_EQ(p.chip.line(0), "AB              ");
  EXPECT_EQ(p.status(), 2U);
}

TEST(Hd44780Controller, PowerThatComesBackForgetsEverything) {
  Processor p = set_up();
  p.instruction(0x28);
  p.pulse(false, 0x80);  // half of something
  p.chip.power_on(p.now_ns);
  EXPECT_TRUE(p.chip.is_busy(p.now_ns + 9'999 * us));
  EXPECT_TRUE(p.chip.has_8_bit_interface());
  EXPECT_FALSE(p.chip.is_on());
}

// ---- instructions

TEST(Hd44780Controller, ClearDisplayFillsWithBlanksAndGoesBackToTheOriginalState) {
  Processor p = set_up();
  p.instruction(0x04);  // backwards
  p.instruction(0xC5);
  p.data("x");
  p.instruction(0x18);  // shifted
  p.send(false, 0x01);
  EXPECT_EQ(p.status(), 0x80U);
  p.wait_us(1515);
  EXPECT_EQ(p.status(), 0x80U);
  p.wait_us(5);
  EXPECT_EQ(p.status(), 0x00U);
  EXPECT_EQ(p.chip.line(1), std::string(16, ' '));
  p.data("ab");  // from the left, I/D = 1
  EXPECT_EQ(p.chip.line(0).substr(0, 3), "ab ");
}

TEST(Hd44780Controller, ClearDisplayKeepsTheShiftOfEntryMode) {
  Processor p = set_up();
  p.instruction(0x07);
  p.instruction(0x01);
  p.data("a");
  EXPECT_EQ(p.chip.line(0), std::string(16, ' '));  // shifted out
}

TEST(Hd44780Controller, ReturnHomeKeepsTheTextAndEndsTheShift) {
  for (const unsigned byte : {0x02U, 0x03U}) {
    Processor p = set_up();
    p.data("text");
    p.instruction(0x1C);
    EXPECT_EQ(p.chip.line(0).substr(0, 5), " text");
    p.send(false, byte);
    p.wait_us(1518);
    EXPECT_EQ(p.status() & 0x80U, 0x80U);
    p.wait_us(2);
    EXPECT_EQ(p.status(), 0x00U);
    EXPECT_EQ(p.chip.line(0).substr(0, 5), "text ");
  }
}

TEST(Hd44780Controller, EntryModeMovesTheAddressForwardsOrBackwards) {
  Processor p = set_up();
  p.instruction(0x84);
  p.instruction(0x04);
  p.data("abc");
  EXPECT_EQ(p.status(), 0x01U);
  EXPECT_EQ(p.chip.line(0).substr(0, 6), "  cba ");
}

TEST(Hd44780Controller, EntryModeShiftsTheDisplaySoThatTheCursorSeemsToStand) {
  Processor p = set_up();
  p.instruction(0x90);  // behind the glass
  p.instruction(0x07);
  p.data("abc");
  EXPECT_EQ(p.chip.line(0), "             abc");
  p.instruction(0x05);  // backwards: to the right
  p.data("d");
  EXPECT_EQ(p.chip.line(0), "              ab");
  p.instruction(0x06);
  p.instruction(0x07);
  p.instruction(0x40);  // CGRAM: no shift
  p.data(0x1F);
  p.instruction(0x80);
  p.read_data();  // nor when reading
  EXPECT_EQ(p.chip.line(0), "              ab");
}

TEST(Hd44780Controller, DisplayOnOffControl) {
  Processor p = set_up();
  for (unsigned bits = 0; bits < 8; ++bits) {
    p.instruction(0x08 | bits);
    EXPECT_EQ(p.chip.is_on(), (bits & 4) != 0);
    EXPECT_EQ(p.chip.cursor_on(), (bits & 2) != 0);
    EXPECT_EQ(p.chip.blink_on(), (bits & 1) != 0);
  }
}

// Table 7.
TEST(Hd44780Controller, CursorOrDisplayShift) {
  Processor p = set_up();
  p.data("abc");
  p.instruction(0x10);  // cursor left
  EXPECT_EQ(p.status(), 2U);
  p.instruction(0x14);  // cursor right
  EXPECT_EQ(p.status(), 3U);
  p.instruction(0x18);  // display left
  EXPECT_EQ(p.chip.line(0).substr(0, 3), "bc ");
  p.instruction(0x1C);  // display right
  p.instruction(0x1C);
  EXPECT_EQ(p.chip.line(0).substr(0, 5), " abc ");
  EXPECT_EQ(p.status(), 3U);  // the address counter stays
}

TEST(Hd44780Controller, TheCursorMovesToTheOtherLineBehindThe40thDigit) {
  Processor p = set_up();
  p.instruction(0xA7);
  p.instruction(0x14);
  EXPECT_EQ(p.status(), 0x40U);
  p.instruction(0xE7);
  p.instruction(0x14);
  EXPECT_EQ(p.status(), 0x00U);
  p.instruction(0x10);
  EXPECT_EQ(p.status(), 0x67U);
  p.instruction(0xC0);
  p.instruction(0x10);
  EXPECT_EQ(p.status(), 0x27U);
}

TEST(Hd44780Controller, AOneLineDisplayHas80DigitsInARow) {
  Processor p({.columns = 16, .rows = 2});
  p.instruction(0x30);
  p.instruction(0x0C);
  p.instruction(0xCF);
  p.data("z");
  EXPECT_EQ(p.status(), 0x00U);
  p.data("a");
  EXPECT_EQ(p.chip.line(0).substr(0, 2), "a ");
  EXPECT_EQ(p.chip.line(1), std::string(16, ' '));  // not driven
  p.instruction(0x1C);
  EXPECT_EQ(p.chip.line(0).substr(0, 3), "za ");
  p.instruction(0x80);
  p.instruction(0x10);
  EXPECT_EQ(p.status(), 0x4FU);
}

// Figures 4 to 6: what 2 lines show, also shifted.
TEST(Hd44780Controller, BothLinesShiftTogetherEachAroundItself) {
  Processor p = set_up();
  p.data("A");
  p.instruction(0xA7);
  p.data("Z");
  p.data("a");  // at 0x40
  p.instruction(0xE7);
  p.data("z");
  EXPECT_EQ(p.chip.line(0), "A               ");
  EXPECT_EQ(p.chip.line(1), "a               ");
  p.instruction(0x1C);
  EXPECT_EQ(p.chip.line(0), "ZA              ");
  EXPECT_EQ(p.chip.line(1), "za              ");
  for (int i = 0; i < 40; ++i) p.instruction(0x18);
  EXPECT_EQ(p.chip.line(0), "ZA              ");
}

TEST(Hd44780Controller, RowsThreeAndFourGoOnWhereTheFirstTwoEnd) {
  Processor p = set_up({.columns = 20, .rows = 4});
  const std::array<unsigned, 4> address{0x00, 0x40, 0x14, 0x54};
  for (unsigned row = 0; row < 4; ++row) {
    p.instruction(0x80 | address.at(row));
    p.data(std::string(20, static_cast<char>('a' + row)));
  }
  for (unsigned row = 0; row < 4; ++row)
    EXPECT_EQ(p.chip.line(row), std::string(20, static_cast<char>('a' + row)));
}

TEST(Hd44780Controller, AddressesWithoutMemoryKeepNothing) {
  Processor p = set_up();
  p.instruction(0xA8);
  p.data("x");
  EXPECT_EQ(p.status(), 0x29U);
  p.instruction(0xA8);
  EXPECT_EQ(p.read_data(), 0xFFU);
  for (unsigned place = 0; place < 40; ++place) {
    p.instruction(0x18);
    EXPECT_EQ(p.chip.line(0), std::string(16, ' '));
  }
}

TEST(Hd44780Controller, TheCursorIsAtTheAddress) {
  Processor p = set_up();
  p.instruction(0xC3);
  EXPECT_TRUE(p.chip.is_cursor_at(1, 3));
  EXPECT_FALSE(p.chip.is_cursor_at(0, 3));
  p.instruction(0x18);
  EXPECT_TRUE(p.chip.is_cursor_at(1, 2));
  p.instruction(0x43);
  EXPECT_FALSE(p.chip.is_cursor_at(1, 2));
}

// ---- characters a program draws: table 5

TEST(Hd44780Controller, DrawnCharactersAreInTheCgram) {
  Processor p = set_up();
  p.instruction(0x48);  // character 1
  const std::array<std::uint8_t, 8> letter_r{0b11110, 0b10001, 0b10001, 0b11110,
                                             0b10100, 0b10010, 0b10001, 0};
  for (const unsigned row : letter_r) p.data(row | 0xE0);  // the upper three bits are not used
  EXPECT_EQ(p.chip.drawn(1), letter_r);
  EXPECT_EQ(p.status(), 0x10U);  // a six-bit address
  p.instruction(0x7F);
  p.data(0x15);
  EXPECT_EQ(p.status(), 0x00U);
  EXPECT_EQ(p.chip.drawn(7)[7], 0x15);
  p.instruction(0x4A);
  EXPECT_EQ(p.read_data(), 0xF1U);
  p.instruction(0x80);
  p.data(std::string("\x01\x09", 2));
  EXPECT_EQ(p.chip.line(0).substr(0, 6), "①①");
}

TEST(Hd44780Controller, ATallCharacterHasTwoNumbersAndOnlyInOneLine) {
  Processor p;
  p.instruction(0x34);
  p.data(std::string("\x02\x03", 2));
  EXPECT_EQ(p.chip.line(0).substr(0, 6), "②②");
  p.instruction(0x3C);  // table 8: with two lines F does not matter
  EXPECT_EQ(p.chip.line(0).substr(0, 6), "②③");
}

// ---- reading

TEST(Hd44780Controller, ReadsDataFromTheAddressThatWasSet) {
  Processor p = set_up();
  p.data("abc");
  p.instruction(0x80);
  EXPECT_EQ(p.read_data(), unsigned{'a'});
  EXPECT_EQ(p.read_data(), unsigned{'b'});
  EXPECT_EQ(p.status(), 0x02U);
  p.instruction(0x10);  // the cursor moved: no address set needed
  EXPECT_EQ(p.read_data(), unsigned{'b'});
  EXPECT_EQ(p.read_data(), unsigned{'c'});
}

TEST(Hd44780Controller, DataReadRightAfterAWriteIsNotThatOfTheAddress) {
  Processor p = set_up();
  p.data("abc");
  p.instruction(0x80);
  p.data("x");
  EXPECT_EQ(p.read_data(), unsigned{'x'});  // invalid
  EXPECT_EQ(p.read_data(), unsigned{'c'});
}

TEST(Hd44780Controller, TheBusyFlagIsSetFor37UsAndTheAddressCountsAfterT_ADD) {
  Processor p = set_up();
  p.send(true, 'a');
  const std::uint64_t written = p.now_ns;
  const auto status_at = [&](std::uint64_t after_ns) {
    p.now_ns = written + after_ns - 500;  // E rises 500 ns later
    return p.status();
  };
  EXPECT_EQ(status_at(36'999), 0x80U);
  EXPECT_EQ(status_at(39'000), 0x00U);  // figure 10: not busy, still the old address
  EXPECT_EQ(status_at(41'000), 0x01U);
  p.instruction(0x80);
  p.receive(true);
  EXPECT_EQ(p.status(), 0x80U);  // reading data takes time too
}

TEST(Hd44780Controller, EveryOtherInstructionTakes37Us) {
  for (const unsigned byte : {0x06U, 0x0CU, 0x14U, 0x18U, 0x38U, 0x40U, 0x80U}) {
    Processor p = set_up();
    p.send(false, byte);
    const std::uint64_t sent = p.now_ns;
    EXPECT_TRUE(p.chip.is_busy(sent + 36'999)) << byte;
    EXPECT_FALSE(p.chip.is_busy(sent + 37'000)) << byte;
  }
}

TEST(Hd44780Controller, WhatComesWhileItIsBusyIsLost) {
  Processor p = set_up();
  p.send(true, 'a');
  p.wait_us(30);
  p.send(true, 'b');
  p.send(false, 0x01);
  p.wait_us(10);
  p.data("c");
  EXPECT_EQ(p.chip.line(0).substr(0, 3), "ac ");
  p.send(true, 'd');
  EXPECT_EQ(p.receive(true), unsigned{'d'});  // read, but it does not count
  p.wait_us(50);
  EXPECT_EQ(p.status(), 3U);
}

// ---- the interface

TEST(Hd44780Controller, FourBitInterfaceTakesTheUpperHalfFirst) {
  Processor p;
  p.pulse(false, 0x20);  // still one write
  EXPECT_FALSE(p.chip.has_8_bit_interface());
  p.wait_us(37);
  for (const unsigned byte : {0x28U, 0x0CU, 0x06U, 0x01U}) p.instruction(byte);
  p.data("4 bit");
  EXPECT_EQ(p.chip.line(0).substr(0, 6), "4 bit ");
  EXPECT_EQ(p.status(), 5U);
  p.instruction(0xC2);
  EXPECT_EQ(p.status(), 0x42U);
  p.instruction(0x81);
  EXPECT_EQ(p.read_data(), unsigned{' '});
  EXPECT_EQ(p.read_data(), unsigned{'b'});
  p.send(true, 'x');
  EXPECT_EQ(p.status(), 0x80U | 3U);  // the busy flag comes with the first half
}

TEST(Hd44780Controller, InFourBitsATransferThatBeganWhileItWasBusyIsLostWhole) {
  Processor p = set_up();
  p.instruction(0x28);
  p.send(true, 'a');
  p.wait_us(36);
  p.pulse(true, 0x60);
  p.wait_us(10);
  p.pulse(true, 0x20);
  p.wait_us(50);
  p.data("c");
  EXPECT_EQ(p.chip.line(0).substr(0, 3), "ac ");
}

// Figure 24, begun in whatever state the interface is.
TEST(Hd44780Controller, InitialisingByInstructionWorksFromAnyState) {
  for (int state = 0; state < 18; ++state) {
    Processor p;
    p.instruction(0x38);
    if (state > 0) p.instruction(0x28);
    if (state > 1) p.pulse(false, static_cast<unsigned>(state - 2) << 4);  // half of something
    p.wait_us(40'000);
    p.pulse(false, 0x30);
    p.wait_us(4'100);
    p.pulse(false, 0x30);
    p.wait_us(100);
    p.pulse(false, 0x30);
    p.wait_us(37);
    p.pulse(false, 0x20);
    p.wait_us(37);
    for (const unsigned byte : {0x28U, 0x08U, 0x01U, 0x06U, 0x0EU}) p.instruction(byte);
    p.data("ok");
    EXPECT_EQ(p.chip.line(0).substr(0, 3), "ok ") << state;
    EXPECT_TRUE(p.chip.is_on());
    EXPECT_TRUE(p.chip.cursor_on());
  }
}

TEST(Hd44780Controller, WhatIsWrittenIsWhatTheLinesHadBeforeEFell) {
  Processor p = set_up();
  p.edge({.rs = true, .e = true, .db = 'x'});
  p.edge({.rs = true, .e = true, .db = 'a'});
  p.edge({.rs = false, .e = false, .db = 'y'});
  EXPECT_EQ(p.chip.line(0).substr(0, 2), "a ");
}

TEST(Hd44780Controller, DrivesTheDataOnlyWhileItIsRead) {
  Processor p = set_up();
  p.edge({.rs = false, .rw = true, .e = false});
  EXPECT_EQ(p.chip.driven().mask, 0);
  p.edge({.rs = false, .rw = true, .e = true});
  EXPECT_EQ(p.chip.driven().mask, 0xFF);
  p.edge({.rs = false, .rw = false, .e = true});
  EXPECT_EQ(p.chip.driven().mask, 0);
}

// ---- the ROM: table 4

TEST(Hd44780Rom, HasTheCharactersOfTable4) {
  struct Row {
    unsigned code;
    const char* text;
  };
  for (const Row& row : std::initializer_list<Row>{
           {0x00, "⓪"}, {0x0F, "⑦"}, {0x10, " "}, {0x20, " "}, {0x30, "0"}, {0x41, "A"},  {0x5B, "["},
           {0x5C, "¥"}, {0x5D, "]"}, {0x7A, "z"}, {0x7D, "}"}, {0x7E, "→"}, {0x7F, "←"},  {0x80, " "},
           {0xA1, "｡"}, {0xA6, "ｦ"}, {0xB0, "ｰ"}, {0xB1, "ｱ"}, {0xDD, "ﾝ"}, {0xDE, "ﾞ"},  {0xDF, "°"},
           {0xE0, "α"}, {0xE1, "ä"}, {0xE2, "β"}, {0xE4, "μ"}, {0xE8, "√"}, {0xEF, "ö"},  {0xF2, "θ"},
           {0xF3, "∞"}, {0xF4, "Ω"}, {0xF5, "ü"}, {0xF6, "Σ"}, {0xF7, "π"}, {0xFA, "千"}, {0xFC, "円"},
           {0xFD, "÷"}, {0xFF, "█"}})
    EXPECT_EQ(sim::hd44780_character(static_cast<std::uint8_t>(row.code)), row.text) << std::hex << row.code;
  for (unsigned code = 0; code < 0x100; ++code)
    EXPECT_FALSE(sim::hd44780_character(static_cast<std::uint8_t>(code)).empty()) << std::hex << code;
}

}  // namespace
