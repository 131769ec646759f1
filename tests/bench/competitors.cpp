// The table. BENCH_REFERENCES enters bare and asio, BENCH_COROSCOPE (a name: coroscope, coroscope_traced)
// ours.
#include "competitors.hpp"

#include <vector>

namespace bench {

const std::vector<Competitor>& competitors() {
  static const std::vector<Competitor> all{
#ifdef BENCH_REFERENCES
      {"bare", Operation::yield, bare::yield},
      {"bare", Operation::ping_pong, bare::ping_pong},
      {"bare", Operation::lock_handoff, bare::lock_handoff},
      {"bare", Operation::spawn, bare::spawn},
      {"bare_wheel256x4", Operation::wake, bare::wake_wheel256x4},
      {"bare_heap4", Operation::wake, bare::wake_heap4},
      {"bare_std_heap", Operation::wake, bare::wake_std_heap},
      {"bare_pairing_heap", Operation::wake, bare::wake_pairing_heap},
      {"asio", Operation::yield, asio_reference::yield},
      {"asio", Operation::ping_pong, asio_reference::ping_pong},
      {"asio", Operation::lock_handoff, asio_reference::lock_handoff},
      {"asio", Operation::spawn, asio_reference::spawn},
      {"asio", Operation::wake, asio_reference::wake},
#endif
#ifdef BENCH_COROSCOPE
      {BENCH_COROSCOPE, Operation::yield, coroscope_under_test::yield},
      {BENCH_COROSCOPE, Operation::ping_pong, coroscope_under_test::ping_pong},
      {BENCH_COROSCOPE, Operation::lock_handoff, coroscope_under_test::lock_handoff},
      {BENCH_COROSCOPE, Operation::spawn, coroscope_under_test::spawn},
      {BENCH_COROSCOPE, Operation::wake, coroscope_under_test::wake},
#endif
  };
  return all;
}

}  // namespace bench
