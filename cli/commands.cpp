#include "cli/commands.hpp"

#include <iostream>

int cli::fail(const std::string& text) {
  std::cout.flush();
  std::cerr << "coroscope: " << text << '\n';
  return 2;
}
