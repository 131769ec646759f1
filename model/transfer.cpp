#include "model/transfer.hpp"

#include <algorithm>
#include <cstdio>

#include "model/format.hpp"
#include "model/notice.hpp"

namespace model {
namespace {

using trace::I2cError;
using trace::Kind;

constexpr std::size_t longest_run = 64;          // bytes
constexpr std::size_t bytes_shown = 16;          // of an I2C transfer
constexpr std::uint64_t usual_byte_ns = 86'806;  // 10 bits at 115200 baud
constexpr std::uint64_t usual_bit_ns = 2'500;    // 400 kHz

std::string hex(unsigned byte) {
  char text[4];
  std::snprintf(text, sizeof text, "%02x", byte & 0xffU);
  return text;
}

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

// As in the source of a program: "hello\r\n"; or in hexadecimal, if most of it is no text.
std::string quoted(const std::string& bytes) {
  const auto text_bytes = std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return is_printable(c) || c == '\r' || c == '\n' || c == '\t';
  });
  if (static_cast<std::size_t>(text_bytes) * 2 <= bytes.size()) {
    std::string text;
    for (const char c : bytes) text += (text.empty() ? "" : " ") + hex(static_cast<unsigned char>(c));
    return text;
  }
  std::string text = "\"";
  for (const char c : bytes) {
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '"' || c == '\\') {
      text += std::string("\\") + c;
    } else {
      text += is_printable(c) ? std::string(1, c) : "\\x" + hex(static_cast<unsigned char>(c));
    }
  }
  return text + '"';
}

std::string bytes_text(const std::vector<std::uint8_t>& bytes) {
  if (bytes.empty()) return "nothing";
  std::string text;
  for (std::size_t i = 0; i < bytes.size() && i < bytes_shown; ++i)
    text += (text.empty() ? "" : " ") + hex(bytes[i]);
  if (bytes.size() > bytes_shown) text += " … (" + count_text(bytes.size()) + " bytes)";
  return text;
}

std::string address_text(std::uint32_t address) { return i2c_address_text(address); }

}  // namespace

// --- UART

void Transfers::uart_setup(const trace::Record& record) {
  if (record.task == 0) return;
  const std::uint64_t bits =
      1U + (record.extra & 0xfU) + ((record.extra >> 4 & 0xfU) != 0 ? 1U : 0U) + (record.extra >> 8 & 0xfU);
  byte_ns_[record.object] = bits * 1'000'000'000 / record.task;
}

void Transfers::uart_byte(const trace::Record& record, std::uint64_t now_ns) {
  const Line line{record.object, record.kind == Kind::uart_rx};
  const std::uint64_t begin_ns = now_ns - std::min<std::uint64_t>(now_ns, record.task);
  const auto known = byte_ns_.find(record.object);
  const bool is_break = (record.extra & trace::uart_break) != 0;
  if (const auto before = runs_.find(line); before != runs_.end() && (before->second.closed || is_break)) {
    end_run(line, before->second, now_ns);
    runs_.erase(before);
  }
  Run& run = runs_[line];
  if (run.byte_ns == 0) run.begin_ns = begin_ns;
  run.byte_ns = known != byte_ns_.end() ? known->second : usual_byte_ns;
  run.end_ns = begin_ns + run.byte_ns;
  run.broken = is_break;
  if (!is_break) run.bytes += static_cast<char>(record.extra);
  run.closed = is_break || run.bytes.back() == '\n' || run.bytes.size() == longest_run;
}

void Transfers::end_run(Line line, const Run& run, std::uint64_t now_ns) {
  const auto [number, received] = line;
  const std::string what = run.broken ? "a break" : quoted(run.bytes);
  complete_.push_back({received ? Transfer::Kind::uart_received : Transfer::Kind::uart_sent, number, 0,
                       run.begin_ns, std::min(run.end_ns, now_ns),
                       "uart" + std::to_string(number) + (received ? " received " : " sent ") + what});
}

void Transfers::end_runs(std::uint64_t now_ns, bool all) {
  for (auto next = runs_.begin(); next != runs_.end();) {
    const Run& run = next->second;
    if (!all && now_ns < run.end_ns + (run.closed ? 0 : 2 * run.byte_ns)) {
      ++next;
      continue;
    }
    end_run(next->first, run, now_ns);
    next = runs_.erase(next);
  }
}

// --- I2C

