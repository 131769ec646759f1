#include "network/loopback.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "asyncio/exceptions.hpp"
#include "network/socket.hpp"

namespace network {

using asyncio::OSError;

namespace {

constexpr std::uint16_t first_client_port = 49152;

struct Listener;

// One end of a connection.
struct End {
  Address address;
  std::deque<char> received;  // and not read yet
  bool finished = false;      // the other end writes no more
  bool reset = false;         // by the other end
  bool closed = false;        // its socket is gone
};

struct Connection {
  std::array<End, 2> ends;  // 0: who connected
  std::size_t buffer_size = 0;
  Listener* listener = nullptr;  // until accepted
  bool refused = false;          // the listener went before there was room

  ~Connection();
  bool established() const;
};

struct Listener {
  Address address;
  std::size_t backlog = 0;
  std::deque<std::shared_ptr<Connection>> waiting;  // the first `backlog` are connected, as far as they know
};

// What the board's TCP/IP stack knows.
struct Stack {
  std::vector<Listener*> listeners;
  std::set<std::uint16_t> client_ports;  // in use
  std::uint16_t next_port = first_client_port;
  std::uint16_t last_port = 65535;
  std::size_t buffer_size = 4096;
  std::map<std::string, std::array<std::uint8_t, 4>> hosts;

  Listener* find(const Address& address) const {
    for (Listener* const listener : listeners) {
      const bool any = listener->address.ip == Address().ip;
      if (listener->address.port == address.port && (any || listener->address.ip == address.ip))
        return listener;
    }
    return nullptr;
  }
  bool in_use(const Address& address) const {
    if (client_ports.contains(address.port)) return true;
    return std::any_of(listeners.begin(), listeners.end(), [&](const Listener* listener) {
      const bool overlap = listener->address.ip == address.ip || listener->address.ip == Address().ip ||
                           address.ip == Address().ip;
      return listener->address.port == address.port && overlap;
    });
  }
  std::uint16_t free_port() {
    for (int tries = last_port - first_client_port; tries >= 0; --tries) {
      const std::uint16_t port = next_port;
      next_port = port == last_port ? first_client_port : static_cast<std::uint16_t>(port + 1);
      if (!in_use({{}, port})) return port;
    }
    throw OSError(EADDRNOTAVAIL, "no free port");
  }
};

// Never destroyed: sockets of the program may outlive anything static here.
Stack& stack() {
  static Stack* const board = new Stack;
  return *board;
}

bool Connection::established() const {
  if (listener == nullptr) return true;
  const auto end = listener->waiting.begin() +
                   static_cast<std::ptrdiff_t>(std::min(listener->backlog, listener->waiting.size()));
  return std::any_of(listener->waiting.begin(), end,
                     [this](const auto& other) { return other.get() == this; });
}

Connection::~Connection() { stack().client_ports.erase(ends[0].address.port); }

bool is_own(const std::array<std::uint8_t, 4>& ip) { return ip[0] == 127; }

}  // namespace

// What a socket is; new: no State yet.
struct Socket::State {
  std::unique_ptr<Listener> listener;
  std::shared_ptr<Connection> connection;
  std::size_t side = 0;    // its end of the connection
  bool shut_down = false;  // it writes no more
  bool closed = false;

  End& own() const { return connection->ends[side]; }
  End& other() const { return connection->ends[1 - side]; }

  // The other end is told that this one is gone.
  void reset_other() const {
    if (other().closed) return;
    other().reset = true;
    other().received.clear();
  }

  void close(bool abort) {
    if (std::exchange(closed, true)) return;
    if (listener) {
      std::erase(stack().listeners, listener.get());
      for (std::size_t i = 0; i < listener->waiting.size(); ++i) {
        Connection& waiting = *listener->waiting[i];
        waiting.listener = nullptr;
        if (i < listener->backlog) {
          waiting.ends[0].reset = true;
          waiting.ends[0].received.clear();
        } else {
          waiting.refused = true;
        }
      }
      listener.reset();
    }
    if (connection) {
      if (!connection->established()) {
        std::erase(connection->listener->waiting, connection);
      } else if (abort || !own().received.empty()) {
        reset_other();
      } else {
        other().finished = true;
      }
      own().closed = true;
      own().received.clear();
      connection.reset();
    }
  }

