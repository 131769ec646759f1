// asyncio_lock_cancel.py: a lock works on when several of its waiters are cancelled at once.

#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task(int i, asyncio::Lock& lock, bool& lock_flag) {
  print("task %d start\n", i);
  try {
    co_await lock.acquire();
  } catch (const asyncio::CancelledError&) {
    print("task %d cancel\n", i);
    co_return;
  }
  print("task %d lock_flag %s\n", i, boolean(lock_flag));
  lock_flag = true;
  co_await asyncio::sleep(0s);
  lock.release();
  lock_flag = false;
  print("task %d done\n", i);
}

Coro<> main_task() {
  asyncio::Lock lock;
  co_await lock.acquire();
  bool lock_flag = true;

  // Four tasks wait.
  std::vector<Task<>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(asyncio::create_task(task(i, lock, lock_flag)));
  co_await asyncio::sleep(0s);

  // Two of them are cancelled, then the lock is free.
  tasks[1].cancel();
  tasks[2].cancel();
  lock.release();
  lock_flag = false;

  for (int i = 0; i < 4; ++i) co_await asyncio::sleep(0s);
  print("%s\n", boolean(lock.locked()));
}

TEST_F(MicroPython, asyncio_lock_cancel) {
  asyncio::run(main_task());

  expect_lines(R"(
task 0 start
task 1 start
task 2 start
task 3 start
task 1 cancel
task 2 cancel
task 0 lock_flag False
task 0 done
task 3 lock_flag False
task 3 done
False
)");
}

}  // namespace
}  // namespace conformance
