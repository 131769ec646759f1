#include "drivers/aadc.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/delay_ms.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "input_test.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::AADC;
using fake_adc::set_at_us;

namespace {

class AadcTest : public input_test::Test {};

constexpr int channel = 26;

void log_reading(std::uint16_t reading) { print("%u at %d\n", unsigned{reading}, input_test::now_ms()); }

TEST_F(AadcTest, WaitsUntilTheReadingLeavesTheWindow) {
  fake_adc::set(channel, 30'000);
  set_at_us(100'000, channel, 39'000);  // its ends belong to it
  set_at_us(200'000, channel, 25'000);
  set_at_us(300'000, channel, 39'001);
  set_at_us(400'000, channel, 30'000);
  set_at_us(500'000, channel, 24'999);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    log_reading(co_await aadc(25'000, 39'000));
    co_await sleep_ms(110);
    log_reading(co_await aadc(25'000, 39'000));
  }());
  EXPECT_EQ(virtual_board::output(), "39001 at 300\n24999 at 500\n");
}

TEST_F(AadcTest, SensingTheOtherWayItWaitsUntilTheReadingComesIntoTheWindow) {
  fake_adc::set(channel, 10'000);
  set_at_us(100'000, channel, 24'999);
  set_at_us(200'000, channel, 25'000);
  set_at_us(300'000, channel, 50'000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    aadc.sense(false);
    log_reading(co_await aadc(25'000, 39'000));
    aadc.sense(true);
    log_reading(co_await aadc());  // the same window
  }());
  EXPECT_EQ(virtual_board::output(), "25000 at 200\n50000 at 300\n");
}

TEST_F(AadcTest, WaitsForAChangeFromTheLastReading) {
  fake_adc::set(channel, 10'000);
  set_at_us(100'000, channel, 12'000);  // not more than 2000
  set_at_us(200'000, channel, 12'001);
  set_at_us(300'000, channel, 10'001);
  set_at_us(400'000, channel, 10'000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    for (int i = 0; i < 2; ++i) log_reading(co_await aadc(2000));
  }());
  EXPECT_EQ(virtual_board::output(), "12001 at 200\n10000 at 400\n");
}

TEST_F(AadcTest, AChangeWhileNobodyWaitedCounts) {
  fake_adc::set(channel, 10'000);
  set_at_us(100'000, channel, 20'000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    EXPECT_EQ(aadc.read_u16(), 10'000);
    co_await sleep_ms(500);
    log_reading(co_await aadc(2000));
  }());
  EXPECT_EQ(virtual_board::output(), "20000 at 500\n");
}

TEST_F(AadcTest, AWindowAroundAReadingStopsAtTheEndsOfTheRange) {
  fake_adc::set(channel, 500);
  set_at_us(100'000, channel, 0);
  set_at_us(200'000, channel, 65'000);
  set_at_us(300'000, channel, 65'535);
  set_at_us(400'000, channel, 63'999);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    for (int i = 0; i < 2; ++i) log_reading(co_await aadc(1000));
  }());
  EXPECT_EQ(virtual_board::output(), "65000 at 200\n63999 at 400\n");
}

TEST_F(AadcTest, WithoutArgumentsTheBoundsStay) {
  fake_adc::set(channel, 10'000);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    set_at_us(100'000 * i, channel, i % 2 == 1 ? 20'000 : 10'000);
  }
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    log_reading(co_await aadc(0, 15'000));
    co_await sleep_ms(150);
    log_reading(co_await aadc.wait());
    co_await sleep_ms(150);
    aadc.sense(false);
    log_reading(co_await aadc);
  }());
  EXPECT_EQ(virtual_board::output(), "20000 at 100\n20000 at 300\n10000 at 450\n");
}

TEST_F(AadcTest, YieldsOnceIfTheReadingWillDoAlready) {
  fake_adc::set(channel, 50'000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    const auto other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    log_reading(co_await aadc(0, 1000));
    EXPECT_TRUE(other.done());
  }());
  EXPECT_EQ(virtual_board::output(), "other\n50000 at 0\n");
}

