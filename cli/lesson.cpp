#include "cli/lesson.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "cli/arguments.hpp"
#include "text/nearest.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;
using model::Error;

void read_title(Lesson& lesson) {
  std::ifstream file(lesson.folder / "lesson.md");
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    if (lesson.title.empty()) {
      if (line.starts_with("# ")) lesson.title = line.substr(2);
    } else {
      lesson.goal = line;
      return;
    }
  }
}

Lesson lesson_in(const fs::path& folder) {
  Lesson lesson;
  lesson.folder = folder;
  lesson.name = folder.filename().string();
  lesson.source = folder / "main.cpp";
  read_title(lesson);
  return lesson;
}

// "blink" of "01-blink".
std::string without_number(const std::string& name) {
  const std::size_t begin = name.find_first_not_of("0123456789-");
  return begin == std::string::npos ? name : name.substr(begin);
}

bool same_number(const std::string& name, const std::string& word) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (word.empty() || word.size() > 4 || !std::all_of(word.begin(), word.end(), is_digit)) return false;
  const std::string number = name.substr(0, name.find('-'));
  if (number.empty() || number.size() > 4 || !std::all_of(number.begin(), number.end(), is_digit))
    return false;
  return std::stoi(number) == std::stoi(word);
}

model::Result<Lesson> lesson_at(const std::string& word) {
  std::error_code error;
  const fs::path path = fs::canonical(word, error);
  if (error) return Error{"cannot find " + word + ": " + error.message()};
  if (fs::is_directory(path, error)) {
    if (!fs::is_regular_file(path / "main.cpp", error)) return Error{"there is no main.cpp in " + word};
    return lesson_in(path);
  }
  if (path.extension() != ".cpp") return Error{word + " is not a lesson: it must be a folder or a .cpp file"};
  if (path.filename() == "main.cpp") return lesson_in(path.parent_path());
  Lesson lesson;
  lesson.folder = path.parent_path();
  lesson.name = path.stem().string();
  lesson.source = path;
  return lesson;
}

}  // namespace

std::vector<Lesson> shipped_lessons(const fs::path& lessons_folder) {
  std::vector<Lesson> lessons;
  std::error_code error;
  for (fs::directory_iterator entry(lessons_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (fs::is_regular_file(entry->path() / "main.cpp", error)) lessons.push_back(lesson_in(entry->path()));
  }
  std::sort(lessons.begin(), lessons.end(), [](const Lesson& a, const Lesson& b) { return a.name < b.name; });
  return lessons;
}

model::Result<Lesson> find_lesson(const std::string& word, const fs::path& lessons_folder) {
  const std::vector<Lesson> lessons = shipped_lessons(lessons_folder);
  std::vector<const Lesson*> matching;
  std::vector<std::string> names;
  for (const Lesson& lesson : lessons) {
    const std::string rest = without_number(lesson.name);
    if (lesson.name == word || rest == word || same_number(lesson.name, word)) return lesson;
    if (!word.empty() && (lesson.name.starts_with(word) || rest.starts_with(word)))
      matching.push_back(&lesson);
    names.push_back(lesson.name);
    names.push_back(rest);
  }
  std::error_code error;
  const bool is_path =
      word.find('/') != std::string::npos || word.ends_with(".cpp") || word == "." || word == "..";
  if (is_path || (matching.empty() && fs::exists(word, error))) return lesson_at(word);
  if (matching.size() == 1) return *matching.front();

  std::string text = "there is no lesson \"" + word + '"';
  if (matching.size() > 1) {
    text = '"' + word + "\" could be";
    for (const Lesson* const lesson : matching)
      text += (lesson == matching.front() ? " " : " or ") + lesson->name;
    return Error{text};
  }
  const std::string meant = text::nearest(word, names);
  if (meant.empty()) return Error{text + "; `coroscope list` names them all"};
  for (const Lesson& lesson : lessons) {
    if (lesson.name == meant || without_number(lesson.name) == meant)
      text += "; did you mean " + lesson.name + "?";
  }
  return Error{text};
}

}  // namespace cli
