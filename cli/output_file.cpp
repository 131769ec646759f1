#include "cli/output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cli {

namespace fs = std::filesystem;
using model::Error;

OutputFile::OutputFile(std::string path, std::string temporary)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      stream_(temporary_, std::ios::binary | std::ios::trunc) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      stream_(std::move(other.stream_)) {}

OutputFile::~OutputFile() {
  if (temporary_.empty()) return;
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

model::Result<OutputFile> OutputFile::create(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    return Error{"cannot write " + path + ": it is there already and not an ordinary file"};
  }
  // Replacing a file needs no right to write it; taking it away from its owner by surprise is not wanted all
  // the same.
  if (fs::exists(path, error) && ::access(path.c_str(), W_OK) != 0) {
    return Error{"cannot write " + path + ": " + std::strerror(errno)};
  }
  errno = 0;
  OutputFile file(path, path + ".partial-" + std::to_string(::getpid()));
  if (!file.stream_) {
    const std::string reason = errno != 0 ? std::strerror(errno) : "the file cannot be created";
    file.temporary_.clear();
    return Error{"cannot write " + path + ": " + reason};
  }
  return file;
}

model::Status OutputFile::commit() {
  stream_.close();
  if (!stream_) return Error{"cannot write " + path_ + ": the disk may be full"};
  std::error_code error;
  fs::rename(temporary_, path_, error);
  if (error) return Error{"cannot write " + path_ + ": " + error.message()};
  temporary_.clear();
  return model::done();
}

}  // namespace cli
