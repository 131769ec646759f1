// Bytes on a UART or an I2C bus, put together again.
#include "model/transfer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bus_script.hpp"

namespace {

using model::Transfer;
using trace_script::I2cScript;
using trace_script::Kind;
using trace_script::Script;
using trace_script::UartScript;

std::vector<Transfer> transfers_of(const Script& script) {
  std::vector<Transfer> all;
  model::State state;
  model::Transfers transfers;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    const std::vector<Transfer>& complete = transfers.apply(state.record(), state);
    all.insert(all.end(), complete.begin(), complete.end());
  }
  state.finish();
  const std::vector<Transfer>& rest = transfers.finish(state);
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

std::vector<std::string> texts_of(const Script& script) {
  std::vector<std::string> texts;
  for (const Transfer& transfer : transfers_of(script)) texts.push_back(transfer.text);
  return texts;
}

using Texts = std::vector<std::string>;

void send(UartScript& uart, const std::string& text) {
  for (const char c : text) uart.send(static_cast<unsigned char>(c));
}

TEST(UartTransfer, LastsUntilAPause) {
  Script s;
  UartScript uart(s, 0, 9600);
  s.at(1000);
  send(uart, "hello");
  uart.pause_us(500);  // half a byte
  send(uart, " you");
  uart.pause_us(3000);
  send(uart, "there");
  s.at(100'000).add(Kind::pin, 0);
  EXPECT_EQ(texts_of(s), (Texts{"uart0 sent \"hello you\"", "uart0 sent \"there\""}));
  const Transfer first = transfers_of(s).front();
  EXPECT_EQ(first.kind, Transfer::Kind::uart_sent);
  EXPECT_EQ(first.begin_ns, 1'000'000U);
  EXPECT_NEAR(static_cast<double>(first.end_ns), 1e6 + 9 * 10 * 1e9 / 9600 + 500'000, 1000);
}

TEST(UartTransfer, EndsWithALineAndAfter64Bytes) {
  Script s;
  UartScript uart(s, 1, 115'200);
  send(uart, "AT\r\nOK\r\n" + std::string(70, 'x'));
  s.at(100'000).add(Kind::pin, 0);
  EXPECT_EQ(texts_of(s), (Texts{"uart1 sent \"AT\\r\\n\"", "uart1 sent \"OK\\r\\n\"",
                                "uart1 sent \"" + std::string(64, 'x') + '"', "uart1 sent \"xxxxxx\""}));
}

TEST(UartTransfer, BothDirectionsAtOnceAndBytesThatAreNoText) {
  Script s;
  UartScript uart(s, 0, 9600);
  uart.send('a');
  s.at(100).add(Kind::uart_rx, 0, 0, 0, 0, 0x02);
  s.at(2000).add(Kind::uart_rx, 0, 0, 0, 0, 0xff);
  s.at(100'000).add(Kind::pin, 0);
  EXPECT_EQ(texts_of(s), (Texts{"uart0 sent \"a\"", "uart0 received 02 ff"}));
}

// A received byte may be recorded when it is complete, with the time since it began.
TEST(UartTransfer, AReceivedByteBeganBefore) {
  Script s;
  UartScript uart(s, 0, 9600);
  s.at(5000).add(Kind::uart_rx, 1'000'000, 0, 0, 0, 'x');
  s.at(100'000).add(Kind::pin, 0);
  ASSERT_EQ(transfers_of(s).size(), 1U);
  EXPECT_EQ(transfers_of(s)[0].begin_ns, 4'000'000U);
}

TEST(UartTransfer, ABreakIsOneOfItsOwn) {
  Script s;
  UartScript uart(s, 0, 9600);
  uart.send('a').send(trace::uart_break).send('b');
  EXPECT_EQ(texts_of(s), (Texts{"uart0 sent \"a\"", "uart0 sent a break", "uart0 sent \"b\""}));
}

TEST(UartTransfer, IsCutOffByAReset) {
  Script s;
  UartScript uart(s, 0, 9600);
  uart.send('a');
  s.at(200).reset(3);
  ASSERT_EQ(transfers_of(s).size(), 1U);
  EXPECT_EQ(transfers_of(s)[0].end_ns, 200'000U);
}

TEST(I2cTransfer, WriteReadAndBoth) {
  Script s;
  I2cScript i2c(s, 1, 400'000);
  i2c.start(0x76, false).write(0xf4).write(0x27).stop();
  i2c.start(0x76, true).read(0x12).read(0x34, true).stop();
  i2c.start(0x76, false).write(0xd0).start(0x76, true).read(0x58, true).stop();
  i2c.start(0x40, false).stop();
  EXPECT_EQ(texts_of(s), (Texts{"i2c1 wrote 0x76: f4 27", "i2c1 read 0x76: 12 34",
                                "i2c1 0x76: wrote d0, read 58", "i2c1 0x40 acknowledges"}));
  EXPECT_EQ(transfers_of(s)[0].kind, Transfer::Kind::i2c);
}

TEST(I2cTransfer, OfManyBytesTheFirstAreShown) {
  Script s;
  I2cScript i2c(s, 0, 400'000);
  i2c.start(0x76, true);
  for (unsigned i = 0; i < 24; ++i) i2c.read(i);
  i2c.stop();
  EXPECT_EQ(texts_of(s),
            (Texts{"i2c0 read 0x76: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f … (24 bytes)"}));
}

TEST(I2cTransfer, NobodyThere) {
  Script s;
  I2cScript i2c(s, 0, 400'000);
  i2c.start(0x76, false, true).error(trace::I2cError::nobody, 0x76).stop();
  i2c.start(0x40, false).write(0xe3).start(0x40, true, true).error(trace::I2cError::nobody, 0x40).stop();
  EXPECT_EQ(texts_of(s),
            (Texts{"i2c0 0x76: nobody acknowledges", "i2c0 0x40: wrote e3, nobody acknowledges"}));
  EXPECT_EQ(transfers_of(s)[0].kind, Transfer::Kind::i2c_nobody);
  EXPECT_EQ(transfers_of(s)[0].address, 0x76U);
  EXPECT_EQ(transfers_of(s)[1].kind, Transfer::Kind::i2c_failed);
}

TEST(I2cTransfer, Failures) {
  Script s;
  I2cScript i2c(s, 0, 400'000);
  i2c.start(0x76, false).write(0xf4).write(0x27, true).error(trace::I2cError::data, 0x76).stop();
  i2c.start(0x40, false).write(0xe3).error(trace::I2cError::stretched, 0x40).stop();
  i2c.start(0x40, false).error(trace::I2cError::stretched, 0x40).stop();
  i2c.error(trace::I2cError::stuck, 0x76, 25'000);
  i2c.start(0x76, false).stop();
  EXPECT_EQ(texts_of(s), (Texts{"i2c0 0x76: wrote f4 27, the last byte is not acknowledged",
                                "i2c0 0x40: wrote e3, holds the clock low for too long",
                                "i2c0 0x40: holds the clock low for too long", "i2c0 is stuck: SDA stays low",
                                "i2c0 0x76 acknowledges"}));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(transfers_of(s)[i].kind, Transfer::Kind::i2c_failed);
}

TEST(I2cTransfer, AStopAloneIsNothing) {
  Script s;
  I2cScript i2c(s, 0, 400'000);
  i2c.stop();
  EXPECT_TRUE(transfers_of(s).empty());
}

}  // namespace
