// drivers::Htu21d on a scripted sensor: replies that a test sets byte for byte, and faults when it chooses.
#include "drivers/htu21d.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/virtual_board.hpp"
#include "asyncio/wait_for.hpp"
#include "fake_i2c.hpp"

namespace {

using asyncio::Coro;
using asyncio::create_task;
using asyncio::OSError;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using drivers::Htu21d;
using drivers::Htu21dReading;
using Bytes = std::array<std::uint8_t, 3>;

class ScriptedHtu21d : public fake_i2c::Device {
 public:
  // The temperature is the data sheet's example for checksums but for its status bits, the humidity that of
  // its communication sequences.
  Bytes temperature{0x68, 0x38, 0x1E};
  Bytes humidity{0x7C, 0x82, 0x97};
  std::uint64_t temperature_us = 50'000;
  std::uint64_t humidity_us = 16'000;
  std::uint8_t user_register = 0x3A;  // reserved bits of some value, resolution as after a reset
  bool acknowledges_address = true;
  bool acknowledges_commands = true;
  int measurements = 0;
  int resets = 0;

  bool start(bool read) override {
    writing_user_register_ = false;
    if (!acknowledges_address || busy_until_ > virtual_board::now_us()) return false;
    return !read || !reply_.empty();
  }
  bool write(std::uint8_t byte) override {
    if (!acknowledges_commands) return false;
    if (writing_user_register_) {
      user_register = byte;
      return true;
    }
    reply_.clear();
    switch (byte) {
      case 0xF3:
        measure(temperature, temperature_us);
        return true;
      case 0xF5:
        measure(humidity, humidity_us);
        return true;
      case 0xE6:
        writing_user_register_ = true;
        return true;
      case 0xE7:
        reply_ = {user_register};
        return true;
      case 0xFE:
        ++resets;
        busy_until_ = virtual_board::now_us() + 15'000;
        return true;
      default:
        return false;
    }
  }
  std::uint8_t read() override {
    if (reply_.empty()) return 0xFF;
    const std::uint8_t byte = reply_.front();
    reply_.erase(reply_.begin());
    return byte;
  }

 private:
  void measure(const Bytes& bytes, std::uint64_t microseconds) {
    ++measurements;
    reply_.assign(bytes.begin(), bytes.end());
    busy_until_ = microseconds == UINT64_MAX ? UINT64_MAX : virtual_board::now_us() + microseconds;
  }

  std::vector<std::uint8_t> reply_;
  std::uint64_t busy_until_ = 0;
  bool writing_user_register_ = false;
};

class Htu21dDriverTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_i2c::reset();
    fake_i2c::attach(0x40, device);
  }

  // One reading; its error instead if there is one: "5 HTU21D: …".
  std::string read_error(Htu21d& sensor) {
    std::string text = "none";
    run([](Htu21d* read, std::string* into) -> Coro<> {
      try {
        co_await read->read();
      } catch (const OSError& error) {
        *into = std::to_string(error.code()) + " " + error.what();
      }
    }(&sensor, &text));
    return text;
  }
  Htu21dReading read(Htu21d& sensor) { return run(sensor.read()); }
  void expect_example(Htu21d& sensor) {
    const Htu21dReading reading = read(sensor);
    EXPECT_NEAR(reading.temperature, -46.85 + 175.72 * 0x6838 / 65536, 0.001);  // 24.69 °C
    EXPECT_NEAR(reading.humidity, 54.79, 0.01);                                 // the data sheet has 54.8 %RH
  }

  ScriptedHtu21d device;
  machine::I2C i2c{0};
};

TEST_F(Htu21dDriverTest, ChecksumsAreThoseOfTheDataSheet) {
  const auto checksum = [](std::vector<std::uint8_t> bytes) { return Htu21d::checksum(bytes); };
  EXPECT_EQ(checksum({0xDC}), 0x79);
  EXPECT_EQ(checksum({0x68, 0x3A}), 0x7C);
  EXPECT_EQ(checksum({0x4E, 0x85}), 0x6B);
}

TEST_F(Htu21dDriverTest, ReadsTheExamplesOfTheDataSheet) {
  Htu21d sensor(i2c);
  expect_example(sensor);
  expect_example(sensor);
  EXPECT_EQ(device.measurements, 4);
  EXPECT_EQ(device.resets, 1);
}

TEST_F(Htu21dDriverTest, TheWholeConversation) {
  Htu21d sensor(i2c);
  read(sensor);
  EXPECT_EQ(fake_i2c::transfers(),
            (std::vector<std::string>{"40 write FE", "40 write E7", "40 read 3A", "40 write F3",
                                      "40 read 68 38 1E", "40 write F5", "40 read 7C 82 97"}));
}

TEST_F(Htu21dDriverTest, OtherTasksRunWhileTheSensorMeasures) {
  Htu21d sensor(i2c);
  int ticks = 0;
  run([](Htu21d* read, int* count) -> Coro<> {
    const Task<> ticking = create_task([](int* n) -> Coro<> {
      for (;;) {
        co_await sleep_ms(1);
        ++*n;
      }
    }(count));
    co_await read->read();
    ticking.cancel();
  }(&sensor, &ticks));
  EXPECT_GE(ticks, 15 + 50 + 16);
}

