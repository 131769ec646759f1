// sigrok-cli, which nobody here wrote, reads our .vcd: the bytes it decodes are those of the trace.
#include <algorithm>
#include <cstdio>
#include <sstream>

#include "made_trace.hpp"
#include "model/bus_script.hpp"
#include "program.hpp"

namespace {

using trace_script::Format;
using trace_script::I2cScript;
using trace_script::Script;
using trace_script::UartScript;

std::string hex(unsigned byte) {
  char text[8];
  std::snprintf(text, sizeof text, "%02X", byte);
  return text;
}

// Bytes of every kind, the same each time.
std::vector<unsigned> some_bytes(std::size_t count, unsigned mask) {
  std::vector<unsigned> bytes{0x00, 0xff & mask, 0x55 & mask, 0xaa & mask, 0x01, 0x80 & mask};
  unsigned state = 1;
  while (bytes.size() < count) {
    state = state * 1'664'525 + 1'013'904'223;
    bytes.push_back(state >> 24 & mask);
  }
  return bytes;
}

class Sigrok : public program::Test {
 protected:
  void SetUp() override {
    if (program::shell("command -v sigrok-cli", folder_).status != 0)
      GTEST_SKIP()
          << "SKIPPED: sigrok-cli is not installed (apt-get install sigrok-cli), our .vcd was NOT decoded";
  }
  // What the decoder says of the trace, a line each.
  std::vector<std::string> decoded(Script& script, const std::string& decoder,
                                   const std::string& annotations) {
    script.at_ns(script.now_ns() + 2'000'000).stop(trace::Stop::time_up);
    made_trace::write(folder_ / "t.cstrace", script);
    const program::Output made = coroscope("trace t.cstrace --to vcd -o t.vcd");
    EXPECT_EQ(made.err, "");
    return decoded_file("t.vcd", decoder, annotations);
  }
  std::vector<std::string> decoded_file(const std::string& file, const std::string& decoder,
                                        const std::string& annotations) const {
    const program::Output output =
        program::shell("sigrok-cli -i " + file + " -P " + decoder + " -A " + annotations, folder_);
    EXPECT_EQ(output.status, 0) << output.err;
    EXPECT_EQ(output.err, "");
    std::vector<std::string> lines;
    std::istringstream text(output.out);
    for (std::string line; std::getline(text, line);) lines.push_back(line.substr(line.find(": ") + 2));
    return lines;
  }
  // Bytes with and without pauses between them, beginning at no even microsecond.
  std::vector<std::string> uart(std::uint32_t baud, Format format, const std::string& options, bool send,
                                const std::vector<unsigned>& bytes) {
    Script script;
    script.at_ns(1'000'333);
    UartScript uart(script, 0, baud, format);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (i % 7 == 3) uart.pause_us(37);
      if (send) uart.send(bytes[i]);
      if (!send) uart.receive(bytes[i]);
    }
    return decoded(script,
                   std::string("uart:rx=") + (send ? "uart0_tx" : "uart0_rx") +
                       ":baudrate=" + std::to_string(baud) + options,
                   "uart=rx-data:rx-warnings:rx-parity-err:rx-break");
  }
  static std::vector<std::string> as_hex(const std::vector<unsigned>& bytes) {
    std::vector<std::string> lines;
    std::transform(bytes.begin(), bytes.end(), std::back_inserter(lines), hex);
    return lines;
  }
};

TEST_F(Sigrok, Uart8N1) {
  const auto bytes = some_bytes(300, 0xff);
  for (const std::uint32_t baud : {9600U, 115'200U, 230'400U}) {
    EXPECT_EQ(uart(baud, {8, 0, 1}, "", true, bytes), as_hex(bytes)) << baud;
    EXPECT_EQ(uart(baud, {8, 0, 1}, "", false, bytes), as_hex(bytes)) << baud;
  }
}

