// Devices as programs write them: a timer, a pin, and hardware that takes and gives a character at a time.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>

#include "asyncio/console.hpp"
#include "asyncio/device_wait.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"
#include "virtual_board.hpp"

using asyncio::Coro;
using asyncio::create_task;
using asyncio::IOBase;
using asyncio::run;
using asyncio::sleep_ms;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using asyncio::Task;

namespace streams {
namespace {

class DeviceDriverTest : public virtual_board::Test {};

// Ready to read when a time is up; a stream of one letter.
class MillisecTimer : public IOBase {
 public:
  Coro<> operator()(std::uint64_t milliseconds) {
    end_ = virtual_board::now_us() + milliseconds * 1000;
    co_await reader_.read(1);
  }
  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    return virtual_board::now_us() >= end_ ? flags & asyncio::POLLIN : 0;
  }
  std::ptrdiff_t read(void* buffer, std::size_t) override {
    *static_cast<char*>(buffer) = 'a';
    return 1;
  }

 private:
  std::uint64_t end_ = 0;
  StreamReader reader_{*this};
};

TEST_F(DeviceDriverTest, ATimerIsADeviceThatIsReadyLater) {
  MillisecTimer timer;
  run([&]() -> Coro<> {
    for (int i = 0; i < 3; ++i) {
      co_await timer(100);
      print("%d at %d ms\n", i, static_cast<int>(virtual_board::now_us() / 1000));
    }
  }());
  EXPECT_EQ(virtual_board::output(), "0 at 100 ms\n1 at 200 ms\n2 at 300 ms\n");
}

// Calls back when a level changes; a read gives no bytes to speak of.
class PinCall : public IOBase {
 public:
  PinCall(const bool& pin, std::function<void()> rise, std::function<void()> fall)
      : pin_(pin), value_(pin), rise_(std::move(rise)), fall_(std::move(fall)) {}

  Coro<> watch() {
    for (;;) co_await reader_.read(1);
  }
  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    if ((flags & asyncio::POLLIN) == 0 || pin_ == value_) return 0;
    value_ = pin_;
    return asyncio::POLLIN;
  }
  std::ptrdiff_t read(void*, std::size_t) override {
    (value_ ? rise_ : fall_)();
    return 0;
  }

 private:
  const bool& pin_;
  bool value_;
  std::function<void()> rise_;
  std::function<void()> fall_;
  StreamReader reader_{*this};
};

TEST_F(DeviceDriverTest, APinCallsBackOnEachEdge) {
  bool pin = false;
  for (const std::uint64_t ms : {10U, 25U, 40U})
    virtual_board::interrupt_at_us(ms * 1000, [&] { pin = !pin; });
  PinCall call(
      pin, [] { print("rise %d\n", static_cast<int>(virtual_board::now_us() / 1000)); },
      [] { print("fall %d\n", static_cast<int>(virtual_board::now_us() / 1000)); });
  run([&]() -> Coro<> {
    const Task<> watching = create_task(call.watch());
    co_await sleep_ms(50);
    watching.cancel();
  }());
  EXPECT_EQ(virtual_board::output(), "rise 10\nfall 25\nrise 40\n");
}

// Gives a character every 200 ms and takes one every 100 ms. It cannot refuse: written too early, it loses
// the character before, and read too early it gives the next one before its time.
class SlowHardware : public IOBase {
 public:
  SlowHardware() {
    tick_input(200'000);
    tick_output(100'000);
  }
  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    int ready = 0;
    if (readable_) ready |= flags & asyncio::POLLIN;
    if (pending_ == 0) ready |= flags & asyncio::POLLOUT;
    return ready;
  }
  std::ptrdiff_t read(void* buffer, std::size_t) override {
    EXPECT_TRUE(readable_);
    readable_ = false;
    constexpr char text[] = "ready\n";
    *static_cast<char*>(buffer) = text[next_];
    next_ = (next_ + 1) % 6;
    return 1;
  }
  std::ptrdiff_t write(const void* buffer, std::size_t) override {
    EXPECT_EQ(pending_, 0);
    pending_ = *static_cast<const char*>(buffer);
    return 1;
  }

 private:
  void tick_input(std::uint64_t at) {
    virtual_board::interrupt_at_us(at, [this, at] {
      readable_ = true;
      tick_input(at + 200'000);
    });
  }
  void tick_output(std::uint64_t at) {
    virtual_board::interrupt_at_us(at, [this, at] {
      if (pending_ != 0) written_ += pending_;
      if (pending_ == '\n') {
        print("Wrote %s", written_.c_str());
        written_.clear();
      }
      pending_ = 0;
      tick_output(at + 100'000);
    });
  }

  bool readable_ = false;
  std::size_t next_ = 0;
  char pending_ = 0;
  std::string written_;
};

TEST_F(DeviceDriverTest, HardwareThatTakesACharacterAtATimeIsReadAndWrittenAtOnce) {
  SlowHardware hardware;
  run([&]() -> Coro<> {
    const Task<> receiving = create_task([](IOBase& device) -> Coro<> {
      StreamReader reader(device);
      for (;;) print("Received %s", (co_await reader.readline()).c_str());
    }(hardware));
    StreamWriter writer(hardware, {});
    co_await sleep_ms(5000);
    for (int count = 1; count <= 2; ++count) {
      writer.write("Hello " + std::to_string(count) + "\n");
      co_await writer.drain();
      co_await sleep_ms(2000);
    }
    receiving.cancel();
  }());
  EXPECT_EQ(virtual_board::output(),
            "Received ready\nReceived ready\nReceived ready\nReceived ready\n"
            "Wrote Hello 1\n"
            "Received ready\nReceived ready\nReceived ready\n"
            "Wrote Hello 2\n"
            "Received ready\n");
}

TEST_F(DeviceDriverTest, ADriverMayWaitForItsDeviceItself) {
  bool pin = false;
  virtual_board::interrupt_at_us(30'000, [&] { pin = true; });
  struct Level : IOBase {
    const bool& level;
    explicit Level(const bool& watched) : level(watched) {}
    int ioctl(int, int flags) override { return level ? flags : 0; }
  } device(pin);
  run([&]() -> Coro<> {
    co_await asyncio::wait_readable(device);
    EXPECT_EQ(virtual_board::now_us(), 30'000U);
    co_await asyncio::wait_writable(device);
  }());
}

}  // namespace
}  // namespace streams
