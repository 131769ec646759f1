// A file that exists whole or not at all: it is written beside its place under another name and put there at
// the end.
#pragma once

#include <fstream>
#include <string>

#include "model/result.hpp"

namespace cli {

class OutputFile {
 public:
  // Creates the temporary file, so that a place one cannot write to is noticed now. Of a symbolic link, what
  // it points to is written.
  static model::Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  // Removes what was not committed.
  ~OutputFile();

  std::ostream& stream() { return stream_; }
  const std::string& path() const { return path_; }  // as it was given
  // Puts the file in its place.
  model::Status commit();

 private:
  OutputFile(std::string path, std::string place);

  std::string path_;
  std::string place_;      // where the links of path_ lead
  std::string temporary_;  // empty once committed
  std::ofstream stream_;
};

}  // namespace cli
