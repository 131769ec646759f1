#include "asyncio/task.hpp"

namespace asyncio {

void throw_no_running_loop() {
  throw RuntimeError(
      "create_task(): no running event loop; call it from a coroutine, or use "
      "get_event_loop().create_task() before run()");
}

std::vector<Task<>> all_tasks() {
  std::vector<Task<>> tasks;
  for (TaskLink* link = event_loop.all().next; link != &event_loop.all(); link = link->next) {
    PromiseBase* const task = PromiseBase::of(link);
    if (task->name != Loop::stop_name) tasks.emplace_back(task);
  }
  return tasks;
}

}  // namespace asyncio
