// The operations on core/asyncio, written as a program would write them.
#include <cstddef>
#include <cstdint>

#include "asyncio.hpp"
#include "competitors.hpp"
#include "meter.hpp"
#include "operations.hpp"

namespace coroscope_under_test {
namespace {

using asyncio::Coro;
using asyncio::create_task;
using bench::Meter;

Coro<> yielder(std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) co_await asyncio::sleep_ms(0);
}

Coro<> yield_main(std::size_t tasks, std::uint64_t rounds) {
  asyncio::Task<> last;
  for (std::size_t i = 0; i < tasks; ++i) last = create_task(yielder(rounds));
  co_await last;
}

Coro<> player(asyncio::Event& own, asyncio::Event& other, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await own.wait();
    own.clear();
    other.set();
  }
}

Coro<> ping_pong_main(std::uint64_t rounds) {
  asyncio::Event ping;
  asyncio::Event pong;
  const auto first = create_task(player(ping, pong, rounds));
  const auto second = create_task(player(pong, ping, rounds));
  ping.set();
  co_await first;
  co_await second;
}

Coro<> holder(asyncio::Lock& lock, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await lock.acquire();
    co_await asyncio::sleep_ms(0);
    lock.release();
  }
}

Coro<> lock_main(std::size_t tasks, std::uint64_t rounds) {
  asyncio::Lock lock;
  asyncio::Task<> last;
  for (std::size_t i = 0; i < tasks; ++i) last = create_task(holder(lock, rounds));
  co_await last;
}

Coro<> nothing() { co_return; }

Coro<> spawn_main(std::size_t batch, std::uint64_t batches) {
  for (std::uint64_t i = 0; i < batches; ++i) {
    for (std::size_t j = 0; j < batch; ++j) create_task(nothing());
    co_await asyncio::sleep_ms(0);
  }
}

Coro<> sleeper(bench::Sleeps sleeps, bench::Wakes& wakes, asyncio::Event& finished) {
  do {
    co_await asyncio::sleep_ms(sleeps.next_ms());
  } while (wakes.another());
  finished.set();
}

Coro<> wake_main(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  bench::Wakes wakes(meter, operations);
  asyncio::Event finished;
  for (std::size_t i = 0; i < tasks; ++i) create_task(sleeper(bench::Sleeps(i, tasks), wakes, finished));
  co_await asyncio::sleep_ms(0);
  meter.begin();
  co_await finished.wait();
}

void measure(Meter& meter, Coro<> main) {
  meter.begin();
  asyncio::run(std::move(main));
  meter.end();
}

}  // namespace

void yield(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  measure(meter, yield_main(tasks, operations / tasks));
}
void ping_pong(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  measure(meter, ping_pong_main(operations / tasks));
}
void lock_handoff(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  measure(meter, lock_main(tasks, operations / tasks));
}
void spawn(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  measure(meter, spawn_main(tasks, operations / tasks));
}
void wake(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  asyncio::run(wake_main(meter, tasks, operations));
  asyncio::new_event_loop();
}

}  // namespace coroscope_under_test
