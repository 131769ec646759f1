#include "asyncio/frame_allocator.hpp"

#include "asyncio/exceptions.hpp"

namespace asyncio {

constinit FrameAllocator frame_allocator;

void* FrameAllocator::allocate_slowly(std::size_t size) {
  const std::size_t needed = rounded(size);
  if (class_of(size) >= classes) {
    for (FreeBlock** link = &large_; *link != nullptr; link = &(*link)->next) {
      FreeBlock* const block = *link;
      if (block->size != needed) continue;
      unpoison(block, needed);
      *link = block->next;
      return block;
    }
  }
  if (static_cast<std::size_t>(end_ - next_) < needed) {
    if (fixed_) throw MemoryError();
    const port::Memory memory = port::more_frame_memory(needed + granule);
    if (memory.begin == nullptr) throw MemoryError();
    add_memory(memory.begin, memory.size);
    if (static_cast<std::size_t>(end_ - next_) < needed) throw MemoryError();
  }
  std::byte* const block = next_;
  next_ += needed;
  reserved_ += needed;
  ++carved_;
  return block;
}

void FrameAllocator::add_memory(void* memory, std::size_t size) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t skipped = (granule - address % granule) % granule;
  next_ = static_cast<std::byte*>(memory) + (skipped < size ? skipped : size);
  end_ = static_cast<std::byte*>(memory) + size;
}

void FrameAllocator::forget_free_blocks() noexcept {
  for (FreeBlock*& list : free_) list = nullptr;
  large_ = nullptr;
  reserved_ = 0;
  carved_ = 0;
}

std::size_t FrameAllocator::live_frames() const noexcept {
  std::size_t free_blocks = 0;
  const auto count = [&free_blocks](const FreeBlock* block) {
    while (block != nullptr) {
      ++free_blocks;
      block = block->next;
    }
  };
  for (const FreeBlock* list : free_) count(list);
  count(large_);
  return carved_ - free_blocks;
}

void FrameAllocator::use_arena(void* memory, std::size_t size) noexcept {
  forget_free_blocks();
  add_memory(memory, size);
  fixed_ = true;
}

void FrameAllocator::use_port() noexcept {
  forget_free_blocks();
  next_ = end_ = nullptr;
  fixed_ = false;
}

}  // namespace asyncio
