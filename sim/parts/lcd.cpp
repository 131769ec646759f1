#include "parts/lcd.hpp"

#include <algorithm>
#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr std::array<std::string_view, 16> names{"VSS", "VDD", "V0", "RS", "RW", "E",  "D0", "D1",
                                                 "D2",  "D3",  "D4", "D5", "D6", "D7", "A",  "K"};
constexpr std::array<std::string_view, 4> i2c_names{"GND", "VCC", "SDA", "SCL"};

// The pins of the PCF8574.
enum Port : unsigned { port_rs = 0x01, port_rw = 0x02, port_e = 0x04, port_light = 0x08, port_data = 0xF0 };

Hd44780Controller::Lines lines_of(unsigned port) {
  return {.rs = (port & port_rs) != 0,
          .rw = (port & port_rw) != 0,
          .e = (port & port_e) != 0,
          .db = static_cast<std::uint8_t>(port & port_data)};
}

}  // namespace

Lcd::Lcd(std::string id, const Options& options)
    : Part(std::move(id)),
      controller_({.columns = options.columns, .rows = options.rows}, board.now_ns()),
      terminals_{Terminal(*this), Terminal(*this), Terminal(*this), Terminal(*this),
                 Terminal(*this), Terminal(*this), Terminal(*this), Terminal(*this),
                 Terminal(*this), Terminal(*this), Terminal(*this), Terminal(*this),
                 Terminal(*this), Terminal(*this), Terminal(*this), Terminal(*this)} {
  if (!options.i2c) {
    for (std::size_t leg = 0; leg < names.size(); ++leg) add_leg(names[leg], terminals_[leg]);
    return;
  }
  for (std::size_t leg = 0; leg < i2c_names.size(); ++leg) add_leg(i2c_names[leg], terminals_[leg]);
  backpack_.emplace(
      options.address,
      Pcf8574::Port{.on_write = [this](std::uint8_t port, std::uint64_t now_ns) { write_port(port, now_ns); },
                    .pulled_low =
                        [this] {
                          const Hd44780Controller::Driven driven = controller_.driven();
                          return static_cast<std::uint8_t>(driven.mask & ~driven.levels & port_data);
                        }});
  set_lines(lines_of(backpack_->written()), board.now_ns());
  board.i2c().attach(*backpack_, terminals_[sda], terminals_[scl]);
}

Lcd::~Lcd() {
  if (backpack_) board.i2c().detach(*backpack_);
}

// --- The backpack

void Lcd::write_port(std::uint8_t port, std::uint64_t now_ns) {
  set_lines(lines_of(port), now_ns);
  const bool lit = (port & port_light) != 0;
  if (std::exchange(lit_, lit) != lit) look_again(now_ns);
}

// --- The legs

Hd44780Controller::Lines Lcd::levels() const {
  unsigned data = 0;
  for (unsigned bit = 0; bit < 8; ++bit) data |= (terminals_[d0 + bit].is_high() ? 1U : 0U) << bit;
  return {.rs = terminals_[rs].is_high(),
          .rw = terminals_[rw].is_high(),
          .e = terminals_[e].is_high(),
          .db = static_cast<std::uint8_t>(data)};
}

// Told leg by leg. The chip looks at all of them, but does something only at E's edges.
void Lcd::on_change(Terminal&) {
  if (backpack_) return;
  set_lines(levels(), board.now_ns());
  drive_data();
}

void Lcd::set_lines(const Hd44780Controller::Lines& lines, std::uint64_t now_ns) {
  controller_.on_lines(lines, now_ns);
  if (std::exchange(e_, lines.e) && !lines.e) look_again(now_ns);
}

void Lcd::drive_data() {
  const auto [mask, levels] = controller_.driven();
  for (unsigned bit = 0; bit < 8; ++bit) {
    const bool driven = (mask >> bit & 1U) != 0;
    terminals_[d0 + bit].drive(driven ? Drive::to((levels >> bit & 1U) != 0) : Drive::nothing());
  }
}

// --- The glass

std::string Lcd::text() const {
  if (!controller_.is_on()) return "off";
  std::string text;
  for (unsigned row = 0; row < controller_.glass().rows; ++row) {
    if (row != 0) text += '|';
    const std::string line = controller_.line(row);
    text.append(line, 0, line.find_last_not_of(' ') + 1);
  }
  if (!lit_) text += " (dark)";
  return text;
}

void Lcd::look_again(std::uint64_t now_ns) {
  if (!settled_.is_set()) changed_ns_ = now_ns;
  board.cpu().alarms().set(settled_, std::min(now_ns + quiet_ns, changed_ns_ + longest_ns));
}

void Lcd::show_text() {
  std::string now = text();
  if (now == last_) return;
  last_ = now;
  show(std::move(now));
}

}  // namespace sim
