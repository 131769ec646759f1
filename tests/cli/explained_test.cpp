// What the text view says of programs that do something particular.
#include "program.hpp"

namespace {

class Explained : public program::Test {
 protected:
  // What is shown of a program with that body, run for that long.
  std::string shown(const std::string& program, const std::string& time) {
    program::write(folder_ / "own.cpp",
                   "#include \"asyncio.hpp\"\n#include \"machine.hpp\"\n#include \"time.hpp\"\n" + program);
    const program::Output output = coroscope("run own.cpp --for " + time);
    EXPECT_EQ(output.err, "");
    return output.out;
  }
};

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(Explained, ALoopWithoutTasksIsBusyAndItsPinsAreDrawn) {
  const std::string text = shown(
      "int main() { machine::Pin led(25, machine::Pin::OUT);\n"
      "while (true) { led.toggle(); time::sleep_ms(500); } }\n",
      "2s");
  EXPECT_SAYS(text, "the CPU was busy 100.0 % of the time");
  EXPECT_SAYS(text, "GP25 ▔▔");
}

TEST_F(Explained, MainGetsNoArgumentsAndConstructorsMayPrint) {
  const std::string text = shown(
      "#include <iostream>\n"
      "struct Early { Early() { print(\"early\\n\"); std::cout << \"streamed\\n\"; } } early;\n"
      "int main(int argc, char** argv) { print(\"%d %d\\n\", argc, argv[argc] == nullptr); }\n",
      "1s");
  EXPECT_SAYS(text, "│ early");
  EXPECT_SAYS(text, "│ streamed");
  EXPECT_SAYS(text, "│ 1 1");
}

TEST_F(Explained, WhoSetAFlagAndHowLongItsTaskWaited) {
  const std::string text = shown(
      "asyncio::ThreadSafeFlag flag;\n"
      "asyncio::Coro<> flagger() { co_await flag.wait(); }\n"
      "asyncio::Coro<> hog() { co_await asyncio::sleep_ms(5); flag.set(); time::sleep_ms(100); }\n"
      "asyncio::Coro<> start() { co_await asyncio::gather(flagger(), hog()); }\n"
      "int main() { asyncio::run(start()); }\n",
      "1s");
  EXPECT_SAYS(text, "flagger  hog set flag");
  EXPECT_SAYS(text, "sets flag");
  EXPECT_SAYS(text, "its ThreadSafeFlag `flag` was set by hog at 5.00");
}

TEST_F(Explained, TheOwnersOfALockAreToldApart) {
  const std::string text = shown(
      "asyncio::Lock bus;\n"
      "asyncio::Coro<> worker() { for (;;) { auto guard = co_await bus.scoped(); co_await "
      "asyncio::sleep_ms(10); } }\n"
      "asyncio::Coro<> start() { auto a = asyncio::create_task(worker());\n"
      "auto b = asyncio::create_task(worker());\n"
      "co_await a; }\n"
      "int main() { asyncio::run(start()); }\n",
      "100ms");
  EXPECT_SAYS(text, "bus WWW");
  EXPECT_SAYS(text, "222");
  EXPECT_SAYS(text, "has the lock: W worker  2 worker#2");
}

TEST_F(Explained, WaitForWaitsForATimeAtMost) {
  const std::string text = shown(
      "asyncio::Coro<> slow() { co_await asyncio::sleep(1s); }\n"
      "asyncio::Coro<> start() { try { co_await asyncio::wait_for_ms(slow(), 10); }\n"
      "catch (const asyncio::TimeoutError&) {} }\n"
      "int main() { asyncio::run(start()); }\n",
      "1s");
  EXPECT_SAYS(text, "the end of slow, until 10 ms");
  EXPECT_SAYS(text, "its time is up");
}

TEST_F(Explained, SemaphoresAndBarriersAreUsed) {
  const std::string text = shown(
      "asyncio::Semaphore places(1);\nasyncio::Barrier meeting(2);\n"
      "asyncio::Coro<> guest() { co_await places.acquire(); co_await asyncio::sleep_ms(1); "
      "places.release();\n"
      "co_await meeting.wait(); }\n"
      "asyncio::Coro<> start() { co_await asyncio::gather(guest(), guest()); }\n"
      "int main() { asyncio::run(start()); }\n",
      "1s");
  EXPECT_SAYS(text, "acquires places");
  EXPECT_SAYS(text, "arrives at meeting");
}

TEST_F(Explained, AResetIsSaidWithItsLineAlsoAfterTheLoop) {
  const std::string text = shown(
      "asyncio::Coro<> start() { co_await asyncio::sleep_ms(5); }\n"
      "int main() {\n"
      "  asyncio::run(start());\n"
      "  if (machine::reset_cause() == machine::PWRON_RESET)\n"
      "    machine::reset();\n"
      "}\n",
      "1s");
  EXPECT_SAYS(text, "the program resets the board, at own.cpp:8");
}

TEST_F(Explained, WhoIdlesIsNotBusy) {
  const std::string text = shown(
      "asyncio::Coro<> start() {\n"
      "  machine::Timer tick;\n"
      "  tick.init({.period_us = 100'000}, [](machine::Timer&) {});\n"
      "  for (int i = 0; i < 10; ++i) machine::idle();\n"
      "  print(\"done\\n\");\n"
      "  co_return;\n"
      "}\n"
      "int main() { asyncio::run(start()); }\n",
      "2s");
  EXPECT_SAYS(text, "the CPU was busy <0.1 % of the time");
  EXPECT_SAYS(text, "│ done");
  EXPECT_SAYS(text, "12 mA on average");
}

}  // namespace
