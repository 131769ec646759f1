#include "model/vcd.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace model {
namespace {

using trace::Kind;

// sigrok takes as much time for an idle wire as for a busy one: a program that makes a task for each request
// must not make the file useless.
constexpr std::size_t most_tasks = 64;
constexpr unsigned no_pin = 0xff;
// What can still be read in steps of 1 us: four of them for a bit of a UART, two and a half for one of I2C.
constexpr std::uint32_t fast_uart = 250'000;
constexpr std::uint32_t fast_i2c = 400'000;
// And ten of them for a period of pulses.
constexpr std::uint32_t fast_pwm = 100'000;

// The short name by which the changes call a wire: printable ASCII, from '!' on.
std::string code_of(std::size_t number) {
  constexpr std::size_t characters = 94;
  std::string code;
  do {
    code += static_cast<char>('!' + number % characters);
    number /= characters;
  } while (number != 0);
  return code;
}

char symbol(Wire::Level level) {
  return level == Wire::Level::unknown ? 'x' : level == Wire::Level::high ? '1' : '0';
}

// A name or a remark may end no $section, and a name has no blanks.
std::string remark_of(std::string text) {
  for (char& c : text) {
    if (c == '$' || static_cast<unsigned char>(c) < ' ') c = '_';
  }
  return text;
}
std::string name_of(std::string text) {
  for (char& c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool other = (c >= '0' && c <= '9') || c == '_' || c == '#' || c == '.' || c == '-';
    if (!letter && !other) c = '_';
  }
  return text.empty() ? "_" : text;
}

// A trace that is not ours may have any time in it; later than this nothing can be added to one.
std::uint64_t sane(std::uint64_t time_ns) { return std::min(time_ns, UINT64_MAX >> 3); }

}  // namespace

VcdWriter::VcdWriter(std::ostream& file, const TraceInfo& info)
    : file_(file),
      about_(info.lesson + " on a virtual " + info.board + ", seed " + std::to_string(info.seed)) {}

// --- The trace

std::string VcdWriter::unused_name(const std::string& name) {
  std::string free = name_of(name);
  while (!names_.insert(free).second) free += '_';
  return free;
}

Wire* VcdWriter::task_wire(const State& state, std::uint32_t number) {
  const Task* const task = state.task(number);
  if (task == nullptr) return nullptr;
  Wire*& wire = wire_of_task_[number];
  if (wire != nullptr) return wire;
  if (tasks_.size() == most_tasks) {
    left_out_.insert(number);
    return nullptr;
  }
  return wire = &tasks_.emplace_back(unused_name(task->name), Wire::Level::low);
}

Wire* VcdWriter::interrupt_wire(const State& state, std::uint32_t number) {
  const Object* const interrupt = state.object(number);
  if (interrupt == nullptr) return nullptr;
  Wire*& wire = wire_of_interrupt_[number];
  if (wire != nullptr) return wire;
  const std::string name = interrupt->name.empty() ? "interrupt_" + std::to_string(number) : interrupt->name;
  return wire = &interrupts_.emplace_back(unused_name(name), Wire::Level::low);
}

void VcdWriter::who_runs(const State& state, std::uint64_t now_ns) {
  const auto change = [now_ns](Wire* before, Wire* after) {
    if (before != nullptr) before->set(now_ns, false);
    if (after != nullptr) after->set(now_ns, true);
  };
  if (const std::uint32_t running = state.running(); running != running_) {
    change(task_wire(state, running_), task_wire(state, running));
    running_ = running;
  }
  if (const std::uint32_t served = state.interrupt(); served != served_) {
    change(interrupt_wire(state, served_), interrupt_wire(state, served));
    served_ = served;
  }
}

