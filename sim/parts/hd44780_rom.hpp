// The characters an HD44780U with ROM code A00 shows (its data sheet, table 4), as text.
#pragma once

#include <cstdint>
#include <string_view>

namespace sim {

// In UTF-8, one character for each code. 0x00 to 0x0F, which the program draws: ⓪ to ⑦, each twice. Codes
// the table leaves empty are blanks. Where Unicode has nothing of the same look: 0xE9, -1 in the air, is ⁻,
// and 0xEA, 0xF0, 0xF1 and 0xF9, letters with room for what hangs below the line, are j, p, q and y.
std::string_view hd44780_character(std::uint8_t code);

}  // namespace sim
