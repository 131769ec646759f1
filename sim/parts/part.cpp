#include "parts/part.hpp"

#include <utility>

#include "trace/hooks.hpp"

namespace sim {

void Part::show(std::string text) {
  if (text == shown_) return;
  shown_ = std::move(text);
  const std::string line = id_ + ": " + shown_;
  trace::emit(trace::Kind::part, 0, 0);
  trace::recorder.append_text(0, line.data(), line.size());
}

}  // namespace sim
