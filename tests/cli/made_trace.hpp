// A .cstrace of records written by hand.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "model/cstrace.hpp"
#include "model/trace_script.hpp"

namespace made_trace {

inline void write(const std::filesystem::path& path, const trace_script::Script& script) {
  model::TraceInfo info{"buses", "pico", 7, 1'000'000'000, "main.cpp", {}};
  std::ofstream file(path, std::ios::binary);
  model::CstraceWriter writer(file, info);
  writer.write(script.records().data(), script.records().size());
  writer.finish();
}

}  // namespace made_trace
