#include "drivers/at_modem.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/streams/test_device.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::AtModem;

namespace {

class AtModemTest : public virtual_board::Test {
 protected:
  void receive_at(std::uint64_t ms, std::string text) {
    virtual_board::interrupt_at_us(ms * 1000, [this, text] { uart.receive(text); });
  }
  static int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }
  // "first|second"
  static std::string joined(const AtModem::Response& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "|") + line;
    return text;
  }

  streams::TestDevice uart;
  asyncio::StreamReader reader{uart};
  asyncio::StreamWriter writer{uart};
};

TEST_F(AtModemTest, AResponseIsTheLinesUntilTheLineIsQuiet) {
  receive_at(100, "Line 1\r\n");
  receive_at(400, "Line");
  receive_at(550, " 2\r\n\r\nLine 3\n");
  receive_at(1000, "Line 4\r\n");
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 500);
    EXPECT_EQ(joined(co_await modem.send_command("Run")), "Line 1|Line 2|Line 3|Line 4");
    EXPECT_EQ(now_ms(), 1500);
    EXPECT_EQ(uart.output, "Run\r\n");
  }());
}

TEST_F(AtModemTest, ADeviceThatDoesNotAnswerGivesAnEmptyResponse) {
  run([&]() -> Coro<> {
    AtModem modem(reader, writer);
    const AtModem::Response response = co_await modem.send_command("AT");
    EXPECT_TRUE(response.empty());
    EXPECT_EQ(now_ms(), 4000);
  }());
}

TEST_F(AtModemTest, WhatComesLateIsNotTakenForTheNextResponse) {
  receive_at(150, "late\r\n");
  receive_at(250, "answer\r\n");
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    EXPECT_EQ(joined(co_await modem.send_command("first")), "");
    co_await sleep_ms(100);
    EXPECT_EQ(joined(co_await modem.send_command("second")), "answer");
  }());
}

TEST_F(AtModemTest, CommandsOfSeveralTasksGoOneAfterAnother) {
  receive_at(50, "one\r\n");
  receive_at(200, "two\r\n");
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    const auto ask = [&](const char* command) -> Coro<> {
      const AtModem::Response response = co_await modem.send_command(command);
      print("%s: %s at %d\n", command, joined(response).c_str(), now_ms());
    };
    create_task(ask("first"));
    co_await ask("second");
    co_await sleep_ms(200);
  }());
  // The task that was made runs after this one's first wait.
  EXPECT_EQ(virtual_board::output(), "second: one at 150\nfirst: two at 300\n");
  EXPECT_EQ(uart.output, "second\r\nfirst\r\n");
}

TEST_F(AtModemTest, TheQuietTimeBeginsWhenTheDeviceHasTakenTheCommand) {
  uart.room = 2;
  virtual_board::interrupt_at_us(1'000'000, [this] { uart.make_room(100); });
  receive_at(1050, "OK\r\n");
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    EXPECT_EQ(joined(co_await modem.send_command("AT")), "OK");
    EXPECT_EQ(now_ms(), 1150);
  }());
}

TEST_F(AtModemTest, ACommandThatTimesOutLeavesTheLineToTheNext) {
  for (std::uint64_t ms = 10; ms < 1000; ms += 10) receive_at(ms, "babble\r\n");
  receive_at(1550, "OK\r\n");
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(modem.send_command("AT"), 1050);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    co_await sleep_ms(450);
    EXPECT_EQ(joined(co_await modem.send_command("AT")), "OK");
  }());
}

TEST_F(AtModemTest, ACommandWithALineEndIsRefused) {
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    EXPECT_THROW(static_cast<void>(modem.send_command("AT\r\n")), asyncio::ValueError);
    co_return;
  }());
}

TEST_F(AtModemTest, AQuietTimeOfNothingIsRefused) {
  EXPECT_THROW(AtModem(reader, writer, 0), asyncio::ValueError);
  EXPECT_THROW(AtModem(reader, writer, 0xffffffff), asyncio::OverflowError);
}

TEST_F(AtModemTest, AFailureOfTheDeviceReachesWhoeverWaits) {
  virtual_board::interrupt_at_us(50'000, [this] { uart.read_error = 5; });
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    for (int i = 0; i < 2; ++i) {  // also whoever comes later
      int code = 0;
      try {
        co_await modem.send_command("AT");
      } catch (const asyncio::OSError& error) {
        code = error.code();
      }
      EXPECT_EQ(code, 5);
      EXPECT_EQ(now_ms(), 50);
    }
  }());
}

TEST_F(AtModemTest, TheEndOfTheStreamIsAnEOFError) {
  uart.at_end = true;
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    bool ended = false;
    try {
      co_await modem.send_command("AT");
    } catch (const asyncio::EOFError&) {
      ended = true;
    }
    EXPECT_TRUE(ended);
  }());
}

TEST_F(AtModemTest, DestroyedItsWaitersGetARuntimeError) {
  run([&]() -> Coro<> {
    auto modem = std::make_unique<AtModem>(reader, writer, 100);
    int failed = 0;
    const auto ask = [&]() -> Coro<> {
      try {
        co_await modem->send_command("AT");
      } catch (const asyncio::RuntimeError&) {
        ++failed;
      }
    };
    const asyncio::Task<> first = create_task(ask());
    const asyncio::Task<> second = create_task(ask());
    co_await sleep_ms(10);
    modem.reset();
    co_await first;
    co_await second;
    EXPECT_EQ(failed, 2);
    uart.receive("OK\r\n");
    co_await sleep_ms(10);
    EXPECT_EQ(uart.input, "OK\r\n");
  }());
}

TEST_F(AtModemTest, CommandsLeftBehindByTheProgramAreForgotten) {
  run([&]() -> Coro<> {
    AtModem modem(reader, writer, 100);
    create_task(modem.send_command("AT"));
    create_task(modem.send_command("AT"));
    co_await sleep_ms(10);
  }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
