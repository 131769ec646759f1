// Every part of docs/parts.md, wired as a diagram.json says and used through its driver: a folder of one's
// own with main.cpp, diagram.json and an input file, as a teacher makes one.
#include <sstream>

#include "program.hpp"

namespace {

namespace fs = std::filesystem;

class Parts : public program::Test {
 protected:
  // What the program printed and what its parts showed, in this order.
  std::string run(const std::string& duration, const std::string& program, const std::string& diagram,
                  const std::string& inputs) const {
    fs::create_directory(folder_ / "own");
    program::write(folder_ / "own" / "main.cpp", program);
    program::write(folder_ / "own" / "diagram.json", diagram);
    program::write(folder_ / "own" / "inputs.json", inputs);
    const program::Output output =
        coroscope("run own --headless --for " + duration + " --input inputs.json --trace t.txt");
    EXPECT_EQ(output.status, 0) << output.err;
    std::istringstream lines(program::read(folder_ / "t.txt"));
    std::string result;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t printed = line.find("│ ");
      const std::size_t notice = line.find("  > ");
      if (printed != std::string::npos) {
        result += line.substr(printed + std::string("│ ").size()) + '\n';
      } else if (notice != std::string::npos) {
        const std::string text = line.substr(notice + 4);
        const std::string first = text.substr(0, text.find(' '));
        if (first.ends_with(':') && first != "input:") result += "> " + text + '\n';
      }
    }
    return result;
  }
};

constexpr const char* panel_program = R"cpp(#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

                                            using machine::Pin;

                                            asyncio::Coro<> follow(drivers::Encoder& knob) {
                                              for (;;) print("knob at %d\n", co_await knob.next());
                                            }

                                            asyncio::Coro<> listen(drivers::EButton& button, const char* name) {
                                              for (;;) {
                                                co_await button.press.wait();
                                                button.press.clear();
                                                print("%s pressed\n", name);
                                              }
                                            }

                                            asyncio::Coro<> watch(drivers::ESwitch& lid) {
                                              co_await lid.close.wait();
                                              print("closed\n");
                                            }

                                            asyncio::Coro<> measure() {
                                              drivers::AADC level(machine::ADC(26));
                                              print("level %d\n", co_await level(0, 1) / 656);
                                              print("level %d\n", co_await level(20'000) / 656);
                                            }

                                            asyncio::Coro<> start() {
                                              const machine::PWM lamp(15, 1000, 16384);
                                              drivers::Encoder knob(Pin(2, Pin::IN), Pin(3, Pin::IN), {.div = 4});
                                              drivers::EButton button(Pin(14, Pin::IN, Pin::PULL_UP));
                                              drivers::EButton knob_button(Pin(4, Pin::IN));
                                              drivers::ESwitch lid(Pin(13, Pin::IN));
                                              auto a = asyncio::create_task(follow(knob), "follow");
                                              auto b = asyncio::create_task(listen(button, "button"),
                                                                            "butto"
                                                                            "n");
                                              auto c = asyncio::create_task(listen(knob_button, "knob"),
                                                                            "kno"
                                                                            "b "
                                                                            "but"
                                                                            "to"
                                                                            "n");
                                              auto d = asyncio::create_task(watch(lid), "watch");
                                              auto e = asyncio::create_task(measure(), "measure");
                                              co_await asyncio::sleep(100ms);
                                              const machine::PWM tone(16, 440, 32768);
                                              co_await asyncio::sleep(100ms);
                                              tone.deinit();
                                              lamp.duty_u16(65535);
                                              co_await asyncio::sleep(4s);
                                            }

                                            int main() { asyncio::run(start()); }
)cpp";

constexpr const char* panel_diagram = R"json({
  "version": 1,
  "parts": [
    { "type": "wokwi-pi-pico", "id": "pico" },
    { "type": "wokwi-breadboard-half", "id": "bb1" },
    { "type": "wokwi-led", "id": "led1", "attrs": { "color": "red" } },
    { "type": "wokwi-resistor", "id": "r1", "attrs": { "value": "330" } },
    { "type": "wokwi-pushbutton", "id": "btn1", "attrs": { "key": "b" } },
    { "type": "wokwi-slide-switch", "id": "sw1" },
    { "type": "wokwi-ky-040", "id": "knob1" },
    { "type": "wokwi-potentiometer", "id": "pot1", "attrs": { "value": "256" } },
    { "type": "wokwi-buzzer", "id": "bz1", "attrs": { "volume": "0.1" } }
  ],
  "connections": [
    [ "pico:GP15", "bb1:3t.a", "green", [ "v0" ] ],
    [ "bb1:3t.e", "led1:A", "", [ "$bb" ] ],
    [ "led1:C", "bb1:4t.b", "", [ "$bb" ] ],
    [ "r1:1", "bb1:4t.c", "", [ "$bb" ] ],
    [ "r1:2", "bb1:tn.1", "", [ "$bb" ] ],
    [ "bb1:tn.25", "pico:GND.1", "black", [ "v0" ] ],
    [ "btn1:1.l", "pico:GP14", "", [] ],
    [ "btn1:2.r", "bb1:tn.2", "", [] ],
    [ "sw1:2", "pico:GP13", "", [] ],
    [ "sw1:1", "pico:3V3", "", [] ],
    [ "sw1:3", "pico:GND.3", "", [] ],
    [ "knob1:CLK", "pico:GP2", "", [] ],
    [ "knob1:DT", "pico:GP3", "", [] ],
    [ "knob1:SW", "pico:GP4", "", [] ],
    [ "knob1:VCC", "pico:3V3", "", [] ],
    [ "knob1:GND", "pico:GND.2", "", [] ],
    [ "pot1:VCC", "pico:3V3", "", [] ],
    [ "pot1:SIG", "pico:GP26", "", [] ],
    [ "pot1:GND", "pico:GND.7", "", [] ],
    [ "bz1:2", "pico:GP16", "", [] ],
    [ "bz1:1", "pico:GND.4", "", [] ]
  ]
}
)json";

