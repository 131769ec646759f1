// asyncio_fair.py: tasks that yield all the time do not keep sleepers from waking on time.

#include <chrono>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(int id, std::chrono::milliseconds delay) {
  print("task start %d\n", id);
  while (true) {
    if (delay > 0ms) print("task work %d\n", id);
    virtual_board::spend_us(10);
    co_await asyncio::sleep(delay);
  }
}

Coro<> main_task() {
  const Task<> t1 = asyncio::create_task(task(1, -10ms));
  const Task<> t2 = asyncio::create_task(task(2, 100ms));
  const Task<> t3 = asyncio::create_task(task(3, 180ms));
  const Task<> t4 = asyncio::create_task(task(4, -100s));
  co_await asyncio::sleep(450ms);  // t2 works 5 times, t3 3 times
  t1.cancel();
  t2.cancel();
  t3.cancel();
  t4.cancel();
  print("finish\n");
}

TEST_F(MicroPython, asyncio_fair) {
  asyncio::run(main_task());

  expect_lines(R"(
task start 1
task start 2
task work 2
task start 3
task work 3
task start 4
task work 2
task work 3
task work 2
task work 2
task work 3
task work 2
finish
)");
}

}  // namespace
}  // namespace conformance
