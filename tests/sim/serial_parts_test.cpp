// What is wired to a UART: the serial monitor, the loopback and the AT command modem, over machine::UART.
#include <gtest/gtest.h>

#include <string>

#include "asyncio.hpp"
#include "drivers/at_modem.hpp"
#include "machine.hpp"
#include "parts/at_modem.hpp"
#include "parts/serial_monitor.hpp"
#include "parts/uart_loopback.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "uart_wire.hpp"

namespace {

using asyncio::Coro;
using machine::UART;
using recording::Recording;
using recording::run;
using sim::board;
using trace::Kind;
using uart_wire::ms;
using Shown = std::vector<std::string>;

// To UART 0's usual pins.
void wire(const sim::Part& part) {
  for (const sim::Part::Leg& leg : part.legs()) {
    if (leg.name == "RX") board.wiring().join(*leg.terminal, board.pins().terminal(0));
    if (leg.name == "TX") board.wiring().join(*leg.terminal, board.pins().terminal(1));
  }
}

void set(sim::Part& part, std::string_view name, double value) {
  const sim::Setting* const setting = sim::find_setting(part.settings(), name);
  ASSERT_NE(setting, nullptr) << name;
  part.set(*setting, value);
}

// --- Serial monitor

TEST(SerialMonitor, ShowsEachLineTheBoardSends) {
  const Recording r = run(1000 * ms, [] {
    sim::SerialMonitor monitor("$serialMonitor");
    wire(monitor);
    UART uart(0);
    uart.write("Hello\r\ntick\ntick\n\n");
    uart.flush();
    return 0;
  });
  EXPECT_EQ(r.shown, (Shown{"$serialMonitor: Hello", "$serialMonitor: tick", "$serialMonitor: tick",
                            "$serialMonitor: "}));
}

TEST(SerialMonitor, ShowsAPromptOnceNothingFollows) {
  const Recording r = run(1000 * ms, [] {
    sim::SerialMonitor monitor("m");
    wire(monitor);
    UART uart(0);
    uart.write("\xc2\xb0 > ");
    time::sleep_ms(200);
    uart.write("...");
    time::sleep_ms(240);
    uart.write("\x1b\xff");
    time::sleep_ms(300);
    uart.write(std::string(sim::SerialMonitor::longest_line, 'x'));
    uart.flush();
    return 0;
  });
  EXPECT_EQ(r.shown, (Shown{"m: \xc2\xb0 > ...\\x1b\\xff",
                            "m: " + std::string(sim::SerialMonitor::longest_line, 'x')}));
}

TEST(SerialMonitor, SendsToTheBoard) {
  const Recording r = run(1000 * ms, [] {
    sim::SerialMonitor monitor("m", {.baud = 9600});
    wire(monitor);
    UART uart(0, 9600);
    if (!monitor.check("help\n").empty()) return 1;
    monitor.send("help\n");
    time::sleep_ms(20);
    print("%s", uart.readline().value_or("?").c_str());
    return uart.errors().breaks == 0 ? 0 : 1;
  });
  EXPECT_EQ(r.console, "help\n");
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(SerialMonitor, DoesNotDisputeAPinThatIsUsedForSomethingElse) {
  const Recording r = run(1000 * ms, [] {
    sim::SerialMonitor monitor("m");
    wire(monitor);
    const machine::Pin pin(1, machine::Pin::OUT, 0);
    const int low = pin.value();
    pin.on();
    return low == 0 && pin.value() == 1 ? 0 : 1;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_TRUE(r.of(Kind::conflict).empty());
}

TEST(SerialMonitor, AtAnotherBaudRateItShowsGarbage) {
  const Recording r = run(1000 * ms, [] {
    sim::SerialMonitor monitor("m");
    wire(monitor);
    UART uart(0, 9600);
    uart.write("Hello\n");
    time::sleep_ms(500);
    return 0;
  });
  ASSERT_FALSE(r.shown.empty());
  for (const std::string& line : r.shown) EXPECT_EQ(line.find("Hello"), std::string::npos);
}

TEST(SerialMonitor, HearsNothingFromABoardThatDoesNotSend) {
  const Recording r = run(2000 * ms, [] {
    sim::SerialMonitor monitor("m");
    wire(monitor);
    time::sleep_ms(500);
    {
      UART uart(0);
      time::sleep_ms(500);
    }
    time::sleep_ms(500);
    return 0;
  });
  EXPECT_TRUE(r.shown.empty());
}

// --- Loopback

TEST(UartLoopback, WhatGoesOutComesInAtOnce) {
  const Recording r = run(1000 * ms, [] {
    sim::UartLoopback loopback("loop1");
    wire(loopback);
    UART uart(0, 19'200, {.parity = UART::Parity::odd});
    uart.write("echo");
    uart.flush();
    print("%s %d", uart.read().value_or("?").c_str(), static_cast<int>(uart.errors().framing));
    return 0;
  });
  EXPECT_EQ(r.console, "echo 0");
  const auto sent = r.of(Kind::uart_tx);
  const auto received = r.of(Kind::uart_rx);
  ASSERT_EQ(sent.size(), 4U);
  ASSERT_EQ(received.size(), 4U);
  EXPECT_EQ(received[0].time_ns - received[0].task, sent[0].time_ns);
}

TEST(UartLoopback, DrivesNothingWhileNothingIsThere) {
  sim::UartLoopback loopback("loop1");
  sim::Terminal in;
  board.wiring().join(in, *loopback.legs()[0].terminal);
  const sim::Terminal& out = *loopback.legs()[1].terminal;
  EXPECT_TRUE(out.net().is_open());
  in.drive(sim::Drive::high());
  EXPECT_TRUE(out.is_high());
  in.drive(sim::Drive::low());
  EXPECT_FALSE(out.is_high());
  EXPECT_FALSE(out.net().is_open());
  in.drive(sim::Drive::nothing());
  EXPECT_TRUE(out.net().is_open());
}

// --- AT command modem

std::string joined(const drivers::AtModem::Response& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "|") + line;
  return text;
}

// Asks the modem one command after another; what it answered, and after how many ms.
Recording ask(sim::AtModem& (*make)(), std::vector<std::string> commands) {
  return run(60'000 * ms, [make, commands = std::move(commands)] {
    sim::AtModem& modem = make();
    wire(modem);
    const auto talk = [](const std::vector<std::string>& all) -> Coro<> {
      UART uart(0, 9600);
      asyncio::StreamReader reader(uart);
      asyncio::StreamWriter writer(uart);
      drivers::AtModem master(reader, writer, 500);
      for (const std::string& command : all) {
        const std::int32_t began = time::ticks_ms();
        const drivers::AtModem::Response response = co_await master.send_command(command);
        print("%s (%d)\n", joined(response).c_str(),
              static_cast<int>(time::ticks_diff(time::ticks_ms(), began)) / 100);
      }
    };
    asyncio::run(talk(commands));
    return 0;
  });
}

TEST(AtModemPart, AnswersTheTutorialsCommandWithFourLinesAndPauses) {
  const Recording r = ask(
      []() -> sim::AtModem& {
        static sim::AtModem modem("modem1");
        return modem;
      },
      {"Run", "Run"});
  // Three pauses of 300 ms, the lines, and 500 ms of quiet.
  EXPECT_EQ(r.console, "Line 1|Line 2|Line 3|Goodbye (14)\nLine 1|Line 2|Line 3|Goodbye (14)\n");
  EXPECT_EQ(r.shown, (Shown{"modem1: hears Run", "modem1: hears Run"}));
}

TEST(AtModemPart, UnderstandsAtCommands) {
  const Recording r = ask(
      []() -> sim::AtModem& {
        static sim::AtModem modem("modem1");
        set(modem, "delay", 10);
        set(modem, "signal", 17);
        return modem;
      },
      {"AT", "at+csq", "AT+CREG?", "ATE1", "ATI", "ATE0", "AT+WHAT"});
  EXPECT_EQ(r.console,
            "OK (5)\n+CSQ: 17,99|OK (5)\n+CREG: 0,1|OK (5)\nOK (5)\nATI|Coroscope modem|OK (5)\n"
            "ATE0|OK (5)\nERROR (5)\n");
}

TEST(AtModemPart, ASilentOneLetsTheMasterTimeOut) {
  const Recording r = ask(
      []() -> sim::AtModem& {
        static sim::AtModem modem("modem1");
        set(modem, "silent", 1);
        return modem;
      },
      {"AT"});
  EXPECT_EQ(r.console, " (5)\n");
  EXPECT_EQ(r.shown, (Shown{"modem1: hears AT"}));
}

TEST(AtModemPart, NeverSpeaksUnasked) {
  const Recording r = run(5000 * ms, [] {
    sim::AtModem modem("modem1");
    wire(modem);
    UART uart(0, 9600);
    time::sleep_ms(2000);
    uart.write("\r\n\r\n");
    time::sleep_ms(1000);
    return uart.any() == 0 && uart.errors().breaks == 0 ? 0 : 1;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_TRUE(r.of(Kind::uart_rx).empty());
}

TEST(AtModemPart, SettingsHaveRanges) {
  sim::AtModem modem("modem1");
  EXPECT_FALSE(sim::find_setting(modem.settings(), "signal")->allows(32));
  EXPECT_TRUE(sim::find_setting(modem.settings(), "delay")->allows(0));
  EXPECT_FALSE(modem.check("x").empty());
}

}  // namespace
