// The reader of .cstrace files and everything that makes sense of records: any bytes give an error or a text,
// and JSON that is JSON.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/trace_output.hpp"
#include "model/why.hpp"

namespace {

constexpr const char* program =
    "asyncio::Event pressed;\nasyncio::Lock bus, other;\nauto t = create_task(blink(led), \"red\");\n"
    "co_await gather(a(), b());\nrun(start());\n";

// A file in memory, and its path.
class MemoryFile {
 public:
  MemoryFile(const char* data, std::size_t size) : descriptor_(memfd_create("fuzz", 0)) {
    if (write(descriptor_, data, size) != static_cast<ssize_t>(size)) _exit(3);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// A good header and the given records behind it.
std::string with_header(const std::uint8_t* data, std::size_t size) {
  model::TraceInfo info;
  info.lesson = "01-blink";
  info.board = "pico";
  info.run_for_ns = 5'000'000'000;
  info.main_file = "main.cpp";
  info.sources.add("main.cpp", program);
  std::ostringstream file;
  model::CstraceWriter writer(file, info);
  std::vector<trace::Record> records(size / sizeof(trace::Record));
  if (!records.empty()) std::memcpy(records.data(), data, records.size() * sizeof(trace::Record));
  for (trace::Record& record : records) {
    // Numbers and times near each other, or next to nothing would ever fit together.
    record.time_ns %= 10'000'000'000;
    record.task %= 8;
    record.object %= 8;
    record.kind = static_cast<trace::Kind>(static_cast<unsigned>(record.kind) % 32);
  }
  writer.write(records.data(), records.size());
  writer.finish();
  return file.str();
}

void show(const std::string& path, cli::TraceForm form) {
  model::Result<model::CstraceReader> reader = model::CstraceReader::open(path);
  if (!reader) {
    if (reader.error().text.empty()) __builtin_trap();
    return;
  }
  std::ostringstream out;
  cli::TraceOutput output(out, form, reader->info(), cli::file_screen(), cli::text_of_file);
  model::State state(&reader->info().sources);
  for (;;) {
    const std::vector<trace::Record> records = reader->read(64);
    if (records.empty()) break;
    for (const trace::Record& record : records) {
      state.apply(record);
      output.write(record, state);
    }
  }
  state.finish();
  output.finish(state);
  if (form == cli::TraceForm::json && !nlohmann::json::accept(out.str())) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes = (data[0] & 1) != 0
                                ? with_header(data + 1, size - 1)
                                : std::string(reinterpret_cast<const char*>(data + 1), size - 1);
  const MemoryFile file(bytes.data(), bytes.size());
  show(file.path(), cli::TraceForm::text);
  show(file.path(), cli::TraceForm::json);
  return 0;
}
