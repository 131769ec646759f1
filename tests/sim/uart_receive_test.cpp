// machine::UART on the virtual board: what arrives, by which interrupts, and what each fault does.
#include <gtest/gtest.h>

#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "uart_wire.hpp"

namespace {

using machine::UART;
using recording::pico;
using recording::Recording;
using recording::run;
using sim::board;
using trace::Kind;
using trace::UartError;
using uart_wire::count_of;
using uart_wire::Linked;
using uart_wire::ms;
using uart_wire::Probe;
using uart_wire::text_of;
using Parity = UART::Parity;

TEST(Uart, ReadGivesWhatIsThereAndReadlineWholeLines) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 115'200);
    print("%d %d|", static_cast<int>(uart.any()), uart.read().has_value() ? 1 : 0);
    board.uarts()[0].send_from_outside("one\ntwo\nthr");
    time::sleep_ms(2);
    print("%d|", static_cast<int>(uart.any()));
    print("%s|", uart.read(2).value_or("?").c_str());
    print("%s|", uart.readline().value_or("?").c_str());
    print("%s|", uart.readline().value_or("?").c_str());
    print("%s|", uart.readline().value_or("none").c_str());
    board.uarts()[0].send_from_outside("ee\n");
    time::sleep_ms(2);
    print("%s", uart.readline().value_or("?").c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "0 0|11|on|e\n|two\n|none|three\n");
}

TEST(Uart, ALineThatFillsTheBufferIsReadAsItIs) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 115'200, {.rxbuf = 4});
    board.uarts()[0].send_from_outside("abcdef");
    time::sleep_ms(2);
    print("%s ", uart.readline().value_or("?").c_str());
    print("%s", uart.readline().value_or("none").c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "abcd none");
}

TEST(Uart, ReadWaitsForTheFirstByteUpToTheTimeout) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 9600, {.timeout = 50});
    std::uint64_t before = board.now_ns();
    char byte = 0;
    const bool nothing = uart.read(&byte, 1) == asyncio::IOBase::would_block;
    print("%d %d|", nothing ? 1 : 0, static_cast<int>((board.now_ns() - before) / ms));
    before = board.now_ns();
    board.uarts()[0].send_from_outside("x");
    const std::string got = uart.read(10).value_or("?");
    print("%s %d", got.c_str(), static_cast<int>((board.now_ns() - before) / 10'000));
    return 0;
  });
  // 9.5 bits of 9600 baud, and a little for the call.
  EXPECT_EQ(r.console, "1 50|x 99");
}

TEST(Uart, TheInterruptComesAfterFourBytesAndAfterThirtyTwoQuietBits) {
  const Recording r = run(100 * ms, [] {
    UART uart(0, 10'000);
    board.uarts()[0].send_from_outside("123456");
    time::sleep_ms(20);
    return 0;
  });
  const auto arrived = r.of(Kind::uart_rx);
  const auto served = r.of(Kind::isr_enter);
  ASSERT_EQ(arrived.size(), 6U);
  ASSERT_EQ(served.size(), 2U);
  EXPECT_EQ(served[0].time_ns, arrived[3].time_ns);
  EXPECT_EQ(served[1].time_ns, arrived[5].time_ns + 3'200'000);
}

TEST(Uart, AByteCostsTheInterruptItsTime) {
  const Recording r = run(100 * ms, [] {
    const Linked linked;
    UART sender(0, 115'200);
    UART uart(1, 115'200);
    sender.write("1234");
    time::sleep_ms(5);
    return 0;
  });
  const auto enter = r.of(Kind::isr_enter);
  const auto exit = r.of(Kind::isr_exit);
  ASSERT_EQ(enter.size(), 1U);
  EXPECT_EQ(exit[0].time_ns - enter[0].time_ns, pico().interrupt_entry_ns + pico().peripheral_access_ns +
                                                    4 * pico().uart_byte_ns + pico().interrupt_exit_ns);
}

TEST(Uart, AHogWithInterruptsLosesNothing) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 115'200, {.rxbuf = 512});
    board.uarts()[0].send_from_outside(std::string(200, 'x'));
    time::sleep_ms(20);
    print("%d %d", static_cast<int>(uart.any()), static_cast<int>(uart.errors().overrun));
    return 0;
  });
  EXPECT_EQ(r.console, "200 0");
  EXPECT_TRUE(r.of(Kind::uart_error).empty());
}

