// A sensor on an I2C bus: once a second its temperature and pressure are read, while a light shows that the
// others go on.
#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

asyncio::Coro<> measure(machine::I2C& i2c) {
  drivers::Bmp280 sensor(i2c);
  while (true) {
    try {
      const auto [temperature, pressure] = co_await sensor.read();
      print("%.2f °C  %.2f hPa\n", static_cast<double>(temperature), static_cast<double>(pressure) / 100);
    } catch (const asyncio::OSError& error) {
      print("no reading: %s\n", error.what());
    }
    co_await asyncio::sleep(1s);
  }
}

asyncio::Coro<> blink(machine::Pin led) {
  while (true) {
    led.toggle();
    co_await asyncio::sleep(250ms);
  }
}

asyncio::Coro<> start() {
  machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 100'000});
  auto light = asyncio::create_task(blink(machine::Pin(25, machine::Pin::OUT)), "light");
  co_await asyncio::create_task(measure(i2c), "measure");
}

int main() { asyncio::run(start()); }
