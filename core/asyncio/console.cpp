#include "asyncio/console.hpp"

#include <cstdarg>
#include <cstdio>
#include <memory>

#include "asyncio/port.hpp"

void print(const char* format, ...) {
  char text[160];
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length > 0) {
    const auto size = static_cast<std::size_t>(length);
    if (size < sizeof text) {
      asyncio::port::console_write(text, size);
    } else {
      const auto long_text = std::make_unique<char[]>(size + 1);
      std::vsnprintf(long_text.get(), size + 1, format, again);
      asyncio::port::console_write(long_text.get(), size);
    }
  }
  va_end(again);
}
