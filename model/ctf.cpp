#include "model/ctf.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/notice.hpp"

namespace model {
namespace {

using trace::Kind;
using trace::Reason;

// Zephyr's event ids: subsys/tracing/ctf/ctf_top.h.
enum Event : std::uint8_t {
  thread_switched_out = 0x10,
  thread_switched_in = 0x11,
  thread_create = 0x13,
  thread_abort = 0x14,
  thread_ready = 0x17,
  thread_pending = 0x18,
  isr_enter = 0x1b,
  isr_exit = 0x1c,
  idle = 0x1e,
  mutex_init = 0x28,
  mutex_lock_blocking = 0x2a,
  mutex_lock_exit = 0x2b,
  mutex_unlock_exit = 0x2d,
  named_event = 0x62,
};

constexpr std::size_t name_size = 20;
constexpr std::uint32_t forever = 0xffffffff;  // a mutex' timeout

constexpr std::uint32_t packet_magic = 0xc1fc1fc1;
constexpr std::size_t packet_header_size = 4 + 4 * 8;
constexpr std::size_t full_packet = 64 * 1024;

constexpr const char* types_and_layout = R"(
typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
typealias integer { size = 32; align = 8; signed = true; } := int32_t;
typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
typealias integer { size = 8; align = 8; signed = false; encoding = UTF8; } := character;
typealias integer { size = 64; align = 8; signed = false; map = clock.board.value; } := board_time;

trace {
  major = 1;
  minor = 8;
  byte_order = le;
  packet.header := struct { uint32_t magic; };
};

clock {
  name = board;
  description = "the board's time since it started";
  freq = 1000000000;
};

stream {
  packet.context := struct {
    board_time timestamp_begin;
    board_time timestamp_end;
    uint64_t content_size;
    uint64_t packet_size;
  };
  event.header := struct { board_time timestamp; uint8_t id; };
};
)";

constexpr const char* thread_fields = "uint32_t thread_id; character name[20];";

struct EventType {
  const char* name;
  Event id;
  const char* fields;
};
constexpr EventType event_types[] = {
    {"thread_switched_out", thread_switched_out, thread_fields},
    {"thread_switched_in", thread_switched_in, thread_fields},
    {"thread_create", thread_create, thread_fields},
    {"thread_abort", thread_abort, thread_fields},
    {"thread_ready", thread_ready, thread_fields},
    {"thread_pending", thread_pending, thread_fields},
    {"isr_enter", isr_enter, ""},
    {"isr_exit", isr_exit, ""},
    {"idle", idle, ""},
    {"mutex_init", mutex_init, "uint32_t id; int32_t ret;"},
    {"mutex_lock_blocking", mutex_lock_blocking, "uint32_t id; uint32_t timeout;"},
    {"mutex_lock_exit", mutex_lock_exit, "uint32_t id; uint32_t timeout; int32_t ret;"},
    {"mutex_unlock_exit", mutex_unlock_exit, "uint32_t id; int32_t ret;"},
    {"named_event", named_event, "character name[20]; uint32_t arg0; uint32_t arg1;"},
};

// In the order of trace::UartError and trace::I2cError.
constexpr std::array uart_errors{"uart_overrun", "uart_framing", "uart_parity"};
constexpr std::array i2c_errors{"i2c_nobody", "i2c_data", "i2c_stuck", "i2c_stretched"};

template <std::size_t count>
const char* name_of(const std::array<const char*, count>& names, std::uint8_t reason) {
  return reason < count ? names[reason] : "error";
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\' && c > 0;
    result += plain ? c : '_';
  }
  return result + '"';
}

}  // namespace

std::string ctf_metadata(const TraceInfo& info) {
  std::string text = "/* CTF 1.8 */\n";  // by which readers know it
  text += types_and_layout;
  text += "\nenv {\n  lesson = " + quoted(info.lesson) + ";\n  board = " + quoted(info.board) +
          ";\n  seed = " + quoted(std::to_string(info.seed)) + ";\n  tracer_name = \"coroscope\";\n};\n";
  for (const EventType& type : event_types) {
    text += std::string("\nevent {\n  name = ") + type.name + ";\n  id = " + std::to_string(type.id) + ";\n";
    if (*type.fields != '\0') text += std::string("  fields := struct { ") + type.fields + " };\n";
    text += "};\n";
  }
  return text;
}

// --- Packets

void CtfWriter::number(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) packet_ += static_cast<char>(value >> 8 * i & 0xff);
}

// Cut between characters, and filled with zeros.
void CtfWriter::name(std::string_view text) {
  std::size_t size = std::min(text.size(), name_size);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  packet_ += text.substr(0, size);
  packet_.append(name_size - size, '\0');
}

void CtfWriter::event(std::uint8_t id, std::uint64_t time_ns) {
  if (packet_.size() >= full_packet) end_packet();
  if (packet_.empty()) begin_ns_ = time_ns;
  end_ns_ = time_ns;
  number(time_ns, 8);
  number(id, 1);
}

