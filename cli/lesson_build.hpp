// Compiles a lesson's main.cpp for the virtual board, as lesson_build.json (written when Coroscope was built)
// says. What is built is kept in the user's cache, so that an unchanged lesson starts at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/lesson.hpp"
#include "model/result.hpp"

namespace cli {

// The contents of lesson_build.json.
struct BuildPlan {
  std::string compiler;
  std::string compiler_id;
  std::string compiler_version;
  std::vector<std::string> flags;
  std::vector<std::string> definitions;
  std::vector<std::string> include_dirs;
  std::vector<std::string> link_flags;
  std::vector<std::string> libraries;
  std::filesystem::path source_dir;
  std::filesystem::path lessons_dir;
  std::filesystem::path cache_dir;
  std::string text;  // the file itself: a different one builds differently
};
model::Result<BuildPlan> read_build_plan();

// $XDG_CACHE_HOME/coroscope, ~/.cache/coroscope, or where the build says if there is no home; created.
model::Result<std::filesystem::path> cache_folder(const BuildPlan& plan);

struct BuiltLesson {
  std::filesystem::path program;
  std::string compiler_output;  // warnings, in colour
  bool from_cache = false;
};

struct BuildFailure {
  std::string compiler_output;  // empty if it did not come to compiling
  std::string text;
};

// `shown_path`: how the compiler names the file in its messages.
std::variant<BuiltLesson, BuildFailure> build_lesson(const Lesson& lesson, const std::string& shown_path,
                                                     const BuildPlan& plan);

}  // namespace cli
