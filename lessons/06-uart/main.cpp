// One task sends lines over a wire, another receives them. At 9600 baud a byte takes a millisecond; the
// processor has better things to do meanwhile.
#include <cstdio>
#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "time.hpp"

// Pin 4 sends, pin 5 receives; diagram.json joins them with a wire.
machine::UART uart(1, 9600, {.tx = 4, .rx = 5});

asyncio::Coro<> send() {
  asyncio::StreamWriter writer(uart);
  for (int number = 1;; ++number) {
    char line[40];
    std::snprintf(line, sizeof line, "message %d from pin 4\n", number);
    writer.write(line);
    co_await writer.drain();
    print("handed over at %lld ms\n", static_cast<long long>(time::ticks_ms()));
    co_await asyncio::sleep(500ms);
  }
}

asyncio::Coro<> receive() {
  asyncio::StreamReader reader(uart, "wire");
  while (true) {
    const std::string line = co_await reader.readline();
    print("received at %lld ms: %s", static_cast<long long>(time::ticks_ms()), line.c_str());
  }
}

asyncio::Coro<> blink(machine::Pin led) {
  while (true) {
    led.toggle();
    co_await asyncio::sleep(5ms);
  }
}

asyncio::Coro<> start() {
  auto light = asyncio::create_task(blink(machine::Pin(25, machine::Pin::OUT)), "light");
  auto receiver = asyncio::create_task(receive(), "receiver");
  auto sender = asyncio::create_task(send(), "sender");
  co_await sender;
}

int main() { asyncio::run(start()); }
