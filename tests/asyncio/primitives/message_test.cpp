#include "asyncio/message.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Message;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::Task;

namespace {

class MessageTest : public virtual_board::Test {};

Coro<> message_wait(Message<int>& message, Message<>* acknowledge, int n) {
  try {
    co_await message;
    print("%d got %d\n", n, message.value());
    if (acknowledge != nullptr) acknowledge->set();
  } catch (const CancelledError&) {
    print("%d cancelled\n", n);
    throw;
  }
}

TEST_F(MessageTest, AwaitedItGivesWhatWasSet) {
  run([]() -> Coro<> {
    Message<std::string> message;
    create_task([](Message<std::string>& awaited) -> Coro<> {
      print("Waiting for message\n");
      const std::string result = co_await awaited;
      print("waiter got %s\n", result.c_str());
      awaited.clear();
    }(message));
    co_await sleep_ms(1000);
    message.set("Hello");
    EXPECT_TRUE(message.is_set());
    co_await sleep_ms(1000);
    EXPECT_FALSE(message.is_set());
    EXPECT_EQ(message.value(), "Hello");
  }());
  EXPECT_EQ(virtual_board::output(), "Waiting for message\nwaiter got Hello\n");
}

TEST_F(MessageTest, AnInterruptSetsIt) {
  run([]() -> Coro<> {
    Message<int> message;
    virtual_board::interrupt_at_us(1500, [&message] { message.set(42); });
    EXPECT_EQ(co_await message.wait(), 42);
    EXPECT_EQ(virtual_board::now_us(), 1500U);
  }());
}

TEST_F(MessageTest, SeveralTasksWaitAndAcknowledge) {
  run([]() -> Coro<> {
    Message<int> message;
    Message<> first;
    Message<> second;
    for (int count = 0; count < 3; ++count) {
      create_task(message_wait(message, &first, 1));
      create_task(message_wait(message, &second, 2));
      message.set(count);
      print("set\n");
      co_await first;
      first.clear();
      print("cleared first\n");
      co_await second;
      second.clear();
      print("cleared second\n");
      message.clear();
      co_await sleep_ms(1000);
    }
  }());
  std::string expected;
  for (const char* n : {"0", "1", "2"}) {
    expected += std::string("set\n1 got ") + n + "\n2 got " + n + "\ncleared first\ncleared second\n";
  }
  EXPECT_EQ(virtual_board::output(), expected);
}

TEST_F(MessageTest, EachOfManyWaitersGetsEachMessageIfItYieldsInBetween) {
  run([]() -> Coro<> {
    Message<int> message;
    std::vector<Task<>> tasks;
    for (int n = 0; n < 3; ++n) {
      tasks.push_back(create_task([](Message<int>& awaited, int number) -> Coro<> {
        for (;;) {
          const int value = co_await awaited;
          awaited.clear();
          print("%d:%d ", number, value);
          co_await sleep_ms(0);
        }
      }(message, n)));
    }
    for (int k = 1; k < 4; ++k) {
      co_await sleep_ms(1000);
      message.set(k);
    }
    co_await sleep_ms(1000);
    for (const auto& task : tasks) task.cancel();
  }());
  EXPECT_EQ(virtual_board::output(), "0:1 1:1 2:1 0:2 1:2 2:2 0:3 1:3 2:3 ");
}

TEST_F(MessageTest, IteratesOverWhatIsSet) {
  run([]() -> Coro<> {
    Message<std::string> message;
    const auto task = create_task([](Message<std::string>& messages) -> Coro<> {
      for (;;) {
        const std::string text = co_await messages.next();
        print("got %s\n", text.c_str());
        messages.clear();
      }
    }(message));
    for (const char* text : {"Hello", "This is a", "message", "goodbye"}) {
      message.set(text);
      co_await sleep_ms(1000);
    }
    task.cancel();
    co_await sleep_ms(0);
  }());
  EXPECT_EQ(virtual_board::output(), "got Hello\ngot This is a\ngot message\ngot goodbye\n");
}

TEST_F(MessageTest, SetTwiceBeforeATaskLooksTheFirstIsLost) {
  run([]() -> Coro<> {
    Message<int> message;
    message.set(1);
    message.set(2);
    EXPECT_EQ(co_await message, 2);
  }());
}

TEST_F(MessageTest, WithoutAValueItHoldsTheDefault) {
  run([]() -> Coro<> {
    Message<int> message;
    EXPECT_EQ(message.value(), 0);
    message.set(5);
    message.set();
    EXPECT_EQ(co_await message, 0);
  }());
}

TEST_F(MessageTest, CancellingTheFirstWaiterLeavesTheSecondWaiting) {
  run([]() -> Coro<> {
    Message<int> message;
    const auto first = create_task(message_wait(message, nullptr, 1));
    create_task(message_wait(message, nullptr, 2));
    co_await sleep_ms(1000);
    first.cancel();
    co_await sleep_ms(1000);
    message.set(7);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "1 cancelled\n2 got 7\n");
}

TEST_F(MessageTest, CancellingTheSecondWaiterLeavesTheFirstWaiting) {
  run([]() -> Coro<> {
    Message<int> message;
    create_task(message_wait(message, nullptr, 1));
    const auto second = create_task(message_wait(message, nullptr, 2));
    co_await sleep_ms(1000);
    second.cancel();
    co_await sleep_ms(1000);
    message.set(7);
    co_await sleep_ms(1000);
  }());
  EXPECT_EQ(virtual_board::output(), "2 cancelled\n1 got 7\n");
}

TEST_F(MessageTest, AWaitMayTimeOut) {
  run([]() -> Coro<> {
    Message<int> message;
    bool timed_out = false;
    try {
      co_await asyncio::wait_for_ms(message.wait(), 10);
    } catch (const asyncio::TimeoutError&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    message.set(3);
    EXPECT_EQ(co_await asyncio::wait_for_ms(message.wait(), 10), 3);
  }());
}

TEST_F(MessageTest, IsEventLike) {
  run([]() -> Coro<> {
    Message<int> number;
    Message<> signal;
    virtual_board::interrupt_at_us(2000, [&number] { number.set(9); });
    asyncio::WaitAny any(signal, number);
    EXPECT_EQ(co_await any.wait(), &number);
    EXPECT_EQ(number.value(), 9);
    any.clear();
    EXPECT_FALSE(number.is_set());
  }());
}

// Two numbers that belong together. Says whether an interrupt could come while it is copied.
struct Pair {
  Pair() = default;
  Pair(int a, int b) : first(a), second(b) {}
  Pair(const Pair& other) : first(other.first), second(other.second) {
    copied_unprotected = copied_unprotected || virtual_board::critical_depth() == 0;
  }
  Pair& operator=(const Pair& other) {
    copied_unprotected = copied_unprotected || virtual_board::critical_depth() == 0;
    first = other.first;
    second = other.second;
    return *this;
  }
  ~Pair() = default;
  int first = 0;
  int second = 0;
  static inline bool copied_unprotected;
};

TEST_F(MessageTest, NoInterruptComesWhileTheValueIsCopied) {
  run([]() -> Coro<> {
    Message<Pair> message;
    Pair::copied_unprotected = false;
    message.set(Pair(1, 2));
    const Pair pair = message.value();
    EXPECT_EQ(pair.first + pair.second, 3);
    EXPECT_FALSE(Pair::copied_unprotected);
    EXPECT_EQ((co_await message).second, 2);
    EXPECT_FALSE(Pair::copied_unprotected);
    EXPECT_EQ(virtual_board::critical_depth(), 0);
  }());
}

TEST_F(MessageTest, DestroyedItGivesItsWaitersARuntimeError) {
  run([]() -> Coro<> {
    std::optional<Message<int>> woken(std::in_place);
    std::optional<Message<int>> waiting(std::in_place);
    const auto wait = [](Message<int>& awaited, int number) -> Coro<> {
      try {
        co_await awaited;
      } catch (const asyncio::RuntimeError&) {
        print("%d destroyed\n", number);
      }
    };
    create_task(wait(*woken, 0));
    create_task(wait(*waiting, 1));
    co_await sleep_ms(0);
    woken->set(1);
    co_await sleep_ms(0);  // the first task is ready, behind main
    woken.reset();
    waiting.reset();
    co_await sleep_ms(1);
  }());
  EXPECT_EQ(virtual_board::output(), "0 destroyed\n1 destroyed\n");
}

}  // namespace
