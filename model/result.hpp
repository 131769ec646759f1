// Result<T>: a value, or an Error that says in words what is wrong. For what may fail through no fault of
// ours.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace model {

struct Error {
  std::string text;  // one sentence without a full stop; names the file
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Only if ok().
  T& operator*() { return *std::get_if<0>(&content_); }
  const T& operator*() const { return *std::get_if<0>(&content_); }
  T* operator->() { return std::get_if<0>(&content_); }
  const T* operator->() const { return std::get_if<0>(&content_); }
  // Only if not ok().
  const Error& error() const { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Error> content_;
};

// Done, or the Error.
using Status = Result<std::monostate>;
inline Status done() { return std::monostate(); }

}  // namespace model
