// Writes a trace to a file in the form its name asks for: .json, .vcd, .cstrace or .txt.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/output_file.hpp"
#include "cli/text_view.hpp"
#include "model/chrome_json.hpp"
#include "model/cstrace.hpp"
#include "model/ctf.hpp"
#include "model/vcd.hpp"

namespace cli {

// ctf is a folder: what is written here is its channel0_0, and model::ctf_metadata() is its other file.
enum class TraceForm { json, vcd, ctf, cstrace, text };

// By the ending of a file's name.
model::Result<TraceForm> trace_form_of(const std::string& path);

class TraceOutput {
 public:
  TraceOutput(std::ostream& out, TraceForm form, const model::TraceInfo& info, const Screen& screen,
              const TextOptions& text_options);
  // After state.apply(record).
  void write(const trace::Record& as_traced, const model::State& state);
  // After state.finish().
  void finish(const model::State& state);

 private:
  std::optional<model::ChromeJsonWriter> json_;
  std::optional<model::VcdWriter> vcd_;
  std::optional<model::CtfWriter> ctf_;
  std::optional<model::CstraceWriter> cstrace_;
  std::optional<TextView> text_;
};

// The text a file gets: everything, each decision explained.
inline constexpr TextOptions text_of_file{true, true, true};

}  // namespace cli
