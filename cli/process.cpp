#include "cli/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace cli {
namespace {

using model::Error;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

model::Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return Error{std::string("cannot make a pipe: ") + std::strerror(errno)};
  return Pipe{ends[0], ends[1]};
}

enum class Group { ours, own };

// Starts a program in which each of `descriptors` is the pipe's write end, and closes that end here. In a
// group of its own it is in the terminal's background, where reading from the terminal would stop it: it
// reads nothing.
model::Result<pid_t> spawn(const std::vector<std::string>& arguments, Pipe pipe,
                           const std::vector<int>& descriptors, Group group) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : descriptors)
    posix_spawn_file_actions_adddup2(&actions, pipe.write_end, descriptor);
  // What is ignored here must not be ignored there.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  short flags = POSIX_SPAWN_SETSIGDEF;
  if (group == Group::own) {
    flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawnattr_setflags(&attributes, flags);

  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  pid_t id = 0;
  const int error = ::posix_spawnp(&id, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(pipe.write_end);
  if (error == 0) return id;
  ::close(pipe.read_end);
  return Error{"cannot start " + arguments[0] + ": " + std::strerror(error)};
}

Ending wait_for(pid_t id) {
  int status = 0;
  while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

}  // namespace

model::Result<Finished> run_program(const std::vector<std::string>& arguments) {
  const model::Result<Pipe> pipe = make_pipe();
  if (!pipe) return pipe.error();
  const model::Result<pid_t> id = spawn(arguments, *pipe, {STDOUT_FILENO, STDERR_FILENO}, Group::ours);
  if (!id) return id.error();
  Finished finished;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(pipe->read_end, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    finished.output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(pipe->read_end);
  finished.ending = wait_for(*id);
  return finished;
}

model::Result<PipedProcess> PipedProcess::start(const std::vector<std::string>& arguments) {
  model::Result<Pipe> pipe = make_pipe();
  if (!pipe) return pipe.error();
  if (pipe->write_end == descriptor) {
    // dup2() of a descriptor onto itself would leave it to be closed.
    pipe->write_end = ::fcntl(pipe->write_end, F_DUPFD_CLOEXEC, descriptor + 1);
    ::close(descriptor);
  }
  const model::Result<pid_t> id = spawn(arguments, *pipe, {descriptor}, Group::own);
  if (!id) return id.error();
  return PipedProcess(*id, pipe->read_end);
}

PipedProcess::PipedProcess(PipedProcess&& other) noexcept
    : id_(std::exchange(other.id_, 0)), pipe_(std::exchange(other.pipe_, -1)) {}

PipedProcess::~PipedProcess() {
  if (pipe_ >= 0) ::close(pipe_);
  if (id_ == 0) return;
  kill();
  wait();
}

std::optional<std::size_t> PipedProcess::read(void* buffer, std::size_t size,
                                              std::chrono::milliseconds patience) {
  pollfd pipe{pipe_, POLLIN, 0};
  if (::poll(&pipe, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
  const ssize_t got = ::read(pipe_, buffer, size);
  if (got < 0 && errno == EINTR) return std::nullopt;
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void PipedProcess::ask_to_end() {
  if (id_ != 0) ::kill(id_, SIGTERM);
}

void PipedProcess::kill() {
  if (id_ != 0) ::kill(id_, SIGKILL);
}

Ending PipedProcess::wait() { return wait_for(std::exchange(id_, 0)); }

}  // namespace cli
