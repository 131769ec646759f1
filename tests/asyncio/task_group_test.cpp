#include "asyncio/task_group.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/frame_allocator.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/wait_for.hpp"
#include "conformance/counting_heap.hpp"
#include "virtual_board.hpp"

using asyncio::CancelledError;
using asyncio::Coro;
using asyncio::create_task;
using asyncio::ExceptionGroup;
using asyncio::run;
using asyncio::RuntimeError;
using asyncio::sleep_ms;
using asyncio::Task;
using asyncio::TaskGroup;

namespace {

class TaskGroupTest : public virtual_board::Test {};

int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }

Coro<> work(const char* name, int milliseconds) {
  try {
    co_await sleep_ms(milliseconds);
    print("%s done at %d\n", name, now_ms());
  } catch (const CancelledError&) {
    print("%s cancelled at %d\n", name, now_ms());
    throw;
  }
}

Coro<> fail(const char* what, int milliseconds) {
  co_await sleep_ms(milliseconds);
  throw std::runtime_error(what);
}

// Takes time to end when cancelled.
Coro<> slow_cleanup(const char* name, int milliseconds) {
  bool cancelled = false;
  try {
    co_await sleep_ms(10'000);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  co_await sleep_ms(milliseconds);
  print("%s cleaned up at %d\n", name, now_ms());
  throw CancelledError();
}

// What the coroutine throws, in words.
Coro<std::string> outcome(Coro<> coro) {
  try {
    co_await coro;
  } catch (const CancelledError&) {
    co_return "CancelledError";
  } catch (const ExceptionGroup& group) {
    std::string text = "ExceptionGroup:";
    for (const std::exception_ptr& exception : group.exceptions()) {
      try {
        std::rethrow_exception(exception);
      } catch (const std::exception& error) {
        text += std::string(" ") + error.what();
      }
    }
    co_return text;
  } catch (const std::exception& error) {
    co_return error.what();
  }
  co_return "returned";
}

TEST_F(TaskGroupTest, RunEndsWhenAllMembersHaveEnded) {
  run([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) -> Coro<> {
      for (int i = 3; i >= 1; --i) group.create_task(work("member", 10 * i));
      co_await sleep_ms(5);
      print("body\n");
    });
    print("group\n");
  }());
  EXPECT_EQ(virtual_board::output(),
            "body\nmember done at 10\nmember done at 20\nmember done at 30\ngroup\n");
}

TEST_F(TaskGroupTest, JoinEndsWhenAllMembersHaveEnded) {
  run([]() -> Coro<> {
    TaskGroup group;
    group.create_task(work("a", 20));
    group.create_task(work("b", 10));
    print("body\n");
    co_await group.join();
    print("group\n");
  }());
  EXPECT_EQ(virtual_board::output(), "body\nb done at 10\na done at 20\ngroup\n");
}

TEST_F(TaskGroupTest, AnEmptyGroupEndsWithoutAYield) {
  run([]() -> Coro<> {
    const Task<> other = create_task([]() -> Coro<> {
      print("other\n");
      co_return;
    }());
    TaskGroup group;
    co_await group.join();
    co_await TaskGroup::run([](TaskGroup&) {});
    print("groups\n");
    co_await other;
  }());
  EXPECT_EQ(virtual_board::output(), "groups\nother\n");
}

TEST_F(TaskGroupTest, RunReturnsWhatItsBodyReturns) {
  run([]() -> Coro<> {
    const auto sum = co_await TaskGroup::run([](TaskGroup& group) -> Coro<std::unique_ptr<int>> {
      const Task<int> a = group.create_task([]() -> Coro<int> {
        co_await sleep_ms(1);
        co_return 40;
      }());
      co_return std::make_unique<int>(co_await a + 2);
    });
    EXPECT_EQ(*sum, 42);
  }());
}

TEST_F(TaskGroupTest, TheBodyMayBeAFunction) {
  run([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) { group.create_task(work("member", 10)); });
    EXPECT_EQ(now_ms(), 10);
  }());
}

TEST_F(TaskGroupTest, ABodyWithANameIsCopied) {
  run([]() -> Coro<> {
    const auto kept = std::make_shared<int>(1);
    const auto body = [kept](TaskGroup& group) -> Coro<int> {
      group.create_task(work("member", 10));
      co_await sleep_ms(1);
      co_return *kept;
    };
    EXPECT_EQ(kept.use_count(), 2);
    EXPECT_EQ(co_await TaskGroup::run(body), 1);
    EXPECT_EQ(kept.use_count(), 2);
  }());
}