TEST_F(Htu21dDriverTest, TheResolutionIsSetAndReservedBitsStay) {
  struct Row {
    Htu21d::Resolution resolution;
    std::uint8_t user_register;
    std::uint64_t temperature_us;  // the maximum
    std::uint64_t humidity_us;
  };
  for (const Row& row : {Row{Htu21d::Resolution::rh12_t14, 0x3A, 50'000, 16'000},
                         {Htu21d::Resolution::rh8_t12, 0x3B, 13'000, 3'000},
                         {Htu21d::Resolution::rh10_t13, 0xBA, 25'000, 5'000},
                         {Htu21d::Resolution::rh11_t11, 0xBB, 7'000, 8'000}}) {
    device.user_register = 0x3A;
    device.temperature_us = row.temperature_us;
    device.humidity_us = row.humidity_us;
    Htu21d sensor(i2c, row.resolution);
    expect_example(sensor);
    EXPECT_EQ(device.user_register, row.user_register);
    fake_i2c::forget_transfers();
    const std::uint64_t start = virtual_board::now_us();
    expect_example(sensor);
    EXPECT_EQ(fake_i2c::transfers().size(), 4U) << "done at the first look";
    EXPECT_LT(virtual_board::now_us() - start, row.temperature_us + row.humidity_us + 5'000);
  }
}

TEST_F(Htu21dDriverTest, ASlowerSensorIsAskedUntilItAnswers) {
  device.temperature_us = 85'000;
  Htu21d sensor(i2c);
  expect_example(sensor);
}

TEST_F(Htu21dDriverTest, HumidityIsAtMost100PercentAndNeverNegative) {
  Htu21d sensor(i2c);
  device.humidity = {0xFF, 0xFE, 0};
  device.humidity[2] = Htu21d::checksum(std::span(device.humidity).first(2));
  EXPECT_EQ(read(sensor).humidity, 100);
  device.humidity = {0x00, 0x02, 0};
  device.humidity[2] = Htu21d::checksum(std::span(device.humidity).first(2));
  EXPECT_EQ(read(sensor).humidity, 0);
}

// ---- faults ----

TEST_F(Htu21dDriverTest, NobodyAtTheAddressIsEIO) {
  fake_i2c::detach(0x40);
  Htu21d sensor(i2c);
  EXPECT_EQ(read_error(sensor).substr(0, 2), "5 ");
  EXPECT_LT(virtual_board::now_us(), 1'000U) << "at once";
}

TEST_F(Htu21dDriverTest, ARefusedCommandIsEIO) {
  device.acknowledges_commands = false;
  Htu21d sensor(i2c);
  EXPECT_EQ(read_error(sensor), "5 HTU21D: it does not acknowledge a command");
}

TEST_F(Htu21dDriverTest, EveryWrongBitInAReplyIsEIO) {
  Htu21d sensor(i2c);
  for (const bool in_humidity : {false, true}) {
    for (unsigned bit = 0; bit < 24; ++bit) {
      Bytes& bytes = in_humidity ? device.humidity : device.temperature;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      EXPECT_EQ(read_error(sensor), "5 HTU21D: the checksum is wrong");
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      expect_example(sensor);
    }
  }
}

TEST_F(Htu21dDriverTest, TheOtherQuantityIsEIO) {
  device.humidity = device.temperature;
  Htu21d sensor(i2c);
  EXPECT_EQ(read_error(sensor), "5 HTU21D: it sent another measurement than was asked for");
}

TEST_F(Htu21dDriverTest, AMeasurementThatNeverEndsTimesOut) {
  device.temperature_us = UINT64_MAX;
  Htu21d sensor(i2c);
  EXPECT_EQ(read_error(sensor), "110 HTU21D: no answer in twice the time a measurement takes");
}

TEST_F(Htu21dDriverTest, ABusThatSticksWhileItWaitsIsETIMEDOUTAtOnce) {
  Htu21d sensor(i2c);
  expect_example(sensor);
  const std::uint64_t start = virtual_board::now_us();
  virtual_board::interrupt_at_us(start + 20'000, [] { fake_i2c::set_stuck(true); });
  EXPECT_EQ(read_error(sensor).substr(0, 4), "110 ");
  EXPECT_LT(virtual_board::now_us() - start, 53'000U);
  fake_i2c::set_stuck(false);
  expect_example(sensor);
}

TEST_F(Htu21dDriverTest, ASensorThatComesBackWorksAgain) {
  Htu21d sensor(i2c);
  expect_example(sensor);
  device.acknowledges_address = false;
  EXPECT_EQ(read_error(sensor).substr(0, 2), "5 ");
  device.acknowledges_address = true;
  expect_example(sensor);
  EXPECT_EQ(device.resets, 2);
}

// ---- several tasks ----

TEST_F(Htu21dDriverTest, TasksThatReadTheSameSensorTakeTurns) {
  Htu21d sensor(i2c);
  run([](Htu21d* shared) -> Coro<> {
    const auto reader = [](Htu21d* read, const char* name) -> Coro<> {
      for (int i = 0; i < 2; ++i) {
        const Htu21dReading reading = co_await read->read();
        print("%s %.1f\n", name, static_cast<double>(reading.humidity));
      }
    };
    const Task<> first = create_task(reader(shared, "a"));
    const Task<> second = create_task(reader(shared, "b"));
    co_await first;
    co_await second;
  }(&sensor));
  EXPECT_EQ(virtual_board::output(), "a 54.8\nb 54.8\na 54.8\nb 54.8\n");
  EXPECT_EQ(device.resets, 1);
}

TEST_F(Htu21dDriverTest, AfterACancelledReadingTheNextOneWaitsForTheSensor) {
  for (const int after_ms : {0, 5, 15, 20, 40, 66, 70, 80}) {
    Htu21d sensor(i2c);
    bool timed_out = false;
    run([](Htu21d* read, int ms, bool* late) -> Coro<> {
      try {
        co_await asyncio::wait_for_ms(read->read(), ms);
      } catch (const asyncio::TimeoutError&) {
        *late = true;
      }
    }(&sensor, after_ms, &timed_out));
    EXPECT_TRUE(timed_out) << after_ms;
    expect_example(sensor);
  }
}

}  // namespace
