// Collects records in a fixed buffer and hands them to trace::port::drain(); turns names and file names into
// numbers, once each. One recorder a board, used through trace/hooks.hpp.
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

  void append(const Record& record) {
    if (next_ == COROSCOPE_TRACE_BUFFER) flush();
    buffer_[next_++] = record;
  }
  void flush();

  // The number of a string, from 1; 0 for nullptr. Equal strings get equal numbers whatever their address,
  // so that the same program always makes the same trace. Emits the text the first time. Keeps no copy: the
  // string must outlive the trace (a literal). When the table is full the number is 0, "unknown".
  std::uint16_t text_id(const char* text);

  // Text id of the file and the line in one number.
  std::uint32_t site_id(Site site) {
    if (site.file == nullptr) return 0;
    if (site.file != last_file_) {
      last_file_id_ = text_id(site.file);
      last_file_ = site.file;
    }
    return static_cast<std::uint32_t>(last_file_id_) << 16 | (site.line & 0xffffU);
  }

  // Writes `size` bytes as text records under `id`, closing with a short piece.
  void append_text(std::uint32_t id, const char* text, std::size_t size);

  std::uint32_t next_task() { return ++tasks_; }
  std::uint32_t next_object() { return ++objects_; }

  // Forgets everything recorded and numbered; for tests and for a board that starts again.
  void reset() { *this = Recorder(); }

 private:
  static constexpr std::size_t max_texts = 256;
  std::size_t next_ = 0;
  const char* last_file_ = nullptr;
  std::uint16_t last_file_id_ = 0;
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
