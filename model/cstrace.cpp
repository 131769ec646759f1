#include "model/cstrace.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "model/format.hpp"

namespace model {
namespace {

static_assert(std::endian::native == std::endian::little, "records are written as they are in memory");

// The first byte is no ASCII, so that a file mangled as text is noticed.
constexpr char magic[8] = {'\x93', 'C', 'S', 'T', 'R', 'A', 'C', 'E'};
constexpr std::uint32_t version = 1;
constexpr std::uint32_t longest_description = 64 * 1024 * 1024;

struct FileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t description_size;
  std::uint64_t record_count;
};
static_assert(sizeof(FileHeader) == 24);

std::string description_of(const TraceInfo& info) {
  nlohmann::ordered_json json;
  json["lesson"] = info.lesson;
  json["board"] = info.board;
  json["seed"] = info.seed;
  json["run_for_ns"] = info.run_for_ns;
  json["main_file"] = info.main_file;
  json["sources"] = nlohmann::ordered_json::object();
  for (const auto& [name, text] : info.sources.texts()) json["sources"][name] = text;
  std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');  // the records stay aligned
  return text;
}

bool read_description(const std::string& text, TraceInfo& info) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  try {
    info.lesson = json.value("lesson", "");
    info.board = json.value("board", "");
    info.seed = json.value("seed", std::uint64_t{0});
    info.run_for_ns = json.value("run_for_ns", std::uint64_t{0});
    info.main_file = json.value("main_file", "");
    const nlohmann::json sources = json.value("sources", nlohmann::json::object());
    for (const auto& [name, source] : sources.items()) info.sources.add(name, source.get<std::string>());
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return true;
}

}  // namespace

CstraceWriter::CstraceWriter(std::ostream& file, const TraceInfo& info) : file_(file) {
  const std::string description = description_of(info);
  FileHeader header{{}, version, static_cast<std::uint32_t>(description.size()), 0};
  std::memcpy(header.magic, magic, sizeof magic);
  file_.write(reinterpret_cast<const char*>(&header), sizeof header);
  file_.write(description.data(), static_cast<std::streamsize>(description.size()));
}

void CstraceWriter::write(const trace::Record* records, std::size_t count) {
  file_.write(reinterpret_cast<const char*>(records), static_cast<std::streamsize>(count * sizeof *records));
  count_ += count;
}

void CstraceWriter::finish() {
  file_.seekp(offsetof(FileHeader, record_count));
  file_.write(reinterpret_cast<const char*>(&count_), sizeof count_);
  file_.flush();
}

Result<CstraceReader> CstraceReader::open(const std::string& path) {
  CstraceReader reader;
  reader.file_.open(path, std::ios::binary);
  if (!reader.file_) return Error{"cannot open " + path + ": " + std::strerror(errno)};
  const Error foreign{path + " is not a Coroscope trace (.cstrace)"};

  reader.file_.seekg(0, std::ios::end);
  const auto end = static_cast<std::streamoff>(reader.file_.tellg());
  if (!reader.file_ || end < 0) return foreign;  // a folder, a pipe
  const auto size = static_cast<std::uint64_t>(end);
  reader.file_.seekg(0);

  FileHeader header;
  reader.file_.read(reinterpret_cast<char*>(&header), sizeof header);
  const auto got = static_cast<std::size_t>(reader.file_.gcount());
  if (got < sizeof magic || std::memcmp(header.magic, magic, sizeof magic) != 0) return foreign;
  const Error cut_short{path + " is cut short: " + count_text(size) + " bytes are all there is of it"};
  if (got < sizeof header) return cut_short;
  if (header.version != version) {
    return Error{path + " is of version " + std::to_string(header.version) +
                 ", and this Coroscope reads version " + std::to_string(version)};
  }
  if (header.description_size > longest_description)
    return Error{path + " is damaged: its header makes no sense"};
  std::string description(header.description_size, '\0');
  reader.file_.read(description.data(), static_cast<std::streamsize>(description.size()));
  if (!reader.file_) return cut_short;
  if (!read_description(description, reader.info_))
    return Error{path + " is damaged: its header makes no sense"};

  const std::uint64_t body = size - sizeof header - header.description_size;
  if (body / sizeof(trace::Record) < header.record_count) {
    return Error{path + " is cut short: of " + count_text(header.record_count) + " records " +
                 count_text(body / sizeof(trace::Record)) + " are there"};
  }
  if (body != header.record_count * sizeof(trace::Record)) {
    return Error{path + " is damaged: there is something behind its " + count_text(header.record_count) +
                 " records"};
  }
  reader.count_ = reader.left_ = header.record_count;
  return reader;
}

std::vector<trace::Record> CstraceReader::read(std::size_t most) {
  std::vector<trace::Record> records(static_cast<std::size_t>(std::min<std::uint64_t>(most, left_)));
  file_.read(reinterpret_cast<char*>(records.data()),
             static_cast<std::streamsize>(records.size() * sizeof(trace::Record)));
  records.resize(static_cast<std::size_t>(file_.gcount()) / sizeof(trace::Record));
  left_ -= records.size();
  return records;
}

}  // namespace model
