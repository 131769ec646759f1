// Both ends of an I2cChannel in one event loop, joined by wires and a bus that the test can cut.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"
#include "drivers/i2c_initiator.hpp"
#include "drivers/i2c_responder.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::StreamReader;
using asyncio::StreamWriter;

namespace {

struct Wire {
  int level = 0;
  int listeners = 0;  // pins with an interrupt
};

// What drivers use of a machine::Pin.
class FakePin {
 public:
  enum Mode : unsigned char { IN, OUT };
  enum Pull : unsigned char { PULL_NONE, PULL_UP, PULL_DOWN };
  enum Trigger : unsigned char { IRQ_FALLING = 4, IRQ_RISING = 8 };
  FakePin(Wire& wire) : wire_(&wire) {}
  void init(Mode, Pull) const {}
  void init(Mode, Pull, int level) const { value(level); }
  int value() const { return wire_->level; }
  void value(int level) const { wire_->level = level; }
  void irq(asyncio::InplaceFunction<void(FakePin)> handler, int = 0) const {
    wire_->listeners += handler ? 1 : -1;
  }

 private:
  Wire* wire_;
};

// The one target of the bus, and what is wrong with the bus.
struct Bus {
  std::span<std::uint8_t> memory;
  int address = 0;
  std::function<bool()> nack = [] { return false; };
};
Bus bus;

class FakeTarget {
 public:
  FakeTarget(int, int address, const machine::I2CTarget::Options& options) {
    bus.memory = options.mem;
    bus.address = address;
  }
  FakeTarget(const FakeTarget&) = delete;
  FakeTarget& operator=(const FakeTarget&) = delete;
  ~FakeTarget() { bus.memory = {}; }
};

class FakeI2C {
 public:
  void readfrom_mem_into(int address, std::uint32_t at, std::span<std::uint8_t> buffer) {
    check(address, at + buffer.size());
    std::copy_n(bus.memory.begin() + at, buffer.size(), buffer.begin());
  }
  void writeto_mem(int address, std::uint32_t at, std::span<const std::uint8_t> bytes) {
    check(address, at + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bus.memory.begin() + at);
  }

 private:
  static void check(int address, std::size_t end) {
    virtual_board::spend_us(500);
    if (bus.memory.empty() || address != bus.address || bus.nack()) throw asyncio::OSError(5);
    ASSERT_LE(end, bus.memory.size());
  }
};

using Initiator = drivers::BasicI2cInitiator<FakeTarget, FakePin>;
using Responder = drivers::BasicI2cResponder<FakeI2C, FakePin>;

std::string long_text(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  return text.substr(0, size);
}

class I2cChannelTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    bus = Bus();
  }
  static int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }

  std::unique_ptr<Initiator> make_initiator(const Initiator::Options& options = {}) {
    return std::make_unique<Initiator>(0, FakePin(syn), FakePin(ack), options);
  }
  std::unique_ptr<Responder> make_responder() {
    return std::make_unique<Responder>(i2c, FakePin(syn), FakePin(ack));
  }
  static Coro<> send(asyncio::IOBase& channel, std::string text) {
    StreamWriter writer(channel);
    writer.write(text);
    co_await writer.drain();
  }
  static Coro<std::string> receive(asyncio::IOBase& channel, std::size_t size) {
    StreamReader reader(channel);
    co_return co_await reader.readexactly(size);
  }

  Wire syn, ack, reset;
  FakeI2C i2c;
};

TEST_F(I2cChannelTest, LinesGoBothWays) {
  run([&]() -> Coro<> {
    const auto initiator = make_initiator();
    const auto responder = make_responder();
    StreamReader to_responder(*responder);
    StreamReader to_initiator(*initiator);
    const asyncio::Task<> one = create_task(send(*initiator, "hello\n"));
    const asyncio::Task<> other = create_task(send(*responder, "there\n"));
    EXPECT_EQ(co_await to_responder.readline(), "hello\n");
    EXPECT_EQ(co_await to_initiator.readline(), "there\n");
    co_await one;
    co_await other;
  }());
}

TEST_F(I2cChannelTest, MuchGoesBothWaysAtOnceAndNothingIsLost) {
  const std::string there = long_text(5000);
  const std::string back = long_text(3000);
  run([&]() -> Coro<> {
    const auto initiator = make_initiator();
    const auto responder = make_responder();
    const asyncio::Task<> one = create_task(send(*initiator, there));
    const asyncio::Task<> other = create_task(send(*responder, back));
    const asyncio::Task<std::string> at_responder = create_task(receive(*responder, there.size()));
    EXPECT_EQ(co_await receive(*initiator, back.size()), back);
    EXPECT_EQ(co_await at_responder, there);
    EXPECT_LE(initiator->exchanges(), 5000U / 62 + 5);
    EXPECT_EQ(responder->errors(), 0U);
  }());
}

