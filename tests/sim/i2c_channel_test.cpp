// The stream over I2C (core/drivers/i2c_channel.hpp) on one virtual board: its I2C 1 is the initiator, its
// I2C 0 the responder, four wires join them.
#include "drivers/i2c_channel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asyncio.hpp"
#include "drivers/i2c_initiator.hpp"
#include "drivers/i2c_responder.hpp"
#include "machine.hpp"
#include "recording.hpp"

namespace {

using asyncio::Coro;
using asyncio::create_task;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

void join(unsigned a, unsigned b) { board.wiring().join(board.pins().terminal(a), board.pins().terminal(b)); }

std::unique_ptr<drivers::I2cInitiator> make_initiator() {
  return std::make_unique<drivers::I2cInitiator>(1, Pin(10), Pin(11),
                                                 drivers::I2cInitiator::Options{.scl = 3, .sda = 2});
}
std::unique_ptr<drivers::I2cResponder> make_responder(machine::I2C& i2c) {
  return std::make_unique<drivers::I2cResponder>(i2c, Pin(12), Pin(13));
}

Recording wired(Coro<> (*main)()) {
  return run(20'000 * ms, [&] {
    join(4, 2);    // sda
    join(5, 3);    // scl
    join(10, 12);  // syn
    join(11, 13);  // ack
    asyncio::run(main());
    return 0;
  });
}

// All 256 values, and no period of a frame's size.
std::string binary(std::size_t size, unsigned factor) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * factor + i / 251);
  return bytes;
}

Coro<> send(asyncio::IOBase& channel, std::string text) {
  StreamWriter writer(channel);
  writer.write(text);
  co_await writer.drain();
}

TEST(I2cChannel, LinesGoBothWays) {
  const Recording r = wired([]() -> Coro<> {
    machine::I2C i2c(0);
    const auto initiator = make_initiator();
    const auto responder = make_responder(i2c);
    StreamReader at_responder(*responder);
    StreamReader at_initiator(*initiator);
    const asyncio::Task<> one = create_task(send(*initiator, "hello\n"));
    const asyncio::Task<> other = create_task(send(*responder, "there\n"));
    const std::string there = co_await at_responder.readline();
    const std::string back = co_await at_initiator.readline();
    print("%s%s%d", there.c_str(), back.c_str(), static_cast<int>(responder->errors()));
  });
  EXPECT_EQ(r.console, "hello\nthere\n0");
  EXPECT_TRUE(r.of(Kind::i2c_error).empty());
  EXPECT_TRUE(r.of(Kind::conflict).empty());
}

TEST(I2cChannel, BinaryDataGoesBothWaysAtOnceAndNothingIsLost) {
  const Recording r = wired([]() -> Coro<> {
    machine::I2C i2c(0);
    const auto initiator = make_initiator();
    const auto responder = make_responder(i2c);
    const std::string there = binary(3000, 7);
    const std::string back = binary(2000, 13);
    const asyncio::Task<> one = create_task(send(*initiator, there));
    const asyncio::Task<> other = create_task(send(*responder, back));
    StreamReader at_responder(*responder);
    StreamReader at_initiator(*initiator);
    const auto receive = [&]() -> Coro<bool> { co_return co_await at_responder.readexactly(3000) == there; };
    const asyncio::Task<bool> arrived = create_task(receive());
    const bool same_back = co_await at_initiator.readexactly(2000) == back;
    const bool same_there = co_await arrived;
    print("%d%d %d", same_there ? 1 : 0, same_back ? 1 : 0,
          static_cast<int>(initiator->exchanges() <= 3000 / 62 + 5));
  });
  EXPECT_EQ(r.console, "11 1");
}

TEST(I2cChannel, OneEndMayStartLater) {
  const Recording r = wired([]() -> Coro<> {
    for (const bool initiator_first : {true, false}) {
      std::unique_ptr<drivers::I2cInitiator> initiator;
      std::unique_ptr<drivers::I2cResponder> responder;
      machine::I2C i2c(0);
      if (initiator_first) initiator = make_initiator();
      if (!initiator_first) responder = make_responder(i2c);
      co_await asyncio::sleep_ms(3000);
      if (initiator_first) responder = make_responder(i2c);
      if (!initiator_first) initiator = make_initiator();
      co_await initiator->ready();
      const asyncio::Task<> sender = create_task(send(*initiator, "hello\n"));
      const asyncio::Task<> answerer = create_task(send(*responder, "there\n"));
      StreamReader at_responder(*responder);
      StreamReader at_initiator(*initiator);
      const std::string there = co_await at_responder.readline();
      const std::string back = co_await at_initiator.readline();
      print("%s%s", there.c_str(), back.c_str());
    }
  });
  EXPECT_EQ(r.console, "hello\nthere\nhello\nthere\n");
}

TEST(I2cChannel, ATransferThatFailsOnTheBusIsTriedAgain) {
  const Recording r = wired([]() -> Coro<> {
    machine::I2C i2c(0);
    const auto initiator = make_initiator();
    const auto responder = make_responder(i2c);
    co_await initiator->ready();
    board.i2c()[0].refuse(drivers::I2cChannel::default_address, board.now_ns() + 200 * ms);
    const asyncio::Task<> sender = create_task(send(*initiator, "hello\n"));
    StreamReader at_responder(*responder);
    const std::string there = co_await at_responder.readline();
    print("%s%d", there.c_str(), responder->errors() > 5 ? 1 : 0);
  });
  EXPECT_EQ(r.console, "hello\n1");
}

}  // namespace
