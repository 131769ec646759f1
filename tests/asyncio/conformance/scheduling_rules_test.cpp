// MicroPython's scheduling rules, each as a program that prints the same lines on MicroPython's asyncio. What
// the tests named after MicroPython's own show already is not here again.

#include <cstddef>
#include <cstdint>
#include <string>

#include "asyncio/frame_allocator.hpp"
#include "micropython.hpp"

namespace conformance {
namespace {

class SchedulingRules : public virtual_board::Test {};

int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }
void spend_ms(std::uint64_t milliseconds) { virtual_board::spend_us(milliseconds * 1000); }

Coro<int> value() { co_return 7; }

Coro<> say(const char* text) {
  print("%s\n", text);
  co_return;
}

Coro<> stepper(const char* name, int steps) {
  for (int i = 0; i < steps; ++i) {
    print("%s %d\n", name, i);
    co_await asyncio::sleep_ms(0);
  }
}

// --- 1. One queue, ordered by deadline and then by who came first.

Coro<> sleeper(int milliseconds, const char* name) {
  co_await asyncio::sleep_ms(milliseconds);
  print("%s %d\n", name, now_ms());
}

Coro<> sleepers_fall_due_while_main_works() {
  asyncio::create_task(sleeper(5, "overdue"));
  asyncio::create_task(sleeper(8, "due just now"));
  asyncio::create_task(sleeper(9, "not due"));
  co_await asyncio::sleep_ms(0);
  spend_ms(8);
  asyncio::create_task(say("made ready later"));
  co_await asyncio::sleep_ms(0);
  print("main %d\n", now_ms());
  co_await asyncio::sleep_ms(20);
}

TEST_F(SchedulingRules, OverdueSleepersRunBeforeWhatBecameReadyLater) {
  asyncio::run(sleepers_fall_due_while_main_works());

  expect_lines(R"(
overdue 8
due just now 8
made ready later
main 8
not due 9
)");
}

Coro<> sleepers_share_a_deadline() {
  asyncio::create_task(sleeper(10, "a"));
  asyncio::create_task(sleeper(4, "x"));
  co_await asyncio::sleep_ms(5);
  asyncio::create_task(sleeper(5, "b"));
  asyncio::create_task(sleeper(3, "c"));
  co_await asyncio::sleep_ms(5);
  print("main %d\n", now_ms());
  co_await asyncio::sleep_ms(20);
}

TEST_F(SchedulingRules, SleepersWithTheSameDeadlineRunInTheOrderTheyFellAsleep) {
  asyncio::run(sleepers_share_a_deadline());

  expect_lines(R"(
x 4
c 8
a 10
main 10
b 10
)");
}

Coro<> three_tasks_yield() {
  asyncio::create_task(stepper("a", 3));
  asyncio::create_task(stepper("b", 2));
  co_await stepper("main", 3);
}

TEST_F(SchedulingRules, SleepOfZeroGoesToTheBack) {
  asyncio::run(three_tasks_yield());

  expect_lines(R"(
main 0
a 0
b 0
main 1
a 1
b 1
main 2
a 2
)");
}

// --- 2. A deadline counts from the call of sleep_ms().

Coro<> sleeps_are_called_before_they_are_awaited() {
  auto long_sleep = asyncio::sleep_ms(10);
  spend_ms(6);
  co_await long_sleep;
  print("woke at %d\n", now_ms());

  auto missed_sleep = asyncio::sleep_ms(1);
  asyncio::create_task(say("ready before the deadline"));
  spend_ms(5);
  co_await missed_sleep;
  print("woke at %d\n", now_ms());
}

TEST_F(SchedulingRules, TheDeadlineIsFixedWhenSleepIsCalled) {
  asyncio::run(sleeps_are_called_before_they_are_awaited());

  expect_lines(R"(
woke at 10
ready before the deadline
woke at 15
)");
}

// --- 3. Devices are polled once a step; whoever waited queues behind everything ready.

class Device : public asyncio::IOBase {
 public:
  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    ++polls;
    return ready ? flags : 0;
  }
  std::ptrdiff_t read(void* buffer, std::size_t) override {
    *static_cast<char*>(buffer) = '!';
    return 1;
  }

  bool ready = false;
  int polls = 0;
};

Coro<> read_one(Device& device) {
  asyncio::StreamReader reader(device);
  const std::string byte = co_await reader.read(1);
  print("reader %s\n", byte.c_str());
}