constexpr const char* panel_inputs = R"json([
  {"at": "300ms", "press": "btn1", "for": "100ms"},
  {"at": "1s", "set": "sw1.position", "to": 1},
  {"at": "1500ms", "set": "knob1.position", "to": 5},
  {"at": "2s", "set": "knob1.position", "to": 3},
  {"at": "2500ms", "set": "knob1.pressed", "to": 1},
  {"at": "3s", "set": "pot1.value", "to": 1023}
]
)json";

TEST_F(Parts, LightsButtonsKnobsAndTones) {
  EXPECT_EQ(run("5s", panel_program, panel_diagram, panel_inputs),
            "level 24\n"
            "> led1: 25 %\n"
            "> bz1: 440 Hz\n"
            "> led1: 96 %, on\n"
            "> bz1: silent\n"
            "button pressed\n"
            "closed\n"
            "knob at 5\n"
            "knob at 3\n"
            "knob pressed\n"
            "level 99\n");
}

constexpr const char* sensors_program =
    R"cpp(#include <cstdio>

#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

          asyncio::Coro<> start() {
            machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 400'000});
            drivers::Bmp280 barometer(i2c);
            drivers::Htu21d hygrometer(i2c);
            drivers::HD44780 lcd(drivers::HD44780Backpack(i2c, {.address = 0x27}));
            for (int i = 0; i < 2; ++i) {
              const auto air = co_await barometer.read();
              const auto damp = co_await hygrometer.read();
              char text[17];
              std::snprintf(text, sizeof text, "%.1f °C %.0f %%", static_cast<double>(air.temperature),
                            static_cast<double>(damp.humidity));
              lcd[0] = text;
              print("%.2f °C, %.0f Pa; %.2f °C, %.1f %%RH\n", static_cast<double>(air.temperature),
                    static_cast<double>(air.pressure), static_cast<double>(damp.temperature),
                    static_cast<double>(damp.humidity));
              co_await lcd.refresh();
              co_await asyncio::sleep(700ms);
            }
          }

          int main() { asyncio::run(start()); }
    )cpp";

constexpr const char* sensors_diagram = R"json({
  "parts": [
    { "type": "wokwi-pi-pico", "id": "pico" },
    { "type": "coroscope-bmp280", "id": "bmp1", "attrs": { "temperature": "21.5", "pressure": 99000 } },
    { "type": "coroscope-htu21d", "id": "htu1", "attrs": { "temperature": "22.25", "humidity": "40" } },
    { "type": "wokwi-lcd1602", "id": "lcd1", "attrs": { "pins": "i2c" } }
  ],
  "connections": [
    [ "bmp1:VCC", "pico:3V3", "", [] ],
    [ "bmp1:GND", "pico:GND.1", "", [] ],
    [ "bmp1:SDA", "pico:GP4", "", [] ],
    [ "bmp1:SCL", "pico:GP5", "", [] ],
    [ "htu1:VCC", "pico:3V3", "", [] ],
    [ "htu1:GND", "pico:GND.1", "", [] ],
    [ "htu1:SDA", "pico:GP4", "", [] ],
    [ "htu1:SCL", "pico:GP5", "", [] ],
    [ "lcd1:VCC", "pico:VBUS", "", [] ],
    [ "lcd1:GND", "pico:GND.1", "", [] ],
    [ "lcd1:SDA", "pico:GP4", "", [] ],
    [ "lcd1:SCL", "pico:GP5", "", [] ]
  ]
}
)json";

