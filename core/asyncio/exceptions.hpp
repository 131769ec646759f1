// The exceptions of asyncio and the few built-in ones of Python it raises. They carry a fixed text (a
// literal), never a std::string, so that throwing one on a board allocates only the exception itself.
#pragma once

#include <exception>

namespace asyncio {

// Thrown into a task by Task::cancel(). Deliberately not a std::exception: `catch (const std::exception&)`
// in a program must not swallow a cancellation, as `except Exception` does not in Python. A task that
// catches it to clean up rethrows it with `throw;`.
class CancelledError {};

// Base of all others. `what()` is a literal and outlives the exception.
class Exception : public std::exception {
 public:
  explicit Exception(const char* text) noexcept : text_(text) {}
  const char* what() const noexcept override { return text_; }

 private:
  const char* text_;
};

// wait_for() and wait_for_ms(): the time was up.
class TimeoutError : public Exception {
 public:
  explicit TimeoutError(const char* text = "timeout") noexcept : Exception(text) {}
};
// A mistake in the use of the library; the text says which.
class RuntimeError : public Exception {
 public:
  using Exception::Exception;
};
// Task::result() of a task that has not finished.
class InvalidStateError : public Exception {
 public:
  using Exception::Exception;
};
class ValueError : public Exception {
 public:
  using Exception::Exception;
};
class IndexError : public Exception {
 public:
  using Exception::Exception;
};
class OverflowError : public Exception {
 public:
  using Exception::Exception;
};
// The frame allocator has no room for a coroutine; thrown where the coroutine is created.
class MemoryError : public Exception {
 public:
  explicit MemoryError(const char* text = "no memory for a coroutine frame") noexcept : Exception(text) {}
};
// A stream ended before the bytes asked for.
class EOFError : public Exception {
 public:
  explicit EOFError(const char* text = "end of stream") noexcept : Exception(text) {}
};
// A device or the network failed; `code` is its errno number.
class OSError : public Exception {
 public:
  explicit OSError(int code, const char* text = "OSError") noexcept : Exception(text), code_(code) {}
  int code() const noexcept { return code_; }

 private:
  int code_;
};
class QueueEmpty : public Exception {
 public:
  explicit QueueEmpty(const char* text = "queue is empty") noexcept : Exception(text) {}
};
class QueueFull : public Exception {
 public:
  explicit QueueFull(const char* text = "queue is full") noexcept : Exception(text) {}
};

}  // namespace asyncio
