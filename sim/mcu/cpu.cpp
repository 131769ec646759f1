#include "mcu/cpu.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstdio>
#include <utility>

#include "asyncio/loop.hpp"
#include "mcu/board.hpp"
#include "mcu/line_cost.hpp"
#include "trace/hooks.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define COROSCOPE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COROSCOPE_ASAN 1
#endif
#endif
#ifdef COROSCOPE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace sim {

namespace context = boost::context;

namespace {

// Tells AddressSanitizer that the stack changes.
class SwitchOfStacks {
 public:
#ifdef COROSCOPE_ASAN
  SwitchOfStacks(const void* bottom, std::size_t size) {
    __sanitizer_start_switch_fiber(&fake_stack_, bottom, size);
  }
  void back() { __sanitizer_finish_switch_fiber(fake_stack_, nullptr, nullptr); }
  // First thing on the new stack: where it came from.
  static void arrived(const void** bottom, std::size_t* size) {
    __sanitizer_finish_switch_fiber(nullptr, bottom, size);
  }

 private:
  void* fake_stack_ = nullptr;
#else
  SwitchOfStacks(const void*, std::size_t) {}
  void back() {}
  static void arrived(const void**, std::size_t*) {}
#endif
};

}  // namespace

// A lesson's main() may recurse for a while; without end, it runs into the page below.
struct Cpu::Stack {
  static constexpr std::size_t size = 1024 * 1024;

  context::protected_fixedsize_stack allocator{size};
  context::stack_context memory = allocator.allocate();
  context::fiber other;  // on one stack the other one's, to resume
  const void* host_bottom = nullptr;
  std::size_t host_size = 0;

  const char* bottom() const { return static_cast<const char*>(memory.sp) - memory.size; }
};

Cpu::~Cpu() { delete stack_; }

void Cpu::start(const Limits& limits) {
  limits_ = limits;
  clock_.set_end_ns(limits.run_ns);
  set_checkpoint();
}

void Cpu::run(std::function<void()> firmware) {
  stack_ = new Stack;
  Stack& stack = *stack_;
  stack.other = context::fiber(
      std::allocator_arg, context::preallocated(stack.memory.sp, stack.memory.size, stack.memory),
      stack.allocator, [&stack, firmware = std::move(firmware)](context::fiber&& host) {
        SwitchOfStacks::arrived(&stack.host_bottom, &stack.host_size);
        stack.other = std::move(host);
        firmware();
        return std::move(stack.other);
      });
  for (;;) {
    in_firmware_ = true;
    SwitchOfStacks to_firmware(stack.bottom(), stack.memory.size);
    stack.other = std::move(stack.other).resume();
    to_firmware.back();
    in_firmware_ = false;
    tick();
  }
}

bool Cpu::is_stack_guard(const void* address) const {
  if (stack_ == nullptr) return false;
  const auto* const at = static_cast<const char*>(address);
  // The guard is the lowest page of the stack; a large frame may begin below it.
  constexpr std::size_t reach = 64 * 1024;
  return at < stack_->bottom() + ::getpagesize() && at + reach > stack_->bottom();
}

// --- Time

// Where nothing runs on the firmware's stack yet (constructors before main(), tests), things happen on the
// spot.
void Cpu::leave_firmware() {
  if (!in_firmware_) return tick();
  SwitchOfStacks to_host(stack_->host_bottom, stack_->host_size);
  stack_->other = std::move(stack_->other).resume();
  to_host.back();
}

void Cpu::tick() {
  while (alarms_.next_ns() <= now_ns()) alarms_.go_off();
  check_limits();
}

void Cpu::pass_until(std::uint64_t then, bool interrupts_add) {
  while (!stopped_) {
    const std::uint64_t checkpoint = checkpoint_ns_;
    const std::uint64_t next = std::min(alarms_.next_ns(), checkpoint);
    if (next > then) break;
    clock_.jump_to(next);
    leave_firmware();
    const std::uint64_t before = now_ns();
    serve_interrupts();
    if (interrupts_add) then += now_ns() - before;
  }
  if (!stopped_) clock_.jump_to(then);
}

// What counts as long is the slice. Outside of one, a program may wait in a call of the hardware's as long as
// it likes.
std::uint64_t Cpu::busy_since_ns() const {
  if (in_slice_) return slice_ns_;
  return waits_ && serving_ == nullptr ? now_ns() : called_ns_;
}

void Cpu::wait_until(std::uint64_t time_ns) {
  const bool waited = std::exchange(waits_, true);
  set_checkpoint();
  pass_until(time_ns, false);
  waits_ = waited;
  called_ns_ = now_ns();
  set_checkpoint();
}

