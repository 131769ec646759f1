// What is wrong with a file the board was started with, and in which line.
#pragma once

#include <string>
#include <utility>

namespace sim {

struct FileError {
  int line;  // from 1; 0: the file as a whole
  std::string text;
};

}  // namespace sim
