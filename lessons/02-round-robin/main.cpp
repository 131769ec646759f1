// Three workers share the processor. Nobody takes it from them: each works a while and then lets the next one
// in.
#include "asyncio.hpp"
#include "time.hpp"

// A job of so many pieces. Each piece keeps the processor busy for 5 ms, as a long calculation would.
asyncio::Coro<> work(const char* who, int pieces) {
  for (int piece = 1; piece <= pieces; ++piece) {
    time::sleep_ms(5);  // blocks: nobody else can run now
    print("%s has done %d of %d\n", who, piece, pieces);
    co_await asyncio::sleep_ms(0);  // sleeps no time at all, but everyone who is ready gets a turn first
  }
}

asyncio::Coro<> start() {
  auto anna = asyncio::create_task(work("anna", 4), "anna");
  auto ben = asyncio::create_task(work("ben", 2), "ben");
  auto cleo = asyncio::create_task(work("cleo", 3), "cleo");
  co_await anna;
  co_await ben;
  co_await cleo;
  print("all done\n");
}

int main() { asyncio::run(start()); }
