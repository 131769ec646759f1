#include "bus/net.hpp"

#include <algorithm>
#include <cmath>

#include "trace/hooks.hpp"

namespace sim {
namespace {

// As the record `conflict` has it: a part has no pin number.
std::uint32_t trace_number(const Terminal& terminal) {
  return terminal.pin() == Terminal::no_pin ? 0xffffU : static_cast<std::uint32_t>(terminal.pin());
}

}  // namespace

// --- What results on a net

Drive Net::result(const Net* from) const {
  double conductance = 0;  // in siemens
  double current = 0;      // conductance times level
  const auto add = [&](Drive drive, std::uint32_t further_ohms) {
    const double siemens = 1.0 / (static_cast<double>(drive.ohms) + further_ohms);
    conductance += siemens;
    current += siemens * drive.level;
  };
  std::uint32_t lowest = Drive::supply + 1U;
  for (const Terminal* const member : members) {
    const Drive drive = member->driven();
    if (drive.is_open()) continue;
    // Who pulls down wins: a fight's outcome must not depend on chance.
    if (drive.ohms == 0) {
      lowest = std::min<std::uint32_t>(lowest, drive.level);
    } else {
      add(drive, 0);
    }
  }
  if (lowest <= Drive::supply) return {0, static_cast<std::uint16_t>(lowest)};
  visited_ = true;
  for (const Neighbour& neighbour : neighbours) {
    if (neighbour.net == from || neighbour.net->visited_) continue;
    const Drive behind = neighbour.net->result(this);
    if (!behind.is_open()) add(behind, neighbour.ohms);
  }
  visited_ = false;
  if (conductance == 0) return Drive::nothing();
  return {static_cast<std::uint32_t>(std::lround(std::min(1 / conductance, 4e9))),
          static_cast<std::uint16_t>(std::lround(current / conductance))};
}

std::pair<const Terminal*, const Terminal*> Net::opponents() const {
  const Terminal* first = nullptr;
  for (const Terminal* const member : members) {
    if (member->driven().ohms != 0) continue;
    if (first == nullptr) {
      first = member;
    } else if (first->driven().is_high() != member->driven().is_high()) {
      // The board's own pin goes first, in the record too.
      return first->pin() != Terminal::no_pin ? std::pair(first, member) : std::pair(member, first);
    }
  }
  return {nullptr, nullptr};
}

// --- Terminal

Terminal::~Terminal() {
  if (wiring_ != nullptr) wiring_->forget(*this);
}

void Terminal::drive(Drive drive) {
  if (drive == drive_) return;
  drive_ = drive;
  if (net_ != nullptr) {
    wiring_->settle(*net_);
  } else {
    tell();
  }
}

void Terminal::tell() {
  if (listener_ != nullptr) listener_->on_change(*this);
}

Drive Terminal::net() const { return net_ != nullptr ? net_->value : drive_; }

// --- Contact and Resistor

Contact::Contact(Wiring& wiring, Terminal& a, Terminal& b) : wiring_(wiring), a_(a), b_(b) {
  wiring.add(a);
  wiring.add(b);
  wiring.contacts_.push_back(this);
  wiring.rebuild();
}

Contact::~Contact() {
  std::erase(wiring_.contacts_, this);
  wiring_.rebuild();
}

void Contact::set(bool closed) {
  if (closed_ == closed) return;
  closed_ = closed;
  wiring_.rebuild();
}

Resistor::Resistor(Wiring& wiring, Terminal& a, Terminal& b, std::uint32_t ohms)
    : wiring_(wiring), a_(a), b_(b), ohms_(std::max(ohms, 1U)) {
  wiring.add(a);
  wiring.add(b);
  wiring.resistors_.push_back(this);
  wiring.rebuild();
}

Resistor::~Resistor() {
  std::erase(wiring_.resistors_, this);
  wiring_.rebuild();
}

void Resistor::set_ohms(std::uint32_t ohms) {
  ohms = std::max(ohms, 1U);
  if (ohms_ == ohms) return;
  ohms_ = ohms;
  wiring_.rebuild();
}

// --- Wiring

Wiring::~Wiring() = default;

void Wiring::join(Terminal& a, Terminal& b) {
  add(a);
  add(b);
  wires_.emplace_back(&a, &b);
  rebuild();
}

void Wiring::add(Terminal& terminal) {
  if (terminal.wiring_ != nullptr) return;
  terminal.wiring_ = this;
  terminals_.push_back(&terminal);
}

void Wiring::forget(Terminal& terminal) {
  std::erase_if(wires_,
                [&](const auto& wire) { return wire.first == &terminal || wire.second == &terminal; });
  std::erase(terminals_, &terminal);
  terminal.net_ = nullptr;
  terminal.listener_ = nullptr;
  rebuild();
}

// The nets anew, and what they have then. Those who notice a difference are told when all is settled.
void Wiring::rebuild() {
  struct Before {
    Terminal* terminal;
    Drive had;
  };
  std::vector<Before> all;
  all.reserve(terminals_.size());
  for (Terminal* const terminal : terminals_) all.push_back({terminal, terminal->net()});

  nets_.clear();
  for (Terminal* const terminal : terminals_) {
    nets_.push_back(std::make_unique<Net>());
    terminal->net_ = nets_.back().get();
    terminal->net_->members.push_back(terminal);
  }
  const auto merge = [](const Terminal& a, const Terminal& b) {
    Net* const to = a.net_;
    Net* const from = b.net_;
    if (to == from) return;
    for (Terminal* const member : from->members) {
      member->net_ = to;
      to->members.push_back(member);
    }
    from->members.clear();
  };
  for (const auto& [a, b] : wires_) merge(*a, *b);
  for (const Contact* const contact : contacts_) {
    if (contact->closed_) merge(contact->a_, contact->b_);
  }
  std::erase_if(nets_, [](const std::unique_ptr<Net>& net) { return net->members.empty(); });
  for (const Resistor* const resistor : resistors_) {
    Net* const a = resistor->a_.net_;
    Net* const b = resistor->b_.net_;
    if (a == b) continue;
    a->neighbours.push_back({b, resistor->ohms_});
    b->neighbours.push_back({a, resistor->ohms_});
  }
  for (const std::unique_ptr<Net>& net : nets_) net->value = net->result();
  for (const std::unique_ptr<Net>& net : nets_) report_conflict(*net);
  for (const Before& before : all) {
    if (before.terminal->net() != before.had) before.terminal->tell();
  }
}

// Something on this net is different: works out what it and those behind resistors have now.
void Wiring::settle(Net& first) {
  std::vector<Net*> changed;
  const auto look_at = [&](Net& net) {
    const Drive now = net.result();
    if (now == net.value) return;
    net.value = now;
    changed.push_back(&net);
  };
  look_at(first);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    for (const Net::Neighbour& neighbour : changed[i]->neighbours) {
      if (std::find(changed.begin(), changed.end(), neighbour.net) == changed.end()) look_at(*neighbour.net);
    }
  }
  report_conflict(first);
  // Copied, because whoever is told may change the wiring.
  std::vector<Terminal*> told;
  for (const Net* const net : changed) told.insert(told.end(), net->members.begin(), net->members.end());
  for (Terminal* const terminal : told) terminal->tell();
}

// Once for each fight.
void Wiring::report_conflict(const Net& net) {
  const auto [one, other] = net.opponents();
  if (one == nullptr) {
    for (Terminal* const member : net.members) member->in_conflict_ = false;
    return;
  }
  if (one->in_conflict_) return;
  for (Terminal* const member : net.members) member->in_conflict_ = true;
  trace::emit(trace::Kind::conflict, 0, trace_number(*one), 0U, 0,
              static_cast<std::uint16_t>(trace_number(*other)));
}

}  // namespace sim
