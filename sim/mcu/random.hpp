// Chance on the virtual board: the same for the same seed, on every machine and with every compiler. Each
// part has numbers of its own, so that one more part changes nothing for the others.
//
//   Random bounce(board.seed(), "btn1");
//   std::uint64_t wait_ns = bounce.between(50'000, 900'000);
#pragma once

#include <cstdint>
#include <string_view>

namespace sim {

class Random {
 public:
  constexpr Random(std::uint64_t seed, std::string_view who) : state_(seed) {
    for (const char c : who) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;  // FNV-1a
    next();
  }

  // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  // Both ends included; lowest <= highest.
  constexpr std::uint64_t between(std::uint64_t lowest, std::uint64_t highest) {
    const std::uint64_t size = highest - lowest + 1;
    return size == 0 ? next() : lowest + next() % size;
  }
  // Normally distributed around 0, to a good approximation: the sum of twelve dice. Never beyond six.
  constexpr double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(next() >> 11) * 0x1p-53;
    return sum;
  }

 private:
  std::uint64_t state_;
};

}  // namespace sim
