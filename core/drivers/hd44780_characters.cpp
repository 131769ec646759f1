#include "drivers/hd44780_characters.hpp"

#include <array>
#include <cstddef>

namespace drivers {
namespace {

struct Character {
  std::uint16_t code_point;
  std::uint8_t code;
};

// HD44780U data sheet, table 4.
constexpr std::array<Character, 33> characters{{
    {0x00A2, 0xEC},  // ¢
    {0x00A3, 0xED},  // £
    {0x00A5, 0x5C},  // ¥
    {0x00B0, 0xDF},  // °
    {0x00B5, 0xE4},  // µ, micro sign
    {0x00B7, 0xA5},  // ·
    {0x00DF, 0xE2},  // ß, drawn as β
    {0x00E4, 0xE1},  // ä
    {0x00F1, 0xEE},  // ñ
    {0x00F6, 0xEF},  // ö
    {0x00F7, 0xFD},  // ÷
    {0x00FC, 0xF5},  // ü
    {0x02E3, 0xEB},  // ˣ
    {0x03A3, 0xF6},  // Σ
    {0x03A9, 0xF4},  // Ω
    {0x03B1, 0xE0},  // α
    {0x03B2, 0xE2},  // β
    {0x03B5, 0xE3},  // ε
    {0x03B8, 0xF2},  // θ
    {0x03BC, 0xE4},  // μ
    {0x03C0, 0xF7},  // π
    {0x03C1, 0xE6},  // ρ
    {0x03C3, 0xE5},  // σ
    {0x2126, 0xF4},  // Ω, ohm sign
    {0x2190, 0x7F},  // ←
    {0x2192, 0x7E},  // →
    {0x2211, 0xF6},  // ∑
    {0x221A, 0xE8},  // √
    {0x221E, 0xF3},  // ∞
    {0x2588, 0xFF},  // █
    {0x4E07, 0xFB},  // 万
    {0x5186, 0xFC},  // 円
    {0x5343, 0xFA},  // 千
}};

std::uint8_t code_of(std::uint32_t code_point) {
  // Half-width katakana are in the order of JIS X 0201.
  if (code_point >= 0xFF61 && code_point <= 0xFF9F)
    return static_cast<std::uint8_t>(code_point - 0xFF61 + 0xA1);
  for (const Character& character : characters) {
    if (character.code_point == code_point) return character.code;
  }
  return '?';
}

// How many bytes a character has that begins with this one; 1 also if none can.
std::size_t length_of(unsigned char first) {
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 1;
}

}  // namespace

std::uint8_t take_hd44780_code(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = length_of(first);
  std::uint32_t code_point = first & (0xFFU >> (length + 1));
  bool utf8 = length > 1 && length <= text.size();
  for (std::size_t i = 1; utf8 && i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    utf8 = (next & 0xC0U) == 0x80;
    code_point = code_point << 6 | (next & 0x3FU);
  }
  text.remove_prefix(utf8 ? length : 1);
  return utf8 ? code_of(code_point) : first;
}

}  // namespace drivers