  static const State& of(const State* state) {
    if (state == nullptr) throw OSError(ENOTCONN, "the socket is not connected");
    if (state->closed) throw OSError(EBADF, "the socket is closed");
    return *state;
  }
  // For read and write.
  static const State& connected(const State* state) {
    const State& of_this = of(state);
    if (!of_this.connection || of_this.connection->refused || !of_this.connection->established()) {
      throw OSError(ENOTCONN, "the socket is not connected");
    }
    if (of_this.own().reset) throw OSError(ECONNRESET, "the other end has closed the connection");
    return of_this;
  }
};

Socket::~Socket() {
  if (state_ != nullptr) close();
  delete state_;
}

void Socket::connect(const Address& peer) {
  if (state_ != nullptr) throw OSError(state_->closed ? EBADF : EISCONN, "connect(): the socket is in use");
  Address to = peer;
  if (to.ip == Address().ip) to.ip = {127, 0, 0, 1};
  if (!is_own(to.ip)) throw OSError(ENETUNREACH, "no network to that address");
  auto connection = std::make_shared<Connection>();
  connection->buffer_size = stack().buffer_size;
  connection->ends[0].address = {{127, 0, 0, 1}, stack().free_port()};
  connection->ends[1].address = to;
  stack().client_ports.insert(connection->ends[0].address.port);
  Listener* const listener = stack().find(to);
  if (listener == nullptr) {
    connection->refused = true;
  } else {
    connection->listener = listener;
    listener->waiting.push_back(connection);
  }
  state_ = new State;
  state_->connection = std::move(connection);
}

bool Socket::finish_connect() {
  const State& state = State::of(state_);
  if (!state.connection) throw OSError(ENOTCONN, "finish_connect() without connect()");
  if (state.connection->refused) throw OSError(ECONNREFUSED, "nobody listens at that address");
  if (state.own().reset) throw OSError(ECONNRESET, "the other end has closed the connection");
  return state.connection->established();
}

void Socket::listen(const Address& local, int backlog) {
  if (state_ != nullptr) throw OSError(state_->closed ? EBADF : EISCONN, "listen(): the socket is in use");
  if (local.ip != Address().ip && !is_own(local.ip))
    throw OSError(EADDRNOTAVAIL, "not an address of this board");
  auto listener = std::make_unique<Listener>();
  listener->address = local;
  if (local.port == 0) {
    listener->address.port = stack().free_port();
  } else if (stack().in_use(local)) {
    throw OSError(EADDRINUSE, "the port is in use");
  }
  listener->backlog = static_cast<std::size_t>(std::max(backlog, 1));
  state_ = new State;
  stack().listeners.push_back(listener.get());
  state_->listener = std::move(listener);
}

bool Socket::accept(Socket& connection) {
  const State& state = State::of(state_);
  if (!state.listener) throw OSError(EINVAL, "accept() without listen()");
  if (connection.state_ != nullptr) throw OSError(EISCONN, "accept(): the socket is in use");
  std::deque<std::shared_ptr<Connection>>& waiting = state.listener->waiting;
  if (waiting.empty()) return false;
  auto accepted = std::make_unique<State>();
  accepted->connection = std::move(waiting.front());
  accepted->side = 1;
  waiting.pop_front();
  accepted->connection->listener = nullptr;
  connection.state_ = accepted.release();
  return true;
}

std::ptrdiff_t Socket::read(void* buffer, std::size_t size) {
  End& own = State::connected(state_).own();
  if (own.received.empty() && size != 0) return own.finished ? 0 : would_block;
  const auto count = static_cast<std::ptrdiff_t>(std::min(size, own.received.size()));
  std::copy_n(own.received.begin(), count, static_cast<char*>(buffer));
  own.received.erase(own.received.begin(), own.received.begin() + count);
  return count;
}

std::ptrdiff_t Socket::write(const void* buffer, std::size_t size) {
  const State& state = State::connected(state_);
  if (state.shut_down) throw OSError(EPIPE, "write() after shutdown()");
  End& other = state.other();
  if (other.closed) {
    // It answers that it is gone.
    state.own().reset = true;
    state.own().received.clear();
    return static_cast<std::ptrdiff_t>(size);
  }
  const std::size_t room = state.connection->buffer_size - other.received.size();
  if (room == 0 && size != 0) return would_block;
  const std::size_t count = std::min(size, room);
  const char* const bytes = static_cast<const char*>(buffer);
  other.received.insert(other.received.end(), bytes, bytes + count);
  return static_cast<std::ptrdiff_t>(count);
}

void Socket::shutdown() {
  State::connected(state_);
  state_->shut_down = true;
  state_->other().finished = true;
}

Address Socket::local() const {
  const State& state = State::of(state_);
  return state.listener ? state.listener->address : state.own().address;
}

Address Socket::peer() const {
  const State& state = State::of(state_);
  if (!state.connection) throw OSError(ENOTCONN, "peer() of a socket that listens");
  return state.other().address;
}

// One that was never opened is closed for good all the same; no memory for that ends the program.
// NOLINTBEGIN(bugprone-unhandled-exception-at-new)
void Socket::close() noexcept {
  if (state_ == nullptr) state_ = new State;
  state_->close(false);
}

void Socket::abort() noexcept {
  if (state_ == nullptr) state_ = new State;
  state_->close(true);
}
// NOLINTEND(bugprone-unhandled-exception-at-new)

int Socket::poll(int flags) const {
  using asyncio::POLLERR;
  using asyncio::POLLHUP;
  using asyncio::POLLIN;
  using asyncio::POLLOUT;
  if (state_ == nullptr) return POLLHUP;
  if (state_->closed) return POLLERR;
  if (state_->listener) return state_->listener->waiting.empty() ? 0 : flags & POLLIN;
  const Connection& connection = *state_->connection;
  const End& own = state_->own();
  if (connection.refused || own.reset) return (flags & (POLLIN | POLLOUT)) | POLLERR;
  if (!connection.established()) return 0;
  int ready = 0;
  if (!own.received.empty() || own.finished) ready |= POLLIN;
  const End& other = state_->other();
  if (other.closed || state_->shut_down || other.received.size() < connection.buffer_size) ready |= POLLOUT;
  ready &= flags;
  if (own.finished && own.received.empty() && state_->shut_down) ready |= POLLHUP;
  return ready;
}

// Only another task can make it ready, and while that runs the board is awake.
bool Socket::has_interrupt() const { return true; }

// --- Names

struct Lookup::State {
  const std::array<std::uint8_t, 4>* ip = nullptr;  // nullptr: no such host
};

Lookup::Lookup(const std::string& host) : state_(new State) {
  static constexpr std::array<std::uint8_t, 4> own{127, 0, 0, 1};
  const auto found = stack().hosts.find(host);
  if (found != stack().hosts.end()) {
    state_->ip = &found->second;
  } else if (host == "localhost") {
    state_->ip = &own;
  }
}

Lookup::~Lookup() { delete state_; }

bool Lookup::finish(Address& address) {
  if (state_->ip == nullptr) throw OSError(name_not_found, "no such host");
  address.ip = *state_->ip;
  return true;
}

int Lookup::ioctl(int request, int flags) {
  return request == asyncio::MP_STREAM_POLL ? flags : asyncio::MP_STREAM_ERROR;
}

bool Lookup::has_interrupt() const { return true; }

namespace loopback {

void reset() {
  stack().next_port = first_client_port;
  stack().last_port = 65535;
  stack().buffer_size = 4096;
  stack().hosts.clear();
}

void set_buffer_size(std::size_t bytes) { stack().buffer_size = bytes; }
void set_last_client_port(std::uint16_t port) { stack().last_port = port; }
void add_host(const std::string& name, const std::array<std::uint8_t, 4>& ip) { stack().hosts[name] = ip; }

}  // namespace loopback

}  // namespace network
