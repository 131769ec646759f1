// What network/socket.hpp promises, as the loopback keeps it: no event loop runs here.

#include "network/socket.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "asyncio/exceptions.hpp"
#include "network/loopback.hpp"
#include "virtual_board.hpp"

using asyncio::OSError;
using asyncio::POLLERR;
using asyncio::POLLHUP;
using asyncio::POLLIN;
using asyncio::POLLOUT;
using network::Address;
using network::Socket;

namespace {

constexpr Address any_80{{0, 0, 0, 0}, 80};
constexpr Address local_80{{127, 0, 0, 1}, 80};

template <class Function>
int error_of(Function function) {
  try {
    function();
    return 0;
  } catch (const OSError& error) {
    return error.code();
  }
}

class SocketTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    network::loopback::reset();
  }

  // `client` and `server` are the ends of a connection.
  void connect() {
    listener.listen(any_80, 5);
    client.connect(local_80);
    ASSERT_TRUE(client.finish_connect());
    ASSERT_TRUE(listener.accept(server));
  }
  static std::ptrdiff_t write(Socket& socket, const std::string& text) {
    return socket.write(text.data(), text.size());
  }
  static std::string read(Socket& socket, std::size_t size = 100) {
    std::string text(size, '\0');
    const std::ptrdiff_t count = socket.read(text.data(), size);
    if (count == Socket::would_block) return "(would block)";
    text.resize(static_cast<std::size_t>(count));
    return text;
  }
  static int polled(const Socket& socket) { return socket.poll(POLLIN | POLLOUT); }

  Socket listener;
  Socket client;
  Socket server;
};

TEST_F(SocketTest, BytesArriveAtTheOtherEnd) {
  connect();
  EXPECT_EQ(write(client, "hello"), 5);
  EXPECT_EQ(read(server, 2), "he");
  EXPECT_EQ(read(server), "llo");
  EXPECT_EQ(read(server), "(would block)");
  EXPECT_EQ(write(server, "answer"), 6);
  EXPECT_EQ(read(client), "answer");
}

TEST_F(SocketTest, EachEndKnowsBothAddresses) {
  connect();
  EXPECT_EQ(client.peer(), local_80);
  EXPECT_EQ(client.local(), (Address{{127, 0, 0, 1}, 49152}));
  EXPECT_EQ(server.peer(), client.local());
  EXPECT_EQ(server.local(), local_80);
  EXPECT_EQ(listener.local(), any_80);
}

TEST_F(SocketTest, PollSaysWhatIsReady) {
  network::loopback::set_buffer_size(4);
  listener.listen(any_80, 5);
  EXPECT_EQ(polled(listener), 0);
  client.connect(local_80);
  EXPECT_EQ(polled(listener), POLLIN);
  EXPECT_EQ(polled(client), POLLOUT);
  ASSERT_TRUE(listener.accept(server));
  EXPECT_EQ(polled(listener), 0);
  EXPECT_EQ(write(client, "123456"), 4) << "no more than the buffer holds";
  EXPECT_EQ(write(client, "56"), Socket::would_block);
  EXPECT_EQ(polled(client), 0);
  EXPECT_EQ(polled(server), POLLIN | POLLOUT);
  EXPECT_EQ(server.poll(POLLOUT), POLLOUT);
  EXPECT_EQ(read(server, 1), "1");
  EXPECT_EQ(polled(client), POLLOUT);
}

TEST_F(SocketTest, NobodyListeningRefuses) {
  client.connect(local_80);
  EXPECT_NE(client.poll(POLLOUT), 0);
  EXPECT_EQ(error_of([&] { client.finish_connect(); }), ECONNREFUSED);
}

TEST_F(SocketTest, AListenerOnOneAddressIsNotFoundOnAnother) {
  listener.listen({{127, 0, 0, 2}, 80}, 5);
  client.connect(local_80);
  EXPECT_EQ(error_of([&] { client.finish_connect(); }), ECONNREFUSED);
  Socket other;
  other.connect({{127, 0, 0, 2}, 80});
  EXPECT_TRUE(other.finish_connect());
  Socket any;
  EXPECT_EQ(error_of([&] { any.listen(any_80, 5); }), EADDRINUSE);
}

TEST_F(SocketTest, OtherMachinesAreOutOfReach) {
  EXPECT_EQ(error_of([&] { client.connect({{192, 168, 4, 1}, 80}); }), ENETUNREACH);
  EXPECT_EQ(error_of([&] { listener.listen({{192, 168, 4, 1}, 80}, 5); }), EADDRNOTAVAIL);
}

TEST_F(SocketTest, APortIsInUseUntilItsListenerCloses) {
  listener.listen(any_80, 5);
  auto other = std::make_unique<Socket>();
  EXPECT_EQ(error_of([&] { other->listen(local_80, 5); }), EADDRINUSE);
  listener.close();
  other->listen(local_80, 5);
  other.reset();
  Socket third;
  third.listen(any_80, 5);
}

TEST_F(SocketTest, PortZeroIsAnyFreePort) {
  listener.listen({{}, 0}, 5);
  EXPECT_EQ(listener.local().port, 49152);
  client.connect({{127, 0, 0, 1}, 49152});
  EXPECT_TRUE(client.finish_connect());
}

