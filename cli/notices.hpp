// What happened besides scheduling while one task ran, or nobody did: notices of the board, what went over
// its buses, what its parts show. What happens over and over is one notice.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/actions.hpp"
#include "model/notice.hpp"
#include "model/state.hpp"
#include "model/transfer.hpp"

namespace cli {

class Notices {
 public:
  void add(const model::Notice& notice);
  void add(const model::Transfer& transfer);
  // `notice` is of the record; byte after byte lost is one notice.
  void add_uart_error(const trace::Record& uart_error, const model::Notice& notice);
  // What a part shows: "led1: on". A lamp may fade.
  void add_part(const model::ConsoleText& part);
  // To all of that category.
  void append(const char* category, const std::string& text);

  bool empty() const { return notices_.empty() && parts_.empty(); }
  // In the order of time.
  std::vector<model::Notice> list() const;
  // Those for which there was no room.
  std::uint64_t left_out() const { return left_out_; }

 private:
  // What the last notice is of, and may be continued.
  enum class Series : std::uint8_t { none, nobody, uart_error };
  struct Last {
    Series series = Series::none;
    std::uint32_t number = 0;  // of the bus
    std::uint32_t first = 0;   // address; the error
    std::uint32_t last = 0;
    std::uint64_t count = 0;
  };

  std::vector<model::Notice> notices_;
  Last last_;
  Actions parts_;
  std::vector<std::uint64_t> parts_since_ns_;  // of each of them
  std::uint64_t left_out_ = 0;
};

// "led1:" and "on" of "led1: on".
std::pair<std::string, std::string> part_and_what(const std::string& shown);

}  // namespace cli
