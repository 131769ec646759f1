// machine::I2C on the virtual board: what the firmware reads and writes, how long it takes, what the trace
// says, and what each fault does.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <utility>

#include "asyncio.hpp"
#include "drivers/bmp280.hpp"
#include "machine.hpp"
#include "parts/bmp280.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::I2C;
using recording::pico;
using recording::Recording;
using recording::run;
using sim::board;
using trace::I2cError;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

// A firmware with a BMP280 at 0x76 on I2C 0.
Recording with_sensor(const std::function<void(sim::Bmp280&)>& firmware) {
  return run(20'000 * ms, [&] {
    static sim::Bmp280 sensor;
    sim::board.i2c()[0].attach(sensor);
    firmware(sensor);
    return 0;
  });
}

// "EIO" and what it says.
template <class F>
void print_error(F&& f) {
  try {
    f();
    print("no error");
  } catch (const asyncio::OSError& error) {
    print("%d %s", error.code(), error.what());
  }
}

TEST(I2c, ADeviceIsFoundAndItsRegistersAreRead) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0);
    for (const std::uint8_t address : i2c.scan()) print("%02x ", address);
    std::array<std::uint8_t, 1> id{};
    i2c.readfrom_mem_into(0x76, 0xD0, id);
    print("%02x", id[0]);
  });
  EXPECT_EQ(r.console, "76 58");
}

TEST(I2c, BytesTakeTheTimeOfTheirBits) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0, {.freq = 100'000});
    std::array<std::uint8_t, 2> data{};
    i2c.readfrom_mem_into(0x76, 0xD0, data);
  });
  const auto starts = r.of(Kind::i2c_start);
  const auto writes = r.of(Kind::i2c_write);
  const auto reads = r.of(Kind::i2c_read);
  const auto stops = r.of(Kind::i2c_stop);
  ASSERT_EQ(starts.size(), 2U);
  ASSERT_EQ(writes.size(), 1U);
  ASSERT_EQ(reads.size(), 2U);
  ASSERT_EQ(stops.size(), 1U);
  EXPECT_EQ(starts[0].extra, 0x76 << 1);
  EXPECT_EQ(starts[1].extra, 0x76 << 1 | 1);
  EXPECT_EQ(writes[0].time_ns - starts[0].time_ns, 95'000U);
  EXPECT_EQ(starts[1].time_ns - writes[0].time_ns, 90'000U + pico().i2c_setup_ns);
  EXPECT_EQ(reads[0].time_ns - starts[1].time_ns, 105'000U);
  EXPECT_EQ(stops[0].time_ns - reads[0].time_ns, 180'000U);
  EXPECT_EQ(reads[0].extra, 0x58);
  EXPECT_NE(reads[1].extra & trace::i2c_nack, 0);
}

TEST(I2c, AnInterruptIsServedInTheMiddleOfATransfer) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0, {.freq = 100'000});
    std::array<std::uint8_t, 20> data{};
    machine::Timer timer;
    timer.init({.mode = machine::Timer::ONE_SHOT, .period_us = 500}, [](machine::Timer&) {});
    i2c.readfrom_mem_into(0x76, 0x88, data);
  });
  ASSERT_EQ(r.of(Kind::isr_enter).size(), 1U);
  EXPECT_GT(r.of(Kind::isr_enter)[0].time_ns, r.of(Kind::i2c_start)[0].time_ns);
  EXPECT_LT(r.of(Kind::isr_enter)[0].time_ns, r.of(Kind::i2c_stop)[0].time_ns);
}

TEST(I2c, NobodyThereIsEIO) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0);
    print_error([&] { i2c.writeto(0x40, {}); });
  });
  EXPECT_EQ(r.console, "5 I2C: nobody acknowledges that address");
  ASSERT_EQ(r.of(Kind::i2c_error).size(), 1U);
  EXPECT_EQ(r.of(Kind::i2c_error)[0].reason, static_cast<std::uint8_t>(I2cError::nobody));
  EXPECT_EQ(r.of(Kind::i2c_error)[0].extra, 0x40);
  EXPECT_EQ(r.of(Kind::i2c_stop).size(), 1U);
}

