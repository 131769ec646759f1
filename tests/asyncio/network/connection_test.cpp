// open_connection() and start_server() over the board's loopback.

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/open_connection.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/start_server.hpp"
#include "asyncio/wait_for.hpp"
#include "network/loopback.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::open_connection;
using asyncio::OSError;
using asyncio::run;
using asyncio::Server;
using asyncio::sleep_ms;
using asyncio::start_server;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using asyncio::Task;

namespace {

class ConnectionTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    network::loopback::reset();
  }
};

// Writes back line by line.
Coro<> echo(StreamReader reader, StreamWriter writer) {
  for (;;) {
    const std::string line = co_await reader.readline();
    if (line.empty()) break;
    writer.write(line);
    co_await writer.drain();
  }
}

Coro<std::string> ask(std::string host, std::uint16_t port, std::string question) {
  auto [reader, writer] = co_await open_connection(std::move(host), port);
  writer.write(question + "\n");
  co_await writer.drain();
  co_return co_await reader.readline();
}

// The number of the OSError that the coroutine ends by; 0 if it does not.
template <class T>
Coro<int> error_of(Coro<T> coro) {
  try {
    co_await coro;
  } catch (const OSError& error) {
    co_return error.code();
  }
  co_return 0;
}

// --- open_connection()

TEST_F(ConnectionTest, AClientTalksToAServerOnTheSameBoard) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    EXPECT_EQ(co_await ask("127.0.0.1", 7, "numbers"), "numbers\n");
    EXPECT_EQ(co_await ask("localhost", 7, "a name"), "a name\n");
    EXPECT_EQ(co_await ask("", 7, "any address"), "any address\n");
    network::loopback::add_host("echo.local", {127, 0, 0, 1});
    EXPECT_EQ(co_await ask("echo.local", 7, "a host"), "a host\n");
  }());
}

TEST_F(ConnectionTest, NobodyListeningIsECONNREFUSED) {
  EXPECT_EQ(run(error_of(open_connection("127.0.0.1", 81))), ECONNREFUSED);
}

TEST_F(ConnectionTest, AnUnknownHostIsAnErrorAndDoesNotStopTheOthers) {
  run([]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    EXPECT_EQ(co_await error_of(open_connection("nowhere.example", 80)), network::name_not_found);
  }());
}

TEST_F(ConnectionTest, AnotherMachineIsENETUNREACH) {
  EXPECT_EQ(run(error_of(open_connection("192.168.4.1", 80))), ENETUNREACH);
}

TEST_F(ConnectionTest, AConnectionBeyondTheBacklogWaitsForItsTurn) {
  run([]() -> Coro<> {
    network::Socket listener;
    listener.listen({{}, 80}, 1);
    auto first = co_await open_connection("127.0.0.1", 80);
    const auto second = create_task(open_connection("127.0.0.1", 80));
    co_await sleep_ms(10);
    EXPECT_FALSE(second.done());
    network::Socket accepted;
    EXPECT_TRUE(listener.accept(accepted));
    co_await sleep_ms(10);
    EXPECT_TRUE(second.done());
  }());
}

TEST_F(ConnectionTest, AnAttemptThatTimesOutIsDropped) {
  run([]() -> Coro<> {
    network::Socket listener;
    listener.listen({{}, 80}, 1);
    auto first = co_await open_connection("127.0.0.1", 80);
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(open_connection("127.0.0.1", 80), 50);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    network::Socket accepted;
    EXPECT_TRUE(listener.accept(accepted));
    network::Socket none;
    EXPECT_FALSE(listener.accept(none));
  }());
}

TEST_F(ConnectionTest, AHandlerMayTakeTheStreamsByReferenceOfAnyKind) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader&& reader, StreamWriter&& writer) -> Coro<> {
          writer.write(co_await reader.readline());
          co_await writer.drain();
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    co_await sleep_ms(1);
    writer.write("hello\n");
    EXPECT_EQ(co_await reader.read(), "hello\n");
  }());
}

