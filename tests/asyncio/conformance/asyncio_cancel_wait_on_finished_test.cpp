// asyncio_cancel_wait_on_finished.py: cancelling a task whose awaited task has just finished.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> sleep_task() {
  print("sleep_task sleep\n");
  co_await asyncio::sleep(0s);
  print("sleep_task wake\n");
}

Coro<> wait_task(Task<> t) {
  print("wait_task wait\n");
  co_await t;
  print("wait_task wake\n");
}

Coro<> main_task() {
  const Task<> waiting_task = asyncio::create_task(wait_task(asyncio::create_task(sleep_task())));

  print("main sleep\n");
  co_await asyncio::sleep(0s);
  print("main sleep\n");
  co_await asyncio::sleep(0s);

  waiting_task.cancel();
  print("main wait\n");
  try {
    co_await waiting_task;
  } catch (const asyncio::CancelledError& error) {
    print("%s\n", repr(error).c_str());
  }
}

TEST_F(MicroPython, asyncio_cancel_wait_on_finished) {
  asyncio::run(main_task());

  expect_lines(R"(
main sleep
sleep_task sleep
wait_task wait
main sleep
sleep_task wake
main wait
CancelledError()
)");
}

}  // namespace
}  // namespace conformance
