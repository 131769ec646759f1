// UART: a serial line, as MicroPython's machine.UART, and a device for asyncio's streams.
//
//   machine::UART uart(1, 9600, {.tx = 4, .rx = 5});
//   asyncio::StreamReader reader(uart);
//   std::string line = co_await reader.readline();
//
// What arrives goes through the hardware's FIFO into a buffer of `rxbuf` bytes, by an interrupt; what is
// written goes into one of `txbuf` bytes and leaves by an interrupt. A buffer is on the heap, allocated by
// init(). The board this is linked with defines what has no body here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asyncio/inplace_function.hpp"
#include "asyncio/io_base.hpp"
#include "trace/site.hpp"

namespace machine {

class UART final : public asyncio::IOBase {
 public:
  enum class Parity : unsigned char { none, even, odd };
  // How each byte is sent and where. -1 for a pin: the board's usual one for this UART.
  struct Options {
    int bits = 8;  // 5 to 8
    Parity parity = Parity::none;
    int stop = 1;  // 1 or 2
    int tx = -1;
    int rx = -1;
    std::size_t txbuf = 256;    // bytes
    std::size_t rxbuf = 256;    // bytes
    std::uint32_t timeout = 0;  // ms read() and readline() wait for the first byte
  };
  // What went wrong since the UART was made: bytes lost because FIFO and buffer were full, bytes that arrived
  // broken, which are dropped, and breaks, which are no bytes.
  struct Errors {
    std::uint32_t overrun = 0;
    std::uint32_t framing = 0;
    std::uint32_t parity = 0;
    std::uint32_t breaks = 0;
  };
  // Called as an interrupt when bytes have arrived and the line is idle (MicroPython's UART.IRQ_RXIDLE):
  // after 32 bits without another byte. Short, without waiting, creating coroutines, throwing or calling
  // irq().
  using Handler = asyncio::InplaceFunction<void(UART&)>;

  // Throws asyncio::ValueError if the board has no such UART, pin or setting. `baudrate` is in bits a second.
  explicit UART(int id, std::uint32_t baudrate = 115200, trace::Site site = {})
      : UART(id, baudrate, Options{}, site) {}
  UART(int id, std::uint32_t baudrate, const Options& options, trace::Site site = {});
  ~UART() override;  // as deinit()
  // Again, with other settings; what is in the buffers is lost.
  void init(std::uint32_t baudrate, const Options& options, trace::Site site = {});
  // Lets go of the pins. Whoever uses the UART then gets an OSError, until init().
  void deinit();

  // Bytes that read() has for you at once.
  std::size_t any() const;
  // Up to `size` bytes, at once if there are any; after `timeout` ms without any, would_block.
  std::ptrdiff_t read(void* buffer, std::size_t size) override;
  // At most `size` bytes; nothing if there are none.
  std::optional<std::string> read(std::size_t size = SIZE_MAX);
  // Up to and including a '\n', if it is there already, or all of a buffer that is full; else nothing.
  std::optional<std::string> readline();
  // Takes what has room in the buffer and says how much that was.
  std::ptrdiff_t write(const void* buffer, std::size_t size) override;
  std::size_t write(std::string_view text);
  // Has everything left, the last stop bit included?
  bool txdone() const;
  // Keeps the CPU busy until it has.
  void flush();
  // After flush(), pulls the line low for the time of 13 bits, and keeps the CPU busy until it is high again.
  void sendbreak();

  // In place of the handler there was; nullptr: none.
  void irq(Handler handler, trace::Site site = {});
  Errors errors() const;

  int ioctl(int request, int flags) override;
  bool has_interrupt() const override { return true; }
  int id() const { return id_; }

  struct State;  // the board's

 private:
  int id_;
  std::unique_ptr<State> state_;
};

}  // namespace machine