TEST_F(ConnectionTest, BothEndsKnowTheirAddresses) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader&, StreamWriter& writer) -> Coro<> {
          EXPECT_EQ(writer.get_extra_info("peername")->port, 49152);
          EXPECT_EQ(writer.get_extra_info("sockname")->port, 80);
          co_return;
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    EXPECT_EQ(writer.get_extra_info("peername")->port, 80);
    EXPECT_EQ(writer.get_extra_info("sockname")->port, 49152);
    EXPECT_EQ(co_await reader.read(), "");
  }());
}

// --- Streams on a socket

TEST_F(ConnectionTest, MoreThanTheBuffersHoldGoesThroughInBothDirections) {
  network::loopback::set_buffer_size(100);
  run([]() -> Coro<> {
    std::string page;
    for (int i = 0; i < 2000; ++i) page += "line " + std::to_string(i) + "\n";
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 7);
    const Task<> sending = create_task([](StreamWriter& to, const std::string& text) -> Coro<> {
      to.write(text);
      EXPECT_GT(to.buffered(), 0U);
      co_await to.drain();
      to.write_eof();
    }(writer, page));
    EXPECT_EQ(co_await reader.read(), page);
    co_await sending;
  }());
}

TEST_F(ConnectionTest, WriteEofEndsOneDirectionOnly) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader reader, StreamWriter writer) -> Coro<> {
          const std::string request = co_await reader.read();
          writer.write("got " + request);
          co_await writer.drain();
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    writer.write("everything");
    writer.write_eof();
    EXPECT_EQ(co_await reader.read(), "got everything");
  }());
}

TEST_F(ConnectionTest, CancellingTheReaderOfASocketDoesNotLoseItsWriter) {
  network::loopback::set_buffer_size(10);
  run([]() -> Coro<> {
    std::string received;
    const Server server = co_await start_server(
        [&received](StreamReader reader, StreamWriter) -> Coro<> {
          co_await sleep_ms(100);
          received = co_await reader.read();
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    const Task<std::string> reading = create_task(reader.readline());
    const Task<> writing = create_task([](StreamWriter& to) -> Coro<> {
      to.write("much more than ten bytes");
      co_await to.drain();
    }(writer));
    co_await sleep_ms(50);
    reading.cancel();
    co_await writing;
    writer.close();
    co_await sleep_ms(10);
    EXPECT_EQ(received, "much more than ten bytes");
  }());
}

TEST_F(ConnectionTest, TheSocketLivesAsLongAsOneOfItsStreams) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    std::optional<StreamWriter> kept;
    {
      auto [reader, writer] = co_await open_connection("127.0.0.1", 7);
      kept.emplace(std::move(writer));
    }
    kept->write("x\n");
    StreamReader again(kept->device());
    EXPECT_EQ(co_await again.readline(), "x\n");
  }());
}

TEST_F(ConnectionTest, StreamsThatGoCloseTheConnection) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader, StreamWriter writer) -> Coro<> {
          writer.write("bye");
          co_return;
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    EXPECT_EQ(co_await reader.read(), "bye");
  }());
}

TEST_F(ConnectionTest, ClosingUnderAReaderIsAnErrorThere) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 7);
    const Task<int> reading = create_task(error_of(reader.readline()));
    co_await sleep_ms(10);
    writer.close();
    EXPECT_EQ(co_await reading, EBADF);
  }());
}

TEST_F(ConnectionTest, AReaderHearsOfAReset) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader& reader, StreamWriter&) -> Coro<> {
          co_await sleep_ms(10);
          co_await reader.read(3);  // and leaves the rest unread
        },
        "0.0.0.0", 80);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
    writer.write("request");
    EXPECT_EQ(co_await error_of(reader.read()), ECONNRESET);
    EXPECT_EQ(virtual_board::now_us(), 10'000U);
  }());
}

// --- start_server()

