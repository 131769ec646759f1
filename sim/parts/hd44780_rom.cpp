#include "parts/hd44780_rom.hpp"

#include <array>

namespace sim {
namespace {

constexpr std::array<std::string_view, 8> drawn{"⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦"};

constexpr std::string_view ascii =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}";

// 0xA0 to 0xDF: the half-width katakana of JIS X 0201.
constexpr std::array<std::string_view, 64> katakana{
    " ", "｡", "｢", "｣", "､", "･", "ｦ", "ｧ", "ｨ", "ｩ", "ｪ", "ｫ", "ｬ", "ｭ", "ｮ", "ｯ",
    "ｰ", "ｱ", "ｲ", "ｳ", "ｴ", "ｵ", "ｶ", "ｷ", "ｸ", "ｹ", "ｺ", "ｻ", "ｼ", "ｽ", "ｾ", "ｿ",
    "ﾀ", "ﾁ", "ﾂ", "ﾃ", "ﾄ", "ﾅ", "ﾆ", "ﾇ", "ﾈ", "ﾉ", "ﾊ", "ﾋ", "ﾌ", "ﾍ", "ﾎ", "ﾏ",
    "ﾐ", "ﾑ", "ﾒ", "ﾓ", "ﾔ", "ﾕ", "ﾖ", "ﾗ", "ﾘ", "ﾙ", "ﾚ", "ﾛ", "ﾜ", "ﾝ", "ﾞ", "°"};

// 0xE0 to 0xFF.
constexpr std::array<std::string_view, 32> greek{"α", "ä", "β", "ε", "μ",  "σ",  "ρ",  "g", "√", "⁻", "j",
                                                 "ˣ", "¢", "£", "ñ", "ö",  "p",  "q",  "θ", "∞", "Ω", "ü",
                                                 "Σ", "π", "x̄", "y", "千", "万", "円", "÷", " ", "█"};

}  // namespace

std::string_view hd44780_character(std::uint8_t code) {
  if (code < 0x10) return drawn[code % drawn.size()];
  if (code == 0x5C) return "¥";
  if (code == 0x7E) return "→";
  if (code == 0x7F) return "←";
  if (code >= 0x20 && code < 0x7E) return ascii.substr(code - 0x20U, 1);
  if (code >= 0xE0) return greek[code - 0xE0U];
  if (code >= 0xA0) return katakana[code - 0xA0U];
  return " ";
}

}  // namespace sim
