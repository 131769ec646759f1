// An AsyncGenerator that stays while the task that waits in its next() goes: what it waited for is not lost.
#include <gtest/gtest.h>

#include "asyncio/async_generator.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/queue.hpp"
#include "asyncio/semaphore.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::AsyncGenerator;
using asyncio::Coro;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

AsyncGenerator<int> items_of(asyncio::Queue<int>& queue) {
  for (;;) co_yield co_await queue.get();
}

AsyncGenerator<int> turns_of(asyncio::Lock& lock) {
  for (int i = 0;; ++i) {
    const auto guard = co_await lock.scoped();
    co_yield i;
  }
}

AsyncGenerator<int> permits_of(asyncio::Semaphore& semaphore) {
  for (int i = 0;; ++i) {
    const auto permit = co_await semaphore.scoped();
    co_yield i;
  }
}

// The task that a generator waits in goes with new_event_loop(), and the generator does not.
class CutOffGeneratorTest : public virtual_board::Test {
 protected:
  template <class Body>
  void cut_off(AsyncGenerator<int>& generator, Body body) {
    asyncio::get_event_loop().create_task(asyncio::as_coroutine(generator.next()));
    run([](Body run_beside) -> Coro<> {
      co_await sleep_ms(1);
      run_beside();
    }(body));
    asyncio::new_event_loop();
  }
};

TEST_F(CutOffGeneratorTest, OfAQueueTakesNothing) {
  asyncio::Queue<int> queue;
  auto values = items_of(queue);
  cut_off(values, [] {});
  queue.put_nowait(1);
  EXPECT_EQ(queue.get_nowait(), 1);
}

TEST_F(CutOffGeneratorTest, WithAPromisedItemLeavesIt) {
  asyncio::Queue<int> queue;
  auto values = items_of(queue);
  cut_off(values, [&] { queue.put_nowait(1); });
  EXPECT_EQ(queue.get_nowait(), 1);
}

TEST_F(CutOffGeneratorTest, WithAPermitThatWasHandedToItLeavesIt) {
  asyncio::Semaphore semaphore(0);
  auto values = permits_of(semaphore);
  cut_off(values, [&] { semaphore.release(); });
  EXPECT_FALSE(semaphore.locked());
}

TEST_F(CutOffGeneratorTest, WithALockThatWasHandedToItLeavesIt) {
  asyncio::Lock lock;
  run([](asyncio::Lock& locked) -> Coro<> { co_await locked.acquire(); }(lock));
  auto values = turns_of(lock);
  cut_off(values, [&] { lock.release(); });
  run([](asyncio::Lock& locked) -> Coro<> { co_await asyncio::wait_for_ms(locked.acquire(), 10); }(lock));
}

}  // namespace
