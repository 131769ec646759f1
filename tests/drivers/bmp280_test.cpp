// drivers::Bmp280 on a scripted sensor: registers that a test sets, and faults at the moment it chooses.
#include "drivers/bmp280.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>

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
using drivers::Bmp280;
using drivers::Bmp280Reading;
using Mode = Bmp280::Mode;
using Oversampling = Bmp280::Oversampling;

class ScriptedBmp280 : public fake_i2c::Device {
 public:
  // The raw values and calibration of the data sheet's example (3.12).
  unsigned raw_temperature = 519888;
  unsigned raw_pressure = 415148;
  std::array<std::uint8_t, 26> calibration{0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E,
                                           0x43, 0xD6, 0xD0, 0x0B, 0x27, 0x0B, 0x8C, 0x00,
                                           0xF9, 0xFF, 0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17};
  std::uint8_t id = 0x58;
  std::uint64_t reset_us = 2'000;
  std::uint64_t measurement_us = 0;  // for ever: UINT64_MAX
  bool acknowledges_address = true;
  int write_acknowledges = 1'000'000;  // bytes until one is refused

  int measurements = 0;
  int resets = 0;

  // As after a power cut.
  void lose_power() {
    ctrl_meas_ = 0;
    config_ = 0;
  }
  bool was_config_written_in_normal_mode() const { return config_in_normal_mode_; }

  bool start(bool read) override {
    number_expected_ = !read;
    return acknowledges_address;
  }
  bool write(std::uint8_t byte) override {
    if (write_acknowledges-- <= 0) return false;
    if (number_expected_) {
      number_ = byte;
    } else {
      write_register(number_, byte);
    }
    number_expected_ = !number_expected_;
    return true;
  }
  std::uint8_t read() override { return value(number_++); }

 private:
  static std::uint64_t now() { return virtual_board::now_us(); }
  bool is_measuring() const { return measured_at_ > now(); }

  void write_register(unsigned number, std::uint8_t byte) {
    if (number == 0xE0 && byte == 0xB6) {
      lose_power();
      ++resets;
      ready_at_ = reset_us == UINT64_MAX ? UINT64_MAX : now() + reset_us;
    } else if (number == 0xF4) {
      ctrl_meas_ = byte;
      if ((byte & 3) == 0) return;
      ++measurements;
      measured_at_ = measurement_us == UINT64_MAX ? UINT64_MAX : now() + measurement_us;
    } else if (number == 0xF5) {
      if ((ctrl_meas_ & 3) == 3) config_in_normal_mode_ = true;
      config_ = byte;
    }
  }
  std::uint8_t value(unsigned number) const {
    if (number >= 0x88 && number <= 0xA1) return ready_at_ > now() ? 0 : calibration[number - 0x88];
    const bool forced_is_over = (ctrl_meas_ & 3) == 1 && !is_measuring();
    switch (number) {
      case 0xD0:
        return id;
      case 0xF3:
        return static_cast<std::uint8_t>((is_measuring() ? 8 : 0) | (ready_at_ > now() ? 1 : 0));
      case 0xF4:
        return forced_is_over ? ctrl_meas_ & 0xFC : ctrl_meas_;
      case 0xF5:
        return config_;
      default:
        break;
    }
    if (number < 0xF7 || number > 0xFC) return 0;
    const unsigned raw = number < 0xFA ? raw_pressure : raw_temperature;
    const bool skipped = number < 0xFA && (ctrl_meas_ & 0x1C) == 0;
    const unsigned shown = skipped || is_measuring() ? 0x80000 : raw;
    const unsigned place = (number - 0xF7) % 3;
    return static_cast<std::uint8_t>(shown << 4 >> (16 - 8 * place));
  }

  unsigned number_ = 0;
  bool number_expected_ = true;
  std::uint8_t ctrl_meas_ = 0;
  std::uint8_t config_ = 0;
  std::uint64_t ready_at_ = 0;
  std::uint64_t measured_at_ = 0;
  bool config_in_normal_mode_ = false;
};

class Bmp280DriverTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_i2c::reset();
    fake_i2c::attach(0x76, device);
  }

  // One reading; its error instead if there is one: "5 BMP280: …".
  std::string read_error(Bmp280& sensor) {
    std::string text = "none";
    run([](Bmp280* read, std::string* into) -> Coro<> {
      try {
        co_await read->read();
      } catch (const OSError& error) {
        *into = std::to_string(error.code()) + " " + error.what();
      }
    }(&sensor, &text));
    return text;
  }
  Bmp280Reading read(Bmp280& sensor) { return run(sensor.read()); }
  void expect_example(Bmp280& sensor) {
    const Bmp280Reading reading = read(sensor);
    EXPECT_FLOAT_EQ(reading.temperature, 25.08F);
    EXPECT_FLOAT_EQ(reading.pressure, 100653.254F);
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  ScriptedBmp280 device;
  machine::I2C i2c{0};
};

