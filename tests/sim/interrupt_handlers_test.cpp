// What a program may do in the handlers of its interrupts, and what it may not.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using machine::Timer;
using recording::Recording;
using recording::run;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

// Bits of the firmware's status.
constexpr int kept = 1;      // what the first handler has captured was there to its end
constexpr int replaced = 2;  // the second was called
constexpr int freed = 4;     // what the first had captured is gone after that

TEST(InterruptHandlers, OneOfAPinMayReplaceItself) {
  const Recording r = run(100 * ms, [] {
    static int seen;
    static std::weak_ptr<int> watch;
    Pin pin(2, Pin::OUT, 0);
    {
      auto token = std::make_shared<int>(0);
      watch = token;
      pin.irq([token = std::move(token)](Pin self) {
        self.irq([](Pin) { seen |= replaced; }, Pin::IRQ_FALLING);
        if (!watch.expired()) seen |= kept;
      });
    }
    pin.on();
    if (watch.expired()) seen |= freed;
    pin.off();
    return seen;
  });
  EXPECT_EQ(r.last_stop().extra, kept | replaced | freed);
}

TEST(InterruptHandlers, OneOfATimerMayReplaceItself) {
  const Recording r = run(100 * ms, [] {
    static int seen;
    static std::weak_ptr<int> watch;
    Timer timer;
    {
      auto token = std::make_shared<int>(0);
      watch = token;
      timer.init({.period_us = 1000}, [token = std::move(token)](Timer& self) {
        self.init({.mode = Timer::ONE_SHOT, .period_us = 500}, [](Timer&) { seen |= replaced; });
        if (!watch.expired()) seen |= kept;
      });
    }
    time::sleep_ms(10);
    if (watch.expired()) seen |= freed;
    return seen;
  });
  EXPECT_EQ(r.last_stop().extra, kept | replaced | freed);
  EXPECT_EQ(r.of(Kind::isr_enter).size(), 2U);
}

TEST(InterruptHandlers, OneMayStopItsTimerAndIsCalledAgainOnceThatIsStartedAnew) {
  const Recording r = run(100 * ms, [] {
    static int calls;
    Pin pin(2, Pin::OUT, 0);
    pin.irq([](Pin) { ++calls; }, Pin::IRQ_RISING);
    for (int i = 0; i < 3; ++i) pin.toggle();
    Timer timer;
    timer.init({.period_us = 1000}, [](Timer& self) {
      ++calls;
      self.deinit();
    });
    time::sleep_ms(10);
    return calls;
  });
  EXPECT_EQ(r.last_stop().extra, 3);
}