TEST_F(SocketTest, BeyondTheBacklogAConnectionWaitsForRoom) {
  listener.listen(any_80, 1);
  Socket second;
  client.connect(local_80);
  second.connect(local_80);
  EXPECT_TRUE(client.finish_connect());
  EXPECT_FALSE(second.finish_connect());
  EXPECT_EQ(polled(second), 0);
  EXPECT_EQ(error_of([&] { write(second, "x"); }), ENOTCONN);
  ASSERT_TRUE(listener.accept(server));
  EXPECT_TRUE(second.finish_connect());
  Socket third;
  third.connect(local_80);
  listener.close();
  EXPECT_EQ(error_of([&] { read(second); }), ECONNRESET) << "it was connected";
  EXPECT_EQ(error_of([&] { third.finish_connect(); }), ECONNREFUSED) << "it was not";
}

TEST_F(SocketTest, AnAttemptThatIsDroppedLeavesTheQueue) {
  listener.listen(any_80, 1);
  client.connect(local_80);
  {
    Socket impatient;
    impatient.connect(local_80);
  }
  Socket server2;
  EXPECT_TRUE(listener.accept(server));
  EXPECT_FALSE(listener.accept(server2));
}

TEST_F(SocketTest, AClosedEndReadsAsTheEndAfterWhatItWrote) {
  connect();
  write(client, "last words");
  client.close();
  EXPECT_EQ(polled(server), POLLIN | POLLOUT);
  EXPECT_EQ(read(server), "last words");
  EXPECT_EQ(read(server), "");
  EXPECT_EQ(read(server), "");
}

TEST_F(SocketTest, WritingToAClosedEndSucceedsOnceThenResets) {
  connect();
  client.close();
  EXPECT_EQ(write(server, "into the void"), 13);
  EXPECT_EQ(error_of([&] { write(server, "again"); }), ECONNRESET);
  EXPECT_EQ(error_of([&] { read(server); }), ECONNRESET);
  EXPECT_NE(server.poll(POLLOUT) & POLLERR, 0);
}

TEST_F(SocketTest, AfterShutdownTheOtherDirectionStaysOpen) {
  connect();
  write(client, "request");
  client.shutdown();
  EXPECT_EQ(read(server), "request");
  EXPECT_EQ(read(server), "");
  EXPECT_EQ(write(server, "response"), 8);
  EXPECT_EQ(read(client), "response");
  EXPECT_EQ(error_of([&] { write(client, "more"); }), EPIPE);
  server.close();
  EXPECT_EQ(read(client), "");
  EXPECT_NE(polled(client) & POLLHUP, 0);
}

TEST_F(SocketTest, ClosingWithBytesUnreadResetsTheOtherEnd) {
  connect();
  write(client, "request with a body");
  write(server, "response");
  read(server, 7);
  server.close();
  EXPECT_EQ(error_of([&] { read(client); }), ECONNRESET) << "and the response is lost";
}

TEST_F(SocketTest, AbortResetsAndDropsWhatWasOnItsWay) {
  connect();
  write(client, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(read(server, 10), "GET / HTTP");
  client.abort();
  EXPECT_EQ(error_of([&] { read(server); }), ECONNRESET);
  EXPECT_EQ(server.peer().port, 49152) << "it still knows whose connection it was";
}

TEST_F(SocketTest, AConnectionAbortedBeforeItIsAcceptedFailsAfterwards) {
  listener.listen(any_80, 5);
  client.connect(local_80);
  client.abort();
  ASSERT_TRUE(listener.accept(server));
  EXPECT_EQ(error_of([&] { read(server); }), ECONNRESET);
}

TEST_F(SocketTest, UseWithoutAConnectionSaysSo) {
  EXPECT_EQ(error_of([&] { read(client); }), ENOTCONN);
  EXPECT_EQ(error_of([&] { write(client, "x"); }), ENOTCONN);
  EXPECT_NE(polled(client), 0) << "a waiting task is to hear of it";
  listener.listen(any_80, 5);
  EXPECT_EQ(error_of([&] { read(listener); }), ENOTCONN);
  client.connect(local_80);
  EXPECT_EQ(error_of([&] { client.connect(local_80); }), EISCONN);
  EXPECT_EQ(error_of([&] { client.listen({{}, 81}, 5); }), EISCONN);
  client.close();
  client.close();
  EXPECT_EQ(error_of([&] { read(client); }), EBADF);
  EXPECT_EQ(error_of([&] { client.connect(local_80); }), EBADF);
  EXPECT_EQ(polled(client), POLLERR);
}

TEST_F(SocketTest, ClientPortsRunOutAndComeBack) {
  network::loopback::set_last_client_port(49154);
  listener.listen(any_80, 10);
  std::vector<std::unique_ptr<Socket>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Socket>());
    clients.back()->connect(local_80);
  }
  EXPECT_EQ(error_of([&] { client.connect(local_80); }), EADDRNOTAVAIL);
  ASSERT_TRUE(listener.accept(server));
  server.close();
  clients.erase(clients.begin());
  Socket later;
  later.connect(local_80);
  EXPECT_EQ(later.local().port, 49152);
}

TEST(AddressTest, ParsesFourNumbers) {
  EXPECT_EQ(Address::parse("192.168.4.1", 80), (Address{{192, 168, 4, 1}, 80}));
  EXPECT_EQ(Address::parse("0.0.0.0", 0), Address());
  for (const char* const text : {"", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "1.2.3.x",
                                 " 1.2.3.4", "1..2.3", "1.2.3.4 ", "0001.2.3.4", "-1.2.3.4", "localhost"}) {
    EXPECT_FALSE(Address::parse(text, 80).has_value()) << text;
  }
  EXPECT_EQ((Address{{10, 0, 255, 7}, 1}.host()), "10.0.255.7");
}

}  // namespace
