// NecIr on a pin. What its codes mean and when they come is in nec_decoder_test.cpp and
// nec_receiver_test.cpp.
#if __has_include("fake_pin.hpp")
#include "drivers/nec_ir.hpp"

#include <gtest/gtest.h>

#include "asyncio/console.hpp"
#include "asyncio/virtual_board.hpp"
#include "fake_pin.hpp"
#include "nec_burst.hpp"

using asyncio::Coro;
using drivers::NecCode;
using drivers::NecIr;

namespace {

constexpr int pin_number = 15;

class NecIrTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_pin::reset();
    fake_pin::set(pin_number, 1);  // a receiver's output when nothing is received
  }
  static void send_at(std::uint64_t ms, const nec::Burst& burst) {
    std::uint64_t time = ms * 1000;
    int level = 0;
    fake_pin::set_at_us(time, pin_number, level);
    for (const std::uint32_t width : burst) fake_pin::set_at_us(time += width, pin_number, level = 1 - level);
  }
};

TEST_F(NecIrTest, BothEdgesOfThePinAreDecoded) {
  send_at(100, nec::key(0x59, 0x16));
  send_at(208, nec::repeat());
  asyncio::run([]() -> Coro<> {
    NecIr remote(machine::Pin(pin_number, machine::Pin::IN));
    NecCode code = co_await remote.next();
    EXPECT_EQ(code, (NecCode{0x16, 0x59}));
    code = co_await remote.next();
    EXPECT_EQ(code, (NecCode{NecCode::REPEAT, 0x59}));
  }());
}

TEST_F(NecIrTest, DestroyedItGivesTheInterruptBack) {
  {
    const NecIr remote(
        machine::Pin(pin_number, machine::Pin::IN), [](int, int) {}, true);
    EXPECT_TRUE(fake_pin::has_irq(pin_number));
  }
  EXPECT_FALSE(fake_pin::has_irq(pin_number));
}

}  // namespace
#endif