TEST_F(TaskGroupTest, MembersAreTasksWithNameAndResult) {
  run([]() -> Coro<> {
    Task<int> answer;
    co_await TaskGroup::run([&](TaskGroup& group) {
      answer = group.create_task([]() -> Coro<int> { co_return 42; }(), "answer");
    });
    EXPECT_STREQ(answer.name(), "answer");
    EXPECT_EQ(answer.result(), 42);
  }());
}

TEST_F(TaskGroupTest, MembersMayCreateMembers) {
  run([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) {
      group.create_task([](TaskGroup& own) -> Coro<> {
        co_await sleep_ms(10);
        own.create_task(work("grandchild", 10));
      }(group));
    });
    print("group\n");
  }());
  EXPECT_EQ(virtual_board::output(), "grandchild done at 20\ngroup\n");
}

// --- A member fails

TEST_F(TaskGroupTest, AFailingMemberCancelsTheOthersAndIsThrownAfterTheirCleanUp) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) {
      group.create_task(slow_cleanup("a", 30));
      group.create_task(fail("sensor gone", 50));
      group.create_task(slow_cleanup("b", 20));
      group.create_task(work("c", 10));
    }));
    print("%s at %d\n", result.c_str(), now_ms());
  }());
  EXPECT_EQ(virtual_board::output(),
            "c done at 10\nb cleaned up at 70\na cleaned up at 80\nsensor gone at 80\n");
}

TEST_F(TaskGroupTest, JoinThrowsWhatFailedBefore) {
  run([]() -> Coro<> {
    TaskGroup group;
    group.create_task(fail("early", 10));
    group.create_task(work("other", 100));
    co_await sleep_ms(50);
    print("owner at %d\n", now_ms());
    EXPECT_EQ(co_await outcome(group.join()), "early");
  }());
  EXPECT_EQ(virtual_board::output(), "other cancelled at 10\nowner at 50\n");
}

TEST_F(TaskGroupTest, AFailingMemberCancelsTheBody) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      group.create_task(fail("sensor gone", 10));
      co_await work("body", 1000);
    }));
    print("%s\n", result.c_str());
    co_await sleep_ms(10);
    print("owner goes on at %d\n", now_ms());
  }());
  EXPECT_EQ(virtual_board::output(), "body cancelled at 10\nsensor gone\nowner goes on at 20\n");
}

TEST_F(TaskGroupTest, ABodyThatAwaitsTheFailingMemberIsCancelledLikeOneThatWaitsElsewhere) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      const Task<> member = group.create_task(fail("sensor gone", 10));
      try {
        co_await member;
      } catch (const CancelledError&) {
        print("cancelled\n");
        throw;
      }
    }));
    EXPECT_EQ(result, "sensor gone");
  }());
  EXPECT_EQ(virtual_board::output(), "cancelled\n");
}

TEST_F(TaskGroupTest, AMemberThatAwaitsTheFailingOneIsCancelledToo) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) {
      const Task<> failing = group.create_task(fail("sensor gone", 10));
      group.create_task([](Task<> other) -> Coro<> {
        for (;;) {
          try {
            co_await other;
          } catch (const std::exception&) {
            print("not cancelled\n");
          }
        }
      }(failing));
    }));
    EXPECT_EQ(result, "sensor gone");
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(TaskGroupTest, SeveralFailuresAreThrownTogether) {
  run([]() -> Coro<> {
    EXPECT_EQ(co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
                for (const char* const name : {"first", "second", "third"}) {
                  group.create_task([](const char* text) -> Coro<> {
                    bool cancelled = false;
                    try {
                      co_await sleep_ms(text[0] == 's' ? 10 : 100);
                    } catch (const CancelledError&) {
                      cancelled = true;
                    }
                    if (cancelled) co_await sleep_ms(text[0] == 'f' ? 20 : 10);
                    throw std::runtime_error(text);
                  }(name));
                }
                co_await sleep_ms(1000);
              })),
              "ExceptionGroup: second third first");
  }());
}

TEST_F(TaskGroupTest, AFailureIsReportedByTheGroupOnly) {
  run([]() -> Coro<> {
    EXPECT_EQ(co_await outcome(TaskGroup::run([](TaskGroup& group) {
                group.create_task(fail("a", 10));
                group.create_task(fail("b", 10));
              })),
              "a");
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "") << "no \"Task exception wasn't retrieved\"";
}

TEST_F(TaskGroupTest, AFailureAwaitedByOthersIsThrownOnce) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      const Task<> failing = group.create_task(fail("once", 10));
      bool cancelled = false;
      try {
        co_await sleep_ms(1000);
      } catch (const CancelledError&) {
        cancelled = true;
      }
      EXPECT_TRUE(cancelled);
      co_await failing;
    }));
    EXPECT_EQ(result, "once");
  }());
}

