// Lcd: a character display with an HD44780. wokwi-lcd1602, wokwi-lcd2004.
//
// Legs: VSS VDD V0 RS RW E D0 to D7 A K; or, with an I2C backpack, GND VCC SDA SCL. Those of supply, contrast
// and backlight do nothing. One that nothing drives is low (a real chip pulls RS, RW and the data up: tie RW
// to ground).
//
// It shows its rows with "|" between them, each without the blanks at its end: "Hello|21.5 °C", and "|" if
// both are blank. Characters the program drew are ⓪ to ⑦ (hd44780_rom.hpp). A display that is switched off,
// as it is at first, shows "off"; one whose backpack has the backlight off: "Hello|21.5 °C (dark)". A change
// shows when nothing more has come for 5 ms, and in any case after 20 ms.
//
// The backpack is a PCF8574 with RS, RW, E, backlight, D4 to D7 on P0 to P7. Its address is one of the bus's,
// 0x08 to 0x77.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "mcu/alarms.hpp"
#include "parts/hd44780_controller.hpp"
#include "parts/part.hpp"
#include "parts/pcf8574.hpp"

namespace sim {

class Lcd final : public Part {
 public:
  struct Options {
    bool i2c = false;
    std::uint8_t address = 0x27;
    unsigned columns = 16;
    unsigned rows = 2;
  };
  // Its power comes on.
  Lcd(std::string id, const Options& options);
  ~Lcd() override;

  const Hd44780Controller& controller() const { return controller_; }
  // What it has on the glass now, in the form above.
  std::string text() const;

  void on_change(Terminal& terminal) override;

 private:
  enum Leg : unsigned char { vss, vdd, v0, rs, rw, e, d0, a = d0 + 8, k, leg_count };
  enum I2cLeg : unsigned char { gnd, vcc, sda, scl, i2c_leg_count };

  void write_port(std::uint8_t port, std::uint64_t now_ns);
  Hd44780Controller::Lines levels() const;
  void set_lines(const Hd44780Controller::Lines& lines, std::uint64_t now_ns);
  void drive_data();
  void look_again(std::uint64_t now_ns);
  void show_text();

  static constexpr std::uint64_t quiet_ns = 5'000'000;
  static constexpr std::uint64_t longest_ns = 20'000'000;

  Hd44780Controller controller_;
  std::array<Terminal, leg_count> terminals_;
  std::optional<Pcf8574> backpack_;
  bool e_ = false;
  bool lit_ = true;  // without a backpack always
  Alarm settled_{[this] { show_text(); }};
  std::uint64_t changed_ns_ = 0;  // the first time since it was last shown
  std::string last_ = "off";
};

}  // namespace sim
