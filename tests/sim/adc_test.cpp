// machine::ADC on the virtual board: what it measures, how well, and how long that takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::ADC;
using machine::Pin;
using recording::pico;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Drive;
using sim::Resistor;
using sim::Terminal;

constexpr std::uint64_t ms = 1'000'000;

// From the supply to ground, its middle at pin 26.
struct Divider {
  Divider() {
    supply.drive(Drive::high());
    ground.drive(Drive::low());
  }
  Terminal supply;
  Terminal ground;
  Resistor upper{board.wiring(), supply, board.pins().terminal(26), 20'000};
  Resistor lower{board.wiring(), board.pins().terminal(26), ground, 10'000};
};

std::string numbers(std::uint64_t seed, int pin) {
  const auto firmware = [&] {
    const ADC adc(pin);
    for (int i = 0; i < 20; ++i) print("%d ", adc.read_u16());
    return 0;
  };
  return run(100 * ms, firmware, seed).console;
}

TEST(Adc, ADividerIsMeasuredWithItsMeanRightAndNoiseOfTwoSteps) {
  const Recording r = run(100 * ms, [] {
    const Divider divider;
    const ADC adc(26);
    double sum = 0;
    double squares = 0;
    constexpr int count = 1000;
    for (int i = 0; i < count; ++i) {
      const double step = adc.read_u16() >> 4;
      sum += step;
      squares += step * step;
    }
    const double mean = sum / count;
    print("%.2f %.2f", mean, std::sqrt(squares / count - mean * mean));
    return 0;
  });
  double mean = 0;
  double spread = 0;
  ASSERT_EQ(std::sscanf(r.console.c_str(), "%lf %lf", &mean, &spread), 2);
  EXPECT_NEAR(mean, 4095.0 / 3, 0.25);
  EXPECT_NEAR(spread, 2, 0.2);
}

TEST(Adc, TwelveBitsAreSpreadOverSixteen) {
  const Recording r = run(100 * ms, [] {
    Terminal part;
    board.wiring().join(part, board.pins().terminal(27));
    const ADC adc(27);
    bool same = true;
    std::uint16_t lowest = 65535;
    std::uint16_t highest = 0;
    for (const bool level : {false, true}) {
      part.drive(Drive::to(level));
      for (int i = 0; i < 100; ++i) {
        const std::uint16_t value = adc.read_u16();
        same = same && (value & 0xf) == value >> 12;
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
      }
    }
    print("%d %d %d", same ? 1 : 0, lowest, highest);
    return 0;
  });
  EXPECT_EQ(r.console, "1 0 65535");
}

TEST(Adc, APulsedNetIsMeasuredAsItIsThenAndAFastOneAsItsMean) {
  const Recording r = run(100 * ms, [] {
    board.wiring().join(board.pins().terminal(15), board.pins().terminal(26));
    const ADC adc(26);
    const machine::PWM pwm(15, 1000, 16384);
    time::sleep_us(100);
    print("%d ", adc.read_u16() > 65000 ? 1 : 0);
    time::sleep_us(400);
    print("%d ", adc.read_u16() < 500 ? 1 : 0);
    pwm.freq(200'000);
    time::sleep_ms(2);
    print("%d", std::abs(adc.read_u16() - 16384) < 16 * 12 ? 1 : 0);
    return 0;
  });
  EXPECT_EQ(r.console, "1 1 1");
}

TEST(Adc, TheSameSeedGivesTheSameNumbersAnotherSeedOthers) {
  const std::string first = numbers(1, ADC::CORE_TEMP);
  EXPECT_EQ(first, numbers(1, ADC::CORE_TEMP));
  EXPECT_NE(first, numbers(2, ADC::CORE_TEMP));
}

TEST(Adc, AnOpenPinWandersSlowlyAndAnotherSeedMakesItWanderElsewhere) {
  const auto wander = [](std::uint64_t seed) {
    const auto firmware = [] {
      const ADC adc(28);
      for (int i = 0; i < 100; ++i) {
        print("%d ", adc.read_u16() >> 4);
        time::sleep_ms(10);
      }
      return 0;
    };
    const Recording r = run({5'000 * ms}, firmware, nullptr, seed);
    std::vector<int> steps;
    std::istringstream words(r.console);
    for (int step = 0; words >> step;) steps.push_back(step);
    return steps;
  };
  const std::vector<int> steps = wander(1);
  ASSERT_EQ(steps.size(), 100U);
  int largest = 0;
  for (std::size_t i = 1; i < steps.size(); ++i)
    largest = std::max(largest, std::abs(steps[i] - steps[i - 1]));
  EXPECT_LT(largest, 4096 / 10 + 15);
  const auto [low, high] = std::minmax_element(steps.begin(), steps.end());
  EXPECT_GT(*low, 4096 / 10 - 15);
  EXPECT_LT(*high, 4096 * 6 / 10 + 15);
  EXPECT_GT(*high - *low, 200);
  EXPECT_EQ(steps, wander(1));
  EXPECT_NE(steps, wander(5));
}

TEST(Adc, TheCoreTemperatureFollowsTheDatasheetsFormula) {
  const Recording r = run(100 * ms, [] {
    const ADC sensor(ADC::CORE_TEMP);
    for (const double celsius : {27.0, 60.0}) {
      board.adc().set_temperature(celsius);
      double sum = 0;
      for (int i = 0; i < 400; ++i) sum += sensor.read_u16();
      const double volts = sum / 400 * 3.3 / 65535;
      print("%.0f ", 27 - (volts - 0.706) / 0.001721);
    }
    return 0;
  });
  EXPECT_EQ(r.console, "27 60 ");
}

TEST(Adc, AChannelNumberMeansItsPin) {
  const Recording r = run(100 * ms, [] {
    const Divider divider;
    const ADC adc(0);
    return std::abs((adc.read_u16() >> 4) - 1365) < 12 ? 0 : 1;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(Adc, APinThatMeasuresHasNoDigitalInputUntilItIsAPinAgain) {
  const Recording r = run(100 * ms, [] {
    Terminal part;
    board.wiring().join(part, board.pins().terminal(26));
    part.drive(Drive::high());
    Pin pin(26, Pin::IN, Pin::PULL_DOWN);
    print("%d", pin.value());
    const ADC adc(26);
    print("%d", pin.value());
    pin.init(Pin::IN);
    print("%d", pin.value());
    return 0;
  });
  EXPECT_EQ(r.console, "101");
}

TEST(Adc, AReadTakesTheTimeOfAConversionWhateverTheFrequency) {
  const Recording r = run(100 * ms, [] {
    const ADC adc(26);
    for (const std::uint32_t hz : {125'000'000U, 48'000'000U}) {
      machine::freq(hz);
      const std::uint64_t before = board.now_ns();
      static_cast<void>(adc.read_u16());
      print("%d ", static_cast<int>(board.now_ns() - before));
    }
    return 0;
  });
  EXPECT_EQ(pico().adc_read_ns, 2000U);
  EXPECT_EQ(r.console, "2000 2000 ");
}

TEST(Adc, AnotherPinIsRefusedAndTheRightOnesAreNamed) {
  for (const int wrong : {-1, 5, 25, 30}) {
    try {
      const ADC adc(wrong);
      ADD_FAILURE() << wrong << " was accepted";
    } catch (const asyncio::ValueError& error) {
      EXPECT_STREQ(
          error.what(),
          "ADC: only pins 26, 27, 28 and 29 can measure (channels 0 to 3); ADC::CORE_TEMP is the chip's "
          "temperature");
    }
  }
}

}  // namespace