TEST_F(TaskGroupTest, AGroupThatIsShuttingDownTakesNoMembers) {
  run([]() -> Coro<> {
    TaskGroup group;
    group.create_task(fail("early", 0));
    group.create_task([](TaskGroup& own) -> Coro<> {
      bool cancelled = false;
      try {
        co_await sleep_ms(1000);
      } catch (const CancelledError&) {
        cancelled = true;
      }
      if (cancelled) {
        try {
          own.create_task(work("late", 1));
        } catch (const RuntimeError& error) {
          print("%s\n", error.what());
        }
      }
      throw CancelledError();
    }(group));
    EXPECT_EQ(co_await outcome(group.join()), "early");
    try {
      group.create_task(work("later", 1));
    } catch (const RuntimeError& error) {
      print("%s\n", error.what());
    }
  }());
  EXPECT_EQ(virtual_board::output(), "TaskGroup is shutting down\nTaskGroup is finished\n");
}

// --- The body fails

TEST_F(TaskGroupTest, AnExceptionOfTheBodyCancelsTheMembersAndGoesOn) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      group.create_task(slow_cleanup("a", 20));
      group.create_task(work("never started", 20));
      group.create_task(work("b", 20));
      co_await sleep_ms(10);
      throw std::runtime_error("body");
    }));
    print("%s at %d\n", result.c_str(), now_ms());
  }());
  EXPECT_EQ(virtual_board::output(),
            "never started cancelled at 10\nb cancelled at 10\na cleaned up at 30\nbody at 30\n");
}

TEST_F(TaskGroupTest, MembersThatHaveNotStartedNeverDo) {
  run([]() -> Coro<> {
    Task<> kept;
    EXPECT_EQ(co_await outcome(TaskGroup::run([&](TaskGroup& group) {
                kept = group.create_task(work("a", 10));
                group.create_task(work("b", 10));
                throw std::runtime_error("body");
              })),
              "body");
    EXPECT_TRUE(kept.done());
  }());
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(TaskGroupTest, ABodyAndAMemberThatFailAreThrownTogether) {
  run([]() -> Coro<> {
    EXPECT_EQ(co_await outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
                group.create_task([]() -> Coro<> {
                  try {
                    co_await sleep_ms(1000);
                  } catch (const CancelledError&) {
                    throw std::runtime_error("cleanup");
                  }
                }());
                co_await sleep_ms(10);
                throw std::runtime_error("body");
              })),
              "ExceptionGroup: cleanup body");
  }());
}

// --- Cancellation

TEST_F(TaskGroupTest, AMemberCancelledOnItsOwnDoesNotDisturbTheOthers) {
  run([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) -> Coro<> {
      const Task<> a = group.create_task(work("a", 20));
      group.create_task(work("b", 20));
      const Task<> c = group.create_task(work("c", 20));
      c.cancel();  // before it began
      co_await sleep_ms(10);
      a.cancel();
    });
    print("group\n");
  }());
  EXPECT_EQ(virtual_board::output(), "a cancelled at 10\nb done at 20\ngroup\n");
}

TEST_F(TaskGroupTest, CancellingTheOwnerInTheBodyCancelsTheMembersAndWaits) {
  run([]() -> Coro<> {
    const Task<std::string> owner = create_task(outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      group.create_task(slow_cleanup("a", 20));
      co_await work("body", 1000);
    })));
    co_await sleep_ms(10);
    owner.cancel();
    print("%s", (co_await owner).c_str());
    print(" at %d\n", now_ms());
  }());
  EXPECT_EQ(virtual_board::output(), "body cancelled at 10\na cleaned up at 30\nCancelledError at 30\n");
}

TEST_F(TaskGroupTest, CancellingTheOwnerWhileItWaitsForTheMembersCancelsThemAndWaits) {
  run([]() -> Coro<> {
    const Task<std::string> owner = create_task(outcome(TaskGroup::run([](TaskGroup& group) {
      group.create_task(work("a", 5));
      group.create_task(slow_cleanup("b", 20));
      group.create_task(work("c", 1000));
    })));
    co_await sleep_ms(10);
    owner.cancel();
    co_await sleep_ms(1);
    owner.cancel();  // once more makes no difference
    const std::string result = co_await owner;
    print("%s at %d\n", result.c_str(), now_ms());
  }());
  EXPECT_EQ(virtual_board::output(),
            "a done at 5\nc cancelled at 10\nb cleaned up at 30\nCancelledError at 30\n");
}

