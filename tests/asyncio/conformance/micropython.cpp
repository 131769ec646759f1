#include "micropython.hpp"

#include <cstddef>

namespace conformance {

namespace {

// Takes the first line off `text`.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += ", ";
    text += item;
  }
  return text;
}

// One argument is a Python tuple of one: "2,".
std::string arguments(const std::vector<std::string>& args) {
  return "(" + joined(args) + (args.size() == 1 ? ",)" : ")");
}

}  // namespace

void expect_lines(std::string_view expected, const char* file, int line) {
  if (!expected.empty() && expected.front() == '\n') expected.remove_prefix(1);
  const std::string& output = virtual_board::output();
  if (output == expected) return;
  std::string_view printed = output;
  for (int number = 1;; ++number) {
    const bool expects_more = !expected.empty();
    const bool prints_more = !printed.empty();
    const std::string_view expected_line = next_line(expected);
    const std::string_view printed_line = next_line(printed);
    if (expected_line == printed_line && expects_more == prints_more && (expects_more || prints_more))
      continue;
    ADD_FAILURE_AT(file, line) << "line " << number << " differs\n  expected: "
                               << (expects_more ? expected_line : "(nothing more)")
                               << "\n  printed:  " << (prints_more ? printed_line : "(nothing more)")
                               << "\nAll of it:\n"
                               << output;
    return;
  }
}

std::string repr(const asyncio::CancelledError&) { return "CancelledError()"; }

std::string repr(const std::exception& error) {
  if (const auto* value_error = dynamic_cast<const ValueError*>(&error)) {
    return "ValueError" + arguments(value_error->args);
  }
  if (dynamic_cast<const asyncio::RuntimeError*>(&error) != nullptr) {
    return std::string("RuntimeError(\"") + error.what() + "\",)";
  }
  return std::string("unexpected exception: ") + error.what();
}

std::string repr(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const asyncio::CancelledError& cancelled) {
    return repr(cancelled);
  } catch (const std::exception& other) {
    return repr(other);
  }
}

std::string list_of(const std::vector<std::string>& items) { return "[" + joined(items) + "]"; }

}  // namespace conformance
