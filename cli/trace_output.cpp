#include "cli/trace_output.hpp"

#include <filesystem>

namespace cli {

model::Result<TraceForm> trace_form_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".json") return TraceForm::json;
  if (ending == ".cstrace") return TraceForm::cstrace;
  if (ending == ".txt") return TraceForm::text;
  return model::Error{
      "cannot tell from \"" + path +
      "\" what to write; the name must end in .json (for Perfetto), .cstrace (the whole trace) or .txt"};
}

TraceOutput::TraceOutput(std::ostream& out, TraceForm form, const model::TraceInfo& info,
                         const Screen& screen, const TextOptions& text_options) {
  switch (form) {
    case TraceForm::json:
      json_.emplace(out, info);
      break;
    case TraceForm::cstrace:
      cstrace_.emplace(out, info);
      break;
    case TraceForm::text:
      text_.emplace(out, screen, text_options, info);
      break;
  }
}

void TraceOutput::write(const trace::Record& record, const model::State& state) {
  if (json_) json_->write(record, state);
  if (cstrace_) cstrace_->write(&record, 1);
  if (text_) text_->write(record, state);
}

void TraceOutput::finish(const model::State& state) {
  if (json_) json_->finish(state);
  if (cstrace_) cstrace_->finish();
  if (text_) text_->finish(state);
}

}  // namespace cli
