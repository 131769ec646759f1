// asyncio_event.py: Event: set, clear, wait; with cancelled waiters and under wait_for().

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(int id, asyncio::Event& event) {
  print("start %d\n", id);
  print("%s\n", boolean(co_await event.wait()));
  print("end %d\n", id);
}

Coro<> task_delay_set(std::chrono::milliseconds delay, asyncio::Event& event) {
  co_await asyncio::sleep(delay);
  print("set event\n");
  event.set();
}

Coro<> main_task() {
  asyncio::Event event;

  // Nobody waits.
  print("%s\n", boolean(event.is_set()));
  event.set();
  print("%s\n", boolean(event.is_set()));
  event.clear();
  print("%s\n", boolean(event.is_set()));

  // Two tasks wait.
  print("----\n");
  asyncio::create_task(task(1, event));
  asyncio::create_task(task(2, event));
  print("yield\n");
  co_await asyncio::sleep(0s);
  print("set event\n");
  event.set();
  print("yield\n");
  co_await asyncio::sleep(0s);

  // It is set already.
  print("----\n");
  asyncio::create_task(task(3, event));
  print("yield\n");
  co_await asyncio::sleep(0s);

  // Cleared, waited for, set again.
  print("----\n");
  print("clear event\n");
  event.clear();
  asyncio::create_task(task(4, event));
  co_await asyncio::sleep(0s);
  print("set event\n");
  event.set();
  co_await asyncio::sleep(0s);

  // Set, then the waiter is cancelled.
  print("----\n");
  asyncio::Event set_first;
  Task<> t = asyncio::create_task(task(5, set_first));
  co_await asyncio::sleep(0s);
  set_first.set();
  t.cancel();
  co_await asyncio::sleep(100ms);

  // The waiter is cancelled, then set.
  print("----\n");
  asyncio::Event cancel_first;
  t = asyncio::create_task(task(6, cancel_first));
  co_await asyncio::sleep(0s);
  t.cancel();
  cancel_first.set();
  co_await asyncio::sleep(100ms);

  // With a time limit, set in time.
  print("----\n");
  cancel_first.clear();
  asyncio::create_task(task_delay_set(10ms, cancel_first));
  co_await asyncio::wait_for(cancel_first.wait(), 100ms);
  co_await asyncio::sleep(0s);

  // With a time limit, set too late.
  print("----\n");
  cancel_first.clear();
  asyncio::create_task(task_delay_set(100ms, cancel_first));
  try {
    co_await asyncio::wait_for(cancel_first.wait(), 10ms);
  } catch (const asyncio::TimeoutError&) {
    print("TimeoutError\n");
  }
  co_await cancel_first.wait();
}

TEST_F(MicroPython, asyncio_event) {
  asyncio::run(main_task());

  expect_lines(R"(
False
True
False
----
yield
start 1
start 2
set event
yield
True
end 1
True
end 2
----
yield
start 3
True
end 3
----
clear event
start 4
set event
True
end 4
----
start 5
----
start 6
----
set event
----
TimeoutError
set event
)");
}

}  // namespace
}  // namespace conformance
