// machine::UART on the virtual board: what goes over the wire and when, streams, pins and settings.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
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
using trace::UartError;
using uart_wire::count_of;
using uart_wire::Linked;
using uart_wire::ms;
using uart_wire::Probe;
using uart_wire::text_of;
using Parity = UART::Parity;

// --- The wire

TEST(Uart, EveryEdgeIsWhereTheBaudRatePutsIt) {
  const Recording r = run(100 * ms, [] {
    Probe probe(0);
    UART uart(0, 9600);
    probe.clear();
    uart.write("U");
    uart.flush();
    print("%s\n", probe.since_first().c_str());
    uart.init(115200, {});
    probe.clear();
    uart.write("\x0f");
    uart.flush();
    print("%s\n", probe.since_first().c_str());
    uart.init(10'000, {.bits = 7, .parity = Parity::even, .stop = 2});
    probe.clear();
    uart.write("\x01\x03");
    uart.flush();
    print("%s", probe.since_first().c_str());
    return 0;
  });
  EXPECT_EQ(r.console,
            "0:0 104167:1 208333:0 312500:1 416667:0 520833:1 625000:0 729167:1 833333:0 937500:1\n"
            "0:0 8681:1 43403:0 78125:1\n"
            "0:0 100000:1 200000:0 800000:1 1100000:0 1200000:1 1400000:0 2000000:1");
}

TEST(Uart, BytesFollowEachOtherWithoutAGap) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 9600);
    uart.write(std::string(100, 'x'));
    uart.flush();
    return 0;
  });
  const auto sent = r.of(Kind::uart_tx);
  ASSERT_EQ(sent.size(), 100U);
  for (std::size_t i = 1; i < sent.size(); ++i) EXPECT_EQ(sent[i].time_ns - sent[i - 1].time_ns, 1'041'667U);
}

