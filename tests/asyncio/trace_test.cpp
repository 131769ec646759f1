// What core writes into the trace when programs run, where a viewer relies on it. Only where tracing is
// compiled in.
#include "trace/hooks.hpp"

#if COROSCOPE_TRACE

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "asyncio/event.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;
using trace::Kind;
using trace::Outcome;
using trace::Reason;
using trace::Record;

namespace {

class TraceTest : public virtual_board::Test {
 protected:
  static std::vector<Record> records_of(Kind kind) {
    std::vector<Record> found;
    for (const Record& record : virtual_board::trace_records()) {
      if (record.kind == kind) found.push_back(record);
    }
    return found;
  }
  static std::vector<Record> records_of(Kind kind, Reason reason) {
    std::vector<Record> found;
    for (const Record& record : records_of(kind)) {
      if (record.reason == static_cast<std::uint8_t>(reason)) found.push_back(record);
    }
    return found;
  }
  // The number of the only object of that kind.
  static std::uint32_t object_of(trace::ObjectKind kind) {
    std::uint32_t object = 0;
    for (const Record& record : records_of(Kind::object_created)) {
      if (record.reason == static_cast<std::uint8_t>(kind)) object = record.object;
    }
    EXPECT_NE(object, 0U);
    return object;
  }
  static unsigned line_of(const Record& record) { return record.site & 0xffffU; }
};

TEST_F(TraceTest, AnEventIsSetAndClearedOnTheLineThatDoesIt) {
  static unsigned set_line;
  run([]() -> Coro<> {
    asyncio::Event event("event");
    event.clear();  // it is not set: nothing happens
    set_line = __LINE__ + 1;
    event.set();
    event.clear();
    event.clear();
    event.set();
    co_return;
  }());
  const std::uint32_t event = object_of(trace::ObjectKind::event);
  const std::vector<Record> sets = records_of(Kind::event_set);
  const std::vector<Record> clears = records_of(Kind::event_clear);
  ASSERT_EQ(sets.size(), 2U);
  ASSERT_EQ(clears.size(), 1U);
  for (const std::vector<Record>& records : {sets, clears}) {
    for (const Record& record : records) EXPECT_EQ(record.object, event);
  }
  EXPECT_EQ(line_of(sets[0]), set_line);
  EXPECT_EQ(line_of(clears[0]), set_line + 1);
  EXPECT_EQ(line_of(sets[1]), set_line + 3);
}

TEST_F(TraceTest, WhoeverWaitsForAnEventIsReadyByItsNumberAndTheLineThatSetIt) {
  static unsigned set_line;
  static unsigned wait_line;
  run([]() -> Coro<> {
    asyncio::Event event("event");
    const Task<> waiter = create_task([](asyncio::Event& e) -> Coro<> {
      wait_line = __LINE__ + 1;
      co_await e.wait();
    }(event));
    co_await sleep_ms(1);
    set_line = __LINE__ + 1;
    event.set();
    co_await waiter;
  }());
  const std::uint32_t event = object_of(trace::ObjectKind::event);
  const std::vector<Record> waits = records_of(Kind::slice_end, Reason::event);
  const std::vector<Record> wakes = records_of(Kind::task_ready, Reason::event);
  ASSERT_EQ(waits.size(), 1U);
  ASSERT_EQ(wakes.size(), 1U);
  EXPECT_EQ(waits[0].object, event);
  EXPECT_EQ(line_of(waits[0]), wait_line);
  EXPECT_EQ(wakes[0].object, event);
  EXPECT_EQ(line_of(wakes[0]), set_line);
  EXPECT_EQ(wakes[0].task, waits[0].task);
  EXPECT_EQ(wakes[0].extra, 0U);
}

TEST_F(TraceTest, ACancellationNamesTheTaskAndTheLine) {
  static unsigned line;
  static std::uint32_t number;
  run([]() -> Coro<> {
    const Task<> task = create_task([]() -> Coro<> { co_await sleep_ms(100); }());
    number = task.promise()->number.id();
    co_await sleep_ms(1);
    line = __LINE__ + 1;
    task.cancel();
    co_await sleep_ms(1);
    task.cancel();  // it has finished: nothing happens
  }());
  const std::vector<Record> cancels = records_of(Kind::cancel);
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(cancels[0].task, number);
  EXPECT_EQ(line_of(cancels[0]), line);
  const std::vector<Record> wakes = records_of(Kind::task_ready, Reason::cancelled);
  ASSERT_EQ(wakes.size(), 1U);
  EXPECT_EQ(wakes[0].task, number);
  EXPECT_EQ(line_of(wakes[0]), line);
}

TEST_F(TraceTest, ATasksEndSaysHow) {
  static std::vector<std::uint32_t> numbers;
  numbers.clear();
  run([]() -> Coro<> {
    const auto returns = []() -> Coro<> { co_return; };
    const auto fails = []() -> Coro<> {
      throw asyncio::ValueError("on purpose");
      co_return;
    };
    create_task(returns());
    numbers.push_back(asyncio::all_tasks().back().promise()->number.id());
    const Task<> held = create_task(returns());
    const Task<> failed = create_task(fails());
    const Task<> cancelled = create_task([]() -> Coro<> { co_await sleep_ms(100); }());
    const Task<> never_ran = create_task(returns());
    never_ran.cancel();
    for (const Task<>& task : {held, failed, cancelled, never_ran})
      numbers.push_back(task.promise()->number.id());
    try {
      co_await failed;
    } catch (const asyncio::ValueError&) {
    }
    cancelled.cancel();
    co_await sleep_ms(1);
  }());
  const Outcome expected[] = {Outcome::returned, Outcome::returned, Outcome::failed, Outcome::cancelled,
                              Outcome::cancelled};
  const std::vector<Record> ends = records_of(Kind::task_done);
  ASSERT_EQ(ends.size(), 6U);  // these and main
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    int found = 0;
    for (const Record& end : ends) {
      if (end.task != numbers[i]) continue;
      ++found;
      EXPECT_EQ(static_cast<Outcome>(end.reason), expected[i]) << "task " << i;
    }
    EXPECT_EQ(found, 1) << "task " << i;
  }
}

