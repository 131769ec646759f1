// The trace in the Common Trace Format: packets byte for byte, and which events each record becomes.
#include "model/ctf.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "bus_script.hpp"

namespace {

using trace_script::Kind;
using trace_script::Reason;
using trace_script::Script;

std::string channel_of(const Script& script) {
  std::ostringstream out;
  model::CtfWriter writer(out);
  model::State state;
  for (const trace::Record& record : script.records()) {
    state.apply(record);
    writer.write(state.record(), state);
  }
  state.finish();
  writer.finish(state);
  return out.str();
}

// Takes little-endian numbers from the front of a text.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}
  bool empty() const { return left_.empty(); }
  std::size_t size() const { return left_.size(); }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    EXPECT_LE(size, left_.size());
    std::memcpy(&value, left_.data(), size);
    left_.remove_prefix(size);
    return value;
  }
  std::string name() {
    const std::string text(left_.substr(0, 20));
    left_.remove_prefix(20);
    return text.substr(0, text.find('\0'));
  }
  Bytes take(std::size_t size) {
    const Bytes taken(left_.substr(0, size));
    left_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view left_;
};

// "2 thread_ready 1 main": the time in us, the event, its fields. Ids as Zephyr has them.
std::vector<std::string> events_of(const std::string& channel, std::size_t* packets = nullptr) {
  std::vector<std::string> events;
  Bytes bytes(channel);
  while (!bytes.empty()) {
    if (packets != nullptr) ++*packets;
    const std::size_t left = bytes.size();
    EXPECT_EQ(bytes.number(4), 0xc1fc1fc1U);
    const std::uint64_t begin = bytes.number(8);
    const std::uint64_t end = bytes.number(8);
    const std::uint64_t content_bits = bytes.number(8);
    EXPECT_EQ(bytes.number(8), content_bits);
    EXPECT_LE(content_bits / 8, left);
    Bytes packet = bytes.take(content_bits / 8 - (left - bytes.size()));
    std::uint64_t last = begin;
    while (!packet.empty()) {
      const std::uint64_t time = packet.number(8);
      EXPECT_GE(time, last);
      last = time;
      std::string text = std::to_string(time / 1000) + ' ';
      const auto thread = [&](const char* name) {
        const std::string number = std::to_string(packet.number(4));
        return std::string(name) + ' ' + number + ' ' + packet.name();
      };
      const auto fields = [&](std::string name, int count) {
        for (int i = 0; i < count; ++i) name += ' ' + std::to_string(packet.number(4));
        return name;
      };
      switch (const std::uint64_t id = packet.number(1)) {
        case 0x10:
          text += thread("thread_switched_out");
          break;
        case 0x11:
          text += thread("thread_switched_in");
          break;
        case 0x13:
          text += thread("thread_create");
          break;
        case 0x14:
          text += thread("thread_abort");
          break;
        case 0x17:
          text += thread("thread_ready");
          break;
        case 0x18:
          text += thread("thread_pending");
          break;
        case 0x1b:
          text += "isr_enter";
          break;
        case 0x1c:
          text += "isr_exit";
          break;
        case 0x1e:
          text += "idle";
          break;
        case 0x28:
          text += fields("mutex_init", 2);
          break;
        case 0x2a:
          text += fields("mutex_lock_blocking", 2);
          break;
        case 0x2b:
          text += fields("mutex_lock_exit", 3);
          break;
        case 0x2d:
          text += fields("mutex_unlock_exit", 2);
          break;
        case 0x62:
          text += fields(packet.name(), 2);
          break;
        default:
          ADD_FAILURE() << "event " << id;
          return events;
      }
      events.push_back(text);
    }
    EXPECT_EQ(last, end);
  }
  return events;
}

TEST(Ctf, NothingHappened) {
  EXPECT_EQ(channel_of(Script()).size(), 36U);
  EXPECT_TRUE(events_of(channel_of(Script())).empty());
}

TEST(Ctf, TasksAreThreads) {
  Script s;
  s.create(1, "main", 0, s.line(1)).at(2).begin(1).create(2, "anna", 1, s.line(2));
  s.at(5).end(1, Reason::task, 2, s.line(3)).begin(2).at(6).end(2, Reason::yield, 0, s.line(4));
  s.ready(2, Reason::yield).at(7).begin(2).at(8).done(2);
  s.add(Kind::idle_begin, 0).at(9).stop(trace::Stop::time_up);
  EXPECT_EQ(events_of(channel_of(s)),
            (std::vector<std::string>{
                "0 thread_create 1 main", "0 thread_ready 1 main", "2 thread_switched_in 1 main",
                "2 thread_create 2 anna", "2 thread_ready 2 anna", "5 thread_pending 1 main",
                "5 thread_switched_out 1 main", "5 thread_switched_in 2 anna", "6 thread_switched_out 2 anna",
                "6 thread_ready 2 anna", "7 thread_switched_in 2 anna", "8 thread_abort 2 anna",
                "8 thread_switched_out 2 anna", "8 idle", "9 stop 0 0"}));
}

