#include "host/input.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "host/json_lines.hpp"
#include "mcu/board.hpp"
#include "parts/attributes.hpp"
#include "text/duration.hpp"
#include "text/nearest.hpp"
#include "trace/hooks.hpp"

namespace sim {
namespace {

using Event = Inputs::Event;

// One element of the file while it is read: each kind of input has a function that adds its events.
class Entry {
 public:
  Entry(const Json& json, const Diagram& diagram, std::vector<Event>& events)
      : json_(json), diagram_(diagram), events_(events), at_ns_(time(json.member("at"))) {
    text_.type = Json::Type::object;
    for (const Json::Member& member : json.members()) {
      if (member.name != "at") text_.member_values.push_back(member);
    }
  }

  void read() {
    struct Kind {
      const char* name;
      void (Entry::*read)();
    };
    static constexpr std::array<Kind, 6> kinds{{{"press", &Entry::press},
                                                {"release", &Entry::release},
                                                {"set", &Entry::set},
                                                {"uart", &Entry::uart},
                                                {"i2c", &Entry::i2c},
                                                {"send", &Entry::send}}};
    for (const Kind& kind : kinds) {
      if (json_.find(kind.name) != nullptr) return (this->*kind.read)();
    }
    json_.refuse_mistyped({"press", "release", "set", "uart", "i2c", "send"});
    throw FileError{
        json_.line,
        "what happens is missing: one of \"press\", \"release\", \"set\", \"send\", \"uart\", \"i2c\""};
  }

 private:
  // --- Values

  static std::uint64_t time(const Json& json) {
    if (json.type == Json::Type::string) {
      if (const std::optional<std::uint64_t> ns = text::parse_duration(json.string_value)) return *ns;
    }
    throw FileError{json.line, json.text() + " is not a time; write it with its unit: \"2s\", \"80ms\""};
  }
  std::uint64_t lasts() const { return time(json_.member("for")); }

  static unsigned bus(const Json& json, unsigned count) {
    const double number = json.number();
    for (unsigned i = 0; i < count; ++i) {
      if (number == i) return i;
    }
    throw FileError{json.line, "there is no such bus; a Pico has 0 and 1"};
  }

  Part& part(const Json& json, const std::string& id) const {
    if (Part* const found = diagram_.find(id)) return *found;
    std::vector<std::string> ids;
    for (const auto& known : diagram_.parts()) ids.push_back(known->id());
    const std::string meant = text::nearest(id, ids);
    throw FileError{json.line, "there is no part \"" + id + "\" in diagram.json" +
                                   (meant.empty() ? "" : "; did you mean " + meant + "?")};
  }
  static const Setting& setting(const Json& json, const Part& part, std::string_view name) {
    if (const Setting* const found = find_setting(part.settings(), name)) return *found;
    std::string known;
    for (const Setting& one : part.settings()) known += (known.empty() ? "" : ", ") + std::string(one.name);
    throw FileError{json.line, part.id() + " has no " + std::string(name) + "; it has " +
                                   (known.empty() ? "nothing that can be set" : known)};
  }
  static double allowed(const Json& json, const Part& part, const Setting& setting) {
    const double value = json.number();
    if (setting.allows(value)) return value;
    Json range;
    range.type = Json::Type::number;
    range.number_value = setting.lowest;
    std::string text = part.id() + '.' + std::string(setting.name) + " is " + range.text() + " to ";
    range.number_value = setting.highest;
    throw FileError{json.line, text + range.text() + (setting.unit.empty() ? "" : " ") +
                                   std::string(setting.unit) + ", not " + json.text()};
  }

  // --- Kinds

  void press() {
    json_.allow({"at", "press", "for"});
    press_or_release(json_.member("press"), 1);
    if (json_.find("for") == nullptr) return;
    Part& button = part(json_.member("press"), json_.member("press").string());
    const Setting& pressed = setting(json_.member("press"), button, "pressed");
    add(at_ns_ + lasts(), [&button, &pressed] { button.set(pressed, 0); });
  }
  void release() {
    json_.allow({"at", "release"});
    press_or_release(json_.member("release"), 0);
  }
  void press_or_release(const Json& json, double value) {
    Part& button = part(json, json.string());
    const Setting& pressed = setting(json, button, "pressed");
    begin([&button, &pressed, value] { button.set(pressed, value); });
  }

  void set() {
    json_.allow({"at", "set", "to", "curve"});
    const Json& json = json_.member("set");
    const std::size_t dot = json.string().rfind('.');
    if (dot == std::string::npos)
      throw FileError{json.line, "what to set is a part's id and a name: \"bmp1.temperature\""};
    Part& target = part(json, json.string_value.substr(0, dot));
    const Setting& what = setting(json, target, json.string_value.substr(dot + 1));
    if (const Json* const curve = json_.find("curve")) return follow(*curve, target, what);
    const double value = allowed(json_.member("to"), target, what);
    begin([&target, &what, value] { target.set(what, value); });
  }

