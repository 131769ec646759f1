// Broker<Message>: passes messages from whoever publishes to whoever subscribed, by topic. Hinch's.
//
//   inline asyncio::Broker<int> broker;                            // one for all modules of a program
//   broker.subscribe("led", switch_led, &red);                     // a function (topic, message, arguments…)
//   broker.publish("led", 1);                                      // calls switch_led("led", 1, &red)
//
// An agent is what receives: a function or lambda; a coroutine, which becomes a task for each message; a
// BoundMethod, of either kind; an Event (or another object with set() and wait()), which is set; a Queue or
// RingbufQueue, which gets Item, (topic, message), or if it was subscribed with arguments ItemWith<…>,
// (topic, message, (arguments…)); an object of a class derived from Agent, whose put() is called like a
// function. Functions are kept as copies; Events, queues and Agents are referred to and must be unsubscribed
// before they go.
//
// Who is called when: publish() reaches each agent of a matching topic once, in the order they subscribed,
// before it returns. What an agent throws, publish() throws. Agents may subscribe, unsubscribe and publish.
// If a queue is full, a Queue loses the new message, a RingbufQueue its oldest. Not for interrupts.
//
// In Hinch's the order is any, a wrong agent is a ValueError (here it does not compile), and there is one
// instance for messages of any type (here the program makes its own, for its type of message).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "asyncio/console.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/reg_exp.hpp"

namespace asyncio {

// Base of user-defined agents. They have put(topic, message, arguments…), which should be quick.
class Agent {};

// A method of an object, as an agent: BoundMethod(sensor, &Sensor::set_rate). The object is referred to.
template <class Object, class Method>
class BoundMethod {
 public:
  BoundMethod(Object& object, Method method) : object_(&object), method_(method) {}
  template <class... Args>
    requires std::invocable<Method, Object&, Args...>
  decltype(auto) operator()(Args&&... args) const {
    return (object_->*method_)(std::forward<Args>(args)...);
  }
  friend bool operator==(const BoundMethod&, const BoundMethod&) = default;

 private:
  Object* object_;
  Method method_;
};

// `Topic` is a string, or anything that can be compared, such as an enum; RegExp topics are for strings.
template <class Message, class Topic = std::string>
class Broker {
 public:
  static_assert(!std::is_pointer_v<Topic>,
                "equal texts are at different addresses: use std::string or std::string_view");
  using Item = std::tuple<Topic, Message>;
  template <class... Args>
  using ItemWith = std::tuple<Topic, Message, std::tuple<Args...>>;

  // Prints what went wrong without harm: an agent subscribed twice or not at all, a message a queue had no
  // room for.
  static inline bool Verbose = true;

  Broker() = default;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Says which subscription this is, to end it where the agent cannot be told from others: a lambda with
  // captures.
  struct Subscription {
    std::uint32_t number = 0;
  };

  // The agent receives what is published to that topic from now on, `args` behind it. The same agent with the
  // same arguments is subscribed to a topic once.
  template <class A, class... Args>
  Subscription subscribe(Topic topic, A&& agent, Args... args) {
    return add(Key(std::in_place_index<0>, std::move(topic)), std::forward<A>(agent), std::move(args)...);
  }
  // To every topic that matches.
  template <class A, class... Args>
    requires std::convertible_to<const Topic&, std::string_view>
  Subscription subscribe(RegExp topics, A&& agent, Args... args) {
    return add(Key(std::in_place_index<1>, std::move(topics)), std::forward<A>(agent), std::move(args)...);
  }

  // The arguments must be those it was subscribed with.
  template <class A, class... Args>
  void unsubscribe(Topic topic, A&& agent, Args... args) {
    remove(Key(std::in_place_index<0>, std::move(topic)), std::forward<A>(agent), std::move(args)...);
  }
  template <class A, class... Args>
    requires std::convertible_to<const Topic&, std::string_view>
  void unsubscribe(RegExp topics, A&& agent, Args... args) {
    remove(Key(std::in_place_index<1>, std::move(topics)), std::forward<A>(agent), std::move(args)...);
  }
  void unsubscribe(Subscription subscription) {
    for (const auto& entry : entries_) {
      if (entry->number == subscription.number && !entry->removed) {
        entry->removed = true;
        forget_removed();
        return;
      }
    }
    if (Verbose) print("Unsubscribe fail: no such subscription.\n");
  }

