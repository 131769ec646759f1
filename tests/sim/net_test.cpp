// Wires, contacts and resistors between the pins and the parts.
#include "bus/net.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Contact;
using sim::Drive;
using sim::Resistor;
using sim::Terminal;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

class Counter : public sim::NetListener {
 public:
  void on_change(Terminal& terminal) override { seen.push_back(terminal.net()); }
  std::vector<Drive> seen;
};

TEST(Net, AWireCarriesWhatOneEndDrives) {
  sim::Wiring wiring;
  Counter counter;
  Terminal a;
  Terminal b(counter);
  wiring.join(a, b);
  EXPECT_TRUE(b.net().is_open());
  a.drive(Drive::high());
  EXPECT_TRUE(b.is_high());
  a.drive(Drive::low());
  EXPECT_FALSE(b.is_high());
  EXPECT_EQ(counter.seen, (std::vector{Drive::high(), Drive::low()}));
  EXPECT_TRUE(a.is_joined_to(b));
}

TEST(Net, APullLosesAgainstWhoDrives) {
  sim::Wiring wiring;
  Terminal a;
  Terminal b;
  wiring.join(a, b);
  a.drive(Drive::through(60'000, true));
  EXPECT_TRUE(b.is_high());
  b.drive(Drive::low());
  EXPECT_FALSE(a.is_high());
  b.drive(Drive::nothing());
  EXPECT_TRUE(a.is_high());
}

TEST(Net, AContactJoinsOnlyWhileItIsClosed) {
  sim::Wiring wiring;
  Counter counter;
  Terminal pin(counter);
  Terminal ground;
  pin.drive(Drive::through(60'000, true));
  ground.drive(Drive::low());
  counter.seen.clear();
  Contact contact(wiring, pin, ground);
  EXPECT_TRUE(pin.is_high());
  contact.set(true);
  EXPECT_FALSE(pin.is_high());
  contact.set(false);
  EXPECT_TRUE(pin.is_high());
  EXPECT_EQ(counter.seen.size(), 2U);
}

TEST(Net, ResistorsDivideAVoltage) {
  sim::Wiring wiring;
  Terminal supply;
  Terminal ground;
  Terminal middle;
  supply.drive(Drive::high());
  ground.drive(Drive::low());
  const Resistor upper(wiring, supply, middle, 20'000);
  const Resistor lower(wiring, middle, ground, 10'000);
  EXPECT_EQ(middle.net().level, 21845);
  EXPECT_EQ(middle.net().ohms, 6667U);
  supply.drive(Drive::low());
  EXPECT_EQ(middle.net().level, 0);
  EXPECT_EQ(supply.net().level, 0) << "a supply is not moved by what hangs on it";
}

TEST(Net, AResistorMayChange) {
  sim::Wiring wiring;
  Counter counter;
  Terminal supply;
  Terminal ground;
  Terminal middle(counter);
  supply.drive(Drive::high());
  ground.drive(Drive::low());
  Resistor upper(wiring, supply, middle, 10'000);
  const Resistor lower(wiring, middle, ground, 10'000);
  counter.seen.clear();
  upper.set_ohms(30'000);
  upper.set_ohms(30'000);
  EXPECT_EQ(counter.seen, (std::vector<Drive>{{7'500, 16384}}));
  upper.set_ohms(0);
  EXPECT_EQ(middle.net().ohms, 1U) << "of at least 1 ohm";
}

TEST(Net, TheInfraredLightIsSeenByAllAndJoinedToNothing) {
  sim::Wiring wiring;
  Counter counter;
  Terminal one;
  Terminal other;
  Terminal receiver(counter);
  wiring.join(one, wiring.infrared());
  wiring.join(receiver, wiring.infrared());
  wiring.join(other, wiring.infrared());
  EXPECT_FALSE(receiver.is_high());
  one.drive(Drive::high());
  EXPECT_TRUE(receiver.is_high());
  other.drive(Drive::high());
  one.drive(Drive::nothing());
  EXPECT_TRUE(receiver.is_high());
  other.drive(Drive::nothing());
  EXPECT_FALSE(receiver.is_high());
  EXPECT_EQ(counter.seen.size(), 2U);
}

TEST(Net, AChangeReachesBehindSeveralResistors) {
  sim::Wiring wiring;
  Counter counter;
  Terminal one;
  Terminal two;
  Terminal three(counter);
  const Resistor first(wiring, one, two, 1'000);
  const Resistor second(wiring, two, three, 1'000);
  one.drive(Drive::high());
  EXPECT_TRUE(three.is_high());
  EXPECT_EQ(three.net().ohms, 2'000U);
  one.drive(Drive::nothing());
  EXPECT_TRUE(three.net().is_open());
}

TEST(Net, ALoopOfResistorsEnds) {
  sim::Wiring wiring;
  Terminal one;
  Terminal two;
  Terminal three;
  const Resistor a(wiring, one, two, 1'000);
  const Resistor b(wiring, two, three, 1'000);
  const Resistor c(wiring, three, one, 1'000);
  one.drive(Drive::high());
  EXPECT_TRUE(two.is_high());
  EXPECT_TRUE(three.is_high());
}

// Wheatstone's, out of balance: by Kirchhoff's laws 4/7 and 3/7 of the supply.
TEST(Net, ABridgeOfResistorsHasTheVoltagesOfKirchhoffsLaws) {
  sim::Wiring wiring;
  Terminal top;
  Terminal left;
  Terminal right;
  Terminal bottom;
  top.drive(Drive::high());
  bottom.drive(Drive::low());
  const Resistor a(wiring, top, left, 1'000);
  const Resistor b(wiring, left, bottom, 2'000);
  const Resistor c(wiring, top, right, 2'000);
  const Resistor d(wiring, right, bottom, 1'000);
  const Resistor bridge(wiring, left, right, 1'000);
  EXPECT_EQ(left.net().level, 37449);
  EXPECT_EQ(right.net().level, 28086);
  EXPECT_EQ(left.net().ohms, 476U);
}

// A grid of 1 kohm between the supply and ground at two opposite corners. What results is known from a
// relaxation.
TEST(Net, AGridOfResistorsHasToo) {
  constexpr std::size_t size = 8;
  sim::Wiring wiring;
  std::array<Terminal, size * size> nodes;
  std::vector<std::unique_ptr<Resistor>> resistors;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i % size + 1 < size)
      resistors.push_back(std::make_unique<Resistor>(wiring, nodes[i], nodes[i + 1], 1'000U));
    if (i + size < nodes.size())
      resistors.push_back(std::make_unique<Resistor>(wiring, nodes[i], nodes[i + size], 1'000U));
  }
  nodes.front().drive(Drive::high());
  EXPECT_EQ(nodes.back().net().level, Drive::supply);
  nodes.back().drive(Drive::low());
  EXPECT_EQ(nodes[1].net().level, 53528);
  EXPECT_EQ(nodes[size - 1].net().level, 32'768) << "half way, for symmetry";
  nodes.front().drive(Drive::nothing());
  EXPECT_EQ(nodes.front().net().level, 0);
}

TEST(Net, WiresOfATerminalGoWithIt) {
  sim::Wiring wiring;
  Terminal a;
  Terminal b;
  {
    Terminal between;
    wiring.join(a, between);
    wiring.join(between, b);
    EXPECT_TRUE(a.is_joined_to(b));
  }
  EXPECT_FALSE(a.is_joined_to(b));
}

TEST(Net, LinkedPinsOfTheBoardHearEachOther) {
  const Recording r = run(100 * ms, [] {
    board.wiring().join(board.pins().terminal(2), board.pins().terminal(3));
    Pin out(2, Pin::OUT, 0);
    Pin in(3, Pin::IN, Pin::PULL_UP);
    int edges = 0;
    in.irq([&](Pin) { ++edges; }, Pin::IRQ_RISING);
    for (int i = 0; i < 6; ++i) out.toggle();
    print("%d %d", in.value(), edges);
    return 0;
  });
  EXPECT_EQ(r.console, "0 3");
}

TEST(Net, TwoPinsThatDriveAgainstEachOtherAreReportedOnce) {
  const Recording r = run(100 * ms, [] {
    board.wiring().join(board.pins().terminal(2), board.pins().terminal(3));
    const Pin one(2, Pin::OUT, 0);
    Pin other(3, Pin::OUT, 1);
    one.on();  // they agree
    one.off();
    other.init(Pin::IN);
    return one.value();
  });
  const auto conflicts = r.of(Kind::conflict);
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_EQ(conflicts[0].object, 2U);
  EXPECT_EQ(conflicts[0].extra, 3);
  EXPECT_EQ(r.last_stop().extra, 0);
}

TEST(Net, APartThatDrivesAgainstAPinIsReported) {
  const Recording r = run(100 * ms, [] {
    Terminal part;
    board.wiring().join(part, board.pins().terminal(7));
    part.drive(Drive::high());
    const Pin pin(7, Pin::OUT, 0);
    return 0;
  });
  const auto conflicts = r.of(Kind::conflict);
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].object, 7U);
  EXPECT_EQ(conflicts[0].extra, 0xffff);
}

}  // namespace
