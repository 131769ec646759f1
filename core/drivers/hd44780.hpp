// HD44780: a character display, 16x2, 20x4 and the like, on six pins (hd44780_parallel.hpp) or on I2C
// (hd44780_backpack.hpp). As Hinch's: the program writes lines, a task of the display's own brings them onto
// the glass.
//
//   drivers::HD44780 lcd(drivers::HD44780Backpack(i2c), {.columns = 20, .rows = 4});
//   lcd[0] = "Living room";
//   lcd.write(1, 12, "21.5 °C");   // row, column
//   co_await lcd.refresh();        // if it must be there now, or to hear of errors
//
// Who resumes where: whatever changes the display returns at once and wakes the task, which sends what is
// different, one character at a time, and lets the others run after each. Until the chip has executed one
// (60 us) the task waits without the CPU if another one runs, and otherwise with it; longer waits are sleeps.
//
// Errors: a backpack that does not answer, or a stuck bus, is an asyncio::OSError (machine/i2c.hpp). Tasks in
// refresh() get it. If there are none, the first of several failures in a row goes to the loop's exception
// handler, which prints it. The display is tried again each second, and soon when something changes or
// refresh() is called; it is then initialised and gets everything anew, so one that was unplugged works again
// when it is back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <variant>

#include "asyncio/coro.hpp"
#include "asyncio/event.hpp"
#include "drivers/driver_task.hpp"
#include "drivers/hd44780_backpack.hpp"
#include "drivers/hd44780_parallel.hpp"

namespace drivers {

// Rows: 1, 2 or 4. Columns: at most 40, with 4 rows 20.
struct HD44780Size {
  int columns = 16;
  int rows = 2;
};

class HD44780 {
 public:
  using Connection = std::variant<HD44780Parallel, HD44780Backpack>;
  static constexpr std::uint32_t retry_ms = 1000;

  // May be made before run(); does not talk to the display yet. It begins blank, without a cursor, its
  // backlight on. Throws asyncio::ValueError for another size.
  explicit HD44780(const Connection& connection, HD44780Size size = {}, Site site = {});
  HD44780(const HD44780&) = delete;
  HD44780& operator=(const HD44780&) = delete;
  // The display keeps what it shows. A task in refresh() gets a RuntimeError.
  ~HD44780() {
    if (worker_ != nullptr) worker_->lcd = nullptr;
  }

  int columns() const { return size_.columns; }
  int rows() const { return size_.rows; }

  // --- Text. Rows and columns count from 0; asyncio::IndexError if there is no such one. Text is UTF-8, and
  // the display has what hd44780_characters.hpp says; "\x08" to "\x0F" are the characters create_char() made
  // (0 to 7 as well, but 0 ends a literal).

  // A row: what `text` leaves of it is blank, and what is too long is cut off.
  void set_line(int row, std::string_view text);
  // The characters from there on, to the end of the row at most; the rest of it stays.
  void write(int row, int column, std::string_view text);
  // All rows are blank, the cursor is at the top left.
  void clear();

  class Line {
   public:
    Line(HD44780& lcd, int row) : lcd_(lcd), row_(row) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void operator=(std::string_view text) const { lcd_.set_line(row_, text); }

   private:
    HD44780& lcd_;
    int row_;
  };
  // lcd[0] = "text" is set_line(0, "text").
  Line operator[](int row) { return {*this, row}; }
  // The codes a row has, as many as there are columns, until it is changed.
  std::string_view codes(int row) const;

  // --- The cursor: a line under a place, and the place blinking. Both are off at first.
  void move_cursor(int row, int column);
  // To the top left.
  void home() { move_cursor(0, 0); }
  void show_cursor(bool on = true) { set_control(control_cursor, on); }
  void blink(bool on = true) { set_control(control_blink, on); }

  // --- The whole
  // Off, it shows nothing but keeps its text.
  void display(bool on = true) { set_control(control_display, on); }
  // Throws asyncio::RuntimeError if the display has no backpack: then the backlight is not the driver's.
  void backlight(bool on = true);
  // Draws one of eight characters, 0 to 7: eight rows from the top, each with five dots, the left one in bit
  // 4 (0b10000). It changes wherever it is shown. Throws asyncio::ValueError for another number or a sixth
  // dot.
  using Dots = std::array<std::uint8_t, 8>;
  void create_char(int number, const Dots& dots);

  // `co_await lcd.refresh()`: until the display has all that was asked for so far. Throws what the attempt
  // failed by, asyncio::OSError; the display goes on trying.
  asyncio::Coro<> refresh(Site site = {});
  // Did the last attempt fail?
  bool failed() const { return failure_ != nullptr; }

 private:
  static constexpr std::size_t most_cells = 80;
  static constexpr int unknown = -1;
  enum Control : std::uint8_t { control_blink = 1, control_cursor = 2, control_display = 4 };
  enum class Send : unsigned char { release, half, instruction, data };

  // In the frame of the task, which may outlive the display by a turn.
  struct Worker {
    explicit Worker(HD44780* of) : lcd(of) { of->worker_ = this; }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      if (lcd != nullptr) lcd->worker_ = nullptr;
    }
    HD44780* lcd;  // nullptr: gone
  };

  std::size_t cell(int row, int column) const;
  int address_of(int row, int column) const;
  void set_control(Control bit, bool on);
  void changed();

  asyncio::Coro<> keep_showing(Site site);
  asyncio::Coro<> initialise(Site site);
  asyncio::Coro<> show(Site site);
  asyncio::Coro<> show_cells(Site site);
  asyncio::Coro<> show_drawn(Site site);
  asyncio::Coro<> send(Send what, unsigned byte, Site site);
  void transmit(Send what, std::uint8_t byte);
  void fail();

  Connection connection_;
  HD44780Size size_;

  // What is wanted …
  std::array<char, most_cells> wanted_;  // codes, row by row
  std::array<Dots, 8> drawn_{};
  std::uint8_t drawn_mask_ = 0;  // those that were drawn
  std::uint8_t control_ = control_display;
  bool backlight_ = true;
  int cursor_ = 0;      // an address
  bool clear_ = false;  // the chip is to clear itself
  std::uint32_t changes_ = 1;

  // … and what the display has.
  std::array<char, most_cells> shown_;
  std::uint8_t drawn_missing_ = 0;
  std::uint8_t control_shown_ = 0;
  bool backlight_shown_ = true;
  int address_ = unknown;  // in the chip's address counter
  bool initialised_ = false;
  std::uint64_t ready_us_ = 0;  // when the chip has executed the last one
  std::uint32_t changes_shown_ = 0;

  std::exception_ptr failure_;
  std::uint32_t failures_ = 0;
  bool awaited_ = false;  // somebody hears of the next failure
  asyncio::Event wake_;
  asyncio::Event passed_;  // an attempt is over
  Worker* worker_ = nullptr;
  DriverTask task_;  // the last: it ends before what it works on
};

}  // namespace drivers
