#include "mcu/line_table.hpp"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>

namespace sim {
namespace {

struct CloseDebugInformation {
  void operator()(Dwarf* debug) const { dwarf_end(debug); }
};
using DebugInformation = std::unique_ptr<Dwarf, CloseDebugInformation>;

// How far from the addresses in its file the running program lies.
std::uintptr_t load_offset() {
  std::uintptr_t offset = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        *static_cast<std::uintptr_t*>(data) = info->dlpi_addr;
        return 1;  // the first is the program, the rest are libraries
      },
      &offset);
  return offset;
}

// The compilation unit that has code at `address`.
bool find_unit(Dwarf* debug, Dwarf_Addr address, Dwarf_Die* unit) {
  Dwarf_Off offset = 0;
  Dwarf_Off next = 0;
  std::size_t header_size = 0;
  while (dwarf_nextcu(debug, offset, &next, &header_size, nullptr, nullptr, nullptr) == 0) {
    if (dwarf_offdie(debug, offset + header_size, unit) != nullptr && dwarf_haspc(unit, address) == 1)
      return true;
    offset = next;
  }
  return false;
}

// Where the program's own files are for the compiler: see cli/lesson_build.cpp.
constexpr std::string_view program_folder = "/.program/";

}  // namespace

LineTable LineTable::of_unit_at(const void* address) {
  LineTable table;
  const int program = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (program < 0) return table;
  const DebugInformation debug(dwarf_begin(program, DWARF_C_READ));
  ::close(program);
  const std::uintptr_t bias = load_offset();
  Dwarf_Die unit;
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  if (debug == nullptr || !find_unit(debug.get(), reinterpret_cast<std::uintptr_t>(address) - bias, &unit) ||
      dwarf_getsrclines(&unit, &lines, &count) != 0)
    return table;
  std::map<std::string, std::uint32_t> numbers;
  table.rows_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* const line = dwarf_onesrcline(lines, i);
    Dwarf_Addr at = 0;
    int number = 0;
    bool ends = false;
    const char* const file = dwarf_linesrc(line, nullptr, nullptr);
    if (dwarf_lineaddr(line, &at) != 0 || dwarf_lineno(line, &number) != 0 ||
        dwarf_lineendsequence(line, &ends) != 0 || file == nullptr)
      continue;
    std::uint32_t file_number = none;
    if (!ends && number != 0) {
      const auto [entry, is_new] = numbers.try_emplace(file, static_cast<std::uint32_t>(table.files_.size()));
      if (is_new) {
        std::string_view name = file;
        const bool of_program = name.starts_with(program_folder);
        if (of_program) name.remove_prefix(program_folder.size());
        table.files_.push_back({std::string(name), of_program});
      }
      file_number = entry->second;
    }
    table.rows_.push_back({static_cast<std::uintptr_t>(at + bias), file_number, number});
  }
  std::stable_sort(table.rows_.begin(), table.rows_.end(),
                   [](const Row& a, const Row& b) { return a.address < b.address; });
  return table;
}

LineTable::Place LineTable::find(std::uintptr_t address) const {
  auto row = std::upper_bound(rows_.begin(), rows_.end(), address,
                              [](std::uintptr_t at, const Row& r) { return at < r.address; });
  if (row == rows_.begin()) return {};
  --row;
  if (row->file == none) return {};
  const File& file = files_[row->file];
  return {file.name.c_str(), row->line, file.of_program};
}

}  // namespace sim