TEST(Uart, AHogWithoutInterruptsOverrunsTheFifo) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART sender(1, 115'200);
    UART uart(0, 115'200, {.rxbuf = 512});
    board.uarts()[0].send_from_outside("");
    const std::uint32_t state = machine::disable_irq();
    board.uarts()[0].send_from_outside(std::string(200, 'x'));
    time::sleep_ms(20);
    machine::enable_irq(state);
    print("%d %s", static_cast<int>(uart.any()), text_of(uart.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "32 overrun 168");
  EXPECT_EQ(count_of(r, UartError::overrun), 168U);
}

TEST(Uart, ABufferThatIsTooSmallBacksUpIntoTheFifoAndOverruns) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART sender(1, 115'200);
    UART uart(0, 115'200, {.rxbuf = 16});
    std::string all;
    for (int i = 0; i < 60; ++i) all += static_cast<char>('0' + i);
    sender.write(all);
    time::sleep_ms(20);
    // 16 in the buffer, 32 in the FIFO, and the first of those that came.
    std::string got;
    while (const auto some = uart.read()) got += *some;
    print("%d %s", got == all.substr(0, 48) ? 1 : 0, text_of(uart.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "1 overrun 12");
  EXPECT_EQ(count_of(r, UartError::overrun), 12U);
}

TEST(Uart, BrokenBytesAreCountedAndDropped) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART sender(1, 9600, {.parity = Parity::even});
    UART uart(0, 9600, {.parity = Parity::even});
    sender.deinit();
    sim::Uart& line = board.uarts()[0];
    line.send_from_outside("a");
    line.send_from_outside("b", sim::SerialFrame::Kind::without_stop);
    line.send_from_outside("c");
    line.send_from_outside("d", sim::SerialFrame::Kind::wrong_parity);
    line.send_from_outside("e");
    time::sleep_ms(20);
    print("%s %s", uart.read().value_or("").c_str(), text_of(uart.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "ace framing 1, parity 1");
  const auto errors = r.of(Kind::uart_error);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].extra, 'b');
  EXPECT_EQ(errors[0].reason, static_cast<std::uint8_t>(UartError::framing));
  EXPECT_EQ(errors[1].extra, 'd');
  EXPECT_EQ(errors[1].reason, static_cast<std::uint8_t>(UartError::parity));
}

TEST(Uart, ABreakIsThirteenBitsLowAndNoByte) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    Probe probe(0);
    UART sender(0, 10'000);
    UART receiver(1, 10'000);
    probe.clear();
    sender.sendbreak();
    print("%s|", probe.since_first().c_str());
    sender.write("x");
    time::sleep_ms(5);
    print("%s %s", receiver.read().value_or("").c_str(), text_of(receiver.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "0:0 1300000:1|x breaks 1");
  ASSERT_EQ(r.of(Kind::uart_tx).size(), 2U);
  EXPECT_EQ(r.of(Kind::uart_tx)[0].extra, trace::uart_break);
  ASSERT_EQ(r.of(Kind::uart_rx).size(), 2U);
  EXPECT_EQ(r.of(Kind::uart_rx)[0].extra, trace::uart_break);
  EXPECT_TRUE(r.of(Kind::uart_error).empty());
}

TEST(Uart, AnOpenReceiverIsLowWhichIsABreak) {
  const Recording r = run(100 * ms, [] {
    UART uart(0, 9600);
    time::sleep_ms(50);
    print("%d %s", static_cast<int>(uart.any()), text_of(uart.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "0 breaks 1");
}

TEST(Uart, APullUpThePinWasGivenBeforeKeepsItQuiet) {
  const Recording r = run(100 * ms, [] {
    const machine::Pin pulled(1, machine::Pin::IN, machine::Pin::PULL_UP);
    UART uart(0, 9600);
    time::sleep_ms(50);
    uart.init(19'200, {});
    time::sleep_ms(20);
    return static_cast<int>(uart.errors().breaks);
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_TRUE(r.of(Kind::uart_rx).empty());
}

TEST(Uart, InitAgainKeepsTheHandlerAndTheCountsAndDropsWhatWasBuffered) {
  const Recording r = run(1000 * ms, [] {
    static int calls;
    calls = 0;
    const Linked linked;
    UART sender(0, 9600);
    UART uart(1, 9600);
    uart.irq([](UART&) { ++calls; });
    sender.sendbreak();
    sender.write("lost");
    time::sleep_ms(20);
    sender.init(19'200, {});  // its line stays high meanwhile
    uart.init(19'200, {});
    sender.write("kept");
    time::sleep_ms(20);
    print("%s %d %s", uart.read().value_or("?").c_str(), calls, text_of(uart.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "kept 2 breaks 1");
}

TEST(Uart, TheIdleHandlerIsCalledOnceTheLineIsQuiet) {
  const Recording r = run(1000 * ms, [] {
    static std::uint64_t called_ns;
    static int calls;
    called_ns = 0;
    calls = 0;
    const Linked linked;
    UART sender(0, 10'000);
    UART uart(1, 10'000);
    uart.irq([](UART& of) {
      ++calls;
      called_ns = board.now_ns();
      print("%s|", of.read().value_or("").c_str());
    });
    for (const char* text : {"1234", "12345", "x"}) {  // 4: the FIFO is empty when the time comes
      sender.write(text);
      time::sleep_ms(20);
    }
    print("%d|", calls);
    const std::uint64_t begin_ns = board.now_ns();
    sender.write("y");
    time::sleep_ms(20);
    print("%d|", static_cast<int>((called_ns - begin_ns) / 100'000));  // in bits: 9.5 and 32
    uart.irq(nullptr);
    sender.write("z");
    time::sleep_ms(20);
    print("%d", calls);
    return 0;
  });
  EXPECT_EQ(r.console, "1234|12345|x|3|y|41|4");
}

}  // namespace
