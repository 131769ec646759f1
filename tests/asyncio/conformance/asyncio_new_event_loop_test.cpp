// asyncio_new_event_loop.py: a new event loop forgets the tasks of the old one.

#include <string_view>

#include "micropython.hpp"

namespace conformance {
namespace {

// CPython would complain about the task that is left; MicroPython does not.
void exception_handler(asyncio::Loop& loop, const asyncio::ExceptionContext& context) {
  if (context.message == std::string_view("Task was destroyed but it is pending!")) return;
  asyncio::Loop::default_exception_handler(loop, context);
}

Coro<> task() {
  for (int i = 0; i < 4; ++i) {
    print("task %d\n", i);
    co_await asyncio::sleep(0s);
    co_await asyncio::sleep(0s);
  }
}

Coro<> main_task(asyncio::Loop& loop) {
  print("start\n");
  loop.create_task(task());
  co_await asyncio::sleep(0s);  // the new task runs once
  print("stop\n");
  loop.stop();
}

void run_and_close(asyncio::Loop& loop) {
  loop.set_exception_handler(exception_handler);
  loop.create_task(main_task(loop));
  loop.run_forever();
  loop.close();
}

TEST_F(MicroPython, asyncio_new_event_loop) {
  run_and_close(asyncio::get_event_loop());
  run_and_close(asyncio::new_event_loop());

  expect_lines(R"(
start
task 0
stop
start
task 0
stop
)");
}

}  // namespace
}  // namespace conformance
