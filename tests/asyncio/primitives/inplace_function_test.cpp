#include "asyncio/inplace_function.hpp"

#include <gtest/gtest.h>

#include <memory>

using asyncio::InplaceFunction;

namespace {

int twice(int x) { return 2 * x; }

// Counts how many of it exist.
struct Counted {
  explicit Counted(int* living) : count(living) { ++*count; }
  Counted(const Counted& other) : count(other.count) { ++*count; }
  Counted(Counted&& other) noexcept : count(other.count) { ++*count; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*count; }
  void operator()() const {}
  int* count;
};

TEST(InplaceFunctionTest, CallsAFunctionALambdaAndAFunctor) {
  InplaceFunction<int(int)> function = twice;
  EXPECT_EQ(function(4), 8);
  int offset = 3;
  function = [&offset](int x) { return x + offset; };
  offset = 5;
  EXPECT_EQ(function(4), 9);
}

TEST(InplaceFunctionTest, KeepsTheStateOfAMutableLambda) {
  InplaceFunction<int()> count = [n = 0]() mutable { return ++n; };
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(count(), 2);
}

TEST(InplaceFunctionTest, PassesReferencesAndMoveOnlyArguments) {
  int target = 1;
  InplaceFunction<void(int&)> add = [](int& x) { ++x; };
  add(target);
  EXPECT_EQ(target, 2);
  InplaceFunction<int(std::unique_ptr<int>)> open = [](std::unique_ptr<int> box) { return *box; };
  EXPECT_EQ(open(std::make_unique<int>(7)), 7);
}

TEST(InplaceFunctionTest, HoldsWhatCanOnlyBeMoved) {
  InplaceFunction<int()> first = [box = std::make_unique<int>(7)] { return *box; };
  InplaceFunction<int()> second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  ASSERT_TRUE(second);
  EXPECT_EQ(second(), 7);
}

TEST(InplaceFunctionTest, AValueIsIgnoredWhereVoidIsAskedFor) {
  int calls = 0;
  InplaceFunction<void()> function = [&calls] { return ++calls; };
  function();
  EXPECT_EQ(calls, 1);
}

TEST(InplaceFunctionTest, AnEmptyOneIsFalseAndThrowsWhenCalled) {
  InplaceFunction<void()> function;
  EXPECT_FALSE(function);
  EXPECT_THROW(function(), asyncio::RuntimeError);
  function = [] {};
  EXPECT_TRUE(function);
  function = nullptr;
  EXPECT_FALSE(function);
  int (*null)(int) = nullptr;
  const InplaceFunction<int(int)> from_null = null;
  EXPECT_FALSE(from_null);
}

TEST(InplaceFunctionTest, WhatItHoldsIsDestroyedOnce) {
  int living = 0;
  {
    InplaceFunction<void()> first = Counted(&living);
    EXPECT_EQ(living, 1);
    InplaceFunction<void()> second = std::move(first);
    EXPECT_EQ(living, 1);
    second = Counted(&living);
    EXPECT_EQ(living, 1);
    InplaceFunction<void()>& same = second;
    second = std::move(same);
    EXPECT_EQ(living, 1);
  }
  EXPECT_EQ(living, 0);
}

TEST(InplaceFunctionTest, IsTheSizeOfItsCapacityAndAPointer) {
  EXPECT_LE(sizeof(InplaceFunction<void(), 32>), 32 + alignof(std::max_align_t));
}

}  // namespace
