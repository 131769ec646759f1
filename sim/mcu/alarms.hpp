// What happens on the virtual board at a time: an Alarm calls a function at it. All that is not the firmware
// runs by alarms: the bits of a UART, the bounce of a button, a timer. Alarms of one time go off in the order
// they were set.
//
//   Alarm next_bit{[this] { send_bit(); }};
//   board.alarms().set(next_bit, board.now_ns() + bit_ns);
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace sim {

class Alarms;

// Not set at first. Setting it again moves it; it is unset when it goes off, before the call, which may set
// it again.
class Alarm {
 public:
  explicit Alarm(std::function<void()> call) : call_(std::move(call)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm();

  bool is_set() const { return alarms_ != nullptr; }
  std::uint64_t time_ns() const { return time_ns_; }

 private:
  friend class Alarms;
  std::function<void()> call_;
  Alarms* alarms_ = nullptr;  // where it is set
  std::uint64_t time_ns_ = 0;
  std::uint64_t order_ = 0;
  std::size_t place_ = 0;  // in Alarms::heap_
};

class Alarms {
 public:
  static constexpr std::uint64_t never = UINT64_MAX;

  void set(Alarm& alarm, std::uint64_t time_ns);
  void unset(Alarm& alarm);
  // The time of the next one, or never.
  std::uint64_t next_ns() const { return heap_.empty() ? never : heap_.front()->time_ns_; }
  // Calls the next one, whose time has come. There must be one.
  void go_off();

 private:
  static bool before(const Alarm& a, const Alarm& b) {
    return a.time_ns_ != b.time_ns_ ? a.time_ns_ < b.time_ns_ : a.order_ < b.order_;
  }
  void put(Alarm* alarm, std::size_t place);
  void sift_up(std::size_t place);
  void sift_down(std::size_t place);

  std::vector<Alarm*> heap_;  // binary
  std::uint64_t count_ = 0;   // of all that were ever set
};

}  // namespace sim
