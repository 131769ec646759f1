#include "drivers/touch_button.hpp"

#include <gtest/gtest.h>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "input_test.hpp"
#include "machine/adc.hpp"

using asyncio::Coro;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::TouchButton;
using drivers::TouchOptions;
using input_test::log;

namespace {

class TouchButtonTest : public input_test::Test {};

constexpr int pad = 3;

std::uint32_t read_pad() { return machine::ADC(pad).read_u16(); }

void touch(std::uint64_t ms, std::uint64_t for_ms, std::uint16_t untouched = 1000,
           std::uint16_t touched = 300) {
  fake_adc::set_at_us(ms * 1000, pad, touched);
  fake_adc::set_at_us((ms + for_ms) * 1000, pad, untouched);
}

const std::string& log_of(const TouchOptions& options) {
  run([](TouchOptions made_with) -> Coro<> {
    TouchButton button(read_pad, made_with);
    button.press_func(log, std::tuple("press"));
    button.release_func(log, std::tuple("release"));
    button.long_func(log, std::tuple("long"));
    button.double_func(log, std::tuple("double"));
    co_await sleep_ms(5000);
  }(options));
  return virtual_board::output();
}

TEST_F(TouchButtonTest, TouchingIsPressing) {
  fake_adc::set(pad, 1000);
  touch(120, 100);
  EXPECT_EQ(log_of({}), "press 150\nrelease 250\n");
}

TEST_F(TouchButtonTest, KnowsLongAndDoubleTouches) {
  fake_adc::set(pad, 1000);
  touch(100, 1500);
  touch(2000, 100);
  touch(2200, 100);
  touch(3000, 100);
  EXPECT_EQ(log_of({.suppress = true}),
            "press 100\nlong 1100\npress 2000\npress 2200\ndouble 2200\npress 3000\nrelease 3400\n");
}

TEST_F(TouchButtonTest, TheThresholdIsAPercentageOfTheUntouchedPad) {
  fake_adc::set(pad, 1000);
  fake_adc::set_at_us(100'000, pad, 800);  // 80 % is not below 80 %
  fake_adc::set_at_us(200'000, pad, 799);
  fake_adc::set_at_us(300'000, pad, 800);
  EXPECT_EQ(log_of({}), "press 200\nrelease 300\n");
  virtual_board::reset();
  fake_adc::set(pad, 1000);
  fake_adc::set_at_us(100'000, pad, 300);
  fake_adc::set_at_us(200'000, pad, 299);
  fake_adc::set_at_us(400'000, pad, 1000);
  EXPECT_EQ(log_of({.threshold = 30}), "press 200\nrelease 400\n");
}

TEST_F(TouchButtonTest, TheHighestReadingIsTheUntouchedPad) {
  fake_adc::set(pad, 1000);
  fake_adc::set_at_us(100'000, pad, 2000);  // drifts
  fake_adc::set_at_us(200'000, pad, 1000);  // which was not touched before
  fake_adc::set_at_us(300'000, pad, 1900);
  EXPECT_EQ(log_of({}), "press 200\nrelease 300\n");
}

TEST_F(TouchButtonTest, TouchedWhenItIsMadeItCallsNothingUntilTouchedAgain) {
  fake_adc::set(pad, 300);
  fake_adc::set_at_us(500'000, pad, 1000);
  touch(1000, 100);
  EXPECT_EQ(log_of({}), "press 1000\nrelease 1100\n");
}

TEST_F(TouchButtonTest, RawstateTakesAReading) {
  fake_adc::set(pad, 1000);
  run([]() -> Coro<> {
    TouchButton button(read_pad);
    EXPECT_EQ(button.untouched(), 1000U);
    const int reads = fake_adc::reads(pad);
    EXPECT_FALSE(button.rawstate());
    EXPECT_EQ(fake_adc::reads(pad), reads + 1);
    fake_adc::set(pad, 10);
    EXPECT_TRUE(button.rawstate());
    EXPECT_FALSE(button());
    co_await sleep_ms(60);
    EXPECT_TRUE(button());
  }());
}

TEST_F(TouchButtonTest, ReadingsOf32BitsDoNotOverflow) {
  run([]() -> Coro<> {
    std::uint32_t reading = 0xffff'ffff;
    TouchButton button([&reading] { return reading; });
    reading = 3'435'973'837;  // 80 % and one
    EXPECT_FALSE(button.rawstate());
    reading = 3'435'973'835;
    EXPECT_TRUE(button.rawstate());
    co_return;
  }());
}

TEST_F(TouchButtonTest, AThresholdOutOfRangeOrNothingToReadIsAValueError) {
  EXPECT_THROW(TouchButton(read_pad, {.threshold = 0}), asyncio::ValueError);
  EXPECT_THROW(TouchButton(read_pad, {.threshold = 100}), asyncio::ValueError);
  EXPECT_THROW(TouchButton(nullptr), asyncio::ValueError);
  EXPECT_THROW(TouchButton(read_pad, {.long_press_ms = 100}), asyncio::ValueError);
}

TEST_F(TouchButtonTest, DestroyedItLeavesNoTask) {
  fake_adc::set(pad, 1000);
  run([]() -> Coro<> {
    {
      TouchButton button(read_pad);
      button.long_func(log, std::tuple("long"));
      button.double_func(log, std::tuple("double"));
      touch(100, 3000);
      co_await sleep_ms(200);
    }
    co_await sleep_ms(5000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

}  // namespace
