// The trace record: 24 bytes, the same on every board, little-endian. A trace is a sequence of them in the
// order things happened; everything a viewer shows (ready queues, latencies, lock waits) follows from it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace trace {

// What happened. The comment names the fields that carry meaning; `time_ns` always does, except in `text`.
enum class Kind : std::uint8_t {
  text = 0,        // a piece of a string: see TextRecord
  object_created,  // object, reason = ObjectKind, site, task = text id of its name (0: none)
  task_created,    // task, object = task that created it (0: none), site, extra = text id of its name
  task_ready,   // task, reason = Reason, object = what woke it, site = the line that did, extra = 1: priority
  slice_begin,  // task: the scheduler chose it
  slice_end,    // task, reason = Reason it waits for, object, site = the line it waits at; a sleep and a
                // timeout have their deadline (ms, low 32 bits) in object
  call,         // task awaits a coroutine of its own at site
  call_return,  // task came back from one
  task_done,    // task, reason = Outcome
  event_set,    // object (also a flag, a message), site
  event_clear,  // object, site
  lock_acquire,  // task, object
  lock_release,  // task, object, site
  queue_put,     // object, extra = items now in it
  queue_get,     // object, extra = items now in it
  value,         // object, extra = a semaphore's count, a barrier's arrivals
  cancel,        // task asked to cancel, site
  exception,     // task ended by one nobody retrieved (yet)
  isr_enter,     // object = interrupt
  isr_exit,      // object
  idle_begin,    // nothing ready, or within a slice: the task asked for it; object/extra unused
  idle_end,      //
  pin,           // object = pin number, extra = level (0, 1)
  console,       // bytes written to the console follow in a text record with id = 0
  run_begin,     // run() entered: until task has ended
  run_end,       // run() left
  stop,          // the board stopped, reason = Stop, extra = exit status or signal number; a message may
                 // follow in a text record with id = 0
  // What only the simulator writes: it sees more than a board can.
  hog,    // task has run for longer than the limit; site = the line it is at, object = us since its slice
          // began
  reset,  // the board starts again, reason = machine::ResetCause; tasks, objects and texts are numbered from
          // 1 again
  input,  // something was done from outside; what, follows in a text record with id = 0
  conflict,  // two pins drive one net against each other: object = pin, extra = the other, or 0xffff: a part
  // What goes over a wire has the time at which it begins there, but uart_rx; what it looks like, see below.
  uart_setup,  // object = UART, task = baud rate, extra = UartFormat, site = tx pin | rx pin << 8 (0xff:
               // none)
  uart_tx,     // a byte begins to leave: object = UART, extra = byte, or uart_break
  uart_rx,     // a byte has arrived: object = UART, extra = byte, or uart_break, task = ns since it began, at
               // the edge of its start bit: before its end nobody knows it
  uart_error,  // object = UART, reason = UartError, extra = byte; framing and parity are about the byte of
               // the uart_rx before, and come before the next one
  i2c_setup,   // object = bus, task = Hz, site = scl pin | sda pin << 8
  i2c_start,   // a start and the address byte: object = bus, extra = address << 1 | read, | i2c_nack
  i2c_write,   // the controller sends a byte: object = bus, extra = byte, | i2c_nack
  i2c_read,    // the target sends one: object = bus, extra = byte, | i2c_nack
  i2c_stop,    // object = bus
  i2c_error,   // object = bus, reason = I2cError, extra = address; stuck: task = us the controller waited for
               // SDA to rise, until now
  part,  // a part of the diagram shows something else; what, follows in a text record with id = 0: "led1: on"
  pwm,   // a pin's pulses from now on, the first of which begins now: object = pin, task = Hz (0: none any
         // more), extra = the part of each period it is high, of 65535
  power,  // what the board draws from now on, in uA: task = while it runs, object = idle, site = in
          // lightsleep
  lightsleep_begin,
  lightsleep_end,
  first_free  // what else a board writes
};

