// Other programs: the compiler, whose words are caught, and a lesson, whose records are read from a pipe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace cli {

// How a process ended.
struct Ending {
  bool by_signal = false;
  int number = 0;  // exit status or signal
};

struct Finished {
  Ending ending;
  std::string output;  // stdout and stderr
};

// Runs a program to its end; arguments[0] is looked for in PATH.
model::Result<Finished> run_program(const std::vector<std::string>& arguments);

// A program that runs and writes to a pipe, which it knows by `descriptor`. It has a process group of its
// own, so that Ctrl-C in the terminal does not end it before it has written what it still has to say, and
// nothing to read from its stdin. It is killed when this object goes.
class PipedProcess {
 public:
  static constexpr int descriptor = 3;
  static model::Result<PipedProcess> start(const std::vector<std::string>& arguments);
  PipedProcess(PipedProcess&& other) noexcept;
  PipedProcess& operator=(PipedProcess&&) = delete;
  ~PipedProcess();

  // What it has written, at most `size` bytes; 0: it has closed the pipe. Nothing if there was none within
  // `patience`, or a signal came.
  std::optional<std::size_t> read(void* buffer, std::size_t size, std::chrono::milliseconds patience);
  void ask_to_end();  // SIGTERM
  void kill();
  Ending wait();

 private:
  PipedProcess(pid_t id, int pipe) : id_(id), pipe_(pipe) {}

  pid_t id_;  // 0: it was waited for
  int pipe_;
};

}  // namespace cli