constexpr const char* sensors_inputs = R"json([
  {"at": "500ms", "set": "htu1.humidity", "to": 70},
  {"at": "500ms", "set": "bmp1.temperature", "to": 30}
]
)json";

TEST_F(Parts, SensorsAndADisplayShareABus) {
  EXPECT_EQ(run("2s", sensors_program, sensors_diagram, sensors_inputs),
            "> lcd1: |\n"
            "21.50 °C, 99000 Pa; 22.25 °C, 40.0 %RH\n"
            "> lcd1: 21.5 °C 40 %|\n"
            "30.00 °C, 99000 Pa; 22.25 °C, 70.0 %RH\n"
            "> lcd1: 30.0 °C 70 %|\n");
}

constexpr const char* display_program =
    R"cpp(#include <string>

#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

          using machine::Pin;

          asyncio::Coro<> start() {
            drivers::HD44780 lcd(drivers::HD44780Parallel(
                {.rs = Pin(12), .e = Pin(11), .d4 = Pin(10), .d5 = Pin(9), .d6 = Pin(8), .d7 = Pin(7)}));
            drivers::NecIr remote(Pin(15, Pin::IN));
            lcd[0] = "Press a key";
            for (;;) {
              const drivers::NecCode code = co_await remote.next();
              if (code.is_error()) {
                print("error %d\n", code.data);
                continue;
              }
              print("key %d of %d\n", code.data, code.address);
              lcd[1] = std::to_string(code.data);
            }
          }

          int main() { asyncio::run(start()); }
    )cpp";

constexpr const char* display_diagram = R"json({
  "parts": [
    { "type": "wokwi-pi-pico", "id": "pico", "rotate": 90, "hide": false, "attrs": { "env": "arduino-community" } },
    { "type": "wokwi-lcd1602", "id": "lcd", "attrs": {} },
    { "type": "wokwi-resistor", "id": "r1", "attrs": { "value": "220" } },
    { "type": "wokwi-ir-receiver", "id": "ir1", "attrs": { "color": "green" } },
    { "type": "wokwi-ir-remote", "id": "remote1", "attrs": {} }
  ],
  "connections": [
    [ "pico:GND.1", "lcd:VSS", "black", [ "v-51", "*", "h0", "v18" ] ],
    [ "pico:GND.1", "lcd:K", "black", [] ],
    [ "pico:GND.1", "lcd:RW", "black", [] ],
    [ "pico:VSYS", "lcd:VDD", "red", [] ],
    [ "pico:VSYS", "r1:2", "red", [] ],
    [ "r1:1", "lcd:A", "pink", [] ],
    [ "pico:GP12", "lcd:RS", "blue", [] ],
    [ "pico:GP11", "lcd:E", "purple", [] ],
    [ "pico:GP10", "lcd:D4", "green", [] ],
    [ "pico:GP9", "lcd:D5", "brown", [] ],
    [ "pico:GP8", "lcd:D6", "gold", [] ],
    [ "pico:GP7", "lcd:D7", "gray", [] ],
    [ "ir1:VCC", "pico:3V3", "red", [] ],
    [ "ir1:GND", "pico:GND.8", "black", [] ],
    [ "ir1:DAT", "pico:GP15", "green", [] ]
  ]
}
)json";

constexpr const char* display_inputs = R"json([
  {"at": "200ms", "send": "remote1", "text": "PLAY"},
  {"at": "600ms", "send": "remote1", "text": "5 held 200 ms"},
  {"at": "1200ms", "send": "remote1", "text": "POWER garbled"},
  {"at": "1600ms", "send": "remote1", "text": "0x1a"}
]
)json";

TEST_F(Parts, ADisplayOnSixPinsShowsTheKeysOfARemoteControl) {
  EXPECT_EQ(run("2s", display_program, display_diagram, display_inputs),
            "> lcd: Press a key|\n"
            "key 168 of 0\n"
            "> lcd: Press a key|168\n"
            "key 56 of 0\n"
            "> lcd: Press a key|56\n"
            "key -1 of 0\n"
            "> lcd: Press a key|-1\n"
            "error -6\n"
            "key 26 of 0\n"
            "> lcd: Press a key|26\n");
}

constexpr const char* serial_program =
    R"cpp(#include "asyncio.hpp"
