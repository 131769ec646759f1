#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/lesson.hpp"
#include "cli/lesson_build.hpp"
#include "cli/screen.hpp"

namespace cli {

int list_command(const Words& words) {
  const model::Result<Arguments> arguments = Arguments::parse(words, {});
  if (!arguments) return fail(arguments.error().text);
  if (!arguments->words().empty()) return fail("list takes no " + arguments->words()[0]);
  const model::Result<BuildPlan> plan = read_build_plan();
  if (!plan) return fail(plan.error().text);

  const std::vector<Lesson> lessons = shipped_lessons(plan->lessons_dir);
  if (lessons.empty()) return fail("there are no lessons in " + plan->lessons_dir.string());
  const Screen screen = screen_of(STDOUT_FILENO);
  std::size_t width = 0;
  for (const Lesson& lesson : lessons) width = std::max(width, lesson.name.size());
  std::cout << styled(screen, Style::bold, "Lessons") << '\n';
  for (const Lesson& lesson : lessons) {
    const std::size_t rest = screen.width > width + 12 ? screen.width - width - 4 : 40;
    print_row(std::cout, screen, {{"", 0}, {lesson.name, width, false, Style::bold}, {lesson.goal, rest}});
  }
  std::cout << '\n' << styled(screen, Style::bold, "Boards") << "\n  pico, virtual\n\n";
  std::cout << "To run one: coroscope run " << harmless(lessons.front().name) << '\n';
  return 0;
}

}  // namespace cli
