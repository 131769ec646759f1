// asyncio_iterator_event.py: the loop stays alive while an asynchronous iteration waits for its last event
// from outside the loop.

#include <optional>
#include <string>
#include <utility>

#include "micropython.hpp"

namespace conformance {
namespace {

class AsyncIterable {
 public:
  // The next message; none ends the iteration.
  Coro<std::optional<std::string>> next() {
    co_await event_.wait();
    event_.clear();
    co_return message_;
  }

  void fetch_data(std::string message) {
    message_ = std::move(message);
    event_.set();
  }
  void fetch_end() {
    message_.reset();
    event_.set();
  }

 private:
  std::optional<std::string> message_;
  asyncio::Event event_;
};

Coro<> feed(AsyncIterable& iterable) {
  for (int x = 0; x < 3; ++x) {
    co_await asyncio::sleep(100ms);
    iterable.fetch_data("bar " + std::to_string(x));
  }
}

Coro<> main_task() {
  AsyncIterable iterable;
  asyncio::create_task(feed(iterable));
  virtual_board::interrupt_at_us(virtual_board::now_us() + 500'000, [&iterable] {
    print("good: asyncio iterator is still pending, exiting\n");
    iterable.fetch_end();
  });
  while (const std::optional<std::string> message = co_await iterable.next()) {
    print("%s\n", message->c_str());
  }
  print("end main\n");
}

TEST_F(MicroPython, asyncio_iterator_event) {
  asyncio::run(main_task());

  expect_lines(R"(
bar 0
bar 1
bar 2
good: asyncio iterator is still pending, exiting
end main
)");
}

}  // namespace
}  // namespace conformance