// On a board that ends what hangs. Not what feeds it nevertheless.
bool Cpu::watchdog_ends(std::uint64_t hung_ns) { return board.watchdog().was_fed_before(hung_ns); }

void Cpu::set_checkpoint() {
  const std::uint64_t since = busy_since_ns();
  const bool hog_next = in_slice_ && !hog_reported_;
  const std::uint64_t limit = hog_next ? std::min(limits_.hog_ns, limits_.hang_ns) : limits_.hang_ns;
  std::uint64_t reached = Clock::later(since, limit);
  if (reached <= now_ns() && watchdog_ends(Clock::later(since, limits_.hang_ns)))
    reached = hog_next ? Clock::later(since, limits_.hog_ns) : Clock::never;
  checkpoint_ns_ = board.is_interrupted() ? 0 : std::min(clock_.end_ns(), reached);
}

void Cpu::check_limits() {
  if (now_ns() < checkpoint_ns_) return;
  if (board.is_interrupted()) board.stop(trace::Stop::interrupted);
  if (clock_.at_end()) board.stop(trace::Stop::time_up);
  // The slice is over once the loop has ended; what main() does then is its own affair.
  if (in_slice_ && !asyncio::event_loop.is_running()) in_slice_ = false;
  const std::uint64_t lasted_ns = now_ns() - busy_since_ns();
  if (lasted_ns >= limits_.hang_ns && !watchdog_ends(Clock::later(busy_since_ns(), limits_.hang_ns)))
    board.stop(trace::Stop::hung);
  if (in_slice_ && !hog_reported_ && lasted_ns >= limits_.hog_ns) {
    hog_reported_ = true;
    trace::emit(trace::Kind::hog, asyncio::event_loop.current()->number.id(),
                static_cast<std::uint32_t>(lasted_ns / 1000), line_cost.site());
  }
  set_checkpoint();
}

void Cpu::begin_slice(std::uint64_t switch_ns) {
  in_slice_ = true;
  hog_reported_ = false;
  slice_ns_ = now_ns();
  set_checkpoint();
  work(switch_ns);
}

// WFE: not at all, if an interrupt was served since the last time. One that is pending and masked would end
// it at once, again and again, until the time has come.
void Cpu::idle_until(std::uint64_t time_ns) {
  in_slice_ = false;
  if (!event_) wait_for_interrupt(time_ns, masked_ == 0);
  serve_interrupts();
  event_ = false;
}

// WFI: an interrupt ends it even while interrupts are masked. The time does not count as the slice's: a
// program that sleeps on purpose is no hog.
void Cpu::wait_for_interrupt(std::uint64_t time_ns, bool interrupts_end_it) {
  while (!(interrupts_end_it && interrupts_.any()) && now_ns() < time_ns) {
    called_ns_ = now_ns();
    set_checkpoint();
    const std::uint64_t next = std::min(alarms_.next_ns(), clock_.end_ns());
    if (time_ns == Clock::never && alarms_.next_ns() == Alarms::never) {
      clock_.jump_to(clock_.end_ns());
      board.stop(trace::Stop::stuck);
    }
    clock_.jump_to(std::min(next, time_ns));
    slice_ns_ += now_ns() - called_ns_;
    if (now_ns() >= next || board.is_interrupted()) leave_firmware();
  }
  called_ns_ = now_ns();
  set_checkpoint();
}

void Cpu::spin() {
  constexpr std::uint64_t a_while_ns = 1'000'000'000;
  for (;;) work(a_while_ns);
}

// --- Interrupts

void Cpu::serve_interrupts() {
  while (masked_ == 0 && serving_ == nullptr && interrupts_.any()) {
    Interrupt& interrupt = *interrupts_.take();
    serving_ = &interrupt;
    called_ns_ = now_ns();
    const LineCost::Position interrupted = line_cost.position();
    // Copied: the program may destroy the interrupt while it is served.
    const std::optional<trace::Object> object = interrupt.object();
    if (object) trace::isr_enter(*object);
    work(board.profile().interrupt_entry_ns);
    interrupt.serve();
    work(board.profile().interrupt_exit_ns);
    if (object) trace::isr_exit(*object);
    line_cost.set_position(interrupted);
    serving_ = nullptr;
    event_ = true;
    called_ns_ = now_ns();
  }
}

void Cpu::unmask_interrupts(std::uint32_t depth) {
  masked_ = depth;
  if (interrupts_.any()) serve_interrupts();
}

void Cpu::unmask_interrupts_later(std::uint32_t depth) {
  masked_ = depth;
  if (interrupts_.any()) look_at_limits();
}

}  // namespace sim
