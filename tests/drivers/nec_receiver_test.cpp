#include "drivers/nec_receiver.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"
#include "nec_burst.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::NecCode;
using drivers::NecReceiver;

namespace {

class NecReceiverTest : public virtual_board::Test {
 protected:
  // The edges of a burst that begins at `ms`, each as an interrupt.
  static void send_at(std::uint64_t ms, NecReceiver& receiver, const nec::Burst& burst) {
    std::uint64_t time = ms * 1000;
    virtual_board::interrupt_at_us(time, [&receiver] { receiver.edge(); });
    for (const std::uint32_t width : burst)
      virtual_board::interrupt_at_us(time += width, [&receiver] { receiver.edge(); });
  }
  static void report(int data, int address) {
    print("%d %d at %d\n", data, address, static_cast<int>(virtual_board::now_us() / 1000));
  }
};

TEST_F(NecReceiverTest, TheCallbackGetsDataAndAddressAfterTheTimeOfABlock) {
  run([]() -> Coro<> {
    NecReceiver receiver(report);
    send_at(100, receiver, nec::key(0x59, 0x16));
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "22 89 at 173\n");
}

TEST_F(NecReceiverTest, AHeldKeyGivesRepeats) {
  run([]() -> Coro<> {
    NecReceiver receiver(report);
    send_at(100, receiver, nec::key(0x59, 0x16));
    send_at(208, receiver, nec::repeat());
    send_at(316, receiver, nec::repeat());
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "22 89 at 173\n-1 89 at 281\n-1 89 at 389\n");
}

TEST_F(NecReceiverTest, AnExtendedBlockIsGivenMoreTime) {
  run([]() -> Coro<> {
    NecReceiver receiver(report, true);
    const nec::Burst longest = nec::extended_key(0xffff, 0x16);
    send_at(100, receiver, longest);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "22 65535 at 180\n");
}

TEST_F(NecReceiverTest, NextWaitsForACode) {
  run([]() -> Coro<> {
    NecReceiver receiver;
    send_at(100, receiver, nec::key(0x59, 0x16));
    send_at(300, receiver, {200});
    NecCode code = co_await receiver.next();
    EXPECT_EQ(code, (NecCode{0x16, 0x59}));
    EXPECT_EQ(virtual_board::now_us(), 173'000U);
    code = co_await receiver.next();
    EXPECT_EQ(code, (NecCode{NecCode::BADSTART, 0}));
    EXPECT_TRUE(code.is_error());
  }());
}

TEST_F(NecReceiverTest, TheLastEightCodesAreKept) {
  run([]() -> Coro<> {
    NecReceiver receiver;
    for (std::uint32_t i = 0; i < 10; ++i) send_at(100 + i * 108, receiver, nec::key(1, i));
    co_await sleep_ms(2000);
    for (int i = 2; i < 10; ++i) EXPECT_EQ((co_await receiver.next()).data, i);
    bool none = false;
    try {
      co_await asyncio::wait_for_ms(receiver.next(), 100);
    } catch (const asyncio::TimeoutError&) {
      none = true;
    }
    EXPECT_TRUE(none);
  }());
}

TEST_F(NecReceiverTest, ATaskThatHogsTheCpuUpTo34MsDoesNoHarm) {
  run([]() -> Coro<> {
    NecReceiver receiver(report);
    send_at(100, receiver, nec::key(0x59, 0x16));
    send_at(208, receiver, nec::repeat());
    co_await sleep_ms(172);
    virtual_board::spend_us(34'000);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "22 89 at 206\n-1 89 at 281\n");
}

TEST_F(NecReceiverTest, ATaskThatHogsTheCpuFromTheFirstEdgeOnDoesNotMakeItLater) {
  run([]() -> Coro<> {
    NecReceiver receiver(report);
    send_at(100, receiver, nec::key(0x59, 0x16));
    co_await sleep_ms(99);
    virtual_board::spend_us(50'000);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "22 89 at 173\n");
}

TEST_F(NecReceiverTest, ATaskThatHogsTheCpuIntoTheNextBlockIsAnOverrun) {
  run([]() -> Coro<> {
    NecReceiver receiver(report);
    send_at(100, receiver, nec::key(0x59, 0x16));
    send_at(208, receiver, nec::repeat());
    send_at(400, receiver, nec::key(0x59, 0x17));
    co_await sleep_ms(150);
    virtual_board::spend_us(100'000);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "-5 0 at 250\n23 89 at 473\n");
}

TEST_F(NecReceiverTest, ACallbackThatThrowsIsReportedAndTheNextCodeComes) {
  asyncio::get_event_loop().set_exception_handler(
      [](asyncio::Loop&, const asyncio::ExceptionContext& context) { print("%s\n", context.message); });
  run([]() -> Coro<> {
    NecReceiver receiver([](int, int) { throw asyncio::ValueError("no such key"); });
    send_at(100, receiver, nec::key(0x59, 0x16));
    send_at(300, receiver, nec::key(0x59, 0x17));
    co_await receiver.next();
    EXPECT_EQ((co_await receiver.next()).data, 0x17);
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "exception in a callback of NecIr\nexception in a callback of NecIr\n");
}

TEST_F(NecReceiverTest, MadeBeforeRunItWorks) {
  NecReceiver receiver(report);
  send_at(100, receiver, nec::key(0x59, 0x16));
  run([]() -> Coro<> { co_await sleep_ms(1000); }());
  EXPECT_EQ(virtual_board::output(), "22 89 at 173\n");
}

TEST_F(NecReceiverTest, DestroyedItsWaitersGetARuntimeError) {
  run([]() -> Coro<> {
    auto receiver = std::make_unique<NecReceiver>();
    bool failed = false;
    const auto wait = [&]() -> Coro<> {
      try {
        co_await receiver->next();
      } catch (const asyncio::RuntimeError&) {
        failed = true;
      }
    };
    const asyncio::Task<> waiting = create_task(wait());
    co_await sleep_ms(10);
    receiver.reset();
    co_await waiting;
    EXPECT_TRUE(failed);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
