// Lessons: those shipped, and any folder or file of the user's own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace cli {

struct Lesson {
  std::string name;              // "01-blink"; of a folder or file of one's own, its name
  std::filesystem::path folder;  // absolute
  std::filesystem::path source;  // main.cpp, absolute
  std::string title;             // the first heading of lesson.md, if there is one
  std::string goal;              // the first line below it
};

// The lessons in that folder, in order.
std::vector<Lesson> shipped_lessons(const std::filesystem::path& lessons_folder);

// `word`: a shipped lesson's name, its number, the beginning of its name or of what follows the number; or a
// path of a folder with a main.cpp, or of a .cpp file.
model::Result<Lesson> find_lesson(const std::string& word, const std::filesystem::path& lessons_folder);

}  // namespace cli
