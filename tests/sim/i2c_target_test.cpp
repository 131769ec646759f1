// machine::I2CTarget on the virtual board, controlled by the other I2C of the same board: with memory, and
// with a handler for each byte.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::I2C;
using machine::I2CTarget;
using recording::Recording;
using recording::run;
using sim::board;
using trace::I2cError;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;
constexpr int address = 0x43;

using Bytes = std::vector<std::uint8_t>;

// I2C 0 at pins 4 and 5, I2C 1 at pins 2 and 3, wired to each other.
Recording wired(const std::function<void()>& firmware) {
  return run(10'000 * ms, [&] {
    board.wiring().join(board.pins().terminal(4), board.pins().terminal(2));
    board.wiring().join(board.pins().terminal(5), board.pins().terminal(3));
    firmware();
    return 0;
  });
}

I2CTarget::Options at_its_pins(std::span<std::uint8_t> mem = {}, int mem_addrsize = 8) {
  return {.scl = 3, .sda = 2, .mem = mem, .mem_addrsize = mem_addrsize};
}

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const asyncio::OSError& error) {
    return std::to_string(error.code()) + " " + error.what();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

void print_bytes(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) print("%02x ", byte);
}

TEST(I2cTarget, ItsMemoryIsReadAndWrittenWithoutTheProgram) {
  const Recording r = wired([] {
    std::array<std::uint8_t, 8> memory{0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17};
    const I2CTarget target(1, address, at_its_pins(memory));
    I2C i2c(0);
    print_bytes(i2c.scan());
    std::array<std::uint8_t, 3> read{};
    i2c.readfrom_mem_into(address, 2, read);
    print_bytes(read);
    i2c.writeto_mem(address, 4, Bytes{0xa0, 0xa1});
    print_bytes(memory);
    print("%d", static_cast<int>(target.memaddr()));
  });
  EXPECT_EQ(r.console, "43 12 13 14 10 11 12 13 a0 a1 16 17 4");
  EXPECT_TRUE(r.of(Kind::isr_enter).empty());
}

TEST(I2cTarget, BeyondTheEndItsMemoryBeginsAgain) {
  const Recording r = wired([] {
    std::array<std::uint8_t, 4> memory{1, 2, 3, 4};
    const I2CTarget target(1, address, at_its_pins(memory));
    I2C i2c(0);
    std::array<std::uint8_t, 4> read{};
    i2c.readfrom_mem_into(address, 2, read);
    print_bytes(read);
    i2c.readfrom_mem_into(address, 9, read);  // as 1
    print_bytes(read);
    i2c.writeto_mem(address, 3, Bytes{0xaa, 0xbb});
    print_bytes(memory);
  });
  EXPECT_EQ(r.console, "03 04 01 02 02 03 04 01 bb 02 03 aa ");
}

TEST(I2cTarget, AReadWithoutAnAddressGoesOnWhereTheLastEnded) {
  const Recording r = wired([] {
    std::array<std::uint8_t, 8> memory{0, 1, 2, 3, 4, 5, 6, 7};
    const I2CTarget target(1, address, at_its_pins(memory));
    I2C i2c(0);
    std::array<std::uint8_t, 2> read{};
    i2c.readfrom_mem_into(address, 3, read);
    i2c.readfrom_into(address, read);
    print_bytes(read);
  });
  EXPECT_EQ(r.console, "05 06 ");
}

TEST(I2cTarget, MemoryAddressesHaveAsManyBytesAsAskedFor) {
  const Recording r = wired([] {
    std::vector<std::uint8_t> memory(0x300);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::uint8_t>(i >> 4);
    for (const int bits : {0, 8, 16, 24, 32}) {
      const I2CTarget target(1, address, at_its_pins(memory, bits));
      I2C i2c(0);
      const Bytes number{0, 0, 0x02, 0x40};
      const std::size_t size = static_cast<std::size_t>(bits) / 8;
      if (size != 0) i2c.writeto(address, std::span(number).last(size), false);
      std::array<std::uint8_t, 1> read{};
      i2c.readfrom_into(address, read);
      print("%02x %d, ", read[0], static_cast<int>(target.memaddr()));
    }
  });
  EXPECT_EQ(r.console, "00 0, 04 64, 24 576, 24 576, 24 576, ");
}

TEST(I2cTarget, WithoutAddressesEachTransferIsFromTheBeginning) {
  const Recording r = wired([] {
    std::array<std::uint8_t, 4> memory{};
    const I2CTarget target(1, address, at_its_pins(memory, 0));
    I2C i2c(0);
    i2c.writeto(address, Bytes{1, 2});
    i2c.writeto(address, Bytes{7});
    std::array<std::uint8_t, 3> read{};
    i2c.readfrom_into(address, read);
    print_bytes(read);
  });
  EXPECT_EQ(r.console, "07 02 00 ");
}