  void publish(const Topic& topic, const Message& message = Message()) {
    struct Publishing {
      explicit Publishing(Broker& publisher) : broker(publisher) { ++broker.publishing_; }
      Publishing(const Publishing&) = delete;
      Publishing& operator=(const Publishing&) = delete;
      ~Publishing() {
        --broker.publishing_;
        broker.forget_removed();
      }
      Broker& broker;
    } const publishing(*this);
    // Those that an agent subscribes meanwhile come behind these.
    const std::size_t count = entries_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (entries_[i]->removed || !matches(entries_[i]->key, topic) || served_before(i, topic)) continue;
      // The vector may grow meanwhile; the entry stays.
      Entry& entry = *entries_[i];
      entry.deliver(topic, message);
    }
  }

 private:
  using Key = std::variant<Topic, RegExp>;

  struct Entry {
    Entry(Key subscribed_to, const void* type_of_agent)
        : key(std::move(subscribed_to)), type(type_of_agent) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    virtual ~Entry() = default;
    virtual void deliver(const Topic& topic, const Message& message) = 0;
    virtual bool has_agent_of(const Entry& other) const = 0;  // whose `type` is the same
    Key key;
    const void* type;
    std::uint32_t number = 0;
    bool removed = false;  // while publish() goes through the entries
  };

  template <class A>
  static constexpr bool is_queue =
      requires(A& agent, typename A::value_type item) { agent.put_nowait(std::move(item)); };
  template <class A>
  static constexpr bool is_event = requires(A& agent) {
    agent.set();
    agent.wait();
  };
  template <class A>
  static constexpr bool is_object = is_queue<A> || is_event<A> || std::derived_from<A, Agent>;

  template <class A, class... Args>
  class EntryOf final : public Entry {
   public:
    // An object is kept as a pointer, a function as a copy.
    using Kept = std::conditional_t<is_object<A>, A*, A>;
    EntryOf(Key subscribed_to, Kept agent, std::tuple<Args...> args)
        : Entry(std::move(subscribed_to), &type_tag), agent_(std::move(agent)), args_(std::move(args)) {}

    void deliver(const Topic& topic, const Message& message) override {
      std::apply([&](const Args&... args) { deliver_with(topic, message, args...); }, std::as_const(args_));
    }
    bool has_agent_of(const Entry& other) const override {
      const auto& same_type = static_cast<const EntryOf&>(other);
      if constexpr (std::equality_comparable<Kept>) {
        return agent_ == same_type.agent_ && args_ == same_type.args_;
      } else {
        return std::is_empty_v<Kept> && args_ == same_type.args_;
      }
    }

   private:
    void deliver_with(const Topic& topic, const Message& message, const Args&... args) {
      if constexpr (is_queue<A>) {
        bool lost = false;
        if constexpr (requires { agent_->put_overwriting(item(topic, message, args...)); }) {
          lost = agent_->put_overwriting(item(topic, message, args...));
        } else if (agent_->full()) {
          lost = true;
        } else {
          agent_->put_nowait(item(topic, message, args...));
        }
        if (lost && Verbose)
          print("Message lost topic %s\n", text_of(Key(std::in_place_index<0>, topic)).c_str());
      } else if constexpr (is_event<A>) {
        agent_->set();
      } else if constexpr (std::derived_from<A, Agent>) {
        agent_->put(topic, message, args...);
      } else {
        launch(agent_, topic, message, args...);
      }
    }
    static auto item(const Topic& topic, const Message& message, const Args&... args) {
      using Value = typename A::value_type;
      if constexpr (sizeof...(Args) == 0) {
        return Value(topic, message);
      } else {
        return Value(topic, message, std::tuple<Args...>(args...));
      }
    }

    static inline char type_tag = 0;  // its address tells the types apart
    Kept agent_;
    std::tuple<Args...> args_;
  };

