// The board the benchmarks run on: a clock that jumps to the next deadline when nothing is ready.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "asyncio/port.hpp"

#if COROSCOPE_TRACE
#include "trace/port.hpp"
#endif

namespace {
std::uint64_t now = 0;
}

namespace asyncio::port {

std::uint64_t now_us() { return now; }
void idle_until(std::uint64_t deadline_us) {
  if (deadline_us > now) now = deadline_us;
}
std::uint32_t enter_critical() { return 0; }
void exit_critical(std::uint32_t) {}
void console_write(const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); }

Memory more_frame_memory(std::size_t at_least) {
  static std::vector<std::unique_ptr<std::byte[]>> blocks;
  const std::size_t size = at_least > (1 << 20) ? at_least : (1 << 20);
  blocks.push_back(std::make_unique<std::byte[]>(size));
  return {blocks.back().get(), size};
}

}  // namespace asyncio::port

#if COROSCOPE_TRACE
namespace trace::port {
std::uint64_t now_ns() { return now * 1000; }
void drain(const Record*, std::size_t) {}
void decision() {}
}  // namespace trace::port
#endif
