// The HTU21D model against the tables of its data sheet (HPC199), transcribed below as data. Nothing of our
// driver is used.
#include "parts/htu21d.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "i2c_wire.hpp"

namespace {

using Timing = sim::Htu21d::Timing;

// ---- the data sheet, as data ----

struct ResolutionRow {
  std::uint8_t user_register;  // the default, with bits 7 and 0
  int humidity_bits;
  double humidity_typical_ms;
  double humidity_maximum_ms;
  int temperature_bits;
  double temperature_typical_ms;
  double temperature_maximum_ms;
};
// "User register", and "Sensor performance" for the measuring times.
constexpr ResolutionRow resolutions[] = {
    {0x02, 12, 14, 16, 14, 44, 50},
    {0x03, 8, 2, 3, 12, 11, 13},
    {0x82, 10, 4, 5, 13, 22, 25},
    {0x83, 11, 7, 8, 11, 6, 7},
};

struct ChecksumRow {
  std::vector<std::uint8_t> bytes;
  unsigned checksum;
};
// "CRC Checksum": the three examples. The last is the reply of the communication sequences.
const ChecksumRow checksums[] = {
    {{0xDC}, 0x79}, {{0x68, 0x3A}, 0x7C}, {{0x4E, 0x85}, 0x6B}, {{0x7C, 0x82}, 0x97}};

constexpr std::uint8_t temperature_hold = 0xE3;
constexpr std::uint8_t humidity_hold = 0xE5;
constexpr std::uint8_t temperature_no_hold = 0xF3;
constexpr std::uint8_t humidity_no_hold = 0xF5;

// The remainder of the polynomial division, done on paper's way: 9 bits, 1 0011 0001, under the message.
unsigned paper_checksum(const std::vector<std::uint8_t>& bytes) {
  std::uint64_t message = 0;
  for (const std::uint8_t byte : bytes) message = message << 8 | byte;
  message <<= 8;
  for (int bit = 63; bit >= 8; --bit) {
    if ((message >> bit & 1) != 0) message ^= std::uint64_t{0x131} << (bit - 8);
  }
  return static_cast<unsigned>(message);
}

// "Conversion of signal outputs".
double celsius(unsigned signal) { return -46.85 + 175.72 * (signal & 0xFFFC) / 65536; }
double percent(unsigned signal) { return -6 + 125.0 * (signal & 0xFFFC) / 65536; }

// ---- helpers ----

// Starts the measurement without holding the clock, waits and reads it; checks the checksum.
unsigned measure(I2cWire& wire, std::uint8_t command) {
  EXPECT_EQ(wire.write({command}), 1);
  wire.wait_us(100'000);
  const auto bytes = wire.read(3);
  EXPECT_EQ(bytes.size(), 3U);
  if (bytes.size() != 3) return 0;
  EXPECT_EQ(bytes[2], paper_checksum({bytes[0], bytes[1]}));
  return unsigned{bytes[0]} << 8 | bytes[1];
}
unsigned user_register(I2cWire& wire) {
  EXPECT_EQ(wire.write({0xE7}, true), 1);
  return wire.read(1).at(0);
}

TEST(Htu21d, AnswersAt0x40Only) {
  const sim::Htu21d sensor;
  for (unsigned address = 0; address < 128; ++address)
    EXPECT_EQ(sensor.has_address(static_cast<std::uint8_t>(address)), address == 0x40);
}

TEST(Htu21d, TheChecksumOfThisTestIsTheDataSheets) {
  for (const ChecksumRow& row : checksums) EXPECT_EQ(paper_checksum(row.bytes), row.checksum);
}

TEST(Htu21d, MeasuresTheExampleOfTheCommunicationSequences) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  ASSERT_TRUE(sensor.set("humidity", 54.8));
  wire.write({humidity_no_hold});
  wire.wait_us(20'000);
  EXPECT_EQ(wire.read(3), (std::vector<std::uint8_t>{0x7C, 0x82, 0x97}));
}

TEST(Htu21d, StatusBitsTellTheQuantity) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  EXPECT_EQ(measure(wire, temperature_no_hold) & 3, 0U);
  EXPECT_EQ(measure(wire, humidity_no_hold) & 3, 2U);
}

TEST(Htu21d, ReadsAreNotAcknowledgedUntilTheMeasurementIsOver) {
  for (const Timing timing : {Timing::typical, Timing::maximum}) {
    for (const ResolutionRow& row : resolutions) {
      sim::Htu21d sensor(timing);
      I2cWire wire(sensor);
      wire.write({0xE6, row.user_register});
      for (const bool humidity : {false, true}) {
        ASSERT_EQ(wire.write({humidity ? humidity_no_hold : temperature_no_hold}), 1);
        const std::uint64_t started = wire.now_ns;
        const bool typical = timing == Timing::typical;
        const double ms = humidity ? (typical ? row.humidity_typical_ms : row.humidity_maximum_ms)
                                   : (typical ? row.temperature_typical_ms : row.temperature_maximum_ms);
        const std::uint64_t end = started + static_cast<std::uint64_t>(ms * 1e6);
        EXPECT_FALSE(sensor.on_start(true, started + 1));
        EXPECT_FALSE(sensor.on_start(false, started + 1)) << "nor writes";
        EXPECT_FALSE(sensor.on_start(true, end - 1'000));
        wire.now_ns = end;
        EXPECT_EQ(wire.read(3).size(), 3U);
        EXPECT_EQ(wire.stretched_ns, 0U);
      }
    }
  }
}

TEST(Htu21d, HoldMasterStretchesTheClockUntilTheMeasurementIsOver) {
  for (const ResolutionRow& row : resolutions) {
    sim::Htu21d sensor;
    I2cWire wire(sensor);
    wire.write({0xE6, row.user_register});
    for (const bool humidity : {false, true}) {
      // The command, a repeated start, and the bytes.
      ASSERT_EQ(wire.write({humidity ? humidity_hold : temperature_hold}, true), 1);
      EXPECT_EQ(wire.stretched_ns, 0U) << "the command itself is not held";
      const auto bytes = wire.read(3);
      ASSERT_EQ(bytes.size(), 3U);
      EXPECT_EQ(bytes[2], paper_checksum({bytes[0], bytes[1]}));
      const double ms = humidity ? row.humidity_typical_ms : row.temperature_typical_ms;
      EXPECT_NEAR(static_cast<double>(wire.stretched_ns), ms * 1e6 - I2cWire::byte_ns, 1.0);
    }
  }
}

TEST(Htu21d, WritesAreNotAcknowledgedDuringAHoldMasterMeasurement) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({temperature_hold});
  EXPECT_EQ(wire.write({humidity_hold}), -1);
  EXPECT_EQ(wire.read(3).size(), 3U);
}

TEST(Htu21d, HoldMasterAfterTheMeasurementDoesNotStretch) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({temperature_hold});
  wire.wait_us(50'000);
  EXPECT_EQ(wire.read(3).size(), 3U);
  EXPECT_EQ(wire.stretched_ns, 0U);
}

TEST(Htu21d, AControllerThatGivesUpWhileTheClockIsHeldMayReadLater) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({temperature_hold}, true);
  ASSERT_TRUE(sensor.on_start(true, wire.now_ns));
  EXPECT_GT(sensor.stretch_ns(wire.now_ns), 40'000'000U);
  sensor.on_stop(wire.now_ns);
  wire.wait_us(50'000);
  EXPECT_NEAR(celsius(unsigned{wire.read(3).at(0)} << 8), 20, 1);
}

TEST(Htu21d, ResolutionIsTheNumberOfBits) {
  for (const ResolutionRow& row : resolutions) {
    sim::Htu21d sensor;
    I2cWire wire(sensor);
    wire.write({0xE6, row.user_register});
    unsigned temperatures = 0;
    unsigned humidities = 0;
    for (int step = 0; step < 300; ++step) {
      ASSERT_TRUE(sensor.set("temperature", -40 + step * 0.533, wire.now_ns));
      ASSERT_TRUE(sensor.set("humidity", step * 0.3331, wire.now_ns));
      temperatures |= measure(wire, temperature_no_hold) & 0xFFFC;
      humidities |= measure(wire, humidity_no_hold) & 0xFFFC;
    }
    EXPECT_EQ(temperatures & 0xFFF, 0xFFF & ~((1U << (16 - row.temperature_bits)) - 1))
        << row.temperature_bits;
    EXPECT_EQ(humidities & 0xFFF, 0xFFF & ~((1U << (16 - row.humidity_bits)) - 1)) << row.humidity_bits;
  }
}

TEST(Htu21d, ADriverReadsWhatWasSet) {
  for (const ResolutionRow& row : resolutions) {
    sim::Htu21d sensor;
    I2cWire wire(sensor);
    wire.write({0xE6, row.user_register});
    // Half of the last bit.
    const double temperature_step = 175.72 / (1 << row.temperature_bits) / 2 + 1e-9;
    const double humidity_step = 125.0 / (1 << row.humidity_bits) / 2 + 1e-9;
    for (double value = -40; value <= 125; value += 0.75) {
      ASSERT_TRUE(sensor.set("temperature", value, wire.now_ns));
      EXPECT_NEAR(celsius(measure(wire, temperature_no_hold)), value, temperature_step);
    }
    for (double value = 0; value <= 100; value += 0.75) {
      ASSERT_TRUE(sensor.set("humidity", value, wire.now_ns));
      EXPECT_NEAR(percent(measure(wire, humidity_no_hold)), value, humidity_step);
    }
  }
}

TEST(Htu21d, AMeasurementIsReadOnce) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  EXPECT_TRUE(wire.read(3).empty()) << "nothing was asked for";
  wire.write({humidity_no_hold});
  wire.wait_us(20'000);
  const auto bytes = wire.read(5);
  ASSERT_EQ(bytes.size(), 5U);
  EXPECT_EQ(bytes[3], 0xFF);
  EXPECT_EQ(bytes[4], 0xFF);
  EXPECT_TRUE(wire.read(3).empty());
  // Also in part: the checksum may be left out.
  wire.write({humidity_no_hold});
  wire.wait_us(20'000);
  EXPECT_EQ(wire.read(2), (std::vector<std::uint8_t>{bytes[0], bytes[1]}));
  EXPECT_TRUE(wire.read(1).empty());
}

TEST(Htu21d, AnUnknownCommandIsNotAcknowledged) {
  for (unsigned command = 0; command < 256; ++command) {
    const bool known = command == 0xE3 || command == 0xE5 || command == 0xE6 || command == 0xE7 ||
                       command == 0xF3 || command == 0xF5 || command == 0xFE;
    sim::Htu21d sensor;
    I2cWire wire(sensor);
    EXPECT_EQ(wire.write({static_cast<std::uint8_t>(command)}), known ? 1 : 0) << command;
  }
}

// ---- the user register ----

TEST(Htu21d, TheUserRegisterIs0x02AndKeepsItsReservedAndBatteryBits) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  EXPECT_EQ(user_register(wire), 0x02U);
  EXPECT_EQ(wire.write({0xE6, 0xFF}), 2);
  EXPECT_EQ(user_register(wire), 0x87U);  // bits 3, 4, 5 reserved, 6 a status
  EXPECT_EQ(wire.write({0xE6, 0x00}), 2);
  EXPECT_EQ(user_register(wire), 0x00U);
}

TEST(Htu21d, TheUserRegisterIsFollowedByItsChecksum) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({0xE7}, true);
  const auto bytes = wire.read(2);
  EXPECT_EQ(bytes.at(1), paper_checksum({bytes.at(0)}));
}

TEST(Htu21d, WithOtpReloadAMeasurementRestoresTheDefaultsButTheHeater) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({0xE6, 0x85});  // 11 bits, heater, reload enabled
  EXPECT_EQ(user_register(wire), 0x85U);
  measure(wire, temperature_no_hold);
  EXPECT_EQ(user_register(wire), 0x06U);
  wire.write({0xE6, 0x83});
  measure(wire, temperature_no_hold);
  EXPECT_EQ(user_register(wire), 0x83U);
}

