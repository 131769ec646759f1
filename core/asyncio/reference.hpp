// Reference<T>: a pointer to an object that becomes nullptr when the object goes. The object has a
// References<T>, a list of them through themselves: nothing is allocated. For primitives: what a task keeps
// of a lock or a flag that the program may destroy first.
#pragma once

namespace asyncio {

template <class T>
class Reference;

template <class T>
class References {
 public:
  References() = default;
  References(const References&) = delete;
  References& operator=(const References&) = delete;
  ~References() {
    while (first_ != nullptr) {
      first_->object_ = nullptr;
      first_ = first_->next_;
    }
  }

  // Calls function(reference) for each; it may reset() that one.
  template <class Function>
  void for_each(Function function) {
    for (Reference<T>* at = first_; at != nullptr;) {
      Reference<T>* const next = at->next_;
      function(*at);
      at = next;
    }
  }

 private:
  friend Reference<T>;
  Reference<T>* first_ = nullptr;
};

template <class T>
class Reference {
 public:
  // `references` is a member of `object`.
  Reference(T& object, References<T>& references) noexcept : object_(&object) { join(references.first_); }
  Reference(const Reference& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) join(*other.previous_);
  }
  Reference& operator=(const Reference&) = delete;
  ~Reference() { reset(); }

  // nullptr once the object is gone, and after reset().
  T* get() const noexcept { return object_; }
  void reset() noexcept {
    if (object_ == nullptr) return;
    object_ = nullptr;
    *previous_ = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
  }

 private:
  friend References<T>;
  // In front of the one `before` points to.
  void join(Reference*& before) noexcept {
    next_ = before;
    if (next_ != nullptr) next_->previous_ = &next_;
    previous_ = &before;
    before = this;
  }

  T* object_;
  Reference* next_;
  Reference** previous_;  // what points to this one
};

}  // namespace asyncio