TEST(InterruptHandlers, OneMayDestroyItsTimer) {
  const Recording r = run(100 * ms, [] {
    static std::unique_ptr<Timer> timer = std::make_unique<Timer>();
    static std::weak_ptr<int> watch;
    static int seen;
    {
      auto token = std::make_shared<int>(0);
      watch = token;
      timer->init({.period_us = 1000}, [token = std::move(token)](Timer&) {
        timer.reset();
        if (!watch.expired()) seen |= kept;
      });
    }
    time::sleep_ms(10);
    if (watch.expired()) seen |= freed;
    return seen;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, kept | freed);
  EXPECT_EQ(r.of(Kind::isr_enter).size(), 1U);
  EXPECT_EQ(r.of(Kind::isr_exit).size(), 1U);
}

TEST(InterruptHandlers, OneMayDestroyItsI2cTarget) {
  const Recording r = run(100 * ms, [] {
    using machine::I2CTarget;
    static std::unique_ptr<I2CTarget> target;
    sim::Gpio& pins = sim::board.pins();
    sim::board.wiring().join(pins.terminal(4), pins.terminal(2));
    sim::board.wiring().join(pins.terminal(5), pins.terminal(3));
    machine::I2C i2c(0, {.scl = 5, .sda = 4});
    target = std::make_unique<I2CTarget>(1, 0x43, I2CTarget::Options{.scl = 3, .sda = 2});
    static int calls;
    target->irq(
        [](I2CTarget&) {
          ++calls;
          target.reset();
        },
        I2CTarget::IRQ_ADDR_MATCH_WRITE | I2CTarget::IRQ_WRITE_REQ);
    const std::uint8_t bytes[]{1, 2};
    return static_cast<int>(i2c.writeto(0x43, bytes)) * 10 + calls;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 1) << "nobody acknowledges after that";
}

TEST(InterruptHandlers, OneMayDestroyItsUart) {
  const Recording r = run(100 * ms, [] {
    static std::unique_ptr<machine::UART> uart = std::make_unique<machine::UART>(0, 115200);
    static int calls;
    uart->irq([](machine::UART&) {
      ++calls;
      uart.reset();
    });
    sim::board.uarts()[0].send_from_outside("AB");
    time::sleep_ms(10);
    return calls;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 1);
}

TEST(InterruptHandlers, ATimerWithoutOneDoesNothing) {
  const Recording r = run(100 * ms, [] {
    Timer timer;
    timer.init({.period_us = 1000}, nullptr);
    time::sleep_ms(5);
    return 7;
  });
  EXPECT_EQ(r.last_stop().extra, 7);
}

// It would leave the interrupt unfinished: on a board, too, nothing can unwind through it.
TEST(InterruptHandlers, WhatOneThrowsNobodyCatches) {
  const Recording r = run(100 * ms, [] {
    std::freopen("/dev/null", "w", stderr);
    Pin pin(2, Pin::OUT, 0);
    pin.irq([](Pin) { throw std::runtime_error("in a handler"); });
    try {
      pin.on();
    } catch (const std::exception&) {
      return 1;
    }
    return 2;
  });
  EXPECT_EQ(r.why(), trace::Stop::crashed);
  EXPECT_EQ(r.last_stop().extra, SIGABRT);
}

TEST(InterruptHandlers, OneThatPrintsDoesNotRepeatWhatIsBeingPrinted) {
  const Recording r = run(100 * ms, [] {
    Timer timer;
    timer.init({.period_us = 40}, [](Timer&) { std::printf("handler\n"); });
    for (int i = 0; i < 3; ++i) {
      std::printf("line %d of the program, which takes longer than 40 us\n", i);
      time::sleep_us(1);
    }
    timer.deinit();
    return 0;
  });
  std::string without = r.console;
  int handlers = 0;
  for (std::size_t at = 0; (at = without.find("handler\n")) != std::string::npos; ++handlers)
    without.erase(at, 8);
  EXPECT_GE(handlers, 3);
  EXPECT_EQ(without,
            "line 0 of the program, which takes longer than 40 us\n"
            "line 1 of the program, which takes longer than 40 us\n"
            "line 2 of the program, which takes longer than 40 us\n");
}

TEST(InterruptHandlers, MaskedOnesThatArePendingDoNotKeepTheLoopFromSleeping) {
  const Recording r = run(100 * ms, [] {
    static int calls;
    Timer timer;
    timer.init({.mode = Timer::ONE_SHOT, .period_us = 5000}, [](Timer&) { ++calls; });
    const std::uint32_t state = machine::disable_irq();
    asyncio::run([]() -> asyncio::Coro<> { co_await asyncio::sleep_ms(20); }());
    const int while_masked = calls;
    machine::enable_irq(state);
    return while_masked * 10 + calls;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 1);
  EXPECT_EQ(r.of(Kind::isr_enter)[0].time_ns / ms, 20U);
}

TEST(InterruptHandlers, OneIsCalledForAnEdgeThatComesFromAnotherPull) {
  const Recording r = run(100 * ms, [] {
    static int calls;
    Pin pin(2, Pin::IN, Pin::PULL_UP);
    pin.irq([](Pin) { ++calls; });
    pin.init(Pin::IN, Pin::PULL_DOWN);
    pin.value();
    const int of_pull = calls;
    machine::I2C i2c(1, {.scl = 3, .sda = 2});  // pulls it up
    i2c.scan();
    return of_pull * 10 + calls;
  });
  EXPECT_EQ(r.last_stop().extra, 12);
}

TEST(InterruptHandlers, ATimerMayHaveATimeThatNeverComes) {
  const Recording r = run(100 * ms, [] {
    Timer timer;
    for (const std::uint64_t period_us : {std::uint64_t{1} << 61, UINT64_MAX, UINT64_MAX / 1000})
      timer.init({.period_us = period_us}, [](Timer&) { std::printf("?"); });
    time::sleep_ms(10);
    time::sleep_us(INT64_MAX);
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::time_up);
  EXPECT_EQ(r.console, "");
}

}  // namespace
