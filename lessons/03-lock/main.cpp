// Three tasks, one screen. A message takes the screen a while, and two messages at once would be a mess, so
// each task takes a lock first.
#include "asyncio.hpp"

asyncio::Lock screen;  // whoever holds it may write on the screen

// Writes one message, slowly: the screen needs 10 ms for each half.
asyncio::Coro<> show(const char* who, int count) {
  print("%s: message %d", who, count);
  co_await asyncio::sleep_ms(10);
  print(" ... is complete\n");
  co_await asyncio::sleep_ms(10);
}

asyncio::Coro<> reporter(const char* who, int pause_ms) {
  for (int count = 1;; ++count) {
    {
      auto guard = co_await screen.scoped();  // waits here until the lock is free, then holds it
      co_await show(who, count);
    }  // the guard goes away here and releases the lock
    co_await asyncio::sleep_ms(pause_ms);
  }
}

asyncio::Coro<> start() {
  auto anna = asyncio::create_task(reporter("anna", 30), "anna");
  auto ben = asyncio::create_task(reporter("ben", 10), "ben");
  auto cleo = asyncio::create_task(reporter("cleo", 100), "cleo");
  co_await anna;
  co_await ben;
  co_await cleo;
}

int main() { asyncio::run(start()); }
