// asyncio_set_exception_handler.py: an exception nobody retrieves goes to the loop's exception handler, a
// turn later.

#include "micropython.hpp"

namespace conformance {
namespace {

void custom_handler(asyncio::Loop&, const asyncio::ExceptionContext& context) {
  print("custom_handler %s\n", repr(context.exception).c_str());
}

Coro<> task(int i) {
  throw ValueError(i, i + 1);
  co_return;
}

Coro<> main_task() {
  asyncio::Loop& loop = asyncio::get_event_loop();

  // There is none at first.
  print("%s\n", loop.get_exception_handler() == nullptr ? "None" : "a handler");

  loop.set_exception_handler(custom_handler);
  print("%s\n", boolean(loop.get_exception_handler() == custom_handler));

  asyncio::create_task(task(0));
  print("sleep\n");
  for (int i = 0; i < 2; ++i) co_await asyncio::sleep(0s);

  // Two, reported in order.
  asyncio::create_task(task(1));
  asyncio::create_task(task(2));
  print("sleep\n");
  for (int i = 0; i < 2; ++i) co_await asyncio::sleep(0s);

  // Awaited after it failed, but in time: not reported.
  const Task<> t = asyncio::create_task(task(3));
  co_await asyncio::sleep(0s);
  try {
    co_await t;
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }

  print("done\n");
}

TEST_F(MicroPython, asyncio_set_exception_handler) {
  asyncio::run(main_task());

  expect_lines(R"(
None
True
sleep
custom_handler ValueError(0, 1)
sleep
custom_handler ValueError(1, 2)
custom_handler ValueError(2, 3)
ValueError(3, 4)
done
)");
}

}  // namespace
}  // namespace conformance
