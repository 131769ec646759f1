// InplaceFunction<R(Args...)>: anything that can be called, kept inside the object: no allocation, as
// std::function might, and no header as large. What does not fit does not compile.
//
//   asyncio::InplaceFunction<int(int)> twice = [](int x) { return 2 * x; };
//   int four = twice(2);
//
// Move-only, so that it can hold what is. Calling an empty one throws RuntimeError. It must not be assigned
// to while it runs.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "asyncio/exceptions.hpp"

namespace asyncio {

// Room for a function pointer, or for a lambda that captures three pointers and a number.
inline constexpr std::size_t inplace_function_capacity = 4 * sizeof(void*);  // bytes

template <class Signature, std::size_t Capacity = inplace_function_capacity>
class InplaceFunction;

template <class R, class... Args, std::size_t Capacity>
class InplaceFunction<R(Args...), Capacity> {
 public:
  InplaceFunction() noexcept = default;
  InplaceFunction(std::nullptr_t) noexcept {}
  template <class F>
    requires(!std::same_as<std::decay_t<F>, InplaceFunction> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  InplaceFunction(F&& function) {
    using Function = std::decay_t<F>;
    static_assert(
        sizeof(Function) <= Capacity,
        "the callable is too large to be kept without allocation: capture `this` or a pointer instead");
    static_assert(alignof(Function) <= alignof(std::max_align_t), "the callable is over-aligned");
    static_assert(std::is_nothrow_move_constructible_v<Function>, "moving the callable must not throw");
    if constexpr (std::is_pointer_v<std::remove_cvref_t<F>>) {
      if (function == nullptr) return;
    }
    ::new (static_cast<void*>(storage_)) Function(std::forward<F>(function));
    operations_ = &operations_of<Function>;
  }
  InplaceFunction(InplaceFunction&& other) noexcept { take(other); }
  InplaceFunction& operator=(InplaceFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  InplaceFunction& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }
  ~InplaceFunction() { reset(); }

  explicit operator bool() const noexcept { return operations_ != nullptr; }

  R operator()(Args... args) {
    if (operations_ == nullptr) throw RuntimeError("an empty callback was called");
    return operations_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct Operations {
    R (*call)(void* function, Args&&... args);
    void (*move)(void* from, void* to) noexcept;  // leaves nothing at `from`
    void (*destroy)(void* function) noexcept;
  };
  template <class Function>
  static constexpr Operations operations_of = {
      [](void* function, Args&&... args) -> R {
        if constexpr (std::is_void_v<R>) {
          (*static_cast<Function*>(function))(std::forward<Args>(args)...);
        } else {
          return (*static_cast<Function*>(function))(std::forward<Args>(args)...);
        }
      },
      [](void* from, void* to) noexcept {
        auto* const function = static_cast<Function*>(from);
        ::new (to) Function(std::move(*function));
        function->~Function();
      },
      [](void* function) noexcept { static_cast<Function*>(function)->~Function(); }};

  void take(InplaceFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(other.storage_, storage_);
  }
  void reset() noexcept {
    const Operations* const operations = std::exchange(operations_, nullptr);
    if (operations != nullptr) operations->destroy(storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[Capacity];
};

}  // namespace asyncio
