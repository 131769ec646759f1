// A light blinks ten times a second. Another task calculates now and then, and while it does nobody else
// runs.
#include "asyncio.hpp"
#include "machine.hpp"

asyncio::Coro<> blink(machine::Pin led) {
  while (true) {
    led.toggle();
    co_await asyncio::sleep_ms(50);
  }
}

// How many prime numbers there are below `limit`, found the slow way.
asyncio::Coro<int> count_primes(int limit) {
  int found = 0;
  for (int number = 2; number < limit; ++number) {
    bool is_prime = true;
    for (int divisor = 2; divisor * divisor <= number; ++divisor) {
      if (number % divisor == 0) is_prime = false;
    }
    if (is_prime) ++found;
  }
  co_return found;
}

asyncio::Coro<> calculate() {
  for (int limit = 2000; limit <= 16000; limit *= 2) {
    const int found = co_await count_primes(limit);
    print("%d prime numbers below %d\n", found, limit);
    co_await asyncio::sleep_ms(500);
  }
}

asyncio::Coro<> start() {
  auto light = asyncio::create_task(blink(machine::Pin(25, machine::Pin::OUT)), "light");
  co_await asyncio::create_task(calculate(), "numbers");
}

int main() { asyncio::run(start()); }
