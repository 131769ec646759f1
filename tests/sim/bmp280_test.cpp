// The BMP280 model against the tables of its data sheet (BST-BMP280-DS001), transcribed below as data.
// Nothing of our driver is used, except where a test says that it compares with the driver's arithmetic.
#include "parts/bmp280.hpp"

#include <gtest/gtest.h>

#include "bmp280_readings.hpp"
#include "i2c_wire.hpp"

namespace {

using bmp280_readings::celsius;
using bmp280_readings::config;
using bmp280_readings::ctrl_meas;
using bmp280_readings::forced;
using bmp280_readings::normal;
using bmp280_readings::Raw;
using bmp280_readings::read_raw;
using bmp280_readings::sample;
using Options = sim::Bmp280::Options;

// ---- the data sheet, as data ----

struct RegisterRow {
  const char* name;
  unsigned address;
  unsigned reset_state;
  unsigned writable;  // the bits
};
// Table 18, memory map. `reset` is write-only and reads 0x00 (4.3.2).
constexpr RegisterRow memory_map[] = {
    {"temp_xlsb", 0xFC, 0x00, 0x00},  {"temp_lsb", 0xFB, 0x00, 0x00},  {"temp_msb", 0xFA, 0x80, 0x00},
    {"press_xlsb", 0xF9, 0x00, 0x00}, {"press_lsb", 0xF8, 0x00, 0x00}, {"press_msb", 0xF7, 0x80, 0x00},
    {"config", 0xF5, 0x00, 0xFD},     {"ctrl_meas", 0xF4, 0x00, 0xFF}, {"status", 0xF3, 0x00, 0x00},
    {"reset", 0xE0, 0x00, 0x00},      {"id", 0xD0, 0x58, 0x00},
};

struct TrimmingRow {
  const char* name;
  unsigned lsb_address;
  int value;  // of the example of section 3.12
};
// Table 17, with the values of the example.
constexpr TrimmingRow trimming[] = {
    {"dig_T1", 0x88, 27504},  {"dig_T2", 0x8A, 26435}, {"dig_T3", 0x8C, -1000},  {"dig_P1", 0x8E, 36477},
    {"dig_P2", 0x90, -10685}, {"dig_P3", 0x92, 3024},  {"dig_P4", 0x94, 2855},   {"dig_P5", 0x96, 140},
    {"dig_P6", 0x98, -7},     {"dig_P7", 0x9A, 15500}, {"dig_P8", 0x9C, -14600}, {"dig_P9", 0x9E, 6000},
    {"reserved", 0xA0, 0},
};

struct MeasurementTimeRow {
  const char* setting;
  unsigned osrs_p;
  unsigned osrs_t;
  double typical_ms;
  double maximum_ms;
};
// Table 13, measurement time; the codes of tables 21 and 22.
constexpr MeasurementTimeRow measurement_times[] = {
    {"ultra low power", 1, 1, 5.5, 6.4},         {"low power", 2, 1, 7.5, 8.7},
    {"standard resolution", 3, 1, 11.5, 13.3},   {"high resolution", 4, 1, 19.5, 22.5},
    {"ultra high resolution", 5, 2, 37.5, 43.2},
};

struct StandbyRow {
  unsigned t_sb;
  double milliseconds;
};
// Table 11.
constexpr StandbyRow standby_times[] = {{0, 0.5}, {1, 62.5}, {2, 125},  {3, 250},
                                        {4, 500}, {5, 1000}, {6, 2000}, {7, 4000}};

struct FilterRow {
  unsigned code;
  int coefficient;
  int samples_to_75_percent;
};
// Table 6.
constexpr FilterRow filters[] = {{0, 1, 1},   {1, 2, 2},   {2, 4, 5},  {3, 8, 11},
                                 {4, 16, 22}, {5, 16, 22}, {7, 16, 22}};

// ---- helpers ----

bool is_measuring(I2cWire& wire) { return (wire.read_register(0xF3) & 0x08) != 0; }

// Looks at `status` at that time, in a transfer that takes none.
unsigned status_at(sim::Bmp280& sensor, std::uint64_t now_ns) {
  EXPECT_TRUE(sensor.on_start(false, now_ns));
  sensor.on_write(0xF3, now_ns);
  EXPECT_TRUE(sensor.on_start(true, now_ns));
  const unsigned status = sensor.on_read(now_ns);
  sensor.on_stop(now_ns);
  return status;
}

// ---- addresses ----

TEST(Bmp280, AnswersAt0x76OrWithSdoHighAt0x77) {
  sim::Bmp280 low;
  EXPECT_TRUE(low.has_address(0x76));
  EXPECT_FALSE(low.has_address(0x77));
  Options options;
  options.sdo_high = true;
  sim::Bmp280 high(options);
  EXPECT_FALSE(high.has_address(0x76));
  EXPECT_TRUE(high.has_address(0x77));
  high.set_sdo(false);
  EXPECT_TRUE(high.has_address(0x76));
  for (unsigned other = 0; other < 0x76; ++other)
    EXPECT_FALSE(low.has_address(static_cast<std::uint8_t>(other)));
}

// ---- registers ----

TEST(Bmp280, RegistersAreAsTheMemoryMapSaysAfterAReset) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  for (const RegisterRow& row : memory_map)
    EXPECT_EQ(wire.read_register(static_cast<std::uint8_t>(row.address)), row.reset_state) << row.name;
}

