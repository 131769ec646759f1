// Code that never gives way, for tests/bench/simulator: a function with a loop, a branch and a call in each
// turn. It looks at the clock now and then, so that it is not taken for hung.
#include "asyncio.hpp"
#include "time.hpp"

volatile unsigned sum = 0;

unsigned next(unsigned number) {
  if (number % 2 == 0) return number / 2;
  return 3 * number + 1;
}

int main() {
  for (unsigned start = 1;; ++start) {
    unsigned number = start % 1000 + 1;
    while (number != 1) {
      number = next(number);
      sum = sum + number;
    }
    time::ticks_us();
  }
}
