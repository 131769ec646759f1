// asyncio_get_event_loop.py: the loop can be asked for, and run.

#include "micropython.hpp"

namespace conformance {
namespace {

Coro<> main_task() {
  print("start\n");
  co_await asyncio::sleep(10ms);
  print("end\n");
}

TEST_F(MicroPython, asyncio_get_event_loop) {
  asyncio::Loop& loop = asyncio::get_event_loop();
  loop.run_until_complete(main_task());

  expect_lines(R"(
start
end
)");
}

}  // namespace
}  // namespace conformance
