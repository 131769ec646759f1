#include "drivers/encoder.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_for.hpp"
#include "input_test.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using drivers::Encoder;
using drivers::EncoderOptions;
using machine::Pin;

namespace {

constexpr int x_id = 2;
constexpr int y_id = 3;

Pin x() { return {x_id, Pin::IN, Pin::PULL_UP}; }
Pin y() { return {y_id, Pin::IN, Pin::PULL_UP}; }

// Turns the knob: each step is one edge of one contact, which may bounce until nearly the next step.
class Knob {
 public:
  void at_ms(std::uint64_t ms) { time_us_ = ms * 1000; }
  void turn(int steps, std::uint64_t step_us = 1000, std::uint64_t bounce_us = 0) {
    for (; steps != 0; steps += steps < 0 ? 1 : -1) {
      const int before = phase_;
      phase_ = (phase_ + (steps < 0 ? 3 : 1)) % 4;
      const bool x_moves = x_level(before) != x_level(phase_);
      fake_pin::contact_at_us(time_us_, x_moves ? x_id : y_id, x_moves ? x_level(phase_) : y_level(phase_),
                              bounce_us);
      time_us_ += step_us;
    }
  }

 private:
  // Both contacts open, then, turned up, x closes first.
  static int x_level(int phase) { return phase == 0 || phase == 3 ? 1 : 0; }
  static int y_level(int phase) { return phase == 0 || phase == 1 ? 1 : 0; }

  int phase_ = 0;
  std::uint64_t time_us_ = 100'000;
};

class EncoderTest : public input_test::Test {
 protected:
  Knob knob;
};

void log_change(int value, int delta) { print("%d %+d at %d\n", value, delta, input_test::now_ms()); }

// The value after `ms`; prints each change.
int value_after(int ms, const EncoderOptions& options) {
  return run([](int for_ms, EncoderOptions made_with) -> Coro<int> {
    const Encoder encoder(x(), y(), log_change, made_with);
    co_await sleep_ms(for_ms);
    co_return encoder.value();
  }(ms, options));
}

TEST_F(EncoderTest, CountsUpWhileXLeadsAndDownWhileYLeads) {
  knob.turn(8);
  knob.at_ms(1000);
  knob.turn(-12);
  EXPECT_EQ(value_after(2000, {}), -4);
  EXPECT_EQ(virtual_board::output(), "8 +8 at 200\n-4 -12 at 1100\n");
}

TEST_F(EncoderTest, EachSingleStepCountsInEitherDirection) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    knob.at_ms(100 + i * 200);
    knob.turn(1);
  }
  for (std::uint64_t i = 5; i < 12; ++i) {
    knob.at_ms(100 + i * 200);
    knob.turn(-1);
  }
  EXPECT_EQ(value_after(3000, {.delay = 0}), -2);
  EXPECT_EQ(virtual_board::output(),
            "1 +1 at 100\n2 +1 at 300\n3 +1 at 500\n4 +1 at 700\n5 +1 at 900\n4 -1 at 1100\n3 -1 at 1300\n"
            "2 -1 at 1500\n1 -1 at 1700\n0 -1 at 1900\n-1 -1 at 2100\n-2 -1 at 2300\n");
}

TEST_F(EncoderTest, BounceAtEveryEdgeCountsOnceInEitherDirection) {
  knob.turn(400, 1000, 990);
  knob.turn(-100, 1000, 990);
  knob.turn(1, 1000, 990);
  EXPECT_EQ(value_after(2000, {}), 301);
  virtual_board::reset();
  fake_pin::reset();
  Knob other;
  other.turn(400, 1000, 990);
  EXPECT_EQ(value_after(2000, {.div = 4, .delay = 0}), 100);
  // Each click once, and none taken back.
  EXPECT_EQ(input_test::count_of(" +1 at"), 100);
  EXPECT_EQ(input_test::count_of("\n"), 100);
}

