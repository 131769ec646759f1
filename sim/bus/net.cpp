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

// Who pulls down wins: a fight's outcome must not depend on chance.
std::optional<std::uint16_t> Net::firm_level() const {
  std::optional<std::uint16_t> lowest;
  for (const Terminal* const member : members) {
    const Drive drive = member->driven();
    if (drive.ohms == 0) lowest = std::min(lowest.value_or(Drive::supply), drive.level);
  }
  return lowest;
}

std::vector<Net*> Net::with_neighbours() {
  std::vector<Net*> nets{this};
  place_ = 0;
  for (std::size_t i = 0; i < nets.size(); ++i) {
    for (const Neighbour& neighbour : nets[i]->neighbours) {
      Net& net = *neighbour.net;
      if (net.place_ != nowhere || net.firm_level()) continue;
      net.place_ = nets.size();
      nets.push_back(&net);
    }
  }
  return nets;
}

// Kirchhoff's: what flows into a net flows out of it. As conductances times levels that is a system of linear
// equations, symmetric and positive definite; the inverse of its matrix has the nets' resistances in its
// diagonal.
std::vector<Drive> Net::solve(const std::vector<Net*>& nets) {
  const std::size_t size = nets.size();
  std::vector<double> matrix(size * size);  // in siemens, then its inverse
  std::vector<double> current(size);        // siemens times level
  bool driven = false;
  const auto at = [&](std::size_t row, std::size_t column) -> double& { return matrix[row * size + column]; };
  for (std::size_t i = 0; i < size; ++i) {
    const auto add = [&](double ohms, std::uint16_t level) {
      at(i, i) += 1 / ohms;
      current[i] += level / ohms;
      driven = true;
    };
    for (const Terminal* const member : nets[i]->members) {
      const Drive drive = member->driven();
      if (!drive.is_open()) add(drive.ohms, drive.level);
    }
    for (const Neighbour& neighbour : nets[i]->neighbours) {
      if (const std::optional<std::uint16_t> level = neighbour.net->firm_level()) {
        add(neighbour.ohms, *level);
      } else {
        at(i, i) += 1.0 / neighbour.ohms;
        at(i, neighbour.net->place_) -= 1.0 / neighbour.ohms;
      }
    }
  }
  for (Net* const net : nets) net->place_ = nowhere;
  if (!driven) return std::vector<Drive>(size);
  // Gauss and Jordan's way, in place.
  for (std::size_t pivot = 0; pivot < size; ++pivot) {
    const double inverse = 1 / at(pivot, pivot);
    at(pivot, pivot) = 1;
    for (std::size_t column = 0; column < size; ++column) at(pivot, column) *= inverse;
    for (std::size_t row = 0; row < size; ++row) {
      if (row == pivot) continue;
      const double factor = std::exchange(at(row, pivot), 0);
      for (std::size_t column = 0; column < size; ++column) at(row, column) -= factor * at(pivot, column);
    }
  }
  // Two equal pulls against each other are exactly between; that must not depend on the last bit.
  constexpr double tie = 1e-6;
  std::vector<Drive> drives;
  for (std::size_t i = 0; i < size; ++i) {
    double level = 0;
    for (std::size_t j = 0; j < size; ++j) level += at(i, j) * current[j];
    drives.push_back({static_cast<std::uint32_t>(std::lround(std::min(at(i, i), 4e9) + tie)),
                      static_cast<std::uint16_t>(std::lround(level + tie))});
  }
  return drives;
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
  std::vector<Net*> changed;
  for (const std::unique_ptr<Net>& net : nets_) {
    if (!net->worked_out) work_out(*net, changed);
  }
  for (const std::unique_ptr<Net>& net : nets_) report_conflict(*net);
  for (const Before& before : all) {
    if (before.terminal->net() != before.had) before.terminal->tell();
  }
}

// What it has now, and those that depend on each other with it.
void Wiring::work_out(Net& net, std::vector<Net*>& changed) {
  const auto becomes = [&](Net& one, Drive drive) {
    one.worked_out = true;
    if (one.value == drive) return;
    one.value = drive;
    changed.push_back(&one);
  };
  if (const std::optional<std::uint16_t> level = net.firm_level()) return becomes(net, {0, *level});
  const std::vector<Net*> nets = net.with_neighbours();
  const std::vector<Drive> drives = Net::solve(nets);
  for (std::size_t i = 0; i < nets.size(); ++i) becomes(*nets[i], drives[i]);
}

// Something on this net is different: works out what it and those behind resistors have now.
void Wiring::settle(Net& first) {
  std::vector<Net*> changed;
  const Drive before = first.value;
  work_out(first, changed);
  // Behind one that is driven, each way is apart.
  if (first.value != before) {
    for (const Net::Neighbour& neighbour : first.neighbours) {
      if (!neighbour.net->firm_level()) work_out(*neighbour.net, changed);
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
