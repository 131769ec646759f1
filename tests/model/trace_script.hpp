// Traces written by hand, for tests of what they mean: each call appends the records a board would have made.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "trace/record.hpp"

namespace trace_script {

using trace::Kind;
using trace::ObjectKind;
using trace::Reason;
using trace::Record;

class Script {
 public:
  const std::vector<Record>& records() const { return records_; }

  Script& at(std::uint64_t microseconds) { return at_ns(microseconds * 1000); }
  Script& at_ns(std::uint64_t nanoseconds) {
    time_ns_ = nanoseconds;
    return *this;
  }
  std::uint64_t now_ns() const { return time_ns_; }
  // The number of a text, sent the first time.
  std::uint16_t text(const std::string& text) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i] == text) return static_cast<std::uint16_t>(i + 1);
    }
    texts_.push_back(text);
    send_text(static_cast<std::uint32_t>(texts_.size()), text);
    return static_cast<std::uint16_t>(texts_.size());
  }
  std::uint32_t site(const std::string& file, unsigned line) {
    return std::uint32_t{text(file)} << 16 | line;
  }
  std::uint32_t line(unsigned number) { return site("main.cpp", number); }

  Script& add(Kind kind, std::uint32_t task, std::uint32_t object = 0, std::uint32_t site = 0,
              std::uint8_t reason = 0, std::uint16_t extra = 0) {
    records_.push_back({time_ns_, task, object, site, kind, reason, extra});
    return *this;
  }
  Script& object(std::uint32_t number, ObjectKind kind, const std::string& name, std::uint32_t site) {
    const std::uint32_t id = name.empty() ? 0 : text(name);
    return add(Kind::object_created, id, number, site, static_cast<std::uint8_t>(kind));
  }
  Script& create(std::uint32_t task, const std::string& name, std::uint32_t by, std::uint32_t site) {
    const std::uint16_t id = name.empty() ? std::uint16_t{0} : text(name);
    add(Kind::task_created, task, by, site, 0, id);
    return ready(task, Reason::created, 0, site);
  }
  Script& ready(std::uint32_t task, Reason reason, std::uint32_t object = 0, std::uint32_t site = 0,
                bool priority = false) {
    return add(Kind::task_ready, task, object, site, static_cast<std::uint8_t>(reason), priority ? 1 : 0);
  }
  Script& begin(std::uint32_t task) { return add(Kind::slice_begin, task); }
  Script& end(std::uint32_t task, Reason reason, std::uint32_t object, std::uint32_t site) {
    return add(Kind::slice_end, task, object, site, static_cast<std::uint8_t>(reason));
  }
  Script& done(std::uint32_t task, trace::Outcome outcome = trace::Outcome::returned) {
    return add(Kind::task_done, task, 0, 0, static_cast<std::uint8_t>(outcome));
  }
  Script& console(const std::string& text) {
    add(Kind::console, 0);
    send_text(0, text);
    return *this;
  }
  Script& input(const std::string& text) {
    add(Kind::input, 0);
    send_text(0, text);
    return *this;
  }
  Script& part(const std::string& text) {
    add(Kind::part, 0);
    send_text(0, text);
    return *this;
  }
  // The board starts again: tasks, objects and texts are numbered from 1.
  Script& reset(std::uint8_t cause) {
    texts_.clear();
    return add(Kind::reset, 0, 0, 0, cause);
  }
  Script& stop(trace::Stop why, std::uint16_t extra = 0, const std::string& message = "") {
    add(Kind::stop, 0, 0, 0, static_cast<std::uint8_t>(why), extra);
    return this->message(message);
  }
  // Of the stop before.
  Script& message(const std::string& text) {
    if (!text.empty()) send_text(0, text);
    return *this;
  }

 private:
  void send_text(std::uint32_t id, const std::string& text) {
    for (std::size_t from = 0, part = 0;; from += 16, ++part) {
      trace::TextRecord piece{{}, id, Kind::text, 0, static_cast<std::uint16_t>(part)};
      const std::string bytes = text.substr(from, 16);
      std::memcpy(piece.text, bytes.data(), bytes.size());
      piece.length = static_cast<std::uint8_t>(bytes.size());
      Record record;
      std::memcpy(&record, &piece, sizeof record);
      records_.push_back(record);
      if (bytes.size() < 16) return;
    }
  }

  std::uint64_t time_ns_ = 0;
  std::vector<std::string> texts_;
  std::vector<Record> records_;
};

// Three tasks and a lock: anna holds it, ben waits for it, cleo sleeps and comes too late.
inline Script lock_story() {
  Script s;
  s.object(1, ObjectKind::lock, "bus", s.line(3));
  s.at(0).create(1, "main", 0, s.line(40)).add(Kind::run_begin, 1);
  s.begin(1);
  s.create(2, "anna", 1, s.line(31)).create(3, "ben", 1, s.line(32)).create(4, "cleo", 1, s.line(33));
  s.at(2).end(1, Reason::task, 2, s.line(34));
  s.begin(2).at(4).add(Kind::lock_acquire, 2, 1, s.line(10)).end(2, Reason::sleep, 10, s.line(11));
  s.begin(3).at(6).end(3, Reason::lock, 1, s.line(10));
  s.begin(4).at(8).end(4, Reason::sleep, 9, s.line(20));
  s.add(Kind::idle_begin, 0).at(9000).add(Kind::idle_end, 0).ready(4, Reason::sleep);
  s.begin(4).at(12000).end(4, Reason::lock, 1, s.line(10));  // a slice of 3 ms
  s.ready(2, Reason::sleep);                                 // due at 10 ms, seen at 12 ms
  s.begin(2).at(12002).add(Kind::lock_release, 2, 1, s.line(13)).ready(3, Reason::lock, 1, s.line(13));
  s.at(12005).end(2, Reason::sleep, 112, s.line(14));
  s.begin(3).at(12007).add(Kind::lock_acquire, 3, 1, s.line(10)).end(3, Reason::sleep, 32, s.line(11));
  s.add(Kind::idle_begin, 0).at(20000).stop(trace::Stop::time_up);
  return s;
}

}  // namespace trace_script
