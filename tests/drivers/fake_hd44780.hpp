// What a display hears, for tests of the driver: a 4-bit interface that writes down what E's pulses bring,
// and keeps the text. It fails the test if something comes before the chip can have executed what came
// before.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "asyncio/virtual_board.hpp"
#include "fake_i2c.hpp"
#include "machine/pin.hpp"

class FakeHd44780 {
 public:
  // What came since the last forget(): halves before the interface is a 4-bit one: "3"; instructions: "28";
  // data: "'A" or "'DF".
  const std::string& heard() const { return heard_; }
  void forget() { heard_.clear(); }
  // `count` characters of the DDRAM, from an address on.
  std::string text(unsigned from, unsigned count) const {
    return {ddram_.begin() + from, ddram_.begin() + from + count};
  }
  std::array<std::uint8_t, 64> cgram{};
  unsigned address = 0;
  unsigned control = 0;
  // When each of the first halves came, in us.
  std::vector<std::uint64_t> half_times;

  // The levels on its lines; of the data, the four.
  void lines(bool rs, bool e, unsigned half) {
    if (e_ && !e) pulse(rs_, half_);
    e_ = e;
    rs_ = rs;
    half_ = half;
  }

 private:
  void pulse(bool rs, unsigned half) {
    const std::uint64_t now = virtual_board::now_us();
    if (!four_bits_) {
      EXPECT_FALSE(rs);
      EXPECT_TRUE(half == 3 || half == 2) << half;
      hear(std::to_string(half));
      half_times.push_back(now);
      four_bits_ = half == 2;
      ready_us_ = now + 37;
    } else if (!second_) {
      EXPECT_GE(now, ready_us_) << "too early, after " << heard_;
      first_ = half;
      second_ = true;
    } else {
      second_ = false;
      ready_us_ = now + 41;
      if (rs) {
        take_data(first_ << 4 | half);
      } else {
        take_instruction(first_ << 4 | half, now);
      }
    }
  }

  void take_data(unsigned byte) {
    char code[3];
    std::snprintf(code, sizeof code, "%02X", byte);
    hear("'" + (byte > 0x20 && byte < 0x7F ? std::string(1, static_cast<char>(byte)) : std::string(code)));
    if (in_cgram_) {
      cgram.at(address++) = static_cast<std::uint8_t>(byte);
    } else {
      ddram_.at(address++) = static_cast<char>(byte);
    }
  }

  void take_instruction(unsigned byte, std::uint64_t now) {
    char code[3];
    std::snprintf(code, sizeof code, "%02X", byte);
    hear(code);
    if (byte >= 0x80) {
      in_cgram_ = false;
      address = byte & 0x7F;
    } else if (byte >= 0x40) {
      in_cgram_ = true;
      address = byte & 0x3F;
    } else if (byte >= 0x30) {
      // Of an initialisation that found the interface set up: two of its halves.
      four_bits_ = false;
    } else if (byte >= 0x08 && byte < 0x10) {
      control = byte & 7;
    } else if (byte == 1) {
      ddram_.fill(' ');
      address = 0;
      in_cgram_ = false;
      ready_us_ = now + 1520;
    }
  }

  void hear(const std::string& what) { heard_ += (heard_.empty() ? "" : " ") + what; }

  std::array<char, 128> ddram_ = [] {
    std::array<char, 128> unknown;
    unknown.fill('#');
    return unknown;
  }();
  std::string heard_;
  std::uint64_t ready_us_ = 0;
  bool e_ = false;
  bool rs_ = false;
  unsigned half_ = 0;
  bool four_bits_ = false;
  bool second_ = false;
  unsigned first_ = 0;
  bool in_cgram_ = false;
};

// One on the backpack's port: looked at when a byte is there.
class FakeBackpack : public fake_i2c::Device {
 public:
  FakeHd44780 display;
  unsigned port = 0xFF;
  bool there = true;
  int bytes_until_nack = -1;  // -1: never

  bool start(bool read) override { return there && !read; }
  bool write(std::uint8_t byte) override {
    if (bytes_until_nack == 0) return false;
    if (bytes_until_nack > 0) --bytes_until_nack;
    port = byte;
    EXPECT_EQ(byte & 0x02, 0) << "RW";
    // RS must be there before E rises.
    if ((byte & 4) != 0) {
      EXPECT_EQ(byte & 1, rs_);
    }
    rs_ = byte & 1;
    display.lines((byte & 1) != 0, (byte & 4) != 0, byte >> 4);
    return true;
  }
  std::uint8_t read() override { return 0xFF; }

 private:
  int rs_ = 1;
};