TEST_F(I2cChannelTest, AWriterWaitsWhileTheOtherEndDoesNotRead) {
  const std::string text = long_text(1000);
  run([&]() -> Coro<> {
    const auto initiator = make_initiator();
    const auto responder = make_responder();
    for (drivers::I2cChannel* from : {static_cast<drivers::I2cChannel*>(initiator.get()),
                                      static_cast<drivers::I2cChannel*>(responder.get())}) {
      drivers::I2cChannel& to = from == initiator.get() ? static_cast<drivers::I2cChannel&>(*responder)
                                                        : static_cast<drivers::I2cChannel&>(*initiator);
      const asyncio::Task<> sender = create_task(send(*from, text));
      co_await sleep_ms(3000);
      EXPECT_FALSE(sender.done());
      EXPECT_EQ(co_await receive(to, text.size()), text);
      co_await sender;
    }
  }());
}

TEST_F(I2cChannelTest, WhatTheInitiatorSendsGoesAtOnceAndTheResponderWaitsForItsTurn) {
  run([&]() -> Coro<> {
    const auto initiator = make_initiator();
    const auto responder = make_responder();
    co_await initiator->ready();
    co_await responder->ready();
    co_await sleep_ms(250);
    int start = now_ms();
    const asyncio::Task<> one = create_task(send(*initiator, "x"));
    co_await receive(*responder, 1);
    EXPECT_LE(now_ms() - start, 5);
    co_await sleep_ms(50);
    start = now_ms();
    const asyncio::Task<> other = create_task(send(*responder, "x"));
    co_await receive(*initiator, 1);
    EXPECT_GE(now_ms() - start, 10);
    EXPECT_LE(now_ms() - start, 105);
  }());
}

TEST_F(I2cChannelTest, IdleItExchangesEveryTPoll) {
  run([&]() -> Coro<> {
    const auto initiator = make_initiator({.t_poll = 50});
    const auto responder = make_responder();
    co_await sleep_ms(2000);
    EXPECT_NEAR(initiator->exchanges(), 2000.0 / 51, 3);
    EXPECT_NEAR(responder->exchanges(), initiator->exchanges(), 1);
  }());
}

TEST_F(I2cChannelTest, TheBoardsMayStartInAnyOrder) {
  run([&]() -> Coro<> {
    for (const bool initiator_first : {true, false}) {
      std::unique_ptr<Initiator> initiator;
      std::unique_ptr<Responder> responder;
      if (initiator_first) {
        initiator = make_initiator({.timeout = 100});
      } else {
        responder = make_responder();
      }
      co_await sleep_ms(5000);
      if (initiator_first) {
        EXPECT_EQ(initiator->exchanges(), 0U);
        responder = make_responder();
      } else {
        initiator = make_initiator({.timeout = 100});
      }
      co_await initiator->ready();
      const asyncio::Task<> sender = create_task(send(*initiator, "hello"));
      EXPECT_EQ(co_await receive(*responder, 5), "hello");
    }
  }());
}

TEST_F(I2cChannelTest, ABoardThatStartsAgainIsMetAgain) {
  run([&]() -> Coro<> {
    auto initiator = make_initiator();
    auto responder = make_responder();
    for (int i = 0; i < 3; ++i) {
      const asyncio::Task<> one = create_task(send(*initiator, "hello"));
      EXPECT_EQ(co_await receive(*responder, 5), "hello");
      const asyncio::Task<> other = create_task(send(*responder, "there"));
      EXPECT_EQ(co_await receive(*initiator, 5), "there");
      if (i == 0) {
        initiator.reset();
        co_await sleep_ms(300);
        initiator = make_initiator();
      } else {
        responder.reset();
        co_await sleep_ms(300);
        responder = make_responder();
      }
    }
  }());
}

TEST_F(I2cChannelTest, FailedTransfersAreTriedAgainAndNothingIsLostOrTwice) {
  const std::string text = long_text(2000);
  run([&]() -> Coro<> {
    const auto initiator = make_initiator();
    const auto responder = make_responder();
    std::uint32_t transfers = 0;
    std::uint32_t failed = 0;
    bus.nack = [&] {
      const bool fails = ++transfers * 2654435761U >> 30 == 0;  // about every fourth
      failed += fails ? 1 : 0;
      return fails;
    };
    const asyncio::Task<> one = create_task(send(*initiator, text));
    const asyncio::Task<> other = create_task(send(*responder, text));
    const asyncio::Task<std::string> at_responder = create_task(receive(*responder, text.size()));
    EXPECT_EQ(co_await receive(*initiator, text.size()), text);
    EXPECT_EQ(co_await at_responder, text);
    EXPECT_GT(failed, 5U);
    EXPECT_EQ(responder->errors(), failed);
  }());
}

