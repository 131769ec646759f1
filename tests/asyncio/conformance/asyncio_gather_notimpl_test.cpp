// asyncio_gather_notimpl.py: a task belongs to one gather() or to those who await it, not to both.

#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

void print_exception(asyncio::Loop&, const asyncio::ExceptionContext& context) {
  print("%s\n", repr(context.exception).c_str());
}

Coro<int> task(int id) {
  print("task start %d\n", id);
  co_await asyncio::sleep(10ms);
  print("task end %d\n", id);
  co_return id;
}

Coro<> gather_task(Task<int> t0, Task<int> t1) {
  print("gather_task start\n");
  co_await asyncio::gather(t0, t1);
  print("gather_task end\n");
}

Coro<> main_task() {
  asyncio::get_event_loop().set_exception_handler(print_exception);

  // Awaiting a gathered task.
  std::vector<Task<int>> tasks = {asyncio::create_task(task(1)), asyncio::create_task(task(2))};
  const Task<> gathering = asyncio::create_task(gather_task(tasks[0], tasks[1]));
  co_await asyncio::sleep(0s);  // the gather starts
  try {
    co_await tasks[0];
  } catch (const asyncio::RuntimeError& error) {
    print("%s\n", repr(error).c_str());
  }
  co_await gathering;

  print("====\n");

  // Gathering an awaited task.
  tasks = {asyncio::create_task(task(1)), asyncio::create_task(task(2))};
  asyncio::create_task(gather_task(tasks[0], tasks[1]));
  co_await tasks[0];  // before the gather starts
  co_await tasks[1];
}

TEST_F(MicroPython, asyncio_gather_notimpl) {
  asyncio::run(main_task());

  expect_lines(R"(
task start 1
task start 2
gather_task start
RuntimeError("can't wait",)
task end 1
task end 2
gather_task end
====
task start 1
task start 2
gather_task start
RuntimeError("can't gather",)
task end 1
task end 2
)");
}

}  // namespace
}  // namespace conformance
