// Interrupts: when they are served, in which order, and what they wake.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using machine::Timer;
using recording::pico;
using recording::Recording;
using recording::run;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

TEST(Interrupts, TimerInterruptsABusyWaitAtItsTime) {
  const Recording r = run(100 * ms, [] {
    Timer timer;
    std::uint64_t served_ns = 0;
    const std::uint64_t set_ns = sim::board.now_ns();
    timer.init({.mode = Timer::ONE_SHOT, .period_us = 500}, [&](Timer&) { served_ns = sim::board.now_ns(); });
    time::sleep_ms(2);
    EXPECT_GE(served_ns, set_ns + 500'000 + pico().interrupt_entry_ns);
    EXPECT_LT(served_ns, set_ns + 502'000);
    return served_ns >= set_ns + 500'000 && served_ns < set_ns + 502'000 ? 0 : 1;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  ASSERT_EQ(r.of(Kind::isr_enter).size(), 1U);
  EXPECT_EQ(r.of(Kind::isr_exit)[0].time_ns - r.of(Kind::isr_enter)[0].time_ns,
            pico().interrupt_entry_ns + pico().interrupt_exit_ns);
}

TEST(Interrupts, PeriodsDoNotDrift) {
  const Recording r = run(100 * ms, [] {
    Timer timer;
    timer.init({.period_us = 1000}, [](Timer&) { time::sleep_us(300); });
    time::sleep_ms(50);
    return 0;
  });
  const auto entered = r.of(Kind::isr_enter);
  ASSERT_GE(entered.size(), 49U);
  for (std::size_t i = 1; i < entered.size(); ++i) {
    EXPECT_EQ(entered[i].time_ns - entered[i - 1].time_ns, ms) << i;
  }
}

TEST(Interrupts, AFlagSetByOneWakesItsTaskWhileTheBoardSleeps) {
  const Recording r = run(100 * ms, [] {
    static asyncio::ThreadSafeFlag flag("flag");
    Timer timer;
    timer.init({.mode = Timer::ONE_SHOT, .period_us = 7000}, [](Timer&) { flag.set(); });
    asyncio::run([]() -> asyncio::Coro<> { co_await flag.wait(); }());
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
  const auto begun = r.of(Kind::slice_begin);
  ASSERT_EQ(begun.size(), 2U);
  EXPECT_GE(begun[1].time_ns, 7 * ms);
  EXPECT_LT(begun[1].time_ns, 7 * ms + 5000);
}

TEST(Interrupts, TheyDoNotNestAndTheLowerNumberGoesFirst) {
  const Recording r = run(100 * ms, [] {
    static std::string order;
    Pin low(2, Pin::OUT, 0);
    Pin high(9, Pin::OUT, 0);
    // Both become pending while the timer's runs; the pin with the lower number is served first.
    high.irq([](Pin) { order += "9 "; }, Pin::IRQ_RISING);
    low.irq([](Pin) { order += "2 "; }, Pin::IRQ_RISING);
    Timer timer;
    timer.init({.mode = Timer::ONE_SHOT, .period_us = 100}, [&](Timer&) {
      high.on();
      low.on();
      order += "timer ";
    });
    time::sleep_ms(1);
    print("%s", order.c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "timer 2 9 ");
}

TEST(Interrupts, WhileTheyAreMaskedTheyWaitAndCountOnce) {
  const Recording r = run(100 * ms, [] {
    int calls = 0;
    Timer timer;
    timer.init({.period_us = 100}, [&](Timer&) { ++calls; });
    const std::uint32_t state = machine::disable_irq();
    time::sleep_us(950);
    const int masked = calls;
    machine::enable_irq(state);
    const int unmasked = calls;
    timer.deinit();
    time::sleep_ms(1);
    print("%d %d %d", masked, unmasked, calls);
    return 0;
  });
  EXPECT_EQ(r.console, "0 1 1");
}

TEST(Interrupts, AnEdgeOnAPinIsOfTheKindAskedFor) {
  const Recording r = run(100 * ms, [] {
    std::string seen;
    Pin pin(4, Pin::OUT, 0);
    pin.irq([&](Pin p) { seen += p.value() != 0 ? '+' : '-'; }, Pin::IRQ_FALLING);
    for (int i = 0; i < 4; ++i) pin.toggle();
    seen += ' ';
    pin.irq([&](Pin p) { seen += p.value() != 0 ? '+' : '-'; });
    for (int i = 0; i < 4; ++i) pin.toggle();
    seen += ' ';
    pin.irq(nullptr);
    for (int i = 0; i < 4; ++i) pin.toggle();
    print("%s", seen.c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "-- +-+- ");
}

TEST(Interrupts, ATriggerThatIsNoneIsRefused) {
  Pin pin(5);
  EXPECT_THROW(pin.irq([](Pin) {}, 0), asyncio::ValueError);
  EXPECT_THROW(pin.irq([](Pin) {}, 1), asyncio::ValueError);
  Timer timer;
  EXPECT_THROW(timer.init({.period_us = 0}, [](Timer&) {}), asyncio::ValueError);
}

TEST(Interrupts, TakeTheirTimeFromWhatTheyInterrupt) {
  const auto slice_ns = [](bool interrupted) {
    const Recording r = run(100 * ms, [&] {
      Timer timer;
      if (interrupted)
        timer.init({.mode = Timer::ONE_SHOT, .period_us = 50}, [](Timer&) { sim::board.cpu().work(30'000); });
      asyncio::run([]() -> asyncio::Coro<> {
        for (int i = 0; i < 1000; ++i) sim::board.cpu().work(1000);
        co_return;
      }());
      return 0;
    });
    return r.of(Kind::task_done)[0].time_ns - r.of(Kind::slice_begin)[0].time_ns;
  };
  const std::uint64_t more = slice_ns(true) - slice_ns(false);
  EXPECT_EQ(more, 30'000 + pico().interrupt_entry_ns + pico().interrupt_exit_ns);
}

// Ready once its interrupt has come; asking it takes a while.
class SlowDevice : public asyncio::IOBase {
 public:
  explicit SlowDevice(std::uint64_t ask_ns) : ask_ns_(ask_ns) {}
  int ioctl(int, int flags) override {
    sim::board.cpu().work(ask_ns_);
    return ready ? flags & asyncio::POLLIN : 0;
  }
  bool has_interrupt() const override { return true; }
  bool ready = false;

 private:
  std::uint64_t ask_ns_;
};

TEST(Interrupts, OneServedWhileTheLoopLooksAtAnotherDeviceIsNotForgotten) {
  const Recording r = run(100 * ms, [] {
    static SlowDevice quick(0);
    static SlowDevice slow(5 * ms);
    Timer timer;
    timer.init({.mode = Timer::ONE_SHOT, .period_us = 2000}, [](Timer&) { quick.ready = true; });
    asyncio::run([]() -> asyncio::Coro<> {
      auto other =
          asyncio::create_task([]() -> asyncio::Coro<> { co_await asyncio::StreamReader(slow).read(1); }());
      co_await asyncio::StreamReader(quick).read(1);
      print("read");
    }());
    return 0;
  });
  EXPECT_EQ(r.console, "read");
  EXPECT_EQ(r.why(), trace::Stop::returned);
}

}  // namespace
