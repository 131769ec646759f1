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

// Of a file descriptor: a terminal's width and colours (none if NO_COLOR is set or TERM is dumb); characters
// as the locale says.
Screen screen_of(int descriptor);
// Of a file that others will look at.
Screen file_screen();

enum class Style { plain, bold, dim, warning, console };

// `text` in a style, or in the colour of task `number`, if the screen has colours.
std::string styled(const Screen& screen, Style style, std::string_view text);
std::string task_coloured(const Screen& screen, std::size_t number, std::string_view text);

// UTF-8 as this screen can show it: "µs" becomes "us" where there is only ASCII.
std::string shown(const Screen& screen, std::string text);

// Terminal columns; every character of ours is one wide.
std::size_t width_of(std::string_view text);
std::string padded(std::string_view text, std::size_t width);
std::string padded_left(std::string_view text, std::size_t width);
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// What a program printed, with nothing in it that could play tricks on a terminal.
std::string harmless(std::string_view text);
// Without colours.
std::string without_escapes(std::string_view text);

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