TEST(I2cTarget, WithMemoryTheHandlerHearsWhenATransferHasEnded) {
  const Recording r = wired([] {
    std::array<std::uint8_t, 4> memory{};
    I2CTarget target(1, address, at_its_pins(memory));
    target.irq([](I2CTarget& it) { print("%d@%d ", it.flags(), static_cast<int>(it.memaddr())); });
    I2C i2c(0);
    std::array<std::uint8_t, 1> read{};
    i2c.writeto_mem(address, 2, Bytes{1});
    i2c.readfrom_mem_into(address, 3, read);  // which memory address is no write
    i2c.scan();
  });
  EXPECT_EQ(r.console, "32@2 16@3 ");
}

TEST(I2cTarget, AHandlerTakesAndGivesEachByte) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    static Bytes taken;
    static std::uint8_t next = 0xa0;
    target.irq(
        [](I2CTarget& it) {
          if (it.flags() == I2CTarget::IRQ_WRITE_REQ) {
            std::array<std::uint8_t, 4> byte{};
            const std::size_t count = it.readinto(byte);
            taken.insert(taken.end(), byte.begin(), byte.begin() + static_cast<std::ptrdiff_t>(count));
          } else {
            const Bytes two{next, 0xff};
            next = static_cast<std::uint8_t>(next + it.write(two));
          }
        },
        I2CTarget::IRQ_READ_REQ | I2CTarget::IRQ_WRITE_REQ);
    I2C i2c(0);
    print("%d: ", static_cast<int>(i2c.writeto(address, Bytes{1, 2, 3})));
    print_bytes(taken);
    std::array<std::uint8_t, 3> read{};
    i2c.readfrom_into(address, read);
    print_bytes(read);
    i2c.readfrom_into(address, read);
    print_bytes(read);
  });
  EXPECT_EQ(r.console, "3: 01 02 03 a0 a1 a2 a3 a4 a5 ");
}

TEST(I2cTarget, EventsComeInOrderEachWithItsFlag) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    target.irq(
        [](I2CTarget& it) {
          print("%d ", it.flags());
          std::array<std::uint8_t, 1> byte{5};
          if (it.flags() == I2CTarget::IRQ_WRITE_REQ) it.readinto(byte);
          if (it.flags() == I2CTarget::IRQ_READ_REQ) it.write(byte);
        },
        63);
    I2C i2c(0);
    i2c.writeto(address, Bytes{1, 2}, false);
    std::array<std::uint8_t, 2> read{};
    i2c.readfrom_into(address, read);
    i2c.writeto(address, {});
  });
  EXPECT_EQ(r.console, "2 8 8 32 1 4 4 16 2 ");
}

TEST(I2cTarget, TheClockIsHeldUntilTheHandlerHasTakenTheByte) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    target.irq(
        [](I2CTarget& it) {
          time::sleep_us(400);
          std::array<std::uint8_t, 1> byte{};
          it.readinto(byte);
        },
        I2CTarget::IRQ_WRITE_REQ);
    I2C i2c(0, {.freq = 100'000});
    i2c.writeto(address, Bytes{1, 2});
  });
  const auto writes = r.of(Kind::i2c_write);
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_NEAR(static_cast<double>(writes[1].time_ns - writes[0].time_ns), 490e3, 3e3);
  const auto served = r.of(Kind::isr_enter);
  ASSERT_EQ(served.size(), 2U);
  EXPECT_EQ(served[0].time_ns, writes[0].time_ns + 90'000) << "when the byte is over";
}

TEST(I2cTarget, OneThatHoldsTheClockForTooLongIsETIMEDOUT) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    target.irq([](I2CTarget&) {}, I2CTarget::IRQ_READ_REQ | I2CTarget::IRQ_WRITE_REQ);
    I2C i2c(0, {.timeout = 2000});
    std::array<std::uint8_t, 1> read{};
    print("%s; ", error_of([&] { i2c.readfrom_into(address, read); }).c_str());
    print("%s; ", error_of([&] { i2c.writeto(address, Bytes{1}); }).c_str());
    target.irq(nullptr);
    print("%s", error_of([&] { i2c.writeto(address, Bytes{1}); }).c_str());
  });
  EXPECT_EQ(r.console,
            "110 I2C: the target holds the clock for longer than the timeout; "
            "110 I2C: the target holds the clock for longer than the timeout; no error");
  EXPECT_EQ(r.of(Kind::i2c_error)[0].reason, static_cast<std::uint8_t>(I2cError::stretched));
  EXPECT_NEAR(static_cast<double>(r.of(Kind::i2c_error)[0].time_ns - r.of(Kind::i2c_start)[0].time_ns),
              2'023'750, 50);
}

