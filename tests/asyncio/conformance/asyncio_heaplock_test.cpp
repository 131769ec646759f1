// asyncio_heaplock.py: no allocation by switching tasks, by sleep_ms(), by StreamWriter::write() to a device
// that takes the bytes, or of few bytes to one that does not.

#include <array>
#include <cstddef>
#include <cstdint>

#include "asyncio/frame_allocator.hpp"
#include "counting_heap.hpp"
#include "micropython.hpp"

namespace conformance {
namespace {

// Python's heap_lock() and heap_unlock(): the test fails if anything was allocated during its life. The
// program below gives no frame back while it runs, so a new one would be new memory.
class HeapLock {
 public:
  HeapLock() = default;
  HeapLock(const HeapLock&) = delete;
  HeapLock& operator=(const HeapLock&) = delete;
  ~HeapLock() {
    const std::size_t allocations = heap_allocations() - allocations_;
    EXPECT_EQ(allocations, 0U);
    EXPECT_EQ(asyncio::frame_allocator.live_frames(), frames_);
    EXPECT_EQ(asyncio::frame_allocator.bytes_reserved(), frame_bytes_);
  }

 private:
  std::size_t frames_ = asyncio::frame_allocator.live_frames();
  std::size_t frame_bytes_ = asyncio::frame_allocator.bytes_reserved();
  std::size_t allocations_ = heap_allocations();
};

// The board keeps what was printed and when it slept. Room for that beforehand: only the loop is tested here.
void make_room_on_board() {
  const_cast<std::string&>(virtual_board::output()).reserve(1000);
  const_cast<std::vector<std::uint64_t>&>(virtual_board::idle_deadlines()).reserve(100);
}

class TestStream : public asyncio::IOBase {
 public:
  // Bytes that come from `byte_array` itself are printed as Python prints a bytearray: they were not copied.
  explicit TestStream(bool blocked, const void* byte_array = nullptr)
      : blocked_(blocked), byte_array_(byte_array) {}

  std::ptrdiff_t write(const void* data, std::size_t size) override {
    const bool in_place = byte_array_ != nullptr && data == byte_array_;
    const auto* const text = static_cast<const char*>(data);
    print(in_place ? "TestStream.write bytearray(b'%.*s')\n" : "TestStream.write b'%.*s'\n",
          static_cast<int>(size), text);
    return blocked_ ? would_block : static_cast<std::ptrdiff_t>(size);
  }
  int ioctl(int request, int flags) override {
    return request == asyncio::MP_STREAM_POLL ? flags : asyncio::MP_STREAM_ERROR;
  }

 private:
  bool blocked_;
  const void* byte_array_;
};

Coro<> task(int id, int n, int delay) {
  for (int i = 0; i < n; ++i) {
    print("%d %d\n", id, i);
    co_await asyncio::sleep_ms(delay);
  }
}

Coro<> main_task() {
  const Task<> t1 = asyncio::create_task(task(1, 4, 100));
  const Task<> t2 = asyncio::create_task(task(2, 2, 250));

  // Switching and sleeping.
  {
    const HeapLock locked;
    print("start\n");
    co_await asyncio::sleep_ms(5);
    print("sleep\n");
    co_await asyncio::sleep_ms(350);
    print("finish\n");
  }

  // Writing to a device that takes nothing now.
  {
    TestStream stream(true);
    asyncio::StreamWriter writer(stream);
    const HeapLock locked;
    writer.write("12");
  }

  // Writing to one that takes it.
  {
    const std::array<std::uint8_t, 2> buffer = {'5', '6'};
    TestStream stream(false, buffer.data());
    asyncio::StreamWriter writer(stream);
    const HeapLock locked;
    writer.write("34");
    writer.write(buffer);
  }
}

TEST_F(MicroPython, asyncio_heaplock) {
  make_room_on_board();
  asyncio::run(main_task());

  expect_lines(R"(
start
1 0
2 0
sleep
1 1
1 2
2 1
1 3
finish
TestStream.write b'12'
TestStream.write b'34'
TestStream.write bytearray(b'56')
)");
}

}  // namespace
}  // namespace conformance
