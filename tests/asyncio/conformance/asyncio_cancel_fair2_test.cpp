// asyncio_cancel_fair2.py: a task that several others keep cancelling gets its turn to notice.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task_a() {
  try {
    while (true) {
      print("sleep a\n");
      co_await asyncio::sleep(0s);
    }
  } catch (const asyncio::CancelledError&) {
    print("cancelled a\n");
  }
}

Coro<> task_b(int id, Task<> other) {
  while (other.cancel()) {
    print("sleep b %d\n", id);
    co_await asyncio::sleep(0s);
  }
  print("done b %d\n", id);
}

Coro<> main_task() {
  const Task<> t = asyncio::create_task(task_a());
  for (int i = 0; i < 3; ++i) asyncio::create_task(task_b(i, t));
  co_await t;
}

TEST_F(MicroPython, asyncio_cancel_fair2) {
  asyncio::run(main_task());

  expect_lines(R"(
sleep a
sleep b 0
sleep b 1
sleep b 2
cancelled a
done b 0
done b 1
done b 2
)");
}

}  // namespace
}  // namespace conformance
