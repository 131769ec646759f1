#include "cli/notices.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/format.hpp"

namespace cli {
namespace {

constexpr std::size_t most_kept = 10'000;
constexpr std::size_t most_parts = 200;

std::string uart_errors_text(std::uint32_t uart, std::uint32_t error, std::uint64_t count) {
  const std::string name = "uart" + std::to_string(uart);
  const std::string bytes = model::count_text(count) + " bytes ";
  switch (static_cast<trace::UartError>(error)) {
    case trace::UartError::overrun:
      return name + " overrun: its buffer was full, " + bytes + "are lost";
    case trace::UartError::framing:
      return name + " framing errors: " + bytes + "had no stop bit";
    case trace::UartError::parity:
      return name + " parity errors: " + bytes + "had the wrong parity bit";
  }
  return name + ": " + model::count_text(count) + " errors";
}

}  // namespace

std::pair<std::string, std::string> part_and_what(const std::string& shown) {
  const std::size_t colon = shown.find(": ");
  if (colon == std::string::npos) return {shown, {}};
  return {shown.substr(0, colon + 1), shown.substr(colon + 2)};
}

void Notices::add(const model::Notice& notice) {
  last_ = {};
  if (notices_.size() == most_kept) {
    ++left_out_;
    return;
  }
  notices_.push_back(notice);
}

void Notices::add(const model::Transfer& transfer) {
  using Kind = model::Transfer::Kind;
  const bool uart = transfer.kind == Kind::uart_sent || transfer.kind == Kind::uart_received;
  const bool nobody = transfer.kind == Kind::i2c_nobody;
  const model::Notice notice{uart ? "uart" : "i2c", transfer.text, transfer.end_ns, 0,
                             nobody || transfer.kind == Kind::i2c_failed};
  const bool again = nobody && last_.series == Series::nobody && last_.number == transfer.number;
  const bool same = again && last_.first == last_.last && last_.last == transfer.address;
  const bool next =
      again && last_.count == last_.last - last_.first + 1 && last_.last + 1 == transfer.address;
  if (!same && !next) {
    add(notice);
    if (nobody && left_out_ == 0)
      last_ = {Series::nobody, transfer.number, transfer.address, transfer.address, 1};
    return;
  }
  last_.last = transfer.address;
  ++last_.count;
  notices_.back().text = same ? transfer.text + " (" + model::count_text(last_.count) + " times)"
                              : "i2c" + std::to_string(last_.number) + ": nobody acknowledges " +
                                    model::i2c_address_text(last_.first) + " to " +
                                    model::i2c_address_text(last_.last);
}

void Notices::add_uart_error(const trace::Record& uart_error, const model::Notice& notice) {
  const bool again = last_.series == Series::uart_error && last_.number == uart_error.object &&
                     last_.first == uart_error.reason;
  if (again) {
    notices_.back().text = uart_errors_text(last_.number, last_.first, ++last_.count);
    return;
  }
  add(notice);
  if (left_out_ == 0) last_ = {Series::uart_error, uart_error.object, uart_error.reason, 0, 1};
}

void Notices::add_part(const model::ConsoleText& part) {
  const auto [id, what] = part_and_what(part.text);
  if (parts_.add(id, what, most_parts)) parts_since_ns_.push_back(part.time_ns);
}

void Notices::append(const char* category, const std::string& text) {
  for (model::Notice& notice : notices_) {
    if (std::string_view(notice.category) == category) notice.text += text;
  }
}

std::vector<model::Notice> Notices::list() const {
  std::vector<model::Notice> all = notices_;
  const std::vector<std::string> parts = parts_.texts();
  for (std::size_t i = 0; i < parts.size(); ++i)
    all.push_back({"part", parts[i], parts_since_ns_[i], 0, false});
  std::stable_sort(all.begin(), all.end(),
                   [](const model::Notice& a, const model::Notice& b) { return a.time_ns < b.time_ns; });
  return all;
}

}  // namespace cli
