#include "drivers/gps.hpp"

#include <utility>

#include "asyncio/port.hpp"
#include "drivers/calendar.hpp"

namespace drivers {

using asyncio::Coro;
using asyncio::Site;

Gps::Gps(asyncio::StreamReader& reader, const Options& options, FixCallback callback, const char* name,
         Site site)
    : callback_(std::move(callback)),
      local_offset_(options.local_offset),
      cb_mask_(options.cb_mask),
      received_(name, site),
      task_(
          asyncio::event_loop.create_task(read(this, &reader, site), name != nullptr ? name : "Gps", site)) {}

Gps::~Gps() {
  for (Waiter* waiter = waiters_; waiter != nullptr; waiter = waiter->next) waiter->gps = nullptr;
  if (!task_.done()) task_.cancel();
}

// Cancelled by the destructor: when it resumes then, the Gps is gone.
Coro<> Gps::read(Gps* self, asyncio::StreamReader* reader, Site site) {
  char bytes[32];
  try {
    for (;;) {
      const std::size_t count = co_await reader->readinto(std::span<char>(bytes), site);
      if (count == 0) throw asyncio::EOFError("Gps: the stream from the module has ended");
      for (std::size_t i = 0; i < count; ++i) {
        const Sentence sentence = self->parser_.feed(bytes[i]);
        if (sentence != NO_SENTENCE) self->take(sentence);
      }
    }
  } catch (const asyncio::CancelledError&) {
    throw;
  } catch (...) {
    // Whoever waits, or will, throws it as well.
    self->failure_ = std::current_exception();
    self->received_.set(site);
    throw;
  }
}

void Gps::take(Sentence sentence) {
  const std::uint8_t contents = parser_.contents();
  if ((contents & POSITION) != 0) {
    has_fix_ = true;
    fix_us_ = asyncio::port::now_us();
  }
  bool complete = false;
  for (Waiter* waiter = waiters_; waiter != nullptr; waiter = waiter->next) {
    waiter->missing = static_cast<std::uint8_t>(waiter->missing & ~contents);
    if (waiter->missing == 0) complete = true;
  }
  if (complete) {
    received_.set();
    received_.clear();
  }
  if ((cb_mask_ & sentence) == 0 || !callback_) return;
  try {
    callback_(*this, sentence);
  } catch (...) {
    asyncio::event_loop.call_exception_handler(
        {"exception in a callback of Gps", std::current_exception(), asyncio::current_task()});
  }
}

Gps::Waiter::~Waiter() {
  if (gps == nullptr) return;
  Waiter** link = &gps->waiters_;
  while (*link != this) link = &(*link)->next;
  *link = next;
}

Coro<> Gps::wait_for_all(std::uint8_t wanted, Site site) {
  Waiter waiter(*this, wanted);
  while (waiter.missing != 0) {
    if (failure_) std::rethrow_exception(failure_);
    co_await received_.wait(site);
  }
}

Coro<> Gps::data_received(Wanted wanted, Site site) {
  const auto contents =
      static_cast<std::uint8_t>((wanted.position ? POSITION : 0) | (wanted.course ? COURSE : 0) |
                                (wanted.date ? DATE : 0) | (wanted.altitude ? ALTITUDE : 0));
  if (contents == 0)
    throw asyncio::ValueError("Gps.data_received(): say what to wait for: {.position = true}");
  co_await wait_for_all(contents, site);
}

Coro<std::span<const Satellite>> Gps::get_satellite_data(Site site) {
  co_await wait_for_all(SATELLITES, site);
  co_return satellites();
}

double Gps::speed(SpeedUnit unit) const {
  const double knots = data().speed / 1e3;
  if (unit == SpeedUnit::KNOT) return knots;
  return knots * (unit == SpeedUnit::MPH ? 1.852 / 1.609344 : 1.852);
}

std::optional<machine::DateTime> Gps::utc() const {
  if (!data().has_utc) return std::nullopt;
  return data().utc;
}

std::optional<machine::DateTime> Gps::local_time() const {
  if (!data().has_utc) return std::nullopt;
  machine::DateTime local = date_of(seconds_of(data().utc) +
                                    std::chrono::duration_cast<std::chrono::seconds>(local_offset_).count());
  local.subseconds = data().utc.subseconds;
  return local;
}

std::optional<std::chrono::milliseconds> Gps::time_since_fix() const {
  if (!has_fix_) return std::nullopt;
  return std::chrono::milliseconds((asyncio::port::now_us() - fix_us_) / 1000);
}

}  // namespace drivers