TEST_F(AadcTest, MeasuresEachMillisecondWhileATaskWaitsAndNotOtherwise) {
  set_at_us(1'000'000, channel, 65'535);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    co_await sleep_ms(500);
    EXPECT_EQ(fake_adc::reads(channel), 0);
    co_await aadc(0, 1000);
    EXPECT_GE(fake_adc::reads(channel), 500);
    EXPECT_LE(fake_adc::reads(channel), 510);
  }());
}

TEST_F(AadcTest, GivesTheMeasurementThatEndedTheWaitWhateverIsMeasuredSince) {
  fake_adc::set(channel, 50'000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    create_task([](AADC& other) -> Coro<> {
      fake_adc::set(channel, 1);
      EXPECT_EQ(other.read_u16(), 1);
      co_return;
    }(aadc));
    // Ready behind the other task, which then measures.
    EXPECT_EQ(co_await aadc(0, 1000), 50'000);
    EXPECT_EQ(aadc.read_u16(true), 1);
  }());
}

TEST_F(AadcTest, ReadU16MeasuresOrGivesTheLastReading) {
  fake_adc::set(channel, 100);
  AADC aadc{machine::ADC(channel)};
  EXPECT_EQ(aadc.read_u16(true), 100);  // there was none: measured
  fake_adc::set(channel, 200);
  EXPECT_EQ(aadc.read_u16(true), 100);
  EXPECT_EQ(aadc.read_u16(), 200);
  EXPECT_EQ(aadc.read_u16(true), 200);
  EXPECT_EQ(fake_adc::reads(channel), 2);
}

TEST_F(AadcTest, BoundsThatMakeNoSenseAreAValueError) {
  AADC aadc{machine::ADC(channel)};
  EXPECT_THROW(static_cast<void>(aadc(-1, 5)), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(aadc(6, 5)), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(aadc(0, 65'536)), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(aadc(-1)), asyncio::ValueError);
  EXPECT_THROW(static_cast<void>(aadc(65'536)), asyncio::ValueError);
}

TEST_F(AadcTest, ASecondWaiterGetsARuntimeError) {
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    const auto first = create_task([](AADC& waited) -> Coro<> { co_await waited(100); }(aadc));
    co_await sleep_ms(5);
    bool refused = false;
    try {
      co_await aadc();
    } catch (const asyncio::RuntimeError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    fake_adc::set(channel, 101);
    co_await first;
  }());
}

TEST_F(AadcTest, CanBeTimedOutAndWaitedForWithOthers) {
  set_at_us(500'000, channel, 2000);
  run([]() -> Coro<> {
    AADC aadc{machine::ADC(channel)};
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(aadc(1000), 100);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    asyncio::Delay_ms delay(1000);
    delay.trigger();
    EXPECT_EQ(co_await asyncio::WaitAny(delay, aadc).wait(), &aadc);
    EXPECT_EQ(input_test::now_ms(), 500);
  }());
}

TEST_F(AadcTest, WithPriorityItsTaskRunsAheadOfThoseThatAreReady) {
  for (const bool priority : {false, true}) {
    virtual_board::reset();
    fake_adc::reset();
    run([](bool ahead) -> Coro<> {
      AADC aadc{machine::ADC(channel)};
      aadc.set_priority(ahead);
      const auto waiter = create_task([](AADC& waited) -> Coro<> {
        co_await waited(100);
        print("reading\n");
      }(aadc));
      co_await sleep_ms(5);
      fake_adc::set(channel, 1000);
      for (int i = 0; i < 2; ++i) {
        create_task([]() -> Coro<> {
          print("busy\n");
          co_return;
        }());
      }
      co_await waiter;
      co_await sleep_ms(1);
    }(priority));
    EXPECT_EQ(virtual_board::output(), priority ? "reading\nbusy\nbusy\n" : "busy\nbusy\nreading\n");
  }
}

TEST_F(AadcTest, DestroyedItGivesItsWaiterARuntimeError) {
  run([]() -> Coro<> {
    std::optional<AADC> aadc(machine::ADC{channel});
    const auto waiter = create_task([](AADC& waited) -> Coro<> {
      try {
        co_await waited(100);
      } catch (const asyncio::RuntimeError&) {
        print("destroyed\n");
      }
    }(*aadc));
    co_await sleep_ms(5);
    aadc.reset();
    co_await waiter;
  }());
  EXPECT_EQ(virtual_board::output(), "destroyed\n");
}

}  // namespace
