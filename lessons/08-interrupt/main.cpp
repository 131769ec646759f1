// An interrupt comes between any two instructions of the program. It must be short, so it only sets a flag; a
// task does the work.
#include "asyncio.hpp"
#include "machine.hpp"
#include "time.hpp"

asyncio::ThreadSafeFlag tick;  // the one thing an interrupt may do with tasks: set such a flag
volatile int ticks = 0;        // shared with the interrupt: the compiler must read it each time

void on_tick(machine::Timer&) {
  ticks = ticks + 1;
  tick.set();
}

asyncio::Coro<> watch() {
  while (true) {
    co_await tick.wait();
    print("tick %d seen at %d us\n", ticks, static_cast<int>(time::ticks_us()));
  }
}

// Works for two milliseconds at a time without giving way.
asyncio::Coro<> work() {
  while (true) {
    for (int i = 0; i < 2000; ++i) {
      time::sleep_us(1);
    }
    co_await asyncio::sleep_ms(7);
  }
}

asyncio::Coro<> start() {
  machine::Timer timer;
  timer.init({.mode = machine::Timer::PERIODIC, .period_us = 2500}, on_tick);
  auto watcher = asyncio::create_task(watch(), "watch");
  auto worker = asyncio::create_task(work(), "work");
  co_await worker;
}

int main() { asyncio::run(start()); }
