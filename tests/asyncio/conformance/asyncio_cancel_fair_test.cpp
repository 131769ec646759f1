// asyncio_cancel_fair.py: two tasks that keep cancelling each other leave the third its turns.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

constexpr std::size_t nobody = SIZE_MAX;

Coro<> task(std::size_t id, std::size_t other, const std::vector<Task<>>& tasks) {
  for (int i = 0; i < 3; ++i) {
    try {
      print("start %zu\n", id);
      co_await asyncio::sleep(0s);
      print("done %zu\n", id);
    } catch (const asyncio::CancelledError&) {
      print("cancelled %zu\n", id);
    }
    if (other != nobody) {
      print("%zu cancels %zu\n", id, other);
      tasks[other].cancel();
    }
  }
}

Coro<> main_task() {
  std::vector<Task<>> tasks;
  tasks.push_back(asyncio::create_task(task(0, 1, tasks)));
  tasks.push_back(asyncio::create_task(task(1, 0, tasks)));
  tasks.push_back(asyncio::create_task(task(2, nobody, tasks)));
  co_await tasks[2];
}

TEST_F(MicroPython, asyncio_cancel_fair) {
  asyncio::run(main_task());

  expect_lines(R"(
start 0
start 1
start 2
done 0
0 cancels 1
start 0
cancelled 1
1 cancels 0
start 1
done 2
start 2
cancelled 0
0 cancels 1
start 0
cancelled 1
1 cancels 0
start 1
done 2
start 2
cancelled 0
0 cancels 1
cancelled 1
1 cancels 0
done 2
)");
}

}  // namespace
}  // namespace conformance
