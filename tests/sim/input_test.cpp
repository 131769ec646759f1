// Inputs: what is done to the board and its parts, and when.
#include "host/input.hpp"

#include <gtest/gtest.h>

#include <string>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::Pin;
using recording::Recording;
using recording::run;
using sim::board;
using trace::Kind;

constexpr std::uint64_t ms = 1'000'000;

const std::string diagram = R"({"parts": [
  {"type": "wokwi-pi-pico", "id": "pico"},
  {"type": "wokwi-pushbutton", "id": "btn1", "attrs": {"bounce": "0"}},
  {"type": "wokwi-potentiometer", "id": "pot1", "attrs": {"value": "512"}},
  {"type": "coroscope-bmp280", "id": "bmp1"},
  {"type": "wokwi-ir-remote", "id": "remote1"}
], "connections": [
  ["btn1:1.l", "pico:GP14", "", []], ["btn1:2.l", "pico:GND.1", "", []],
  ["pot1:SIG", "pico:GP26", "", []], ["pot1:VCC", "pico:3V3", "", []], ["pot1:GND", "pico:GND.1", "", []],
  ["bmp1:VCC", "pico:3V3", "", []], ["bmp1:GND", "pico:GND.1", "", []],
  ["bmp1:SDA", "pico:GP4", "", []], ["bmp1:SCL", "pico:GP5", "", []]
]})";

TEST(Input, AButtonIsPressedForAWhile) {
  const Recording r = run(200 * ms, [] {
    if (board.read_diagram(diagram) ||
        board.read_inputs(R"([{"at": "20ms", "press": "btn1", "for": "30ms"}])"))
      return 1;
    Pin button(14, Pin::IN, Pin::PULL_UP);
    time::sleep_ms(100);
    return 0;
  });
  EXPECT_EQ(r.last_stop().extra, 0);
  const auto edges = r.of(Kind::pin);
  ASSERT_EQ(edges.size(), 3U);
  EXPECT_EQ(edges[0].extra, 1);
  EXPECT_EQ(edges[1].time_ns, 20 * ms);
  EXPECT_EQ(edges[2].time_ns, 50 * ms);
  EXPECT_EQ(r.inputs, (std::vector<std::string>{R"({"press":"btn1","for":"30ms"})"}));
  EXPECT_EQ(r.of(Kind::input)[0].time_ns, 20 * ms);
}

// A recorded file has them in the order of time.
TEST(Input, WhatHappensAtOneTimeHasTheOrderInWhichItBegan) {
  for (const char* const inputs :
       {R"([{"at": "20ms", "press": "btn1"}, {"at": "10ms", "press": "btn1", "for": "10ms"}])",
        R"([{"at": "10ms", "press": "btn1", "for": "10ms"}, {"at": "20ms", "press": "btn1"}])"}) {
    const Recording r = run(200 * ms, [inputs] {
      if (board.read_diagram(diagram) || board.read_inputs(inputs)) return 2;
      const Pin button(14, Pin::IN, Pin::PULL_UP);
      time::sleep_ms(100);
      return button.value();
    });
    EXPECT_EQ(r.last_stop().extra, 0) << inputs;
  }
}

// As after a reset at 1 s: the program starts when the boot code has run.
TEST(Input, AfterAResetPartsAreAsTheyWereAndGoOnWhileTheBoardBoots) {
  ::setenv("COROSCOPE_RESTART", "1000000000 5 0", 1);
  const Recording r = run(2000 * ms, [] {
    const std::string parts = R"({"parts": [
      {"type": "wokwi-pi-pico", "id": "pico"},
      {"type": "wokwi-pushbutton", "id": "btn1", "attrs": {"bounce_us": "20000"}},
      {"type": "wokwi-ky-040", "id": "enc1"},
      {"type": "wokwi-slide-switch", "id": "sw1"}
    ], "connections": [
      ["btn1:1.l", "pico:GP14", "", []], ["btn1:2.l", "pico:GND.1", "", []],
      ["enc1:CLK", "pico:GP10", "", []], ["enc1:GND", "pico:GND.1", "", []], ["enc1:VCC", "pico:3V3", "", []],
      ["sw1:2", "pico:GP12", "", []], ["sw1:3", "pico:GND.1", "", []]
    ]})";
    if (board.read_diagram(parts) || board.read_inputs(R"([
          {"at": "500ms", "press": "btn1"},
          {"at": "600ms", "set": "enc1.position", "to": 20},
          {"at": "700ms", "set": "sw1.position", "to": 1},
          {"at": "1002ms", "set": "enc1.pressed", "to": 1}
        ])"))
      return 1;
    board.boot();
    static int edges;
    for (const int number : {10, 12, 14}) {
      Pin pin(number, Pin::IN, Pin::PULL_UP);
      pin.irq([](Pin) { ++edges; });
    }
    const int held = Pin(14).value() + Pin(12).value();
    time::sleep_ms(500);
    return edges + held;
  });
  ::unsetenv("COROSCOPE_RESTART");
  EXPECT_EQ(r.why(), trace::Stop::returned);
  EXPECT_EQ(r.last_stop().extra, 0);
  ASSERT_EQ(r.inputs.size(), 1U) << "what happens while it boots is traced, what was before was so already";
  EXPECT_EQ(r.of(Kind::input)[0].time_ns, 1002 * ms);
  EXPECT_EQ(r.of(Kind::pin)[0].time_ns / ms, 1005U);
}

