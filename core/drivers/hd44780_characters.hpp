// The characters of an HD44780 with ROM code A00, the usual one, as a program writes them: "21.5 °C". For the
// driver, hd44780.hpp.
#pragma once

#include <cstdint>
#include <string_view>

namespace drivers {

// Takes the first character off `text`, which must have one, and returns its code in the display.
//
// Text is UTF-8. ASCII is as it is (but the ROM has ¥ for the backslash and → for ~), and so is a byte that
// is not UTF-8: "\xDF" is the code 0xDF. Characters the ROM has are found: ° → ← ¥ £ ¢ ä ö ü ñ µ Ω α β ε θ π
// ρ σ Σ √ ∞ ÷ █ 千 万 円 and half-width katakana. Of others there is a '?'.
std::uint8_t take_hd44780_code(std::string_view& text);

}  // namespace drivers