void VcdWriter::write(const trace::Record& record, const State& state) {
  if (record.kind == Kind::text) return;
  const std::uint64_t now_ns = sane(state.now_ns());
  who_runs(state, now_ns);
  switch (record.kind) {
    case Kind::pin:
      pin(record, now_ns);
      break;
    case Kind::pwm:
      pwm(record, now_ns);
      break;
    case Kind::uart_setup:
    case Kind::uart_tx:
    case Kind::uart_rx:
    case Kind::uart_error:
      uart(record, now_ns);
      break;
    case Kind::i2c_setup:
    case Kind::i2c_start:
    case Kind::i2c_write:
    case Kind::i2c_read:
    case Kind::i2c_stop:
    case Kind::i2c_error:
      i2c(record, now_ns);
      break;
    case Kind::reset:
      reset(now_ns);
      break;
    default:
      break;
  }
}

Wire& VcdWriter::pin_wire(std::uint32_t pin) {
  Wire*& wire = wire_of_pin_[pin];
  if (wire == nullptr) wire = &pins_.emplace_back(unused_name("GP" + std::to_string(pin)));
  return *wire;
}

void VcdWriter::pin(const trace::Record& record, std::uint64_t now_ns) {
  if (const auto pulses = pwms_.find(record.object); pulses != pwms_.end())
    pulses->second.finish(pin_wire(record.object), now_ns);
  pin_wire(record.object).set(now_ns, record.extra != 0);
}

void VcdWriter::pwm(const trace::Record& record, std::uint64_t now_ns) {
  pwms_[record.object].add(pin_wire(record.object), now_ns, record);
  const bool drawn = record.extra != 0 && record.extra != 0xffff && record.task <= PwmPin::fastest_hz;
  fast_ = fast_ || (drawn && record.task > fast_pwm);
}

void VcdWriter::uart(const trace::Record& record, std::uint64_t now_ns) {
  Uart& uart = uarts_[record.object];
  const auto line = [&](Wire*& wire, const char* end) -> Wire& {
    if (wire == nullptr) {
      const std::string name = "uart" + std::to_string(record.object) + end;
      wire = &buses_.emplace_back(unused_name(name), Wire::Level::high);
    }
    return *wire;
  };
  switch (record.kind) {
    case Kind::uart_setup:
      uart.sent.setup(record);
      uart.received.setup(record);
      if ((record.site & 0xff) != no_pin) line(uart.tx, "_tx");
      if ((record.site >> 8 & 0xff) != no_pin) line(uart.rx, "_rx");
      break;
    case Kind::uart_tx:
      uart.sent.byte(line(uart.tx, "_tx"), now_ns, record.extra);
      break;
    case Kind::uart_rx:
      uart.received.byte(line(uart.rx, "_rx"), now_ns - std::min<std::uint64_t>(now_ns, record.task),
                         record.extra);
      break;
    default:
      uart.received.broken(line(uart.rx, "_rx"), static_cast<trace::UartError>(record.reason));
      break;
  }
  fast_ = fast_ || uart.sent.baud() > fast_uart;
}

void VcdWriter::i2c(const trace::Record& record, std::uint64_t now_ns) {
  I2c& i2c = i2cs_[record.object];
  if (i2c.scl == nullptr) {
    const std::string name = "i2c" + std::to_string(record.object);
    i2c.scl = &buses_.emplace_back(unused_name(name + "_scl"), Wire::Level::high);
    i2c.sda = &buses_.emplace_back(unused_name(name + "_sda"), Wire::Level::high);
  }
  if (record.kind == Kind::i2c_setup) {
    i2c.bus.setup(record);
  } else {
    i2c.bus.add(*i2c.scl, *i2c.sda, now_ns, record);
  }
  fast_ = fast_ || i2c.bus.frequency() > fast_i2c;
}

// Whatever was on its way is cut off.
void VcdWriter::reset(std::uint64_t now_ns) {
  for (auto& [pin, pulses] : pwms_) pulses.finish(pin_wire(pin), now_ns);
  for (auto& [number, uart] : uarts_) {
    if (uart.tx != nullptr) uart.tx->set(now_ns, true);
  }
  for (auto& [number, i2c] : i2cs_) i2c.bus.release(*i2c.scl, *i2c.sda, now_ns);
}

