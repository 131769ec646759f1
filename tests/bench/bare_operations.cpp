// The operations on bare's ready queue.
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bare.hpp"
#include "competitors.hpp"
#include "heap4.hpp"
#include "meter.hpp"
#include "operations.hpp"
#include "pairing_heap.hpp"
#include "std_heap.hpp"
#include "wheel256x4.hpp"

namespace bare {
namespace {

using bench::Meter;
using Plain = Loop<NoTimers>;

void measure(Meter& meter) {
  meter.begin();
  Plain::run();
  meter.end();
}

Plain::Task yielder(std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) co_await Plain::yield();
}

Plain::Task player(Plain::Event& own, Plain::Event& other, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await own.wait();
    own.clear();
    other.set();
  }
}

Plain::Task holder(Plain::Lock& lock, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await lock.acquire();
    co_await Plain::yield();
    lock.release();
  }
}

Plain::Task nothing() { co_return; }

Plain::Task spawner(std::size_t batch, std::uint64_t batches) {
  for (std::uint64_t i = 0; i < batches; ++i) {
    for (std::size_t j = 0; j < batch; ++j) Plain::spawn(nothing());
    co_await Plain::yield();
  }
}

template <class Timers>
typename Loop<Timers>::Task sleeper(bench::Sleeps sleeps, bench::Wakes& wakes) {
  do {
    co_await Loop<Timers>::sleep_ms(sleeps.next_ms());
  } while (wakes.another());
  Loop<Timers>::timers = Timers{};  // ends run()
  co_await std::suspend_always{};
}

template <class Timers>
typename Loop<Timers>::Task begin(Meter& meter) {
  meter.begin();
  co_return;
}

}  // namespace

void yield(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  for (std::size_t i = 0; i < tasks; ++i) Plain::spawn(yielder(operations / tasks));
  measure(meter);
}

void ping_pong(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  Plain::Event ping;
  Plain::Event pong;
  Plain::spawn(player(ping, pong, operations / tasks));
  Plain::spawn(player(pong, ping, operations / tasks));
  ping.set();
  measure(meter);
}

void lock_handoff(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  Plain::Lock lock;
  for (std::size_t i = 0; i < tasks; ++i) Plain::spawn(holder(lock, operations / tasks));
  measure(meter);
}

void spawn(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  Plain::spawn(spawner(tasks, operations / tasks));
  measure(meter);
}

template <class Timers>
void wake(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  using TimedLoop = Loop<Timers>;
  bench::Wakes wakes(meter, operations);
  std::vector<typename TimedLoop::Handle> sleepers;
  sleepers.reserve(tasks);
  TimedLoop::now = 0;
  for (std::size_t i = 0; i < tasks; ++i) {
    const auto task = sleeper<Timers>(bench::Sleeps(i, tasks), wakes);
    sleepers.push_back(task.handle);
    TimedLoop::spawn(task);
  }
  TimedLoop::spawn(begin<Timers>(meter));
  TimedLoop::run();
  for (const auto handle : sleepers) handle.destroy();
}

void wake_wheel256x4(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  wake<Wheel256x4>(meter, tasks, operations);
}
void wake_heap4(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  wake<Heap4>(meter, tasks, operations);
}
void wake_std_heap(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  wake<StdHeap>(meter, tasks, operations);
}
void wake_pairing_heap(Meter& meter, std::size_t tasks, std::uint64_t operations) {
  wake<PairingHeap>(meter, tasks, operations);
}

}  // namespace bare
