// MicroPython's tests of asyncio over TCP, written again: each prints the same lines. Named after their files
// in its tests/net_hosted, tests/net_inet and tests/multi_net; in the last, instance0 (a server) and
// instance1 (its client) are two boards there and two tasks here, and each has a console of its own.

#include <gtest/gtest.h>

#include <array>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/open_connection.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/start_server.hpp"
#include "asyncio/wait_for.hpp"
#include "network/loopback.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Event;
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

// The console of one instance.
class Console {
 public:
  [[gnu::format(printf, 2, 3)]] void print(const char* format, ...) {
    char line[200];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_ += line;
    text_ += '\n';
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class MicroPythonNetwork : public virtual_board::Test {
 protected:
  using Handler = std::function<Coro<>(StreamReader&, StreamWriter&)>;
  using Client = std::function<Coro<>()>;

  void SetUp() override {
    virtual_board::Test::SetUp();
    network::loopback::reset();
  }

  // The frame of the two-board tests: a server that serves until its handler has set `done`, and a client
  // that starts when it is running.
  void serve_one(Handler handler, Client client) {
    run([](MicroPythonNetwork& test, Handler& handle, Client& start) -> Coro<> {
      const Server server = co_await start_server(
          [&handle](StreamReader& reader, StreamWriter& writer) { return handle(reader, writer); }, "0.0.0.0",
          8000);
      const auto guard = server.scoped();
      if (test.announce) test.instance0.print("server running");
      const Task<> client_task = create_task(start());
      co_await asyncio::wait_for_ms(test.done.wait(), 10'000);
      co_await client_task;
    }(*this, handler, client));
  }

  Console instance0;
  Console instance1;
  Event done;
  bool announce = true;
};

TEST_F(MicroPythonNetwork, asyncio_loopback) {
  struct Program {
    static Coro<> client(std::string host, std::uint16_t port) {
      print("client open_connection to %s:%d\n", host.c_str(), port);
      auto [reader, writer] = co_await open_connection(host, port);

      const std::string data_in(100, 'A');

      print("client writing\n");
      writer.write(data_in);
      co_await writer.drain();

      co_await sleep_ms(100);

      print("client reading\n");
      const std::string data = co_await reader.readexactly(100);
      print("client got %zu bytes\n", data.size());

      EXPECT_EQ(data_in, data);

      print("client closing\n");

      writer.close();
      co_await writer.wait_closed();

      print("client closed\n");
    }
    static Coro<> echo_handler(StreamReader reader, StreamWriter writer) {
      print("handler reading\n");
      co_await sleep_ms(100);
      const std::string data = co_await reader.readexactly(100);
      print("handler got %zu bytes\n", data.size());

      print("handler writing\n");
      writer.write(data);
      co_await writer.drain();

      print("handler closing\n");

      writer.close();
      co_await writer.wait_closed();

      print("handler closed\n");
    }
    static Coro<> test(std::string host, std::uint16_t port) {
      print("create server on %s:%d\n", host.c_str(), port);
      Server server = co_await start_server(echo_handler, host, port);
      {
        const auto guard = server.scoped();
        print("server started\n");
        co_await client("127.0.0.1", 8080);
      }
      co_await server.wait_closed();
      print("server closed\n");
    }
  };
  run(Program::test("0.0.0.0", 8080));
  EXPECT_EQ(virtual_board::output(),
            "create server on 0.0.0.0:8080\n"
            "server started\n"
            "client open_connection to 127.0.0.1:8080\n"
            "client writing\n"
            "handler reading\n"
            "client reading\n"
            "handler got 100 bytes\n"
            "handler writing\n"
            "handler closing\n"
            "handler closed\n"
            "client got 100 bytes\n"
            "client closing\n"
            "client closed\n"
            "server closed\n");
}

TEST_F(MicroPythonNetwork, asyncio_start_server) {
  struct Program {
    static Coro<> none(StreamReader, StreamWriter) { co_return; }
    static Coro<> task(int n) {
      print("create task server %d\n", n);
      Server server = co_await start_server(none, "0.0.0.0", 8000);
      co_await server.wait_closed();
      print("task finished\n");  // unreachable
    }
    static Coro<> test() {
      print("create server1\n");
      Server server1 = co_await start_server(none, "0.0.0.0", 8000);
      try {
        print("create server2\n");
        co_await start_server(none, "0.0.0.0", 8000);
      } catch (const OSError&) {
        print("OSError\n");
      }

      {
        const auto guard = server1.scoped();
        print("sleep\n");
        co_await sleep_ms(0);
      }
      co_await server1.wait_closed();

      print("create server3\n");
      Server server3 = co_await start_server(none, "0.0.0.0", 8000);
      try {
        const auto guard = server3.scoped();
        throw OSError(0);
      } catch (const OSError&) {
        print("OSError\n");
      }

      print("create server4\n");
      Server server4 = co_await start_server(none, "0.0.0.0", 8000);
      server4.close();
      co_await server4.wait_closed();
      print("server4 closed\n");

      for (int num_sleep = 0; num_sleep < 5; ++num_sleep) {
        print("sleep %d\n", num_sleep);
        const Task<> t = create_task(task(num_sleep));
        for (int i = 0; i < num_sleep; ++i) co_await sleep_ms(0);
        t.cancel();
        try {
          co_await t;
        } catch (const CancelledError&) {
          print("CancelledError\n");
        }
      }

      print("done\n");
    }
  };
  run(Program::test());
  EXPECT_EQ(virtual_board::output(),
            "create server1\n"
            "create server2\n"
            "OSError\n"
            "sleep\n"
            "create server3\n"
            "OSError\n"
            "create server4\n"
            "server4 closed\n"
            "sleep 0\n"
            "CancelledError\n"
            "sleep 1\n"
            "create task server 1\n"
            "CancelledError\n"
            "sleep 2\n"
            "create task server 2\n"
            "CancelledError\n"
            "sleep 3\n"
            "create task server 3\n"
            "CancelledError\n"
            "sleep 4\n"
            "create task server 4\n"
            "CancelledError\n"
            "done\n");
}

TEST_F(MicroPythonNetwork, asyncio_tcp_client_rst) {
  announce = false;
  serve_one(
      [&](StreamReader& reader, StreamWriter& writer) -> Coro<> {
        std::string data = co_await reader.read(10);
        instance0.print("b'%s'", data.c_str());
        co_await sleep_ms(200);
        try {
          data = co_await reader.read(100);
          instance0.print("b'%s'", data.c_str());
          writer.close();
          co_await writer.wait_closed();
        } catch (const OSError& error) {
          instance0.print("OSError %d", error.code());
        }
        done.set();
      },
      []() -> Coro<> {
        network::Socket socket;
        socket.connect({{127, 0, 0, 1}, 8000});
        EXPECT_TRUE(socket.finish_connect());
        socket.write("GET / HTTP/1.0\r\n\r\n", 18);
        co_await sleep_ms(100);
        socket.abort();
      });
  EXPECT_EQ(instance0.text(), "b'GET / HTTP'\nOSError 104\n");
}

TEST_F(MicroPythonNetwork, asyncio_tcp_close_write) {
  serve_one(
      [&](StreamReader& reader, StreamWriter& writer) -> Coro<> {
        writer.write("x");
        co_await writer.drain();

        const std::string data = co_await reader.read(100);
        instance0.print("read: b'%s'", data.c_str());

        instance0.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance0.print("done");
        done.set();
      },
      [&]() -> Coro<> {
        auto [reader, writer] = co_await open_connection("127.0.0.1", 8000);

        const std::string data = co_await reader.read(1);
        instance1.print("read: b'%s'", data.c_str());

        instance1.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance1.print("write");
        try {
          writer.write("x");
          co_await writer.drain();
        } catch (const OSError&) {
          instance1.print("OSError");
        }
      });
  EXPECT_EQ(instance0.text(), "server running\nread: b''\nclose\ndone\n");
  EXPECT_EQ(instance1.text(), "read: b'x'\nclose\nwrite\nOSError\n");
}

TEST_F(MicroPythonNetwork, asyncio_tcp_readall) {
  serve_one(
      [&](StreamReader&, StreamWriter& writer) -> Coro<> {
        writer.write("a");
        co_await writer.drain();

        co_await sleep_ms(1000);

        writer.write("b");
        co_await writer.drain();

        writer.write("c");
        co_await writer.drain();

        instance0.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance0.print("done");
        done.set();
      },
      [&]() -> Coro<> {
        auto [reader, writer] = co_await open_connection("127.0.0.1", 8000);
        instance1.print("b'%s'", (co_await reader.read()).c_str());
        instance1.print("b'%s'", (co_await reader.read()).c_str());
        instance1.print("b'%s'", (co_await reader.read(1)).c_str());
      });
  EXPECT_EQ(instance0.text(), "server running\nclose\ndone\n");
  EXPECT_EQ(instance1.text(), "b'abc'\nb''\nb''\n");
}

TEST_F(MicroPythonNetwork, asyncio_tcp_readexactly) {
  serve_one(
      [&](StreamReader&, StreamWriter& writer) -> Coro<> {
        writer.write("a");
        co_await writer.drain();

        co_await sleep_ms(1000);

        for (const char* const text : {"b", "c", "d"}) {
          writer.write(text);
          co_await writer.drain();
        }

        instance0.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance0.print("done");
        done.set();
      },
      [&]() -> Coro<> {
        auto [reader, writer] = co_await open_connection("127.0.0.1", 8000);
        instance1.print("b'%s'", (co_await reader.readexactly(2)).c_str());
        instance1.print("b'%s'", (co_await reader.readexactly(0)).c_str());
        instance1.print("b'%s'", (co_await reader.readexactly(1)).c_str());
        try {
          instance1.print("b'%s'", (co_await reader.readexactly(2)).c_str());
        } catch (const asyncio::EOFError&) {
          instance1.print("EOFError");
        }
        instance1.print("b'%s'", (co_await reader.readexactly(0)).c_str());
      });
  EXPECT_EQ(instance0.text(), "server running\nclose\ndone\n");
  EXPECT_EQ(instance1.text(), "b'ab'\nb''\nb'c'\nEOFError\nb''\n");
}

// Without its last two lines, which are about arguments of a wrong type: here those do not compile.
TEST_F(MicroPythonNetwork, asyncio_tcp_readinto) {
  serve_one(
      [&](StreamReader&, StreamWriter& writer) -> Coro<> {
        writer.write("ab");
        co_await writer.drain();

        writer.write("c");
        co_await writer.drain();

        instance0.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance0.print("done");
        done.set();
      },
      [&]() -> Coro<> {
        auto [reader, writer] = co_await open_connection("127.0.0.1", 8000);

        std::array<char, 2> ba{};
        std::size_t n = co_await reader.readinto(ba);
        instance1.print("%zu", n);
        instance1.print("bytearray(b'%.*s')", static_cast<int>(n), ba.data());

        std::array<std::uint8_t, 2> a{};
        n = co_await reader.readinto(a);
        instance1.print("%zu", n);
        instance1.print("array('b', [%d])", a[0]);
      });
  EXPECT_EQ(instance0.text(), "server running\nclose\ndone\n");
  EXPECT_EQ(instance1.text(), "2\nbytearray(b'ab')\n1\narray('b', [99])\n");
}

TEST_F(MicroPythonNetwork, asyncio_tcp_server_client) {
  serve_one(
      [&](StreamReader& reader, StreamWriter& writer) -> Coro<> {
        EXPECT_TRUE(writer.get_extra_info("peername").has_value());

        const std::string data = co_await reader.read(100);
        instance0.print("echo: b'%s'", data.c_str());
        writer.write(data);
        co_await writer.drain();

        instance0.print("close");
        writer.close();
        co_await writer.wait_closed();

        instance0.print("done");
        done.set();
      },
      [&]() -> Coro<> {
        auto [reader, writer] = co_await open_connection("127.0.0.1", 8000);
        const std::string message = "client data";
        instance1.print("write: b'%s'", message.c_str());
        writer.write(message);
        co_await writer.drain();
        const std::string data = co_await reader.read(100);
        instance1.print("read: b'%s'", data.c_str());
      });
  EXPECT_EQ(instance0.text(), "server running\necho: b'client data'\nclose\ndone\n");
  EXPECT_EQ(instance1.text(), "write: b'client data'\nread: b'client data'\n");
}

TEST_F(MicroPythonNetwork, asyncio_cancel_stream) {
  struct Program {
    static Coro<> get(StreamReader& reader) {
      print("start\n");
      try {
        co_await reader.read(10);
        print("fail\n");
      } catch (const CancelledError&) {
        print("cancelled\n");
      }
    }
    static Coro<> test() {
      auto [reader, writer] = co_await open_connection("micropython.org", 80);
      const Task<> task = create_task(get(reader));
      co_await sleep_ms(0);
      print("cancelling\n");
      task.cancel();
      print("waiting\n");
      co_await task;
      print("done\n");
      writer.close();
      co_await writer.wait_closed();
    }
  };
  network::loopback::add_host("micropython.org", {127, 0, 0, 1});
  run([]() -> Coro<> {
    const Server server = co_await start_server(
        [](StreamReader reader, StreamWriter) -> Coro<> { co_await reader.read(); }, "", 80);
    const auto guard = server.scoped();
    co_await Program::test();
  }());
  EXPECT_EQ(virtual_board::output(), "start\ncancelling\nwaiting\ncancelled\ndone\n");
}

// asyncio_open_connection and asyncio_tcp_read_headers, with a page served here.
TEST_F(MicroPythonNetwork, asyncio_tcp_read_headers) {
  struct Program {
    static Coro<> page(StreamReader& reader, StreamWriter& writer) {
      while (co_await reader.readline() != "\r\n") {
      }
      writer.write(
          "HTTP/1.1 200 OK\r\n"
          "Content-Type: text/html\r\n"
          "Connection: close\r\n"
          "\r\n"
          "<html></html>");
      co_await writer.wait_closed();
    }
    static Coro<> http_get_headers(std::string host) {
      auto [reader, writer] = co_await open_connection(host, 80);

      print("write GET\n");
      writer.write("GET / HTTP/1.0\r\n\r\n");
      co_await writer.drain();

      for (;;) {
        std::string line = co_await reader.readline();
        line.erase(line.find_last_not_of("\r\n") + 1);
        if (line.empty()) break;
        print("b'%s'\n", line.c_str());
      }

      print("close\n");
      writer.close();
      co_await writer.wait_closed();
      print("done\n");
    }
  };
  network::loopback::add_host("micropython.org", {127, 0, 0, 1});
  run([]() -> Coro<> {
    const Server server = co_await start_server(Program::page, "0.0.0.0", 80);
    const auto guard = server.scoped();
    co_await Program::http_get_headers("micropython.org");
  }());
  EXPECT_EQ(virtual_board::output(),
            "write GET\n"
            "b'HTTP/1.1 200 OK'\n"
            "b'Content-Type: text/html'\n"
            "b'Connection: close'\n"
            "close\n"
            "done\n");
}

}  // namespace
