#include "parts/part_list.hpp"

#include <array>

#include "parts/at_modem.hpp"
#include "parts/bmp280_part.hpp"
#include "parts/breadboard.hpp"
#include "parts/buzzer.hpp"
#include "parts/gps.hpp"
#include "parts/htu21d_part.hpp"
#include "parts/ir_receiver.hpp"
#include "parts/ir_remote.hpp"
#include "parts/junction.hpp"
#include "parts/lcd.hpp"
#include "parts/led.hpp"
#include "parts/potentiometer.hpp"
#include "parts/pushbutton.hpp"
#include "parts/resistor_part.hpp"
#include "parts/rotary_encoder.hpp"
#include "parts/serial_monitor.hpp"
#include "parts/slide_switch.hpp"
#include "parts/supply.hpp"
#include "parts/uart_loopback.hpp"

namespace sim {
namespace {

using Made = std::unique_ptr<Part>;

struct Type {
  const char* name;
  Made (*make)(const std::string& id, const Attributes& attributes);
};

template <class Kind>
Made plain(const std::string& id, const Attributes&) {
  return std::make_unique<Kind>(id);
}

std::uint32_t whole(const Attributes& attributes, const char* name, std::uint32_t otherwise,
                    std::uint32_t lowest, std::uint32_t highest) {
  return static_cast<std::uint32_t>(attributes.number(name, otherwise, lowest, highest));
}

constexpr std::uint32_t longest_bounce_us = 20'000;

Made pushbutton(const std::string& id, const Attributes& attributes) {
  Pushbutton::Options options;
  options.bounce = attributes.flag("bounce", options.bounce);
  options.bounce_us = whole(attributes, "bounce_us", options.bounce_us, 0, longest_bounce_us);
  return std::make_unique<Pushbutton>(id, options);
}

Made slide_switch(const std::string& id, const Attributes& attributes) {
  SlideSwitch::Options options;
  options.bounce = attributes.flag("bounce", options.bounce);
  options.bounce_us = whole(attributes, "bounce_us", options.bounce_us, 0, longest_bounce_us);
  options.position = attributes.flag("value", false) ? 1 : 0;
  return std::make_unique<SlideSwitch>(id, options);
}

Made rotary_encoder(const std::string& id, const Attributes& attributes) {
  RotaryEncoder::Options options;
  options.bounce = attributes.flag("bounce", options.bounce);
  options.bounce_us = whole(attributes, "bounce_us", options.bounce_us, 0, longest_bounce_us);
  options.step_ms = whole(attributes, "step_ms", options.step_ms, 1, 1000);
  return std::make_unique<RotaryEncoder>(id, options);
}

Made resistor(const std::string& id, const Attributes& attributes) {
  return std::make_unique<ResistorPart>(
      id, ResistorPart::Options{whole(attributes, "value", 1000, 1, 1'000'000'000)});
}

template <Supply::Level level>
Made supply(const std::string& id, const Attributes&) {
  return std::make_unique<Supply>(id, Supply::Options{level});
}

template <class Sensor>
Made sensor(const std::string& id, const Attributes& attributes) {
  typename Sensor::Options options;
  using Timing = decltype(options.timing);
  if (attributes.one_of("timing", {"typical", "maximum"}) == "maximum") options.timing = Timing::maximum;
  return std::make_unique<Sensor>(id, options);
}

template <unsigned columns, unsigned rows>
Made lcd(const std::string& id, const Attributes& attributes) {
  Lcd::Options options;
  options.i2c = attributes.one_of("pins", {"full", "i2c"}) == "i2c";
  // Wokwi takes one, and its documentation names the other.
  options.address = attributes.i2c_address("i2c-address", options.address);
  options.address = attributes.i2c_address("i2cAddress", options.address);
  options.columns = columns;
  options.rows = rows;
  return std::make_unique<Lcd>(id, options);
}

// At a baud rate.
template <class Device>
Made serial(const std::string& id, const Attributes& attributes) {
  typename Device::Options options;
  options.baud = whole(attributes, "baud", options.baud, 300, 4'000'000);
  return std::make_unique<Device>(id, options);
}

Made gps(const std::string& id, const Attributes& attributes) {
  Gps::Options options;
  options.baud = whole(attributes, "baud", options.baud, 1200, 921'600);
  options.update_period = whole(attributes, "update_period", options.update_period, 100, 10'000);
  return std::make_unique<Gps>(id, options);
}

constexpr std::array types{
    Type{"wokwi-led", plain<Led>},
    Type{"wokwi-resistor", resistor},
    Type{"wokwi-pushbutton", pushbutton},
    Type{"wokwi-pushbutton-6mm", pushbutton},
    Type{"wokwi-slide-switch", slide_switch},
    Type{"wokwi-ky-040", rotary_encoder},
    Type{"wokwi-potentiometer", plain<Potentiometer>},
    Type{"wokwi-slide-potentiometer", plain<Potentiometer>},
    Type{"wokwi-buzzer", plain<Buzzer>},
    Type{"wokwi-ir-remote", plain<IrRemote>},
    Type{"wokwi-ir-receiver", plain<IrReceiver>},
    Type{"coroscope-bmp280", sensor<Bmp280Part>},
    Type{"coroscope-htu21d", sensor<Htu21dPart>},
    Type{"wokwi-lcd1602", lcd<16, 2>},
    Type{"wokwi-lcd2004", lcd<20, 4>},
    Type{"coroscope-gps", gps},
    Type{"coroscope-at-modem", serial<AtModem>},
    Type{"coroscope-uart-loopback", plain<UartLoopback>},
    Type{"$serialMonitor", serial<SerialMonitor>},
    Type{"wokwi-vcc", supply<Supply::Level::vcc>},
    Type{"wokwi-gnd", supply<Supply::Level::gnd>},
    Type{"wokwi-junction", plain<Junction>},
    Type{"wokwi-breadboard", plain<Breadboard>},
    Type{"wokwi-breadboard-half", plain<Breadboard>},
    Type{"wokwi-breadboard-mini", plain<Breadboard>},
};

}  // namespace

std::unique_ptr<Part> make_part(const std::string& type, const std::string& id,
                                const Attributes& attributes) {
  for (const Type& known : types) {
    if (type == known.name) return known.make(id, attributes);
  }
  return nullptr;
}

std::vector<std::string> part_types() {
  std::vector<std::string> names;
  for (const Type& type : types) {
    if (type.name[0] != '$') names.emplace_back(type.name);
  }
  return names;
}

}  // namespace sim
