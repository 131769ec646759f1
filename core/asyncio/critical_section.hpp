// CriticalSection: no interrupt while the object lives. For what tasks and interrupts share and cannot be
// read or written in one go; keep it to a few instructions.
#pragma once

#include <cstdint>

#include "asyncio/port.hpp"

namespace asyncio {

class CriticalSection {
 public:
  CriticalSection() : state_(port::enter_critical()) {}
  CriticalSection(const CriticalSection&) = delete;
  CriticalSection& operator=(const CriticalSection&) = delete;
  ~CriticalSection() { port::exit_critical(state_); }

 private:
  std::uint32_t state_;
};

}  // namespace asyncio
