// The operations on Boost.Asio's coroutines.
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "asio_reference.hpp"
#include "competitors.hpp"
#include "meter.hpp"
#include "operations.hpp"

namespace asio_reference {
namespace {

using bench::Meter;
using boost::asio::co_spawn;
using boost::asio::deferred;
using boost::asio::detached;
using boost::asio::io_context;
using boost::asio::post;

void measure(Meter& meter, io_context& context) {
  meter.begin();
  context.run();
  meter.end();
}

Awaitable yielder(Executor executor, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) co_await post(executor, deferred);
}

Awaitable player(Event& own, Event& other, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    if (!own.is_set()) co_await own.wait();
    own.clear();
    other.set();
  }
}

Awaitable holder(Executor executor, Lock& lock, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    if (!lock.try_acquire()) co_await lock.acquire();
    co_await post(executor, deferred);
    lock.release();
  }
}

Awaitable nothing() { co_return; }

Awaitable spawner(Executor executor, std::size_t batch, std::uint64_t batches) {
  for (std::uint64_t i = 0; i < batches; ++i) {
    for (std::size_t j = 0; j < batch; ++j) co_spawn(executor, nothing(), detached);
    co_await post(executor, deferred);
  }
}

Awaitable sleeper(io_context& context, bench::Sleeps sleeps, bench::Wakes& wakes) {
  Timer timer(context.get_executor());
  do {
    timer.expires_after(std::chrono::milliseconds(sleeps.next_ms()));
    co_await timer.async_wait(deferred);
  } while (wakes.another());
  context.stop();
}

Awaitable begin(Meter& meter) {
  meter.begin();
  co_return;
}

}  // namespace

void yield(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  io_context context(1);
  const Executor executor = context.get_executor();
  for (std::size_t i = 0; i < tasks; ++i) co_spawn(executor, yielder(executor, operations / tasks), detached);
  measure(meter, context);
}

void ping_pong(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  io_context context(1);
  const Executor executor = context.get_executor();
  Event ping(executor);
  Event pong(executor);
  co_spawn(executor, player(ping, pong, operations / tasks), detached);
  co_spawn(executor, player(pong, ping, operations / tasks), detached);
  ping.set();
  measure(meter, context);
}

void lock_handoff(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  io_context context(1);
  const Executor executor = context.get_executor();
  Lock lock(executor);
  for (std::size_t i = 0; i < tasks; ++i) {
    co_spawn(executor, holder(executor, lock, operations / tasks), detached);
  }
  measure(meter, context);
}

void spawn(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  io_context context(1);
  const Executor executor = context.get_executor();
  co_spawn(executor, spawner(executor, tasks, operations / tasks), detached);
  measure(meter, context);
}

void wake(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  bench::Wakes wakes(meter, operations);
  VirtualClock::time = {};
  io_context context(1);
  const Executor executor = context.get_executor();
  for (std::size_t i = 0; i < tasks; ++i) {
    co_spawn(executor, sleeper(context, bench::Sleeps(i, tasks), wakes), detached);
  }
  co_spawn(executor, begin(meter), detached);
  context.run();
}

}  // namespace asio_reference
