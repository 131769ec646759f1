// What goes wrong on purpose: each fault gives the driver an error it can catch, and the trace the reason.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using recording::Recording;
using recording::run;
using sim::board;
using trace::I2cError;
using trace::Kind;
using trace::UartError;

constexpr std::uint64_t ms = 1'000'000;

const char* const sensor = R"({"parts": [
  {"type": "wokwi-pi-pico", "id": "pico"}, {"type": "coroscope-bmp280", "id": "bmp1"}
], "connections": [
  ["bmp1:VCC", "pico:3V3", "", []], ["bmp1:GND", "pico:GND.1", "", []],
  ["bmp1:SDA", "pico:GP4", "", []], ["bmp1:SCL", "pico:GP5", "", []]
]})";

// Reads a BMP280 every 20 ms while those inputs happen; prints each reading or the error's number.
Recording read_sensor(const std::string& inputs, std::uint32_t timeout_us = 50'000) {
  return run(200 * ms, [&] {
    EXPECT_FALSE(board.read_diagram(sensor));
    EXPECT_FALSE(board.read_inputs(inputs));
    static machine::I2C i2c(0, {.scl = 5, .sda = 4, .timeout = timeout_us});
    asyncio::run([]() -> asyncio::Coro<> {
      drivers::Bmp280 bmp280(i2c);
      for (int i = 0; i < 5; ++i) {
        try {
          const auto reading = co_await bmp280.read();
          print("%.1f ", static_cast<double>(reading.temperature));
        } catch (const asyncio::OSError& error) {
          print("E%d ", error.code());
        }
        co_await asyncio::sleep_ms(20);
      }
    }());
    return 0;
  });
}

std::vector<I2cError> errors_of(const Recording& r) {
  std::vector<I2cError> errors;
  for (const trace::Record& record : r.of(Kind::i2c_error))
    errors.push_back(static_cast<I2cError>(record.reason));
  return errors;
}

TEST(Faults, ASensorThatDoesNotAnswerIsAnErrorAndThenWorksAgain) {
  const Recording r = read_sensor(R"([{"at": "30ms", "i2c": 0, "nack": "0x76", "for": "20ms"}])");
  EXPECT_EQ(r.console, "20.0 E5 20.0 20.0 20.0 ");
  EXPECT_EQ(errors_of(r), std::vector{I2cError::nobody});
}

TEST(Faults, ASensorThatGoesInTheMiddleOfAMeasurementIsAnErrorToo) {
  const Recording r = read_sensor(R"([{"at": "15ms", "i2c": 0, "nack": "0x76", "for": "15ms"}])");
  EXPECT_EQ(r.console, "E5 20.0 20.0 20.0 20.0 ");
}

TEST(Faults, ABusThatStaysLowTimesOut) {
  const Recording r = read_sensor(R"([{"at": "30ms", "i2c": 0, "hold": "sda", "for": "30ms"}])", 5'000);
  EXPECT_EQ(r.console, "20.0 E110 20.0 20.0 20.0 ");
  EXPECT_EQ(errors_of(r), std::vector{I2cError::stuck});
}

TEST(Faults, AStretchedClockDelaysAndBeyondTheTimeoutFails) {
  const Recording delayed = read_sensor(R"([{"at": "30ms", "i2c": 0, "stretch": "1ms", "for": "30ms"}])");
  EXPECT_EQ(delayed.console, "20.0 20.0 20.0 20.0 20.0 ");
  const Recording undisturbed = read_sensor("[]");
  EXPECT_GT(delayed.of(Kind::i2c_stop).back().time_ns,
            undisturbed.of(Kind::i2c_stop).back().time_ns + 5 * ms);
  const Recording failed =
      read_sensor(R"([{"at": "30ms", "i2c": 0, "stretch": "9ms", "for": "30ms"}])", 5'000);
  EXPECT_EQ(failed.console, "20.0 E110 20.0 20.0 20.0 ");
  EXPECT_EQ(errors_of(failed), std::vector{I2cError::stretched});
}

// A sender at 115200 baud, and a program that does not serve its interrupts for 20 ms: 230 bytes arrive, and
// the FIFO has room for 32.
TEST(Faults, AUartIsOverrunWhileATaskHogsWithInterruptsOff) {
  const Recording r = run(300 * ms, [] {
    EXPECT_FALSE(
        board.read_inputs(R"([{"at": "10ms", "uart": 0, "send": ")" + std::string(230, 'x') + R"("}])"));
    static machine::UART uart(0, 115'200);
    asyncio::run([]() -> asyncio::Coro<> {
      co_await asyncio::sleep_ms(9);
      const std::uint32_t state = machine::disable_irq();
      time::sleep_ms(22);
      machine::enable_irq(state);
      co_await asyncio::sleep_ms(5);
      print("%d read, %d lost", static_cast<int>(uart.any()), static_cast<int>(uart.errors().overrun));
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "32 read, 198 lost");
  EXPECT_EQ(r.of(Kind::uart_error).size(), 198U);
  for (const trace::Record& error : r.of(Kind::uart_error))
    EXPECT_EQ(error.reason, static_cast<std::uint8_t>(UartError::overrun));
}

// With interrupts on, a hog of 20 ms loses nothing that has room in the buffer, and all that has not.
TEST(Faults, AUartIsOverrunWhileATaskHogsOnlyIfItsBufferIsTooSmall) {
  const auto lost = [](std::size_t rxbuf) {
    return run(300 * ms,
               [&] {
                 EXPECT_FALSE(board.read_inputs(R"([{"at": "10ms", "uart": 0, "send": ")" +
                                                std::string(230, 'x') + R"("}])"));
                 static machine::UART uart(0, 115'200, {.rxbuf = rxbuf});
                 asyncio::run([]() -> asyncio::Coro<> {
                   co_await asyncio::sleep_ms(9);
                   time::sleep_ms(22);
                   print("%d", static_cast<int>(uart.errors().overrun));
                 }());
                 return 0;
               })
        .console;
  };
  EXPECT_EQ(lost(256), "0");
  EXPECT_EQ(lost(64), "134");  // 64 in the buffer, 32 in the FIFO
}

TEST(Faults, BytesThatArriveBrokenAreDroppedAndCounted) {
  const Recording r = run(300 * ms, [] {
    EXPECT_FALSE(board.read_inputs(R"([{"at": "10ms", "uart": 0, "send": "good "},
                                       {"at": "50ms", "uart": 0, "send": "x", "error": "framing"},
                                       {"at": "60ms", "uart": 0, "send": "y", "error": "parity"},
                                       {"at": "70ms", "uart": 0, "send": "bytes\n"}])"));
    static machine::UART uart(0, 9600, {.parity = machine::UART::Parity::even});
    asyncio::run([]() -> asyncio::Coro<> {
      asyncio::StreamReader reader(uart);
      const std::string line = co_await reader.readline();
      print("%s%d %d", line.c_str(), static_cast<int>(uart.errors().framing),
            static_cast<int>(uart.errors().parity));
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "good bytes\n1 1");
  ASSERT_EQ(r.of(Kind::uart_error).size(), 2U);
  EXPECT_EQ(r.of(Kind::uart_error)[0].reason, static_cast<std::uint8_t>(UartError::framing));
  EXPECT_EQ(r.of(Kind::uart_error)[1].reason, static_cast<std::uint8_t>(UartError::parity));
}

}  // namespace
