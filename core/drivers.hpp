// All devices, for programs: #include "drivers.hpp". docs/drivers says how they are used. A program that uses
// one or two may include their headers instead, and compiles faster.
#pragma once

#include "drivers/aadc.hpp"
#include "drivers/at_modem.hpp"
#include "drivers/bmp280.hpp"
#include "drivers/ebutton.hpp"
#include "drivers/encoder.hpp"
#include "drivers/eswitch.hpp"
#include "drivers/gps.hpp"
#include "drivers/hd44780.hpp"
#include "drivers/htu21d.hpp"
#include "drivers/i2c_initiator.hpp"
#include "drivers/i2c_responder.hpp"
#include "drivers/nec_ir.hpp"
#include "drivers/nec_receiver.hpp"
#include "drivers/pushbutton.hpp"
#include "drivers/schedule.hpp"
#include "drivers/switch.hpp"
#include "drivers/touch_button.hpp"
