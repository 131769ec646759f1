#include "parts/bouncing_contact.hpp"

#include <algorithm>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr std::uint64_t shortest_ns = 2'000;  // between two changes, while there is time for that
constexpr unsigned most_openings = 12;

}  // namespace

BouncingContact::BouncingContact(Wiring& wiring, Terminal& a, Terminal& b, const Bounce& bounce,
                                 std::string_view who)
    : bounce_(bounce), random_(board.seed(), who), contact_(wiring, a, b) {}

void BouncingContact::close_quietly() {
  closed_ = true;
  contact_.set(true);
}

void BouncingContact::set(bool closed) {
  if (closed == closed_) return;
  closed_ = closed;
  board.cpu().alarms().unset(next_change_);
  contact_.set(closed);
  if (!bounce_.bounce || bounce_.bounce_us == 0) return;
  const std::uint64_t longest_ns = std::uint64_t{bounce_.bounce_us} * 1000;
  still_ns_ = board.now_ns() + random_.between(longest_ns / 2, longest_ns);
  changes_left_ = 2 * static_cast<unsigned>(random_.between(1, most_openings));
  wait_for_change();
}

void BouncingContact::come_to_rest() {
  board.cpu().alarms().unset(next_change_);
  contact_.set(closed_);
}

// Each takes its part of the time that is left, so that they come closer together and are over in time.
void BouncingContact::wait_for_change() {
  const std::uint64_t left_ns = still_ns_ - board.now_ns();
  const std::uint64_t longest_ns = changes_left_ == 1 ? left_ns : left_ns * 3 / (2 * changes_left_);
  const std::uint64_t wait_ns = random_.between(std::min(shortest_ns, longest_ns), longest_ns);
  board.cpu().alarms().set(next_change_, board.now_ns() + wait_ns);
}

void BouncingContact::change() {
  contact_.set(!contact_.is_closed());
  if (--changes_left_ != 0) wait_for_change();
}

}  // namespace sim
