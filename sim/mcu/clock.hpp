// Virtual time: nanoseconds since the board started. It moves only when told, up to the time the board is to
// stop.
#pragma once

#include <cstdint>

namespace sim {

class Clock {
 public:
  static constexpr std::uint64_t never = UINT64_MAX;
  // A time or a duration in us; never, if that is too long to be counted.
  static constexpr std::uint64_t ns_of(std::uint64_t us) { return us < never / 1000 ? us * 1000 : never; }
  static constexpr std::uint64_t later(std::uint64_t time_ns, std::uint64_t by_ns) {
    return by_ns < never - time_ns ? time_ns + by_ns : never;
  }

  std::uint64_t now_ns() const { return now_ns_; }
  std::uint64_t end_ns() const { return end_ns_; }
  void set_end_ns(std::uint64_t end_ns) { end_ns_ = end_ns; }
  bool at_end() const { return now_ns_ >= end_ns_; }

  // Both stop at the end, and do nothing when the time given has passed.
  void advance(std::uint64_t duration_ns) {
    now_ns_ = duration_ns < left_ns() ? now_ns_ + duration_ns : end_or_now();
  }
  void jump_to(std::uint64_t time_ns) {
    if (time_ns > now_ns_) advance(time_ns - now_ns_);
  }

 private:
  std::uint64_t left_ns() const { return at_end() ? 0 : end_ns_ - now_ns_; }
  std::uint64_t end_or_now() const { return at_end() ? now_ns_ : end_ns_; }

  std::uint64_t now_ns_ = 0;
  std::uint64_t end_ns_ = never;
};

}  // namespace sim
