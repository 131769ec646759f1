// BouncingContact: a contact as they are in switches, buttons and encoders. When it is closed or opened it
// does so at once, then opens and closes again for a while, and at last is what it was set to. How often and
// when is by chance, from the board's seed; without bounce it is a Contact.
//
//   BouncingContact contact_{board.wiring(), one_, two_, {.bounce_us = 800}, id()};
//   contact_.set(true);
#pragma once

#include <cstdint>
#include <string_view>

#include "bus/net.hpp"
#include "mcu/alarms.hpp"
#include "mcu/random.hpp"

namespace sim {

struct Bounce {
  bool bounce = true;
  // The longest time from the first touch to the last, in us. Those of good buttons are below 1 ms, of bad
  // ones below 10 ms. 0: none, as without bounce.
  std::uint32_t bounce_us = 1000;
};

class BouncingContact {
 public:
  // `who`: the part's id, and if it has several contacts, which.
  BouncingContact(Wiring& wiring, Terminal& a, Terminal& b, const Bounce& bounce, std::string_view who);

  // It is closed and still: how a switch may be before anything happens.
  void close_quietly();
  // From now on. If it still bounces from the last time, that ends here.
  void set(bool closed);
  // It bounces no more.
  void come_to_rest();
  // What it is or will be when it is still.
  bool is_closed() const { return closed_; }
  // What it is at this moment.
  bool touches() const { return contact_.is_closed(); }

 private:
  void wait_for_change();
  void change();

  Bounce bounce_;
  Random random_;
  Alarm next_change_{[this] { change(); }};
  Contact contact_;
  bool closed_ = false;
  std::uint64_t still_ns_ = 0;  // it is still from then on
  unsigned changes_left_ = 0;   // even: the last one is the one to stay
};

}  // namespace sim
