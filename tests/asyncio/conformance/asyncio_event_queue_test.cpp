// asyncio_event_queue.py: the loop stays alive while its only task waits for an event that something outside
// the loop will set.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> foo(asyncio::Event& event) {
  print("foo waiting\n");
  // An interrupt may set an Event only because the loop sleeps then; see ThreadSafeFlag.
  virtual_board::interrupt_at_us(virtual_board::now_us() + 100'000, [&event] {
    print("asyncio still pending, unlocking event\n");
    event.set();
  });
  co_await event.wait();
  print("foo done\n");
}

Coro<> main_task(asyncio::Event& event) {
  print("main started\n");
  co_await foo(event);
  print("main done\n");
}

TEST_F(MicroPython, asyncio_event_queue) {
  asyncio::Event event;
  asyncio::run(main_task(event));

  expect_lines(R"(
main started
foo waiting
asyncio still pending, unlocking event
foo done
main done
)");
}

}  // namespace
}  // namespace conformance
