// The virtual board's UARTs: an RP2040's two (PL011, RP2040 datasheet 4.2), with the driver behind
// machine::UART.
//
//   the firmware --> txbuf --> TX FIFO --> the TX pin        all bits on real nets
//   the firmware <-- rxbuf <-- RX FIFO <-- the RX pin
//
// An interrupt moves bytes between a buffer and its FIFO: when the RX FIFO has filled to its level, when the
// line has been quiet for 32 bits and the RX FIFO is not empty, when the TX FIFO has emptied to its level. A
// byte that finds the RX FIFO full is lost.
//
// Nothing pulls the RX pin up, as MicroPython's rp2 port does not either: open, it is low, which is a break
// as soon as the UART is set up. A pull the pin was given before stays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "bus/net.hpp"
#include "bus/serial_line.hpp"
#include "machine/uart.hpp"
#include "mcu/alarms.hpp"
#include "mcu/interrupts.hpp"

namespace sim {

class Uart final : public NetListener {
 public:
  struct Setup {
    SerialFormat format;
    unsigned tx = 0;  // pins, which this UART can have
    unsigned rx = 0;
    std::size_t txbuf = 0;  // bytes
    std::size_t rxbuf = 0;
  };

  explicit Uart(unsigned number);
  Uart(const Uart&) = delete;
  Uart& operator=(const Uart&) = delete;

  // --- What machine::UART does with it. Takes the firmware's time.
  void set_up(const Setup& setup, trace::Site site);
  // Lets go of the pins, and forgets what was on its way.
  void release();
  bool is_set_up() const { return is_set_up_; }
  const Setup& setup() const { return setup_; }
  // How often it was set up: whoever did it last, has it.
  unsigned setups() const { return setups_; }

  // Moves what has arrived into rxbuf; the number of bytes there.
  std::size_t collect();
  // From rxbuf: how many there were, at most `size`.
  std::size_t read(char* buffer, std::size_t size);
  // Up to and including the first '\n' in rxbuf; all of it if it is full without one; 0 if there is none.
  std::size_t line_length() const;
  // How many bytes had room.
  std::size_t write(const char* bytes, std::size_t size);
  void flush();
  void send_break();  // after flush()
  // Called as an interrupt when bytes have arrived and the line is quiet.
  void set_idle_handler(std::function<void()> handler) { idle_handler_ = std::move(handler); }

  // --- Takes no time.
  bool has_received() const { return !received_.empty(); }
  bool has_room() const { return to_send_.size() < setup_.txbuf; }
  bool is_done() const {
    return to_send_.empty() && tx_fifo_.empty() && !break_due_ && !transmitter_.is_busy();
  }
  machine::UART::Errors& errors() { return errors_; }

  // --- The world: a terminal is wired to the RX pin, at the settings the UART has then. It sends the bytes
  // one after another, each broken in that way, and keeps the line high in between, from the first call on.
  // Before the UART is set up, it is at the usual pin, 115200 baud, 8N1.
  void send_from_outside(std::string_view bytes, SerialFrame::Kind kind = SerialFrame::Kind::byte);

  void on_change(Terminal& terminal) override;

 private:
  // An entry of the RX FIFO: the byte, and whether something was wrong with it.
  struct Received {
    std::uint8_t byte;
    bool good;
  };
  struct Outside {
    Terminal terminal;
    SerialSender sender{terminal};
    std::optional<Contact> wire;
  };

  std::size_t fifo_size() const;
  std::size_t fifo_level() const;
  bool hears_pin() const;
  void stop();
  void connect_outside();
  std::optional<SerialFrame> next_frame();
  void arrive(const SerialByte& byte);
  void trace_error(trace::UartError error, std::uint8_t byte);
  void be_quiet();
  void clear_if_seen_to();
  void serve();
  void fill();

  unsigned number_;
  Setup setup_;
  bool is_set_up_ = false;
  unsigned setups_ = 0;
  machine::UART::Errors errors_;

  std::deque<std::uint8_t> to_send_;  // txbuf
  std::deque<std::uint8_t> tx_fifo_;
  bool break_due_ = false;
  SerialTransmitter transmitter_;

  std::deque<std::uint8_t> received_;  // rxbuf
  std::deque<Received> rx_fifo_;
  SerialReceiver receiver_;
  Alarm quiet_;        // 32 bits after the last byte
  bool news_ = false;  // good bytes since the idle handler was called

  Interrupt interrupt_;
  bool rx_due_ = false;  // why it is pending
  bool tx_due_ = false;
  bool filling_ = false;  // the CPU moves bytes into the TX FIFO: it needs no interrupt for that
  bool idle_due_ = false;
  std::function<void()> idle_handler_;

  Terminal rx_{*this};  // the UART's end of what the pin is connected to in the chip
  std::optional<Contact> rx_contact_;
  std::unique_ptr<Outside> outside_;
};

// An RP2040 has two.
class Uarts {
 public:
  static constexpr unsigned count = 2;
  constexpr Uarts() = default;
  Uart& operator[](unsigned number) {
    std::unique_ptr<Uart>& uart = uarts_[number];
    if (uart == nullptr) uart = std::make_unique<Uart>(number);
    return *uart;
  }

 private:
  std::array<std::unique_ptr<Uart>, count> uarts_;
};

}  // namespace sim
