#include "mcu/line_table.hpp"

#include <dwarf.h>
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

// Calls `found` for each function that was inlined, with where its code is and where the call.
template <class Found>
void for_each_inlined(Dwarf_Die* parent, const Found& found) {
  Dwarf_Die die;
  if (dwarf_child(parent, &die) != 0) return;
  do {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0;
    Dwarf_Word line = 0;
    if (dwarf_tag(&die) == DW_TAG_inlined_subroutine &&
        dwarf_formudata(dwarf_attr(&die, DW_AT_call_file, &attribute), &file) == 0 &&
        dwarf_formudata(dwarf_attr(&die, DW_AT_call_line, &attribute), &line) == 0) {
      Dwarf_Addr base = 0;
      Dwarf_Addr begin = 0;
      Dwarf_Addr end = 0;
      for (std::ptrdiff_t next = 0; (next = dwarf_ranges(&die, next, &base, &begin, &end)) > 0;)
        found(begin, end, file, static_cast<int>(line));
    }
    for_each_inlined(&die, found);
  } while (dwarf_siblingof(&die, &die) == 0);
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
  Dwarf_Files* files = nullptr;
  if (dwarf_getsrcfiles(&unit, &files, nullptr) == 0) {
    for_each_inlined(&unit, [&](Dwarf_Addr begin, Dwarf_Addr end, Dwarf_Word file, int line) {
      const char* const name = dwarf_filesrc(files, file, nullptr, nullptr);
      const auto known = name == nullptr ? numbers.end() : numbers.find(name);
      if (known == numbers.end() || !table.files_[known->second].of_program) return;
      table.inlined_.push_back({static_cast<std::uintptr_t>(begin + bias),
                                static_cast<std::uintptr_t>(end + bias), known->second, line});
    });
  }
  std::stable_sort(table.rows_.begin(), table.rows_.end(),
                   [](const Row& a, const Row& b) { return a.address < b.address; });
  return table;
}

LineTable::Place LineTable::find_caller(std::uintptr_t address) const {
  const Place place = find(address);
  if (place.of_program) return place;
  const auto call = std::find_if(inlined_.rbegin(), inlined_.rend(), [&](const Inlined& inlined) {
    return inlined.begin <= address && address < inlined.end;
  });
  if (call == inlined_.rend()) return place;
  return {files_[call->file].name.c_str(), call->line, true};
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
