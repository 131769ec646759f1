// asyncio_wait_for_fwd.py: cancelling a wait_for() cancels what it waits for, in four combinations of who
// swallows it.

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<bool> awaiting(std::chrono::milliseconds delay, bool return_if_fail) {
  try {
    print("awaiting started\n");
    co_await asyncio::sleep(delay);
  } catch (const asyncio::CancelledError&) {
    print("awaiting canceled\n");
    if (!return_if_fail) throw;
    co_return false;
  } catch (const std::exception& error) {
    print("caught exception %s\n", error.what());
    throw;
  }
  co_return true;
}

Coro<> wait(bool swallow, bool swallow_inside) {
  try {
    co_await asyncio::wait_for(awaiting(2s, swallow_inside), 1s);
  } catch (const asyncio::TimeoutError&) {
    print("Got timeout error\n");
    throw;
  } catch (const asyncio::CancelledError&) {
    print("Got canceled\n");
    if (!swallow) throw;
  }
}

Coro<> cancel(Task<> t) {
  print("cancel started\n");
  co_await asyncio::sleep(10ms);
  print("cancel wait()\n");
  t.cancel();
}

Coro<> cancellation_is_forwarded(bool swallow, bool swallow_inside) {
  print("----------\n");
  const Task<> t = asyncio::create_task(wait(swallow, swallow_inside));
  asyncio::create_task(cancel(t));
  try {
    co_await t;
  } catch (const asyncio::CancelledError&) {
    print("waiting got cancelled\n");
  }
}

TEST_F(MicroPython, asyncio_wait_for_fwd) {
  asyncio::run(cancellation_is_forwarded(false, false));
  asyncio::run(cancellation_is_forwarded(false, true));
  asyncio::run(cancellation_is_forwarded(true, true));
  asyncio::run(cancellation_is_forwarded(true, false));

  expect_lines(R"(
----------
cancel started
awaiting started
cancel wait()
Got canceled
awaiting canceled
waiting got cancelled
----------
cancel started
awaiting started
cancel wait()
Got canceled
awaiting canceled
waiting got cancelled
----------
cancel started
awaiting started
cancel wait()
Got canceled
awaiting canceled
----------
cancel started
awaiting started
cancel wait()
Got canceled
awaiting canceled
)");
}

}  // namespace
}  // namespace conformance
