// TaskGroup: several tasks that end together. The owner waits for all of them; if one fails, the others are
// cancelled and their clean-up waited for before the owner hears of it.
//
//   co_await asyncio::TaskGroup::run([&](asyncio::TaskGroup& group) -> asyncio::Coro<> {   // `async with` in
//   Python
//     group.create_task(blink(led));
//     co_await sensor.begin();
//     group.create_task(log(sensor));
//   });                                        // here every member has ended
//
//   asyncio::TaskGroup group;                  // the same without a body of its own:
//   group.create_task(blink(led));
//   co_await group.join();                     // nothing is waited for without it
//
// - A member ends by an exception: the other members are cancelled, and so is the body of run() if it still
// runs.
//   When all have ended, run() or join() throws that exception, or an ExceptionGroup if others failed as
//   well. (An owner that has not come to join() yet is left alone.)
// - The body throws: the members are cancelled, and the exception goes on when all have ended.
// - The owner is cancelled: the members are cancelled, and CancelledError goes on when all have ended.
// - A member that is cancelled, by the program or by itself, does not disturb the others.
// - A group that is destroyed before its members have ended (without join(), or by an exception between the
// two)
//   cancels them and does not wait: C++ has no destructor that could. run() always waits.
//
// Who resumes where: a member that fails cancels the others in its own slice; each gets CancelledError at its
// next turn, in the order they were created. The owner goes behind whatever is ready when the last member has
// ended. No yield if there is no member to wait for.
//
// CPython throws an ExceptionGroup also for a single exception: `except*` makes that bearable there.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "asyncio/awaited_closure.hpp"
#include "asyncio/task.hpp"

namespace asyncio {

// Several members of a TaskGroup failed.
class ExceptionGroup : public Exception {
 public:
  explicit ExceptionGroup(std::vector<std::exception_ptr> exceptions);
  // In the order they happened; that of run()'s body last.
  const std::vector<std::exception_ptr>& exceptions() const noexcept { return *exceptions_; }

 private:
  std::shared_ptr<const std::vector<std::exception_ptr>> exceptions_;
};

class TaskGroup {
 public:
  explicit TaskGroup(Site site = {}) : site_(site) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  // Like asyncio::create_task(), as a member. Members may create further ones. Throws RuntimeError when the
  // group is cancelling its members or has ended.
  template <class T>
  Task<T> create_task(Coro<T> coro, const char* name = nullptr, Site site = {}) {
    check_open();
    Task<T> task = asyncio::create_task(run_member(Member(*this), std::move(coro)), name, site);
    last_->task = task.promise();
    return task;
  }

  // Until every member has ended. Throws what failed, or CancelledError. One task may join.
  Coro<> join(Site site = {}) { return finish(nullptr, false, site); }

  // `body(group)`, then join(). Returns what the body does; the body may be a coroutine or a function.
  // A lambda that captures objects by value needs a name with g++ 12: see awaited_closure.hpp.
  template <class Body>
  static auto run(Body&& body, Site site = {}) {
    COROSCOPE_CHECK_CLOSURE(Body);
    using Result = std::invoke_result_t<std::decay_t<Body>&, TaskGroup&>;
    if constexpr (std::is_void_v<Result>) {
      return run_function<std::decay_t<Body>>(std::forward<Body>(body), site);
    } else {
      return run_coroutine<std::decay_t<Body>>(std::forward<Body>(body), site);
    }
  }

 private:
  // Lives in the frame of a member's task, so that the group need not allocate for it; leaves the list with
  // it.
  struct Member {
    explicit Member(TaskGroup& joined) noexcept;
    Member(Member&& other) noexcept;
    ~Member();
    TaskGroup* group;  // nullptr: it was destroyed
    Member* next;
    Member* prev;
    PromiseBase* task = nullptr;
  };

  template <class T>
  static Coro<T> run_member(Member member, Coro<T> coro) {
    try {
      co_return co_await coro;
    } catch (const CancelledError&) {
      throw;
    } catch (...) {
      if (member.group != nullptr) member.group->member_failed(std::current_exception());
      throw;
    }
  }

  template <class Body>
  static Coro<> run_function(Body body, Site site) {
    TaskGroup group(site);
    std::exception_ptr failure;
    try {
      body(group);
    } catch (...) {
      failure = std::current_exception();
    }
    co_await group.finish(std::move(failure), false, site);
  }
  template <class Body>
  static std::invoke_result_t<Body&, TaskGroup&> run_coroutine(Body body, Site site) {
    using T = typename std::invoke_result_t<Body&, TaskGroup&>::value_type;
    TaskGroup group(site);
    group.owner_ = event_loop.current();
    std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> value{};
    std::exception_ptr failure;
    bool cancelled = false;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await body(group);
      } else {
        value.emplace(co_await body(group));
      }
    } catch (const CancelledError&) {
      cancelled = true;
    } catch (...) {
      failure = std::current_exception();
    }
    group.owner_ = nullptr;
    co_await group.finish(std::move(failure), cancelled, site);
    if constexpr (!std::is_void_v<T>) co_return std::move(*value);
  }

  void check_open() const;
  void member_failed(std::exception_ptr exception);
  void add_failure(std::exception_ptr exception);
  void cancel_members();
  Member* first_running() const;
  Coro<> finish(std::exception_ptr body_failure, bool cancelled, Site site);

  Member* first_ = nullptr;
  Member* last_ = nullptr;
  PromiseBase* owner_ = nullptr;  // while it is in the body of run()
  bool cancelling_ = false;
  bool joining_ = false;
  bool ended_ = false;
  std::vector<std::exception_ptr> failures_;
  [[no_unique_address]] Site site_;
};

}  // namespace asyncio