TEST_F(EncoderTest, AContactThatOnlyTremblesCallsNothing) {
  for (int i = 0; i < 50; ++i) {
    knob.turn(1);
    knob.turn(-1);
  }
  EXPECT_EQ(value_after(1000, {}), 0);
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(EncoderTest, EdgesServedTooLateLoseAtMostTheStepsInBetween) {
  run([]() -> Coro<> {
    const Encoder encoder(x(), y(), {.delay = 0});
    fake_pin::hold_interrupts(true);
    fake_pin::set(x_id, 0);  // bounces, and is down in the end
    fake_pin::set(x_id, 1);
    fake_pin::set(x_id, 0);
    fake_pin::hold_interrupts(false);
    co_await sleep_ms(10);
    EXPECT_EQ(encoder.value(), 1);
    fake_pin::hold_interrupts(true);
    fake_pin::set(y_id, 0);  // two steps, whose direction nobody can tell
    fake_pin::set(x_id, 1);
    fake_pin::hold_interrupts(false);
    co_await sleep_ms(10);
    EXPECT_EQ(encoder.value(), 1);
    fake_pin::set(y_id, 1);  // it goes on from there
    co_await sleep_ms(10);
    EXPECT_EQ(encoder.value(), 2);
  }());
}

TEST_F(EncoderTest, BeginsWithV) {
  knob.turn(-3);
  EXPECT_EQ(value_after(50, {.v = 100}), 100);
  EXPECT_EQ(value_after(1000, {.v = 100}), 97);
}

TEST_F(EncoderTest, DivMakesOneOfSeveralSteps) {
  knob.turn(8);
  knob.at_ms(1000);
  knob.turn(-12);
  EXPECT_EQ(value_after(2000, {.v = 10, .div = 4}), 9);
  EXPECT_EQ(virtual_board::output(), "12 +2 at 200\n9 -3 at 1100\n");
}

TEST_F(EncoderTest, DividedTheValueGoesToTheNearestAndHalfWayItStays) {
  // Steps one at a time, up to two clicks and back: when does the value move?
  for (const auto& [div, expected] : {std::pair<int, const char*>(2, "1@2 2@4 1@6 0@8 "),
                                      {3, "1@2 2@5 1@8 0@11 "},
                                      {4, "1@3 2@7 1@11 0@15 "}}) {
    virtual_board::reset();
    fake_pin::reset();
    Knob fresh;
    for (int step = 1; step <= 4 * div; ++step) {
      fresh.at_ms(static_cast<std::uint64_t>(step) * 10);
      fresh.turn(step <= 2 * div ? 1 : -1);
    }
    run([](int divisor) -> Coro<> {
      const Encoder encoder(x(), y(),
                            [](int value, int) { print("%d@%d ", value, input_test::now_ms() / 10); },
                            {.div = divisor, .delay = 0});
      co_await sleep_ms(1000);
    }(div));
    EXPECT_EQ(virtual_board::output(), expected) << div;
  }
}

TEST_F(EncoderTest, StopsAtVmaxAndVminAndComesBackAtOnce) {
  knob.turn(10);
  knob.at_ms(1000);
  knob.turn(-1);
  knob.at_ms(2000);
  knob.turn(-20);
  knob.at_ms(3000);
  knob.turn(1);
  EXPECT_EQ(value_after(4000, {.v = 2, .vmin = 0, .vmax = 5}), 1);
  EXPECT_EQ(virtual_board::output(), "5 +3 at 200\n4 -1 at 1100\n0 -4 at 2100\n1 +1 at 3100\n");
}

TEST_F(EncoderTest, AtALimitTurningFurtherCallsNothing) {
  knob.turn(10);
  knob.at_ms(1000);
  knob.turn(10);
  EXPECT_EQ(value_after(2000, {.vmax = 5}), 5);
  EXPECT_EQ(virtual_board::output(), "5 +5 at 200\n");
}

TEST_F(EncoderTest, WithoutLimitsItStopsWhereAnIntDoes) {
  knob.turn(10);
  EXPECT_EQ(value_after(1000, {.v = INT_MAX - 3}), INT_MAX);
}

TEST_F(EncoderTest, ModGoesRoundInEitherDirection) {
  knob.turn(11);
  knob.at_ms(1000);
  knob.turn(-2);
  EXPECT_EQ(value_after(2000, {.mod = 10}), 9);
  EXPECT_EQ(virtual_board::output(), "1 +1 at 200\n9 +8 at 1100\n");
  EXPECT_EQ(value_after(0, {.v = -3, .mod = 10}), 7);
}

TEST_F(EncoderTest, DividesThenLimitsThenReduces) {
  knob.turn(40);  // 10 more: 13, limited to 7, modulo 5
  EXPECT_EQ(value_after(1000, {.v = 3, .div = 4, .vmin = 0, .vmax = 7, .mod = 5}), 2);
  EXPECT_EQ(virtual_board::output(), "2 -1 at 200\n");
}

TEST_F(EncoderTest, DelayLimitsHowOftenItCallsAndNothingIsLost) {
  knob.turn(100, 10'000);  // for a second
  EXPECT_EQ(value_after(2000, {.delay = 250}), 100);
  EXPECT_EQ(virtual_board::output(), "26 +26 at 350\n52 +26 at 610\n78 +26 at 870\n100 +22 at 1130\n");
}

TEST_F(EncoderTest, StepsDuringTheCallbackAreTakenOver) {
  knob.turn(1);
  knob.at_ms(110);
  knob.turn(5);
  run([]() -> Coro<> {
    const Encoder encoder(x(), y(),
                          [](int value, int delta) {
                            log_change(value, delta);
                            virtual_board::spend_us(50'000);
                          },
                          {.delay = 0});
    co_await sleep_ms(1000);
    EXPECT_EQ(encoder.value(), 6);
  }());
  EXPECT_EQ(virtual_board::output(), "1 +1 at 100\n6 +5 at 150\n");
}

TEST_F(EncoderTest, TheCallbackTakesFurtherArgumentsAndMayBeACoroutine) {
  knob.turn(4);
  run([]() -> Coro<> {
    const auto show = [](int value, int delta, const char* name) -> Coro<> {
      print("%s %d %+d\n", name, value, delta);
      co_await sleep_ms(50);
      print("%s %d\n", name, input_test::now_ms());
    };
    const Encoder encoder(x(), y(), show, std::tuple("volume"), {.div = 2});
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "volume 2 +2\nvolume 250\n");
}

TEST_F(EncoderTest, ACallbackThatThrowsIsReportedAndTheEncoderWorksOn) {
  knob.turn(4);
  knob.at_ms(1000);
  knob.turn(1);
  run([]() -> Coro<> {
    const Encoder encoder(x(), y(), [](int value, int) {
      if (value == 4) throw asyncio::OSError(5, "amplifier is gone");
      print("%d\n", value);
    });
    co_await sleep_ms(2000);
  }());
  EXPECT_EQ(virtual_board::output(), "Exception in callback\nfuture: Task Encoder\namplifier is gone\n5\n");
}

TEST_F(EncoderTest, NextGivesEachNewValue) {
  knob.turn(3);
  knob.at_ms(1000);
  knob.turn(-1);
  knob.at_ms(2000);
  knob.turn(-2);
  run([]() -> Coro<> {
    Encoder encoder(x(), y());
    for (int i = 0; i < 2; ++i) {
      const int value = co_await encoder.next();
      print("%d at %d\n", value, input_test::now_ms());
    }
    co_await sleep_ms(1500);
    print("%d\n", co_await encoder.next());  // it has changed since
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(encoder.next(), 500);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
  }());
  EXPECT_EQ(virtual_board::output(), "3 at 200\n2 at 1100\n0\n");
}

TEST_F(EncoderTest, OptionsThatMakeNoSenseAreAValueError) {
  const auto make = [](const EncoderOptions& options) { const Encoder encoder(x(), y(), options); };
  EXPECT_THROW(make({.v = -1, .vmin = 0}), asyncio::ValueError);
  EXPECT_THROW(make({.v = 6, .vmax = 5}), asyncio::ValueError);
  EXPECT_THROW(make({.div = 0}), asyncio::ValueError);
  EXPECT_THROW(make({.mod = -1}), asyncio::ValueError);
  EXPECT_THROW(make({.delay = 1U << 29}), asyncio::ValueError);
  EXPECT_FALSE(fake_pin::has_irq(x_id));
}

TEST_F(EncoderTest, DeinitLetsGoOfTheInterruptsAndKeepsTheValue) {
  knob.turn(3);
  run([]() -> Coro<> {
    Encoder encoder(x(), y());
    EXPECT_TRUE(fake_pin::has_irq(x_id));
    EXPECT_TRUE(fake_pin::has_irq(y_id));
    co_await sleep_ms(500);
    encoder.deinit();
    encoder.deinit();
    EXPECT_FALSE(fake_pin::has_irq(x_id));
    EXPECT_FALSE(fake_pin::has_irq(y_id));
    fake_pin::set(x_id, 1 - x().value());
    co_await sleep_ms(500);
    EXPECT_EQ(encoder.value(), 3);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
}

TEST_F(EncoderTest, TheCallbackMayDeinit) {
  knob.turn(3);
  knob.at_ms(1000);
  knob.turn(3);
  run([]() -> Coro<> {
    Encoder* self = nullptr;
    Encoder encoder(x(), y(), [&self](int value, int delta) {
      log_change(value, delta);
      self->deinit();
    });
    self = &encoder;
    co_await sleep_ms(2000);
    EXPECT_EQ(asyncio::all_tasks().size(), 1U);
  }());
  EXPECT_EQ(virtual_board::output(), "3 +3 at 200\n");
}

TEST_F(EncoderTest, DestroyedInWhateverStateItLeavesNoTaskAndNoInterrupt) {
  for (int age = 0; age < 300; age += 10) {
    virtual_board::reset();
    fake_pin::reset();
    Knob fresh;
    fresh.turn(200);
    run([](int destroyed_at) -> Coro<> {
      std::optional<Encoder> encoder(std::in_place, x(), y(), log_change);
      const auto waiter = create_task([](Encoder& waited) -> Coro<> {
        try {
          for (;;) co_await waited.next();
        } catch (const asyncio::RuntimeError&) {
          print("destroyed\n");
        }
      }(*encoder));
      co_await sleep_ms(destroyed_at);
      if (destroyed_at == 0) co_await sleep_ms(0);
      encoder.reset();
      EXPECT_FALSE(fake_pin::has_irq(x_id));
      EXPECT_FALSE(fake_pin::has_irq(y_id));
      co_await waiter;
      co_await sleep_ms(500);
      EXPECT_EQ(asyncio::all_tasks().size(), 1U);
    }(age));
    EXPECT_EQ(input_test::count_of("destroyed"), 1) << age;
  }
}

TEST_F(EncoderTest, CanBeMadeBeforeRunAndTurnedThen) {
  const Encoder encoder(x(), y(), log_change);
  fake_pin::set(x_id, 0);
  run([]() -> Coro<> { co_await sleep_ms(500); }());
  EXPECT_EQ(virtual_board::output(), "1 +1 at 100\n");
  asyncio::new_event_loop();
}

}  // namespace