TEST(Ctf, LocksAreMutexes) {
  Script s;
  s.object(1, trace::ObjectKind::lock, "bus", s.line(1)).object(2, trace::ObjectKind::event, "e", s.line(2));
  s.create(1, "a", 0, s.line(1)).begin(1).at(1).add(Kind::lock_acquire, 1, 1);
  s.add(Kind::lock_release, 1, 1).at(2).end(1, Reason::lock, 1, s.line(3));
  const auto events = events_of(channel_of(s));
  EXPECT_EQ(events, (std::vector<std::string>{"0 mutex_init 1 0", "0 thread_create 1 a", "0 thread_ready 1 a",
                                              "0 thread_switched_in 1 a", "1 mutex_lock_exit 1 4294967295 0",
                                              "1 mutex_unlock_exit 1 0", "2 mutex_lock_blocking 1 4294967295",
                                              "2 thread_pending 1 a", "2 thread_switched_out 1 a"}));
}

TEST(Ctf, WhatZephyrDoesNotKnowIsANamedEvent) {
  Script s;
  s.create(1, "a", 0, 0).at(1);
  s.add(Kind::isr_enter, 0, 7).add(Kind::pin, 0, 16, 0, 0, 1).add(Kind::isr_exit, 0, 7);
  s.add(Kind::hog, 1, 120'000).add(Kind::uart_tx, 0, 0, 0, 0, 0x41);
  s.add(Kind::uart_error, 0, 1, 0, 0, 0x42)
      .add(Kind::i2c_error, 0, 1, 0, 2, 0x76)
      .add(Kind::reset, 0, 0, 0, 3);
  const auto events = events_of(channel_of(s));
  EXPECT_EQ(
      std::vector<std::string>(events.begin() + 2, events.end()),
      (std::vector<std::string>{"1 isr_enter", "1 pin 16 1", "1 isr_exit", "1 hog 1 120000", "1 uart_tx 0 65",
                                "1 uart_overrun 1 66", "1 i2c_stuck 1 118", "1 reset 3 0"}));
}

TEST(Ctf, LongNamesAreCutBetweenCharacters) {
  Script s;
  s.create(1, "exactly_twenty_chars", 0, 0).create(2, "one_more_than_twenty_", 0, 0);
  s.create(3, "nineteen_bytes_and_\xc3\xa9", 0, 0);
  const auto events = events_of(channel_of(s));
  EXPECT_EQ(events[0], "0 thread_create 1 exactly_twenty_chars");
  EXPECT_EQ(events[2], "0 thread_create 2 one_more_than_twenty");
  EXPECT_EQ(events[4], "0 thread_create 3 nineteen_bytes_and_");
}

TEST(Ctf, PacketsOf64KB) {
  Script s;
  s.create(1, "main", 0, 0);
  for (std::uint64_t i = 0; i < 5000; ++i) s.at(i * 10).begin(1).at(i * 10 + 4).end(1, Reason::sleep, 0, 0);
  std::size_t packets = 0;
  const std::string channel = channel_of(s);
  EXPECT_EQ(events_of(channel, &packets).size(), 15'002U);
  EXPECT_EQ(packets, (15'002 * 33 + 65'535) / 65'536);
}

TEST(Ctf, MetadataHasNoRoomForTricks) {
  model::TraceInfo info;
  info.lesson = "a\"; };\n\\ \xc3\xa9";
  const std::string text = model::ctf_metadata(info);
  EXPECT_TRUE(text.starts_with("/* CTF 1.8 */\n"));
  EXPECT_NE(text.find("lesson = \"a_; };__ __\";"), std::string::npos) << text;
}

TEST(Ctf, WhatTheBoardDoesBesidesTasksHasNames) {
  Script s;
  s.at(1).add(Kind::pwm, 1000, 15, 0, 0, 16384).at(2).add(Kind::power, 24'000, 12'000, 1'300);
  s.at(3).add(Kind::lightsleep_begin, 0).at(4).add(Kind::lightsleep_end, 0);
  s.at(5).part("led1: on").at(6).input(R"({"press":"btn1","for":"80ms"})");
  const std::vector<std::string> events = events_of(channel_of(s));
  EXPECT_EQ(events, (std::vector<std::string>{"1 pwm GP15 1000 16384", "2 power 24000 12000",
                                              "3 lightsleep_begin 0 0", "4 lightsleep_end 0 0",
                                              "5 led1: on 0 0", "6 > press btn1 for 80m 0 0"}));
}

}  // namespace
