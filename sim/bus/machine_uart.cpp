// machine/uart.hpp on this board.
#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "asyncio/exceptions.hpp"
#include "machine/uart.hpp"
#include "mcu/board.hpp"
#include "mcu/interrupt_handler.hpp"

namespace machine {

using sim::board;

struct UART::State {
  explicit State(sim::Uart& of) : uart(of) {}
  sim::Uart& uart;
  sim::InterruptHandler<UART&> handler;
  std::uint32_t timeout_ms = 0;
  unsigned setup = 0;  // which of the UART's this object has made
};

namespace {

// RP2040 datasheet 1.4.3: of each four pins the first is a UART's TX and the second its RX; UART 1 has the
// second and third of each four such, UART 0 the others.
bool can_be(int pin, int id, int line) {
  return sim::Gpio::exists(pin) && pin % 4 == line && (pin + 4) / 8 % 2 == id;
}

sim::Uart& existing(int id) {
  if (id < 0 || id >= static_cast<int>(sim::Uarts::count))
    throw asyncio::ValueError("UART: a Pico has UART 0 and 1");
  return board.uarts()[static_cast<unsigned>(id)];
}

sim::Uart::Setup checked(int id, std::uint32_t baudrate, const UART::Options& options) {
  constexpr std::array<int, 2> usual_tx{0, 4};
  const int tx = options.tx >= 0 ? options.tx : usual_tx[static_cast<unsigned>(id)];
  const int rx = options.rx >= 0 ? options.rx : usual_tx[static_cast<unsigned>(id)] + 1;
  if (!can_be(tx, id, 0) || !can_be(rx, id, 1))
    throw asyncio::ValueError(id == 0 ? "UART: UART 0 can be at TX 0, 12, 16, 28 and RX 1, 13, 17, 29"
                                      : "UART: UART 1 can be at TX 4, 8, 20, 24 and RX 5, 9, 21, 25");
  // RP2040 datasheet 4.2.7.1: 125 MHz / 16, divided by 1 to 65535.
  if (baudrate < 120 || baudrate > 7'812'500)
    throw asyncio::ValueError("UART: the baud rate is 120 to 7812500");
  if (options.bits < 5 || options.bits > 8) throw asyncio::ValueError("UART: a byte has 5 to 8 bits");
  if (options.stop != 1 && options.stop != 2) throw asyncio::ValueError("UART: there are 1 or 2 stop bits");
  constexpr std::size_t largest = 32'766;  // MicroPython's
  for (const std::size_t size : {options.txbuf, options.rxbuf}) {
    if (size == 0 || size > largest)
      throw asyncio::ValueError("UART: a buffer (txbuf, rxbuf) has 1 to 32766 bytes");
  }
  sim::Uart::Setup setup;
  setup.format.baud = baudrate;
  setup.format.bits = static_cast<unsigned>(options.bits);
  setup.format.parity = static_cast<sim::SerialFormat::Parity>(options.parity);
  setup.format.stop = static_cast<unsigned>(options.stop);
  setup.tx = static_cast<unsigned>(tx);
  setup.rx = static_cast<unsigned>(rx);
  setup.txbuf = options.txbuf;
  setup.rxbuf = options.rxbuf;
  return setup;
}

sim::Uart& set_up(sim::Uart& uart) {
  if (!uart.is_set_up()) throw asyncio::OSError(ENODEV, "UART: not set up; after deinit() comes init()");
  return uart;
}

// Until there is something to read, or the time is over.
void wait_for_bytes(sim::Uart& uart, std::uint32_t timeout_ms) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  const std::uint64_t deadline_ns = board.now_ns() + timeout_ms * std::uint64_t{1'000'000};
  while (uart.collect() == 0 && board.now_ns() < deadline_ns)
    board.cpu().wait_until(std::min(deadline_ns, board.cpu().alarms().next_ns()));
}

}  // namespace

UART::UART(int id, std::uint32_t baudrate, const Options& options, trace::Site site)
    : id_(id), state_(std::make_unique<State>(existing(id))) {
  init(baudrate, options, site);
}

// Another object may have the UART by now.
UART::~UART() {
  if (state_->uart.setups() == state_->setup) deinit();
}

void UART::init(std::uint32_t baudrate, const Options& options, trace::Site site) {
  sim::Uart& uart = state_->uart;
  const sim::Uart::Setup setup = checked(id_, baudrate, options);
  if (uart.setups() != state_->setup || state_->setup == 0) {
    uart.set_idle_handler(nullptr);
    uart.errors() = {};
  }
  uart.set_up(setup, site);
  state_->setup = uart.setups();
  state_->timeout_ms = options.timeout;
}

void UART::deinit() {
  state_->uart.release();
  state_->uart.set_idle_handler(nullptr);
}

std::size_t UART::any() const {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return set_up(state_->uart).collect();
}

std::ptrdiff_t UART::read(void* buffer, std::size_t size) {
  sim::Uart& uart = set_up(state_->uart);
  wait_for_bytes(uart, state_->timeout_ms);
  if (size != 0 && !uart.has_received()) return would_block;
  return static_cast<std::ptrdiff_t>(uart.read(static_cast<char*>(buffer), size));
}

std::optional<std::string> UART::read(std::size_t size) {
  sim::Uart& uart = set_up(state_->uart);
  wait_for_bytes(uart, state_->timeout_ms);
  if (!uart.has_received()) return std::nullopt;
  std::string bytes(std::min(size, uart.setup().rxbuf), '\0');
  bytes.resize(uart.read(bytes.data(), bytes.size()));
  return bytes;
}

std::optional<std::string> UART::readline() {
  sim::Uart& uart = set_up(state_->uart);
  wait_for_bytes(uart, state_->timeout_ms);
  std::string line(uart.line_length(), '\0');
  if (line.empty()) return std::nullopt;
  uart.read(line.data(), line.size());
  return line;
}

std::ptrdiff_t UART::write(const void* buffer, std::size_t size) {
  const std::size_t taken = set_up(state_->uart).write(static_cast<const char*>(buffer), size);
  return taken == 0 && size != 0 ? would_block : static_cast<std::ptrdiff_t>(taken);
}

std::size_t UART::write(std::string_view text) {
  return set_up(state_->uart).write(text.data(), text.size());
}

bool UART::txdone() const {
  board.cpu().spend(board.profile().peripheral_access_ns);
  return set_up(state_->uart).is_done();
}

void UART::flush() { set_up(state_->uart).flush(); }
void UART::sendbreak() { set_up(state_->uart).send_break(); }

void UART::irq(Handler handler, trace::Site) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  set_up(state_->uart).set_idle_handler(nullptr);
  const bool wanted = static_cast<bool>(handler);
  state_->handler = std::move(handler);
  if (wanted) state_->uart.set_idle_handler([this] { state_->handler(*this); });
}

UART::Errors UART::errors() const { return state_->uart.errors(); }

// Takes no time: the loop must not miss what arrives between this and its sleep.
int UART::ioctl(int request, int flags) {
  if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
  const sim::Uart& uart = state_->uart;
  if (!uart.is_set_up()) return asyncio::POLLERR;
  return flags & ((uart.has_received() ? asyncio::POLLIN : 0) | (uart.has_room() ? asyncio::POLLOUT : 0));
}

}  // namespace machine