TEST_F(TaskGroupTest, AMemberThatFailsWhileTheOwnerIsBeingCancelledIsThrown) {
  run([]() -> Coro<> {
    const Task<std::string> owner = create_task(outcome(TaskGroup::run([](TaskGroup& group) {
      group.create_task([]() -> Coro<> {
        try {
          co_await sleep_ms(1000);
        } catch (const CancelledError&) {
          throw std::runtime_error("cleanup");
        }
      }());
    })));
    co_await sleep_ms(10);
    owner.cancel();
    EXPECT_EQ(co_await owner, "cleanup");
  }());
}

TEST_F(TaskGroupTest, ATimeoutAroundAGroupEndsItsMembers) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(asyncio::wait_for_ms(
        TaskGroup::run([](TaskGroup& group) { group.create_task(work("a", 1000)); }), 50));
    print("%s at %d\n", result.c_str(), now_ms());
  }());
  EXPECT_EQ(virtual_board::output(), "a cancelled at 50\ntimeout at 50\n");
}

TEST_F(TaskGroupTest, AMemberThatAwaitsItsOwnerIsCancelledWithTheGroup) {
  run([]() -> Coro<> {
    const Task<std::string> owner = create_task(outcome(TaskGroup::run([](TaskGroup& group) -> Coro<> {
      group.create_task([](Task<> task) -> Coro<> {
        try {
          co_await task;
        } catch (const CancelledError&) {
          print("member cancelled\n");
          throw;
        }
      }(asyncio::current_task()));
      co_await sleep_ms(10);
      throw std::runtime_error("body");
    })));
    EXPECT_EQ(co_await owner, "body");
  }());
  EXPECT_EQ(virtual_board::output(), "member cancelled\n");
}

// --- Nested, and misused

TEST_F(TaskGroupTest, GroupsNest) {
  run([]() -> Coro<> {
    const std::string result = co_await outcome(TaskGroup::run([](TaskGroup& outer) {
      outer.create_task(TaskGroup::run([](TaskGroup& inner) {
        inner.create_task(work("inner a", 1000));
        inner.create_task(fail("inner b", 10));
      }));
      outer.create_task(
          TaskGroup::run([](TaskGroup& inner) { inner.create_task(slow_cleanup("inner c", 20)); }));
    }));
    print("%s at %d\n", result.c_str(), now_ms());
  }());
  EXPECT_EQ(virtual_board::output(), "inner a cancelled at 10\ninner c cleaned up at 30\ninner b at 30\n");
}

TEST_F(TaskGroupTest, AGroupMayRunInAGather) {
  run([]() -> Coro<> {
    co_await asyncio::gather(TaskGroup::run([](TaskGroup& group) { group.create_task(work("a", 10)); }),
                             TaskGroup::run([](TaskGroup& group) { group.create_task(work("b", 20)); }));
    EXPECT_EQ(now_ms(), 20);
  }());
}

TEST_F(TaskGroupTest, DestroyedWithoutJoinItCancelsItsMembersAndDoesNotWait) {
  run([]() -> Coro<> {
    {
      TaskGroup group;
      group.create_task(work("a", 1000));
      group.create_task(fail("still reported", 10));
      co_await sleep_ms(1);
    }
    print("left\n");
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "left\na cancelled at 1\n");
}

TEST_F(TaskGroupTest, AMemberThatFailsAfterItsGroupIsGoneIsReported) {
  run([]() -> Coro<> {
    {
      TaskGroup group;
      group.create_task(
          []() -> Coro<> {
            try {
              co_await sleep_ms(1000);
            } catch (const CancelledError&) {
              throw std::runtime_error("too late");
            }
          }(),
          "member");
      co_await sleep_ms(1);
    }
    co_await sleep_ms(100);
  }());
  EXPECT_EQ(virtual_board::output(), "Task exception wasn't retrieved\nfuture: Task member\ntoo late\n");
}

TEST_F(TaskGroupTest, ASecondJoinIsAnError) {
  run([]() -> Coro<> {
    TaskGroup group;
    group.create_task(work("a", 10));
    co_await group.join();
    EXPECT_EQ(co_await outcome(group.join()), "TaskGroup: only one task may join, once");
  }());
}

TEST_F(TaskGroupTest, AMemberThatJoinsItsOwnGroupIsAnError) {
  run([]() -> Coro<> {
    TaskGroup group;
    const Task<std::string> member = group.create_task(
        [](TaskGroup& own) -> Coro<std::string> { co_return co_await outcome(own.join()); }(group));
    EXPECT_EQ(co_await member, "a task cannot await itself");
  }());
}

TEST_F(TaskGroupTest, ItTakesNoMemberOutsideARunningLoop) {
  TaskGroup group;
  EXPECT_THROW(group.create_task(work("a", 1)), RuntimeError);
}

TEST_F(TaskGroupTest, ALoopThatForgetsItsTasksForgetsGroupsInAnyOrder) {
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) -> Coro<> {
      group.create_task(work("a", 1000));
      co_await sleep_ms(1000);
    });
  }());
  asyncio::get_event_loop().create_task([]() -> Coro<> {
    auto group = std::make_shared<TaskGroup>();
    group->create_task([](std::shared_ptr<TaskGroup> own) -> Coro<> {
      co_await sleep_ms(1000);
      co_await own->join();
    }(group));
    co_return;
  }());
  run([]() -> Coro<> { co_await sleep_ms(10); }());
  asyncio::new_event_loop();
  EXPECT_EQ(virtual_board::output(), "");
}

