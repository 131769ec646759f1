// print(): the console, printf-style and checked by the compiler. On a board it is the UART or USB serial.
#pragma once

// Writes the formatted text; no newline is added. Output of any length; beyond 160 bytes it allocates.
[[gnu::format(printf, 1, 2)]] void print(const char* format, ...);
