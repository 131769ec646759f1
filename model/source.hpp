// The source files a trace speaks of, and the names found in them: an Event without a name of its own is
// called what the program calls it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trace/record.hpp"

namespace model {

class Sources {
 public:
  // `name` as the trace has it, relative to the lesson: "main.cpp".
  void add(std::string name, std::string text);
  const std::map<std::string, std::string, std::less<>>& texts() const { return texts_; }

  // Without its end of line; empty if there is no such file or line. Lines count from 1.
  std::string_view line(std::string_view file, unsigned number) const;

  // The variable that is defined at that line with the class of `kind`: `asyncio::Event pressed;` is
  // "pressed". `position`: how many objects were made at that line before it; of `Lock a, b;` the second is
  // "b", a third is "a#2" because the line was run again. Empty if that cannot be said with certainty.
  std::string object_name(std::string_view file, unsigned number, trace::ObjectKind kind,
                          unsigned position = 0) const;

  // The coroutine that becomes a task at that line: create_task(blink(led)) and run(blink(led)) are "blink";
  // of gather(a(), b()) and its like the `position`th, from 0. Empty if that cannot be said with certainty.
  std::string task_name(std::string_view file, unsigned number, unsigned position = 0) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> line_starts_;
};

}  // namespace model
