// As little board as core/asyncio needs: start-up, a clock that jumps, a console by semihosting.
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "asyncio/port.hpp"

extern "C" {
extern std::uint32_t data_begin, data_end, data_load, bss_begin, bss_end, heap_begin, heap_end, stack_top;
using Initialiser = void (*)();
extern Initialiser __init_array_start[], __init_array_end[];
int main();
void* __dso_handle = nullptr;

// ARM semihosting: operation in r0, argument in r1 (ARM DUI 0471, chapter 8).
static int semihosting(int operation, const void* argument) {
  register int r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
constexpr int sys_write0 = 0x04;
constexpr int sys_exit = 0x18;

[[noreturn]] void stop(bool success) {
  const std::uintptr_t reason = success ? 0x20026 : 0x20023;  // ApplicationExit, RunTimeErrorUnknown
  for (;;) semihosting(sys_exit, reinterpret_cast<const void*>(reason));
}

[[noreturn]] void reset() {
  const std::uint32_t* from = &data_load;
  for (std::uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
  for (std::uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;
  for (Initialiser* call = __init_array_start; call != __init_array_end; ++call) (*call)();
  stop(main() == 0);
}
[[noreturn]] void fault() {
  semihosting(sys_write0, "fault\n");
  stop(false);
}

[[gnu::section(".vectors"), gnu::used]] const void* const vectors[] = {
    &stack_top, reinterpret_cast<const void*>(&reset), reinterpret_cast<const void*>(&fault),
    reinterpret_cast<const void*>(&fault)};

// What newlib asks of a board: memory for malloc, which exceptions use.
void* _sbrk(std::ptrdiff_t increment) {
  static char* end = reinterpret_cast<char*>(&heap_begin);
  if (end + increment > reinterpret_cast<char*>(&heap_end)) {
    errno = ENOMEM;
    return reinterpret_cast<void*>(-1);
  }
  char* const begin = end;
  end += increment;
  return begin;
}
[[noreturn]] void _exit(int) { stop(false); }
int _kill(int, int) { return -1; }
int _getpid() { return 1; }
int _write(int, const char*, int size) { return size; }
int _read(int, char*, int) { return 0; }
int _close(int) { return -1; }
int _lseek(int, int, int) { return 0; }
int _fstat(int, void*) { return -1; }
int _isatty(int) { return 1; }
}

namespace {
std::uint64_t now;
alignas(16) std::byte frames[4096];
}  // namespace

namespace asyncio::port {

std::uint64_t now_us() { return now; }
void idle_until(std::uint64_t deadline_us) {
  if (deadline_us == forever) stop(false);
  if (deadline_us > now) now = deadline_us;
}
std::uint32_t enter_critical() {
  std::uint32_t primask;
  asm volatile("mrs %0, primask\n cpsid i" : "=r"(primask)::"memory");
  return primask;
}
void exit_critical(std::uint32_t state) { asm volatile("msr primask, %0" ::"r"(state) : "memory"); }

void console_write(const char* text, std::size_t size) {
  char buffer[32];
  while (size != 0) {
    const std::size_t part = size < sizeof buffer - 1 ? size : sizeof buffer - 1;
    for (std::size_t i = 0; i < part; ++i) buffer[i] = text[i];
    buffer[part] = 0;
    semihosting(sys_write0, buffer);
    text += part;
    size -= part;
  }
}

Memory more_frame_memory(std::size_t) {
  static bool given = false;
  if (given) return {nullptr, 0};
  given = true;
  return {frames, sizeof frames};
}

}  // namespace asyncio::port
