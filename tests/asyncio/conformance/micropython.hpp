// What the conformance tests share. Each is a program of MicroPython's own tests of asyncio
// (tests/extmod/asyncio_*.py) written again in C++, in the file and the test of the same name: same tasks,
// same order, same printed lines. Here is what makes C++ print like Python.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "../virtual_board.hpp"
#include "asyncio.hpp"

namespace conformance {

using asyncio::Coro;
using asyncio::Task;

class MicroPython : public virtual_board::Test {};

// Fails the test unless the program has printed exactly these lines; names the first that differs.
// A line break at the start is for the layout of the source and does not count.
void expect_lines(std::string_view expected, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE());

// What print() makes of a bool.
inline const char* boolean(bool value) { return value ? "True" : "False"; }

// A ValueError with Python's arguments: ValueError(1, "a").
class ValueError : public asyncio::ValueError {
 public:
  ValueError() : asyncio::ValueError("ValueError") {}
  template <class... Argument>
  explicit ValueError(const Argument&... arguments) : ValueError() {
    (args.push_back(argument(arguments)), ...);
  }

  std::vector<std::string> args;  // as repr() prints them

 private:
  static std::string argument(int value) { return std::to_string(value); }
  static std::string argument(const char* text) { return std::string("'") + text + "'"; }
};

// --- Python's repr(), in the form MicroPython gives it.

std::string repr(const asyncio::CancelledError& error);
std::string repr(const std::exception& error);
std::string repr(const std::exception_ptr& error);
inline std::string repr(int value) { return std::to_string(value); }
inline std::string repr(std::monostate) { return "None"; }
template <class T>
std::string repr(const asyncio::Result<T>& result) {
  return result ? repr(*result) : repr(result.exception());
}

std::string list_of(const std::vector<std::string>& items);

template <class T>
std::string repr(const std::vector<T>& values) {
  std::vector<std::string> items;
  for (const T& value : values) items.push_back(repr(value));
  return list_of(items);
}
// gather() returns a tuple where Python returns a list.
template <class... T>
std::string repr(const std::tuple<T...>& values) {
  return std::apply([](const T&... value) { return list_of({repr(value)...}); }, values);
}

}  // namespace conformance