TEST(I2c, ARefusedAddressComesBack) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0);
    sim::board.i2c()[0].refuse(0x76, sim::board.now_ns() + 200 * ms);
    std::array<std::uint8_t, 1> id{};
    print_error([&] { i2c.readfrom_mem_into(0x76, 0xD0, id); });
    time::sleep_ms(200);
    print("; ");
    print_error([&] { i2c.readfrom_mem_into(0x76, 0xD0, id); });
  });
  EXPECT_EQ(r.console, "5 I2C: nobody acknowledges that address; no error");
}

TEST(I2c, AStuckBusIsETIMEDOUTAfterTheTimeout) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0, {.timeout = 3000});
    sim::board.i2c()[0].hold_sda_low(sim::board.now_ns() + 10 * ms);
    print_error([&] { i2c.writeto(0x76, {}); });
    time::sleep_ms(6);
    print("; ");
    print_error([&] { i2c.writeto(0x76, {}); });  // a millisecond to go: it waits for that
  });
  EXPECT_EQ(r.console, "110 I2C: SDA stays low, the bus is stuck; no error");
  ASSERT_EQ(r.of(Kind::i2c_error).size(), 1U);
  EXPECT_EQ(r.of(Kind::i2c_error)[0].task, 3000U);
  EXPECT_TRUE(r.of(Kind::i2c_start).size() == 1 && r.of(Kind::i2c_start)[0].time_ns >= 10 * ms);
}

// A device that holds the clock for so long after each byte it is given.
class Slow final : public sim::I2cDevice {
 public:
  explicit Slow(std::uint64_t stretch_ns) : stretch_ns_(stretch_ns) {}
  bool has_address(std::uint8_t address) const override { return address == 0x20; }
  bool on_start(bool, std::uint64_t) override { return true; }
  bool on_write(std::uint8_t, std::uint64_t) override {
    is_busy_ = true;
    return true;
  }
  std::uint8_t on_read(std::uint64_t) override { return 0x5a; }
  void on_stop(std::uint64_t) override { ++stops; }
  std::uint64_t stretch_ns(std::uint64_t now_ns) override {
    if (std::exchange(is_busy_, false)) ready_ns_ = now_ns + stretch_ns_;
    return ready_ns_ > now_ns ? ready_ns_ - now_ns : 0;
  }
  int stops = 0;

 private:
  std::uint64_t stretch_ns_;
  std::uint64_t ready_ns_ = 0;
  bool is_busy_ = false;
};

