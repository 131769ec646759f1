// What a board implements so that the event loop can run on it: a clock, a way to sleep, a critical
// section, a console and the memory coroutines live in. Everything here is declared, never defined,
// in core: the simulator, each board and the tests define it and are chosen when linking.
#pragma once

#include <cstddef>
#include <cstdint>

namespace asyncio::port {

// A deadline that never comes.
inline constexpr std::uint64_t forever = UINT64_MAX;

// Microseconds since the board started. Monotonic, never wraps.
std::uint64_t now_us();

// Called when no task is ready. Sleeps until now_us() >= deadline_us or until an interrupt was served,
// whichever is first; may return early for any other reason, the loop looks again. `forever` means that
// only an interrupt can end it. An interrupt served between the loop's last look and this call must end
// it at once (on a Cortex-M: WFE, because an exception return sets the event register).
void idle_until(std::uint64_t deadline_us);

// Masks interrupts and returns what exit_critical() needs to restore the state from before. Nests.
std::uint32_t enter_critical();
void exit_critical(std::uint32_t state);

// Writes `size` bytes to the console: the UART or USB serial on a board. May block; never fails.
void console_write(const char* text, std::size_t size);

// Memory for coroutine frames. Asked at least once, and again when a frame of `at_least` bytes found no
// room; returns {nullptr, 0} when there is no more, and creating the coroutine throws MemoryError. A block
// is never given back. A board with a fixed arena hands it out the first time and nothing after.
struct Memory {
  void* begin;
  std::size_t size;  // bytes
};
Memory more_frame_memory(std::size_t at_least);

}  // namespace asyncio::port
