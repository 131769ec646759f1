// asyncio_wait_for_linked_task.py: tasks that await each other, themselves awaited from a coroutine and run
// from outside of the loop.

#include <cstddef>
#include <utility>
#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

class Worker {
 public:
  void plan_tasks() {
    tasks_.push_back(launch_task(job({}, "task0")));
    tasks_.push_back(launch_task(job(tasks_[0], "task1")));
    tasks_.push_back(launch_task(job(tasks_[1], "task2")));
  }

  Coro<> wait_for_task(std::size_t index) { co_await tasks_[index]; }

  void sync_wait_for_task(std::size_t index) { loop_.run_until_complete(tasks_[index]); }

 private:
  Task<> launch_task(Coro<> coro) { return loop_.create_task(std::move(coro)); }

  static Coro<> job(Task<> prerequisite, const char* name) {
    if (prerequisite) co_await prerequisite;
    co_await asyncio::sleep(100ms);
    print("%s work completed\n", name);
  }

  asyncio::Loop& loop_ = asyncio::get_event_loop();
  std::vector<Task<>> tasks_;
};

Coro<> async_test() {
  print("--- async test\n");
  Worker worker;
  worker.plan_tasks();
  co_await worker.wait_for_task(0);
  print("-> task0 done\n");
  co_await worker.wait_for_task(2);
  print("-> task2 done\n");
}

void sync_test() {
  print("--- sync test\n");
  Worker worker;
  worker.plan_tasks();
  worker.sync_wait_for_task(0);
  print("-> task0 done\n");
  worker.sync_wait_for_task(2);
  print("-> task2 done\n");
}

TEST_F(MicroPython, asyncio_wait_for_linked_task) {
  asyncio::get_event_loop().run_until_complete(async_test());
  sync_test();

  expect_lines(R"(
--- async test
task0 work completed
-> task0 done
task1 work completed
task2 work completed
-> task2 done
--- sync test
task0 work completed
-> task0 done
task1 work completed
task2 work completed
-> task2 done
)");
}

}  // namespace
}  // namespace conformance
