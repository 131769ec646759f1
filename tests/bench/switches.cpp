// Two tasks that do nothing but take turns, for tests/bench/simulator: as many records as there can be.
#include "asyncio.hpp"

asyncio::Coro<> turn() {
  while (true) {
    co_await asyncio::sleep_ms(0);
  }
}

asyncio::Coro<> start() { co_await asyncio::gather(turn(), turn()); }

int main() { asyncio::run(start()); }
