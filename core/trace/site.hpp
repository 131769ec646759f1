// A place in the source. Used as the defaulted last argument of everything a task can wait on or wake by,
// so that the trace can say "main.cpp:31" without the caller writing it. Empty when tracing is compiled out.
#pragma once

#include <cstdint>

#ifndef COROSCOPE_TRACE
#define COROSCOPE_TRACE 0
#endif

namespace trace {

// True where the hooks record; false where every hook is empty and costs nothing.
inline constexpr bool enabled = COROSCOPE_TRACE != 0;

#if COROSCOPE_TRACE
class Site {
 public:
  // The builtins, as defaulted arguments, are evaluated where the outermost call stands. They are used
  // instead of std::source_location because clang 14 lacks it and each of its uses costs 28 bytes more.
  Site(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) noexcept
      : packed_(reinterpret_cast<std::uintptr_t>(file) | static_cast<std::uint64_t>(line & 0xffffU) << 48) {}
  const char* file() const {
    return reinterpret_cast<const char*>(static_cast<std::uintptr_t>(packed_ & ~(0xffffULL << 48)));
  }
  unsigned line() const { return static_cast<unsigned>(packed_ >> 48); }  // modulo 65536

 private:
  // An awaiter that carries a Site is copied; one word makes that cheap. Addresses have 48 bits at most.
  std::uint64_t packed_;
};
#else
struct Site {
  constexpr Site() noexcept = default;
  constexpr Site(const char*, unsigned) noexcept {}
};
#endif

}  // namespace trace
