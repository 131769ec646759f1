#include "cli/output_folder.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cli {

namespace fs = std::filesystem;
using model::Error;

OutputFolder::OutputFolder(std::string path, std::string temporary, std::vector<std::string> names)
    : path_(std::move(path)), temporary_(std::move(temporary)), names_(std::move(names)) {
  for (const std::string& name : names_)
    streams_.emplace_back(fs::path(temporary_) / name, std::ios::binary | std::ios::trunc);
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      names_(std::move(other.names_)),
      streams_(std::move(other.streams_)) {}

OutputFolder::~OutputFolder() {
  if (temporary_.empty()) return;
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

model::Result<OutputFolder> OutputFolder::create(const std::string& path,
                                                 const std::vector<std::string>& names) {
  std::error_code error;
  if (fs::exists(path, error)) {
    if (!fs::is_directory(path, error))
      return Error{"cannot write " + path + ": it is there already and not a folder"};
    for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      std::string text = "cannot write " + path;
      text.append(": it is there already, and has more in it than a trace (").append(name);
      return Error{text.append("); name a new folder")};
    }
    if (error) return Error{"cannot write " + path + ": " + error.message()};
  }
  std::string beside = path;
  while (beside.size() > 1 && beside.back() == '/') beside.pop_back();
  const std::string temporary = beside + ".partial-" + std::to_string(::getpid());
  fs::create_directory(temporary, error);
  if (error) return Error{"cannot write " + path + ": " + error.message()};
  OutputFolder folder(beside, temporary, names);
  for (const std::ofstream& stream : folder.streams_) {
    if (!stream) return Error{"cannot write " + path + ": its files cannot be created"};
  }
  return folder;
}

model::Status OutputFolder::commit() {
  for (std::ofstream& stream : streams_) {
    stream.close();
    if (!stream) return Error{"cannot write " + path_ + ": the disk may be full"};
  }
  std::error_code error;
  for (const std::string& name : names_) fs::remove(fs::path(path_) / name, error);
  fs::rename(temporary_, path_, error);  // over an empty folder too
  if (error) return Error{"cannot write " + path_ + ": " + error.message()};
  temporary_.clear();
  return model::done();
}

}  // namespace cli