TEST(Htu21d, TheHeaterWarmsAndDries) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  const double cold = celsius(measure(wire, temperature_no_hold));
  const double moist = percent(measure(wire, humidity_no_hold));
  wire.write({0xE6, 0x06});
  const double rise = celsius(measure(wire, temperature_no_hold)) - cold;
  EXPECT_GE(rise, 0.5);
  EXPECT_LE(rise, 1.5);
  EXPECT_LT(percent(measure(wire, humidity_no_hold)), moist);
}

TEST(Htu21d, ASoftResetTakes15MsAndRestoresAllButTheHeater) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({0xE6, 0x87});
  EXPECT_EQ(wire.write({0xFE}), 1);
  const std::uint64_t reset = wire.now_ns;
  EXPECT_FALSE(sensor.on_start(false, reset + 14'999'999));
  wire.now_ns = reset + 15'000'000;
  EXPECT_EQ(user_register(wire), 0x06U);
}

TEST(Htu21d, PowerOnRestoresEverythingAndForgetsTheMeasurement) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  wire.write({0xE6, 0x87});
  wire.write({temperature_no_hold});
  sensor.power_on(wire.now_ns);
  EXPECT_EQ(wire.write({0xE7}), -1);
  wire.wait_us(15'000);
  EXPECT_TRUE(wire.read(3).empty());
  EXPECT_EQ(user_register(wire), 0x02U);
}

