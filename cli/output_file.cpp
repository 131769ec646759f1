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

namespace {

// Where a symbolic link leads, whether something is there or not.
model::Result<fs::path> resolved(const std::string& path) {
  constexpr int most_links = 40;
  fs::path place = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(place, error); ++links) {
    if (links == most_links) return Error{"cannot write " + path + ": it is a link that leads in a circle"};
    const fs::path target = fs::read_symlink(place, error);
    if (error) return Error{"cannot write " + path + ": " + error.message()};
    place = place.parent_path() / target;  // an absolute target stands for itself
  }
  return place;
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string place)
    : path_(std::move(path)),
      place_(std::move(place)),
      temporary_(place_ + ".partial-" + std::to_string(::getpid())),
      stream_(temporary_, std::ios::binary | std::ios::trunc) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      place_(std::move(other.place_)),
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
  const model::Result<fs::path> place = resolved(path);
  if (!place) return place.error();
  errno = 0;
  OutputFile file(path, place->string());
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
  fs::rename(temporary_, place_, error);
  if (error) return Error{"cannot write " + path_ + ": " + error.message()};
  temporary_.clear();
  return model::done();
}

}  // namespace cli