TEST(Bmp280, OnlyTheBitsTheMemoryMapCallsWritableCanBeWritten) {
  for (const RegisterRow& row : memory_map) {
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    const auto address = static_cast<std::uint8_t>(row.address);
    EXPECT_EQ(wire.write({address, 0xFF}), 2) << row.name;
    EXPECT_EQ(wire.read_register(address), row.reset_state | row.writable) << row.name;
    EXPECT_EQ(wire.read_register(0xD0), 0x58);
  }
}

TEST(Bmp280, CalibrationWordsAreLittleEndianFrom0x88) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  for (const TrimmingRow& row : trimming) {
    const auto address = static_cast<std::uint8_t>(row.lsb_address);
    EXPECT_EQ(wire.read_register(address), row.value & 0xFF) << row.name;
    EXPECT_EQ(wire.read_register(static_cast<std::uint8_t>(address + 1)), row.value >> 8 & 0xFF) << row.name;
    wire.write({address, 0x12});
    EXPECT_EQ(wire.read_register(address), row.value & 0xFF) << row.name << " is read-only";
  }
}

TEST(Bmp280, EachChipHasACalibrationOfItsOwn) {
  Options options;
  options.calibration.dig_T1 = 28000;
  options.calibration.dig_P9 = -5000;
  sim::Bmp280 sensor(options);
  I2cWire wire(sensor);
  EXPECT_EQ(wire.read_from(0x88, 2), (std::vector<std::uint8_t>{28000 & 0xFF, 28000 >> 8}));
  EXPECT_EQ(wire.read_from(0x9E, 2), (std::vector<std::uint8_t>{(-5000) & 0xFF, (-5000 >> 8) & 0xFF}));
}

TEST(Bmp280, ReadsCountTheRegisterUp) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  const auto all = wire.read_from(0x88, 26);
  ASSERT_EQ(all.size(), 26U);
  for (const TrimmingRow& row : trimming) {
    EXPECT_EQ(all[row.lsb_address - 0x88], row.value & 0xFF) << row.name;
    EXPECT_EQ(all[row.lsb_address - 0x88 + 1], row.value >> 8 & 0xFF) << row.name;
  }
  // Also in a transfer of its own, after a stop.
  wire.write({0xD0});
  EXPECT_EQ(wire.read(1).at(0), 0x58);
}