// Why a task became ready, or what it waits for.
enum class Reason : std::uint8_t {
  created = 0,
  yield,  // sleep_ms(0)
  sleep,
  event,
  lock,
  semaphore,
  condition,
  queue_get,  // waits for an item
  queue_put,  // waits for room
  queue_join,
  barrier,
  flag,  // ThreadSafeFlag
  io_read,
  io_write,
  task,  // awaits another task's end
  gather,
  cancelled,
  timeout,      // its deadline has come, or waits for something else, but not longer than until then
  destroyed,    // the object it waited on was destroyed
  unretrieved,  // a finished task runs once more to report its exception
  finished
};

enum class Outcome : std::uint8_t { returned = 0, cancelled, failed };

enum class ObjectKind : std::uint8_t {
  event = 0,
  lock,
  semaphore,
  condition,
  queue,
  barrier,
  flag,
  stream,
  delay,
  message,
  isr,
  pin,
  other
};

// Why the board stopped.
enum class Stop : std::uint8_t {
  time_up = 0,  // it was to run for so long
  returned,     // main() returned
  exited,       // exit() was called
  exception,    // one left main(); the message says which
  stuck,        // every task waited and nothing could ever wake one; the time jumped to the end
  crashed,      // a signal: the host's way to say HardFault
  hung,  // a task ran on and on without giving control back, and time stood still; the message says more
  interrupted  // somebody had enough
};

// A UART's byte on the wire: a start bit (low), the data bits, lowest first, the parity bit if there is one,
// the stop bits (high). All of it follows from the time of the start bit and the baud rate. A framing error
// is a byte whose first stop bit was low, a parity error one with the wrong parity bit.

// extra of uart_setup.
constexpr std::uint16_t uart_format(int bits, int parity, int stop) {  // parity: 0 none, 1 even, 2 odd
  return static_cast<std::uint16_t>(bits | parity << 4 | stop << 8);
}
enum class UartError : std::uint8_t { overrun = 0, framing, parity };
// In place of a byte: a break, the line low for the time of 13 bits.
inline constexpr std::uint16_t uart_break = 0x100;

// What goes over an I2C bus, in times of a bit (1 / Hz); SCL is low where one of these ends and the next
// begins. When the next one comes later than that, SCL was low for so long: the target stretched the clock,
// or the controller had nothing to send.
//   i2c_start            9.5   SDA falls, half a bit later SCL; then 8 bits, highest first, and the
//                              acknowledgement: low, or high (i2c_nack)
//   i2c_start, repeated  10.5  SDA and SCL rise first: between another start and its stop
//   i2c_write, i2c_read  9     8 bits and the acknowledgement, which with i2c_read is the controller's
//   i2c_stop             1.5   SCL rises, then SDA; the last half bit is the pause before the next start
// Every start is followed by a stop in the end, after an error too: that is when the controller lets go.
inline constexpr std::uint16_t i2c_nack = 0x100;
// nobody: no acknowledgement of the address; data: none of a byte; stuck: SDA stays low; stretched: the
// target held the clock for too long.
enum class I2cError : std::uint8_t { nobody = 0, data, stuck, stretched };

struct Record {
  std::uint64_t time_ns;  // board time in nanoseconds
  std::uint32_t task;     // task number, from 1; 0: none
  std::uint32_t object;   // object number, from 1; 0: none
  std::uint32_t site;     // text id of the file << 16 | line; 0: unknown
  Kind kind;
  std::uint8_t reason;
  std::uint16_t extra;
};

// A piece of a string, sent before the first record that needs it. Pieces of one id come in order; the last
// has fewer than 16 bytes (possibly none).
struct TextRecord {
  char text[16];
  std::uint32_t id;
  Kind kind;  // Kind::text
  std::uint8_t length;
  std::uint16_t part;
};

static_assert(sizeof(Record) == 24 && sizeof(TextRecord) == 24);
static_assert(offsetof(Record, kind) == offsetof(TextRecord, kind));

}  // namespace trace
