// The board's hardware, for programs: #include "machine.hpp". Named as MicroPython's module machine.
#pragma once

#include "machine/adc.hpp"
#include "machine/control.hpp"
#include "machine/i2c.hpp"
#include "machine/i2c_target.hpp"
#include "machine/pin.hpp"
#include "machine/pwm.hpp"
#include "machine/rtc.hpp"
#include "machine/timer.hpp"
#include "machine/uart.hpp"
#include "machine/wdt.hpp"
