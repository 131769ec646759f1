// asyncio_event_fair.py: tasks that keep waiting for an event and setting it leave the others their turns.

#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task1(int id) {
  for (int i = 0; i < 4; ++i) {
    print("sleep %d\n", id);
    co_await asyncio::sleep(0s);
  }
}

Coro<> task2(int id, asyncio::Event& event) {
  for (int i = 0; i < 4; ++i) {
    event.set();
    event.clear();
    print("wait %d\n", id);
    co_await event.wait();
  }
}

Coro<> main_task() {
  asyncio::Event event;
  const std::vector<Task<>> tasks = {
      asyncio::create_task(task1(0)),
      asyncio::create_task(task2(2, event)),
      asyncio::create_task(task1(1)),
      asyncio::create_task(task2(3, event)),
  };
  co_await tasks[1];
  event.set();
}

TEST_F(MicroPython, asyncio_event_fair) {
  asyncio::run(main_task());

  expect_lines(R"(
sleep 0
wait 2
sleep 1
wait 3
sleep 0
sleep 1
wait 2
sleep 0
sleep 1
wait 3
sleep 0
sleep 1
wait 2
wait 3
wait 2
wait 3
)");
}

}  // namespace
}  // namespace conformance
