// diagram.json: what is wired to the board.
#include "host/diagram.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "parts/part_list.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using sim::Diagram;

constexpr std::uint64_t ms = 1'000'000;

// As Wokwi's editor writes it.
const std::string blink = R"({
  "version": 1,
  "author": "Uri Shaked",
  "editor": "wokwi",
  "parts": [
    { "type": "wokwi-pi-pico", "id": "pico", "top": 0, "left": 0, "attrs": {} },
    {
      "type": "wokwi-led",
      "id": "led1",
      "top": 73.2,
      "left": 167.8,
      "attrs": { "color": "red", "flip": "1" }
    },
    { "type": "wokwi-resistor", "id": "r1", "top": 109.55, "left": 96, "attrs": { "value": "220" } },
    { "type": "wokwi-text", "id": "text1", "attrs": { "text": "a lamp" } }
  ],
  "connections": [
    [ "pico:GP0", "$serialMonitor:RX", "", [] ],
    [ "pico:GP1", "$serialMonitor:TX", "", [] ],
    [ "led1:C", "pico:GND.4", "black", [ "v0" ] ],
    [ "r1:2", "led1:A", "green", [ "v0" ] ],
    [ "pico:GP15", "r1:1", "green", [ "h-19.2", "v28.8" ] ]
  ],
  "dependencies": {}
}
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// "7: what is wrong".
std::string error_of(const std::string& text) {
  Diagram diagram;
  const auto error = diagram.read(text);
  return error ? std::to_string(error->line) + ": " + error->text : "nothing";
}