TEST_F(TraceTest, AnExceptionThatNobodyAwaitsIsInItAndOthersAreNot) {
  static std::uint32_t number;
  run([]() -> Coro<> {
    const auto fails = []() -> Coro<> {
      throw asyncio::ValueError("on purpose");
      co_return;
    };
    const Task<> awaited = create_task(fails());
    try {
      co_await awaited;
    } catch (const asyncio::ValueError&) {
    }
    const Task<> cancelled = create_task([]() -> Coro<> { co_await sleep_ms(100); }());
    co_await sleep_ms(0);
    cancelled.cancel();
    const Task<> alone = create_task(fails());
    number = alone.promise()->number.id();
    co_await sleep_ms(5);
  }());
  const std::vector<Record> exceptions = records_of(Kind::exception);
  ASSERT_EQ(exceptions.size(), 1U);
  EXPECT_EQ(exceptions[0].task, number);
  // After the task's end, before its turn in which it is reported.
  std::string story;
  for (const Record& record : virtual_board::trace_records()) {
    if (record.task != number || number == 0) continue;
    if (record.kind == Kind::task_done) story += "done ";
    if (record.kind == Kind::exception) story += "exception ";
    if (record.kind == Kind::task_ready && record.reason == static_cast<std::uint8_t>(Reason::unretrieved))
      story += "ready ";
  }
  EXPECT_EQ(story, "done exception ready ");
}

