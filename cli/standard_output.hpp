// The program's stdout, so that what could not be written is not lost in silence: std::cout keeps no reason,
// this does. `| head` going away is no failure, a full disk is one.
#pragma once

#include <array>
#include <cstddef>
#include <streambuf>

namespace cli {

// While it lives, std::cout writes through it. There is to be one, in main().
class StandardOutput : public std::streambuf {
 public:
  StandardOutput();
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;
  ~StandardOutput() override;

  // Writes out what is left. The exit status of the program: `status`, or 2 after one line on stderr if
  // something could not be written and nothing else was wrong. A reader that has gone away is nothing wrong.
  int finish(int status);

 protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool write_out(const char* text, std::size_t size);

  std::array<char, 8192> buffer_;
  std::streambuf* usual_;
  int error_ = 0;  // errno of the write that failed
};

// Nobody will ever see what is written to std::cout from now on: a write has failed, or its reader is gone.
bool output_lost();

}  // namespace cli