TEST_F(TaskGroupTest, JoinDoesNotWaitForMembersANewLoopHasForgotten) {
  std::optional<TaskGroup> group(std::in_place);
  Task<> member;
  run([](TaskGroup& g, Task<>& handle) -> Coro<> {
    handle = g.create_task([]() -> Coro<> { co_await sleep_ms(1000); }());
    co_await sleep_ms(1);
  }(*group, member));
  asyncio::new_event_loop();
  run(group->join());
  EXPECT_FALSE(member.done());
  group.reset();
}

TEST_F(TaskGroupTest, MembersCostNoHeapAndLeaveNothingBehind) {
  run([]() -> Coro<> {
    TaskGroup group;
    const std::size_t frames = asyncio::frame_allocator.live_frames();
    const auto spin = [](TaskGroup& own) -> Coro<> {
      for (int i = 0; i < 1000; ++i) {
        own.create_task([]() -> Coro<> { co_await sleep_ms(0); }());
        if (i % 10 == 0) co_await sleep_ms(0);
      }
      for (int i = 0; i < 5; ++i) co_await sleep_ms(0);
    };
    co_await spin(group);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames);
    const std::size_t heap = conformance::heap_allocations();
    const std::size_t reserved = asyncio::frame_allocator.bytes_reserved();
    co_await spin(group);
    if (!trace::enabled) {  // the test's board keeps the records
      EXPECT_EQ(conformance::heap_allocations(), heap);
    }
    EXPECT_EQ(asyncio::frame_allocator.bytes_reserved(), reserved);
    co_await group.join();
  }());
}

// --- The two programs of the tutorial on task groups

Coro<> counting(int n, bool failing) {
  print("Task %d running...\n", n);
  struct CleanUp {
    int number;
    ~CleanUp() { print("Task %d cleanup\n", number); }
  } const clean_up{n};
  for (int x = 0; x < 10 + n; ++x) {
    co_await sleep_ms(1000 + 100 * n);
    if (failing && n == 0 && x == 5) throw asyncio::OSError(5, "Uncaught exception in task.");
  }
  print("Task %d done\n", n);
}

TEST_F(TaskGroupTest, AllTasksOfTheTutorialRunToTheirEnd) {
  run([]() -> Coro<> {
    co_await TaskGroup::run([](TaskGroup& group) {
      for (int n = 0; n < 4; ++n) group.create_task(counting(n, false));
    });
    print("TaskGroup done\n");
  }());
  EXPECT_EQ(virtual_board::output(),
            "Task 0 running...\nTask 1 running...\nTask 2 running...\nTask 3 running...\n"
            "Task 0 done\nTask 0 cleanup\nTask 1 done\nTask 1 cleanup\nTask 2 done\nTask 2 cleanup\n"
            "Task 3 done\nTask 3 cleanup\nTaskGroup done\n");
}

TEST_F(TaskGroupTest, AllTasksOfTheTutorialCleanUpWhenOneFails) {
  run([]() -> Coro<> {
    try {
      co_await TaskGroup::run([](TaskGroup& group) {
        for (int n = 0; n < 4; ++n) group.create_task(counting(n, true));
      });
      print("TaskGroup done\n");
    } catch (const std::exception& error) {
      print("TaskGroup caught exception: \"%s\"\n", error.what());
    }
    print("TaskGroup finally\n");
  }());
  EXPECT_EQ(virtual_board::output(),
            "Task 0 running...\nTask 1 running...\nTask 2 running...\nTask 3 running...\n"
            "Task 0 cleanup\nTask 1 cleanup\nTask 2 cleanup\nTask 3 cleanup\n"
            "TaskGroup caught exception: \"Uncaught exception in task.\"\nTaskGroup finally\n");
}

}  // namespace
