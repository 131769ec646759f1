// Marks the measured part of an operation. A competitor calls begin() once its set-up is done and end() when
// the last operation is; the benchmark then runs its stopwatch, the counter its instruction count.
#pragma once

namespace bench {

class Meter {
 public:
  Meter() = default;
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  virtual void begin() = 0;
  virtual void end() = 0;

 protected:
  ~Meter() = default;
};

}  // namespace bench
