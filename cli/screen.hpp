// What text is written to: how wide it is, whether it shows colours and more than ASCII.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct Screen {
  std::size_t width = 80;
  bool colour = false;
  bool utf8 = true;
};

// Of a file descriptor: a terminal's width (or what COLUMNS says) and colours (none if NO_COLOR is set or
// TERM is dumb); characters as the locale says.
Screen screen_of(int descriptor);
// Of a file that others will look at.
Screen file_screen();

enum class Style { plain, bold, dim, warning, console };

// `text` in a style, or in the colour of task `number`, if the screen has colours.
std::string styled(const Screen& screen, Style style, std::string_view text);
std::string task_coloured(const Screen& screen, std::size_t number, std::string_view text);

// UTF-8 as this screen can show it, in one line and harmless: "µs" becomes "us" where there is only ASCII.
std::string shown(const Screen& screen, std::string text);

// Terminal columns; every character of ours is one wide.
std::size_t width_of(std::string_view text);
// A cell of a table that is written by hand. Control characters, which would break it, become '?'.
std::string padded(std::string_view text, std::size_t width);
std::string padded_left(std::string_view text, std::size_t width);
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// What comes from a lesson, with nothing in it that could play tricks on a terminal: control characters, line
// ends among them, and what is no UTF-8 become "\x1b", "\n". Tabs stay.
std::string harmless(std::string_view text);
// Without colours.
std::string without_escapes(std::string_view text);

// A paragraph that begins with a heading in bold, and a line end.
void print_headed(std::ostream& out, const Screen& screen, const std::string& heading,
                  const std::string& text);

// Cells side by side, each wrapped to its width; the last may have any width.
struct Cell {
  std::string text;
  std::size_t width;
  bool to_the_right = false;
  Style style = Style::plain;
  std::size_t task = 0;  // not 0: in the colour of that task
};
void print_row(std::ostream& out, const Screen& screen, const std::vector<Cell>& cells);

}  // namespace cli
