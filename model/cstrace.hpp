// The .cstrace file: a header that says what was traced, with the source it was made from, then the records
// as the board made them. docs/trace-format.md describes every byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "model/result.hpp"
#include "model/source.hpp"
#include "trace/record.hpp"

namespace model {

// What a trace is of.
struct TraceInfo {
  std::string lesson;
  std::string board;
  std::uint64_t seed = 0;
  std::uint64_t run_for_ns = 0;
  std::string main_file;  // the one of the sources with main() in it
  Sources sources;
};

class CstraceWriter {
 public:
  // Writes the header. `file` must be binary and able to seek: the number of records is put in at the end.
  CstraceWriter(std::ostream& file, const TraceInfo& info);
  void write(const trace::Record* records, std::size_t count);
  // Completes the file; nothing may be written afterwards.
  void finish();

 private:
  std::ostream& file_;
  std::uint64_t count_ = 0;
};

class CstraceReader {
 public:
  // Refuses a file that is no trace, of another version, or cut short.
  static Result<CstraceReader> open(const std::string& path);

  const TraceInfo& info() const { return info_; }
  std::uint64_t record_count() const { return count_; }
  // The next records, at most `most`; fewer only at the end, then none.
  std::vector<trace::Record> read(std::size_t most);

 private:
  CstraceReader() = default;

  std::ifstream file_;
  TraceInfo info_;
  std::uint64_t count_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace model