constexpr int never = -1;

Coro<> busy(const char* name, int steps, Device& device, int makes_ready_at) {
  for (int i = 0; i < steps; ++i) {
    print("%s %d, polled %d\n", name, i, device.polls);
    if (i == makes_ready_at) device.ready = true;
    co_await asyncio::sleep_ms(0);
  }
}

Coro<> three_busy_tasks_and_a_reader() {
  Device device;
  asyncio::create_task(read_one(device));
  asyncio::create_task(busy("a", 3, device, never));
  asyncio::create_task(busy("b", 3, device, 1));
  co_await busy("main", 4, device, never);
}

TEST_F(SchedulingRules, ATaskWokenByADeviceWaitsForEveryReadyTask) {
  asyncio::run(three_busy_tasks_and_a_reader());

  expect_lines(R"(
main 0, polled 0
a 0, polled 1
b 0, polled 2
main 1, polled 3
a 1, polled 4
b 1, polled 5
main 2, polled 6
a 2, polled 6
b 2, polled 6
reader !
main 3, polled 6
)");
}

// --- 4. No yield where there is nothing to wait for.

Coro<> await_what_is_there() {
  const Task<int> task = asyncio::create_task(value());
  co_await task;
  asyncio::Event event;
  event.set();
  asyncio::Lock lock;
  asyncio::ThreadSafeFlag flag;
  flag.set();

  asyncio::create_task(say("other"));
  print("task %d\n", co_await task);
  print("event %s\n", boolean(co_await event.wait()));
  print("lock %s\n", boolean(co_await lock.acquire()));
  print("gather %s\n", repr(co_await asyncio::gather()).c_str());
  co_await flag.wait();
  print("flag\n");
  print("coroutine %d\n", co_await value());
  co_await asyncio::sleep_ms(0);
  print("main\n");
}

TEST_F(SchedulingRules, AwaitingWhatIsThereDoesNotYield) {
  asyncio::run(await_what_is_there());

  expect_lines(R"(
task 7
event True
lock True
gather []
flag
coroutine 7
other
main
)");
}

// --- 5. Cancelling.

Coro<> cancellable(const char* name, int milliseconds) {
  try {
    print("%s starts\n", name);
    co_await asyncio::sleep_ms(milliseconds);
    print("%s goes on\n", name);
  } catch (const asyncio::CancelledError&) {
    print("%s cancelled\n", name);
    throw;
  }
}

Coro<> cancel_a_sleeper_and_a_ready_task() {
  const Task<> asleep = asyncio::create_task(cancellable("sleeper", 1000));
  co_await asyncio::sleep_ms(0);
  const Task<> ready = asyncio::create_task(cancellable("ready", 0));
  co_await asyncio::sleep_ms(0);

  asyncio::create_task(say("first"));
  for (const Task<>& task : {asleep, asleep, ready}) print("%s\n", boolean(task.cancel()));
  asyncio::create_task(say("second"));
  co_await asyncio::sleep_ms(0);
  print("main\n");
  print("%s %s\n", boolean(asleep.done()), boolean(ready.done()));
  print("%s\n", boolean(asleep.cancel()));
}

TEST_F(SchedulingRules, ACancelledSleeperQueuesAndAReadyTaskKeepsItsPlace) {
  asyncio::run(cancel_a_sleeper_and_a_ready_task());

  expect_lines(R"(
sleeper starts
ready starts
True
True
True
ready cancelled
first
sleeper cancelled
second
main
True True
False
)");
}

Coro<> waits(asyncio::Event& event, const char* name) {
  try {
    co_await event.wait();
    print("%s\n", name);
  } catch (const asyncio::CancelledError&) {
    print("%s cancelled\n", name);
    throw;
  }
}

Coro<> cancel_a_waiter_in_the_middle() {
  asyncio::Event event;
  asyncio::create_task(waits(event, "a"));
  const Task<> b = asyncio::create_task(waits(event, "b"));
  asyncio::create_task(waits(event, "c"));
  co_await asyncio::sleep_ms(0);
  asyncio::create_task(say("ready"));
  b.cancel();
  event.set();
  co_await asyncio::sleep_ms(0);
  print("main\n");
}

TEST_F(SchedulingRules, ACancelledWaiterQueuesBehindWhatIsReady) {
  asyncio::run(cancel_a_waiter_in_the_middle());

  expect_lines(R"(
ready
b cancelled
a
c
main
)");
}

