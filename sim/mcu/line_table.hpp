// Which line of which file an address of this program belongs to, for the one compilation unit that has an
// address in it. From the debug information (-g1 is enough) of the running program itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

class LineTable {
 public:
  struct Place {
    const char* file = nullptr;  // as the compiler was told to call it; lives as long as the table
    int line = 0;
    bool of_program = false;  // in the lesson's folder, not of core or of the system
  };

  // The table of the unit that contains `address`; empty if the program has no debug information.
  static LineTable of_unit_at(const void* address);

  // {nullptr, 0, false} for an address outside the unit.
  Place find(std::uintptr_t address) const;
  // The same; but for code of others that was inlined into the program, the line of the program that calls
  // it.
  Place find_caller(std::uintptr_t address) const;
  bool empty() const { return rows_.empty(); }

 private:
  struct File {
    std::string name;
    bool of_program;
  };
  struct Row {
    std::uintptr_t address;
    std::uint32_t file;  // in files_; none: the addresses from here on are of no line
    int line;
  };
  // Where the compiler put a function into the program that is called there.
  struct Inlined {
    std::uintptr_t begin;
    std::uintptr_t end;
    std::uint32_t file;  // in files_: of the call
    int line;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  std::vector<File> files_;
  std::vector<Row> rows_;         // by address
  std::vector<Inlined> inlined_;  // whose call is a line of the program; the inner after the outer
};

}  // namespace sim
