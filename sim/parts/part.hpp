// Part: something wired to the board, as diagram.json says: a LED, a button, a sensor. It has legs, which are
// terminals of the wiring; it may have settings and understand words, which is how the world acts on it; and
// it may show something (a LED's brightness, a display's text), which goes into the trace.
//
// A part is one pair of files that says what it is; led.hpp is the shortest to begin with. part_list.cpp
// names them all.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/net.hpp"
#include "parts/setting.hpp"

namespace sim {

class Part : public NetListener {
 public:
  struct Leg {
    std::string_view name;
    Terminal* terminal;
  };

  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  const std::string& id() const { return id_; }
  const std::vector<Leg>& legs() const { return legs_; }
  // nullptr if it has none of that name.
  virtual Terminal* find_leg(std::string_view name);
  // "A and C".
  virtual std::string leg_names() const;

  // All that can be set from outside.
  virtual std::span<const Setting> settings() const { return {}; }
  // To a value the setting allows, from now on.
  virtual void set(const Setting& setting, double value) {
    static_cast<void>(setting), static_cast<void>(value);
  }
  // What was just set was so before the board started: it moves no more.
  virtual void come_to_rest() {}
  // Words or bytes from outside: a key of a remote control, what arrives on a modem's line. What would be
  // right instead of `text`, or nothing if it is right.
  virtual std::string check(std::string_view text) const;
  // Only what check() has nothing against.
  virtual void send(std::string_view text) { static_cast<void>(text); }

  void on_change(Terminal& terminal) override { static_cast<void>(terminal); }

 protected:
  explicit Part(std::string id) : id_(std::move(id)) {}

  // In the constructor. `name` is kept, not copied.
  void add_leg(std::string_view name, Terminal& terminal) { legs_.push_back({name, &terminal}); }
  // Writes "id: text" into the trace, if that is not what it shows already.
  void show(std::string text);
  // Also if it is the same again: a line that was heard.
  void show_each(std::string_view text) const;

 private:
  std::string id_;
  std::vector<Leg> legs_;
  std::string shown_;
};

}  // namespace sim
