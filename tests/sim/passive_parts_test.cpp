// Parts without a mind: resistor, potentiometer, supply and ground.
#include <gtest/gtest.h>

#include "parts/potentiometer.hpp"
#include "parts/resistor_part.hpp"
#include "parts/supply.hpp"
#include "recording.hpp"
#include "wired_part.hpp"

namespace {

using sim::Drive;
using sim::Potentiometer;
using sim::ResistorPart;
using sim::Terminal;
using wired_part::leg;
using wired_part::set;
using wired_part::Supplies;
using wired_part::wire;

TEST(Supply, DrivesItsLeg) {
  const Supplies supplies;
  EXPECT_EQ(leg(supplies.vcc, "VCC").net(), Drive::high());
  EXPECT_EQ(leg(supplies.gnd, "GND").net(), Drive::low());
}

TEST(ResistorPart, PullsWhatIsOnItsOtherEnd) {
  const Supplies supplies;
  const ResistorPart resistor("r1", {.ohms = 4700});
  EXPECT_TRUE(leg(resistor, "2").net().is_open());
  wire(resistor, "1", supplies.vcc, "VCC");
  EXPECT_EQ(leg(resistor, "2").net(), Drive::through(4700, true));
}

TEST(Potentiometer, SigIsTheDividedVoltage) {
  const Supplies supplies;
  Potentiometer knob("pot1", {.value = 512});
  wire(knob, "VCC", supplies.vcc, "VCC");
  wire(knob, "GND", supplies.gnd, "GND");
  const auto per_mille = [&] { return (leg(knob, "SIG").net().level * 1000 + 32767) / 65535; };
  EXPECT_EQ(per_mille(), 500);
  EXPECT_NEAR(leg(knob, "SIG").net().ohms, 2500, 1) << "two times 5 kohm in parallel";
  set(knob, "value", 0);
  EXPECT_EQ(per_mille(), 0);
  set(knob, "value", 1023);
  EXPECT_EQ(per_mille(), 1000);
  set(knob, "value", 256);
  EXPECT_EQ(per_mille(), 250);
}

TEST(Potentiometer, TellsWhoHangsOnItsWiper) {
  class Listener : public sim::NetListener {
   public:
    void on_change(Terminal&) override { ++changes; }
    int changes = 0;
  } listener;
  const Supplies supplies;
  Potentiometer knob("pot1");
  wire(knob, "VCC", supplies.vcc, "VCC");
  wire(knob, "GND", supplies.gnd, "GND");
  Terminal probe(listener);
  sim::board.wiring().join(leg(knob, "SIG"), probe);
  listener.changes = 0;
  set(knob, "value", 700);
  EXPECT_GE(listener.changes, 1);
  EXPECT_TRUE(probe.is_high());
}

TEST(Potentiometer, BehindAnEndThatIsNotWiredItIsAResistor) {
  const Supplies supplies;
  Potentiometer knob("pot1", {.value = 5000});  // as far as it goes
  wire(knob, "GND", supplies.gnd, "GND");
  EXPECT_EQ(leg(knob, "SIG").net(), Drive::through(10'000, false));
  EXPECT_THROW(set(knob, "value", 1024), std::out_of_range);
}

}  // namespace