Coro<int> inner() {
  try {
    co_await asyncio::sleep_ms(1000);
  } catch (const asyncio::CancelledError&) {
    print("inner swallows\n");
  }
  co_return 3;
}

Coro<int> outer(Task<int> task) {
  const int result = co_await task;
  print("outer %d\n", result);
  co_return result + 1;
}

Coro<> cancel_the_outermost() {
  const Task<int> innermost = asyncio::create_task(inner());
  const Task<int> middle = asyncio::create_task(outer(innermost));
  const Task<int> outermost = asyncio::create_task(outer(middle));
  co_await asyncio::sleep_ms(0);
  co_await asyncio::sleep_ms(0);
  print("%s\n", boolean(outermost.cancel()));
  print("%d\n", co_await outermost);
}

TEST_F(SchedulingRules, ACancellationTheInnermostTaskSwallowsReachesNobodyElse) {
  asyncio::run(cancel_the_outermost());

  expect_lines(R"(
True
inner swallows
outer 3
outer 4
5
)");
}

// --- 6. gather() waits for nobody once it failed or was cancelled.

Coro<> child(const char* name, int milliseconds, bool fail = false) {
  try {
    co_await asyncio::sleep_ms(milliseconds);
    print("%s %s\n", name, fail ? "fails" : "ends");
    if (fail) throw ValueError(name);
  } catch (const asyncio::CancelledError&) {
    print("%s is cancelled\n", name);
    throw;
  }
}

