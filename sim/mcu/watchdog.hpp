// The watchdog: once started it resets the board unless it is fed in time.
#pragma once

#include <cstdint>

namespace sim {

class Alarm;

class Watchdog {
 public:
  constexpr Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  void start(std::uint64_t timeout_ns);
  void feed();
  // It runs, and was started or fed last before that time.
  bool was_fed_before(std::uint64_t time_ns) const { return alarm_ != nullptr && fed_ns_ < time_ns; }

 private:
  Alarm* alarm_ = nullptr;  // owned
  std::uint64_t timeout_ns_ = 0;
  std::uint64_t fed_ns_ = 0;
};

}  // namespace sim
