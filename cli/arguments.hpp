// The command line's words: options with and without a value, durations, numbers. What is wrong is said in
// one sentence that tells what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.hpp"

namespace cli {

struct Option {
  std::string_view name;  // "--for"
  bool takes_value = false;
};

// The arguments of one command, taken apart.
class Arguments {
 public:
  // `given` without the program and the command. Knows `options`; everything else that begins with '-' is an
  // error.
  static model::Result<Arguments> parse(const std::vector<std::string>& given,
                                        const std::vector<Option>& options);

  bool has(std::string_view option) const { return value(option) != nullptr; }
  // The last value given, or nullptr.
  const std::string* value(std::string_view option) const;
  const std::vector<std::string>& words() const { return words_; }  // those that are no options

 private:
  struct Given {
    std::string name;
    std::string value;
  };
  std::vector<Given> options_;
  std::vector<std::string> words_;
};

// "5s", "500ms", "1.5s", "2m": nanoseconds.
model::Result<std::uint64_t> parse_duration(const std::string& text);

model::Result<std::uint64_t> parse_number(const std::string& text);

}  // namespace cli
