#include "bus/uart.hpp"

#include <algorithm>
#include <utility>

#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace sim {

using trace::Kind;
using trace::UartError;

namespace {

constexpr unsigned uart0_irq = 20;            // RP2040 datasheet 2.3.2; UART1's is the next
constexpr std::uint64_t setup_registers = 8;  // two divisors, format, levels, interrupts, control, two pins
constexpr std::array<const char*, Uarts::count> names{"UART0", "UART1"};
constexpr std::array<unsigned, Uarts::count> usual_rx{1, 5};

}  // namespace

Uart::Uart(unsigned number)
    : number_(number),
      transmitter_(
          [this](bool high) {
            // Not if the firmware has made something else of the pin.
            if (board.pins().function(setup_.tx) == Gpio::Function::uart)
              board.pins().terminal(setup_.tx).drive(Drive::to(high));
          },
          [this] { return next_frame(); }),
      receiver_([this](const SerialByte& byte) { arrive(byte); }),
      quiet_([this] { be_quiet(); }),
      interrupt_(board.cpu().interrupts(), uart0_irq + number, 0, [this] { serve(); }) {
  setup_.rx = usual_rx[number];
}

// RP2040 datasheet 4.2.2.4, 4.2.2.5: 32 bytes. With the pico-sdk's setting, an interrupt comes when the RX
// FIFO has filled to an eighth, and when the TX FIFO has emptied to an eighth (4.2.8, UARTIFLS).
std::size_t Uart::fifo_size() const { return board.profile().uart_fifo; }
std::size_t Uart::fifo_level() const { return std::max<std::size_t>(fifo_size() / 8, 1); }

void Uart::set_up(const Setup& setup, trace::Site site) {
  stop();
  board.cpu().spend(setup_registers * board.profile().peripheral_access_ns);
  // A pin it keeps stays as it is: the line is quiet.
  if (is_set_up_ && setup_.tx != setup.tx) board.pins().disconnect(setup_.tx, Gpio::Function::uart);
  if (is_set_up_ && setup_.rx != setup.rx) board.pins().disconnect(setup_.rx, Gpio::Function::uart);
  setup_ = setup;
  is_set_up_ = true;
  ++setups_;
  interrupt_.announce(names[number_], site);
  const auto parity = static_cast<int>(setup.format.parity);
  trace::emit(
      Kind::uart_setup, setup.format.baud, number_, setup.tx | setup.rx << 8, 0,
      trace::uart_format(static_cast<int>(setup.format.bits), parity, static_cast<int>(setup.format.stop)));
  transmitter_.set_format(setup.format);
  board.pins().connect(setup.tx, Gpio::Function::uart, Drive::high());
  // A pull stays when a pin changes hands (RP2040 datasheet 2.19.4: pads and functions are set apart).
  const Drive had = board.pins().terminal(setup.rx).driven();
  board.pins().connect(setup.rx, Gpio::Function::uart, had.ohms == 0 ? Drive::nothing() : had);
  rx_contact_.emplace(board.wiring(), rx_, board.pins().terminal(setup.rx));
  rx_contact_->set(true);
  if (outside_ != nullptr) connect_outside();
  receiver_.listen(setup.format, rx_.is_high());
}

void Uart::release() {
  if (!is_set_up_) return;
  board.cpu().spend(board.profile().peripheral_access_ns);
  stop();
  is_set_up_ = false;
  rx_contact_.reset();
  board.pins().disconnect(setup_.tx, Gpio::Function::uart);
  board.pins().disconnect(setup_.rx, Gpio::Function::uart);
}

// Forgets what is on its way.
void Uart::stop() {
  if (!is_set_up_) return;
  receiver_.deafen();
  board.cpu().alarms().unset(quiet_);
  interrupt_.clear();
  to_send_.clear();
  tx_fifo_.clear();
  received_.clear();
  rx_fifo_.clear();
  break_due_ = news_ = rx_due_ = tx_due_ = idle_due_ = false;
  transmitter_.idle();
}

// --- Sending

std::optional<SerialFrame> Uart::next_frame() {
  if (std::exchange(break_due_, false)) {
    trace::emit(Kind::uart_tx, 0, number_, 0U, 0, trace::uart_break);
    return SerialFrame{0, SerialFrame::Kind::line_break};
  }
  if (tx_fifo_.empty()) return std::nullopt;
  const std::uint8_t byte = tx_fifo_.front();
  tx_fifo_.pop_front();
  trace::emit(Kind::uart_tx, 0, number_, 0U, 0, byte);
  if (tx_fifo_.size() <= fifo_level() && !to_send_.empty() && !filling_) {
    tx_due_ = true;
    interrupt_.raise();
  }
  return SerialFrame{byte, SerialFrame::Kind::byte};
}

void Uart::fill() {
  const bool inner = std::exchange(filling_, true);  // an interrupt may come in between
  while (!to_send_.empty() && tx_fifo_.size() < fifo_size()) {
    tx_fifo_.push_back(to_send_.front());
    to_send_.pop_front();
    transmitter_.start();
    board.cpu().spend(board.profile().uart_byte_ns);
  }
  filling_ = inner;
  tx_due_ = false;
  clear_if_seen_to();
}