void Transfers::i2c(const trace::Record& record, std::uint64_t now_ns) {
  if (record.kind == Kind::i2c_setup) {
    if (record.task != 0) bit_ns_[record.object] = 1'000'000'000 / record.task;
    return;
  }
  const bool is_new = transactions_.count(record.object) == 0;
  Transaction& transaction = transactions_[record.object];
  if (is_new) transaction.begin_ns = now_ns;
  switch (record.kind) {
    case Kind::i2c_start:
      transaction.parts.push_back({(record.extra & 0xffU) >> 1, (record.extra & 1U) != 0});
      return;
    case Kind::i2c_write:
    case Kind::i2c_read:
      if (transaction.parts.empty()) transaction.parts.emplace_back();
      transaction.parts.back().bytes.push_back(static_cast<std::uint8_t>(record.extra));
      return;
    case Kind::i2c_error:
      transaction.failed = true;
      transaction.error = static_cast<I2cError>(record.reason);
      // A bus that is stuck before the start has no stop.
      if (transaction.parts.empty()) end_transaction(record.object, now_ns);
      return;
    default: {
      const auto bit = bit_ns_.find(record.object);
      end_transaction(record.object, now_ns + (bit != bit_ns_.end() ? bit->second : usual_bit_ns) * 3 / 2);
      return;
    }
  }
}

void Transfers::end_transaction(std::uint32_t bus, std::uint64_t now_ns) {
  const auto place = transactions_.find(bus);
  const Transaction transaction = std::move(place->second);
  transactions_.erase(place);
  const std::vector<Part>& parts = transaction.parts;
  if (parts.empty() && !transaction.failed) return;  // a stop without a start: not a trace of ours
  Transfer transfer{Transfer::Kind::i2c, bus, 0, transaction.begin_ns, now_ns, "i2c" + std::to_string(bus)};
  if (!parts.empty()) transfer.address = parts.back().address;
  const bool nobody = transaction.failed && transaction.error == I2cError::nobody;
  if (transaction.failed) transfer.kind = Transfer::Kind::i2c_failed;
  if (nobody && parts.size() == 1) transfer.kind = Transfer::Kind::i2c_nobody;

  const bool one = parts.size() == 1 && !transaction.failed;
  if (one && parts[0].bytes.empty()) {
    transfer.text += ' ' + address_text(parts[0].address) + " acknowledges";
  } else if (one) {
    transfer.text += (parts[0].read ? " read " : " wrote ") + address_text(parts[0].address) + ": " +
                     bytes_text(parts[0].bytes);
  } else {
    std::uint32_t address = 0x80;  // none
    bool said = false;
    for (const Part& part : parts) {
      // Of one that nobody answered there is only the address to tell.
      const bool silent = part.bytes.empty() && transaction.failed && &part == &parts.back();
      if (silent && part.address == address) continue;
      transfer.text += said ? "," : "";
      if (part.address != address) transfer.text += ' ' + address_text(part.address) + ':';
      address = part.address;
      if (!silent) transfer.text += (part.read ? " read " : " wrote ") + bytes_text(part.bytes);
      said = true;
    }
    if (transaction.failed) {
      const std::string comma = parts.empty() || transfer.text.ends_with(':') ? " " : ", ";
      switch (transaction.error) {
        case I2cError::nobody:
          transfer.text += comma + "nobody acknowledges";
          break;
        case I2cError::data:
          transfer.text += comma + "the last byte is not acknowledged";
          break;
        case I2cError::stuck:
          transfer.text += comma + "is stuck: SDA stays low";
          break;
        case I2cError::stretched:
          transfer.text += comma + "holds the clock low for too long";
          break;
      }
    }
  }
  complete_.push_back(std::move(transfer));
}

// --- All of them

const std::vector<Transfer>& Transfers::apply(const trace::Record& record, const State& state) {
  complete_.clear();
  if (record.kind == Kind::text) return complete_;
  // A trace that is not ours may have any time in it.
  const std::uint64_t now_ns = std::min(state.now_ns(), UINT64_MAX >> 2);
  if (!runs_.empty()) end_runs(now_ns, false);
  switch (record.kind) {
    case Kind::uart_setup:
      uart_setup(record);
      break;
    case Kind::uart_tx:
    case Kind::uart_rx:
      uart_byte(record, now_ns);
      break;
    case Kind::i2c_setup:
    case Kind::i2c_start:
    case Kind::i2c_write:
    case Kind::i2c_read:
    case Kind::i2c_stop:
    case Kind::i2c_error:
      i2c(record, now_ns);
      break;
    case Kind::reset:
    case Kind::stop:
      end_all(now_ns);
      break;
    default:
      break;
  }
  return complete_;
}

void Transfers::end_all(std::uint64_t now_ns) {
  end_runs(now_ns, true);
  while (!transactions_.empty()) end_transaction(transactions_.begin()->first, now_ns);
}

const std::vector<Transfer>& Transfers::finish(const State& state) {
  complete_.clear();
  end_all(std::min(state.now_ns(), UINT64_MAX >> 2));
  return complete_;
}

}  // namespace model