// ---- settings ----

TEST(Htu21d, SettingsAreRefusedByNameAndRange) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  const unsigned before = measure(wire, temperature_no_hold);
  for (const char* name : {"pressure", "Humidity", ""}) EXPECT_FALSE(sensor.set(name, 25)) << name;
  for (const double value : {-40.1, 125.1, std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_FALSE(sensor.set("temperature", value)) << value;
  for (const double value : {-0.1, 100.1, std::nan("")}) EXPECT_FALSE(sensor.set("humidity", value)) << value;
  EXPECT_EQ(measure(wire, temperature_no_hold), before);
  for (const sim::Setting& setting : sim::Htu21d::settings) {
    EXPECT_TRUE(sensor.set(setting.name, setting.lowest));
    EXPECT_TRUE(sensor.set(setting.name, setting.highest));
    EXPECT_FALSE(setting.unit.empty());
  }
}

TEST(Htu21d, AMeasurementThatEndedBeforeASettingKeepsItsValue) {
  sim::Htu21d sensor;
  I2cWire wire(sensor);
  ASSERT_TRUE(sensor.set("temperature", 10));
  wire.write({temperature_no_hold});
  wire.wait_us(50'000);  // over, though nobody looked
  ASSERT_TRUE(sensor.set("temperature", 30, wire.now_ns));
  const auto bytes = wire.read(3);
  EXPECT_NEAR(celsius(unsigned{bytes.at(0)} << 8 | bytes.at(1)), 10, 0.01);
}

}  // namespace