#include "drivers.hpp"
#include "machine.hpp"

          asyncio::Coro<> navigate(machine::UART& uart) {
            asyncio::StreamReader reader(uart, "gps");
            drivers::Gps gps(reader);
            for (;;) {
              co_await gps.data_received({.position = true, .altitude = true});
              print("%s %s, %d m\n", gps.latitude_string().c_str(), gps.longitude_string().c_str(),
                    static_cast<int>(gps.altitude()));
            }
          }

          asyncio::Coro<> ask(machine::UART& uart) {
            asyncio::StreamReader reader(uart, "modem");
            asyncio::StreamWriter writer(uart);
            drivers::AtModem modem(reader, writer, 500);
            for (;;) {
              const std::vector<std::string> response = co_await modem.send_command("AT+CSQ");
              if (response.empty()) print("no answer\n");
              for (const std::string& line : response) print("%s\n", line.c_str());
              co_await asyncio::sleep(1s);
            }
          }

          asyncio::Coro<> start() {
            machine::UART gps(0, 9600);
            machine::UART modem(1, 9600, {.tx = 4, .rx = 5});
            auto a = asyncio::create_task(navigate(gps), "navigate");
            co_await asyncio::create_task(ask(modem), "ask");
          }

          int main() { asyncio::run(start()); }
    )cpp";

constexpr const char* serial_diagram = R"json({
  "parts": [
    { "type": "wokwi-pi-pico", "id": "pico" },
    { "type": "coroscope-gps", "id": "gps1", "attrs": { "latitude": "52.52", "longitude": "13.405" } },
    { "type": "coroscope-at-modem", "id": "modem1", "attrs": { "signal": "17" } }
  ],
  "connections": [
    [ "gps1:TX", "pico:GP1", "", [] ],
    [ "gps1:RX", "pico:GP0", "", [] ],
    [ "gps1:PPS", "pico:GP2", "", [] ],
    [ "modem1:RX", "pico:GP4", "", [] ],
    [ "modem1:TX", "pico:GP5", "", [] ]
  ]
}
)json";

constexpr const char* serial_inputs = R"json([
  {"at": "1500ms", "set": "gps1.altitude", "to": 100},
  {"at": "3s", "set": "modem1.silent", "to": 1}
]
)json";

TEST_F(Parts, ASatelliteReceiverAndAModem) {
  EXPECT_EQ(run("5s", serial_program, serial_diagram, serial_inputs),
            "> modem1: hears AT+CSQ\n"
            "+CSQ: 17,99\n"
            "OK\n"
            "52° 31.2000' N 13° 24.3000' E, 545 m\n"
            "> modem1: hears AT+CSQ\n"
            "52° 31.2000' N 13° 24.3000' E, 100 m\n"
            "+CSQ: 17,99\n"
            "OK\n"
            "52° 31.2000' N 13° 24.3000' E, 100 m\n"
            "> modem1: hears AT+CSQ\n"
            "no answer\n"
            "52° 31.2000' N 13° 24.3000' E, 100 m\n");
}

constexpr const char* monitor_program = R"cpp(#include <string>

#include "asyncio.hpp"
#include "machine.hpp"

                                              asyncio::Coro<> start() {
                                                machine::UART terminal(0);
                                                machine::UART wire(1, 9600, {.tx = 4, .rx = 5});
                                                asyncio::StreamReader terminal_in(terminal, "terminal");
                                                asyncio::StreamWriter terminal_out(terminal);
                                                asyncio::StreamReader wire_in(wire, "wire");
                                                asyncio::StreamWriter wire_out(wire);
                                                terminal_out.write("name? ");
                                                co_await terminal_out.drain();
                                                const std::string name = co_await terminal_in.readline();
                                                wire_out.write(name);
                                                co_await wire_out.drain();
                                                const std::string back = co_await wire_in.readline();
                                                terminal_out.write("you are " + back);
                                                co_await terminal_out.drain();
                                                co_await asyncio::sleep(100ms);
                                              }

                                              int main() { asyncio::run(start()); }
)cpp";

constexpr const char* monitor_diagram = R"json({
  "parts": [
    { "type": "board-pi-pico-w", "id": "pico", "attrs": { "builder": "pico-sdk" } },
    { "type": "coroscope-uart-loopback", "id": "loop1" }
  ],
  "connections": [
    [ "pico:GP0", "$serialMonitor:RX", "", [] ],
    [ "pico:GP1", "$serialMonitor:TX", "", [] ],
    [ "pico:GP4", "loop1:RX", "", [] ],
    [ "pico:GP5", "loop1:TX", "", [] ]
  ]
}
)json";

constexpr const char* monitor_inputs = R"json([
  {"at": "200ms", "send": "$serialMonitor", "text": "hello\n"}
]
)json";

TEST_F(Parts, TheSerialMonitorAndALoopback) {
  EXPECT_EQ(run("500ms", monitor_program, monitor_diagram, monitor_inputs),
            "> $serialMonitor: name? you are hello\n");
}

}  // namespace