TEST_F(Sigrok, Uart7E2) {
  const auto bytes = some_bytes(300, 0x7f);
  for (const std::uint32_t baud : {9600U, 115'200U})
    EXPECT_EQ(uart(baud, {7, 1, 2}, ":data_bits=7:parity=even", true, bytes), as_hex(bytes)) << baud;
}

TEST_F(Sigrok, Uart5O1) {
  const auto bytes = some_bytes(60, 0x1f);
  auto expected = as_hex(bytes);
  EXPECT_EQ(uart(1200, {5, 2, 1}, ":data_bits=5:parity=odd", true, bytes), expected);
}

// Too fast for steps of 1 us: the file has finer ones.
TEST_F(Sigrok, FastUart) {
  const auto bytes = some_bytes(300, 0xff);
  EXPECT_EQ(uart(921'600, {8, 0, 1}, "", true, bytes), as_hex(bytes));
}

TEST_F(Sigrok, UartErrorsAreSeenByOthersToo) {
  Script script;
  script.at(1000);
  UartScript uart(script, 1, 9600, {8, 1, 1});
  uart.receive(0x41).pause_us(300);
  uart.receive(0x42).error(trace::UartError::parity, 0x42).pause_us(300);
  uart.receive(0x43).error(trace::UartError::framing, 0x43).pause_us(300);
  uart.receive(0x44).error(trace::UartError::overrun, 0x44);
  EXPECT_EQ(
      decoded(script, "uart:rx=uart1_rx:baudrate=9600:parity=even", "uart=rx-data:rx-warnings:rx-parity-err"),
      (std::vector<std::string>{"41", "42", "Parity error", "43", "Frame error", "44"}));
}

TEST_F(Sigrok, UartBreak) {
  Script script;
  script.at(1000);
  UartScript uart(script, 0, 9600);
  uart.send(0x41).send(trace::uart_break).pause_us(300).send(0x42);
  const auto lines = decoded(script, "uart:rx=uart0_tx:baudrate=9600", "uart=rx-data:rx-break");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "Break condition"), 1);
  EXPECT_EQ(lines.front(), "41");
  EXPECT_EQ(lines.back(), "42");
}

const char* const all_of_i2c =
    "i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write";

class SigrokI2c : public Sigrok, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(SigrokI2c, WriteReadRepeatedStartAndNack) {
  Script script;
  script.at_ns(1'000'333);
  I2cScript bus(script, 0, GetParam());
  std::vector<std::string> expected;
  const auto say = [&](std::initializer_list<std::string> lines) {
    expected.insert(expected.end(), lines.begin(), lines.end());
  };
  const auto bytes = some_bytes(40, 0xff);
  // A write, with the clock stretched between two bytes.
  bus.start(0x76, false);
  say({"Start", "Write", "Address write: 76", "ACK"});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 3) bus.pause_us(120);
    bus.write(bytes[i]);
    say({"Data write: " + hex(bytes[i]), "ACK"});
  }
  bus.stop();
  say({"Stop"});
  // At once another: a register's number, and a read with a repeated start. The last byte is not
  // acknowledged.
  bus.start(0x76, false).write(0xd0).start(0x76, true);
  say({"Start", "Write", "Address write: 76", "ACK", "Data write: D0", "ACK"});
  say({"Start repeat", "Read", "Address read: 76", "ACK"});
  for (const unsigned byte : bytes) {
    bus.read(byte);
    say({"Data read: " + hex(byte), "ACK"});
  }
  bus.read(0x58, true).stop().pause_us(77);
  say({"Data read: 58", "NACK", "Stop"});
  // Nobody there; and one that does not take a byte.
  bus.start(0x21, false, true).error(trace::I2cError::nobody, 0x21).stop();
  say({"Start", "Write", "Address write: 21", "NACK", "Stop"});
  bus.start(0x40, false).write(0xe3, true).error(trace::I2cError::data, 0x40).stop();
  say({"Start", "Write", "Address write: 40", "ACK", "Data write: E3", "NACK", "Stop"});
  EXPECT_EQ(decoded(script, "i2c:scl=i2c0_scl:sda=i2c0_sda", all_of_i2c), expected);
}

