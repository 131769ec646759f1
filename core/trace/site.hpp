// A place in the source. Used as the defaulted last argument of everything a task can wait on or wake by,
// so that the trace can say "main.cpp:31" without the caller writing it. Empty when tracing is compiled out.
#pragma once

#ifndef COROSCOPE_TRACE
#define COROSCOPE_TRACE 0
#endif

namespace trace {

// True where the hooks record; false where every hook is empty and costs nothing.
inline constexpr bool enabled = COROSCOPE_TRACE != 0;

#if COROSCOPE_TRACE
struct Site {
  // The builtins, as defaulted arguments, are evaluated where the outermost call stands. They are used
  // instead of std::source_location because clang 14 lacks it and each of its uses costs 28 bytes more.
  constexpr Site(const char* file_name = __builtin_FILE(), unsigned line_number = __builtin_LINE()) noexcept
      : file(file_name), line(line_number) {}
  const char* file;
  unsigned line;
};
#else
struct Site {
  constexpr Site() noexcept = default;
  constexpr Site(const char*, unsigned) noexcept {}
};
#endif

}  // namespace trace
