#include "asyncio/task.hpp"

namespace asyncio {

std::vector<Task<>> all_tasks() {
  std::vector<Task<>> tasks;
  for (PromiseBase* task = event_loop.first_task(); task != nullptr; task = task->all_next) {
    if (task->name != Loop::stop_name) tasks.emplace_back(task);
  }
  return tasks;
}

}  // namespace asyncio
