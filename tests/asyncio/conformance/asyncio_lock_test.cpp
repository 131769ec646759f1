// asyncio_lock.py: Lock: acquire, release, scoped; the order of hand-over, also when tasks that wait are
// cancelled.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> task_loop(int id, asyncio::Lock& lock) {
  print("task start %d\n", id);
  for (int i = 0; i < 3; ++i) {
    const auto guard = co_await lock.scoped();
    print("task have %d %d\n", id, i);
  }
  print("task end %d\n", id);
}

Coro<> task_sleep(asyncio::Lock& lock) {
  {
    const auto guard = co_await lock.scoped();
    print("task have %s\n", boolean(lock.locked()));
    co_await asyncio::sleep(200ms);
  }
  print("task release %s\n", boolean(lock.locked()));
  co_await lock.acquire();
  print("task have again\n");
  lock.release();
}

Coro<> task_cancel(int id, asyncio::Lock& lock, const Task<>* to_cancel = nullptr) {
  try {
    {
      const auto guard = co_await lock.scoped();
      print("task got %d\n", id);
      co_await asyncio::sleep(100ms);
    }
    print("task release %d\n", id);
    if (to_cancel != nullptr) to_cancel->cancel();
  } catch (const asyncio::CancelledError&) {
    print("task cancel %d\n", id);
  }
}

Coro<> main_task() {
  asyncio::Lock lock;

  print("%s\n", boolean(lock.locked()));
  co_await lock.acquire();
  print("%s\n", boolean(lock.locked()));
  co_await asyncio::sleep(0s);
  lock.release();
  print("%s\n", boolean(lock.locked()));
  co_await asyncio::sleep(0s);

  {
    const auto guard = co_await lock.scoped();
    print("have lock\n");
  }

  // Three tasks want it.
  print("----\n");
  asyncio::create_task(task_loop(1, lock));
  asyncio::create_task(task_loop(2, lock));
  const Task<> t3 = asyncio::create_task(task_loop(3, lock));
  co_await lock.acquire();
  co_await asyncio::sleep(0s);
  lock.release();
  co_await t3;

  // Two tasks want it and sleep with it.
  print("----\n");
  asyncio::create_task(task_sleep(lock));
  co_await asyncio::sleep(100ms);
  co_await task_sleep(lock);

  // Three tasks, the first cancels the second, which is next: the third gets it.
  print("----\n");
  Task<> second;
  asyncio::create_task(task_cancel(0, lock, &second));
  second = asyncio::create_task(task_cancel(1, lock));
  asyncio::create_task(task_cancel(2, lock));
  co_await asyncio::sleep(300ms);
  print("%s\n", boolean(lock.locked()));

  // Three tasks, the second and the third are cancelled.
  print("----\n");
  asyncio::create_task(task_cancel(0, lock));
  const Task<> t1 = asyncio::create_task(task_cancel(1, lock));
  const Task<> t2 = asyncio::create_task(task_cancel(2, lock));
  co_await asyncio::sleep(50ms);
  t1.cancel();
  co_await asyncio::sleep(100ms);
  t2.cancel();
  co_await asyncio::sleep(100ms);
  print("%s\n", boolean(lock.locked()));
}

TEST_F(MicroPython, asyncio_lock) {
  asyncio::run(main_task());

  expect_lines(R"(
False
True
False
have lock
----
task start 1
task start 2
task start 3
task have 1 0
task have 2 0
task have 3 0
task have 1 1
task have 2 1
task have 3 1
task have 1 2
task end 1
task have 2 2
task end 2
task have 3 2
task end 3
----
task have True
task release False
task have True
task release False
task have again
task have again
----
task got 0
task release 0
task cancel 1
task got 2
task release 2
False
----
task got 0
task cancel 1
task release 0
task got 2
task cancel 2
False
)");
}

}  // namespace
}  // namespace conformance
