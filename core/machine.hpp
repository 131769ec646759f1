// The board's hardware, for programs: #include "machine.hpp". Named as MicroPython's module machine.
#pragma once

#include "machine/pin.hpp"
