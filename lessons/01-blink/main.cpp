// Two LEDs blink at their own pace. There is one processor and no thread: two tasks take turns.
#include "asyncio.hpp"
#include "machine.hpp"

// A coroutine: a function that can stop in the middle and go on later. It stops at co_await, and while it
// sleeps the other tasks can run.
asyncio::Coro<> blink(machine::Pin led, std::chrono::milliseconds period) {
  while (true) {
    led.toggle();
    co_await asyncio::sleep(period);
  }
}

asyncio::Coro<> start() {
  machine::Pin red(16, machine::Pin::OUT);
  machine::Pin green(17, machine::Pin::OUT);

  // A task is a coroutine that runs on its own from here on. The name is for us to read.
  auto red_task = asyncio::create_task(blink(red, 500ms), "red");
  auto green_task = asyncio::create_task(blink(green, 300ms), "green");

  // The program ends when start() does, so it waits for two tasks that never end.
  co_await red_task;
  co_await green_task;
}

int main() { asyncio::run(start()); }