std::size_t Uart::write(const char* bytes, std::size_t size) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  std::size_t taken = 0;
  while (taken < size && has_room()) {
    const std::size_t some = std::min(size - taken, setup_.txbuf - to_send_.size());
    to_send_.insert(to_send_.end(), bytes + taken, bytes + taken + some);
    taken += some;
    fill();
  }
  return taken;
}

void Uart::flush() {
  board.cpu().spend(board.profile().peripheral_access_ns);
  while (!is_done()) {
    fill();  // interrupts may be masked
    board.cpu().wait_until(transmitter_.end_ns());
  }
}

void Uart::send_break() {
  flush();
  break_due_ = true;
  transmitter_.start();
  while (!is_done()) board.cpu().wait_until(transmitter_.end_ns());
}

// --- Receiving

bool Uart::hears_pin() const { return board.pins().function(setup_.rx) == Gpio::Function::uart; }

void Uart::on_change(Terminal& terminal) {
  if (is_set_up_ && hears_pin()) receiver_.look(terminal.is_high());
}

void Uart::trace_error(UartError error, std::uint8_t byte) {
  trace::emit(Kind::uart_error, 0, number_, 0U, static_cast<std::uint8_t>(error), byte);
}

// The last stop bit may still be on its way.
void Uart::arrive(const SerialByte& byte) {
  const std::uint64_t now = board.now_ns();
  trace::emit(Kind::uart_rx, static_cast<std::uint32_t>(now - byte.begin_ns), number_, 0U, 0,
              byte.line_break ? trace::uart_break : byte.byte);
  if (byte.line_break) ++errors_.breaks;
  if (byte.framing_error) {
    ++errors_.framing;
    trace_error(UartError::framing, byte.byte);
  }
  if (byte.parity_error) {
    ++errors_.parity;
    trace_error(UartError::parity, byte.byte);
  }
  if (rx_fifo_.size() == fifo_size()) {
    ++errors_.overrun;
    trace_error(UartError::overrun, byte.byte);
  } else {
    rx_fifo_.push_back({byte.byte, byte.is_good()});
    news_ = news_ || byte.is_good();
    if (rx_fifo_.size() == fifo_level()) {
      rx_due_ = true;
      interrupt_.raise();
    }
  }
  // RP2040 datasheet 4.2.6.4: the receive timeout.
  constexpr unsigned timeout_bits = 32;
  board.cpu().alarms().set(quiet_, now + setup_.format.begin_ns(timeout_bits));
}

void Uart::be_quiet() {
  if (!rx_fifo_.empty()) rx_due_ = true;
  // MicroPython has a timer for this: the receive timeout does not come if the FIFO happens to be empty.
  if (news_ && idle_handler_) idle_due_ = true;
  news_ = false;
  if (rx_due_ || idle_due_) interrupt_.raise();
}

std::size_t Uart::collect() {
  while (!rx_fifo_.empty() && received_.size() < setup_.rxbuf) {
    const Received next = rx_fifo_.front();
    rx_fifo_.pop_front();
    if (next.good) received_.push_back(next.byte);
    board.cpu().spend(board.profile().uart_byte_ns);
  }
  rx_due_ = false;
  clear_if_seen_to();
  return received_.size();
}

std::size_t Uart::read(char* buffer, std::size_t size) {
  const std::size_t count = std::min(size, received_.size());
  const auto end = received_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(received_.begin(), end, buffer);
  received_.erase(received_.begin(), end);
  collect();  // what there was no room for
  return count;
}

std::size_t Uart::line_length() const {
  const auto end = std::find(received_.begin(), received_.end(), '\n');
  if (end != received_.end()) return static_cast<std::size_t>(end - received_.begin()) + 1;
  return received_.size() == setup_.rxbuf ? received_.size() : 0;
}

// --- The interrupt

void Uart::clear_if_seen_to() {
  if (!rx_due_ && !tx_due_ && !idle_due_) interrupt_.clear();
}

void Uart::serve() {
  board.cpu().spend(board.profile().peripheral_access_ns);  // why it came
  collect();
  fill();
  const bool idle = std::exchange(idle_due_, false);
  clear_if_seen_to();
  if (!idle) return;
  const std::function<void()> handler = idle_handler_;  // deinit() takes it away
  if (handler) handler();
}

// --- The world

void Uart::connect_outside() {
  outside_->sender.set_format(setup_.format);
  outside_->wire.emplace(board.wiring(), outside_->terminal, board.pins().terminal(setup_.rx));
  outside_->wire->set(true);
}

void Uart::send_from_outside(std::string_view bytes, SerialFrame::Kind kind) {
  if (outside_ == nullptr) {
    outside_ = std::make_unique<Outside>();
    connect_outside();
  }
  outside_->sender.send(bytes, kind);
}

}  // namespace sim
