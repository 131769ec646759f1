#include "mcu/alarms.hpp"

namespace sim {

Alarm::~Alarm() {
  if (alarms_ != nullptr) alarms_->unset(*this);
}

void Alarms::put(Alarm* alarm, std::size_t place) {
  heap_[place] = alarm;
  alarm->place_ = place;
}

void Alarms::sift_up(std::size_t place) {
  Alarm* const alarm = heap_[place];
  while (place != 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!before(*alarm, *heap_[parent])) break;
    put(heap_[parent], place);
    place = parent;
  }
  put(alarm, place);
}

void Alarms::sift_down(std::size_t place) {
  Alarm* const alarm = heap_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], *alarm)) break;
    put(heap_[child], place);
    place = child;
  }
  put(alarm, place);
}

void Alarms::set(Alarm& alarm, std::uint64_t time_ns) {
  if (alarm.alarms_ != nullptr) alarm.alarms_->unset(alarm);
  alarm.alarms_ = this;
  alarm.time_ns_ = time_ns;
  alarm.order_ = count_++;
  heap_.push_back(&alarm);
  sift_up(heap_.size() - 1);
}

void Alarms::unset(Alarm& alarm) {
  if (alarm.alarms_ != this) return;
  alarm.alarms_ = nullptr;
  const std::size_t place = alarm.place_;
  Alarm* const last = heap_.back();
  heap_.pop_back();
  if (last == &alarm) return;
  put(last, place);
  sift_up(place);
  sift_down(last->place_);
}

void Alarms::go_off() {
  Alarm& alarm = *heap_.front();
  unset(alarm);
  alarm.call_();
}

}  // namespace sim
