// NecReceiver: decodes the edges that an interrupt reports, in a task. What NecIr (nec_ir.hpp) does without
// knowing a pin: for edges that come from elsewhere, such as a capture unit.
//
// Who resumes where: the task sees the first edge when the loop looks at devices, sleeps until a block must
// have ended, 73 ms after that edge (80 ms if extended), and decodes; then it calls the callback, and whoever
// waits in next() goes behind whatever is ready. It may be up to 35 ms late (28 ms if extended) until edges
// of the next block come in and the result is OVERRUN.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "asyncio/inplace_function.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "drivers/nec_decoder.hpp"

namespace drivers {

class NecReceiver {
 public:
  // The data and the address; called in the receiver's task: must be short, and must not destroy it. What it
  // throws goes to the loop's exception handler.
  using Callback = asyncio::InplaceFunction<void(int data, int address)>;
  // May be made before run(). `extended`: the remote may send addresses of 16 bits. `name` is for the trace
  // and is kept, not copied: a literal.
  explicit NecReceiver(Callback callback = {}, bool extended = false, const char* name = nullptr,
                       asyncio::Site site = {});
  NecReceiver(const NecReceiver&) = delete;
  NecReceiver& operator=(const NecReceiver&) = delete;
  // A task that still waits gets a RuntimeError.
  ~NecReceiver();

  // `co_await remote.next()`: the next code, errors included. The last 8 that nobody has taken are kept.
  auto next(asyncio::Site site = {}) { return codes_.next(site); }

  // The level has changed now; called by the interrupt.
  void edge();

 private:
  static asyncio::Coro<> run(NecReceiver* self, asyncio::Site site);
  NecCode decode();
  void call_back(const NecCode& code);

  Callback callback_;
  bool extended_;
  NecDecoder decoder_;
  std::uint64_t first_edge_us_ = 0;
  std::atomic<bool> decoding_ = false;  // edges are not for the decoder now
  asyncio::ThreadSafeFlag started_;     // by the first edge of a block
  std::array<NecCode, 9> slots_;
  asyncio::RingbufQueue<NecCode> codes_;
  asyncio::Task<> task_;
};

}  // namespace drivers
