#include <unistd.h>

#include <iostream>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/standard_output.hpp"
#include "cli/trace_output.hpp"
#include "model/cstrace.hpp"

namespace cli {

int trace_command(const Words& words) {
  const model::Result<Arguments> arguments =
      Arguments::parse(words, {{"--to", true}, {"-o", true}, {"--all", false}, {"--why", false}});
  if (!arguments) return fail(arguments.error().text);
  if (arguments->words().size() != 1)
    return fail("say which trace: coroscope trace FILE.cstrace --to json|text [-o FILE]");
  const std::string* const to = arguments->value("--to");
  const std::string* const path = arguments->value("-o");

  TraceForm form = TraceForm::text;
  if (to != nullptr) {
    if (*to != "json" && *to != "text")
      return fail("cannot turn a trace into \"" + *to + "\"; --to takes json or text");
    form = *to == "json" ? TraceForm::json : TraceForm::text;
  } else if (path != nullptr) {
    const model::Result<TraceForm> named = trace_form_of(*path);
    if (!named) return fail(named.error().text);
    form = *named;
  }

  model::Result<model::CstraceReader> reader = model::CstraceReader::open(arguments->words()[0]);
  if (!reader) return fail(reader.error().text);
  catch_interrupts();
  std::optional<OutputFile> file;
  if (path != nullptr) {
    model::Result<OutputFile> created = OutputFile::create(*path);
    if (!created) return fail(created.error().text);
    file.emplace(std::move(*created));
  }

  const Screen screen = file ? file_screen() : screen_of(STDOUT_FILENO);
  const TextOptions shown{arguments->has("--all"), arguments->has("--why"), true, "--to json -o FILE.json"};
  TraceOutput output(file ? file->stream() : std::cout, form, reader->info(), screen,
                     file ? text_of_file : shown);
  model::State state(&reader->info().sources);
  for (;;) {
    const std::vector<trace::Record> records = reader->read(4096);
    if (records.empty()) break;
    if (interrupted()) return interrupted_status;
    if (!file && output_lost()) return 0;  // main() says why
    for (const trace::Record& record : records) {
      state.apply(record);
      output.write(record, state);
    }
  }
  state.finish();
  output.finish(state);
  std::cout.flush();
  if (file) {
    if (const model::Status written = file->commit(); !written) return fail(written.error().text);
  }
  return 0;
}

}  // namespace cli
