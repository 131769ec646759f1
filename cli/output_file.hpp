// A file that exists whole or not at all: it is written beside its place under another name and put there at
// the end.
#pragma once

#include <fstream>
#include <string>

#include "model/result.hpp"

namespace cli {

class OutputFile {
 public:
  // Creates the temporary file, so that a place one cannot write to is noticed now.
  static model::Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  // Removes what was not committed.
  ~OutputFile();

  std::ostream& stream() { return stream_; }
  const std::string& path() const { return path_; }
  // Puts the file in its place.
  model::Status commit();

 private:
  OutputFile(std::string path, std::string temporary);

  std::string path_;
  std::string temporary_;  // empty once committed
  std::ofstream stream_;
};

}  // namespace cli