void CtfWriter::end_packet() {
  const std::string events = std::exchange(packet_, {});
  const std::uint64_t bits = (packet_header_size + events.size()) * 8;
  number(packet_magic, 4);
  number(begin_ns_, 8);
  number(end_ns_, 8);
  number(bits, 8);
  number(bits, 8);
  channel_ << packet_ << events;
  packet_.clear();
}

void CtfWriter::finish(const State&) {
  end_packet();
  channel_.flush();
}

// --- Events

void CtfWriter::thread(std::uint8_t id, const State& state, std::uint32_t task) {
  if (state.task(task) == nullptr) return;
  event(id, state.now_ns());
  number(task, 4);
  name(state.task_text(task));
}

void CtfWriter::leave(const State& state, std::uint32_t task) {
  if (task == 0 || running_ != task) return;
  thread(thread_switched_out, state, task);
  running_ = 0;
}

void CtfWriter::waits_for_lock(const State& state, std::uint32_t lock) {
  event(mutex_lock_blocking, state.now_ns());
  number(lock, 4);
  number(forever, 4);
}

void CtfWriter::mutex(const trace::Record& record, const State& state) {
  const bool created = record.kind == Kind::object_created;
  const bool locked = record.kind == Kind::lock_acquire;
  event(created ? mutex_init : locked ? mutex_lock_exit : mutex_unlock_exit, state.now_ns());
  number(record.object, 4);
  if (locked) number(forever, 4);
  number(0, 4);  // success
}

void CtfWriter::named(const State& state, std::string_view what, std::uint32_t first, std::uint32_t second) {
  event(named_event, state.now_ns());
  name(what);
  number(first, 4);
  number(second, 4);
}

void CtfWriter::write(const trace::Record& record, const State& state) {
  // What a part shows and what is done from outside is a text; of that there is room for the beginning.
  if (const ConsoleText* const part = state.part()) named(state, part->text);
  if (const ConsoleText* const input = state.input()) named(state, "> " + input_text(input->text));
  const auto reason = static_cast<Reason>(record.reason);
  switch (record.kind) {
    case Kind::task_created:
      thread(thread_create, state, record.task);
      break;
    case Kind::task_ready:
      thread(thread_ready, state, record.task);
      break;
    case Kind::slice_begin:
      leave(state, running_);
      thread(thread_switched_in, state, record.task);
      running_ = state.running();
      break;
    case Kind::slice_end:
      if (reason == Reason::lock) waits_for_lock(state, record.object);
      if (reason != Reason::yield && reason != Reason::finished) thread(thread_pending, state, record.task);
      leave(state, record.task);
      break;
    case Kind::task_done:
      thread(thread_abort, state, record.task);
      leave(state, record.task);
      break;
    case Kind::isr_enter:
      event(isr_enter, state.now_ns());
      break;
    case Kind::isr_exit:
      event(isr_exit, state.now_ns());
      break;
    case Kind::idle_begin:
      event(idle, state.now_ns());
      break;
    case Kind::object_created:
      if (static_cast<trace::ObjectKind>(record.reason) == trace::ObjectKind::lock) mutex(record, state);
      break;
    case Kind::lock_acquire:
    case Kind::lock_release:
      mutex(record, state);
      break;
    case Kind::reset:
      leave(state, running_);
      named(state, "reset", record.reason);
      break;
    default:
      other(record, state);
      break;
  }
}

void CtfWriter::other(const trace::Record& record, const State& state) {
  const char* const what = [&record] {
    switch (record.kind) {
      case Kind::pin:
        return "pin";
      case Kind::event_set:
        return "event_set";
      case Kind::event_clear:
        return "event_clear";
      case Kind::queue_put:
        return "queue_put";
      case Kind::queue_get:
        return "queue_get";
      case Kind::cancel:
        return "cancel";
      case Kind::hog:
        return "hog";
      case Kind::conflict:
        return "conflict";
      case Kind::uart_tx:
        return "uart_tx";
      case Kind::uart_rx:
        return "uart_rx";
      case Kind::uart_error:
        return name_of(uart_errors, record.reason);
      case Kind::i2c_start:
        return "i2c_start";
      case Kind::i2c_write:
        return "i2c_write";
      case Kind::i2c_read:
        return "i2c_read";
      case Kind::i2c_stop:
        return "i2c_stop";
      case Kind::i2c_error:
        return name_of(i2c_errors, record.reason);
      case Kind::pwm:
        return "pwm";
      case Kind::power:
        return "power";
      case Kind::lightsleep_begin:
        return "lightsleep_begin";
      case Kind::lightsleep_end:
        return "lightsleep_end";
      case Kind::stop:
        return "stop";
      default:
        return "";
    }
  }();
  if (*what == '\0') return;
  if (record.kind == Kind::hog || record.kind == Kind::cancel) {
    named(state, what, record.task, record.kind == Kind::hog ? record.object : 0);
  } else if (record.kind == Kind::stop) {
    named(state, what, record.reason, record.extra);
  } else if (record.kind == Kind::pwm) {
    named(state, "pwm GP" + std::to_string(record.object), record.task, record.extra);
  } else if (record.kind == Kind::power) {
    named(state, what, record.task, record.object);
  } else {
    named(state, what, record.object, record.extra);
  }
}

}  // namespace model