// --- The file

void VcdWriter::finish(const State& state) {
  for (auto& [number, i2c] : i2cs_) i2c.bus.finish(*i2c.scl, *i2c.sda);
  for (auto& [pin, pulses] : pwms_) pulses.finish(pin_wire(pin), sane(state.now_ns()));
  write_changes(write_header(), sane(state.now_ns()));
  file_.flush();
}

std::vector<const Wire*> VcdWriter::write_header() {
  std::vector<const Wire*> wires;
  const auto declare = [&](const Wires& group) {
    for (const Wire& wire : group) {
      file_ << "$var wire 1 " << code_of(wires.size()) << ' ' << wire.name() << " $end\n";
      wires.push_back(&wire);
    }
  };
  const auto scope = [&](const char* name, const Wires& group) {
    if (group.empty()) return;
    file_ << "$scope module " << name << " $end\n";
    declare(group);
    file_ << "$upscope $end\n";
  };
  file_ << "$version Coroscope $end\n$comment " << remark_of(about_) << " $end\n";
  if (!left_out_.empty()) file_ << "$comment without " << left_out_.size() << " more tasks $end\n";
  file_ << "$timescale " << (fast_ ? "100 ns" : "1 us") << " $end\n$scope module board $end\n";
  declare(pins_);
  declare(buses_);
  scope("interrupts", interrupts_);
  scope("tasks", tasks_);
  file_ << "$upscope $end\n$enddefinitions $end\n";
  return wires;
}

void VcdWriter::write_changes(const std::vector<const Wire*>& wires, std::uint64_t end_ns) {
  const std::uint64_t step_ns = fast_ ? 100 : 1000;
  const auto step_of = [step_ns](std::uint64_t time_ns) { return (time_ns + step_ns / 2) / step_ns; };
  struct Place {
    std::size_t next = 0;  // change
    Wire::Level level = Wire::Level::unknown;
  };
  std::vector<Place> places(wires.size());
  // The level at the end of a step. A change that is taken back within it leaves nothing to see.
  const auto level_at = [&](std::size_t number, std::uint64_t step) {
    const Wire& wire = *wires[number];
    Place& place = places[number];
    Wire::Level level = place.level;
    for (; place.next < wire.changes() && wire.time_ns(place.next) <= end_ns; ++place.next) {
      if (step_of(wire.time_ns(place.next)) > step) break;
      level = wire.level(place.next);
    }
    return level;
  };

  using Next = std::pair<std::uint64_t, std::size_t>;  // the step in which a wire changes
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  const auto expect_next = [&](std::size_t number) {
    const Wire& wire = *wires[number];
    const std::size_t next = places[number].next;
    if (next < wire.changes() && wire.time_ns(next) <= end_ns)
      queue.emplace(step_of(wire.time_ns(next)), number);
  };

  file_ << "#0\n$dumpvars\n";
  for (std::size_t i = 0; i < wires.size(); ++i) {
    places[i].level = wires[i]->first();
    places[i].level = level_at(i, 0);
    file_ << symbol(places[i].level) << code_of(i) << '\n';
    expect_next(i);
  }
  file_ << "$end\n";
  std::uint64_t written = 0;
  while (!queue.empty()) {
    const auto [step, number] = queue.top();
    queue.pop();
    const Wire::Level level = level_at(number, step);
    if (level != places[number].level) {
      if (step != written) file_ << '#' << step << '\n';
      written = step;
      places[number].level = level;
      file_ << symbol(level) << code_of(number) << '\n';
    }
    expect_next(number);
  }
  if (const std::uint64_t end = step_of(end_ns); end > written) file_ << '#' << end << '\n';
}

}  // namespace model
