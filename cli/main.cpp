// coroscope: the program. Chooses the command.
#include <csignal>
#include <iostream>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/standard_output.hpp"
#include "text/nearest.hpp"
#include "usage.hpp"

namespace {

struct Command {
  const char* name;
  int (*run)(const cli::Words& words);
};
constexpr Command commands[] = {
    {"list", cli::list_command},
    {"run", cli::run_command},
    {"trace", cli::trace_command},
    {"doctor", cli::doctor_command},
};

// What ./coroscope does itself: it builds what this program is part of.
bool is_launchers(const std::string& name) { return name == "test" || name == "bench"; }

// The command's exit status.
int run(cli::Words words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::cout << usage;
    return 0;
  }
  if (words[0] == "--version") {
    std::cout << "coroscope " << COROSCOPE_VERSION << '\n';
    return 0;
  }
  const std::string name = words[0];
  words.erase(words.begin());
  cli::Words names;
  for (const Command& command : commands) {
    if (name != command.name) {
      names.emplace_back(command.name);
      continue;
    }
    for (const std::string& word : words) {
      if (word == "--help" || word == "-h") {
        std::cout << usage;
        return 0;
      }
    }
    return command.run(words);
  }
  if (is_launchers(name))
    return cli::fail(name + " is a command of the script that builds Coroscope: ./coroscope " + name);
  names.insert(names.end(), {"test", "bench", "--help", "--version"});
  const std::string meant = text::nearest(name, names);
  const std::string unknown = (name.starts_with('-') ? "unknown option " : "unknown command ") + name;
  if (meant.empty()) return cli::fail(unknown + "; `coroscope --help` names them all");
  return cli::fail(unknown + "; did you mean `" + (is_launchers(meant) ? "./" : "") + "coroscope " + meant +
                   "`?");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `| head` must not leave a half-written trace behind
  cli::StandardOutput output;
  return output.finish(run(cli::Words(argv + 1, argv + argc)));
}
