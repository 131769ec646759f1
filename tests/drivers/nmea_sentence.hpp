// For tests: an NMEA sentence as a module sends it, with the checksum of what is between '$' and '*'.
#pragma once

#include <cstdio>
#include <string>

inline std::string nmea_sentence(const std::string& content) {
  unsigned sum = 0;
  for (const char c : content) sum ^= static_cast<unsigned char>(c);
  char end[8];
  std::snprintf(end, sizeof end, "*%02X\r\n", sum & 0xffU);
  return "$" + content + end;
}