TEST(Diagram, OneDrawnInWokwiLightsItsLed) {
  const Recording r = run(200 * ms, [] {
    if (board.read_diagram(blink)) return 1;
    const Pin pin(15, Pin::OUT, 0);
    pin.on();
    time::sleep_ms(50);
    pin.off();
    time::sleep_ms(50);
    return 0;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_EQ(r.shown, (std::vector<std::string>{"led1: on", "led1: off"}));
}

TEST(Diagram, ABreadboardJoinsTheHolesOfARow) {
  const Recording r = run(200 * ms, [] {
    std::string text = replaced(blink, R"({ "type": "wokwi-text", "id": "text1")",
                                R"({ "type": "wokwi-breadboard-half", "id": "bb1")");
    text = replaced(text, R"([ "led1:C", "pico:GND.4", "black", [ "v0" ] ])",
                    R"([ "led1:C", "bb1:12t.a", "", [] ], [ "bb1:12t.e", "bb1:tn.3", "", [] ],
                       [ "bb1:tn.20", "pico:GND.1", "", [] ])");
    if (board.read_diagram(text)) return 1;
    const Pin pin(15, Pin::OUT, 1);
    time::sleep_ms(50);
    return 0;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_EQ(r.shown, (std::vector<std::string>{"led1: on"}));
}

// What Wokwi's drawings have besides: the other names of the board, "hide", a rotated part without attrs, "*"
// in the way of a wire, a wire of two ends only, attributes of the editor, a junction, "GND" without a
// number, the second button of a pair joined across it.
TEST(Diagram, TheFormsThatDrawingsFromWokwiHaveLoad) {
  const Recording r = run(200 * ms, [] {
    const std::string drawing = R"({"version": 1, "author": "x", "editor": "wokwi",
      "serialMonitor": {"display": "plotter"},
      "parts": [
        {"type": "board-pi-pico-w", "id": "pico", "top": -3.25, "left": 32.35, "rotate": 270, "hide": false,
         "attrs": {"builder": "pico-sdk", "env": "arduino-community"}},
        {"type": "wokwi-led", "id": "led1", "rotate": 90},
        {"type": "wokwi-resistor", "id": "r1", "attrs": {"value": 1000}},
        {"type": "wokwi-junction", "id": "j1", "top": 148.8, "left": 24, "attrs": {}},
        {"type": "wokwi-gnd", "id": "gnd1", "attrs": {}},
        {"type": "wokwi-pushbutton", "id": "btn1",
         "attrs": {"color": "black", "xray": "", "bounce": "", "key": "q", "label": "go"}},
        {"type": "wokwi-slide-switch", "id": "sw1", "attrs": {"value": ""}},
        {"type": "wokwi-buzzer", "id": "bz1", "attrs": {"volume": "0.1"}},
        {"type": "wokwi-lcd1602", "id": "lcd1",
         "attrs": {"pins": "i2c", "i2cAddress": "0x3f", "background": "blue"}},
        {"type": "wokwi-lcd2004", "id": "lcd2", "attrs": {"pins": "i2c", "i2c-address": "0x26"}},
        {"type": "wokwi-slide-potentiometer", "id": "pot1", "attrs": {"travelLength": "30", "value": "512.5"}},
        {"type": "wokwi-text", "id": "text1"}
      ],
      "connections": [
        ["pico:GP15", "r1:1"],
        ["r1:2", "led1:A", "#8f4814", ["v-51", "*", "h0"]],
        ["led1:C", "j1:J", "", ["$bb"]],
        ["j1:J", "pico:GND", "black"],
        ["gnd1:GND", "btn1:2.r", "black", []],
        ["btn1:1.r", "pico:GP14", "green", []],
        ["$serialMonitor:RX", "pico:GP0", "", []],
        ["$serialMonitor:TX", "pico:GP1", "", []],
        ["pico:RUN", "btn1:1.l", "", []],
        ["pico:3V3_EN", "pico:ADC_VREF", "", []]
      ],
      "dependencies": {}})";
    if (const auto error = board.read_diagram(drawing)) return error->line;
    const Pin pin(15, Pin::OUT, 1);
    time::sleep_ms(50);
    return 0;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  EXPECT_EQ(r.shown, (std::vector<std::string>{"led1: on"}));
}

TEST(Diagram, ThePartOfAnotherMakerIsNamed) {
  EXPECT_EQ(error_of(replaced(blink, "wokwi-led", "wokwi-bmp280")),
            "8: there is no part of the type \"wokwi-bmp280\"; did you mean coroscope-bmp280?");
  EXPECT_EQ(error_of(replaced(blink, "wokwi-pi-pico", "wokwi-pico")),
            "6: there is no part of the type \"wokwi-pico\"; did you mean wokwi-pi-pico?");
  // They have nothing but the maker in common.
  const std::string text = error_of(replaced(blink, "wokwi-led", "wokwi-neopixel"));
  EXPECT_TRUE(
      text.starts_with("8: there is no part of the type \"wokwi-neopixel\"; there are wokwi-pi-pico, "))
      << text;
}

TEST(Diagram, AnUnknownAttributeOfAPartOfOurOwnIsAMistake) {
  const std::string sensor =
      replaced(blink, R"({ "type": "wokwi-text", "id": "text1", "attrs": { "text": "a lamp" } })",
               R"({ "type": "coroscope-bmp280", "id": "bmp1",
                                           "attrs": { "temprature": "20" } })");
  EXPECT_EQ(error_of(sensor), "16: this part has no attribute \"temprature\"; did you mean \"temperature\"?");
  EXPECT_EQ(error_of(replaced(sensor, "temprature", "x")),
            "16: this part has no attribute \"x\"; it has timing, temperature, pressure");
  EXPECT_EQ(error_of(replaced(sensor, "temprature", "temperature")), "nothing");
}

TEST(Diagram, AnUnknownPartNamesTheNearest) {
  EXPECT_EQ(error_of(replaced(blink, "wokwi-led", "wokwi-lde")),
            "8: there is no part of the type \"wokwi-lde\"; did you mean wokwi-led?");
  const std::string text = error_of(replaced(blink, "wokwi-led", "arduino"));
  EXPECT_TRUE(text.starts_with("8: there is no part of the type \"arduino\"; there are ")) << text;
  EXPECT_NE(text.find("wokwi-led"), std::string::npos);
}

TEST(Diagram, AnUnknownEndOfAWireNamesWhatThereIs) {
  EXPECT_EQ(error_of(replaced(blink, "led1:C", "led2:C")),
            "20: there is no part \"led2\"; did you mean led1?");
  EXPECT_EQ(error_of(replaced(blink, "led1:C", "led1:K")), "20: led1 has no pin \"K\"; it has A and C");
  EXPECT_EQ(
      error_of(replaced(blink, "pico:GP15", "pico:GP31")),
      "22: pico has no pin \"GP31\"; it has GP0 to GP22, GP25 to GP28, GND.1 to GND.8, 3V3, VSYS and VBUS");
  EXPECT_EQ(error_of(replaced(blink, "led1:C", "led1")),
            "20: an end of a wire is a part's id and its pin, \"led1:A\", not \"led1\"");
}

// The table of docs/parts.md has each part, and each name of what can be set and of its legs.
TEST(Diagram, ThePageOfPartsHasThemAll) {
  std::ifstream file(COROSCOPE_SOURCE_DIR "/docs/parts.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const std::string& type : sim::part_types()) {
    const std::size_t row = page.find('`' + type + '`');
    ASSERT_NE(row, std::string::npos) << type;
    const std::string text = page.substr(row, page.find('\n', row) - row);
    const auto part = sim::make_part(type, "part1", sim::Attributes(nullptr));
    for (const sim::Setting& setting : part->settings())
      EXPECT_NE(text.find('`' + std::string(setting.name) + '`'), std::string::npos) << type << setting.name;
    for (const sim::Part::Leg& leg : part->legs()) {
      const bool is_data_line = leg.name.size() == 2 && leg.name[0] == 'D' && leg.name[1] < '7';
      if (!is_data_line) {  // of D0 to D7
        EXPECT_NE(text.find('`' + std::string(leg.name) + '`'), std::string::npos) << type << leg.name;
      }
    }
  }
}

TEST(Diagram, APinWrittenAnotherWayIsNamed) {
  EXPECT_EQ(error_of(replaced(blink, "pico:GP15", "pico:15")),
            "22: pico has no pin \"15\"; did you mean GP15?");
  EXPECT_EQ(error_of(replaced(blink, "pico:GP15", "pico:gpio15 ")),
            "22: pico has no pin \"gpio15 \"; did you mean GP15?");
  EXPECT_EQ(error_of(replaced(blink, "pico:GND.4", "pico:GND4")),
            "20: pico has no pin \"GND4\"; did you mean GND.4?");
  EXPECT_EQ(error_of(replaced(blink, "pico:GND.4", "pico:3.3V")),
            "20: pico has no pin \"3.3V\"; did you mean 3V3?");
  EXPECT_EQ(error_of(replaced(blink, "$serialMonitor:RX", "$serialmonitor:RX")),
            "18: there is no part \"$serialmonitor\"; did you mean $serialMonitor?");
}

TEST(Diagram, AMistypedKeyIsNotLeftAlone) {
  EXPECT_EQ(error_of(replaced(blink, "\"connections\"", "\"conections\"")),
            "17: \"conections\" is not known here; did you mean \"connections\"?");
  EXPECT_EQ(error_of(replaced(blink, "\"attrs\": { \"value\"", "\"attr\": { \"value\"")),
            "14: \"attr\" is not known here; did you mean \"attrs\"?");
  EXPECT_EQ(error_of(replaced(blink, "\"attrs\": { \"value\": \"220\" }", "\"attrs\": [\"220\"]")),
            "14: here must be an object, not an array");
}

TEST(Diagram, MistakesOfTheWholeAreNamed) {
  EXPECT_EQ(error_of(replaced(blink, "wokwi-pi-pico", "wokwi-text")),
            "5: the board is missing: {\"type\": \"wokwi-pi-pico\", \"id\": \"pico\"}");
  EXPECT_EQ(error_of(replaced(blink, "\"r1\", \"top\"", "\"led1\", \"top\"")),
            "14: there are two parts with the id \"led1\"");
  EXPECT_EQ(error_of(replaced(blink, "led1:C", "pico:3V3")), "20: this connects the supply with ground");
  EXPECT_EQ(error_of(replaced(blink, "\"220\"", "\"-3\"")),
            "14: \"value\" is a number from 1 to 1000000000, not \"-3\"");
  EXPECT_TRUE(error_of("{").starts_with("1: this is not JSON"));
  EXPECT_EQ(error_of("{}"), "1: \"parts\" is missing here");
}

}  // namespace
