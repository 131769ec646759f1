#include "trace/recorder.hpp"

#if COROSCOPE_TRACE

#include <cstring>

namespace trace {

constinit Recorder recorder;

void Recorder::flush() {
  const std::size_t count = next_;
  next_ = 0;
  if (count != 0) port::drain(buffer_, count);
}

std::uint16_t Recorder::text_id(const char* text) {
  if (text == nullptr) return 0;
  for (std::uint16_t i = 0; i < texts_count_; ++i) {
    if (texts_[i] == text || std::strcmp(texts_[i], text) == 0) return static_cast<std::uint16_t>(i + 1);
  }
  if (texts_count_ == max_texts) return 0;
  texts_[texts_count_++] = text;
  append_text(texts_count_, text, std::strlen(text));
  return texts_count_;
}

void Recorder::look_up(const char* file) {
  last_file_id_ = static_cast<std::uint32_t>(text_id(file)) << 16;
  last_file_ = file;
}

void Recorder::append_text(std::uint32_t id, const char* text, std::size_t size) {
  std::uint16_t part = 0;
  for (;;) {
    TextRecord piece{{}, id, Kind::text, 0, part++};
    const std::size_t length = size < sizeof piece.text ? size : sizeof piece.text;
    std::memcpy(piece.text, text, length);
    piece.length = static_cast<std::uint8_t>(length);
    Record record;
    std::memcpy(&record, &piece, sizeof record);
    append(record);
    text += length;
    size -= length;
    if (length < sizeof piece.text) return;
  }
}

}  // namespace trace

#endif
