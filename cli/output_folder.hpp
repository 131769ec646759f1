// A folder of files that exists whole or not at all: it is made beside its place under another name and put
// there at the end.
#pragma once

#include <cstddef>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace cli {

class OutputFolder {
 public:
  // Makes the temporary folder, so that a place one cannot write to is noticed now. What is at `path` already
  // may only be an empty folder, or one with files of these names and nothing else: it is replaced.
  static model::Result<OutputFolder> create(const std::string& path, const std::vector<std::string>& names);
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  // Removes what was not committed.
  ~OutputFolder();

  // The file of names[number].
  std::ostream& stream(std::size_t number) { return streams_[number]; }
  // Puts the folder in its place.
  model::Status commit();

 private:
  OutputFolder(std::string path, std::string temporary, std::vector<std::string> names);

  std::string path_;
  std::string temporary_;  // empty once committed
  std::vector<std::string> names_;
  std::deque<std::ofstream> streams_;
};

}  // namespace cli
