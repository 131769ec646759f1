// Runs the built program as a user would, in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace program {

struct Output {
  int status = 0;
  std::string out;
  std::string err;
};

// A shell command line, in `folder`.
Output shell(const std::string& command, const std::filesystem::path& folder);

std::string read(const std::filesystem::path& path);
void write(const std::filesystem::path& path, const std::string& text);

// The first line in which two texts differ, shown both ways; empty if they are the same.
std::string first_difference(const std::string& expected, const std::string& actual);

// Are lessons compiled as users' are, by g++ without sanitizers? What a line of theirs costs is defined by
// that: elsewhere the same is decided, some microseconds earlier or later.
bool is_reference_build();

class Test : public testing::Test {
 protected:
  Test();
  ~Test() override;
  // coroscope with these arguments.
  Output coroscope(const std::string& arguments) const;
  // What lies in the test's folder, sorted.
  std::vector<std::string> files() const;

  std::filesystem::path folder_;
};

}  // namespace program
