// Collects records in a fixed buffer and hands them to trace::port::drain(); turns names and file names into
// numbers, once each. One recorder a board, used through trace/hooks.hpp. It belongs to one core: what
// another one does (an item put into a ThreadSafeQueue) must not be traced from there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/port.hpp"
#include "trace/record.hpp"
#include "trace/site.hpp"

#ifndef COROSCOPE_TRACE_BUFFER
#define COROSCOPE_TRACE_BUFFER 1024  // records; 24 bytes each
#endif

namespace trace {

#if COROSCOPE_TRACE

class Recorder {
 public:
  constexpr Recorder() = default;

  void append(const Record& record) { *room_for(1) = record; }
  // Room for `count` records that will be written at once. The hooks fill it themselves: a record put
  // together in registers and stored as three words is what makes tracing cheap.
  Record* room_for(std::size_t count) {
    if (next_ + count > COROSCOPE_TRACE_BUFFER) [[unlikely]]
      flush();
    Record* const room = buffer_ + next_;
    next_ += count;
    return room;
  }
  // Looks at the clock, in nanoseconds.
  std::uint64_t now_ns() { return last_ns_ = port::now_ns(); }
  // When it was last looked at.
  std::uint64_t last_ns() const { return last_ns_; }
  void flush();

  // The number of a string, from 1; 0 for nullptr. Equal strings get equal numbers whatever their address,
  // so that the same program always makes the same trace. Emits the text the first time. Keeps no copy: the
  // string must outlive the trace (a literal). When the table is full the number is 0, "unknown".
  std::uint16_t text_id(const char* text);

  // Text id of the file and the line in one number.
  std::uint32_t site_id(Site site) {
    const char* const file = site.file();
    if (file != last_file_) [[unlikely]]
      look_up(file);
    return last_file_id_ | site.line();
  }

  // Writes `size` bytes as text records under `id`, closing with a short piece.
  void append_text(std::uint32_t id, const char* text, std::size_t size);

  std::uint32_t next_task() { return ++tasks_; }
  std::uint32_t next_object() { return ++objects_; }

  // Forgets everything recorded and numbered; for tests and for a board that starts again.
  void reset() { *this = Recorder(); }

 private:
  void look_up(const char* file);

  static constexpr std::size_t max_texts = 256;
  std::size_t next_ = 0;
  std::uint64_t last_ns_ = 0;
  const char* last_file_ = nullptr;
  std::uint32_t last_file_id_ = 0;  // << 16; of nullptr: 0
  std::uint16_t texts_count_ = 0;
  std::uint32_t tasks_ = 0;
  std::uint32_t objects_ = 0;
  const char* texts_[max_texts] = {};
  Record buffer_[COROSCOPE_TRACE_BUFFER] = {};
};

// The board's one recorder.
extern Recorder recorder;

#endif

}  // namespace trace