TEST(I2cTarget, WhileInterruptsAreMaskedNoHandlerAnswers) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    target.irq(
        [](I2CTarget& it) {
          const std::array<std::uint8_t, 1> byte{9};
          it.write(byte);
        },
        I2CTarget::IRQ_READ_REQ);
    I2C i2c(0);
    std::array<std::uint8_t, 1> read{};
    const std::uint32_t state = machine::disable_irq();
    print("%s; ", error_of([&] { i2c.readfrom_into(address, read); }).c_str());
    machine::enable_irq(state);
    i2c.readfrom_into(address, read);
    print_bytes(read);
  });
  EXPECT_EQ(r.console, "110 I2C: the target holds the clock for longer than the timeout; 09 ");
}

TEST(I2cTarget, WithoutAHandlerWhatIsWrittenIsLostAndZerosAreRead) {
  const Recording r = wired([] {
    I2CTarget target(1, address, at_its_pins());
    I2C i2c(0);
    print("%d ", static_cast<int>(i2c.writeto(address, Bytes{1, 2})));
    std::array<std::uint8_t, 2> bytes{7, 7};
    i2c.readfrom_into(address, bytes);
    print_bytes(bytes);
    print("%d %d", static_cast<int>(target.readinto(bytes)), static_cast<int>(target.write(bytes)));
  });
  EXPECT_EQ(r.console, "2 00 00 0 0");
}

TEST(I2cTarget, ItIsOnlyThereWhereItIsWiredAndUntilDeinit) {
  const Recording r = run(1'000 * ms, [] {
    std::array<std::uint8_t, 1> memory{};
    I2CTarget target(1, address, at_its_pins(memory));
    I2C i2c(0);
    print("%d", static_cast<int>(i2c.scan().size()));
    board.wiring().join(board.pins().terminal(4), board.pins().terminal(2));
    print("%d", static_cast<int>(i2c.scan().size()));
    board.wiring().join(board.pins().terminal(5), board.pins().terminal(3));
    print("%d", static_cast<int>(i2c.scan().size()));
    target.deinit();
    print("%d", static_cast<int>(i2c.scan().size()));
    return 0;
  });
  EXPECT_EQ(r.console, "0010");
}

TEST(I2cTarget, ABusIsAControllersOrATargets) {
  const Recording r = wired([] {
    I2C before(1, {.scl = 3, .sda = 2});
    I2CTarget target(1, address, at_its_pins());
    print("%s\n", error_of([&] { before.scan(); }).c_str());
    print("%s\n", error_of([] { I2C(1, {.scl = 3, .sda = 2}); }).c_str());
    print("%s\n", error_of([] { I2CTarget(1, 0x44); }).c_str());
    target.deinit();
    target.deinit();
    I2C after(1, {.scl = 3, .sda = 2});
    print("%d", static_cast<int>(after.scan().size()));
  });
  EXPECT_EQ(r.console,
            "I2C: this bus is an I2CTarget now; only after its deinit() an I2C controls it\n"
            "I2C: this bus is an I2CTarget's; use the other one, or deinit() the target\n"
            "I2CTarget: this bus is another I2CTarget's already; deinit() that first\n0");
}

TEST(I2cTarget, WhatCannotBeIsRefused) {
  std::array<std::uint8_t, 4> memory{};
  EXPECT_THROW(I2CTarget(2, address), asyncio::ValueError);
  EXPECT_THROW(I2CTarget(1, 0x07), asyncio::ValueError);
  EXPECT_THROW(I2CTarget(1, 0x78), asyncio::ValueError);
  EXPECT_THROW(I2CTarget(1, address, {.scl = 5, .sda = 4}), asyncio::ValueError);
  EXPECT_THROW(I2CTarget(1, address, at_its_pins(memory, 12)), asyncio::ValueError);
  EXPECT_THROW(I2CTarget(1, address, at_its_pins(memory, 40)), asyncio::ValueError);
  I2CTarget target(1, address);
  EXPECT_THROW(target.irq([](I2CTarget&) {}, 64), asyncio::ValueError);
  EXPECT_THROW(target.irq([](I2CTarget&) {}, 0), asyncio::ValueError);
}

}  // namespace
