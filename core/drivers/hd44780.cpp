#include "drivers/hd44780.hpp"

#include <algorithm>

#include "asyncio/exceptions.hpp"
#include "asyncio/sleep.hpp"
#include "drivers/hd44780_characters.hpp"
#include "machine/clock.hpp"

namespace drivers {

using asyncio::Coro;

namespace {

// HD44780U data sheet, table 6.
enum Instruction : unsigned {
  clear_display = 0x01,
  entry_mode_increment = 0x06,
  display_control = 0x08,
  function_4_bits = 0x20,
  function_8_bits = 0x30,
  function_2_lines = 0x08,  // with one of those
  set_cgram_address = 0x40,
  set_ddram_address = 0x80,
};

// Table 6 has 41 us (37 and t_ADD) and 1.52 ms at 270 kHz; the slowest clock of "AC characteristics", 190
// kHz, makes them 58 us and 2.2 ms. A sleep counts the millisecond it begins in: one more is slept, here and
// below.
constexpr std::uint64_t instruction_us = 60;
constexpr int clear_ms = 3 + 1;
// Figure 24.
constexpr int power_on_ms = 40 + 1;
constexpr int first_function_set_ms = 5 + 1;
constexpr int second_function_set_ms = 1 + 1;
// How soon a display that failed is tried again when something changes.
constexpr std::uint32_t look_ms = 50;

constexpr int lines_address[] = {0x00, 0x40};

HD44780Size checked(HD44780Size size) {
  const bool rows = size.rows == 1 || size.rows == 2 || size.rows == 4;
  if (!rows || size.columns < 1 || size.columns > (size.rows == 4 ? 20 : 40))
    throw asyncio::ValueError(
        "HD44780: a display has 1 or 2 rows of at most 40 columns, or 4 rows of at most 20");
  return size;
}

}  // namespace

HD44780::HD44780(const Connection& connection, HD44780Size size, Site site)
    : connection_(connection),
      size_(checked(size)),
      wake_("HD44780", site),
      passed_("HD44780 refresh", site) {
  wanted_.fill(' ');
  shown_.fill(' ');
  task_.start(keep_showing(site), "HD44780", site);
}

// --- What is wanted

std::size_t HD44780::cell(int row, int column) const {
  if (row < 0 || row >= size_.rows)
    throw asyncio::IndexError("HD44780: the display has no such row; the first one is 0");
  if (column < 0 || column >= size_.columns)
    throw asyncio::IndexError("HD44780: the display has no such column; the first one is 0");
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
         static_cast<std::size_t>(column);
}

void HD44780::changed() {
  ++changes_;
  wake_.set();
}

void HD44780::set_line(int row, std::string_view text) {
  const auto first = wanted_.begin() + static_cast<std::ptrdiff_t>(cell(row, 0));
  std::fill_n(first, size_.columns, ' ');
  write(row, 0, text);
}

void HD44780::write(int row, int column, std::string_view text) {
  for (std::size_t to = cell(row, column); !text.empty() && column < size_.columns; ++column, ++to)
    wanted_[to] = static_cast<char>(take_hd44780_code(text));
  changed();
}

void HD44780::clear() {
  wanted_.fill(' ');
  cursor_ = 0;
  clear_ = true;
  changed();
}

std::string_view HD44780::codes(int row) const {
  return {wanted_.data() + cell(row, 0), static_cast<std::size_t>(size_.columns)};
}

void HD44780::move_cursor(int row, int column) {
  cell(row, column);
  cursor_ = address_of(row, column);
  changed();
}

void HD44780::set_control(Control bit, bool on) {
  control_ = static_cast<std::uint8_t>(on ? control_ | bit : control_ & ~bit);
  changed();
}

void HD44780::backlight(bool on) {
  if (!std::holds_alternative<HD44780Backpack>(connection_))
    throw asyncio::RuntimeError(
        "HD44780: only a backpack switches the backlight; wire the display's A to a pin and switch that");
  backlight_ = on;
  changed();
}

void HD44780::create_char(int number, const Dots& dots) {
  if (number < 0 || number >= static_cast<int>(drawn_.size()))
    throw asyncio::ValueError("HD44780: the characters to draw are 0 to 7");
  for (const std::uint8_t row : dots) {
    if (row > 0x1F)
      throw asyncio::ValueError("HD44780: a row of a character has five dots, 0b00000 to 0b11111");
  }
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(number));
  drawn_[static_cast<std::size_t>(number)] = dots;
  drawn_mask_ |= bit;
  drawn_missing_ |= bit;
  changed();
}

Coro<> HD44780::refresh(Site site) {
  const std::uint32_t wanted = changes_;
  const std::uint32_t failures = failures_;
  if (!failed() && changes_shown_ == wanted) co_return;
  wake_.set(site);
  do {
    awaited_ = true;
    co_await passed_.wait(site);
    if (failures_ != failures && failed()) std::rethrow_exception(failure_);
  } while (static_cast<std::int32_t>(changes_shown_ - wanted) < 0);
}

// --- The task

Coro<> HD44780::keep_showing(Site site) {
  const Worker worker(this);
  for (;;) {
    wake_.clear(site);
    const std::uint32_t changes = changes_;
    try {
      co_await show(site);
      failure_ = nullptr;
      changes_shown_ = changes;
    } catch (const asyncio::CancelledError&) {
      throw;
    } catch (...) {
      if (worker.lcd == nullptr) co_return;  // the lock went with the display
      fail();
    }
    awaited_ = false;
    passed_.set(site);
    passed_.clear(site);
    if (failed()) {
      for (std::uint32_t ms = 0; ms < retry_ms && !wake_.is_set(); ms += look_ms)
        co_await asyncio::sleep_ms(look_ms, site);
    } else {
      co_await wake_.wait(site);
    }
  }
}

