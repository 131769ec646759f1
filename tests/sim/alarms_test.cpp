// Alarms: what happens on the board, in the order of its time.
#include "mcu/alarms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using sim::Alarm;
using sim::Alarms;

TEST(Alarms, GoOffInTheOrderOfTheirTimes) {
  Alarms alarms;
  std::string order;
  Alarm a([&] { order += 'a'; });
  Alarm b([&] { order += 'b'; });
  Alarm c([&] { order += 'c'; });
  alarms.set(c, 30);
  alarms.set(a, 10);
  alarms.set(b, 20);
  EXPECT_EQ(alarms.next_ns(), 10U);
  while (alarms.next_ns() != Alarms::never) alarms.go_off();
  EXPECT_EQ(order, "abc");
}

TEST(Alarms, OfOneTimeGoOffInTheOrderTheyWereSet) {
  Alarms alarms;
  std::string order;
  std::vector<std::unique_ptr<Alarm>> many;
  for (char name = 'a'; name <= 'z'; ++name) {
    many.push_back(std::make_unique<Alarm>([&order, name] { order += name; }));
    alarms.set(*many.back(), 5);
  }
  alarms.set(*many.front(), 5);  // set again: it is the last now
  while (alarms.next_ns() != Alarms::never) alarms.go_off();
  EXPECT_EQ(order, "bcdefghijklmnopqrstuvwxyza");
}

TEST(Alarms, MayBeSetAgainByTheirOwnCall) {
  Alarms alarms;
  int calls = 0;
  Alarm tick([&] {
    EXPECT_FALSE(tick.is_set());
    if (++calls < 3) alarms.set(tick, tick.time_ns() + 7);
  });
  alarms.set(tick, 7);
  while (alarms.next_ns() != Alarms::never) alarms.go_off();
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(tick.time_ns(), 21U);
}

TEST(Alarms, UnsetOrDestroyedDoNotGoOff) {
  Alarms alarms;
  int calls = 0;
  Alarm unset([&] { ++calls; });
  alarms.set(unset, 1);
  {
    Alarm destroyed([&] { ++calls; });
    alarms.set(destroyed, 2);
  }
  alarms.unset(unset);
  alarms.unset(unset);
  EXPECT_EQ(alarms.next_ns(), Alarms::never);
  EXPECT_EQ(calls, 0);
}

TEST(Alarms, KeepTheirOrderWhileManyAreSetMovedAndUnset) {
  Alarms alarms;
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Alarm>> many;
  std::vector<std::uint64_t> gone_off;
  for (int i = 0; i < 500; ++i)
    many.push_back(
        std::make_unique<Alarm>([&gone_off, i] { gone_off.push_back(static_cast<std::uint64_t>(i)); }));
  std::size_t set = 0;
  for (int i = 0; i < 5000; ++i) {
    Alarm& alarm = *many[random() % many.size()];
    if (random() % 3 == 0) {
      alarms.unset(alarm);
    } else {
      alarms.set(alarm, random() % 1000);
    }
  }
  for (const auto& alarm : many) set += alarm->is_set() ? 1 : 0;
  std::uint64_t last = 0;
  while (alarms.next_ns() != Alarms::never) {
    EXPECT_GE(alarms.next_ns(), last);
    last = alarms.next_ns();
    alarms.go_off();
  }
  EXPECT_EQ(gone_off.size(), set);
}

}  // namespace