// A child that takes 5 ms to clean up.
Coro<> tidy_child(const char* name, int milliseconds) {
  bool cancelled = false;
  try {
    co_await asyncio::sleep_ms(milliseconds);
  } catch (const asyncio::CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  print("%s cleans up\n", name);
  co_await asyncio::sleep_ms(5);
  print("%s is clean %d\n", name, now_ms());
  throw asyncio::CancelledError();
}

Coro<> gather_two(Task<> a, Task<> b) {
  try {
    co_await asyncio::gather(a, b);
  } catch (const ValueError&) {
    print("gather failed %d\n", now_ms());
  } catch (const asyncio::CancelledError&) {
    print("gather cancelled %d\n", now_ms());
    throw;
  }
}

Coro<> gathers_end_early() {
  const Task<> a = asyncio::create_task(child("a", 10));
  const Task<> b = asyncio::create_task(child("b", 5, true));
  co_await gather_two(a, b);
  print("%s %s\n", boolean(a.done()), boolean(b.done()));
  co_await a;

  const Task<> c = asyncio::create_task(tidy_child("c", 10));
  const Task<> d = asyncio::create_task(tidy_child("d", 10));
  const Task<> gathering = asyncio::create_task(gather_two(c, d));
  co_await asyncio::sleep_ms(3);
  gathering.cancel();
  try {
    co_await gathering;
  } catch (const asyncio::CancelledError&) {
    print("main %d\n", now_ms());
  }
  co_await asyncio::sleep_ms(20);
}

TEST_F(SchedulingRules, AGatherThatFailsOrIsCancelledEndsBeforeItsTasksDo) {
  asyncio::run(gathers_end_early());

  expect_lines(R"(
b fails
gather failed 5
False True
a ends
gather cancelled 13
c cleans up
d cleans up
main 13
c is clean 18
d is clean 18
)");
}

// --- 7. wait_for() waits for the clean-up.

Coro<> wait_for_a_while() {
  print("%d\n", co_await asyncio::wait_for_ms(value(), 0));
  try {
    co_await asyncio::wait_for_ms(tidy_child("e", 10), 5);
  } catch (const asyncio::TimeoutError&) {
    print("timeout %d\n", now_ms());
  }
  const Task<int> task = asyncio::create_task(value());
  co_await task;
  print("%d %d\n", co_await asyncio::wait_for_ms(task, 5), now_ms());
  try {
    co_await asyncio::wait_for_ms(tidy_child("f", 0), 0);
  } catch (const asyncio::TimeoutError&) {
    print("timeout of 0 %d\n", now_ms());
  }
}

TEST_F(SchedulingRules, WaitForReturnsAnImmediateResultAndWaitsForTheCleanUpOfALateOne) {
  asyncio::run(wait_for_a_while());

  expect_lines(R"(
7
e cleans up
e is clean 10
timeout 10
7 10
f cleans up
f is clean 15
timeout of 0 15
)");
}

Coro<int> hogs_the_cpu() {
  spend_ms(4);
  co_return 7;
}

Coro<> waits_for_the_hog() { print("result %d\n", co_await asyncio::wait_for_ms(hogs_the_cpu(), 1)); }

Coro<> wait_for_beside_a_sleeper() {
  const Task<> waiting = asyncio::create_task(waits_for_the_hog());
  asyncio::create_task(sleeper(3, "sleeper"));
  co_await asyncio::sleep_ms(10);
}

TEST_F(SchedulingRules, AResultThatComesAfterTheTimeoutIsReturnedInTheTurnOfTheTimeout) {
  asyncio::run(wait_for_beside_a_sleeper());

  expect_lines(R"(
result 7
sleeper 4
)");
}

// --- 8. A lock is handed over; an event lets go all who wait.

Coro<> wants(asyncio::Lock& lock, const char* name) {
  co_await lock.acquire();
  print("%s has it\n", name);
  co_await asyncio::sleep_ms(0);
  lock.release();
  print("%s releases\n", name);
}

Coro<> releaser_wants_it_back() {
  asyncio::Lock lock;
  co_await lock.acquire();
  asyncio::create_task(wants(lock, "a"));
  asyncio::create_task(wants(lock, "b"));
  co_await asyncio::sleep_ms(0);
  lock.release();
  print("locked %s\n", boolean(lock.locked()));
  asyncio::create_task(wants(lock, "late"));
  co_await lock.acquire();
  print("main has it\n");
  lock.release();
  for (int i = 0; i < 3; ++i) co_await asyncio::sleep_ms(0);
}

TEST_F(SchedulingRules, AReleasedLockGoesToTheLongestWaitingAndNobodyOvertakes) {
  asyncio::run(releaser_wants_it_back());

  expect_lines(R"(
locked False
a has it
a releases
b has it
b releases
main has it
late has it
late releases
)");
}

Coro<> next_owner_is_cancelled() {
  asyncio::Lock lock;
  co_await lock.acquire();
  const Task<> a = asyncio::create_task(wants(lock, "a"));
  asyncio::create_task(wants(lock, "b"));
  co_await asyncio::sleep_ms(0);
  lock.release();
  a.cancel();
  for (int i = 0; i < 4; ++i) {
    print("locked %s\n", boolean(lock.locked()));
    co_await asyncio::sleep_ms(0);
  }
}

TEST_F(SchedulingRules, ANextOwnerThatIsCancelledPassesTheLockOn) {
  asyncio::run(next_owner_is_cancelled());

  expect_lines(R"(
locked False
locked False
b has it
locked True
b releases
locked False
)");
}

Coro<> set_and_clear() {
  asyncio::Event event;
  for (const char* name : {"a", "b", "c"}) asyncio::create_task(waits(event, name));
  co_await asyncio::sleep_ms(0);
  asyncio::create_task(say("ready before"));
  event.set();
  event.clear();
  asyncio::create_task(say("ready after"));
  print("set %s\n", boolean(event.is_set()));
  co_await asyncio::sleep_ms(0);
  print("main\n");
}

TEST_F(SchedulingRules, AnEventWakesItsWaitersInOrderEvenIfClearedAtOnce) {
  asyncio::run(set_and_clear());

  expect_lines(R"(
set False
ready before
a
b
c
ready after
main
)");
}

// --- 9. ThreadSafeFlag.

Coro<> takes(asyncio::ThreadSafeFlag& flag, int times) {
  for (int i = 0; i < times; ++i) {
    co_await flag.wait();
    print("flag %d, set %s\n", i, boolean(flag.is_set()));
  }
}

Coro<> set_a_flag_often() {
  asyncio::ThreadSafeFlag flag;
  const Task<> taker = asyncio::create_task(takes(flag, 3));
  co_await asyncio::sleep_ms(0);
  flag.set();
  flag.set();
  co_await asyncio::sleep_ms(0);
  flag.set();  // the taker is ready but has not run
  print("set again\n");
  for (int i = 0; i < 2; ++i) {
    co_await asyncio::sleep_ms(0);
    print("main\n");
  }
  co_await asyncio::sleep_ms(0);
  flag.set();
  print("set\n");
  for (int i = 0; i < 2; ++i) co_await asyncio::sleep_ms(0);
  print("%s\n", boolean(taker.done()));
}

TEST_F(SchedulingRules, AFlagClearsItselfAndItsSetsCoalesce) {
  asyncio::run(set_a_flag_often());

  expect_lines(R"(
set again
flag 0, set False
main
main
set
flag 1, set False
False
)");
}

Coro<> two_wait_for_a_flag() {
  asyncio::ThreadSafeFlag flag;
  asyncio::create_task(takes(flag, 1));
  co_await asyncio::sleep_ms(0);
  try {
    co_await flag.wait();
  } catch (const asyncio::RuntimeError&) {
    print("RuntimeError\n");  // an AssertionError in MicroPython
  }
  flag.set();
  co_await asyncio::sleep_ms(0);
  co_await asyncio::sleep_ms(0);
}

TEST_F(SchedulingRules, AFlagHasOneWaiter) {
  asyncio::run(two_wait_for_a_flag());

  expect_lines(R"(
RuntimeError
flag 0, set False
)");
}

// --- 10. Exceptions nobody retrieves.

Coro<> fails(const char* name) {
  print("%s fails\n", name);
  throw ValueError(name);
  co_return;
}

Coro<> retrieves(Task<> task) {
  try {
    co_await task;
  } catch (const ValueError&) {
    print("retrieved in time\n");
  }
}

Coro<> leave_exceptions() {
  asyncio::get_event_loop().set_exception_handler(
      [](asyncio::Loop&, const asyncio::ExceptionContext& context) {
        print("reported %s\n", repr(context.exception).c_str());
      });

  const Task<> failed = asyncio::create_task(fails("a"));
  asyncio::create_task(stepper("other", 3));
  for (int i = 0; i < 2; ++i) {
    co_await asyncio::sleep_ms(0);
    print("main\n");
  }
  try {
    co_await failed;
  } catch (const ValueError&) {
    print("retrieved late\n");
  }

  const Task<> cancelled = asyncio::create_task(cancellable("c", 1000));
  co_await asyncio::sleep_ms(0);
  cancelled.cancel();
  for (int i = 0; i < 3; ++i) co_await asyncio::sleep_ms(0);
  print("not reported\n");

  asyncio::create_task(retrieves(asyncio::create_task(fails("b"))));
  for (int i = 0; i < 3; ++i) co_await asyncio::sleep_ms(0);
}

TEST_F(SchedulingRules, AnExceptionNobodyRetrievesIsReportedATurnLaterAndACancellationNever) {
  asyncio::run(leave_exceptions());

  expect_lines(R"(
a fails
other 0
main
reported ValueError('a',)
other 1
main
retrieved late
other 2
c starts
c cancelled
not reported
b fails
retrieved in time
)");
}

// --- 11. run() and the tasks it leaves.

Coro<> ticker() {
  for (int i = 0;; ++i) {
    print("tick %d\n", i);
    co_await asyncio::sleep_ms(0);
  }
}

Coro<int> numbered_run(int number) {
  co_await asyncio::sleep_ms(0);
  print("run %d\n", number);
  co_return number;
}

Coro<> failing_run() {
  co_await asyncio::sleep_ms(0);
  throw ValueError(1);
}

TEST_F(SchedulingRules, TasksStayForTheNextRunUnlessThereIsANewLoop) {
  asyncio::get_event_loop().create_task(ticker());
  print("%d\n", asyncio::run(numbered_run(1)));
  print("%d\n", asyncio::run(numbered_run(2)));
  try {
    asyncio::run(failing_run());
  } catch (const ValueError& error) {
    print("%s\n", repr(error).c_str());
  }
  asyncio::new_event_loop();
  print("%d\n", asyncio::run(numbered_run(3)));

  expect_lines(R"(
tick 0
tick 1
run 1
1
tick 2
tick 3
run 2
2
tick 4
tick 5
ValueError(1,)
run 3
3
)");
}

// --- A new loop leaves nothing of the old one. In MicroPython a lock that was handed to a forgotten task
// stays locked for ever.

Coro<> waits_with_a_limit(asyncio::Event& event) { co_await asyncio::wait_for(event.wait(), 10s); }

Coro<> leaves_a_wait_for(asyncio::Event& event) {
  asyncio::create_task(waits_with_a_limit(event));
  co_await asyncio::sleep_ms(1);
}

TEST_F(SchedulingRules, ANewLoopDestroysTasksThatAreInWaitFor) {
  asyncio::Event event;
  asyncio::run(leaves_a_wait_for(event));
  asyncio::new_event_loop();

  EXPECT_EQ(asyncio::frame_allocator.live_frames(), 0U);
}

}  // namespace
}  // namespace conformance
