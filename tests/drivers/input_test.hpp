// What the tests of input drivers share: a board whose pins are fake, a contact between a pin and ground that
// is pressed by a script, and a log of what came when.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/virtual_board.hpp"
#include "fake_adc.hpp"
#include "fake_pin.hpp"
#include "machine/pin.hpp"

namespace input_test {

class Test : public virtual_board::Test {
 protected:
  void SetUp() override {
    virtual_board::Test::SetUp();
    fake_pin::reset();
    fake_adc::reset();
  }
};

inline constexpr int contact = 14;

inline machine::Pin contact_to_ground() { return {contact, machine::Pin::IN, machine::Pin::PULL_UP}; }

// Closes the contact at `ms` for `for_ms`; it bounces so long (us) at either edge.
inline void press(std::uint64_t ms, std::uint64_t for_ms, std::uint64_t bounce_us = 0) {
  fake_pin::contact_at_us(ms * 1000, contact, 0, bounce_us);
  fake_pin::contact_at_us((ms + for_ms) * 1000, contact, 1, bounce_us);
}

inline int now_ms() { return static_cast<int>(virtual_board::now_us() / 1000); }
inline void log(const char* what) { print("%s %d\n", what, now_ms()); }

inline int count_of(const std::string& what, const std::string& text = virtual_board::output()) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace input_test
