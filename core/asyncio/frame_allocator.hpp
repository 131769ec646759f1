// Memory for coroutine frames: free lists by size over memory that port::more_frame_memory() provides.
// Creating a coroutine takes from it, ending one gives back; nothing else in the scheduler allocates.
// Taking and giving back are a few instructions and never fail once a program's frames have all existed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "asyncio/port.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define COROSCOPE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COROSCOPE_ASAN 1
#endif
#endif
#ifdef COROSCOPE_ASAN
#include <sanitizer/asan_interface.h>
#endif

// Whether the compiler may place a frame some way into its block: see promise_base.hpp.
#ifndef COROSCOPE_SHIFTED_FRAMES
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#define COROSCOPE_SHIFTED_FRAMES 1
#else
#define COROSCOPE_SHIFTED_FRAMES 0
#endif
#endif

namespace asyncio {

// Of every frame, and the unit of their sizes. On a PC a cache line, so that what the loop touches of a
// sleeping task is one; elsewhere what the compiler needs.
inline constexpr std::size_t frame_alignment =
    sizeof(void*) == 8 ? 64 : (COROSCOPE_SHIFTED_FRAMES ? 4 : 2) * sizeof(void*);

class FrameAllocator {
 public:
  constexpr FrameAllocator() = default;

  // A block of at least `size` bytes, aligned for any frame. Throws MemoryError when there is no room.
  void* allocate(std::size_t size) {
    const std::size_t index = class_of(size);
    if (index < classes) [[likely]] {
      FreeBlock* block = free_[index];
      if (block != nullptr) [[likely]] {
        unpoison(block, (index + 1) * granule);
        free_[index] = block->next;
        return std::assume_aligned<frame_alignment>(block);
      }
    }
    return std::assume_aligned<frame_alignment>(allocate_slowly(size));
  }

  // Gives back what allocate(size) returned.
  void deallocate(void* memory, std::size_t size) noexcept {
    const std::size_t index = class_of(size);
    auto* block = static_cast<FreeBlock*>(memory);
    if (index < classes) [[likely]] {
      block->next = free_[index];
      free_[index] = block;
    } else {
      block->next = large_;
      block->size = rounded(size);
      large_ = block;
    }
    poison(block + 1, rounded(size) - sizeof *block);
  }

  // Uses this memory from now on and asks the port for no more: a fixed arena, aligned or not, that stays the
  // caller's and must outlive every frame in it. Frames that exist already stay where they are.
  void use_arena(void* memory, std::size_t size) noexcept;
  // Goes back to asking port::more_frame_memory(). Every frame in an arena must have ended.
  void use_port() noexcept;

  std::size_t live_frames() const noexcept;  // frames that exist now; counts them, so takes a while
  std::size_t bytes_reserved() const noexcept {
    return reserved_;
  }  // taken from the arena or the port so far

 private:
  // Frames up to 1 KiB (512 bytes on a 32-bit board) have free lists by size; larger ones share a list
  // searched for the exact size: a coroutine function's frames all have one size.
  static constexpr std::size_t granule = frame_alignment;
  static constexpr std::size_t classes = 128 * sizeof(void*) / granule;
  struct FreeBlock {
    FreeBlock* next;
    std::size_t size;  // bytes; kept for blocks of the large list only
  };
  static_assert(sizeof(FreeBlock) <= granule);

  static constexpr std::size_t class_of(std::size_t size) { return (size - 1) / granule; }
  static constexpr std::size_t rounded(std::size_t size) { return (class_of(size) + 1) * granule; }

  static void poison([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#ifdef COROSCOPE_ASAN
    ASAN_POISON_MEMORY_REGION(memory, size);
#endif
  }
  static void unpoison([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#ifdef COROSCOPE_ASAN
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
#endif
  }

  void* allocate_slowly(std::size_t size);
  void forget_free_blocks() noexcept;
  void add_memory(void* memory, std::size_t size) noexcept;

  FreeBlock* free_[classes] = {};
  FreeBlock* large_ = nullptr;
  std::byte* next_ = nullptr;  // the unused rest of the arena
  std::byte* end_ = nullptr;
  std::size_t reserved_ = 0;
  std::size_t carved_ = 0;  // blocks made since the arena began
  bool fixed_ = false;      // an arena was given: the port is not asked for more
};

// The board's one allocator of frames.
extern FrameAllocator frame_allocator;

}  // namespace asyncio