TEST(Uart, TheTraceHasItsSettingsAndEachByteWhereItBegins) {
  const Recording r = run(100 * ms, [] {
    const Linked linked;
    UART sender(0, 9600, {.bits = 7, .parity = Parity::odd, .stop = 2});
    UART receiver(1, 9600, {.bits = 7, .parity = Parity::odd, .stop = 2});
    sender.write("A");
    time::sleep_ms(5);
    return 0;
  });
  const auto setups = r.of(Kind::uart_setup);
  ASSERT_EQ(setups.size(), 2U);
  EXPECT_EQ(setups[0].task, 9600U);
  EXPECT_EQ(setups[0].object, 0U);
  EXPECT_EQ(setups[0].extra, trace::uart_format(7, 2, 2));
  EXPECT_EQ(setups[0].site, 0U | 1U << 8);
  EXPECT_EQ(setups[1].site, 4U | 5U << 8);
  const auto sent = r.of(Kind::uart_tx);
  const auto received = r.of(Kind::uart_rx);
  ASSERT_EQ(sent.size(), 1U);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(sent[0].extra, 'A');
  EXPECT_EQ(received[0].extra, 'A');
  EXPECT_EQ(received[0].object, 1U);
  EXPECT_EQ(received[0].time_ns - received[0].task, sent[0].time_ns);
  EXPECT_EQ(received[0].task, 989'583U);  // 9.5 bits
}

TEST(Uart, EveryFormatArrivesAsItWasSent) {
  const Recording r = run(20'000 * ms, [] {
    const Linked linked;
    int wrong = 0;
    for (const int bits : {5, 6, 7, 8}) {
      for (const Parity parity : {Parity::none, Parity::even, Parity::odd}) {
        for (const int stop : {1, 2}) {
          const UART::Options options{.bits = bits, .parity = parity, .stop = stop};
          UART a(0, 57'600, options);
          UART b(1, 57'600, options);
          std::string all;
          for (int byte = 0; byte < 1 << bits; byte += 3) all += static_cast<char>(byte);
          a.write(all);
          b.write(all);
          time::sleep_ms(60);
          if (b.read() != all || a.read() != all || !text_of(a.errors()).empty()) ++wrong;
        }
      }
    }
    return wrong;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(Uart, TwoPercentOffIsStillUnderstoodTenIsNot) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART sender(0, 9792);
    UART receiver(1, 9600);
    sender.write("Hello, UART");
    time::sleep_ms(20);
    print("%s|%s\n", receiver.read().value_or("").c_str(), text_of(receiver.errors()).c_str());
    sender.init(10'600, {});
    sender.write("Hello, UART");
    time::sleep_ms(20);
    print("%d", receiver.read().value_or("") == "Hello, UART" ? 1 : 0);
    return 0;
  });
  EXPECT_EQ(r.console, "Hello, UART|\n0");
}

TEST(Uart, AWrongBaudRateGivesGarbageFramingErrorsAndBreaks) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART fast(0, 115'200);
    UART slow(1, 9600);
    const std::string text = "What is this?";
    fast.write(text);
    time::sleep_ms(20);
    print("%d|", slow.read().value_or("") != text ? 1 : 0);
    slow.write("UU");  // each of its low bits is longer than a byte
    time::sleep_ms(20);
    print("%s|", text_of(fast.errors()).c_str());
    slow.init(38'400, {});
    slow.write("\xfb\xfb");  // a bit is three: 0xfc, and its third bit is where the stop bit should be
    time::sleep_ms(20);
    print("%s", text_of(fast.errors()).c_str());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.console, "1|breaks 10|framing 2, breaks 10");
  EXPECT_EQ(count_of(r, UartError::framing), 2U);
}

// --- Streams

TEST(Uart, AReaderWakesByTheInterruptWhileTheBoardSleeps) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    asyncio::run([]() -> Coro<> {
      UART uart(0, 9600);
      UART other(1, 9600);
      asyncio::StreamReader reader(uart);
      const auto speaker = asyncio::create_task([](UART& to) -> Coro<> {
        co_await asyncio::sleep_ms(300);
        to.write("good morning\n");
      }(other));
      const std::string line = co_await reader.readline();
      print("%s", line.c_str());
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "good morning\n");
  // Asleep, it does not look at the device: a slice for main, one for the speaker and its sleep, and those
  // the interrupts end with: after 4, 8, 12 bytes and the quiet.
  EXPECT_LE(r.of(Kind::slice_begin).size(), 8U);
  EXPECT_LE(r.of(Kind::idle_begin).size(), 16U);
  const auto last = r.of(Kind::uart_rx).back();
  const auto slice = r.of(Kind::slice_begin).back();
  EXPECT_GE(slice.time_ns, last.time_ns + 3'333'333);
  EXPECT_LT(slice.time_ns, last.time_ns + 3'340'000);
}

TEST(Uart, AWriterSendsMoreThanTheBufferHolds) {
  const Recording r = run(2000 * ms, [] {
    const Linked linked;
    asyncio::run([]() -> Coro<> {
      UART uart(0, 115'200, {.txbuf = 32});
      UART other(1, 115'200, {.rxbuf = 32});
      asyncio::StreamWriter writer(uart);
      asyncio::StreamReader reader(other);
      std::string all;
      for (int i = 0; i < 1000; ++i) all += static_cast<char>('a' + i % 26);
      writer.write(all);
      const auto drain = [](asyncio::StreamWriter& of) -> Coro<> { co_await of.drain(); };
      const auto drained = asyncio::create_task(drain(writer));
      const std::string got = co_await reader.readexactly(1000);
      co_await drained;
      print("%d %s", got == all ? 1 : 0, text_of(other.errors()).c_str());
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "1 ");
  // Without a gap: 1000 bytes of 10 bits.
  const auto sent = r.of(Kind::uart_tx);
  ASSERT_EQ(sent.size(), 1000U);
  EXPECT_NEAR(static_cast<double>(sent.back().time_ns - sent.front().time_ns), 999 * 86805.56, 1000);
}

// --- Sending

TEST(Uart, WriteTakesWhatHasRoom) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 1200, {.txbuf = 16});
    // One is on its way, the FIFO has 32, the buffer 16.
    print("%d ", static_cast<int>(uart.write(std::string(100, 'x'))));
    char byte = 'x';
    print("%d ", static_cast<int>(uart.write(&byte, 1)));
    print("%d", static_cast<int>(uart.write("")));
    return 0;
  });
  EXPECT_EQ(r.console, "49 -1 0");
}

TEST(Uart, FlushTakesUntilTheLastStopBitHasLeft) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 10'000);
    const bool done_before = uart.txdone();
    const std::uint64_t before = board.now_ns();
    uart.write(std::string(50, 'x'));
    const bool done = uart.txdone();
    uart.flush();
    const std::uint64_t took = board.now_ns() - before;
    print("%d %d %d %d", done_before ? 1 : 0, done ? 1 : 0, uart.txdone() ? 1 : 0,
          took >= 50 * ms && took < 50 * ms + 10'000 ? 1 : 0);
    return 0;
  });
  EXPECT_EQ(r.console, "1 0 1 1");
}

TEST(Uart, FlushSendsEvenWhileInterruptsAreMasked) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 10'000);
    const std::uint32_t state = machine::disable_irq();
    uart.write(std::string(200, 'x'));
    uart.flush();
    machine::enable_irq(state);
    return uart.txdone() ? 0 : 1;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_EQ(r.of(Kind::uart_tx).size(), 200U);
}

// --- Pins and settings

TEST(Uart, APinsInterruptSeesTheEdgesOfTheLine) {
  const Recording r = run(1000 * ms, [] {
    static int edges;
    edges = 0;
    const Linked linked;
    UART sender(0, 9600);
    UART receiver(1, 9600);
    machine::Pin(5).irq([](machine::Pin) { ++edges; }, machine::Pin::IRQ_FALLING);
    sender.write("U");
    time::sleep_ms(5);
    print("%d %s", edges, receiver.read().value_or("").c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "5 U");
}

TEST(Uart, AfterDeinitThePinsAreFree) {
  const Recording r = run(1000 * ms, [] {
    const machine::Pin tx(0);
    const machine::Pin rx(1);
    UART uart(0, 9600);
    const int idle = tx.value();
    uart.write("cut off");
    uart.deinit();
    const int free = tx.value();
    machine::Pin out(0, machine::Pin::OUT, 1);
    print("%d %d %d|", idle, free, out.value());
    try {
      uart.any();
    } catch (const asyncio::OSError& error) {
      print("%s|", error.what());
    }
    print("%d|", uart.ioctl(asyncio::MP_STREAM_POLL, asyncio::POLLIN));
    uart.init(9600, {});
    uart.write("back");
    uart.flush();
    return 0;
  });
  EXPECT_EQ(r.console, "1 0 1|UART: not set up; after deinit() comes init()|8|");
  EXPECT_EQ(r.of(Kind::uart_tx).size(), 5U);
  EXPECT_TRUE(r.of(Kind::conflict).empty());
}

TEST(Uart, APinTakenForSomethingElseIsLeftAlone) {
  const Recording r = run(1000 * ms, [] {
    UART uart(0, 9600);
    machine::Pin led(0, machine::Pin::OUT, 0);
    Probe probe(0);
    uart.write("U");
    uart.flush();
    print("%d", static_cast<int>(probe.edges().size()));
    return 0;
  });
  EXPECT_EQ(r.console, "0");
}

TEST(Uart, AnRxPinTakenForSomethingElseHearsNoMore) {
  const Recording r = run(1000 * ms, [] {
    const Linked linked;
    UART sender(0, 9600);
    UART uart(1, 9600);
    const machine::Pin button(5, machine::Pin::IN);
    sender.write("x");
    time::sleep_ms(10);
    return static_cast<int>(uart.any());
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_TRUE(r.of(Kind::uart_rx).empty());
}

TEST(Uart, TheLastObjectHasTheUart) {
  const Recording r = run(1000 * ms, [] {
    auto first = std::make_unique<UART>(0, 9600U);
    UART second(0, 19'200);
    first.reset();
    second.write("x");
    second.flush();
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.of(Kind::uart_tx).size(), 1U);
}

TEST(Uart, WrongSettingsAreRefusedWithWhatWouldBeRight) {
  const auto message = [](auto&& make) -> std::string {
    try {
      make();
    } catch (const asyncio::ValueError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(message([] { UART(2); }), "UART: a Pico has UART 0 and 1");
  const std::string pins0 = "UART: UART 0 can be at TX 0, 12, 16, 28 and RX 1, 13, 17, 29";
  const std::string pins1 = "UART: UART 1 can be at TX 4, 8, 20, 24 and RX 5, 9, 21, 25";
  for (const int pin : {0, 12, 16, 28}) {
    EXPECT_EQ(message([&] { UART(0, 9600, {.tx = pin, .rx = pin + 1}); }), "none");
    EXPECT_EQ(message([&] { UART(1, 9600, {.tx = pin}); }), pins1);
    EXPECT_EQ(message([&] { UART(0, 9600, {.tx = pin + 1}); }), pins0);
  }
  for (const int pin : {4, 8, 20, 24}) {
    EXPECT_EQ(message([&] { UART(1, 9600, {.tx = pin, .rx = pin + 1}); }), "none");
    EXPECT_EQ(message([&] { UART(0, 9600, {.rx = pin + 1}); }), pins0);
  }
  EXPECT_EQ(message([] { UART(0, 9600, {.rx = 33}); }), pins0);
  EXPECT_EQ(message([] { UART(0, 0); }), "UART: the baud rate is 120 to 7812500");
  EXPECT_EQ(message([] { UART(0, 9600, {.bits = 9}); }), "UART: a byte has 5 to 8 bits");
  EXPECT_EQ(message([] { UART(0, 9600, {.stop = 3}); }), "UART: there are 1 or 2 stop bits");
  EXPECT_EQ(message([] { UART(0, 9600, {.rxbuf = 0}); }),
            "UART: a buffer (txbuf, rxbuf) has 1 to 32766 bytes");
}

}  // namespace
