#include "cli/input_record.hpp"

#include <nlohmann/json.hpp>

namespace cli {

using Json = nlohmann::ordered_json;

std::string exact_time_text(std::uint64_t time_ns) {
  struct Unit {
    std::uint64_t ns;
    const char* name;
  };
  for (const Unit unit : {Unit{1'000'000'000, "s"}, Unit{1'000'000, "ms"}, Unit{1'000, "us"}}) {
    if (time_ns % unit.ns == 0) return std::to_string(time_ns / unit.ns) + unit.name;
  }
  return std::to_string(time_ns) + "ns";
}

void InputRecord::write(const trace::Record&, const model::State& state) {
  const model::ConsoleText* const input = state.input();
  if (input == nullptr) return;
  const Json done = Json::parse(input->text, nullptr, false);
  if (!done.is_object()) return;
  Json line{{"at", exact_time_text(input->time_ns)}};
  for (const auto& [key, value] : done.items()) {
    if (key != "at") line[key] = value;
  }
  out_ << (first_ ? "[\n" : ",\n") << line.dump(-1, ' ', false, Json::error_handler_t::replace);
  first_ = false;
}

void InputRecord::finish(const model::State&) {
  out_ << (first_ ? "[]\n" : "\n]\n");
  out_.flush();
}

}  // namespace cli