  template <class A, class... Args>
  static auto make_entry(Key key, A&& agent, Args... args) {
    using Decayed = std::decay_t<A>;
    if constexpr (is_object<Decayed>) {
      static_assert(std::is_lvalue_reference_v<A>,
                    "an Event, a queue or an Agent is referred to: it must have a name");
      return std::make_unique<EntryOf<Decayed, Args...>>(std::move(key), std::addressof(agent),
                                                         std::tuple<Args...>(std::move(args)...));
    } else {
      static_assert(std::invocable<Decayed&, const Topic&, const Message&, const Args&...>,
                    "an agent is an Event, a Queue, a RingbufQueue, an object of a class derived from Agent, "
                    "or a function "
                    "or coroutine that can be called with (topic, message, arguments...)");
      return std::make_unique<EntryOf<Decayed, Args...>>(std::move(key), std::forward<A>(agent),
                                                         std::tuple<Args...>(std::move(args)...));
    }
  }

  template <class A, class... Args>
  Subscription add(Key key, A&& agent, Args... args) {
    auto entry = make_entry(std::move(key), std::forward<A>(agent), std::move(args)...);
    if (const Entry* const twin = find(*entry)) {
      if (Verbose) print("Duplicate agent in topic %s.\n", text_of(entry->key).c_str());
      return {twin->number};
    }
    entry->number = ++last_number_;
    entries_.push_back(std::move(entry));
    return {last_number_};
  }

  template <class A, class... Args>
  void remove(Key key, A&& agent, Args... args) {
    using Decayed = std::decay_t<A>;
    static_assert(is_object<Decayed> || std::equality_comparable<Decayed> || std::is_empty_v<Decayed>,
                  "a lambda with captures cannot be told from others: unsubscribe what subscribe() returned");
    const auto like = make_entry(std::move(key), std::forward<A>(agent), std::move(args)...);
    if (Entry* const entry = find(*like)) {
      entry->removed = true;
      forget_removed();
    } else if (Verbose) {
      const std::string topic = text_of(like->key);
      if (has_topic(like->key)) {
        print("Unsubscribe agent from topic %s fail: agent not subscribed.\n", topic.c_str());
      } else {
        print("Unsubscribe topic %s fail: topic not subscribed.\n", topic.c_str());
      }
    }
  }

  // The entry with the same topic, agent and arguments, or nullptr.
  Entry* find(const Entry& like) const {
    for (const auto& entry : entries_) {
      if (!entry->removed && entry->key == like.key && has_agent_of(*entry, like)) return entry.get();
    }
    return nullptr;
  }
  static bool has_agent_of(const Entry& a, const Entry& b) { return a.type == b.type && a.has_agent_of(b); }
  bool has_topic(const Key& key) const {
    for (const auto& entry : entries_) {
      if (!entry->removed && entry->key == key) return true;
    }
    return false;
  }

  static bool matches(const Key& key, const Topic& topic) {
    if (const Topic* const exact = std::get_if<0>(&key)) return *exact == topic;
    if constexpr (std::convertible_to<const Topic&, std::string_view>) {
      return std::get<1>(key).matches(topic);
    } else {
      return false;
    }
  }
  // Has the agent of entry `i` got this message already, by another topic?
  bool served_before(std::size_t i, const Topic& topic) const {
    for (std::size_t j = 0; j < i; ++j) {
      if (has_agent_of(*entries_[j], *entries_[i]) && matches(entries_[j]->key, topic)) return true;
    }
    return false;
  }

  void forget_removed() {
    if (publishing_ == 0) std::erase_if(entries_, [](const auto& entry) { return entry->removed; });
  }

  static std::string text_of(const Key& key) {
    if (const RegExp* const pattern = std::get_if<1>(&key)) return pattern->pattern();
    if constexpr (std::convertible_to<const Topic&, std::string_view>) {
      return std::string(std::string_view(std::get<0>(key)));
    } else {
      return "(not a string)";
    }
  }

  std::vector<std::unique_ptr<Entry>> entries_;
  std::uint32_t last_number_ = 0;
  unsigned publishing_ = 0;  // depth
};

}  // namespace asyncio
