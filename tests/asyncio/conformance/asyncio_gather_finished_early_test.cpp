// asyncio_gather_finished_early.py: gather() of tasks of which some have finished before it starts.

#include <string>
#include <vector>

#include "micropython.hpp"

namespace conformance {
namespace {

void ignore(asyncio::Loop&, const asyncio::ExceptionContext&) {}

Coro<> task_that_finishes_early(const char* id, asyncio::Event& event, bool fail) {
  print("task_that_finishes_early %s\n", id);
  event.set();
  if (fail) throw ValueError("intentional exception", id);
  co_return;
}

Coro<> task_that_runs() {
  for (int i = 0; i < 5; ++i) {
    print("task_that_runs %d\n", i);
    co_await asyncio::sleep(0s);
  }
}

Coro<> main_task(bool start_task_that_runs, bool task_fail, bool return_exceptions) {
  print("== start %s %s %s\n", boolean(start_task_that_runs), boolean(task_fail), boolean(return_exceptions));

  // Whether failed tasks are reported is not what is tested here.
  asyncio::get_event_loop().set_exception_handler(ignore);

  asyncio::Event event_a;
  asyncio::Event event_b;
  std::vector<Task<>> tasks;
  if (start_task_that_runs) tasks.push_back(asyncio::create_task(task_that_runs()));
  tasks.push_back(asyncio::create_task(task_that_finishes_early("a", event_a, task_fail)));
  tasks.push_back(asyncio::create_task(task_that_finishes_early("b", event_b, task_fail)));

  co_await event_a.wait();
  co_await event_b.wait();

  std::string result;
  try {
    if (return_exceptions) {
      result = "'complete', " + repr(co_await asyncio::gather(asyncio::return_exceptions, tasks));
    } else {
      result = "'complete', " + repr(co_await asyncio::gather(tasks));
    }
  } catch (const std::exception& error) {
    result = "'exception', " + repr(error) + ", " + boolean(start_task_that_runs && tasks[0].done());
  }

  if (start_task_that_runs) co_await tasks[0];

  print("(%s)\n", result.c_str());
}

TEST_F(MicroPython, asyncio_gather_finished_early) {
  for (unsigned i = 0; i < 8; ++i) asyncio::run(main_task((i & 4U) != 0, (i & 2U) != 0, (i & 1U) != 0));

  expect_lines(R"(
== start False False False
task_that_finishes_early a
task_that_finishes_early b
('complete', [None, None])
== start False False True
task_that_finishes_early a
task_that_finishes_early b
('complete', [None, None])
== start False True False
task_that_finishes_early a
task_that_finishes_early b
('exception', ValueError('intentional exception', 'a'), False)
== start False True True
task_that_finishes_early a
task_that_finishes_early b
('complete', [ValueError('intentional exception', 'a'), ValueError('intentional exception', 'b')])
== start True False False
task_that_runs 0
task_that_finishes_early a
task_that_finishes_early b
task_that_runs 1
task_that_runs 2
task_that_runs 3
task_that_runs 4
('complete', [None, None, None])
== start True False True
task_that_runs 0
task_that_finishes_early a
task_that_finishes_early b
task_that_runs 1
task_that_runs 2
task_that_runs 3
task_that_runs 4
('complete', [None, None, None])
== start True True False
task_that_runs 0
task_that_finishes_early a
task_that_finishes_early b
task_that_runs 1
task_that_runs 2
task_that_runs 3
task_that_runs 4
('exception', ValueError('intentional exception', 'a'), False)
== start True True True
task_that_runs 0
task_that_finishes_early a
task_that_finishes_early b
task_that_runs 1
task_that_runs 2
task_that_runs 3
task_that_runs 4
('complete', [None, ValueError('intentional exception', 'a'), ValueError('intentional exception', 'b')])
)");
}

}  // namespace
}  // namespace conformance
