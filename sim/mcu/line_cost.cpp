#include "mcu/line_cost.hpp"

#include <sys/mman.h>

#include "mcu/board.hpp"

// The linker's names for where the program's code begins and ends.
extern "C" const char __executable_start;  // NOLINT(readability-identifier-naming)
extern "C" const char etext;

namespace sim {

constinit LineCost line_cost;

void LineCost::start(const void* main, std::uint64_t line_ns) {
  line_ns_ = line_ns;
  table_ = std::make_unique<LineTable>(LineTable::of_unit_at(main));
  if (table_->empty()) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start);
  const std::uintptr_t size = reinterpret_cast<std::uintptr_t>(&etext) - begin;
  // Zeros that take no memory until they are looked at.
  void* const memory = ::mmap(nullptr, size * sizeof *lines_, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  lines_ = static_cast<std::uint32_t*>(memory);
  text_begin_ = begin;
  text_size_ = size;
}

std::uint32_t LineCost::look_up(std::uintptr_t offset) {
  // What calls is the instruction before the one it returns to.
  const std::uintptr_t address = text_begin_ + offset - 1;
  const bool own = table_->find(address).of_program;
  const LineTable::Place place = table_->find_caller(address);
  std::uint32_t line = not_charged;
  if (place.of_program) {
    std::size_t known = 0;
    while (known < places_.size() && (places_[known].file != place.file || places_[known].line != place.line))
      ++known;
    if (known == places_.size()) places_.push_back(place);
    line = (first_line + static_cast<std::uint32_t>(known)) | (own ? 0 : inlined);
  }
  lines_[offset] = line;
  return line;
}

void LineCost::charge() const { board.cpu().work(line_ns_); }

trace::Site LineCost::site() const {
  if (position_.line < first_line) return {nullptr, 0};
  const LineTable::Place& place = places_[position_.line - first_line];
  return {place.file, static_cast<unsigned>(place.line)};
}

trace::Site LineCost::site_of(std::uintptr_t address) const {
  if (table_ != nullptr) {
    const LineTable::Place place = table_->find_caller(address);
    if (place.of_program) return {place.file, static_cast<unsigned>(place.line)};
  }
  return site();
}

void LineCost::set_position_at(std::uintptr_t address) {
  if (lines_ == nullptr) return;
  // The address of an instruction itself, not the one behind it.
  const std::uintptr_t offset = address + 1 - text_begin_;
  if (offset >= text_size_) return;
  const std::uint32_t line = look_up(offset);
  if (line != not_charged) position_ = {line & ~inlined, offset};
}

}  // namespace sim