  // Straight lines between the points, in steps of 10 ms.
  void follow(const Json& curve, Part& target, const Setting& what) {
    constexpr std::uint64_t step_ns = 10'000'000;
    if (json_.find("to") != nullptr) throw FileError{curve.line, "\"to\" or \"curve\", not both"};
    std::uint64_t last_ns = 0;
    double last = 0;
    bool first = true;
    for (const Json& point : curve.elements()) {
      if (point.elements().size() != 2)
        throw FileError{point.line, "a point of a curve is a time and a value: [\"10s\", 31.5]"};
      const std::uint64_t then_ns = time(point.element_values[0]);
      const double value = allowed(point.element_values[1], target, what);
      if (first) {
        begin([&target, &what, value] { target.set(what, value); }, then_ns);
      } else {
        if (then_ns < last_ns) throw FileError{point.line, "the points of a curve are in the order of time"};
        if (value != last && (then_ns - last_ns) / step_ns > 1'000'000)
          throw FileError{point.line, "this is too long for one line of a curve; give it a point between"};
        const double length = static_cast<double>(then_ns - last_ns);
        for (std::uint64_t ns = last_ns + step_ns; value != last && ns < then_ns; ns += step_ns) {
          const double now = last + (value - last) * (static_cast<double>(ns - last_ns) / length);
          add(at_ns_ + ns, [&target, &what, now] { target.set(what, now); });
        }
        add(at_ns_ + then_ns, [&target, &what, value] { target.set(what, value); });
      }
      first = false;
      last_ns = then_ns;
      last = value;
    }
    if (first) throw FileError{curve.line, "a curve has points: [[\"0s\", 20], [\"10s\", 30]]"};
  }

  void send() {
    json_.allow({"at", "send", "text"});
    const Json& json = json_.member("send");
    Part& target = part(json, json.string());
    const Json& words = json_.member("text");
    if (const std::string wrong = target.check(words.string()); !wrong.empty())
      throw FileError{words.line, target.id() + ": " + wrong};
    pass([&target, text = words.string()] { target.send(text); });
  }

  void uart() {
    json_.allow({"at", "uart", "send", "error"});
    const unsigned number = bus(json_.member("uart"), Uarts::count);
    using Kind = SerialFrame::Kind;
    Kind kind = Kind::byte;
    if (const Json* const json = json_.find("error")) {
      if (json->string() == "framing") {
        kind = Kind::without_stop;
      } else if (json->string() == "parity") {
        kind = Kind::wrong_parity;
      } else if (json->string() == "break") {
        kind = Kind::line_break;
      } else {
        throw FileError{json->line, "the error is \"framing\", \"parity\" or \"break\""};
      }
    }
    pass([number, kind, bytes = json_.member("send").string()] {
      board.uarts()[number].send_from_outside(bytes, kind);
    });
  }

  void i2c() {
    json_.allow({"at", "i2c", "nack", "hold", "stretch", "for"});
    const unsigned number = bus(json_.member("i2c"), I2cBuses::count);
    const std::uint64_t until_ns = at_ns_ + lasts();
    if (const Json* const nack = json_.find("nack")) {
      const std::uint8_t address = Attributes(&json_).i2c_address("nack", 0);
      begin([number, address, until_ns] { board.i2c()[number].refuse(address, until_ns); });
    } else if (const Json* const hold = json_.find("hold")) {
      if (hold->string() != "sda") throw FileError{hold->line, "what is held low is \"sda\""};
      begin([number, until_ns] { board.i2c()[number].hold_sda_low(until_ns); });
    } else {
      const std::uint64_t by_ns = time(json_.member("stretch"));
      begin([number, by_ns, until_ns] { board.i2c()[number].stretch(by_ns, until_ns); });
    }
  }

  // --- Events

  // The one that is traced.
  void begin(std::function<void()> happens, std::uint64_t later_ns = 0) {
    if (later_ns == 0) return events_.push_back({at_ns_, at_ns_, text_.text(), std::move(happens)});
    events_.push_back({at_ns_, at_ns_, text_.text(), [] {}});
    add(at_ns_ + later_ns, std::move(happens));
  }
  // Such a one that is over when it has happened.
  void pass(std::function<void()> happens) {
    events_.push_back({at_ns_, at_ns_, text_.text(), std::move(happens), false});
  }
  void add(std::uint64_t time_ns, std::function<void()> happens) {
    events_.push_back({time_ns, at_ns_, "", std::move(happens)});
  }

  const Json& json_;
  const Diagram& diagram_;
  std::vector<Event>& events_;
  std::uint64_t at_ns_;
  Json text_;
};

}  // namespace

std::optional<FileError> Inputs::read(std::string_view text, const Diagram& diagram) try {
  const Json file = read_json(text);
  for (const Json& json : file.elements()) Entry(json, diagram, events_).read();
  // What happens at one time has the order in which it began, as it has in a recorded file.
  std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.began_ns < b.began_ns;
  });
  return std::nullopt;
} catch (const FileError& error) {
  return error;
}

void Inputs::start() {
  for (; next_ < events_.size() && events_[next_].time_ns < board.now_ns(); ++next_) {
    if (events_[next_].lasts) events_[next_].happens();
  }
  if (next_ < events_.size()) board.cpu().alarms().set(alarm_, events_[next_].time_ns);
}

void Inputs::go_off() {
  const std::uint64_t now = board.now_ns();
  while (next_ < events_.size() && events_[next_].time_ns <= now) {
    const Event& event = events_[next_++];
    if (!event.text.empty()) {
      trace::emit(trace::Kind::input, 0, 0);
      trace::recorder.append_text(0, event.text.data(), event.text.size());
    }
    event.happens();
  }
  if (next_ < events_.size()) board.cpu().alarms().set(alarm_, events_[next_].time_ns);
}

}  // namespace sim