TEST_F(Bmp280DriverTest, ReadsTheExampleOfTheDataSheet) {
  Bmp280 sensor(i2c);
  expect_example(sensor);
}

TEST_F(Bmp280DriverTest, AProgramReadsInALoop) {
  run([](machine::I2C* bus) -> Coro<> {
    Bmp280 sensor(*bus);
    for (int i = 0; i < 2; ++i) {
      const auto [temperature, pressure] = co_await sensor.read();
      print("%.2f C, %.2f hPa\n", temperature, pressure / 100);
      co_await asyncio::sleep(std::chrono::seconds(1));
    }
    fake_i2c::detach(0x76);
    try {
      co_await sensor.read();
    } catch (const OSError& error) {
      print("%d\n", error.code());
    }
  }(&i2c));
  EXPECT_EQ(virtual_board::output(), "25.08 C, 1006.53 hPa\n25.08 C, 1006.53 hPa\n5\n");
}

TEST_F(Bmp280DriverTest, ForcedModeMeasuresOnceForEachReading) {
  Bmp280 sensor(i2c);
  for (int n = 1; n <= 5; ++n) {
    expect_example(sensor);
    EXPECT_EQ(device.measurements, n);
  }
  EXPECT_EQ(device.resets, 1);
}

TEST_F(Bmp280DriverTest, TheWholeConversationInForcedMode) {
  Bmp280 sensor(i2c);
  read(sensor);
  const std::vector<std::string>& transfers = fake_i2c::transfers();
  ASSERT_EQ(transfers.size(), 11U);
  EXPECT_EQ(transfers[0], "76 write D0");
  EXPECT_EQ(transfers[1], "76 read 58");
  EXPECT_EQ(transfers[2], "76 write E0 B6");
  EXPECT_EQ(transfers[3], "76 write F3");
  EXPECT_EQ(transfers[4], "76 read 00");
  EXPECT_EQ(transfers[5], "76 write 88");
  EXPECT_EQ(transfers[7], "76 write F5 00");
  EXPECT_EQ(transfers[8], "76 write F4 2D");  // temperature x1, pressure x4, forced
  EXPECT_EQ(transfers[9], "76 write F3");
  EXPECT_EQ(transfers[10], "76 read 00 2C 00 00 65 5A C0 7E ED 00");
}

TEST_F(Bmp280DriverTest, OptionsGoIntoTheRegisters) {
  Bmp280 sensor(i2c, {.mode = Mode::normal,
                      .temperature = Oversampling::x2,
                      .pressure = Oversampling::x16,
                      .filter = Bmp280::Filter::x16,
                      .standby = Bmp280::Standby::ms_500});
  read(sensor);
  EXPECT_EQ(fake_i2c::transfers().at(7), "76 write F5 90");
  EXPECT_EQ(fake_i2c::transfers().at(8), "76 write F4 57");
}

