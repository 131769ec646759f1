#include "drivers/nec_receiver.hpp"

#include <exception>
#include <span>
#include <utility>

#include "asyncio/port.hpp"
#include "asyncio/sleep.hpp"

namespace drivers {

using asyncio::Coro;
using asyncio::Site;

NecReceiver::NecReceiver(Callback callback, bool extended, const char* name, Site site)
    : callback_(std::move(callback)),
      extended_(extended),
      started_(name, site),
      codes_(std::span<NecCode>(slots_), name, site),
      task_(asyncio::event_loop.create_task(run(this, site), name != nullptr ? name : "NecIr", site)) {}

NecReceiver::~NecReceiver() {
  if (!task_.done()) task_.cancel();
}

void NecReceiver::edge() {
  if (decoding_.load(std::memory_order_acquire)) return;
  const std::uint64_t now = asyncio::port::now_us();
  if (decoder_.edges() == 0) {
    first_edge_us_ = now;
    started_.set();
  }
  decoder_.edge(static_cast<std::uint32_t>(now));
}

// An edge that comes meanwhile lies between two blocks: it is lost rather than decode() kept from interrupts.
NecCode NecReceiver::decode() {
  decoding_.store(true, std::memory_order_seq_cst);
  const NecCode code = decoder_.decode(extended_);
  decoding_.store(false, std::memory_order_seq_cst);
  return code;
}

// Cancelled by the destructor: when it resumes then, the receiver is gone.
Coro<> NecReceiver::run(NecReceiver* self, Site site) {
  // The longest block lasts 67.5 ms, or 76.5 ms with an address of 16 ones; the next begins after 108 ms.
  const std::uint64_t block_us = self->extended_ ? 80'000 : 73'000;
  for (;;) {
    co_await self->started_.wait(site);
    // However late it is that this task runs.
    const std::uint64_t end_us = self->first_edge_us_ + block_us;
    const std::uint64_t now_us = asyncio::port::now_us();
    if (end_us > now_us)
      co_await asyncio::sleep_ms(static_cast<std::int64_t>((end_us - now_us + 999) / 1000), site);
    const NecCode code = self->decode();
    self->codes_.put_overwriting(code, site);
    if (self->callback_) self->call_back(code);
  }
}

void NecReceiver::call_back(const NecCode& code) {
  try {
    callback_(code.data, code.address);
  } catch (...) {
    asyncio::event_loop.call_exception_handler(
        {"exception in a callback of NecIr", std::current_exception(), asyncio::current_task()});
  }
}

}  // namespace drivers
