// asyncio_loop_stop.py: stop() ends run_forever() after one more turn of the tasks that are ready; the next
// one goes on from there.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task() {
  print("task\n");
  co_return;
}

Coro<> main_task(asyncio::Loop& loop) {
  print("start\n");

  // Twice is as good as once.
  loop.stop();
  loop.stop();

  print("sleep\n");
  co_await asyncio::sleep(0s);  // stops here

  // The task is queued behind the stop.
  loop.stop();
  asyncio::create_task(task());
  co_await asyncio::sleep(0s);

  print("end\n");
  loop.stop();
}

TEST_F(MicroPython, asyncio_loop_stop) {
  asyncio::Loop& loop = asyncio::new_event_loop();
  loop.create_task(main_task(loop));
  for (int i = 0; i < 3; ++i) {
    print("run %d\n", i);
    loop.run_forever();
  }

  expect_lines(R"(
run 0
start
sleep
run 1
run 2
task
end
)");
}

}  // namespace
}  // namespace conformance
