#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "test_device.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::EOFError;
using asyncio::OSError;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using asyncio::Task;

namespace streams {
namespace {

class StreamReaderTest : public virtual_board::Test {
 protected:
  TestDevice device;
  StreamReader reader{device};

  void receive_at_ms(std::uint64_t milliseconds, std::string text) {
    virtual_board::interrupt_at_us(milliseconds * 1000, [this, text] { device.receive(text); });
  }
  void end_at_ms(std::uint64_t milliseconds) {
    virtual_board::interrupt_at_us(milliseconds * 1000, [this] { device.at_end = true; });
  }
};

TEST_F(StreamReaderTest, ReadGivesWhatThereIsUpToTheSizeAskedFor) {
  device.input = "abcdef";
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.read(4), "abcd");
    EXPECT_EQ(co_await reader.read(4), "ef");
  }());
}

TEST_F(StreamReaderTest, ReadWaitsForTheDevice) {
  receive_at_ms(50, "late");
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.read(10), "late");
    EXPECT_EQ(virtual_board::now_us(), 50'000U);
  }());
}

TEST_F(StreamReaderTest, ReadIsEmptyAtTheEndOfTheStreamEachTime) {
  device.at_end = true;
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.read(10), "");
    EXPECT_EQ(co_await reader.read(10), "");
  }());
}

TEST_F(StreamReaderTest, ReadOfZeroBytesWaitsForTheDeviceAndTakesNothing) {
  receive_at_ms(5, "x");
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.read(0), "");
    EXPECT_EQ(virtual_board::now_us(), 5'000U);
    EXPECT_EQ(device.input, "x");
  }());
}

TEST_F(StreamReaderTest, ReadWithoutASizeGoesOnToTheEndOfTheStream) {
  device.input = "a";
  receive_at_ms(10, "b");
  receive_at_ms(20, std::string(10'000, 'c'));
  end_at_ms(30);
  run([this]() -> Coro<> { EXPECT_EQ(co_await reader.read(), "ab" + std::string(10'000, 'c')); }());
  EXPECT_LT(device.reads, 20) << "the chunks grow";
}

TEST_F(StreamReaderTest, ReadexactlyCollectsTheBytesAsTheyTrickleIn) {
  for (std::uint64_t i = 0; i < 5; ++i)
    receive_at_ms(10 * (i + 1), std::string(1, static_cast<char>('a' + i)));
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.readexactly(4), "abcd");
    EXPECT_EQ(virtual_board::now_us(), 40'000U);
    EXPECT_EQ(co_await reader.readexactly(1), "e");
  }());
}

TEST_F(StreamReaderTest, ReadexactlyLeavesTheRestInTheDevice) {
  device.input = "abcdef";
  run([this]() -> Coro<> { EXPECT_EQ(co_await reader.readexactly(2), "ab"); }());
  EXPECT_EQ(device.input, "cdef");
}

TEST_F(StreamReaderTest, ReadexactlyOfZeroBytesDoesNotWait) {
  run([this]() -> Coro<> { EXPECT_EQ(co_await reader.readexactly(0), ""); }());
  EXPECT_TRUE(virtual_board::idle_deadlines().empty());
}

TEST_F(StreamReaderTest, ReadexactlyThrowsEOFErrorAndLeavesWhatCame) {
  device.input = "abc";
  device.at_end = true;
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.readexactly(2), "ab");
    bool ended = false;
    try {
      co_await reader.readexactly(2);
    } catch (const EOFError&) {
      ended = true;
    }
    EXPECT_TRUE(ended);
    EXPECT_EQ(co_await reader.readexactly(0), "");
    EXPECT_EQ(co_await reader.read(10), "c");
    EXPECT_EQ(co_await reader.read(10), "");
  }());
}

TEST_F(StreamReaderTest, ReadlineEndsAfterTheNewlineAndLeavesTheRestInTheDevice) {
  device.input = "one\ntwo\nthr";
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.readline(), "one\n");
    EXPECT_EQ(device.input, "two\nthr");
    EXPECT_EQ(co_await reader.readline(), "two\n");
    EXPECT_EQ(co_await reader.read(1), "t");
  }());
}

TEST_F(StreamReaderTest, ReadlineWaitsForTheRestOfItsLine) {
  device.input = "sl";
  receive_at_ms(10, "ow");
  receive_at_ms(20, "\nnext\n");
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.readline(), "slow\n");
    EXPECT_EQ(virtual_board::now_us(), 20'000U);
    EXPECT_EQ(co_await reader.readline(), "next\n");
  }());
}

TEST_F(StreamReaderTest, ReadlineGivesAnUnfinishedLineAtTheEndThenNothing) {
  device.input = "half";
  end_at_ms(10);
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.readline(), "half");
    EXPECT_EQ(co_await reader.readline(), "");
  }());
}

