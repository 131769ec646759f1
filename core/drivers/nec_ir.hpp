// NecIr: an infrared remote control that speaks the NEC protocol, by a receiver chip (TSOP4838) on a pin.
// Hinch's NEC_IR.
//
//   drivers::NecIr remote(machine::Pin(15, machine::Pin::IN));
//   for (;;) {
//     drivers::NecCode code = co_await remote.next();
//     if (code.is_error()) continue;                          // out of range, another remote …
//     if (code.data == drivers::NecCode::REPEAT) volume += step;
//     else print("key %d of remote %d\n", code.data, code.address);
//   }
//
// Or with a callback: drivers::NecIr remote(pin, [](int data, int address) { … });
// nec_decoder.hpp has the codes and errors, nec_receiver.hpp says who resumes where.
#pragma once

#include "drivers/nec_receiver.hpp"
#include "machine/pin.hpp"

namespace drivers {

class NecIr : public NecReceiver {
 public:
  // Takes the pin's interrupt, at both edges. The pin's mode is the caller's. The rest as NecReceiver.
  explicit NecIr(machine::Pin pin, Callback callback = {}, bool extended = false, const char* name = nullptr,
                 asyncio::Site site = {});
  // Gives the interrupt back.
  ~NecIr();

 private:
  machine::Pin pin_;
};

}  // namespace drivers
