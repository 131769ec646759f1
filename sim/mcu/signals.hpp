// What becomes of a firmware that crashes or hangs: the trace is completed as far as possible, then the
// process ends.
#pragma once

namespace sim {

// A signal such as SIGSEGV records Stop::crashed, with the line, and then ends the process as it would have.
// In an empty endless loop the board's time is made to pass. Seconds of real CPU time in which it does not
// are Stop::hung, and so are seconds in which the process waits for the host. SIGTERM, SIGINT and SIGHUP end
// the run with Stop::interrupted and a complete trace.
void watch_for_crashes_and_hangs();

}  // namespace sim
