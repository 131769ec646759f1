// A serial line by itself: what the sender puts on it, and what a receiver makes of any edges.
#include "bus/serial_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mcu/board.hpp"
#include "uart_wire.hpp"

namespace {

using sim::board;
using sim::SerialByte;
using sim::SerialFormat;
using sim::SerialFrame;
using sim::SerialReceiver;
using sim::SerialSender;
using sim::Terminal;
using Parity = SerialFormat::Parity;

constexpr std::uint64_t bit_ns = 100'000;

SerialFormat format_of(unsigned bits, Parity parity, unsigned stop) {
  SerialFormat format;
  format.baud = 10'000;
  format.bits = bits;
  format.parity = parity;
  format.stop = stop;
  return format;
}

// A receiver whose line the test moves, on the board that all tests share: its time goes on.
struct Ear {
  explicit Ear(const SerialFormat& format = format_of(8, Parity::none, 1), bool high = true) {
    receiver.listen(format, high);
  }
  // The line changes now and stays for so many tenths of a bit.
  void hold(bool high, unsigned tenths) {
    receiver.look(high);
    board.cpu().wait_until(board.now_ns() + tenths * bit_ns / 10);
  }
  // From bit to bit: "0 1 0".
  void levels(std::string_view bits) {
    for (const char bit : bits) hold(bit == '1', 10);
  }
  std::string heard() const {
    std::string text;
    for (const SerialByte& byte : bytes) {
      text += (text.empty() ? "" : " ") + std::to_string(byte.byte);
      if (byte.framing_error) text += "-framing";
      if (byte.parity_error) text += "-parity";
      if (byte.line_break) text += "-break";
    }
    return text;
  }
  std::vector<SerialByte> bytes;
  SerialReceiver receiver{[this](const SerialByte& byte) { bytes.push_back(byte); }};
};

TEST(SerialReceiver, TakesTheMiddleOfEachBit) {
  Ear ear;
  const std::uint64_t began_ns = board.now_ns();
  ear.levels("0101000001");  // start, 1010 0000 from the lowest on, stop
  ear.hold(true, 20);
  EXPECT_EQ(ear.heard(), "5");
  EXPECT_EQ(ear.bytes[0].begin_ns, began_ns);
}

TEST(SerialReceiver, APulseBetweenTheMiddlesIsNotSeen) {
  Ear ear;
  ear.hold(false, 11);
  ear.hold(true, 2);
  ear.hold(false, 77);
  ear.hold(true, 30);  // the stop bit
  EXPECT_EQ(ear.heard(), "0");
}

TEST(SerialReceiver, APulseShorterThanHalfABitIsNoStartBit) {
  Ear ear;
  ear.hold(false, 4);
  ear.hold(true, 100);
  EXPECT_EQ(ear.heard(), "");
  ear.levels("0111111111");
  EXPECT_EQ(ear.heard(), "255");
}

TEST(SerialReceiver, TheNextStartBitMayComeInTheSecondHalfOfTheStopBit) {
  Ear ear;
  for (int i = 0; i < 3; ++i) {
    ear.levels("011111111");
    ear.hold(true, 6);
  }
  EXPECT_EQ(ear.heard(), "255 255 255");
}

TEST(SerialReceiver, WithoutAStopBitItWaitsForTheLineToRise) {
  Ear ear;
  ear.levels("01000000000");  // eleven bits, the last two where the stop bit should be
  ear.hold(true, 10);
  ear.levels("0100000001");
  EXPECT_EQ(ear.heard(), "1-framing 1");
}

TEST(SerialReceiver, ALowByteWhoseStopBitComesLateIsAFramingError) {
  Ear ear;
  ear.hold(false, 98);  // it rises within the stop bit, after its middle
  ear.hold(true, 20);
  EXPECT_EQ(ear.heard(), "0-framing");
}

TEST(SerialReceiver, ALineThatStaysLowIsOneBreak) {
  Ear ear;
  ear.hold(false, 500);
  ear.hold(true, 10);
  ear.levels("0100000001");
  EXPECT_EQ(ear.heard(), "0-break 1");
}

TEST(SerialReceiver, ALineThatIsLowWhenItBeginsIsTakenForAStartBit) {
  Ear ear(format_of(8, Parity::none, 1), false);
  ear.hold(false, 500);
  EXPECT_EQ(ear.heard(), "0-break");
}

TEST(SerialReceiver, ParityIsOfTheDataBits) {
  Ear even(format_of(7, Parity::even, 1));
  even.levels("0100000011");  // 1 and the parity bit 1
  even.hold(true, 10);
  even.levels("0100000001");
  even.hold(true, 10);
  EXPECT_EQ(even.heard(), "1 1-parity");
  Ear odd(format_of(7, Parity::odd, 1));
  odd.levels("0100000001");
  odd.hold(true, 10);
  odd.levels("0110000011");
  odd.hold(true, 10);
  EXPECT_EQ(odd.heard(), "1 3");
}

TEST(SerialReceiver, ADeafOneHearsNothing) {
  Ear ear;
  ear.hold(false, 10);
  ear.receiver.deafen();
  ear.levels("1111111110000000001");
  EXPECT_EQ(ear.heard(), "");
}

// Both ends on one wire.
struct Line : sim::NetListener {
  explicit Line(const SerialFormat& format) {
    board.wiring().join(a, b);
    sender.set_format(format);
    ear.receiver.listen(format, b.is_high());
  }
  void on_change(Terminal& terminal) override { ear.receiver.look(terminal.is_high()); }
  void finish() const { board.cpu().wait_until(sender.sent_ns() + 20 * bit_ns); }
  Ear ear;
  Terminal a;
  Terminal b{*this};
  SerialSender sender{a};
};

TEST(SerialSender, KeepsTheLineHighAndSendsInOrder) {
  Line line(format_of(8, Parity::even, 2));
  EXPECT_TRUE(line.b.is_high());
  const std::uint64_t now = board.now_ns();
  EXPECT_EQ(line.sender.sent_ns(), now);
  line.sender.send("\x01\x02");
  line.sender.send("\x03");
  EXPECT_TRUE(line.sender.is_busy());
  EXPECT_EQ(line.sender.sent_ns(), now + 3 * 12 * bit_ns);
  line.finish();
  EXPECT_FALSE(line.sender.is_busy());
  EXPECT_EQ(line.ear.heard(), "1 2 3");
}

TEST(SerialSender, SendsBytesThatAreBroken) {
  Line line(format_of(8, Parity::odd, 1));
  line.sender.send("\x0f", SerialFrame::Kind::without_stop);
  line.sender.send("\x10");
  line.sender.send("\x1f", SerialFrame::Kind::wrong_parity);
  line.sender.send_break();
  line.sender.send("\x20");
  line.finish();
  EXPECT_EQ(line.ear.heard(), "15-framing 16 31-parity 0-break 32");
}

TEST(SerialSender, FiveBitsAreTheLowestOfAByte) {
  Line line(format_of(5, Parity::none, 1));
  line.sender.send("\xff\xe5");
  line.finish();
  EXPECT_EQ(line.ear.heard(), "31 5");
}

TEST(SerialFormat, TimesAreRoundedFromTheBeginningOfTheFrame) {
  SerialFormat format;
  format.baud = 115'200;
  EXPECT_EQ(format.begin_ns(1), 8681U);
  EXPECT_EQ(format.begin_ns(3), 26'042U);
  EXPECT_EQ(format.middle_ns(9), 82'465U);
  EXPECT_EQ(format.length(), 10U);
  format.parity = Parity::even;
  format.stop = 2;
  EXPECT_EQ(format.first_stop(), 10U);
  EXPECT_EQ(format.length(), 12U);
}

}  // namespace
