// asyncio_gather.py: gather(): results, exceptions, and what becomes of the tasks when one fails or the
// gather is cancelled.

#include <chrono>
#include <utility>
#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<int> factorial(const char* name, int number) {
  int f = 1;
  for (int i = 2; i <= number; ++i) {
    print("Task %s: Compute factorial(%d)...\n", name, i);
    co_await asyncio::sleep(10ms);
    f *= i;
  }
  print("Task %s: factorial(%d) = %d\n", name, number, f);
  co_return f;
}

Coro<int> task(int id, std::chrono::milliseconds delay = 100ms) {
  print("start %d\n", id);
  co_await asyncio::sleep(delay);
  print("end %d\n", id);
  co_return id;
}

Coro<> task_loop(int id) {
  print("task_loop start %d\n", id);
  while (true) {
    co_await asyncio::sleep(100ms);
    print("task_loop loop %d\n", id);
  }
}

Coro<int> task_raise(int id, std::chrono::milliseconds delay = 100ms) {
  print("task_raise start %d\n", id);
  co_await asyncio::sleep(delay);
  print("task_raise raise %d\n", id);
  throw ValueError(id);
}

Coro<> gather_task(Coro<int> t0, Coro<int> t1) {
  print("gather_task\n");
  co_await asyncio::gather(std::move(t0), std::move(t1));
  print("gather_task2\n");
}

void separate() { print("====\n"); }

Coro<> gather_results() {
  print("%s\n",
        repr(co_await asyncio::gather(factorial("A", 2), factorial("B", 3), factorial("C", 4))).c_str());

  separate();
  print("%s\n", repr(co_await asyncio::gather()).c_str());
}

Coro<> gather_exceptions() {
  // One is cancelled.
  separate();
  std::vector<Task<int>> tasks = {asyncio::create_task(task(1)), asyncio::create_task(task(2))};
  tasks[0].cancel();
  print("%s\n", repr(co_await asyncio::gather(asyncio::return_exceptions, tasks)).c_str());

  // One fails.
  separate();
  tasks = {asyncio::create_task(task(1)), asyncio::create_task(task_raise(2))};
  print("%s\n", repr(co_await asyncio::gather(asyncio::return_exceptions, tasks)).c_str());
}

Coro<> gather_failures() {
  // One fails, the other runs on.
  separate();
  std::vector<Task<>> tasks = {asyncio::create_task(task_loop(1)), asyncio::create_task(task_raise(2))};
  try {
    co_await asyncio::gather(tasks);
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }
  print("%s %s\n", boolean(tasks[0].done()), boolean(tasks[1].done()));
  for (const Task<>& t : tasks) t.cancel();
  co_await asyncio::sleep(200ms);

  // Both fail, the second before the gather had its turn.
  separate();
  tasks = {asyncio::create_task(task_raise(1, 0ms)), asyncio::create_task(task_raise(2, 0ms))};
  try {
    co_await asyncio::gather(tasks);
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }
  print("%s %s\n", boolean(tasks[0].done()), boolean(tasks[1].done()));
}

Coro<> cancel_gathers() {
  separate();
  Task<> t = asyncio::create_task(gather_task(task(1), task(2)));
  co_await asyncio::sleep(50ms);
  t.cancel();
  co_await asyncio::sleep(200ms);

  // Just as its tasks are made, and as they end.
  for (int i = 1; i < 4; ++i) {
    separate();
    t = asyncio::create_task(gather_task(task(1, 0ms), task(2, 0ms)));
    for (int yields = 0; yields < i; ++yields) co_await asyncio::sleep(0s);
    t.cancel();
    co_await asyncio::sleep(200ms);
  }
}

Coro<> main_task() {
  co_await gather_results();
  co_await gather_exceptions();
  co_await gather_failures();
  co_await cancel_gathers();
}

TEST_F(MicroPython, asyncio_gather) {
  asyncio::run(main_task());

  expect_lines(R"(
Task A: Compute factorial(2)...
Task B: Compute factorial(2)...
Task C: Compute factorial(2)...
Task A: factorial(2) = 2
Task B: Compute factorial(3)...
Task C: Compute factorial(3)...
Task B: factorial(3) = 6
Task C: Compute factorial(4)...
Task C: factorial(4) = 24
[2, 6, 24]
====
[]
====
start 2
end 2
[CancelledError(), 2]
====
start 1
task_raise start 2
end 1
task_raise raise 2
[1, ValueError(2,)]
====
task_loop start 1
task_raise start 2
task_loop loop 1
task_raise raise 2
ValueError(2,)
False True
====
task_raise start 1
task_raise start 2
task_raise raise 1
task_raise raise 2
ValueError(1,)
True True
====
gather_task
start 1
start 2
====
gather_task
start 1
start 2
====
gather_task
start 1
start 2
end 1
end 2
====
gather_task
start 1
start 2
end 1
end 2
)");
}

}  // namespace
}  // namespace conformance
