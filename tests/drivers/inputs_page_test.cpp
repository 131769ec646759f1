// The examples of docs/drivers/inputs.md: they are here word for word, and do what the page says.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <sstream>

#include "asyncio.hpp"
#include "drivers/aadc.hpp"
#include "drivers/ebutton.hpp"
#include "drivers/encoder.hpp"
#include "drivers/eswitch.hpp"
#include "drivers/pushbutton.hpp"
#include "drivers/switch.hpp"
#include "drivers/touch_button.hpp"
#include "input_test.hpp"
#include "machine.hpp"
#include "machine/adc.hpp"

namespace {

std::uint32_t read_touch_pad() { return machine::ADC(0).read_u16(); }

asyncio::Coro<> watch_lid() {
  drivers::ESwitch lid(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
  for (;;) {
    co_await lid.close.wait();
    lid.close.clear();
    print("closed\n");
    co_await lid.open.wait();
    lid.open.clear();
    print("open\n");
  }
}

asyncio::Coro<> pulse(machine::Pin lamp, int ms) {
  lamp.on();
  co_await asyncio::sleep_ms(ms);
  lamp.off();
}

asyncio::Coro<> light_the_way() {
  drivers::Switch door(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
  door.close_func([] { print("shut\n"); });
  door.open_func(pulse, std::tuple(machine::Pin(25, machine::Pin::OUT), 1000));
  co_await asyncio::sleep(3s);
}

asyncio::Coro<> choose() {
  drivers::EButton button(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP), {.suppress = true});
  for (;;) {
    asyncio::WaitAny any(button.press, button.double_click, button.long_press);
    const void* what = co_await any.wait();
    any.clear();
    if (what == &button.press) print("next\n");
    if (what == &button.double_click) print("back\n");
    if (what == &button.long_press) print("done\n");
  }
}

asyncio::Coro<> power_down() {
  print("good night\n");
  co_await asyncio::sleep_ms(100);
  print("off\n");
}

asyncio::Coro<> panel() {
  const machine::Pin led(25, machine::Pin::OUT);
  drivers::Pushbutton button(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
  button.press_func([&led] { led.toggle(); });
  button.long_func(power_down);
  button.double_func(drivers::bound_event);
  co_await button.double_click.wait();
  print("double\n");
}

asyncio::Coro<> touch() {
  drivers::TouchButton pad([] { return read_touch_pad(); }, {.threshold = 70});
  pad.press_func([] { print("touched\n"); });
  pad.release_func([] { print("let go\n"); });
  co_await asyncio::sleep(1s);
}

asyncio::Coro<> volume() {
  const machine::Pin x(2, machine::Pin::IN, machine::Pin::PULL_UP);
  const machine::Pin y(3, machine::Pin::IN, machine::Pin::PULL_UP);
  drivers::Encoder knob(x, y, {.v = 50, .div = 4, .vmin = 0, .vmax = 100});
  for (;;) print("%d\n", co_await knob.next());
}

asyncio::Coro<> thermostat() {
  drivers::AADC sensor(machine::ADC(26));
  for (;;) {
    print("out of range: %d\n", co_await sensor(25'000, 39'000));
    sensor.sense(false);
    print("back in range: %d\n", co_await sensor());
    sensor.sense(true);
  }
}

class InputsPageTest : public input_test::Test {};

// Runs it until it ends or the script of inputs has.
const std::string& output_of(asyncio::Coro<> example) {
  asyncio::run([](asyncio::Coro<> coro) -> asyncio::Coro<> {
    const asyncio::Task<> task = asyncio::create_task(std::move(coro));
    for (int i = 0; i < 50 && !task.done(); ++i) co_await asyncio::sleep_ms(100);
    if (task.done()) co_return task.result();
    task.cancel();
    co_await asyncio::sleep_ms(1);
  }(std::move(example)));
  return virtual_board::output();
}

TEST_F(InputsPageTest, ESwitch) {
  input_test::press(100, 100);
  EXPECT_EQ(output_of(watch_lid()), "closed\nopen\n");
}

TEST_F(InputsPageTest, Switch) {
  input_test::press(100, 100);
  EXPECT_EQ(output_of(light_the_way()), "shut\n");
  EXPECT_EQ(fake_pin::driven(25), (std::vector<int>{1, 0}));
}

TEST_F(InputsPageTest, EButton) {
  input_test::press(100, 100);
  input_test::press(1000, 100);
  input_test::press(1200, 100);
  input_test::press(2000, 1500);
  EXPECT_EQ(output_of(choose()), "next\nback\ndone\n");
}

TEST_F(InputsPageTest, Pushbutton) {
  input_test::press(100, 1500);
  input_test::press(2000, 100);
  input_test::press(2200, 100);
  EXPECT_EQ(output_of(panel()), "good night\noff\ndouble\n");
  EXPECT_EQ(fake_pin::driven(25), (std::vector<int>{1, 0, 1}));
}

TEST_F(InputsPageTest, TouchButton) {
  fake_adc::set(0, 1000);
  fake_adc::set_at_us(100'000, 0, 690);
  fake_adc::set_at_us(200'000, 0, 950);
  EXPECT_EQ(output_of(touch()), "touched\nlet go\n");
}

TEST_F(InputsPageTest, Encoder) {
  fake_pin::contact_at_us(100'000, 2, 0, 300);
  fake_pin::contact_at_us(101'000, 3, 0, 300);
  fake_pin::contact_at_us(102'000, 2, 1, 300);
  fake_pin::contact_at_us(103'000, 3, 1, 300);
  EXPECT_EQ(output_of(volume()), "51\n");
}

TEST_F(InputsPageTest, AADC) {
  fake_adc::set(26, 30'000);
  fake_adc::set_at_us(100'000, 26, 40'000);
  fake_adc::set_at_us(200'000, 26, 39'000);
  EXPECT_EQ(output_of(thermostat()), "out of range: 40000\nback in range: 39000\n");
}

// --- The page

std::string text_of(const char* path) {
  std::ifstream file(std::string(COROSCOPE_SOURCE_DIR) + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string without_space(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) result += c;
  }
  return result;
}

TEST_F(InputsPageTest, TheExamplesOfThePageAreTheOnesHere) {
  const std::string page = text_of("/docs/drivers/inputs.md");
  const std::string here = without_space(text_of("/tests/drivers/inputs_page_test.cpp"));
  const std::string begin = "```cpp\n";
  int examples = 0;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    const std::string example = page.substr(at, page.find("```", at) - at);
    EXPECT_NE(here.find(without_space(example)), std::string::npos) << example;
    ++examples;
  }
  EXPECT_EQ(examples, 7);
}

}  // namespace