TEST(Input, ACurveLeadsFromPointToPoint) {
  const Recording r = run(3000 * ms, [] {
    if (board.read_diagram(diagram) ||
        board.read_inputs(
            R"([{"at": "1s", "set": "pot1.value", "curve": [["0s", 0], ["1s", 1023], ["1500ms", 1023]]}])"))
      return 1;
    const auto level = [] { return (board.pins().terminal(26).net().level * 1023 + 32767) / 65535; };
    print("%d ", level());
    time::sleep_ms(1001);
    print("%d ", level());
    time::sleep_ms(500);
    const bool half = level() > 500 && level() < 520;
    time::sleep_ms(1000);
    print("%s %d", half ? "half" : "not half", level());
    return 0;
  });
  EXPECT_EQ(r.console, "512 0 half 1023");
  EXPECT_EQ(r.inputs.size(), 1U);
}

TEST(Input, AFaultOnTheBusIsThereForAWhile) {
  const Recording r = run(200 * ms, [] {
    if (board.read_diagram(diagram) ||
        board.read_inputs(R"([{"at": "20ms", "i2c": 0, "nack": "0x76", "for": "20ms"}])"))
      return 1;
    machine::I2C i2c(0, {.scl = 5, .sda = 4});
    std::uint8_t id[1];
    for (int i = 0; i < 3; ++i) {
      try {
        i2c.readfrom_mem_into(0x76, 0xD0, id);
        print("%02x ", static_cast<unsigned>(id[0]));
      } catch (const asyncio::OSError& error) {
        print("error %d ", error.code());
      }
      time::sleep_ms(25);
    }
    return 0;
  });
  EXPECT_EQ(r.console, "58 error 5 58 ");
}

TEST(Input, BytesArriveAtAUart) {
  const Recording r = run(200 * ms, [] {
    if (board.read_inputs(R"([{"at": "20ms", "uart": 0, "send": "AT\r\n"}])")) return 1;
    machine::UART uart(0, 9600);
    time::sleep_ms(19);
    const std::size_t before = uart.any();
    time::sleep_ms(10);
    print("%d %s", static_cast<int>(before), uart.read()->c_str());
    return 0;
  });
  EXPECT_EQ(r.console, "0 AT\r\n");
}

// "2: what is wrong".
std::string error_of(const std::string& text) {
  sim::Diagram parts;
  EXPECT_FALSE(parts.read(diagram));
  sim::Inputs inputs;
  const auto error = inputs.read(text, parts);
  return error ? std::to_string(error->line) + ": " + error->text : "nothing";
}

TEST(Input, MistakesAreNamedWithTheirLine) {
  EXPECT_EQ(error_of("[\n{\"press\": \"btn1\"}]"), "2: \"at\" is missing here");
  EXPECT_EQ(error_of("[\n{\"at\": \"2\", \"press\": \"btn1\"}]"),
            "2: \"2\" is not a time; write it with its unit: \"2s\", \"80ms\"");
  EXPECT_EQ(error_of("[{\"at\": \"2s\",\n\"press\": \"btn2\"}]"),
            "2: there is no part \"btn2\" in diagram.json; did you mean btn1?");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"press\": \"pot1\"}]"), "1: pot1 has no pressed; it has value");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"set\": \"bmp1.temprature\", \"to\": 3}]"),
            "1: bmp1 has no temprature; it has temperature, pressure");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"set\": \"bmp1.temperature\",\n \"to\": 900}]"),
            "2: bmp1.temperature is -40 to 85 °C, not 900");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"set\": \"bmp1\", \"to\": 900}]"),
            "1: what to set is a part's id and a name: \"bmp1.temperature\"");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"i2c\": 2, \"nack\": \"0x76\", \"for\": \"1s\"}]"),
            "1: there is no such bus; a Pico has 0 and 1");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"i2c\": 0, \"nack\": \"0x99\", \"for\": \"1s\"}]"),
            "1: \"nack\" is an I2C address from 0x08 to 0x77, not \"0x99\"");
  EXPECT_EQ(error_of("[{\"at\": 2, \"press\": \"btn1\"}]"),
            "1: 2 is not a time; write it with its unit: \"2s\", \"80ms\"");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"pres\": \"btn1\"}]"),
            "1: \"pres\" is not known here; did you mean \"press\"?");
  EXPECT_EQ(
      error_of("[{\"at\": \"2s\", \"push\": \"btn1\"}]"),
      "1: what happens is missing: one of \"press\", \"release\", \"set\", \"send\", \"uart\", \"i2c\"");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"press\": \"btn1\", \"fro\": \"1s\"}]"),
            "1: \"fro\" is not known here; did you mean \"for\"?");
  EXPECT_EQ(error_of("[{\"at\": \"2s\", \"set\": \"pot1.value\", \"curve\": [[\"2s\", 1], [\"1s\", 2]]}]"),
            "1: the points of a curve are in the order of time");
  EXPECT_EQ(error_of("{}"), "1: here must be an array, not an object");
}

TEST(Input, InOneFileTheyMayStandInAnyOrder) {
  const Recording r = run(200 * ms, [] {
    if (board.read_diagram(diagram) ||
        board.read_inputs(R"([{"at": "20ms", "release": "btn1"}, {"at": "10ms", "press": "btn1"}])"))
      return 1;
    Pin button(14, Pin::IN, Pin::PULL_UP);
    time::sleep_ms(100);
    return button.value();
  });
  EXPECT_EQ(r.last_stop().extra, 1);
  EXPECT_EQ(r.inputs, (std::vector<std::string>{R"({"press":"btn1"})", R"({"release":"btn1"})"}));
}

}  // namespace