TEST_F(ConnectionTest, EachClientHasATaskOfItsOwn) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader reader, StreamWriter writer) -> Coro<> {
          const std::string line = co_await reader.readline();
          co_await sleep_ms(100);
          writer.write(line);
          co_await writer.drain();
        },
        "0.0.0.0", 80);
    std::vector<Task<std::string>> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(create_task(ask("127.0.0.1", 80, std::to_string(i))));
    int number = 0;
    for (const Task<std::string>& client : clients)
      EXPECT_EQ(co_await client, std::to_string(number++) + "\n");
    EXPECT_EQ(virtual_board::now_us(), 100'000U) << "beside each other";
  }());
}

TEST_F(ConnectionTest, AHandlerWithCapturesIsKeptAsLongAsItRuns) {
  run([]() -> Coro<> {
    const auto shared = std::make_shared<std::string>("kept");
    {
      auto handler = [shared](StreamReader, StreamWriter writer) -> Coro<> {
        co_await sleep_ms(100);
        writer.write(*shared);
      };
      Server server = co_await start_server(std::as_const(handler), "0.0.0.0", 80);
      auto [reader, writer] = co_await open_connection("127.0.0.1", 80);
      co_await sleep_ms(10);
      EXPECT_GT(shared.use_count(), 1);
      const Task<std::string> reading = create_task(
          [](StreamReader from) -> Coro<std::string> { co_return co_await from.read(); }(std::move(reader)));
      co_await sleep_ms(0);
      server.close();
      EXPECT_EQ(co_await reading, "kept") << "closing a server leaves its handlers alone";
    }
    co_await sleep_ms(1);
    EXPECT_EQ(shared.use_count(), 1);
  }());
}

TEST_F(ConnectionTest, AHandlerThatFailsIsReportedAndTheServerGoesOn) {
  run([]() -> Coro<> {
    int calls = 0;
    const Server server = co_await start_server(
        [&calls](StreamReader reader, StreamWriter writer) -> Coro<> {
          if (++calls == 1) throw std::runtime_error("bad client");
          writer.write(co_await reader.readline());
        },
        "0.0.0.0", 80);
    const auto guard = server.scoped();
    EXPECT_EQ(co_await error_of(ask("127.0.0.1", 80, "first")), ECONNRESET) << "its question was not read";
    EXPECT_EQ(co_await ask("127.0.0.1", 80, "second"), "second\n");
  }());
  EXPECT_EQ(virtual_board::output(), "Task exception wasn't retrieved\nfuture: Task client\nbad client\n");
}

TEST_F(ConnectionTest, AServerServesAfterItsLastHandleIsGone) {
  run([]() -> Coro<> {
    co_await start_server(echo, "0.0.0.0", 7);
    EXPECT_EQ(co_await ask("127.0.0.1", 7, "still there"), "still there\n");
  }());
}

TEST_F(ConnectionTest, AClosedServerFreesItsPortAtOnceAndRefuses) {
  run([]() -> Coro<> {
    Server server = co_await start_server(echo, "0.0.0.0", 7);
    EXPECT_TRUE(server.is_serving());
    server.close();
    server.close();
    EXPECT_FALSE(server.is_serving());
    EXPECT_EQ(co_await error_of(open_connection("127.0.0.1", 7)), ECONNREFUSED);
    const Server next = co_await start_server(echo, "0.0.0.0", 7);
    co_await server.wait_closed();
    EXPECT_EQ(co_await ask("127.0.0.1", 7, "next"), "next\n");
  }());
}

TEST_F(ConnectionTest, APortInUseIsEADDRINUSE) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    EXPECT_EQ(co_await error_of(start_server(echo, "127.0.0.1", 7)), EADDRINUSE);
    EXPECT_EQ(co_await error_of(start_server(echo, "10.0.0.1", 8)), EADDRNOTAVAIL);
  }());
}

TEST_F(ConnectionTest, PortZeroTellsThePortItGot) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "127.0.0.1", 0);
    EXPECT_EQ(server.sockname().port, 49152);
    EXPECT_EQ(co_await ask("127.0.0.1", server.sockname().port, "x"), "x\n");
  }());
}

