// Inputs: what the world does to the board and its parts, and when. A file says it beforehand; each is
// written into the trace when it happens, as the same JSON without its time, so that a run can be done again.
//
//   [
//     {"at": "2s", "press": "btn1", "for": "80ms"},
//     {"at": "5s", "set": "bmp1.temperature", "to": 31.5},
//     {"at": "0s", "set": "bmp1.temperature", "curve": [["0s", 20], ["10s", 30]]},
//     {"at": "6s", "send": "remote1", "text": "POWER"},
//     {"at": "7s", "i2c": 0, "nack": "0x76", "for": "200ms"},
//     {"at": "9s", "uart": 0, "send": "AT\r\n"}
//   ]
//
// docs/inputs.md has them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/diagram.hpp"
#include "host/file_error.hpp"
#include "mcu/alarms.hpp"

namespace sim {

class Inputs {
 public:
  // All of it is checked before anything happens. `diagram` must outlive the inputs.
  std::optional<FileError> read(std::string_view text, const Diagram& diagram);
  // Sets the first alarm. What lies before the board's time, because it was reset since, was traced already;
  // if it lasts, it is done once more.
  void start();

  struct Event {
    std::uint64_t time_ns;
    std::uint64_t began_ns;  // of what it belongs to, the first
    std::string text;        // for the trace; empty: it belongs to one before
    std::function<void()> happens;
    bool lasts = true;  // what it did is still so after a reset of the board
  };

 private:
  void go_off();

  std::vector<Event> events_;  // in order
  std::size_t next_ = 0;
  Alarm alarm_{[this] { go_off(); }};
};

}  // namespace sim
