// What a task did in a slice, in a few words: what is done again at once, and what becomes of the same thing,
// is told together. "sets go (3 times), GP16 high, low … high (7 changes)".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cli {

class Actions {
 public:
  // `subject`: of what this is the state now, "GP16" is "high"; empty: something was done. Actions of which
  // there are `most` already are only counted, if they are new. Returns whether there is one more to tell of.
  bool add(const std::string& subject, const std::string& what, std::size_t most = SIZE_MAX);
  // To the last action: "creates red" becomes "creates red, green". Only if it begins so; false: it does not.
  bool extend(const std::string& begin, const std::string& more);

  bool empty() const { return actions_.empty(); }
  std::string text() const;
  // One by one.
  std::vector<std::string> texts() const;

 private:
  struct Action {
    std::string subject;
    std::string first;
    std::string second;
    std::string last;
    std::uint64_t count = 0;
  };
  static std::string text_of(const Action& action);

  std::vector<Action> actions_;
  std::uint64_t more_ = 0;
};

}  // namespace cli
