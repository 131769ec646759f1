// The reader of .cstrace files and everything that makes sense of records: any bytes give an error or a text,
// JSON that is JSON, waveforms in the order of time, packets as long as they say.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
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
    record.kind = static_cast<trace::Kind>(static_cast<unsigned>(record.kind) %
                                           (static_cast<unsigned>(trace::Kind::first_free) + 1));
  }
  writer.write(records.data(), records.size());
  writer.finish();
  return file.str();
}

// Declarations, then changes of wires that were declared, at later and later times.
void check_vcd(const std::string& text) {
  std::istringstream words(text);
  std::set<std::string> wires;
  std::string word;
  while (words >> word && word != "$enddefinitions") {
    if (word != "$var") continue;
    std::string code;
    words >> word >> word >> code;
    if (!wires.insert(code).second) __builtin_trap();
  }
  std::uint64_t last = 0;
  bool any = false;
  while (words >> word) {
    if (word[0] == '$') continue;
    if (word[0] == '#') {
      const std::uint64_t time = std::stoull(word.substr(1));
      if (any ? time <= last : time != 0) __builtin_trap();
      last = time;
      any = true;
    } else if ((word[0] != '0' && word[0] != '1' && word[0] != 'x') || wires.count(word.substr(1)) == 0) {
      __builtin_trap();
    }
  }
  if (!any || text.back() != '\n') __builtin_trap();
}

// One packet behind the other, to the end.
void check_ctf(const std::string& bytes) {
  constexpr std::size_t header = 36;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t magic = 0;
    std::uint64_t bits = 0;
    if (bytes.size() - at < header) __builtin_trap();
    std::memcpy(&magic, bytes.data() + at, sizeof magic);
    std::memcpy(&bits, bytes.data() + at + header - sizeof bits, sizeof bits);
    if (magic != 0xc1fc1fc1 || bits / 8 < header || bits / 8 > bytes.size() - at) __builtin_trap();
    at += bits / 8;
  }
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
  if (form == cli::TraceForm::vcd) check_vcd(out.str());
  if (form == cli::TraceForm::ctf) check_ctf(out.str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes = (data[0] & 1) != 0
                                ? with_header(data + 1, size - 1)
                                : std::string(reinterpret_cast<const char*>(data + 1), size - 1);
  const MemoryFile file(bytes.data(), bytes.size());
  for (const cli::TraceForm form :
       {cli::TraceForm::text, cli::TraceForm::json, cli::TraceForm::vcd, cli::TraceForm::ctf})
    show(file.path(), form);
  return 0;
}
