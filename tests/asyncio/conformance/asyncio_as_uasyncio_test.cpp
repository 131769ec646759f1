// asyncio_as_uasyncio.py: the public names are there. The origin looks its sample of them up in `uasyncio`,
// the module's old name, which C++ never had; here it is every name. One that is missing does not compile.

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

#include "micropython.hpp"

namespace conformance {
namespace {

// The origin's list; Loop.run_until_complete is below.
namespace micropython_names {
using asyncio::CancelledError;
using asyncio::create_task;
using asyncio::current_task;
using asyncio::Event;
using asyncio::gather;
using asyncio::get_event_loop;
using asyncio::Lock;
using asyncio::Loop;
using asyncio::open_connection;
using asyncio::run;
using asyncio::sleep;
using asyncio::sleep_ms;
using asyncio::start_server;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using asyncio::Task;
using asyncio::ThreadSafeFlag;
using asyncio::wait_for;
}  // namespace micropython_names

// MicroPython's others, and CPython's.
namespace python_names {
using asyncio::all_tasks;
using asyncio::Barrier;
using asyncio::BoundedSemaphore;
using asyncio::Condition;
using asyncio::Coro;
using asyncio::InvalidStateError;
using asyncio::new_event_loop;
using asyncio::Queue;
using asyncio::QueueEmpty;
using asyncio::QueueFull;
using asyncio::return_exceptions;
using asyncio::Semaphore;
using asyncio::TaskGroup;
using asyncio::TimeoutError;
using asyncio::wait_for_ms;
}  // namespace python_names

// Those of micropython-async's `primitives` and `threadsafe` that need no device.
namespace primitive_names {
using asyncio::Broker;
using asyncio::Delay_ms;
using asyncio::ELO;
using asyncio::Message;
using asyncio::RingbufQueue;
using asyncio::ThreadSafeEvent;
using asyncio::ThreadSafeQueue;
using asyncio::WaitAll;
using asyncio::WaitAny;
}  // namespace primitive_names

// The methods of a loop.
template <class L>
concept IsLoop = requires(L loop, Coro<int> coro, Task<int> task, asyncio::ExceptionHandler handler,
                          const asyncio::ExceptionContext context) {
  { loop.create_task(std::move(coro)) } -> std::same_as<Task<int>>;
  { loop.run_until_complete(std::move(coro)) } -> std::same_as<int>;
  { loop.run_until_complete(task) } -> std::same_as<int>;
  loop.run_forever();
  loop.stop();
  loop.close();
  loop.set_exception_handler(handler);
  { loop.get_exception_handler() } -> std::same_as<asyncio::ExceptionHandler>;
  loop.call_exception_handler(context);
  L::default_exception_handler(loop, context);
};
static_assert(IsLoop<asyncio::Loop>);

// The methods of a task.
template <class T>
concept IsTask = requires(const T task) {
  { task.cancel() } -> std::same_as<bool>;
  { task.done() } -> std::same_as<bool>;
  { task.result() } -> std::same_as<typename T::value_type>;
  { task.exception() } -> std::same_as<std::exception_ptr>;
};
static_assert(IsTask<Task<int>> && IsTask<Task<>>);

static_assert(std::same_as<decltype(asyncio::current_task()), Task<>>);
static_assert(std::same_as<decltype(asyncio::get_event_loop()), asyncio::Loop&>);
static_assert(std::same_as<decltype(asyncio::new_event_loop()), asyncio::Loop&>);

// `except Exception` does not catch a cancellation.
static_assert(!std::is_base_of_v<std::exception, asyncio::CancelledError>);
static_assert(std::is_base_of_v<std::exception, asyncio::TimeoutError>);

TEST_F(MicroPython, asyncio_as_uasyncio) { expect_lines(""); }

}  // namespace
}  // namespace conformance
