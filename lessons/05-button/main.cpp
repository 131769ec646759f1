// A button bounces: its contact closes and opens several times before it rests. An interrupt counts the
// edges; the driver waits until the bouncing is over and tells what was meant.
#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

using machine::Pin;

volatile int edges = 0;

asyncio::Coro<> start() {
  Pin led(15, Pin::OUT);
  Pin contact(14, Pin::IN, Pin::PULL_UP);  // the button connects it with ground
  contact.irq([](Pin) { edges = edges + 1; }, Pin::IRQ_FALLING);

  drivers::Pushbutton button(contact);
  button.press_func([&led] {
    led.toggle();
    print("pressed; the pin has fallen %d times\n", edges);
    edges = 0;
  });
  button.double_func([] { print("a double click\n"); });
  button.long_func([] { print("held for a second\n"); });

  co_await asyncio::Event().wait();  // for ever
}

int main() { asyncio::run(start()); }