TEST_F(Bmp280DriverTest, OtherTasksRunWhileTheSensorMeasures) {
  device.measurement_us = 75'000;
  Bmp280 sensor(i2c, {.temperature = Oversampling::x16, .pressure = Oversampling::x16});
  int ticks = 0;
  std::uint64_t latest_us = 0;
  run([](Bmp280* read, int* count, std::uint64_t* late) -> Coro<> {
    const Task<> ticking = create_task([](int* n, std::uint64_t* most) -> Coro<> {
      for (;;) {
        const std::uint64_t due = virtual_board::now_us() / 1000 * 1000 + 1000;
        co_await sleep_ms(1);
        *most = std::max(*most, virtual_board::now_us() - due);
        ++*n;
      }
    }(count, late));
    co_await read->read();
    ticking.cancel();
  }(&sensor, &ticks, &latest_us));
  EXPECT_GE(ticks, 75);
  EXPECT_LT(latest_us, 1'000U) << "no longer than its longest transfer";
}

TEST_F(Bmp280DriverTest, WaitsAsLongAsAMeasurementMayTake) {
  // Section 3.8.1, maximum: the data are there at the first look, for each pair of settings.
  const std::array<Oversampling, 6> all{Oversampling::skipped, Oversampling::x1, Oversampling::x2,
                                        Oversampling::x4,      Oversampling::x8, Oversampling::x16};
  for (unsigned t = 1; t < all.size(); ++t) {
    for (unsigned p = 0; p < all.size(); ++p) {
      const double ms = 1.25 + 2.3 * (1 << (t - 1)) + (p != 0 ? 2.3 * (1 << (p - 1)) + 0.575 : 0);
      device.measurement_us = static_cast<std::uint64_t>(std::lround(ms * 1000));
      Bmp280 sensor(i2c, {.temperature = all[t], .pressure = all[p]});
      read(sensor);
      fake_i2c::forget_transfers();
      const std::uint64_t start = virtual_board::now_us();
      read(sensor);
      EXPECT_EQ(fake_i2c::transfers().size(), 3U) << t << " " << p;
      EXPECT_LT(static_cast<double>(virtual_board::now_us() - start), (ms + 3) * 1000) << t << " " << p;
    }
  }
}

TEST_F(Bmp280DriverTest, ASlowerMeasurementIsWaitedFor) {
  device.measurement_us = 20'000;
  Bmp280 sensor(i2c);
  expect_example(sensor);
}

TEST_F(Bmp280DriverTest, AMeasurementThatNeverEndsTimesOut) {
  device.measurement_us = UINT64_MAX;
  Bmp280 sensor(i2c);
  EXPECT_EQ(read_error(sensor), "110 BMP280: the measurement does not end");
  EXPECT_LT(virtual_board::now_us(), 50'000U);
}

TEST_F(Bmp280DriverTest, NormalModeReadsTheLastMeasurementAtOnce) {
  Bmp280 sensor(i2c, {.mode = Mode::normal});
  expect_example(sensor);
  EXPECT_FALSE(device.was_config_written_in_normal_mode());
  device.raw_temperature = 500'000;
  fake_i2c::forget_transfers();
  const std::uint64_t start = virtual_board::now_us();
  EXPECT_LT(read(sensor).temperature, 20);
  EXPECT_LT(virtual_board::now_us() - start, 500U);
  EXPECT_EQ(fake_i2c::transfers().size(), 2U);
  EXPECT_EQ(device.measurements, 1);
}

TEST_F(Bmp280DriverTest, NormalModeWaitsForTheFirstMeasurement) {
  device.measurement_us = 13'300;
  Bmp280 sensor(i2c, {.mode = Mode::normal});
  expect_example(sensor);
}

TEST_F(Bmp280DriverTest, APressureThatIsNotMeasuredIsNaN) {
  Bmp280 sensor(i2c, {.pressure = Oversampling::skipped});
  const Bmp280Reading reading = read(sensor);
  EXPECT_FLOAT_EQ(reading.temperature, 25.08F);
  EXPECT_TRUE(std::isnan(reading.pressure));
}

TEST_F(Bmp280DriverTest, ATemperatureThatReadsLikeASkippedOneIsATemperature) {
  device.raw_temperature = 0x80000;  // 26.47 °C
  Bmp280 sensor(i2c);
  EXPECT_NEAR(read(sensor).temperature, 26.47, 0.011);
}

TEST_F(Bmp280DriverTest, TheOtherAddress) {
  fake_i2c::detach(0x76);
  fake_i2c::attach(0x77, device);
  Bmp280 sensor(i2c, {.address = 0x77});
  expect_example(sensor);
}

TEST_F(Bmp280DriverTest, WrongOptionsAreExplained) {
  try {
    Bmp280 sensor(i2c, {.address = 0x78});
    ADD_FAILURE();
  } catch (const asyncio::ValueError& error) {
    EXPECT_STREQ(error.what(), "Bmp280: the address is 0x76, or 0x77 with SDO at 3.3 V");
  }
  try {
    Bmp280 sensor(i2c, {.temperature = Oversampling::skipped});
    ADD_FAILURE();
  } catch (const asyncio::ValueError& error) {
    EXPECT_TRUE(has(error.what(), "x1 or more"));
  }
}

// ---- faults ----

TEST_F(Bmp280DriverTest, NobodyAtTheAddressIsEIO) {
  fake_i2c::detach(0x76);
  Bmp280 sensor(i2c);
  EXPECT_EQ(read_error(sensor).substr(0, 2), "5 ");
}

TEST_F(Bmp280DriverTest, AnotherChipIsENODEV) {
  device.id = 0x60;
  Bmp280 sensor(i2c);
  EXPECT_EQ(read_error(sensor), "19 BMP280: its id is not 0x58: another chip? (a BME280 has 0x60)");
  EXPECT_EQ(device.resets, 0) << "a strange chip is left alone";
}

TEST_F(Bmp280DriverTest, AStuckBusIsETIMEDOUT) {
  Bmp280 sensor(i2c);
  expect_example(sensor);
  fake_i2c::set_stuck(true);
  EXPECT_EQ(read_error(sensor).substr(0, 4), "110 ");
  fake_i2c::set_stuck(false);
  expect_example(sensor);
}

TEST_F(Bmp280DriverTest, ARefusedByteAnywhereIsEIOAndTheNextReadingWorks) {
  int failures = 0;
  for (int byte = 0; byte < 12; ++byte) {
    Bmp280 sensor(i2c);
    device.write_acknowledges = byte;
    const std::string error = read_error(sensor);
    if (error != "none") {
      EXPECT_EQ(error.substr(0, 2), "5 ");
      ++failures;
    }
    device.write_acknowledges = 1'000'000;
    expect_example(sensor);
  }
  EXPECT_EQ(failures, 10);  // D0, E0 B6, F3, 88, F5 00, F4 2D, F3
}

TEST_F(Bmp280DriverTest, ASensorThatComesBackWorksAgain) {
  Bmp280 sensor(i2c);
  expect_example(sensor);
  device.acknowledges_address = false;
  EXPECT_EQ(read_error(sensor).substr(0, 2), "5 ");
  EXPECT_EQ(read_error(sensor).substr(0, 2), "5 ");
  device.acknowledges_address = true;
  device.lose_power();
  expect_example(sensor);
  EXPECT_EQ(device.resets, 2);
}

TEST_F(Bmp280DriverTest, ASensorThatLostItsSettingsIsEIOAndSetUpAnew) {
  for (const Mode mode : {Mode::normal, Mode::forced}) {
    Bmp280 sensor(i2c, {.mode = mode, .filter = Bmp280::Filter::x4});
    expect_example(sensor);
    device.lose_power();
    EXPECT_EQ(read_error(sensor), "5 BMP280: it lost its settings: was it without power?");
    expect_example(sensor);
  }
}

TEST_F(Bmp280DriverTest, ASlowResetIsWaitedForAndAnEndlessOneTimesOut) {
  device.reset_us = 9'000;
  Bmp280 patient(i2c);
  expect_example(patient);
  device.reset_us = UINT64_MAX;
  Bmp280 sensor(i2c);
  EXPECT_EQ(read_error(sensor), "110 BMP280: it does not come back from a reset");
}

TEST_F(Bmp280DriverTest, AnEmptyOrImpossibleCalibrationIsEIO) {
  const auto good = device.calibration;
  device.calibration.fill(0);
  Bmp280 sensor(i2c);
  EXPECT_EQ(read_error(sensor), "5 BMP280: its calibration is empty");
  device.calibration = good;
  device.calibration[6] = 1;  // dig_P1: 1 instead of 36477
  device.calibration[7] = 0;
  EXPECT_EQ(read_error(sensor), "5 BMP280: its values make no sense: was the bus disturbed?");
  device.calibration = good;
  expect_example(sensor);
}

// ---- several tasks ----

TEST_F(Bmp280DriverTest, TasksThatReadTheSameSensorTakeTurns) {
  device.measurement_us = 13'000;
  Bmp280 sensor(i2c);
  run([](Bmp280* shared) -> Coro<> {
    const auto reader = [](Bmp280* read, const char* name) -> Coro<> {
      for (int i = 0; i < 2; ++i) {
        const Bmp280Reading reading = co_await read->read();
        print("%s %.2f\n", name, static_cast<double>(reading.temperature));
      }
    };
    const Task<> first = create_task(reader(shared, "a"));
    const Task<> second = create_task(reader(shared, "b"));
    co_await first;
    co_await second;
  }(&sensor));
  EXPECT_EQ(virtual_board::output(), "a 25.08\nb 25.08\na 25.08\nb 25.08\n");
  EXPECT_EQ(device.measurements, 4);
  EXPECT_EQ(device.resets, 1);
}

TEST_F(Bmp280DriverTest, ACancelledReadingLeavesTheSensorReadable) {
  for (const int after_ms : {0, 1, 3, 5, 10, 15}) {
    Bmp280 sensor(i2c);
    device.measurement_us = 13'000;
    bool timed_out = false;
    run([](Bmp280* read, int ms, bool* late) -> Coro<> {
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
