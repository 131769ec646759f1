// What goes over UARTs and I2C buses, put together again from its bytes: a Transfer is what was sent or
// received at one go, or one I2C transaction from its start to its stop.
//
//   model::Transfers transfers;
//   for each record: state.apply(record); for (const model::Transfer& t : transfers.apply(record, state)) …
//   state.finish(); for (const model::Transfer& t : transfers.finish(state)) …
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/state.hpp"

namespace model {

struct Transfer {
  enum class Kind : std::uint8_t {
    uart_sent,
    uart_received,
    i2c,
    i2c_nobody,  // nobody acknowledged `address`, and that is all there was
    i2c_failed   // went wrong in another way
  };
  Kind kind = Kind::i2c;
  std::uint32_t number = 0;   // of the UART or bus
  std::uint32_t address = 0;  // of an i2c_nobody
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::string text;  // a clause: `uart0 sent "hello\r\n"`, "i2c0 wrote 0x76: f4 27"
};

class Transfers {
 public:
  // After state.apply(record): those that are complete now, in the order in which they ended. A UART's ends
  // with a line end, with a pause of two bytes, or after 64 bytes, and is complete as soon as a record says
  // so.
  const std::vector<Transfer>& apply(const trace::Record& record, const State& state);
  // After state.finish(): the rest, cut off.
  const std::vector<Transfer>& finish(const State& state);

 private:
  struct Run {  // of bytes in one direction
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;
    std::uint64_t byte_ns = 0;
    bool closed = false;
    bool broken = false;  // a break, not bytes
    std::string bytes;
  };
  struct Part {  // of a transaction: from a start to the next one
    std::uint32_t address = 0;
    bool read = false;
    std::vector<std::uint8_t> bytes{};
  };
  struct Transaction {
    std::uint64_t begin_ns = 0;
    std::vector<Part> parts;
    bool failed = false;
    trace::I2cError error = trace::I2cError::nobody;
  };
  using Line = std::pair<std::uint32_t, bool>;  // UART, received

  void uart_setup(const trace::Record& record);
  void uart_byte(const trace::Record& record, std::uint64_t now_ns);
  void end_runs(std::uint64_t now_ns, bool all);
  void i2c(const trace::Record& record, std::uint64_t now_ns);
  void end_run(Line line, const Run& run, std::uint64_t now_ns);
  void end_transaction(std::uint32_t bus, std::uint64_t now_ns);
  void end_all(std::uint64_t now_ns);

  std::map<std::uint32_t, std::uint64_t> byte_ns_;  // of each UART
  std::map<std::uint32_t, std::uint64_t> bit_ns_;   // of each I2C bus
  std::map<Line, Run> runs_;
  std::map<std::uint32_t, Transaction> transactions_;
  std::vector<Transfer> complete_;
};

}  // namespace model
