#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "conformance/counting_heap.hpp"
#include "test_device.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::OSError;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using asyncio::Task;

namespace streams {
namespace {

class StreamWriterTest : public virtual_board::Test {
 protected:
  TestDevice device;
  StreamWriter writer{device, {}};

  void make_room_at_ms(std::uint64_t milliseconds, std::size_t bytes) {
    virtual_board::interrupt_at_us(milliseconds * 1000, [this, bytes] { device.make_room(bytes); });
  }
};

// What `function` throws as OSError; 0 if it does not.
template <class Function>
int error_of(Function function) {
  try {
    function();
    return 0;
  } catch (const OSError& error) {
    return error.code();
  }
}

TEST_F(StreamWriterTest, WriteGoesToAReadyDeviceAtOnce) {
  writer.write("hello ");
  writer.write(std::string("you"));
  EXPECT_EQ(device.output, "hello you");
  EXPECT_EQ(writer.buffered(), 0U);
}

TEST_F(StreamWriterTest, WriteTakesBytesOfAnyKind) {
  writer.write(std::array<std::byte, 2>{std::byte{'a'}, std::byte{0}});
  writer.write(std::vector<std::uint8_t>{'b', 'c'});
  writer.write(std::string_view("d\0e", 3));
  EXPECT_EQ(device.output, std::string("a\0bcd\0e", 7));
}

TEST_F(StreamWriterTest, WriteToAReadyDeviceDoesNotAllocate) {
  const std::string text(1000, 'x');
  device.output.reserve(200'000);
  const std::size_t before = conformance::heap_allocations();
  for (int i = 0; i < 100; ++i) writer.write(text);
  EXPECT_EQ(conformance::heap_allocations(), before);
}

TEST_F(StreamWriterTest, DrainWritesWhatTheDeviceDidNotTakeInOrder) {
  device.room = 3;
  for (std::uint64_t i = 1; i <= 10; ++i) make_room_at_ms(10 * i, 3);
  run([&]() -> Coro<> {
    writer.write("abcdefgh");
    writer.write("ij");
    EXPECT_EQ(device.output, "abc");
    EXPECT_EQ(writer.buffered(), 7U);
    co_await writer.drain();
    EXPECT_EQ(device.output, "abcdefghij");
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
    EXPECT_EQ(writer.buffered(), 0U);
  }());
}

TEST_F(StreamWriterTest, ADeviceThatIsNotReadyIsNotWritten) {
  device.room = 0;
  writer.write("x");
  EXPECT_EQ(device.writes, 0);
  device.make_room(10);
  writer.write("y");
  EXPECT_EQ(device.writes, 0) << "what is buffered goes first";
  run([&]() -> Coro<> { co_await writer.drain(); }());
  EXPECT_EQ(device.output, "xy");
}

TEST_F(StreamWriterTest, DrainYieldsEvenIfThereIsNothingToWrite) {
  run([&]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    writer.write("x");
    co_await writer.drain();
    print("drained\n");
  }());
  EXPECT_EQ(virtual_board::output(), "other\ndrained\n");
}

TEST_F(StreamWriterTest, AWakeUpWithNoRoomBehindItIsWaitedOver) {
  device.room = 0;
  make_room_at_ms(10, 10);
  run([&]() -> Coro<> {
    writer.write("x");
    device.spurious = true;
    co_await writer.drain();
    EXPECT_EQ(device.writes, 2);
    EXPECT_EQ(device.output, "x");
  }());
}

TEST_F(StreamWriterTest, AnotherTaskMayWriteWhileOneDrains) {
  device.room = 0;
  make_room_at_ms(10, 4);
  make_room_at_ms(20, 100);
  run([&]() -> Coro<> {
    writer.write("first,");
    const Task<> draining = create_task(writer.drain());
    co_await sleep_ms(15);
    writer.write("second");
    co_await draining;
    EXPECT_EQ(device.output, "first,second");
  }());
}

TEST_F(StreamWriterTest, ASecondTaskThatDrainsIsAnError) {
  device.room = 0;
  make_room_at_ms(10, 10);
  run([&]() -> Coro<> {
    writer.write("x");
    const Task<> draining = create_task(writer.drain());
    co_await sleep_ms(0);
    bool refused = false;
    try {
      co_await writer.drain();
    } catch (const asyncio::RuntimeError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    co_await draining;
    EXPECT_EQ(device.output, "x");
  }());
}

TEST_F(StreamWriterTest, ACancelledDrainNeitherLosesNorRepeats) {
  device.room = 2;
  make_room_at_ms(10, 2);
  run([&]() -> Coro<> {
    writer.write("abcdef");
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(writer.drain(), 20);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(device.output, "abcd");
    device.make_room(10);
    co_await writer.drain();
    EXPECT_EQ(device.output, "abcdef");
  }());
}

TEST_F(StreamWriterTest, DestroyedWhileATaskDrainsOrClosesItIsAnErrorThereAtOnce) {
  device.room = 0;
  run([](TestDevice& sink) -> Coro<> {
    const auto drains = {+[](StreamWriter& out) -> Coro<> { return out.drain(); },
                         +[](StreamWriter& out) -> Coro<> { return out.wait_closed(); }};
    for (const auto drain : drains) {
      auto out = std::make_unique<StreamWriter>(sink);
      out->write("x");
      const Task<> draining = create_task(drain(*out));
      co_await sleep_ms(1);
      out.reset();
      const std::uint64_t destroyed_us = virtual_board::now_us();
      std::string what;
      try {
        co_await draining;
      } catch (const asyncio::RuntimeError& error) {
        what = error.what();
      }
      EXPECT_EQ(what, "the stream this task waited on was destroyed");
      EXPECT_EQ(virtual_board::now_us(), destroyed_us);
    }
    sink.make_room(10);
    co_await sleep_ms(1);
    EXPECT_EQ(sink.output, "");
    EXPECT_EQ(sink.closed, 0);
  }(device));
}

TEST_F(StreamWriterTest, MovedWhileATaskDrainsTheDrainGoesOn) {
  device.room = 0;
  make_room_at_ms(10, 10);
  run([](TestDevice& sink) -> Coro<> {
    auto out = std::make_unique<StreamWriter>(sink);
    out->write("a");
    const Task<> draining = create_task(out->drain());
    co_await sleep_ms(1);
    StreamWriter moved(std::move(*out));
    out.reset();
    moved.write("b");
    co_await draining;
    EXPECT_EQ(sink.output, "ab");
    EXPECT_EQ(moved.buffered(), 0U);
  }(device));
}

TEST_F(StreamWriterTest, ABufferThatNeverEmptiesDoesNotGrow) {
  device.room = 0;
  std::string all;
  writer.write(std::string(100, '-'));
  all.append(100, '-');
  run([&]() -> Coro<> {
    const std::size_t before = conformance::heap_allocations();
    device.output.reserve(30'000);
    all.reserve(30'000);
    for (int i = 0; i < 200; ++i) {
      device.make_room(100);
      const Task<> draining = create_task(writer.drain());
      writer.write(std::string(100, static_cast<char>('a' + i % 26)));
      all.append(100, static_cast<char>('a' + i % 26));
      co_await sleep_ms(0);
      co_await sleep_ms(0);
      draining.cancel();
      co_await sleep_ms(0);
      EXPECT_LE(writer.buffered(), 200U);
    }
    EXPECT_LE(conformance::heap_allocations() - before, 210U)
        << "one for each test string, not for the buffer";
    device.make_room(1000);
    co_await writer.drain();
    EXPECT_EQ(device.output, all);
  }());
}

TEST_F(StreamWriterTest, AnErrorOfTheDeviceComesThrough) {
  device.room = 0;
  run([&]() -> Coro<> {
    writer.write("x");
    virtual_board::interrupt_at_us(10'000, [&] { device.write_error = ECONNRESET; });
    int code = 0;
    try {
      co_await writer.drain();
    } catch (const OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, ECONNRESET);
    EXPECT_EQ(writer.buffered(), 1U);
  }());
  StreamWriter other(device);
  EXPECT_EQ(error_of([&] { other.write("y"); }), ECONNRESET);
}

TEST_F(StreamWriterTest, CloseClosesADeviceThatHasEverything) {
  writer.write("x");
  EXPECT_FALSE(writer.is_closing());
  writer.close();
  EXPECT_TRUE(writer.is_closing());
  EXPECT_EQ(device.closed, 1);
  run([&]() -> Coro<> { co_await writer.wait_closed(); }());
  writer.close();
  EXPECT_EQ(device.closed, 1) << "once";
}

TEST_F(StreamWriterTest, WaitClosedDoesNotYieldWithNothingToDrain) {
  run([&]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    writer.close();
    co_await writer.wait_closed();
    print("closed\n");
  }());
  EXPECT_EQ(virtual_board::output(), "closed\n");
}

TEST_F(StreamWriterTest, WaitClosedDrainsFirst) {
  device.room = 0;
  make_room_at_ms(10, 100);
  run([&]() -> Coro<> {
    writer.write("last words");
    writer.close();
    EXPECT_EQ(device.closed, 0);
    co_await writer.wait_closed();
    EXPECT_EQ(device.output, "last words");
    EXPECT_EQ(device.closed, 1);
  }());
}

TEST_F(StreamWriterTest, WaitClosedClosesWithoutClose) {
  run([&]() -> Coro<> { co_await writer.wait_closed(); }());
  EXPECT_EQ(device.closed, 1);
  EXPECT_TRUE(writer.is_closing());
}

TEST_F(StreamWriterTest, WaitClosedClosesEvenIfItIsCutShort) {
  device.room = 0;
  run([&]() -> Coro<> {
    writer.write("never sent");
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(writer.wait_closed(), 20);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(device.closed, 1);
  }());
}

TEST_F(StreamWriterTest, AClosedWriterRefusesWriteAndDrain) {
  writer.close();
  EXPECT_EQ(error_of([&] { writer.write("x"); }), EBADF);
  EXPECT_EQ(error_of([&] { run(writer.drain()); }), EBADF);
  EXPECT_EQ(error_of([&] { writer.write_eof(); }), EBADF);
}

TEST_F(StreamWriterTest, WriteEofComesAfterWhatIsBuffered) {
  device.room = 0;
  make_room_at_ms(10, 100);
  run([&]() -> Coro<> {
    writer.write("x");
    writer.write_eof();
    EXPECT_EQ(device.ended, 0);
    EXPECT_EQ(error_of([&] { writer.write("y"); }), EPIPE);
    co_await writer.drain();
    EXPECT_EQ(device.output, "x");
    EXPECT_EQ(device.ended, 1);
    writer.write_eof();
    co_await writer.drain();
    EXPECT_EQ(device.ended, 1) << "once";
  }());
}

TEST_F(StreamWriterTest, WriteEofOfADeviceWithoutOneIsAnError) {
  struct Uart : asyncio::IOBase {
    int ioctl(int, int) override { return asyncio::MP_STREAM_ERROR; }
  } uart;
  StreamWriter out(uart);
  EXPECT_EQ(error_of([&] { out.write_eof(); }), EOPNOTSUPP);
  out.close();  // nothing to tell it, no error
}

TEST_F(StreamWriterTest, ExtraInfoTellsOfAConnection) {
  EXPECT_FALSE(writer.get_extra_info("peername").has_value());
  const network::Address peer{{192, 168, 4, 2}, 50'000};
  const StreamWriter out(device, {.peername = peer, .sockname = std::nullopt});
  EXPECT_EQ(out.get_extra_info("peername"), peer);
  EXPECT_EQ(out.get_extra_info("peername")->host(), "192.168.4.2");
  EXPECT_FALSE(out.get_extra_info("sockname").has_value());
  EXPECT_FALSE(out.get_extra_info("cipher").has_value());
}

}  // namespace
}  // namespace streams
