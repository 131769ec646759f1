// The hooks the scheduler and its primitives call: each writes one record. With COROSCOPE_TRACE=0 they are
// empty inline functions of empty arguments, and the compiler leaves nothing of them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "trace/recorder.hpp"

namespace trace {

#if COROSCOPE_TRACE

inline void write(Record* at, std::uint64_t time_ns, Kind kind, std::uint32_t task, std::uint32_t object,
                  std::uint32_t site, std::uint8_t reason, std::uint16_t extra) {
  static_assert(std::endian::native == std::endian::little, "a trace is little-endian");
  const std::uint32_t what =
      static_cast<std::uint32_t>(kind) | static_cast<std::uint32_t>(reason) << 8 | std::uint32_t{extra} << 16;
  const std::uint64_t words[3] = {time_ns, task | std::uint64_t{object} << 32,
                                  site | std::uint64_t{what} << 32};
  std::memcpy(at, words, sizeof words);
}
inline void emit(Kind kind, std::uint32_t task, std::uint32_t object, std::uint32_t site = 0,
                 std::uint8_t reason = 0, std::uint16_t extra = 0) {
  write(recorder.room_for(1), recorder.now_ns(), kind, task, object, site, reason, extra);
}
inline void emit(Kind kind, std::uint32_t task, std::uint32_t object, Site site, std::uint8_t reason = 0,
                 std::uint16_t extra = 0) {
  // The number first: a file's name goes into the trace before what happened in it.
  const std::uint32_t site_id = recorder.site_id(site);
  emit(kind, task, object, site_id, reason, extra);
}

// What a traced object (Event, Lock, Queue …) carries: its number. Announces itself when constructed.
class Object {
 public:
  Object(ObjectKind kind, const char* name, Site site) : id_(recorder.next_object()) {
    const std::uint16_t name_id = recorder.text_id(name);
    emit(Kind::object_created, name_id, id_, site, static_cast<std::uint8_t>(kind));
  }
  std::uint32_t id() const { return id_; }

 private:
  std::uint32_t id_;
};

// What a task carries: its number, and while it waits for a device that of the object behind it.
class TaskNumber {
 public:
  std::uint32_t id() const { return id_; }
  void assign() { id_ = recorder.next_task(); }
  std::uint32_t device() const { return device_; }
  void set_device(std::uint32_t object) { device_ = object; }

 private:
  std::uint32_t id_ = 0;
  std::uint32_t device_ = 0;
};

inline void task_created(const TaskNumber& task, const TaskNumber* by, const char* name, Site site) {
  const std::uint16_t name_id = recorder.text_id(name);
  emit(Kind::task_created, task.id(), by != nullptr ? by->id() : 0, site, 0, name_id);
}
inline void task_ready(const TaskNumber& task, Reason reason, std::uint32_t object = 0,
                       Site site = {nullptr, 0}, bool priority = false) {
  emit(Kind::task_ready, task.id(), object, site, static_cast<std::uint8_t>(reason), priority ? 1 : 0);
}
// At the time of the record before, which the scheduler left, or came back to after idling, a moment ago.
inline void slice_begin(const TaskNumber& task) {
  write(recorder.room_for(1), recorder.last_ns(), Kind::slice_begin, task.id(), 0, 0, 0, 0);
  port::decision();
}
inline void slice_end(const TaskNumber& task, Reason reason, std::uint32_t object, Site site) {
  emit(Kind::slice_end, task.id(), object, site, static_cast<std::uint8_t>(reason));
}
// A task that gives way: two records, one look at the clock.
inline void yielded(const TaskNumber& task, Site site) {
  const std::uint32_t site_id = recorder.site_id(site);
  Record* const room = recorder.room_for(2);
  const std::uint64_t now = recorder.now_ns();
  const auto yield = static_cast<std::uint8_t>(Reason::yield);
  write(room, now, Kind::slice_end, task.id(), 0, site_id, yield, 0);
  write(room + 1, now, Kind::task_ready, task.id(), 0, 0, yield, 0);
}
inline void call(const TaskNumber& task, Site site) { emit(Kind::call, task.id(), 0, site); }
inline void call_return(const TaskNumber& task) { emit(Kind::call_return, task.id(), 0); }
inline void task_done(const TaskNumber& task, Outcome outcome) {
  emit(Kind::task_done, task.id(), 0, 0U, static_cast<std::uint8_t>(outcome));
}
// An event of an object that is not about one task: set, clear, put, get, value.
inline void object_event(Kind kind, const Object& object, Site site = {nullptr, 0}, std::size_t extra = 0) {
  emit(kind, 0, object.id(), site, 0, static_cast<std::uint16_t>(extra < 0xffff ? extra : 0xffff));
}
inline void task_event(Kind kind, const TaskNumber& task, std::uint32_t object = 0,
                       Site site = {nullptr, 0}) {
  emit(kind, task.id(), object, site);
}
inline void loop_event(Kind kind) { emit(kind, 0, 0); }
inline void isr_enter(const Object& isr) { emit(Kind::isr_enter, 0, isr.id()); }
inline void isr_exit(const Object& isr) { emit(Kind::isr_exit, 0, isr.id()); }
inline void flush() { recorder.flush(); }

#else

class Object {
 public:
  constexpr Object(ObjectKind, const char*, Site) {}
  static constexpr std::uint32_t id() { return 0; }
};
class TaskNumber {
 public:
  static constexpr std::uint32_t id() { return 0; }
  static constexpr void assign() {}
  static constexpr std::uint32_t device() { return 0; }
  static constexpr void set_device(std::uint32_t) {}
};
inline void task_created(const TaskNumber&, const TaskNumber*, const char*, Site) {}
inline void task_ready(const TaskNumber&, Reason, std::uint32_t = 0, Site = {}, bool = false) {}
inline void slice_begin(const TaskNumber&) {}
inline void slice_end(const TaskNumber&, Reason, std::uint32_t, Site) {}
inline void yielded(const TaskNumber&, Site) {}
inline void call(const TaskNumber&, Site) {}
inline void call_return(const TaskNumber&) {}
inline void task_done(const TaskNumber&, Outcome) {}
inline void object_event(Kind, const Object&, Site = {}, std::size_t = 0) {}
inline void task_event(Kind, const TaskNumber&, std::uint32_t = 0, Site = {}) {}
inline void loop_event(Kind) {}
inline void isr_enter(const Object&) {}
inline void isr_exit(const Object&) {}
inline void flush() {}

#endif

}  // namespace trace
