// The wires of the virtual board. A Terminal is where a wire can end: a pin of the board, a leg of a part.
// Wires and closed contacts make nets of terminals; each terminal says what it does to its net (Drive), and
// the net has what results.
//
//   Terminal leg(*this);                    // this: a NetListener, told when the net changes
//   board.wiring().join(leg, board.pins().terminal(14));
//   leg.drive(Drive::low());
//
// Everything on a net is a voltage behind a resistance. Voltages are parts of the supply: 0 is ground, 65535
// the supply, as ADC.read_u16() has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sim {

class Terminal;
class Net;
class Wiring;

struct Drive {
  static constexpr std::uint32_t open = UINT32_MAX;
  static constexpr std::uint16_t supply = 65535;

  std::uint32_t ohms = open;  // 0: nothing but another one with 0 changes the voltage
  std::uint16_t level = 0;    // of a net nobody drives: 0

  static constexpr Drive to(bool high) { return {0, high ? supply : std::uint16_t{0}}; }
  static constexpr Drive high() { return to(true); }
  static constexpr Drive low() { return to(false); }
  static constexpr Drive nothing() { return {}; }
  static constexpr Drive through(std::uint32_t ohms, bool high) {
    return {ohms, high ? supply : std::uint16_t{0}};
  }
  bool is_open() const { return ohms == open; }
  bool is_high() const { return level > supply / 2; }
  friend bool operator==(const Drive&, const Drive&) = default;
};

class NetListener {
 public:
  // What the net of that terminal has is different, or was and is as before again.
  virtual void on_change(Terminal& terminal) = 0;

 protected:
  ~NetListener() = default;
};

class Terminal {
 public:
  static constexpr int no_pin = -1;

  constexpr Terminal() = default;
  explicit Terminal(NetListener& listener) : listener_(&listener) {}
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  // All contacts and resistors on it must be gone; its wires go with it.
  ~Terminal();

  // What it does to the net from now on: Drive::nothing() at first.
  void drive(Drive drive);
  Drive driven() const { return drive_; }

  // What the net has, others' doing included.
  Drive net() const;
  bool is_high() const { return net().is_high(); }
  bool is_joined_to(const Terminal& other) const {
    return this == &other || (net_ != nullptr && net_ == other.net_);
  }

  int pin() const { return pin_; }
  // It is that pin of the board.
  void become_pin(NetListener& listener, int pin) {
    listener_ = &listener;
    pin_ = pin;
  }

 private:
  friend class Net;
  friend class Wiring;
  void tell();

  NetListener* listener_ = nullptr;
  Wiring* wiring_ = nullptr;  // once it is on a wire
  Net* net_ = nullptr;        // alone: none
  Drive drive_;
  int pin_ = no_pin;
  bool in_conflict_ = false;  // reported
};

// Joins two terminals while it is closed: a switch. Open at first.
class Contact {
 public:
  Contact(Wiring& wiring, Terminal& a, Terminal& b);
  Contact(const Contact&) = delete;
  Contact& operator=(const Contact&) = delete;
  ~Contact();
  void set(bool closed);
  bool is_closed() const { return closed_; }

 private:
  friend class Wiring;
  Wiring& wiring_;
  Terminal& a_;
  Terminal& b_;
  bool closed_ = false;
};

// Of at least 1 ohm.
class Resistor {
 public:
  Resistor(Wiring& wiring, Terminal& a, Terminal& b, std::uint32_t ohms);
  Resistor(const Resistor&) = delete;
  Resistor& operator=(const Resistor&) = delete;
  ~Resistor();
  void set_ohms(std::uint32_t ohms);

 private:
  friend class Wiring;
  Wiring& wiring_;
  Terminal& a_;
  Terminal& b_;
  std::uint32_t ohms_;
};

// What Wiring makes of them.
class Net {
 public:
  struct Neighbour {
    Net* net;
    std::uint32_t ohms;
  };

  std::vector<Terminal*> members;
  std::vector<Neighbour> neighbours;  // through resistors
  Drive value;
  bool worked_out = false;  // ever

  // What those members say who drive it without a resistance: nothing else matters then.
  std::optional<std::uint16_t> firm_level() const;
  // For one without a firm level: it, and all others without that are joined to it through resistors.
  std::vector<Net*> with_neighbours();
  // What each of those has.
  static std::vector<Drive> solve(const std::vector<Net*>& nets);
  // Two members drive it firmly and differently: which, or two nullptr.
  std::pair<const Terminal*, const Terminal*> opponents() const;

 private:
  static constexpr std::size_t nowhere = SIZE_MAX;
  std::size_t place_ = nowhere;  // in what with_neighbours() gave, until solve()
};

class Wiring {
 public:
  constexpr Wiring() = default;
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;
  ~Wiring();

  // A wire, for good.
  void join(Terminal& a, Terminal& b);

  // The infrared light around the board, as if it were a wire: remote controls drive it high while they
  // shine, receivers are told. Nothing else may be joined to it.
  Terminal& infrared() { return infrared_; }

 private:
  friend class Terminal;
  friend class Contact;
  friend class Resistor;
  void add(Terminal& terminal);
  void forget(Terminal& terminal);
  void rebuild();
  static void work_out(Net& net, std::vector<Net*>& changed);
  void settle(Net& first);
  static void report_conflict(const Net& net);

  std::vector<Terminal*> terminals_;
  std::vector<std::pair<Terminal*, Terminal*>> wires_;
  std::vector<Contact*> contacts_;
  std::vector<Resistor*> resistors_;
  std::vector<std::unique_ptr<Net>> nets_;
  Terminal infrared_;  // last: when it goes, it looks at the others
};

}  // namespace sim