TEST_F(ConnectionTest, CancellingWhoeverWaitsForItClosesTheServer) {
  run([]() -> Coro<> {
    Server server = co_await start_server(echo, "0.0.0.0", 7);
    const Task<> waiting = create_task(server.wait_closed());
    co_await sleep_ms(10);
    waiting.cancel();
    bool cancelled = false;
    try {
      co_await waiting;
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    EXPECT_FALSE(server.is_serving());
    const Server next = co_await start_server(echo, "0.0.0.0", 7);
  }());
}

TEST_F(ConnectionTest, AServerOutOfMemoryDropsTheClientAndGoesOn) {
  virtual_board::limit_frame_memory(64'000);
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader, StreamWriter writer) -> Coro<> {
          char large[25'000];
          large[0] = 'x';
          co_await sleep_ms(1000);
          writer.write(std::string_view(large, 1));
        },
        "0.0.0.0", 80);
    auto first = co_await open_connection("127.0.0.1", 80);
    auto second = co_await open_connection("127.0.0.1", 80);
    auto third = co_await open_connection("127.0.0.1", 80);
    EXPECT_EQ(co_await third.reader.read(), "") << "closed";
    EXPECT_EQ(co_await first.reader.read(), "x");
    EXPECT_EQ(co_await second.reader.read(), "x");
    auto fourth = co_await open_connection("127.0.0.1", 80);
    EXPECT_EQ(co_await fourth.reader.read(), "x");
  }());
}

TEST_F(ConnectionTest, ALoopThatForgetsItsTasksClosesTheirConnections) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    auto [reader, writer] = co_await open_connection("127.0.0.1", 7);
    co_await reader.read();
  }());
  run([]() -> Coro<> { co_await sleep_ms(10); }());
  asyncio::new_event_loop();
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    EXPECT_EQ(co_await ask("127.0.0.1", 7, "again"), "again\n");
  }());
}

TEST_F(ConnectionTest, AThousandConnectionsLeaveNothingBehind) {
  run([]() -> Coro<> {
    const Server server = co_await start_server(echo, "0.0.0.0", 7);
    for (int i = 0; i < 10; ++i) co_await ask("127.0.0.1", 7, "x");
    co_await sleep_ms(1);
    const std::size_t frames = asyncio::frame_allocator.live_frames();
    const std::size_t reserved = asyncio::frame_allocator.bytes_reserved();
    for (int i = 0; i < 1000; ++i) co_await ask("127.0.0.1", 7, "x");
    co_await sleep_ms(1);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames);
    EXPECT_EQ(asyncio::frame_allocator.bytes_reserved(), reserved);
  }());
}

#if COROSCOPE_TRACE
TEST_F(ConnectionTest, TheSameProgramMakesTheSameTrace) {
  const auto trace_of_a_run = [] {
    virtual_board::reset();
    network::loopback::reset();
    network::loopback::set_buffer_size(16);
    run([]() -> Coro<> {
      const Server server = co_await start_server(echo, "0.0.0.0", 7);
      const Task<std::string> a = create_task(ask("127.0.0.1", 7, "a question longer than the buffer"));
      const Task<std::string> b = create_task(ask("127.0.0.1", 7, "another question of that kind"));
      EXPECT_EQ(co_await a, "a question longer than the buffer\n");
      EXPECT_EQ(co_await b, "another question of that kind\n");
    }());
    asyncio::new_event_loop();
    return virtual_board::trace_records();
  };
  const std::vector<trace::Record> first = trace_of_a_run();
  const std::vector<trace::Record> second = trace_of_a_run();
  ASSERT_EQ(first.size(), second.size());
  EXPECT_GT(first.size(), 100U);
  EXPECT_EQ(std::memcmp(first.data(), second.data(), first.size() * sizeof first[0]), 0);
}
#endif

}  // namespace
