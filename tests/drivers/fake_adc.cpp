#include "fake_adc.hpp"

#include <array>

#include "asyncio/exceptions.hpp"
#include "asyncio/virtual_board.hpp"
#include "machine/adc.hpp"

namespace fake_adc {
namespace {

struct Channel {
  std::uint16_t reading = 0;
  int reads = 0;
};
std::array<Channel, 32> channels;

Channel& channel_of(int channel) { return channels[static_cast<std::size_t>(channel)]; }

}  // namespace

void reset() { channels = {}; }
void set(int channel, std::uint16_t reading) { channel_of(channel).reading = reading; }
void set_at_us(std::uint64_t time_us, int channel, std::uint16_t reading) {
  virtual_board::interrupt_at_us(time_us, [channel, reading] { set(channel, reading); });
}
int reads(int channel) { return channel_of(channel).reads; }

}  // namespace fake_adc

namespace machine {

ADC::ADC(int pin) : channel_(static_cast<unsigned char>(pin)) {
  if (pin < 0 || pin >= 32) throw asyncio::ValueError("channels of the tests are 0 to 31");
}

std::uint16_t ADC::read_u16() const {
  fake_adc::Channel& channel = fake_adc::channel_of(channel_);
  ++channel.reads;
  return channel.reading;
}

}  // namespace machine
