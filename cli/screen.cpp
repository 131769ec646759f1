#include "cli/screen.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cstdlib>
#include <utility>

namespace cli {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

std::string coloured(const Screen& screen, const char* code, std::string_view text) {
  if (!screen.colour || text.empty()) return std::string(text);
  return std::string("\x1b[") + code + 'm' + std::string(text) + "\x1b[0m";
}

// How many bytes from text[0] on are one character that a terminal shows; 0: it is a control character, or no
// UTF-8.
std::size_t printable_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first == 0xc2 && byte(1) < 0xa0) return 0;  // the control characters of ISO 8859: one of them is ESC [
  const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

// Each control character replaced by one that is as wide as the cell's author thought it was.
std::string for_cell(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t size = printable_size(text);
    if (size != 0) {
      result += text.substr(0, size);
    } else if (begins_character(text.front())) {
      result += '?';
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

// What COLUMNS asks for, or 0.
std::size_t columns_wanted() {
  const char* const text = std::getenv("COLUMNS");
  if (text == nullptr) return 0;
  std::size_t columns = 0;
  const std::string_view digits(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), columns);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && columns >= 20 && columns <= 1000 ? columns : 0;
}

}  // namespace

Screen screen_of(int descriptor) {
  Screen screen;
  std::setlocale(LC_CTYPE, "");
  screen.utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  const std::size_t wanted = columns_wanted();
  if (wanted != 0) screen.width = wanted;
  if (::isatty(descriptor) == 0) return screen;
  winsize size{};
  if (wanted == 0 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
    screen.width = size.ws_col;
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  screen.colour = (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr &&
                  std::string_view(terminal) != "dumb";
  return screen;
}

Screen file_screen() { return {100, false, true}; }

std::string styled(const Screen& screen, Style style, std::string_view text) {
  switch (style) {
    case Style::plain:
      break;
    case Style::bold:
      return coloured(screen, "1", text);
    case Style::dim:
      return coloured(screen, "2", text);
    case Style::warning:
      return coloured(screen, "1;33", text);
    case Style::console:
      return coloured(screen, "1", text);
  }
  return std::string(text);
}

std::string task_coloured(const Screen& screen, std::size_t number, std::string_view text) {
  constexpr std::array<const char*, 6> colours{"36", "33", "35", "32", "34", "31"};
  return coloured(screen, colours[number % colours.size()], text);
}

std::string shown(const Screen& screen, std::string text) {
  text = harmless(text);
  std::replace(text.begin(), text.end(), '\t', ' ');
  if (screen.utf8) return text;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> substitutes{
      {{"µ", "u"}, {"…", "..."}, {"–", "-"}, {"’", "'"}}};
  for (const auto& [special, plain] : substitutes) {
    for (std::size_t at = text.find(special); at != std::string::npos; at = text.find(special, at)) {
      text.replace(at, special.size(), plain);
    }
  }
  return text;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  return for_cell(text) + std::string(has < width ? width - has : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  return std::string(has < width ? width - has : 0, ' ') + for_cell(text);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 8);
  std::vector<std::string> lines;
  while (width_of(text) > width) {
    // The last space that leaves a line short enough, or else a cut in the middle of a word.
    std::size_t columns = 0;
    std::size_t cut = 0;
    std::size_t space = std::string_view::npos;
    while (cut < text.size()) {
      if (begins_character(text[cut]) && ++columns > width) break;
      if (text[cut] == ' ') space = cut;
      ++cut;
    }
    if (text[cut] == ' ') space = cut;
    const std::size_t end = space != std::string_view::npos && space > 0 ? space : cut;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string harmless(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t size = c == '\t' ? 1 : printable_size(text);
    if (size != 0) {
      result += text.substr(0, size);
    } else if (c == '\n') {
      result += "\\n";
    } else if (c != '\r') {
      const auto byte = static_cast<unsigned char>(c);
      result += "\\x";
      result += digits[byte >> 4U];
      result += digits[byte & 15U];
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b' || i + 1 == text.size() || text[i + 1] != '[') {
      result += text[i];
      continue;
    }
    i += 2;
    while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
  }
  return result;
}

void print_headed(std::ostream& out, const Screen& screen, const std::string& heading,
                  const std::string& text) {
  const std::string start = shown(screen, heading);
  std::size_t bold = start.size();  // bytes of it still to come
  for (const std::string& line : wrapped(start + shown(screen, text), screen.width)) {
    const std::size_t here = std::min(bold, line.size());
    out << styled(screen, Style::bold, line.substr(0, here)) << line.substr(here) << '\n';
    bold -= std::min(bold, here + 1);  // and the space it was wrapped at
  }
}

void print_row(std::ostream& out, const Screen& screen, const std::vector<Cell>& cells) {
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 0;
  for (const Cell& cell : cells) {
    columns.push_back(wrapped(shown(screen, cell.text), cell.width));
    height = std::max(height, columns.back().size());
  }
  for (std::size_t row = 0; row < height; ++row) {
    std::string line;
    std::size_t trailing = 0;  // spaces not written yet
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text = row < columns[i].size() ? columns[i][row] : std::string();
      const std::size_t missing = cells[i].width - std::min(cells[i].width, width_of(text));
      if (i != 0) trailing += 2;
      if (cells[i].to_the_right) trailing += missing;
      if (!text.empty()) {
        line.append(trailing, ' ');
        trailing = 0;
        line += cells[i].task != 0 ? task_coloured(screen, cells[i].task, text)
                                   : styled(screen, cells[i].style, text);
      }
      if (!cells[i].to_the_right) trailing += missing;
    }
    out << line << '\n';
  }
}

}  // namespace cli
