// IrReceiver: a receiver for infrared remote controls, such as a TSOP4838, with the demodulator in it.
// wokwi-ir-receiver.
//
// Legs: GND, VCC, DAT: low while a remote control shines (a mark), else pulled up to VCC by 30 kohm. It sees
// every remote control of the diagram. It is some periods of the 38 kHz late, varying by chance, and does not
// see what is shorter (data sheet of the TSOP48..: output pulse delay, 7 to 15 periods).
#pragma once

#include "mcu/alarms.hpp"
#include "mcu/random.hpp"
#include "parts/part.hpp"

namespace sim {

class IrReceiver final : public Part {
 public:
  explicit IrReceiver(std::string id);

  void on_change(Terminal& terminal) override;

 private:
  void update();

  Random random_;
  Alarm seen_{[this] { update(); }};
  bool lit_ = false;
  Terminal light_{*this};
  Terminal vcc_{*this};
  Terminal gnd_{*this};
  Terminal dat_;
  Resistor pull_up_;
  Contact output_;
};

}  // namespace sim
