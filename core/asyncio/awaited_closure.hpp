// Refuses what g++ 12 would miscompile: it destroys the captures of a lambda twice that is written inside a
// co_await expression (likewise the members of an aggregate), if they have destructors. References, numbers
// and pointers are safe, and so is a lambda that has a name.
#pragma once

#include <type_traits>

#include "asyncio/promise_base.hpp"

namespace asyncio {

// For a function that takes `F&& function` and that programs co_await.
template <class F>
inline constexpr bool safe_closure =
    !COROSCOPE_SHIFTED_FRAMES || std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<F>;

}  // namespace asyncio

#define COROSCOPE_CHECK_CLOSURE(F)                                                                         \
  static_assert(::asyncio::safe_closure<F>,                                                                \
                "g++ 12 destroys the captures of a lambda written inside co_await twice: give it a name, " \
                "auto name = [...]; and pass the name, or capture by reference")
