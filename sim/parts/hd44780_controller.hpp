// Hd44780Controller: the Hitachi HD44780U, which is in (nearly) every character display, instruction by
// instruction. It knows the levels on its lines, and the time of each change; neither board nor wires.
//
//   Hd44780Controller chip({.columns = 16, .rows = 2}, now_ns);
//   chip.on_lines({.rs = true, .e = true, .db = 'A'}, now_ns);
//   chip.on_lines({.rs = true, .e = false, .db = 'A'}, now_ns + 500);   // E falls: an A is written
//   chip.line(0)                                                         // "A               "
//
// Section and table numbers are those of its data sheet, ADE-207-272(Z). Where that leaves a choice:
// - An instruction or data sent while another one is executed is lost, as a whole: what counts is whether the
//   chip was busy at E's first edge. The halves of a 4-bit transfer are counted all the same.
// - Times are the maxima of table 6, for 270 kHz. Clear display takes as long as return home.
// - The number of lines and the font may be set at any time.
// - Data read without an address set, a cursor moved or data read before it, "invalid" in the data sheet, is
//   what was last written.
// - DDRAM addresses without memory: what is written is lost, 0xFF is read, the next one follows.
// - The busy flag is read as it was when E rose.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace sim {

class Hd44780Controller {
 public:
  // Of the glass that is wired to it. A third and a fourth row go on where the first and the second end. At
  // most 4 rows, and 80 characters.
  struct Glass {
    unsigned columns = 16;
    unsigned rows = 2;
  };
  // Its power comes on: the internal reset takes 10 ms.
  explicit Hd44780Controller(const Glass& glass, std::uint64_t now_ns = 0) : glass_(glass) {
    power_on(now_ns);
  }
  void power_on(std::uint64_t now_ns);

  struct Lines {
    bool rs = false;  // data, not an instruction
    bool rw = false;  // read
    bool e = false;
    std::uint8_t db = 0;  // DB7 to DB0; of a 4-bit interface DB7 to DB4 count
  };
  // The levels from now on, those the chip drives itself included. E's edges do something: what is written is
  // what the lines had before E fell.
  void on_lines(const Lines& lines, std::uint64_t now_ns);
  // What the chip drives: the bits of `mask`, to `levels`.
  struct Driven {
    std::uint8_t mask;
    std::uint8_t levels;
  };
  Driven driven() const;

  const Glass& glass() const { return glass_; }
  bool is_on() const { return display_on_; }
  bool has_8_bit_interface() const { return eight_bits_; }
  bool is_busy(std::uint64_t now_ns) const { return now_ns < busy_until_ns_; }
  // The code of what a place shows when the display is on: a blank in a row that is not driven.
  std::uint8_t code_at(unsigned row, unsigned column) const;
  // A row of the glass in UTF-8 (hd44780_rom.hpp), as many characters as there are columns.
  std::string line(unsigned row) const;
  // A character the program drew, 0 to 7: eight rows of five dots, the left one in bit 4.
  std::array<std::uint8_t, 8> drawn(unsigned character) const;
  // A line under the place at the address counter, and the place blinking; and whether that place is this
  // one.
  bool cursor_on() const { return cursor_on_; }
  bool blink_on() const { return blink_on_; }
  bool is_cursor_at(unsigned row, unsigned column) const;

 private:
  void begin(std::uint64_t now_ns);
  void end_read(std::uint64_t now_ns);
  void end_write(const Lines& lines, std::uint64_t now_ns);
  bool takes_first_half() const { return !eight_bits_ && !second_half_; }

  void execute(std::uint8_t instruction, std::uint64_t now_ns);
  void clear();
  void home();
  void write_data(std::uint8_t data, std::uint64_t now_ns);
  void work(std::uint64_t now_ns, std::uint64_t duration_ns) { busy_until_ns_ = now_ns + duration_ns; }

  void step(std::uint64_t now_ns);
  void move_address(bool forward);
  void shift_display(bool left);
  unsigned line_length() const { return two_lines_ ? 40 : 80; }
  // Where an address of the DDRAM is in ddram_, or none.
  static constexpr unsigned none = 80;
  unsigned place_of(std::uint8_t address) const;
  unsigned place_at(unsigned row, unsigned column) const;
  std::uint8_t at_address() const;
  std::uint8_t status(std::uint64_t now_ns) const;

  Glass glass_;
  Lines lines_{};

  std::array<std::uint8_t, 80> ddram_{};
  std::array<std::uint8_t, 64> cgram_{};
  std::uint8_t address_ = 0;        // the address counter, AC
  std::uint8_t address_was_ = 0;    // what reading it gives until …
  std::uint64_t address_ns_ = 0;    // … then
  std::uint8_t data_register_ = 0;  // DR: what reading data gives
  unsigned shift_ = 0;              // the place the left end of a line shows
  bool in_cgram_ = false;

  bool increment_ = true;  // I/D
  bool shifts_ = false;    // S
  bool display_on_ = false;
  bool cursor_on_ = false;
  bool blink_on_ = false;
  bool eight_bits_ = true;
  bool two_lines_ = false;
  bool tall_font_ = false;

  // Of the transfer: a byte, or two halves.
  bool second_half_ = false;
  bool reads_ = false;
  bool accepted_ = false;      // the chip was not busy when it began
  std::uint8_t transfer_ = 0;  // what is read, or the first half of what is written

  std::uint64_t busy_until_ns_ = 0;
};

}  // namespace sim
