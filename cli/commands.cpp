#include "cli/commands.hpp"

#include <iostream>

#include "cli/screen.hpp"

int cli::fail(const std::string& text) {
  std::cout.flush();
  std::cerr << "coroscope: " << harmless(text) << '\n';
  return 2;
}
