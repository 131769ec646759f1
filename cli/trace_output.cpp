#include "cli/trace_output.hpp"

#include <filesystem>

namespace cli {

model::Result<TraceForm> trace_form_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".json") return TraceForm::json;
  if (ending == ".vcd") return TraceForm::vcd;
  if (ending == ".cstrace") return TraceForm::cstrace;
  if (ending == ".txt") return TraceForm::text;
  if (ending == ".ctf") {
    return model::Error{
        "a CTF trace is a folder, made in two steps: write FILE.cstrace, then `coroscope trace "
        "FILE.cstrace --to ctf -o " +
        path + '`'};
  }
  return model::Error{"cannot tell from \"" + path +
                      "\" what to write; the name must end in .json (for Perfetto), .vcd (for GTKWave and "
                      "PulseView), .cstrace (the whole trace) or .txt"};
}

TraceOutput::TraceOutput(std::ostream& out, TraceForm form, const model::TraceInfo& info,
                         const Screen& screen, const TextOptions& text_options) {
  switch (form) {
    case TraceForm::json:
      json_.emplace(out, info);
      break;
    case TraceForm::vcd:
      vcd_.emplace(out, info);
      break;
    case TraceForm::ctf:
      ctf_.emplace(out);
      break;
    case TraceForm::cstrace:
      cstrace_.emplace(out, info);
      break;
    case TraceForm::text:
      text_.emplace(out, screen, text_options, info);
      break;
  }
}

void TraceOutput::write(const trace::Record& as_traced, const model::State& state) {
  if (cstrace_) cstrace_->write(&as_traced, 1);
  const trace::Record& record = state.record();
  if (json_) json_->write(record, state);
  if (vcd_) vcd_->write(record, state);
  if (ctf_) ctf_->write(record, state);
  if (text_) text_->write(record, state);
}

void TraceOutput::finish(const model::State& state) {
  if (json_) json_->finish(state);
  if (vcd_) vcd_->finish(state);
  if (ctf_) ctf_->finish(state);
  if (cstrace_) cstrace_->finish();
  if (text_) text_->finish(state);
}

}  // namespace cli
