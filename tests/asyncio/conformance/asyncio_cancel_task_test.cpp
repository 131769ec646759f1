// asyncio_cancel_task.py: cancelling: before the first run, while asleep, several times, after the end, and
// through an await.

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(std::chrono::milliseconds delay, bool allow_cancel) {
  try {
    print("task start\n");
    co_await asyncio::sleep(delay);
    print("task done\n");
  } catch (const asyncio::CancelledError&) {
    print("task cancel\n");
    if (allow_cancel) throw;
  }
}

Coro<> task2(bool allow_cancel) {
  print("task 2\n");
  try {
    co_await asyncio::create_task(task(50ms, allow_cancel));
  } catch (const asyncio::CancelledError&) {
    print("task 2 cancel\n");
    throw;
  }
  print("task 2 done\n");
}

Coro<> main_task() {
  // Before it ran: it never starts.
  Task<> t = asyncio::create_task(task(2s, true));
  print("%s\n", boolean(t.cancel()));

  // While it sleeps.
  t = asyncio::create_task(task(2s, true));
  co_await asyncio::sleep(10ms);
  print("%s\n", boolean(t.cancel()));
  print("main sleep\n");
  co_await asyncio::sleep(10ms);

  // Several times before it has its turn.
  t = asyncio::create_task(task(2s, true));
  co_await asyncio::sleep(10ms);
  for (int i = 0; i < 4; ++i) print("%s\n", boolean(t.cancel()));
  print("main sleep\n");
  co_await asyncio::sleep(10ms);

  // Awaiting it afterwards.
  print("main wait\n");
  try {
    co_await t;
  } catch (const asyncio::CancelledError&) {
    print("main got CancelledError\n");
  }

  // After it has finished.
  t = asyncio::create_task(task(10ms, false));
  co_await asyncio::sleep(50ms);
  print("%s\n", boolean(t.cancel()));

  // task2 awaits task: cancelling task2 cancels task, then task2.
  print("----\n");
  t = asyncio::create_task(task2(true));
  co_await asyncio::sleep(10ms);
  print("main cancel\n");
  t.cancel();
  print("main sleep\n");
  co_await asyncio::sleep(100ms);

  // The same, but task swallows it: task2 goes on.
  print("----\n");
  t = asyncio::create_task(task2(false));
  co_await asyncio::sleep(10ms);
  print("main cancel\n");
  t.cancel();
  print("main sleep\n");
  co_await asyncio::sleep(100ms);
}

TEST_F(MicroPython, asyncio_cancel_task) {
  asyncio::run(main_task());

  expect_lines(R"(
True
task start
True
main sleep
task cancel
task start
True
True
True
True
main sleep
task cancel
main wait
main got CancelledError
task start
task done
False
----
task 2
task start
main cancel
main sleep
task cancel
task 2 cancel
----
task 2
task start
main cancel
main sleep
task cancel
task 2 done
)");
}

}  // namespace
}  // namespace conformance