TEST_F(TraceTest, AFlagWakesItsWaiterByItsNumberAndSaysIfThatHadPriority) {
  for (const bool priority : {false, true}) {
    virtual_board::reset();
    run([](bool first) -> Coro<> {
      asyncio::ThreadSafeFlag flag("flag");
      flag.set_priority(first);
      const Task<> waiter =
          create_task([](asyncio::ThreadSafeFlag& f) -> Coro<> { co_await f.wait(); }(flag));
      co_await sleep_ms(1);
      flag.set();
      co_await waiter;
    }(priority));
    const std::vector<Record> wakes = records_of(Kind::task_ready, Reason::io_read);
    ASSERT_EQ(wakes.size(), 1U);
    EXPECT_EQ(wakes[0].object, object_of(trace::ObjectKind::flag));
    EXPECT_EQ(wakes[0].extra, priority ? 1U : 0U);
    for (const Record& record : records_of(Kind::task_ready)) {
      if (record.task != wakes[0].task) {
        EXPECT_EQ(record.extra, 0U);
      }
    }
  }
}

TEST_F(TraceTest, AFlagThatIsDestroyedIsNamedAsWhatWokeItsWaiter) {
  run([]() -> Coro<> {
    const auto waits = [](asyncio::ThreadSafeFlag& flag) -> Coro<> {
      try {
        co_await flag.wait();
      } catch (const asyncio::RuntimeError&) {
      }
    };
    {
      asyncio::ThreadSafeFlag flag("flag");
      create_task(waits(flag));
      co_await sleep_ms(1);
    }
    co_await sleep_ms(1);
  }());
  const std::vector<Record> wakes = records_of(Kind::task_ready, Reason::destroyed);
  ASSERT_EQ(wakes.size(), 1U);
  EXPECT_EQ(wakes[0].object, object_of(trace::ObjectKind::flag));
}

TEST_F(TraceTest, AWaitForIsAWaitWithATimeoutAndItsDeadline) {
  static unsigned line;
  static std::uint32_t number;
  run([]() -> Coro<> {
    asyncio::Event event("event");
    number = asyncio::current_task().promise()->number.id();
    co_await sleep_ms(3);
    line = __LINE__ + 2;
    try {
      co_await asyncio::wait_for_ms(event.wait(), 20);
    } catch (const asyncio::TimeoutError&) {
    }
  }());
  const std::vector<Record> waits = records_of(Kind::slice_end, Reason::timeout);
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0].task, number);
  EXPECT_EQ(waits[0].object, 23U);
  EXPECT_EQ(line_of(waits[0]), line);
  const std::vector<Record> cancels = records_of(Kind::cancel);
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(cancels[0].time_ns, 23'000'000U);
}

TEST_F(TraceTest, ALockIsReleasedAndAcquiredByTasksAndHandedOnByTheLineThatReleases) {
  static unsigned line;
  static std::uint32_t owner;
  static std::uint32_t next;
  run([]() -> Coro<> {
    asyncio::Lock lock("lock");
    owner = asyncio::current_task().promise()->number.id();
    co_await lock.acquire();
    const Task<> waiter = create_task([](asyncio::Lock& l) -> Coro<> { co_await l.acquire(); }(lock));
    next = waiter.promise()->number.id();
    co_await sleep_ms(1);
    line = __LINE__ + 1;
    lock.release();
    co_await waiter;
  }());
  const std::uint32_t lock = object_of(trace::ObjectKind::lock);
  std::string story;
  for (const Record& record : virtual_board::trace_records()) {
    if (record.object != lock || record.kind == Kind::object_created) continue;
    const std::string who = record.task == owner ? "owner" : record.task == next ? "next" : "?";
    if (record.kind == Kind::lock_acquire) story += who + " acquires, ";
    if (record.kind == Kind::lock_release) story += who + " releases, ";
    if (record.kind == Kind::slice_end && record.reason == static_cast<std::uint8_t>(Reason::lock))
      story += who + " waits, ";
    if (record.kind == Kind::task_ready) {
      story += who + " ready, ";
      EXPECT_EQ(line_of(record), line);
    }
  }
  EXPECT_EQ(story, "owner acquires, next waits, owner releases, next ready, next acquires, ");
}

}  // namespace

#endif