TEST(Bmp280, WritesArePairsOfRegisterAndValue) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  EXPECT_EQ(wire.write({0xF5, 0xA8, 0xF4, 0x24}), 4);
  EXPECT_EQ(wire.read_register(0xF5), 0xA8);
  EXPECT_EQ(wire.read_register(0xF4), 0x24);
}

TEST(Bmp280, OnlyTheResetWordResets) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(1, 1, forced), 0xF5, 0xA8});
  wire.wait_us(10'000);
  ASSERT_NE(read_raw(wire).pressure, 0x80000U);
  for (unsigned word = 0; word < 256; ++word) {
    if (word != 0xB6) wire.write({0xE0, static_cast<std::uint8_t>(word)});
  }
  EXPECT_EQ(wire.read_register(0xF5), 0xA8);
  wire.write({0xE0, 0xB6});
  wire.wait_us(2'000);
  for (const RegisterRow& row : memory_map)
    EXPECT_EQ(wire.read_register(static_cast<std::uint8_t>(row.address)), row.reset_state) << row.name;
}

TEST(Bmp280, AResetCopiesTheCalibrationForTheStartUpTime) {
  sim::Bmp280 sensor;
  sensor.power_on(1'000'000);
  EXPECT_EQ(status_at(sensor, 1'000'000), 0x01U);
  EXPECT_EQ(status_at(sensor, 2'999'999), 0x01U);
  EXPECT_EQ(status_at(sensor, 3'000'000), 0x00U);  // t_startup is 2 ms

  sensor.power_on(4'000'000);
  I2cWire wire(sensor);
  wire.now_ns = 4'000'000;
  EXPECT_EQ(wire.read_register(0x88), 0);
  wire.wait_us(2'000);
  EXPECT_EQ(wire.read_register(0x88), 27504 & 0xFF);
}

TEST(Bmp280, AResetEndsAMeasurement) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(5, 5, normal)});
  ASSERT_TRUE(is_measuring(wire));
  wire.write({0xE0, 0xB6});
  EXPECT_FALSE(is_measuring(wire));
  wire.wait_us(1'000'000);
  EXPECT_EQ(read_raw(wire).pressure, 0x80000U);
  EXPECT_EQ(read_raw(wire).temperature, 0x80000U);
}

// ---- measuring ----

TEST(Bmp280, AForcedMeasurementTakesTheTimeOfTheTableAndEndsAsleep) {
  for (const auto timing : {sim::Bmp280::Timing::typical, sim::Bmp280::Timing::maximum}) {
    for (const MeasurementTimeRow& row : measurement_times) {
      Options options;
      options.timing = timing;
      sim::Bmp280 sensor(options);
      I2cWire wire(sensor);
      wire.write({0xF4, ctrl_meas(row.osrs_t, row.osrs_p, forced)});
      const std::uint64_t started = wire.now_ns;
      const double ms = timing == sim::Bmp280::Timing::typical ? row.typical_ms : row.maximum_ms;
      // The table rounds to 0.1 ms.
      const auto early = started + static_cast<std::uint64_t>((ms - 0.051) * 1e6);
      const auto late = started + static_cast<std::uint64_t>((ms + 0.051) * 1e6);
      EXPECT_EQ(status_at(sensor, early) & 0x08, 0x08U) << row.setting;
      EXPECT_EQ(status_at(sensor, late) & 0x08, 0U) << row.setting;
      wire.now_ns = late;
      EXPECT_EQ(wire.read_register(0xF4), ctrl_meas(row.osrs_t, row.osrs_p, 0)) << "sleep mode";
      EXPECT_NE(read_raw(wire).pressure, 0x80000U);
    }
  }
}