// With the exception being handled.
void HD44780::fail() {
  initialised_ = false;
  const bool first = !failed();
  failure_ = std::current_exception();
  ++failures_;
  if (first && !awaited_) {
    asyncio::event_loop.call_exception_handler(
        {"HD44780: the display failed, and no task awaits refresh()", failure_, asyncio::current_task()});
  }
}

Coro<> HD44780::show(Site site) {
  if (!initialised_) co_await initialise(site);
  if (backlight_shown_ != backlight_) {
    backlight_shown_ = backlight_;
    co_await send(Send::release, 0, site);
  }
  if (clear_) {
    clear_ = false;
    co_await send(Send::instruction, clear_display, site);
    co_await asyncio::sleep_ms(clear_ms, site);
    shown_.fill(' ');
    address_ = 0;
  }
  co_await show_drawn(site);
  co_await show_cells(site);
  if ((control_ & (control_cursor | control_blink)) != 0 && address_ != cursor_) {
    address_ = cursor_;
    co_await send(Send::instruction, set_ddram_address | static_cast<unsigned>(address_), site);
  }
  if (control_shown_ != control_) {
    control_shown_ = control_;
    co_await send(Send::instruction, display_control | control_shown_, site);
  }
}

// "Initializing by instruction", figure 24: also right if the chip was in the middle of something.
Coro<> HD44780::initialise(Site site) {
  struct Step {
    Send what;
    std::uint8_t byte;
    std::uint8_t then_ms;
  };
  static constexpr std::array<Step, 9> steps{{
      {Send::release, 0, power_on_ms},  // fails at once if nobody is there
      {Send::half, function_8_bits, first_function_set_ms},
      {Send::half, function_8_bits, second_function_set_ms},
      {Send::half, function_8_bits, 0},
      {Send::half, function_4_bits, 0},
      {Send::instruction, function_4_bits, 0},  // and the lines
      {Send::instruction, display_control, 0},
      {Send::instruction, clear_display, clear_ms},
      {Send::instruction, entry_mode_increment, 0},
  }};
  backlight_shown_ = backlight_;
  for (const Step& step : steps) {
    const bool sets_lines = step.what == Send::instruction && step.byte == function_4_bits && size_.rows > 1;
    co_await send(step.what, sets_lines ? function_4_bits | function_2_lines : step.byte, site);
    if (step.then_ms != 0) co_await asyncio::sleep_ms(step.then_ms, site);
  }
  shown_.fill(' ');
  address_ = 0;
  control_shown_ = 0;
  drawn_missing_ = drawn_mask_;
  clear_ = false;
  initialised_ = true;
}

Coro<> HD44780::show_drawn(Site site) {
  for (unsigned number = 0; number < drawn_.size(); ++number) {
    const unsigned bit = 1U << number;
    if ((drawn_missing_ & bit) == 0) continue;
    drawn_missing_ = static_cast<std::uint8_t>(drawn_missing_ & ~bit);
    address_ = unknown;
    co_await send(Send::instruction, set_cgram_address | number * 8, site);
    for (std::size_t row = 0; row < Dots().size(); ++row)
      co_await send(Send::data, drawn_[number][row], site);
  }
}

Coro<> HD44780::show_cells(Site site) {
  for (int row = 0; row < size_.rows; ++row) {
    for (int column = 0; column < size_.columns; ++column) {
      const std::size_t at = cell(row, column);
      if (shown_[at] == wanted_[at]) continue;
      const int address = address_of(row, column);
      if (address_ != address) {
        co_await send(Send::instruction, set_ddram_address | static_cast<unsigned>(address), site);
        address_ = address;
      }
      shown_[at] = wanted_[at];  // now, as it may be changed meanwhile
      ++address_;                // behind the last column it is not that of the next row
      co_await send(Send::data, static_cast<unsigned char>(shown_[at]), site);
    }
  }
}

// A third and a fourth row go on where the first two end.
int HD44780::address_of(int row, int column) const {
  return lines_address[row % 2] + row / 2 * size_.columns + column;
}

// --- The connection

Coro<> HD44780::send(Send what, unsigned byte, Site site) {
  const auto* const backpack = std::get_if<HD44780Backpack>(&connection_);
  asyncio::Lock* const lock = backpack != nullptr ? backpack->lock() : nullptr;
  if (lock != nullptr) {
    const auto guard = co_await lock->scoped(site);
    transmit(what, static_cast<std::uint8_t>(byte));
  } else {
    transmit(what, static_cast<std::uint8_t>(byte));
  }
  co_await asyncio::sleep_ms(0, site);
}

void HD44780::transmit(Send what, std::uint8_t byte) {
  machine::busy_wait_until(ready_us_);
  const bool data = what == Send::data;
  const auto through = [&](auto& connection) {
    if (what == Send::half) {
      connection.write_half(false, byte);
    } else {
      connection.write(data, byte);
    }
  };
  if (auto* const backpack = std::get_if<HD44780Backpack>(&connection_)) {
    if (what == Send::release) return backpack->release(backlight_shown_);
    through(*backpack);
  } else {
    auto& parallel = *std::get_if<HD44780Parallel>(&connection_);
    if (what == Send::release) return parallel.release();
    through(parallel);
  }
  ready_us_ = machine::clock_us() + instruction_us;
}

}  // namespace drivers