INSTANTIATE_TEST_SUITE_P(Frequencies, SigrokI2c, testing::Values(100'000U, 400'000U, 1'000'000U, 10'000U));

// Both at once, as a lesson has them: what goes over one wire does not disturb another.
TEST_F(Sigrok, UartAndI2cSideBySide) {
  Script i2c_script;
  I2cScript bus(i2c_script.at(1000), 0, 100'000);
  Script uart_script;
  UartScript uart(uart_script.at(1013), 0, 9600);
  const std::string text = "23.5 C\r\n";
  for (const char c : text) uart.send(static_cast<unsigned char>(c));
  std::vector<std::string> expected;
  for (unsigned i = 0; i < 20; ++i) {
    bus.start(0x76, false).write(i).stop();
    for (const std::string& line :
         {std::string("Start"), std::string("Write"), std::string("Address write: 76"), std::string("ACK"),
          "Data write: " + hex(i), std::string("ACK"), std::string("Stop")})
      expected.push_back(line);
  }
  // In the order of time, as a board writes them.
  std::vector<trace::Record> records = i2c_script.records();
  records.insert(records.end(), uart_script.records().begin(), uart_script.records().end());
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
  Script both;
  for (const trace::Record& r : records)
    both.at_ns(r.time_ns).add(r.kind, r.task, r.object, r.site, r.reason, r.extra);
  EXPECT_EQ(decoded(both, "i2c:scl=i2c0_scl:sda=i2c0_sda", all_of_i2c), expected);
  const program::Output output =
      program::shell("sigrok-cli -i t.vcd -P uart:rx=uart0_tx:baudrate=9600 -B uart=rx", folder_);
  EXPECT_EQ(output.out, text);
}

// --- What lessons send, over the simulated wires

TEST_F(Sigrok, TheUartLessonsBytesAreThoseItSends) {
  ASSERT_EQ(coroscope("run 06-uart --for 1200ms --trace u.vcd").status, 0);
  std::vector<std::string> expected;
  for (int number = 1; number <= 3; ++number) {
    for (const char c : "message " + std::to_string(number) + " from pin 4\n")
      expected.push_back(hex(static_cast<unsigned char>(c)));
  }
  for (const char* const line : {"uart1_tx", "uart1_rx"}) {
    EXPECT_EQ(decoded_file("u.vcd", std::string("uart:rx=") + line + ":baudrate=9600",
                           "uart=rx-data:rx-warnings:rx-break"),
              expected)
        << line;
  }
}

TEST_F(Sigrok, TheBmp280LessonsTransfersAreThoseOfItsTrace) {
  ASSERT_EQ(coroscope("run 07-bmp280 --for 10s --input warm.json --trace b.cstrace").status, 0);
  ASSERT_EQ(coroscope("run 07-bmp280 --for 10s --input warm.json --trace b.vcd").status, 0);
  auto reader = model::CstraceReader::open(folder_ / "b.cstrace");
  ASSERT_TRUE(reader);
  std::vector<std::string> expected;
  bool held = false;
  const auto say = [&](const std::string& line, bool nack) {
    expected.push_back(line);
    expected.emplace_back(nack ? "NACK" : "ACK");
  };
  for (auto records = reader->read(1024); !records.empty(); records = reader->read(1024)) {
    for (const trace::Record& record : records) {
      const bool nack = (record.extra & trace::i2c_nack) != 0;
      const unsigned byte = record.extra & 0xff;
      if (record.kind == trace::Kind::i2c_start) {
        expected.emplace_back(held ? "Start repeat" : "Start");
        expected.emplace_back((byte & 1) != 0 ? "Read" : "Write");
        say(((byte & 1) != 0 ? "Address read: " : "Address write: ") + hex(byte >> 1), nack);
        held = true;
      } else if (record.kind == trace::Kind::i2c_write) {
        say("Data write: " + hex(byte), nack);
      } else if (record.kind == trace::Kind::i2c_read) {
        say("Data read: " + hex(byte), nack);
      } else if (record.kind == trace::Kind::i2c_stop) {
        expected.emplace_back("Stop");
        held = false;
      }
    }
  }
  EXPECT_GT(expected.size(), 500U);
  EXPECT_EQ(decoded_file("b.vcd", "i2c:scl=i2c0_scl:sda=i2c0_sda", all_of_i2c), expected);
}

}  // namespace
