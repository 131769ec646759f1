// Three tasks that use what a small firmware uses; also the g++ 12 frame trap and running out of frames.
#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"

using asyncio::Coro;
using asyncio::sleep_ms;

namespace {

Coro<> blink(asyncio::Event& pressed) {
  for (int i = 0; i < 3; ++i) {
    co_await sleep_ms(100);
    print("blink %d\n", i);
  }
  pressed.set();
}

Coro<bool> is_pressed(asyncio::Event& pressed) { co_return co_await pressed.wait(); }

Coro<> button(asyncio::Event& pressed, asyncio::Lock& bus) {
  if (co_await is_pressed(pressed)) {
    const auto guard = co_await bus.scoped();
    print("pressed\n");
  }
}

Coro<> sensor(asyncio::Lock& bus) {
  const auto guard = co_await bus.scoped();
  co_await sleep_ms(350);
  print("measured\n");
}

Coro<int> main_task() {
  asyncio::Event pressed;
  asyncio::Lock bus;
  asyncio::create_task(blink(pressed), "blink");
  const auto done = asyncio::create_task(button(pressed, bus), "button");
  asyncio::create_task(sensor(bus), "sensor");
  try {
    co_await asyncio::wait_for_ms(sleep_ms(1000), 50);
  } catch (const asyncio::TimeoutError& error) {
    print("%s\n", error.what());
  }
  co_await done;
  try {
    for (;;) asyncio::create_task(sensor(bus));
  } catch (const asyncio::MemoryError& error) {
    print("%s\n", error.what());
  }
  co_return 0;
}

}  // namespace

int main() { return asyncio::run(main_task()); }