TEST(Bmp280, BothForcedModeCodesMeasureOnce) {
  for (const unsigned mode : {1U, 2U}) {
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    wire.write({0xF4, ctrl_meas(1, 1, mode)});
    EXPECT_EQ(wire.read_register(0xF4) & 3, mode);
    wire.wait_us(6'000);
    EXPECT_EQ(wire.read_register(0xF4) & 3, 0);
    const unsigned first = read_raw(wire).temperature;
    ASSERT_TRUE(sensor.set("temperature", 40, wire.now_ns));
    wire.wait_us(1'000'000);
    EXPECT_EQ(read_raw(wire).temperature, first);
  }
}

TEST(Bmp280, TheCalibrationIsCopiedBeforeEachConversion) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  const std::uint64_t started = wire.now_ns;
  EXPECT_EQ(status_at(sensor, started), 0x09U);
  EXPECT_EQ(status_at(sensor, started + 600'000), 0x08U);
}

TEST(Bmp280, NormalModeMeasuresAtTheRateOfTheStandbyTime) {
  for (const StandbyRow& row : standby_times) {
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    wire.write({0xF5, config(row.t_sb, 0), 0xF4, ctrl_meas(1, 1, normal)});
    const std::uint64_t cycle = static_cast<std::uint64_t>((5.5 + row.milliseconds) * 1e6);
    for (std::uint64_t n = 0; n < 3; ++n) {
      const std::uint64_t start = wire.now_ns + n * cycle;
      EXPECT_EQ(status_at(sensor, start + 5'400'000) & 0x08, 0x08U) << row.t_sb;
      EXPECT_EQ(status_at(sensor, start + 5'600'000) & 0x08, 0U) << row.t_sb;
      EXPECT_EQ(status_at(sensor, start + cycle - 100'000) & 0x08, 0U) << row.t_sb;
    }
    // The rhythm holds however long nobody looks.
    const std::uint64_t later = wire.now_ns + 1'000'000 * cycle;
    EXPECT_EQ(status_at(sensor, later - 100'000) & 0x08, 0U) << row.t_sb;
    EXPECT_EQ(status_at(sensor, later + 100'000) & 0x08, 0x08U) << row.t_sb;
    EXPECT_EQ(wire.read_register(0xF4) & 3, normal);
  }
}

TEST(Bmp280, ASkippedMeasurementReads0x80000) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  wire.wait_us(10'000);
  ASSERT_NE(read_raw(wire).pressure, 0x80000U);
  ASSERT_NE(read_raw(wire).temperature, 0x80000U);
  wire.write({0xF4, ctrl_meas(1, 0, forced)});
  wire.wait_us(3'100);  // 1 + 2 ms
  EXPECT_FALSE(is_measuring(wire));
  EXPECT_EQ(read_raw(wire).pressure, 0x80000U);
  EXPECT_NE(read_raw(wire).temperature, 0x80000U);
  wire.write({0xF4, ctrl_meas(0, 1, forced)});
  wire.wait_us(3'600);  // 1 + 2 + 0.5 ms
  EXPECT_FALSE(is_measuring(wire));
  EXPECT_NE(read_raw(wire).pressure, 0x80000U);
  EXPECT_EQ(read_raw(wire).temperature, 0x80000U);
}

TEST(Bmp280, ResolutionGrowsByABitWithEachOversamplingStep) {
  // Tables 4 and 5: 16 to 20 bits; codes 6 and 7 are as 5.
  constexpr unsigned bits[] = {0, 16, 17, 18, 19, 20, 20, 20};
  for (unsigned osrs = 1; osrs < 8; ++osrs) {
    unsigned seen_pressure = 0;
    unsigned seen_temperature = 0;
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    for (int step = 0; step < 100; ++step) {
      ASSERT_TRUE(sensor.set("temperature", 20 + step * 0.0123, wire.now_ns));
      ASSERT_TRUE(sensor.set("pressure", 100'000 + step * 1.237, wire.now_ns));
      wire.write({0xF4, ctrl_meas(osrs, osrs, forced)});
      wire.wait_us(100'000);
      const Raw raw = read_raw(wire);
      seen_pressure |= raw.pressure;
      seen_temperature |= raw.temperature;
    }
    const unsigned unused = (1U << (20 - bits[osrs])) - 1;
    EXPECT_EQ(seen_pressure & 31, 31 & ~unused) << osrs;
    EXPECT_EQ(seen_temperature & 31, 31 & ~unused) << osrs;
  }
}

TEST(Bmp280, AModeWrittenWhileMeasuringIsExecutedAfterwardsAndFurtherOnesAreIgnored) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  const std::uint64_t started = wire.now_ns;
  wire.write({0xF4, ctrl_meas(5, 5, forced), 0xF4, ctrl_meas(1, 1, normal)});
  EXPECT_EQ(wire.read_register(0xF4), ctrl_meas(1, 1, forced));
  EXPECT_EQ(status_at(sensor, started + 5'500'000) & 0x08, 0x08U);  // 1 + 32 + 32.5 ms from here
  wire.now_ns = started + 5'600'000;
  EXPECT_EQ(wire.read_register(0xF4), ctrl_meas(5, 5, forced));
  EXPECT_EQ(status_at(sensor, started + 70'900'000) & 0x08, 0x08U);
  EXPECT_EQ(status_at(sensor, started + 71'100'000) & 0x08, 0U);
  wire.now_ns = started + 72'000'000;
  EXPECT_EQ(wire.read_register(0xF4), ctrl_meas(5, 5, 0));
}

TEST(Bmp280, NormalModeEndsWithSleep) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF5, config(4, 0), 0xF4, ctrl_meas(1, 1, normal)});
  wire.wait_us(100'000);  // standby: executed at once
  wire.write({0xF4, ctrl_meas(1, 1, 0)});
  const unsigned before = read_raw(wire).temperature;
  ASSERT_TRUE(sensor.set("temperature", 60, wire.now_ns));
  wire.wait_us(10'000'000);
  EXPECT_FALSE(is_measuring(wire));
  EXPECT_EQ(read_raw(wire).temperature, before);
}

TEST(Bmp280, WritesToConfigAreIgnoredInNormalMode) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF5, config(2, 1), 0xF4, ctrl_meas(1, 1, normal)});
  wire.write({0xF5, config(5, 4)});
  EXPECT_EQ(wire.read_register(0xF5), config(2, 1));
  wire.wait_us(10'000);
  wire.write({0xF4, 0, 0xF5, config(5, 4)});
  EXPECT_EQ(wire.read_register(0xF5), config(5, 4));
}

TEST(Bmp280, ABurstReadSeesOneMeasurement) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  ASSERT_TRUE(sensor.set("temperature", -20));
  ASSERT_TRUE(sensor.set("pressure", 40'000));
  wire.write({0xF4, ctrl_meas(1, 1, normal)});
  wire.wait_us(5'600);
  const auto whole = wire.read_from(0xF7, 6);
  ASSERT_TRUE(sensor.set("temperature", 70, wire.now_ns));
  ASSERT_TRUE(sensor.set("pressure", 105'000, wire.now_ns));

  // Byte by byte, with several measurements between two bytes.
  ASSERT_EQ(wire.write({0xF7}, true), 1);
  ASSERT_TRUE(wire.start(true));
  std::vector<std::uint8_t> slow;
  for (int i = 0; i < 6; ++i) {
    slow.push_back(sensor.on_read(wire.now_ns));
    wire.wait_us(20'000);
  }
  sensor.on_stop(wire.now_ns);
  EXPECT_EQ(slow, whole);

  const auto afterwards = wire.read_from(0xF7, 6);
  EXPECT_NE(afterwards, whole);
  EXPECT_NE(afterwards[0], whole[0]);
  EXPECT_NE(afterwards[3], whole[3]);
}

// ---- the filter ----

TEST(Bmp280, FilterReachesThreeQuartersOfAStepAfterTheSamplesOfTheTable) {
  for (const FilterRow& row : filters) {
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    const Raw low = sample(sensor, wire, 10, 95'000);
    const Raw high = sample(sensor, wire, 30, 105'000);
    const auto part = [](unsigned from, unsigned to, unsigned now) {
      return (static_cast<double>(now) - from) / (static_cast<double>(to) - from);
    };
    wire.write({0xF5, config(0, row.code)});
    Raw now = sample(sensor, wire, 10, 95'000);
    EXPECT_EQ(now.temperature, low.temperature) << "the first value passes unchanged";
    EXPECT_EQ(now.pressure, low.pressure);
    double expected = 0;
    for (int n = 1; n <= 30; ++n) {
      now = sample(sensor, wire, 30, 105'000);
      // Section 3.3.3, in units of the step.
      expected = (expected * (row.coefficient - 1) + 1) / row.coefficient;
      EXPECT_NEAR(part(low.temperature, high.temperature, now.temperature), expected, 1e-4);
      EXPECT_NEAR(part(low.pressure, high.pressure, now.pressure), expected, 1e-4);
      EXPECT_EQ(part(low.temperature, high.temperature, now.temperature) >= 0.75,
                n >= row.samples_to_75_percent)
          << row.coefficient << ", sample " << n;
    }
  }
}

TEST(Bmp280, WritingConfigResetsTheFilter) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF5, config(0, 4)});
  const Raw low = sample(sensor, wire, 10, 95'000);
  const Raw between = sample(sensor, wire, 30, 105'000);
  wire.write({0xF5, config(0, 4)});
  const Raw high = sample(sensor, wire, 30, 105'000);
  EXPECT_LT(low.temperature, between.temperature);
  EXPECT_NEAR(between.temperature, low.temperature + (high.temperature - low.temperature) / 16.0, 1.0);
}

TEST(Bmp280, ASkippedMeasurementLeavesItsFilterMemoryAlone) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF5, config(0, 1)});
  const Raw low = sample(sensor, wire, 20, 95'000);
  EXPECT_EQ(sample(sensor, wire, 20, 105'000, ctrl_meas(1, 0, forced)).pressure, 0x80000U);
  const Raw half = sample(sensor, wire, 20, 105'000);
  wire.write({0xF5, config(0, 0)});
  const Raw high = sample(sensor, wire, 20, 105'000);
  EXPECT_NEAR(half.pressure, (low.pressure + high.pressure) / 2.0, 1.0);
}

TEST(Bmp280, FiltersInNormalModeAlsoWhileNobodyLooks) {
  // Of two sensors one is looked at after each cycle of 6 ms, the other only in the end.
  sim::Bmp280 watched;
  sim::Bmp280 alone;
  I2cWire watching(watched);
  I2cWire other(alone);
  for (I2cWire* wire : {&watching, &other}) wire->write({0xF5, config(0, 4), 0xF4, ctrl_meas(1, 1, normal)});
  ASSERT_EQ(watching.now_ns, other.now_ns);
  for (int n = 0; n < 2'000; ++n) {
    if (n == 1'000) {
      ASSERT_TRUE(watched.set("temperature", 50, watching.now_ns));
      ASSERT_TRUE(alone.set("temperature", 50, watching.now_ns));
    }
    static_cast<void>(status_at(watched, watching.now_ns));
    if (n >= 1'005 && n <= 1'010) {
      EXPECT_GT(celsius(read_raw(watching).temperature), 20.5);
      EXPECT_LT(celsius(read_raw(watching).temperature), 49.5);
    }
    watching.now_ns += 6'000'000;
  }
  other.now_ns = watching.now_ns;
  EXPECT_EQ(read_raw(watching).temperature, read_raw(other).temperature);
  EXPECT_EQ(read_raw(watching).pressure, read_raw(other).pressure);
}

}  // namespace
