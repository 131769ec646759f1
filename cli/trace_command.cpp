#include <unistd.h>

#include <iostream>
#include <string>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/output_folder.hpp"
#include "cli/standard_output.hpp"
#include "cli/trace_output.hpp"
#include "model/cstrace.hpp"

namespace cli {

namespace {

struct FormName {
  const char* name;
  TraceForm form;
};
constexpr FormName forms[] = {
    {"json", TraceForm::json}, {"vcd", TraceForm::vcd}, {"ctf", TraceForm::ctf}, {"text", TraceForm::text}};

// What --to says, or else the ending of the file's name.
model::Result<TraceForm> form_of(const std::string* to, const std::string* path) {
  if (to == nullptr && path != nullptr)
    return path->ends_with(".ctf") ? TraceForm::ctf : trace_form_of(*path);
  if (to == nullptr) return TraceForm::text;
  for (const FormName& form : forms) {
    if (*to == form.name) return form.form;
  }
  return model::Error{"cannot turn a trace into \"" + *to + "\"; --to takes json, vcd, ctf or text"};
}

// False if the user has had enough, or nobody reads what is printed.
bool convert(model::CstraceReader& reader, TraceOutput& output) {
  model::State state(&reader.info().sources);
  for (;;) {
    const std::vector<trace::Record> records = reader.read(4096);
    if (records.empty()) break;
    if (interrupted() || output_lost()) return false;
    for (const trace::Record& record : records) {
      state.apply(record);
      output.write(record, state);
    }
  }
  state.finish();
  output.finish(state);
  return true;
}

int write_folder(model::CstraceReader& reader, const std::string& path) {
  model::Result<OutputFolder> folder = OutputFolder::create(path, {"metadata", "channel0_0"});
  if (!folder) return fail(folder.error().text);
  folder->stream(0) << model::ctf_metadata(reader.info());
  TraceOutput output(folder->stream(1), TraceForm::ctf, reader.info(), file_screen(), text_of_file);
  if (!convert(reader, output)) return interrupted_status;
  if (const model::Status written = folder->commit(); !written) return fail(written.error().text);
  return 0;
}

int write_file(model::CstraceReader& reader, TraceForm form, const std::string& path) {
  model::Result<OutputFile> file = OutputFile::create(path);
  if (!file) return fail(file.error().text);
  TraceOutput output(file->stream(), form, reader.info(), file_screen(), text_of_file);
  if (!convert(reader, output)) return interrupted_status;
  if (const model::Status written = file->commit(); !written) return fail(written.error().text);
  return 0;
}

}  // namespace

int trace_command(const Words& words) {
  const model::Result<Arguments> arguments =
      Arguments::parse(words, {{"--to", true}, {"-o", true}, {"--all", false}, {"--why", false}});
  if (!arguments) return fail(arguments.error().text);
  if (arguments->words().size() != 1)
    return fail("say which trace: coroscope trace FILE.cstrace --to json|vcd|ctf|text [-o FILE]");
  const std::string* const path = arguments->value("-o");
  const model::Result<TraceForm> form = form_of(arguments->value("--to"), path);
  if (!form) return fail(form.error().text);
  if (*form == TraceForm::ctf && path == nullptr)
    return fail("ctf is a folder: say where it is to be made with -o FOLDER");

  model::Result<model::CstraceReader> reader = model::CstraceReader::open(arguments->words()[0]);
  if (!reader) return fail(reader.error().text);
  catch_interrupts();
  if (*form == TraceForm::ctf) return write_folder(*reader, *path);
  if (path != nullptr) return write_file(*reader, *form, *path);
  const TextOptions shown{arguments->has("--all"), arguments->has("--why"), true, "--to json -o FILE.json"};
  TraceOutput output(std::cout, *form, reader->info(), screen_of(STDOUT_FILENO), shown);
  if (!convert(*reader, output)) return interrupted() ? interrupted_status : 0;  // main() says what was lost
  std::cout.flush();
  return 0;
}

}  // namespace cli