TEST_F(StreamReaderTest, ReadintoFillsTheBeginningOfTheBuffer) {
  device.input = "abc";
  run([this]() -> Coro<> {
    std::array<char, 2> chars{};
    EXPECT_EQ(co_await reader.readinto(chars), 2U);
    EXPECT_EQ(chars[1], 'b');
    std::vector<std::uint8_t> bytes(5);
    EXPECT_EQ(co_await reader.readinto(bytes), 1U);
    EXPECT_EQ(bytes[0], 'c');
    EXPECT_EQ(bytes[1], 0);
    device.at_end = true;
    std::array<std::byte, 4> more{};
    EXPECT_EQ(co_await reader.readinto(more), 0U);
  }());
}

TEST_F(StreamReaderTest, AWakeUpWithNothingBehindItIsWaitedOver) {
  device.spurious = true;
  receive_at_ms(10, "a");
  receive_at_ms(30, "b\n");
  run([this]() -> Coro<> {
    EXPECT_EQ(co_await reader.read(5), "a");
    device.spurious = true;
    EXPECT_EQ(co_await reader.readline(), "b\n");
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
  }());
}

TEST_F(StreamReaderTest, ADeviceWithoutInterruptIsLookedAtEveryMillisecond) {
  device.interrupts = false;
  virtual_board::interrupt_at_us(2'500, [this] { device.receive("x"); });
  run([this]() -> Coro<> { co_await reader.read(1); }());
  EXPECT_EQ(virtual_board::now_us(), 2'500U);
  EXPECT_EQ(virtual_board::idle_deadlines(), (std::vector<std::uint64_t>{1'000, 2'000, 3'000}));
}

TEST_F(StreamReaderTest, AnErrorOfTheDeviceComesThroughAndTheBytesBeforeItAreKept) {
  device.input = "li";
  virtual_board::interrupt_at_us(10'000, [this] { device.read_error = EIO; });
  run([this]() -> Coro<> {
    int code = 0;
    try {
      co_await reader.readline();
    } catch (const OSError& error) {
      code = error.code();
    }
    EXPECT_EQ(code, EIO);
    device.read_error = 0;
    device.receive("ne\n");
    EXPECT_EQ(co_await reader.readline(), "line\n");
  }());
}

TEST_F(StreamReaderTest, ALineCutByATimeoutIsCompletedByTheNextReadline) {
  device.input = "tempera";
  receive_at_ms(100, "ture\n");
  run([this]() -> Coro<> {
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(reader.readline(), 50);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(co_await reader.readline(), "temperature\n");
  }());
}

TEST_F(StreamReaderTest, EveryReadBeginsWithWhatACancelledOneHad) {
  const auto leave = [this](std::string text) -> Coro<> {
    device.input = std::move(text);
    try {
      co_await asyncio::wait_for_ms(reader.read(), 5);
    } catch (const asyncio::TimeoutError&) {
    }
    EXPECT_EQ(device.input, "");
  };
  run([&]() -> Coro<> {
    co_await leave("abcdef");
    EXPECT_EQ(co_await reader.read(2), "ab");
    EXPECT_EQ(co_await reader.readexactly(2), "cd");
    device.input = "g";
    EXPECT_EQ(co_await reader.readexactly(3), "efg");
    co_await leave("1\n2\n3");
    EXPECT_EQ(co_await reader.readline(), "1\n");
    std::array<char, 2> buffer{};
    EXPECT_EQ(co_await reader.readinto(buffer), 2U);
    EXPECT_EQ(buffer[0], '2');
    device.at_end = true;
    EXPECT_EQ(co_await reader.read(), "3");
  }());
}

TEST_F(StreamReaderTest, AReadyDeviceDoesNotKeepOtherTasksWaiting) {
  device.input = std::string(100, '\n');
  run([this]() -> Coro<> {
    int turns = 0;
    const Task<> other = create_task([](int& count) -> Coro<> {
      for (;;) {
        ++count;
        co_await sleep_ms(0);
      }
    }(turns));
    for (int i = 0; i < 100; ++i) co_await reader.readline();
    EXPECT_GE(turns, 100);
    other.cancel();
  }());
}

TEST_F(StreamReaderTest, ATaskWokenByADeviceGoesBehindTheReadyOnes) {
  device.input = "x";
  run([this]() -> Coro<> {
    const Task<> first = create_task([](StreamReader& stream) -> Coro<> {
      co_await stream.read(1);
      print("reader\n");
    }(reader));
    const Task<> second = create_task([]() -> Coro<> {
      print("other 1\n");
      co_await sleep_ms(0);
      print("other 2\n");
    }());
    co_await first;
    co_await second;
  }());
  EXPECT_EQ(virtual_board::output(), "other 1\nreader\nother 2\n");
}

TEST_F(StreamReaderTest, ATaskWokenByAPriorityDeviceGoesAheadOfTheReadyOnes) {
  device.set_priority(true);
  device.input = "x";
  run([this]() -> Coro<> {
    const Task<> first = create_task([](StreamReader& stream) -> Coro<> {
      co_await stream.read(1);
      print("reader\n");
    }(reader));
    const Task<> second = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    co_await first;
    co_await second;
  }());
  EXPECT_EQ(virtual_board::output(), "reader\nother\n");
}

TEST_F(StreamReaderTest, ASecondReaderOfADeviceIsAnError) {
  run([this]() -> Coro<> {
    const Task<std::string> first = create_task(reader.read(1));
    co_await sleep_ms(0);
    EXPECT_THROW(
        {
          try {
            co_await reader.read(1);
          } catch (const asyncio::RuntimeError& error) {
            EXPECT_STREQ(error.what(), "another task already waits for this device or ThreadSafeFlag");
            throw;
          }
        },
        asyncio::RuntimeError);
    device.receive("x");
    EXPECT_EQ(co_await first, "x");
  }());
}

TEST_F(StreamReaderTest, CancellingTheReaderDoesNotLoseTheWriter) {
  device.room = 0;
  StreamWriter writer(device);
  virtual_board::interrupt_at_us(20'000, [this] { device.make_room(100); });
  run([&]() -> Coro<> {
    const Task<std::string> reading = create_task(reader.read(1));
    const Task<> writing = create_task([](StreamWriter& to) -> Coro<> {
      to.write("hello");
      co_await to.drain();
    }(writer));
    co_await sleep_ms(10);
    reading.cancel();
    co_await writing;
    EXPECT_EQ(device.output, "hello");
    EXPECT_EQ(virtual_board::now_us(), 20'000U);
  }());
}

TEST_F(StreamReaderTest, CancellingTheWriterDoesNotLoseTheReader) {
  device.room = 0;
  StreamWriter writer(device);
  receive_at_ms(20, "answer");
  run([&]() -> Coro<> {
    const Task<std::string> reading = create_task(reader.read(10));
    const Task<> writing = create_task([](StreamWriter& to) -> Coro<> {
      to.write("hello");
      co_await to.drain();
    }(writer));
    co_await sleep_ms(10);
    writing.cancel();
    EXPECT_EQ(co_await reading, "answer");
    device.make_room(100);
    co_await writer.drain();
    EXPECT_EQ(device.output, "hello") << "what a cancelled drain() left is sent by the next, once";
  }());
}

TEST_F(StreamReaderTest, AReaderThatSharesTheDeviceKeepsIt) {
  auto shared = std::make_shared<TestDevice>();
  const std::weak_ptr<TestDevice> watch = shared;
  shared->input = "abc";
  {
    StreamReader in(shared);
    StreamWriter out(std::move(shared));
    StreamReader moved(std::move(in));
    run([](StreamReader& stream) -> Coro<> { EXPECT_EQ(co_await stream.read(3), "abc"); }(moved));
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST_F(StreamReaderTest, ADeviceDestroyedUnderItsReaderIsAnErrorThere) {
  run([]() -> Coro<> {
    auto unplugged = std::make_unique<TestDevice>();
    StreamReader in(*unplugged);
    const Task<std::string> reading = create_task(in.read(1));
    co_await sleep_ms(0);
    unplugged.reset();
    bool told = false;
    try {
      co_await reading;
    } catch (const asyncio::RuntimeError&) {
      told = true;
    }
    EXPECT_TRUE(told);
  }());
}

// What a task of its own says that awaits one of the reads.
template <class T>
Coro<> tell(Coro<T> reading) {
  try {
    const T result = co_await reading;
    if constexpr (std::is_same_v<T, std::string>) print("%s\n", result.c_str());
  } catch (const asyncio::RuntimeError& error) {
    print("%s\n", error.what());
  } catch (const asyncio::CancelledError&) {
    print("cancelled\n");
  }
}

constexpr const char* told = "the stream this task waited on was destroyed\n";

TEST_F(StreamReaderTest, DestroyedWhileATaskReadsItIsAnErrorThereAtOnce) {
  run([](TestDevice& source) -> Coro<> {
    std::array<char, 8> buffer{};
    const auto reads = {
        +[](StreamReader& in, std::array<char, 8>&) -> Coro<> { return tell(in.readline()); },
        +[](StreamReader& in, std::array<char, 8>&) -> Coro<> { return tell(in.read(8)); },
        +[](StreamReader& in, std::array<char, 8>&) -> Coro<> { return tell(in.read()); },
        +[](StreamReader& in, std::array<char, 8>&) -> Coro<> { return tell(in.readexactly(8)); },
        +[](StreamReader& in, std::array<char, 8>& to) -> Coro<> {
          return tell(in.readinto(std::span<char>(to)));
        }};
    for (const auto read : reads) {
      const std::size_t before = virtual_board::output().size();
      auto in = std::make_unique<StreamReader>(source);
      const Task<> reading = create_task(read(*in, buffer));
      co_await sleep_ms(1);
      in.reset();
      co_await sleep_ms(0);
      EXPECT_EQ(virtual_board::output().substr(before), told);
      EXPECT_TRUE(reading.done());
    }
    source.receive("hello\n");
    EXPECT_EQ(co_await StreamReader(source).readline(), "hello\n") << "nobody else waits for the device";
  }(device));
}

TEST_F(StreamReaderTest, DestroyedBetweenBeingReadyAndTheTurnOfItsTaskItLeavesTheBytes) {
  run([](TestDevice& source) -> Coro<> {
    auto in = std::make_unique<StreamReader>(source);
    const Task<> reading = create_task(tell(in->readline()));
    co_await sleep_ms(0);
    create_task([](std::unique_ptr<StreamReader>& destroyed) -> Coro<> {
      destroyed.reset();
      co_return;
    }(in));
    source.receive("hello\n");
    co_await reading;
    EXPECT_EQ(virtual_board::output(), told);
    EXPECT_EQ(source.input, "hello\n");
  }(device));
}

TEST_F(StreamReaderTest, DestroyedBeforeAReadBeginsOrGoesOnItIsAnErrorThere) {
  run([](TestDevice& source) -> Coro<> {
    auto in = std::make_unique<StreamReader>(source);
    create_task(tell(in->readline()));
    in.reset();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), told);

    // One that has its bytes only lets the others run.
    in = std::make_unique<StreamReader>(source);
    source.receive("ab");
    try {
      co_await asyncio::wait_for_ms(in->readexactly(3), 1);
    } catch (const asyncio::TimeoutError&) {
    }
    create_task(tell(in->read(2)));
    co_await sleep_ms(0);
    in.reset();
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), std::string(told) + told);
  }(device));
}

TEST_F(StreamReaderTest, DestroyedAfterItsTaskWasCancelledItIsACancellation) {
  run([](TestDevice& source) -> Coro<> {
    auto in = std::make_unique<StreamReader>(source);
    const Task<> reading = create_task(tell(in->readline()));
    co_await sleep_ms(1);
    reading.cancel();
    in.reset();
    co_await reading;
  }(device));
  EXPECT_EQ(virtual_board::output(), "cancelled\n");
}

TEST_F(StreamReaderTest, DestroyedWhileATaskReadsItLetsGoOfTheDevice) {
  run([]() -> Coro<> {
    auto shared = std::make_shared<TestDevice>();
    const std::weak_ptr<TestDevice> watch = shared;
    auto in = std::make_unique<StreamReader>(std::move(shared));
    const Task<> reading = create_task(tell(in->readline()));
    co_await sleep_ms(1);
    in.reset();
    EXPECT_TRUE(watch.expired());
    co_await reading;
  }());
  EXPECT_EQ(virtual_board::output(), told);
}

TEST_F(StreamReaderTest, MovedWhileATaskReadsTheReadGoesOn) {
  run([](TestDevice& source) -> Coro<> {
    auto in = std::make_unique<StreamReader>(source);
    const Task<> reading = create_task(tell(in->readline()));
    co_await sleep_ms(1);
    source.receive("he");
    co_await sleep_ms(1);
    StreamReader moved(std::move(*in));
    std::string what;
    try {
      co_await in->readline();
    } catch (const asyncio::RuntimeError& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "the stream was moved: use the one it was moved to");
    in.reset();
    source.receive("llo\n");
    co_await reading;
    EXPECT_EQ(virtual_board::output(), "hello\n\n");
    StreamReader other(source);
    create_task(tell(other.readline()));
    co_await sleep_ms(0);
    other = std::move(moved);  // the one it was is gone
    co_await sleep_ms(0);
    EXPECT_EQ(virtual_board::output(), std::string("hello\n\n") + told);
  }(device));
}

#if COROSCOPE_TRACE
TEST_F(StreamReaderTest, TheTraceHasTheLineWhereTheProgramWaits) {
  StreamReader named(device, "uart");
  device.input = "x";
  unsigned line = 0;
  run([&]() -> Coro<> {
    line = __LINE__ + 1;
    co_await named.read(1);
  }());
  bool found = false;
  for (const trace::Record& record : virtual_board::trace_records()) {
    if (record.kind != trace::Kind::slice_end) continue;
    if (record.reason != static_cast<std::uint8_t>(trace::Reason::io_read)) continue;
    EXPECT_EQ(record.site & 0xffff, line);
    EXPECT_NE(record.object, 0U);
    found = true;
  }
  EXPECT_TRUE(found);
}
#endif

}  // namespace
}  // namespace streams
