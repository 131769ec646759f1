#include "parts/hd44780_controller.hpp"

#include <utility>

#include "parts/hd44780_rom.hpp"

namespace sim {
namespace {

constexpr std::uint64_t reset_ns = 10'000'000;     // "Initializing by internal reset circuit"
constexpr std::uint64_t instruction_ns = 37'000;   // table 6
constexpr std::uint64_t home_ns = 1'520'000;       // table 6
constexpr std::uint64_t address_after_ns = 4'000;  // table 6, figure 10: t_ADD
constexpr std::uint8_t second_line = 0x40;
constexpr unsigned second_line_place = 40;

}  // namespace

void Hd44780Controller::power_on(std::uint64_t now_ns) {
  // "Initializing by internal reset circuit"
  clear();
  eight_bits_ = true;
  two_lines_ = false;
  tall_font_ = false;
  display_on_ = false;
  cursor_on_ = false;
  blink_on_ = false;
  shifts_ = false;
  second_half_ = false;
  work(now_ns, reset_ns);
}

// --- The interface

void Hd44780Controller::on_lines(const Lines& lines, std::uint64_t now_ns) {
  const Lines before = std::exchange(lines_, lines);
  if (!before.e && lines.e) {
    begin(now_ns);
  } else if (before.e && !lines.e) {
    const bool first_half = takes_first_half();
    if (reads_) {
      if (!first_half) end_read(now_ns);
    } else if (first_half) {
      transfer_ = before.db & 0xF0U;
    } else {
      end_write(before, now_ns);
    }
    // The instruction may have changed the interface.
    second_half_ = first_half && !eight_bits_;
  }
}

// E rises.
void Hd44780Controller::begin(std::uint64_t now_ns) {
  reads_ = lines_.rw;
  if (second_half_) return;
  accepted_ = !is_busy(now_ns);
  if (reads_) transfer_ = lines_.rs ? data_register_ : status(now_ns);
}

void Hd44780Controller::end_read(std::uint64_t now_ns) {
  if (!lines_.rs || !accepted_) return;
  work(now_ns, instruction_ns);
  step(now_ns);
  data_register_ = at_address();
}

void Hd44780Controller::end_write(const Lines& lines, std::uint64_t now_ns) {
  if (!accepted_) return;
  const std::uint8_t byte =
      eight_bits_ ? lines.db : static_cast<std::uint8_t>(transfer_ | unsigned{lines.db} >> 4);
  if (lines.rs) {
    write_data(byte, now_ns);
  } else {
    execute(byte, now_ns);
  }
}

Hd44780Controller::Driven Hd44780Controller::driven() const {
  if (!lines_.e || !lines_.rw || !reads_) return {0, 0};
  if (eight_bits_) return {0xFF, transfer_};
  const unsigned half = second_half_ ? unsigned{transfer_} << 4 : transfer_ & 0xF0U;
  return {0xF0, static_cast<std::uint8_t>(half)};
}

std::uint8_t Hd44780Controller::status(std::uint64_t now_ns) const {
  const unsigned address = now_ns < address_ns_ ? address_was_ : address_;
  return static_cast<std::uint8_t>((is_busy(now_ns) ? 0x80U : 0U) | address);
}

// --- Instructions: table 6

void Hd44780Controller::execute(std::uint8_t instruction, std::uint64_t now_ns) {
  const auto bit = [instruction](unsigned mask) { return (instruction & mask) != 0; };
  work(now_ns, instruction_ns);
  address_ns_ = 0;
  if (bit(0x80)) {  // set DDRAM address
    in_cgram_ = false;
    address_ = instruction & 0x7FU;
    data_register_ = at_address();
  } else if (bit(0x40)) {  // set CGRAM address
    in_cgram_ = true;
    address_ = instruction & 0x3FU;
    data_register_ = at_address();
  } else if (bit(0x20)) {  // function set
    eight_bits_ = bit(0x10);
    two_lines_ = bit(0x08);
    tall_font_ = bit(0x04) && !two_lines_;  // table 8
    shift_ %= line_length();
  } else if (bit(0x10)) {  // cursor or display shift
    if (bit(0x08)) {
      shift_display(!bit(0x04));
    } else {
      move_address(bit(0x04));
      data_register_ = at_address();
    }
  } else if (bit(0x08)) {  // display on/off control
    display_on_ = bit(0x04);
    cursor_on_ = bit(0x02);
    blink_on_ = bit(0x01);
  } else if (bit(0x04)) {  // entry mode set
    increment_ = bit(0x02);
    shifts_ = bit(0x01);
  } else if (bit(0x02)) {  // return home
    home();
    work(now_ns, home_ns);
  } else if (bit(0x01)) {
    clear();
    work(now_ns, home_ns);
  }
}

void Hd44780Controller::clear() {
  ddram_.fill(' ');
  data_register_ = ' ';
  increment_ = true;
  home();
}

void Hd44780Controller::home() {
  in_cgram_ = false;
  address_ = 0;
  shift_ = 0;
}

void Hd44780Controller::write_data(std::uint8_t data, std::uint64_t now_ns) {
  work(now_ns, instruction_ns);
  data_register_ = data;
  if (in_cgram_) {
    cgram_[address_ & 0x3FU] = data;
  } else {
    const unsigned place = place_of(address_);
    if (place != none) ddram_[place] = data;
    if (shifts_) shift_display(increment_);
  }
  step(now_ns);
}

// --- Addresses

// After data was written or read. Whoever reads the address counter sees it a bit later.
void Hd44780Controller::step(std::uint64_t now_ns) {
  address_was_ = address_;
  move_address(increment_);
  address_ns_ = now_ns + instruction_ns + address_after_ns;
}

void Hd44780Controller::move_address(bool forward) {
  const unsigned last_of_line = two_lines_ ? 0x27 : 0x4F;
  if (in_cgram_) {
    address_ = (address_ + (forward ? 1U : 0x3FU)) & 0x3FU;
  } else if (forward && address_ == last_of_line) {
    address_ = two_lines_ ? second_line : 0;
  } else if (forward && two_lines_ && address_ == second_line + last_of_line) {
    address_ = 0;
  } else if (!forward && address_ == 0) {
    address_ = static_cast<std::uint8_t>(two_lines_ ? second_line + last_of_line : last_of_line);
  } else if (!forward && two_lines_ && address_ == second_line) {
    address_ = static_cast<std::uint8_t>(last_of_line);
  } else {
    address_ = (address_ + (forward ? 1U : 0x7FU)) & 0x7FU;
  }
}

void Hd44780Controller::shift_display(bool left) {
  shift_ = (shift_ + (left ? 1 : line_length() - 1)) % line_length();
}

unsigned Hd44780Controller::place_of(std::uint8_t address) const {
  if (!two_lines_) return address < none ? address : none;
  const unsigned in_line = address % second_line;
  if (in_line >= second_line_place) return none;
  return address < second_line ? in_line : second_line_place + in_line;
}

std::uint8_t Hd44780Controller::at_address() const {
  if (in_cgram_) return cgram_[address_ & 0x3FU];
  const unsigned place = place_of(address_);
  return place != none ? ddram_[place] : 0xFF;
}

// --- What it shows

// Both lines shift together, each around itself (figures 5 and 6).
unsigned Hd44780Controller::place_at(unsigned row, unsigned column) const {
  const bool lower = row % 2 == 1;
  if (lower && !two_lines_) return none;
  const unsigned in_line = (row / 2 * glass_.columns + column + shift_) % line_length();
  return lower ? second_line_place + in_line : in_line;
}

std::uint8_t Hd44780Controller::code_at(unsigned row, unsigned column) const {
  const unsigned place = place_at(row, column);
  return place != none ? ddram_[place] : std::uint8_t{' '};
}

std::string Hd44780Controller::line(unsigned row) const {
  std::string text;
  for (unsigned column = 0; column < glass_.columns; ++column) {
    const unsigned code = code_at(row, column);
    // Of a tall character two numbers make one (table 5).
    text += hd44780_character(static_cast<std::uint8_t>(tall_font_ && code < 0x10 ? code & 6U : code));
  }
  return text;
}

std::array<std::uint8_t, 8> Hd44780Controller::drawn(unsigned character) const {
  std::array<std::uint8_t, 8> rows;
  for (unsigned row = 0; row < rows.size(); ++row) rows[row] = cgram_[character % 8 * 8 + row] & 0x1FU;
  return rows;
}

bool Hd44780Controller::is_cursor_at(unsigned row, unsigned column) const {
  const unsigned place = in_cgram_ ? none : place_of(address_);
  return place != none && place == place_at(row, column);
}

}  // namespace sim
