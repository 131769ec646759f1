// start_server(): accepts TCP connections and runs a handler for each, as a task of its own.
//
//   asyncio::Coro<> handle(asyncio::StreamReader reader, asyncio::StreamWriter writer) {
//     writer.write(co_await reader.readline());
//     co_await writer.drain();
//   }                                          // both streams go: the connection is closed
//   auto server = co_await asyncio::start_server(handle, "0.0.0.0", 80);
//
// The handler takes the streams by value, or by reference: they then live until it ends. It may be a lambda
// with captures, which is kept as long as the server or a handler runs (g++ 12: see awaited_closure.hpp). An
// exception that ends a handler is reported as that of any task; its connection is closed, the server goes
// on.
//
// Errors: OSError from start_server(): EADDRINUSE, EADDRNOTAVAIL. A connection that there is no memory for is
// closed.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "asyncio/awaited_closure.hpp"
#include "asyncio/getaddrinfo.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"

namespace asyncio {

namespace serving {

// What the handles of a server and its task share.
struct State {
  network::Socket socket;
  bool closing = false;  // close() was called
};

template <class Handler, class... Streams>
concept Starts = requires(Handler& handler, Streams&&... streams) {
  typename std::invoke_result_t<Handler&, Streams...>::promise_type;
};

// Keeps the handler, and streams it takes by reference, until it has ended.
template <class Handler>
Coro<> run_handler(std::shared_ptr<Handler> handler, StreamReader reader, StreamWriter writer) {
  if constexpr (Starts<Handler, StreamReader, StreamWriter>) {
    co_await (*handler)(std::move(reader), std::move(writer));
  } else {
    co_await (*handler)(reader, writer);
  }
}

template <class Handler>
void start_handler(const std::shared_ptr<Handler>& handler, StreamReader reader, StreamWriter writer,
                   Site site) {
  constexpr bool keeps_them = launching::takes_values<Handler>() && !launching::has_state<Handler>;
  if constexpr (keeps_them && Starts<Handler, StreamReader, StreamWriter>) {
    create_task((*handler)(std::move(reader), std::move(writer)), "client", site);
  } else {
    create_task(run_handler(handler, std::move(reader), std::move(writer)), "client", site);
  }
}

// How long to let be when the board is out of sockets or memory: handlers have to end first.
inline constexpr int pause_ms = 100;

template <class Handler>
Coro<> serve(std::shared_ptr<State> server, std::shared_ptr<Handler> handler, Site site) {
  try {
    for (;;) {
      co_await wait_readable(server->socket, site);
      bool accepted = true;
      try {
        auto socket = std::make_shared<network::Socket>();
        if (!server->socket.accept(*socket)) continue;
        const ExtraInfo info{socket->peer(), socket->local()};
        start_handler(handler, StreamReader(socket, "client", site),
                      StreamWriter(socket, info, "client", site), site);
      } catch (const std::bad_alloc&) {
        accepted = false;
      } catch (const Exception&) {  // OSError, MemoryError
        accepted = false;
      }
      if (!accepted) co_await sleep_ms(pause_ms, site);
    }
  } catch (const CancelledError&) {
    if (server->closing) co_return;
    server->socket.close();
    throw;
  }
}

}  // namespace serving

// A handle on a running server; copies refer to the same one. It serves until it is closed, also when the
// last handle is gone.
class Server {
 public:
  Server() = default;
  Server(std::shared_ptr<serving::State> state, Task<> task)
      : state_(std::move(state)), task_(std::move(task)) {}

  // Accepts no more: the port is free at once, connections that wait to be accepted are reset. Handlers run
  // on. (MicroPython's port is free after the server's next turn.)
  void close(Site site = {}) {
    if (!state_ || state_->closing) return;
    state_->closing = true;
    state_->socket.close();
    if (!task_.done()) task_.cancel(site);
  }
  // Until close() was called. Cancelling a task that waits here closes the server as well.
  Coro<> wait_closed(Site site = {}) { co_await TaskAwaiter<void>(task_, site); }
  bool is_serving() const { return state_ && !state_->closing && !task_.done(); }
  // Where it listens, with the port it got if 0 was asked for. Throws OSError EBADF when closed.
  network::Address sockname() const {
    if (!state_) throw RuntimeError("an empty Server: assign it from start_server() first");
    return state_->socket.local();
  }

  // Python's `async with server:` is `auto guard = server.scoped();`: closes at the end of the block.
  class Guard;
  Guard scoped(Site site = {}) const;

 private:
  std::shared_ptr<serving::State> state_;
  Task<> task_;
};

class [[nodiscard(
    "the server is closed when this object goes: auto guard = server.scoped();")]] Server::Guard {
 public:
  Guard(Server server, Site site) : server_(std::move(server)), site_(site) {}
  Guard(Guard&&) noexcept = default;
  Guard& operator=(Guard&&) = delete;
  ~Guard() { server_.close(site_); }

 private:
  Server server_;
  [[no_unique_address]] Site site_;
};

inline Server::Guard Server::scoped(Site site) const { return {*this, site}; }

namespace serving {

template <class Handler>
Coro<Server> start(Handler handler, std::string host, std::uint16_t port, int backlog, Site site) {
  const network::Address local = co_await getaddrinfo(std::move(host), port, site);
  auto state = std::make_shared<State>();
  state->socket.listen(local, backlog);
  auto kept = std::make_shared<Handler>(std::move(handler));
  Server server(state, create_task(serve(state, std::move(kept), site), "server", site));
  try {
    co_await sleep_ms(0, site);
  } catch (const CancelledError&) {
    server.close(site);
    throw;
  }
  co_return server;
}

}  // namespace serving

// Yields once, so that the server's task has begun to listen when this returns. At most `backlog` connections
// wait to be accepted; one is accepted each time the loop polls its devices, in a task named "client" that
// goes behind everything ready.
template <class Handler>
  requires serving::Starts<std::decay_t<Handler>, StreamReader, StreamWriter> ||
           serving::Starts<std::decay_t<Handler>, StreamReader&, StreamWriter&>
Coro<Server> start_server(Handler&& handler, std::string host, std::uint16_t port, int backlog = 5,
                          Site site = {}) {
  COROSCOPE_CHECK_CLOSURE(Handler);
  return serving::start<std::decay_t<Handler>>(std::forward<Handler>(handler), std::move(host), port, backlog,
                                               site);
}

}  // namespace asyncio
