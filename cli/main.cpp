// coroscope: the program. Chooses the command.
#include <csignal>
#include <iostream>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"

namespace {

constexpr const char* usage =
    R"(Coroscope: see your event loop. Cooperative scheduling on microcontrollers, on a laptop.

  coroscope list                the lessons and boards
  coroscope run LESSON          run a lesson on the virtual board and show what its scheduler decided
                                LESSON: a lesson's name or number, or a folder or .cpp file of your own
      --for TIME                how long, in the board's time: 5s, 500ms, 2m (10s if not given)
      --seed N                  for what happens by chance on the board (0 if not given)
      --trace FILE              also write the trace: .json opens in ui.perfetto.dev, .vcd in GTKWave and
                                PulseView, .cstrace is the whole trace, .txt is everything as text
      --all                     every decision, not only the first ones
      --why                     each decision explained in a full sentence
      --headless                without the window
  coroscope trace FILE --to json|vcd|text [-o FILE]
  coroscope trace FILE --to ctf -o FOLDER
                                turn a .cstrace into something else; ctf is for babeltrace2 and Trace Compass
  coroscope doctor              what is installed, what is missing, and the command that installs it
  coroscope --help, --version

Exit status: 0, or 2 when something could not be done; stderr then says what.
)";

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

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `| head` must not leave a half-written trace behind
  std::ios::sync_with_stdio(false);
  cli::Words words(argv + 1, argv + argc);
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
  names.insert(names.end(), {"--help", "--version"});
  const std::string meant = cli::nearest(name, names);
  const char* const what = name.starts_with('-') ? "option" : "command";
  if (meant.empty())
    return cli::fail(std::string("unknown ") + what + ' ' + name + "; `coroscope --help` names them all");
  return cli::fail(std::string("unknown ") + what + ' ' + name + "; did you mean `coroscope " + meant + "`?");
}