TEST_F(I2cChannelTest, AFrameThatCannotBeIsNotTaken) {
  std::array<std::uint8_t, drivers::I2cChannel::memory_size> memory{};
  bus.memory = memory;
  bus.address = drivers::I2cChannel::default_address;
  const auto set_syn_at = [&](std::uint64_t ms, int level, std::uint8_t length) {
    virtual_board::interrupt_at_us(ms * 1000, [&, level, length] {
      memory[0] = length;
      syn.level = level;
    });
  };
  run([&]() -> Coro<> {
    const auto responder = make_responder();
    EXPECT_EQ(syn.listeners, 1);
    set_syn_at(100, 1, 63);
    set_syn_at(150, 1, 2);
    memory[2] = 'o';
    memory[3] = 'k';
    EXPECT_EQ(co_await receive(*responder, 2), "ok");
    EXPECT_EQ(responder->errors(), 5U);
    EXPECT_EQ(responder->exchanges(), 1U);
    EXPECT_EQ(ack.level, 1);
    EXPECT_EQ(memory[drivers::I2cChannel::frame_size], 0);
    EXPECT_EQ(memory[drivers::I2cChannel::frame_size + 1], 198);
    set_syn_at(300, 0, 0);
    co_await sleep_ms(200);
    EXPECT_EQ(ack.level, 0);
  }());
}

TEST_F(I2cChannelTest, WithoutAResetPinAnEndThatCrashedIsAnOSError) {
  run([&]() -> Coro<> {
    const auto initiator = make_initiator({.timeout = 300});
    auto responder = make_responder();
    co_await initiator->ready();
    responder.reset();
    const int start = now_ms();
    int code = 0;
    try {
      co_await receive(*initiator, 1);
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 110);
    EXPECT_NEAR(now_ms() - start, 350, 60);
    code = 0;
    try {
      co_await send(*initiator, "x");
    } catch (const asyncio::OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, 110);
  }());
}

TEST_F(I2cChannelTest, WithAResetPinAnEndThatCrashedIsStartedAgain) {
  reset.level = 1;
  run([&]() -> Coro<> {
    const auto initiator = make_initiator(
        {.timeout = 300, .reset = Initiator::Reset{.pin = FakePin(reset), .level = 0, .ms = 20}});
    auto responder = make_responder();
    co_await initiator->ready();
    responder.reset();
    const asyncio::Task<> sender = create_task(send(*initiator, "hello"));
    while (reset.level == 1) co_await sleep_ms(1);
    const int low = now_ms();
    EXPECT_EQ(initiator->nboots(), 1U);
    while (reset.level == 0) co_await sleep_ms(1);
    EXPECT_NEAR(now_ms() - low, 20, 2);
    co_await sleep_ms(2000);  // it takes its time to start
    responder = make_responder();
    EXPECT_EQ(co_await receive(*responder, 5), "hello");
    co_await sender;
    EXPECT_EQ(initiator->nboots(), 1U);
  }());
}

TEST_F(I2cChannelTest, RebootStartsTheOtherEndAgainAlsoOneThatNeverAnswered) {
  reset.level = 1;
  run([&]() -> Coro<> {
    const auto initiator = make_initiator(
        {.timeout = 300, .reset = Initiator::Reset{.pin = FakePin(reset), .level = 0, .ms = 20}});
    co_await sleep_ms(1000);
    EXPECT_EQ(initiator->nboots(), 0U);
    initiator->reboot();
    co_await sleep_ms(400);
    EXPECT_EQ(initiator->nboots(), 1U);
    const auto responder = make_responder();
    co_await initiator->ready();
    initiator->reboot();
    co_await sleep_ms(400);
    EXPECT_EQ(initiator->nboots(), 2U);
    const auto without = make_initiator();
    EXPECT_THROW(without->reboot(), asyncio::ValueError);
  }());
}

TEST_F(I2cChannelTest, DestroyedItsWaitersGetARuntimeErrorAndTheWiresAreLow) {
  run([&]() -> Coro<> {
    auto initiator = make_initiator();
    auto responder = make_responder();
    int failed = 0;
    const auto wait = [&](asyncio::IOBase& channel) -> Coro<> {
      try {
        co_await receive(channel, 1);
      } catch (const asyncio::RuntimeError&) {
        ++failed;
      }
    };
    const asyncio::Task<> one = create_task(wait(*initiator));
    const asyncio::Task<> other = create_task(wait(*responder));
    co_await sleep_ms(500);
    responder.reset();
    initiator.reset();
    co_await one;
    co_await other;
    EXPECT_EQ(failed, 2);
    EXPECT_EQ(syn.level, 0);
    EXPECT_EQ(ack.level, 0);
    EXPECT_EQ(syn.listeners, 0);
    EXPECT_EQ(ack.listeners, 0);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
