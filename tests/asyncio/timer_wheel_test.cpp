#include "asyncio/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "asyncio/promise_base.hpp"

using asyncio::PromiseBase;
using asyncio::TimerWheel;

namespace {

// A list sorted by (deadline, order of going in): what the wheel must behave like.
class Model {
 public:
  void insert(PromiseBase* task) { tasks_.push_back(task); }
  void remove(PromiseBase* task) { tasks_.erase(std::find(tasks_.begin(), tasks_.end(), task)); }
  std::vector<PromiseBase*> take_due(std::uint32_t now) {
    const auto is_due = [now](const PromiseBase* task) {
      return static_cast<std::int32_t>(task->due - now) <= 0;
    };
    std::vector<PromiseBase*> due;
    std::copy_if(tasks_.begin(), tasks_.end(), std::back_inserter(due), is_due);
    tasks_.erase(std::remove_if(tasks_.begin(), tasks_.end(), is_due), tasks_.end());
    std::stable_sort(due.begin(), due.end(), [](const PromiseBase* a, const PromiseBase* b) {
      return static_cast<std::int32_t>(a->due - b->due) < 0;
    });
    return due;
  }
  std::uint32_t next(std::uint32_t now) const {
    std::uint32_t first = UINT32_MAX;
    for (const PromiseBase* task : tasks_) first = std::min(first, task->due - now);
    return now + first;
  }
  const std::vector<PromiseBase*>& tasks() const { return tasks_; }

 private:
  std::vector<PromiseBase*> tasks_;
};

void compare_at_random(std::uint32_t start, std::uint32_t seed, std::uint32_t longest, int steps) {
  const auto wheel = std::make_unique<TimerWheel>();
  wheel->advance(start, [](PromiseBase*, PromiseBase*) { return std::size_t{0}; });
  Model model;
  std::mt19937 generator(seed);
  const auto random = [&generator] { return static_cast<std::uint32_t>(generator()); };
  std::vector<std::unique_ptr<PromiseBase>> tasks;
  std::uint32_t now = start;
  for (int step = 0; step < steps; ++step) {
    const unsigned what = random() % 10;
    if (what < 5) {
      auto task = std::make_unique<PromiseBase>();
      // Short ones often, so that several share a deadline.
      const std::uint32_t limit = what < 3 ? 20 : longest;
      task->due = now + 1 + random() % limit;
      wheel->insert(task.get());
      model.insert(task.get());
      tasks.push_back(std::move(task));
    } else if (what < 6 && !model.tasks().empty()) {
      PromiseBase* const task = model.tasks()[random() % model.tasks().size()];
      wheel->remove(task);
      model.remove(task);
    } else {
      if (!model.tasks().empty()) {
        const std::uint32_t promised = wheel->next_deadline() - now;
        const std::uint32_t exact = model.next(now) - now;
        // With up to a hundred tasks in a slot it is exact.
        ASSERT_LE(promised, exact);
        if (model.tasks().size() <= 100) {
          ASSERT_EQ(promised, exact) << "step " << step;
        }
      }
      now += what < 9 ? random() % 40 : random() % longest;
      std::vector<PromiseBase*> due;
      wheel->advance(now, [&](PromiseBase* first, PromiseBase* last) {
        const std::size_t before = due.size();
        for (PromiseBase* task = first; task != nullptr; task = task->next) {
          due.push_back(task);
          if (task->next == nullptr) {
            EXPECT_EQ(task, last);
          }
        }
        return due.size() - before;
      });
      ASSERT_EQ(due, model.take_due(now)) << "step " << step << ", seed " << seed;
    }
    ASSERT_EQ(wheel->size(), model.tasks().size());
  }
}

TEST(TimerWheelTest, BehavesLikeASortedList) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) compare_at_random(0, seed, 100'000, 2000);
}

TEST(TimerWheelTest, BehavesLikeASortedListOverLongTimes) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) compare_at_random(0, seed, (1U << 29) - 1, 2000);
}

TEST(TimerWheelTest, BehavesLikeASortedListWhereTheClockWraps) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    compare_at_random(UINT32_MAX - 5000, seed, 70'000, 2000);
    compare_at_random(UINT32_MAX - 255, seed, 300, 2000);
  }
}

// As a loop sees it: the clock jumps to each next deadline; a tenth of the tasks goes in on the way.
TEST(TimerWheelTest, AMillionSleepersComeOutInOrder) {
  constexpr std::size_t count = 1'000'000;
  constexpr std::size_t at_once = count - count / 10;
  const auto wheel = std::make_unique<TimerWheel>();
  const std::unique_ptr<PromiseBase[]> tasks(new PromiseBase[count]);
  std::mt19937 generator(1);
  // Many share a millisecond; some sleep for days.
  const auto fall_asleep = [&](std::size_t i) {
    const auto length = static_cast<std::uint32_t>(generator());
    tasks[i].due = wheel->now() + 1 + (i % 100 == 0 ? length % (1U << 29) : length % 300'000);
    wheel->insert(&tasks[i]);
  };
  for (std::size_t i = 0; i < at_once; ++i) fall_asleep(i);
  std::size_t asleep = at_once;
  std::vector<const PromiseBase*> woken;
  woken.reserve(count);
  std::size_t late = 0;
  while (!wheel->empty()) {
    const std::uint32_t next = wheel->next_deadline();
    wheel->advance(next, [&](PromiseBase* first, PromiseBase*) {
      std::size_t due = 0;
      for (const PromiseBase* task = first; task != nullptr; task = task->next, ++due) {
        if (task->due != next) ++late;
        woken.push_back(task);
      }
      return due;
    });
    for (int i = 0; i < 10 && asleep < count; ++i) fall_asleep(asleep++);
  }
  EXPECT_EQ(late, 0U);
  ASSERT_EQ(woken.size(), count);
  for (std::size_t i = 1; i < count; ++i) {
    ASSERT_LE(woken[i - 1]->due, woken[i]->due);
    // The array is in the order of going in.
    if (woken[i - 1]->due == woken[i]->due) {
      ASSERT_LT(woken[i - 1], woken[i]);
    }
  }
}

}  // namespace