TEST(I2c, AStretchedClockIsWaitedForUpToTheTimeout) {
  for (const bool patient : {true, false}) {
    const Recording r = run(1000 * ms, [&] {
      Slow slow(2 * ms);
      sim::board.i2c()[0].attach(slow);
      I2C i2c(0, {.timeout = patient ? 5000U : 1000U});
      const std::array<std::uint8_t, 1> byte{1};
      print_error([&] { i2c.writeto(0x20, byte); });
      print(", %d stop", slow.stops);
      sim::board.i2c()[0].detach(slow);
      return 0;
    });
    EXPECT_EQ(r.console, patient ? "no error, 1 stop"
                                 : "110 I2C: the target holds the clock for longer than the timeout, 1 stop");
    if (patient) {
      EXPECT_EQ(r.of(Kind::i2c_stop)[0].time_ns - r.of(Kind::i2c_write)[0].time_ns, 2 * ms + 22'500);
    } else {
      EXPECT_EQ(r.of(Kind::i2c_error)[0].reason, static_cast<std::uint8_t>(I2cError::stretched));
    }
  }
}

TEST(I2c, AScriptedStretchDelaysEachByteOfEveryTargetUntilItEnds) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0, {.freq = 100'000});
    sim::board.i2c()[0].stretch(3 * ms, sim::board.now_ns() + 5 * ms);
    std::array<std::uint8_t, 2> data{};
    i2c.readfrom_mem_into(0x76, 0xD0, data);
    i2c.readfrom_mem_into(0x76, 0xD0, data);
    sim::board.i2c()[0].stretch(60 * ms, sim::board.now_ns() + 100 * ms);
    print_error([&] { i2c.readfrom_mem_into(0x76, 0xD0, data); });
  });
  const auto starts = r.of(Kind::i2c_start);
  const auto writes = r.of(Kind::i2c_write);
  ASSERT_EQ(starts.size(), 5U);
  EXPECT_EQ(writes[0].time_ns - starts[0].time_ns, 3 * ms + 95'000);
  EXPECT_EQ(starts[1].time_ns - writes[0].time_ns, 3 * ms + 90'000 + pico().i2c_setup_ns);
  EXPECT_EQ(writes[1].time_ns - starts[2].time_ns, 95'000U) << "it has ended";
  EXPECT_EQ(r.console, "110 I2C: the target holds the clock for longer than the timeout");
}

TEST(I2c, ALineThatIsLowOnItsNetIsWaitedForUpToTheTimeout) {
  const Recording r = with_sensor([](sim::Bmp280&) {
    I2C i2c(0, {.timeout = 3000});
    board.wiring().join(board.pins().terminal(4), board.pins().terminal(14));
    board.wiring().join(board.pins().terminal(5), board.pins().terminal(15));
    machine::Pin sda(14, machine::Pin::OUT, 0);
    machine::Pin scl(15, machine::Pin::OPEN_DRAIN, 1);
    const auto start = [&] { i2c.writeto(0x76, {}); };
    print_error(start);
    sda.init(machine::Pin::IN);
    scl.off();
    print_error(start);
    machine::Timer release;
    release.init({.mode = machine::Timer::ONE_SHOT, .period_us = 2000}, [&](machine::Timer&) { scl.on(); });
    print_error(start);
  });
  EXPECT_EQ(
      r.console,
      "110 I2C: SDA stays low, the bus is stuck110 I2C: SCL stays low, somebody holds the clockno error");
  const auto errors = r.of(Kind::i2c_error);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].reason, static_cast<std::uint8_t>(I2cError::stuck));
  EXPECT_EQ(errors[0].task, 3000U);
  EXPECT_EQ(errors[1].reason, static_cast<std::uint8_t>(I2cError::stretched));
  ASSERT_EQ(r.of(Kind::i2c_start).size(), 1U);
  EXPECT_NEAR(static_cast<double>(r.of(Kind::i2c_start)[0].time_ns - errors[1].time_ns), 2e6, 1e5);
}

TEST(I2c, ItsPinsArePulledUpAndFreeAgainWhenItMoves) {
  const Recording r = run(100 * ms, [] {
    I2C first(0);
    print("%d%d ", machine::Pin(4).value(), machine::Pin(5).value());
    I2C moved(0, {.scl = 9, .sda = 8});
    print("%d%d %d%d", machine::Pin(4).value(), machine::Pin(5).value(), machine::Pin(8).value(),
          machine::Pin(9).value());
    return 0;
  });
  EXPECT_EQ(r.console, "11 00 11");
}

TEST(I2c, WrongPinsAddressesAndFrequenciesAreRefused) {
  EXPECT_THROW(I2C(2), asyncio::ValueError);
  EXPECT_THROW(I2C(0, {.scl = 4, .sda = 5}), asyncio::ValueError);
  EXPECT_THROW(I2C(1, {.scl = 5, .sda = 4}), asyncio::ValueError);
  EXPECT_THROW(I2C(0, {.freq = 0}), asyncio::ValueError);
  I2C i2c(1, {.scl = 27, .sda = 26});
  EXPECT_THROW(i2c.writeto(0x78, {}), asyncio::ValueError);
  EXPECT_THROW(i2c.writeto_mem(0x76, 0, {}, 12), asyncio::ValueError);
}

// The driver on the model, over the bus.
TEST(I2c, TheBmp280DriverReadsWhatIsSetOnTheSensor) {
  const Recording r = with_sensor([](sim::Bmp280& sensor) {
    static sim::Bmp280* const set_on = &sensor;
    asyncio::run([]() -> asyncio::Coro<> {
      I2C i2c(0);
      drivers::Bmp280 driver(i2c);
      for (const double celsius : {-5.0, 31.5}) {
        set_on->set("temperature", celsius, sim::board.now_ns());
        set_on->set("pressure", 98'000, sim::board.now_ns());
        const auto reading = co_await driver.read();
        print("%.1f %.0f ", reading.temperature, reading.pressure / 100);
      }
    }());
  });
  EXPECT_EQ(r.console, "-5.0 980 31.5 980 ");
}

}  // namespace
