#include "asyncio/broker.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/queue.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "virtual_board.hpp"

using asyncio::Agent;
using asyncio::BoundMethod;
using asyncio::Broker;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::Event;
using asyncio::Queue;
using asyncio::RegExp;
using asyncio::RingbufQueue;
using asyncio::run;
using asyncio::sleep_ms;

namespace {

using TextBroker = Broker<std::string>;

class BrokerTest : public virtual_board::Test {
 protected:
  void SetUp() override {
    Test::SetUp();
    TextBroker::Verbose = true;
  }
};

void function(const std::string& topic, const std::string& message) {
  print("function %s %s\n", topic.c_str(), message.c_str());
}
void other_function(const std::string& topic, const std::string& message) {
  print("other %s %s\n", topic.c_str(), message.c_str());
}
void with_arguments(const std::string& topic, const std::string& message, int a, const char* b) {
  print("function %s %s %d %s\n", topic.c_str(), message.c_str(), a, b);
}

// References to the arguments stay good, although publish() has returned long ago.
Coro<> coroutine(const std::string& topic, const std::string& message) {
  co_await sleep_ms(100);
  print("coroutine %s %s\n", topic.c_str(), message.c_str());
}

struct TestClass {
  Coro<> fetch(std::string topic, std::string message, int a, int b) {
    co_await sleep_ms(100);
    print("bound coroutine %s %s %d %d %d\n", topic.c_str(), message.c_str(), a, b, ++calls);
  }
  void get(const std::string& topic, const std::string& message) {
    print("bound method %s %s %d\n", topic.c_str(), message.c_str(), ++calls);
  }
  int calls = 0;
};

TEST_F(BrokerTest, CallsAFunctionWithTopicMessageAndArguments) {
  TextBroker broker;
  broker.subscribe("foo_topic", function);
  broker.subscribe("foo_topic", with_arguments, 42, "arg");
  broker.publish("foo_topic", "hello");
  broker.publish("bar_topic", "nobody");
  EXPECT_EQ(virtual_board::output(), "function foo_topic hello\nfunction foo_topic hello 42 arg\n");
}

TEST_F(BrokerTest, CallsALambda) {
  TextBroker broker;
  int calls = 0;
  broker.subscribe("topic", [&calls](const std::string&, const std::string&) { ++calls; });
  broker.publish("topic", "a");
  broker.publish("topic", "b");
  EXPECT_EQ(calls, 2);
}

TEST_F(BrokerTest, ACoroutineBecomesATaskForEachMessage) {
  run([]() -> Coro<> {
    TextBroker broker;
    broker.subscribe("bar_topic", coroutine);
    broker.publish("bar_topic", "a message too long to be kept in the string object");
    broker.publish("bar_topic", "two");
    EXPECT_EQ(virtual_board::output(), "");
    co_await sleep_ms(200);
  }());
  EXPECT_EQ(
      virtual_board::output(),
      "coroutine bar_topic a message too long to be kept in the string object\ncoroutine bar_topic two\n");
}

TEST_F(BrokerTest, ACoroutineMayTakeTopicAndMessageByReferenceWhateverTheyAre) {
  enum class Topic { level };
  run([]() -> Coro<> {
    Broker<int, Topic> broker;
    broker.subscribe(Topic::level, [](const Topic& topic, const int& level) -> Coro<> {
      co_await sleep_ms(1);
      print("topic %d level %d\n", static_cast<int>(topic), level);
    });
    {
      const auto level = std::make_unique<int>(42);
      broker.publish(Topic::level, *level);
    }
    co_await sleep_ms(10);
  }());
  EXPECT_EQ(virtual_board::output(), "topic 0 level 42\n");
}

TEST_F(BrokerTest, CallsMethodsAndStartsCoroutinesOfAnObject) {
  run([]() -> Coro<> {
    TextBroker broker;
    TestClass object;
    broker.subscribe("foo_topic", BoundMethod(object, &TestClass::fetch), 1, 42);
    broker.subscribe("foo_topic", BoundMethod(object, &TestClass::get));
    broker.publish("foo_topic", "hello");
    co_await sleep_ms(200);
    broker.unsubscribe("foo_topic", BoundMethod(object, &TestClass::get));
    broker.publish("foo_topic", "again");
    co_await sleep_ms(200);
    broker.unsubscribe("foo_topic", BoundMethod(object, &TestClass::fetch), 1, 42);
    broker.publish("foo_topic", "nobody");
    co_await sleep_ms(200);
  }());
  EXPECT_EQ(virtual_board::output(),
            "bound method foo_topic hello 1\nbound coroutine foo_topic hello 1 42 2\n"
            "bound coroutine foo_topic again 1 42 3\n");
}

TEST_F(BrokerTest, SetsAnEvent) {
  run([]() -> Coro<> {
    TextBroker broker;
    Event event;
    broker.subscribe("topic", event);
    broker.publish("topic");
    EXPECT_TRUE(event.is_set());
    event.clear();
    broker.unsubscribe("topic", event);
    broker.publish("topic");
    EXPECT_FALSE(event.is_set());
    co_return;
  }());
}

TEST_F(BrokerTest, AQueueGetsTopicAndMessage) {
  run([]() -> Coro<> {
    TextBroker broker;
    Queue<TextBroker::Item> queue(10);
    RingbufQueue<TextBroker::Item> ring(10);
    broker.subscribe("foo_topic", queue);
    broker.subscribe("foo_topic", ring);
    broker.subscribe("bar_topic", ring);
    create_task([](TextBroker& publisher) -> Coro<> {
      for (int x = 0; x < 2; ++x) {
        co_await sleep_ms(1000);
        publisher.publish("foo_topic", "test " + std::to_string(x));
        publisher.publish("bar_topic", "test " + std::to_string(x));
        publisher.publish("ignore me", "test " + std::to_string(x));
      }
    }(broker));
    for (int x = 0; x < 4; ++x) {
      const auto [topic, message] = co_await ring.next();
      EXPECT_EQ(topic, x % 2 == 0 ? "foo_topic" : "bar_topic");
      EXPECT_EQ(message, "test " + std::to_string(x / 2));
    }
    EXPECT_EQ(queue.qsize(), 2U);
    const auto [topic, message] = queue.get_nowait();
    EXPECT_EQ(topic + message, "foo_topictest 0");
  }());
}

TEST_F(BrokerTest, AQueueSubscribedWithArgumentsGetsThemToo) {
  TextBroker broker;
  RingbufQueue<TextBroker::ItemWith<const char*, int>> ring(10);
  broker.subscribe("bar_topic", ring, "args", 5);
  broker.publish("bar_topic", "rats");
  const auto [topic, message, arguments] = ring.get_nowait();
  EXPECT_EQ(topic, "bar_topic");
  EXPECT_EQ(message, "rats");
  EXPECT_STREQ(std::get<0>(arguments), "args");
  EXPECT_EQ(std::get<1>(arguments), 5);
}

TEST_F(BrokerTest, AFullQueueLosesTheNewMessageARingbufQueueItsOldest) {
  TextBroker broker;
  Queue<TextBroker::Item> queue(2);
  RingbufQueue<TextBroker::Item> ring(3);
  broker.subscribe("topic", queue);
  broker.subscribe("topic", ring);
  for (const char* message : {"a", "b"}) broker.publish("topic", message);
  EXPECT_EQ(virtual_board::output(), "");
  broker.publish("topic", "c");
  EXPECT_EQ(virtual_board::output(), "Message lost topic topic\nMessage lost topic topic\n");
  TextBroker::Verbose = false;
  broker.publish("topic", "d");
  EXPECT_EQ(virtual_board::output(), "Message lost topic topic\nMessage lost topic topic\n");
  EXPECT_EQ(std::get<1>(queue.get_nowait()), "a");
  EXPECT_EQ(std::get<1>(queue.get_nowait()), "b");
  EXPECT_EQ(std::get<1>(ring.get_nowait()), "c");
  EXPECT_EQ(std::get<1>(ring.get_nowait()), "d");
}

struct MyAgent : Agent {
  void put(const std::string& topic, const std::string& message, int arg) {
    print("User agent. Topic: %s Message: %s Arg: %d\n", topic.c_str(), message.c_str(), arg);
  }
};

TEST_F(BrokerTest, CallsPutOfAUserAgent) {
  TextBroker broker;
  MyAgent agent;
  broker.subscribe("foo_topic", agent, 42);
  broker.publish("foo_topic", "hello");
  broker.unsubscribe("foo_topic", agent, 42);
  broker.publish("foo_topic", "nobody");
  EXPECT_EQ(virtual_board::output(), "User agent. Topic: foo_topic Message: hello Arg: 42\n");
}

TEST_F(BrokerTest, AgentsAreReachedInTheOrderTheySubscribed) {
  TextBroker broker;
  std::string order;
  const auto append = [](const std::string&, const std::string&, std::string* to, char c) { *to += c; };
  for (const char c : {'d', 'a', 'c', 'b'}) broker.subscribe("topic", append, &order, c);
  broker.publish("topic");
  EXPECT_EQ(order, "dacb");
}

TEST_F(BrokerTest, OneAgentMayHaveSeveralTopicsAndOneTopicItWithDifferentArguments) {
  TextBroker broker;
  broker.subscribe("one", with_arguments, 1, "");
  broker.subscribe("one", with_arguments, 2, "");
  broker.subscribe("two", with_arguments, 1, "");
  broker.publish("one");
  broker.publish("two");
  EXPECT_EQ(virtual_board::output(), "function one  1 \nfunction one  2 \nfunction two  1 \n");
}

TEST_F(BrokerTest, TheSameAgentIsSubscribedOnce) {
  TextBroker broker;
  const auto first = broker.subscribe("topic", function);
  EXPECT_EQ(virtual_board::output(), "");
  const auto second = broker.subscribe("topic", function);
  EXPECT_EQ(first.number, second.number);
  EXPECT_EQ(virtual_board::output(), "Duplicate agent in topic topic.\n");
  broker.publish("topic", "hello");
  EXPECT_EQ(virtual_board::output(), "Duplicate agent in topic topic.\nfunction topic hello\n");
  TextBroker::Verbose = false;
  broker.subscribe("topic", function);
  EXPECT_EQ(virtual_board::output(), "Duplicate agent in topic topic.\nfunction topic hello\n");
}

TEST_F(BrokerTest, UnsubscribeNeedsTheSameArguments) {
  TextBroker broker;
  broker.subscribe("led", with_arguments, 1, nullptr);
  broker.subscribe("led", with_arguments, 2, "green");
  broker.unsubscribe("led", with_arguments, 3, "green");
  EXPECT_EQ(virtual_board::output(), "Unsubscribe agent from topic led fail: agent not subscribed.\n");
  broker.unsubscribe("led", with_arguments, 1, nullptr);
  broker.publish("led", "on");
  EXPECT_EQ(virtual_board::output(),
            "Unsubscribe agent from topic led fail: agent not subscribed.\nfunction led on 2 green\n");
}

TEST_F(BrokerTest, UnsubscribingWhatIsNotSubscribedIsReportedIfVerbose) {
  TextBroker broker;
  broker.unsubscribe("rats", function);
  broker.subscribe("foo_topic", function);
  broker.unsubscribe("foo_topic", other_function);
  broker.unsubscribe("foo_topic", function);
  broker.unsubscribe("foo_topic", function);
  broker.unsubscribe(RegExp("foo.*"), function);
  broker.unsubscribe(TextBroker::Subscription{17});
  EXPECT_EQ(virtual_board::output(),
            "Unsubscribe topic rats fail: topic not subscribed.\n"
            "Unsubscribe agent from topic foo_topic fail: agent not subscribed.\n"
            "Unsubscribe topic foo_topic fail: topic not subscribed.\n"
            "Unsubscribe topic foo.* fail: topic not subscribed.\n"
            "Unsubscribe fail: no such subscription.\n");
  TextBroker::Verbose = false;
  const std::string before = virtual_board::output();
  broker.unsubscribe("rats", function);
  EXPECT_EQ(virtual_board::output(), before);
}

TEST_F(BrokerTest, ASubscriptionEndsWhatCannotBeToldByItsAgent) {
  TextBroker broker;
  int first = 0;
  int second = 0;
  const auto subscription =
      broker.subscribe("topic", [&first](const std::string&, const std::string&) { ++first; });
  broker.subscribe("topic", [&second](const std::string&, const std::string&) { ++second; });
  broker.publish("topic");
  broker.unsubscribe(subscription);
  broker.publish("topic");
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST_F(BrokerTest, ARegExpSubscribesToEveryTopicThatMatches) {
  TextBroker broker;
  broker.subscribe(RegExp(".*_topic"), function);
  broker.publish("FAIL", "no match");
  broker.publish("foo_topic", "dogs");
  broker.publish("bar_topic", "rats");
  broker.unsubscribe(RegExp(".*_topic"), function);
  broker.publish("bar_topic", "rats");
  EXPECT_EQ(virtual_board::output(), "function foo_topic dogs\nfunction bar_topic rats\n");
}

TEST_F(BrokerTest, AnAgentGetsAMessageOnceEvenIfSeveralOfItsTopicsMatch) {
  TextBroker broker;
  broker.subscribe(RegExp(".*_topic"), function);
  broker.subscribe("foo_topic", function);
  broker.subscribe(RegExp("foo.*"), function);
  broker.subscribe(RegExp("foo.*"), other_function);
  broker.publish("foo_topic", "dogs");
  EXPECT_EQ(virtual_board::output(), "function foo_topic dogs\nother foo_topic dogs\n");
}

TEST_F(BrokerTest, AnAgentMayUnsubscribeItselfAndOthersAndSubscribe) {
  TextBroker broker;
  TextBroker::Subscription self;
  self = broker.subscribe("topic", [&](const std::string&, const std::string&) {
    print("first\n");
    broker.unsubscribe(self);
    broker.unsubscribe("topic", other_function);
    for (int i = 0; i < 100; ++i) broker.subscribe("topic", with_arguments, i, "new");
  });
  broker.subscribe("topic", other_function);
  broker.subscribe("topic", function);
  broker.publish("topic", "a");
  EXPECT_EQ(virtual_board::output(), "first\nfunction topic a\n");
  broker.publish("topic", "b");
  EXPECT_NE(virtual_board::output().find("function topic b\nfunction topic b 0 new\n"), std::string::npos);
  EXPECT_EQ(virtual_board::output().find("other"), std::string::npos);
}

TEST_F(BrokerTest, AnAgentMayPublish) {
  TextBroker broker;
  broker.subscribe("first", [&broker](const std::string&, const std::string& message) {
    broker.publish("second", message + "!");
  });
  broker.subscribe("second", function);
  broker.publish("first", "hello");
  EXPECT_EQ(virtual_board::output(), "function second hello!\n");
}

TEST_F(BrokerTest, WhatAnAgentThrowsPublishThrows) {
  TextBroker broker;
  const auto failing =
      broker.subscribe("topic", [](const std::string&, const std::string&) { throw asyncio::OSError(5); });
  EXPECT_THROW(broker.publish("topic"), asyncio::OSError);
  broker.unsubscribe(failing);
  broker.subscribe("topic", function);
  broker.publish("topic", "works on");
  EXPECT_EQ(virtual_board::output(), "function topic works on\n");
}

TEST_F(BrokerTest, TopicsAndMessagesMayBeOfOtherTypes) {
  enum class Topic { temperature, pressure };
  Broker<double, Topic> broker;
  double temperature = 0;
  broker.subscribe(Topic::temperature, [&temperature](Topic, double value) { temperature = value; });
  Queue<Broker<double, Topic>::Item> queue(1);
  broker.subscribe(Topic::pressure, queue);
  broker.publish(Topic::temperature, 21.5);
  broker.publish(Topic::pressure, 1013);
  broker.publish(Topic::pressure, 1014);
  EXPECT_EQ(temperature, 21.5);
  EXPECT_EQ(std::get<1>(queue.get_nowait()), 1013);
  EXPECT_EQ(virtual_board::output(), "Message lost topic (not a string)\n");
}

}  // namespace
