// The I2C sensors as parts: on the bus by their legs, with power and without.
#include <gtest/gtest.h>

#include "asyncio.hpp"
#include "drivers/bmp280.hpp"
#include "drivers/htu21d.hpp"
#include "machine.hpp"
#include "parts/bmp280_part.hpp"
#include "parts/htu21d_part.hpp"
#include "recording.hpp"
#include "time.hpp"
#include "wired_part.hpp"

namespace {

using machine::I2C;
using recording::Recording;
using recording::run;
using sim::Bmp280Part;
using sim::Drive;
using sim::Htu21dPart;
using wired_part::leg;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

constexpr std::uint64_t ms = 1'000'000;

void to_supply(const sim::Part& part, const Supplies& supplies) {
  wire(part, "VCC", supplies.vcc, "VCC");
  wire(part, "GND", supplies.gnd, "GND");
}
void to_bus(const sim::Part& part, unsigned sda, unsigned scl) {
  wire(part, "SDA", sda);
  wire(part, "SCL", scl);
}
void print_found(I2C& i2c) {
  for (const std::uint8_t address : i2c.scan()) print("%02x", address);
  print(" ");
}

TEST(I2cParts, AreWhereTheirLegsAreWired) {
  const Recording r = run(1000 * ms, [] {
    const Supplies supplies;
    const Bmp280Part on_0("bmp1");
    const Htu21dPart on_1("htu1");
    const Htu21dPart swapped("htu2");
    to_supply(on_0, supplies);
    to_supply(on_1, supplies);
    to_supply(swapped, supplies);
    to_bus(on_0, 4, 5);
    to_bus(on_1, 6, 7);
    to_bus(swapped, 5, 4);
    I2C zero(0, {.scl = 5, .sda = 4});
    I2C one(1, {.scl = 7, .sda = 6});
    print_found(zero);
    print_found(one);
    return 0;
  });
  EXPECT_EQ(r.console, "76 40 ");
}

TEST(I2cParts, TwoBmp280AreToldApartBySdo) {
  const Recording r = run(1000 * ms, [] {
    const Supplies supplies;
    const Bmp280Part low("bmp1");
    const Bmp280Part high("bmp2");
    for (const Bmp280Part* const part : {&low, &high}) {
      to_supply(*part, supplies);
      to_bus(*part, 4, 5);
    }
    I2C i2c(0);
    print_found(i2c);
    wire(high, "SDO", supplies.vcc, "VCC");
    print_found(i2c);
    return 0;
  });
  EXPECT_EQ(r.console, "76 7677 ");
}

TEST(I2cParts, WithoutPowerNobodyIsThereAndAfterwardsItIsAsAfterAReset) {
  const Recording r = run(1000 * ms, [] {
    const Supplies supplies;
    const Bmp280Part bmp("bmp1");
    const Htu21dPart htu("htu1");
    to_bus(bmp, 4, 5);
    to_bus(htu, 4, 5);
    I2C i2c(0);
    print_found(i2c);
    to_supply(bmp, supplies);
    to_supply(htu, supplies);
    print_found(i2c);
    const std::array<std::uint8_t, 1> normal_mode{0x27};
    i2c.writeto_mem(0x76, 0xF4, normal_mode);
    std::array<std::uint8_t, 1> ctrl_meas{};
    i2c.readfrom_mem_into(0x76, 0xF4, ctrl_meas);
    print("%02x ", ctrl_meas[0]);
    leg(supplies.vcc, "VCC").drive(Drive::nothing());
    print_found(i2c);
    leg(supplies.vcc, "VCC").drive(Drive::high());
    time::sleep_ms(20);
    print_found(i2c);
    i2c.readfrom_mem_into(0x76, 0xF4, ctrl_meas);
    print("%02x", ctrl_meas[0]);
    return 0;
  });
  EXPECT_EQ(r.console, " 4076 27  4076 00");
}

TEST(I2cParts, CsbLowTakesABmp280OffTheBusUntilThePowerGoes) {
  const Recording r = run(1000 * ms, [] {
    const Supplies supplies;
    const Bmp280Part bmp("bmp1");
    to_supply(bmp, supplies);
    to_bus(bmp, 4, 5);
    wire(bmp, "CSB", 10);
    I2C i2c(0);
    print_found(i2c);
    machine::Pin csb(10, machine::Pin::OUT, 0);
    print_found(i2c);
    csb.on();
    print_found(i2c);
    leg(supplies.vcc, "VCC").drive(Drive::nothing());
    leg(supplies.vcc, "VCC").drive(Drive::high());
    print_found(i2c);
    return 0;
  });
  EXPECT_EQ(r.console, "76   76 ");
}

TEST(I2cParts, TheirDriversReadWhatIsSetFromTheTimeItIsSet) {
  const Recording r = run(20'000 * ms, [] {
    const Supplies supplies;
    static Bmp280Part bmp("bmp1", {.temperature = 12, .pressure = 101'000});
    static Htu21dPart htu("htu1", {.temperature = 13, .humidity = 40});
    to_supply(bmp, supplies);
    to_supply(htu, supplies);
    to_bus(bmp, 4, 5);
    to_bus(htu, 4, 5);
    asyncio::run([]() -> asyncio::Coro<> {
      I2C i2c(0);
      drivers::Bmp280 bmp_driver(i2c);
      drivers::Htu21d htu_driver(i2c);
      for (int i = 0; i < 2; ++i) {
        const auto bmp_reading = co_await bmp_driver.read();
        print("%.1f %.0f ", bmp_reading.temperature, bmp_reading.pressure / 100);
        const auto htu_reading = co_await htu_driver.read();
        print("%.1f %.0f ", htu_reading.temperature, htu_reading.humidity);
        set(bmp, "temperature", 31.5);
        set(bmp, "pressure", 98'000);
        set(htu, "temperature", 31);
        set(htu, "humidity", 61);
      }
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "12.0 1010 13.0 40 31.5 980 31.0 61 ");
}

}  // namespace
