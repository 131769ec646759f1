#include "drivers/nec_decoder.hpp"

#include <gtest/gtest.h>

#include "nec_burst.hpp"

using drivers::NecCode;
using drivers::NecDecoder;

namespace {

void feed(NecDecoder& decoder, const nec::Burst& burst, std::uint32_t time = 0) {
  decoder.edge(time);
  for (const std::uint32_t width : burst) decoder.edge(time += width);
}
NecCode decode(NecDecoder& decoder, const nec::Burst& burst, bool extended = false) {
  feed(decoder, burst);
  return decoder.decode(extended);
}
NecCode decode(const nec::Burst& burst, bool extended = false) {
  NecDecoder decoder;
  return decode(decoder, burst, extended);
}
NecCode code(int data, int address) { return {data, address}; }

TEST(NecDecoderTest, ABlockIsAnAddressAndACommand) {
  EXPECT_EQ(decode(nec::key(0x59, 0x16)), code(0x16, 0x59));
  EXPECT_EQ(nec::key(0x59, 0x16).size() + 1, std::size_t{NecDecoder::edges_of_a_block});
}

TEST(NecDecoderTest, EveryAddressAndCommandIsDecoded) {
  NecDecoder decoder;
  for (std::uint32_t i = 0; i < 256; ++i) {
    const auto other = 255 - i * 7 % 256;
    EXPECT_EQ(decode(decoder, nec::key(i, other)), code(static_cast<int>(other), static_cast<int>(i)));
  }
}

TEST(NecDecoderTest, ExtendedAddressesHave16Bits) {
  EXPECT_EQ(decode(nec::extended_key(0x1234, 0x16), true), code(0x16, 0x1234));
  EXPECT_EQ(decode(nec::extended_key(0xffff, 0x16), true), code(0x16, 0xffff));
}

TEST(NecDecoderTest, AnExtendedDecoderStillKnowsShortAddresses) {
  EXPECT_EQ(decode(nec::key(0x59, 0x16), true), code(0x16, 0x59));
}

TEST(NecDecoderTest, ARepeatHasTheAddressOfTheLastGoodBlock) {
  NecDecoder decoder;
  EXPECT_EQ(decode(decoder, nec::repeat()), code(NecCode::REPEAT, 0));
  decode(decoder, nec::key(0x59, 0x16));
  EXPECT_EQ(decode(decoder, nec::repeat()), code(NecCode::REPEAT, 0x59));
  decode(decoder, nec::block(0xff00ff77));
  EXPECT_EQ(decode(decoder, nec::repeat()), code(NecCode::REPEAT, 0x59));
  EXPECT_FALSE(decode(decoder, nec::repeat()).is_error());
}

TEST(NecDecoderTest, AShortFirstMarkIsABadStart) {
  nec::Burst burst = nec::key(1, 2);
  burst[0] = 4000;
  EXPECT_EQ(decode(burst), code(NecCode::BADSTART, 0));
  burst[0] = 4001;
  EXPECT_EQ(decode(burst), code(2, 1));
  EXPECT_EQ(decode({200}), code(NecCode::BADSTART, 0));
  EXPECT_EQ(decode({}), code(NecCode::BADSTART, 0));
  EXPECT_EQ(decode({9000}), code(NecCode::BADSTART, 0));
  EXPECT_TRUE(decode({}).is_error());
  EXPECT_EQ(NecDecoder().decode(false), code(NecCode::BADSTART, 0));
}

TEST(NecDecoderTest, AShortSpaceAfterTheFirstMarkIsABadStart) {
  nec::Burst burst = nec::key(1, 2);
  burst[1] = 1700;
  EXPECT_EQ(decode(burst), code(NecCode::BADSTART, 0));
}

TEST(NecDecoderTest, TooFewEdgesAreABadBlock) {
  nec::Burst burst = nec::key(1, 2);
  while (burst.size() > 2) {
    burst.pop_back();
    EXPECT_EQ(decode(burst), code(NecCode::BADBLOCK, 0)) << burst.size();
  }
}

TEST(NecDecoderTest, AMarkOrSpaceThatIsNoBitsIsABadBlock) {
  nec::Burst burst = nec::key(1, 2);
  burst[20] = 1126;  // two marks in one: the space between was lost
  EXPECT_EQ(decode(burst), code(NecCode::BADBLOCK, 0));
  burst = nec::key(1, 2);
  burst[21] = 3001;
  EXPECT_EQ(decode(burst), code(NecCode::BADBLOCK, 0));
}

TEST(NecDecoderTest, ARepeatWithoutFourEdgesIsABadRepeat) {
  EXPECT_EQ(decode({9000, 2250}), code(NecCode::BADREP, 0));
  EXPECT_EQ(decode({9000, 2250, 562, 562}), code(NecCode::BADREP, 0));
  nec::Burst burst = nec::key(1, 2);
  burst[1] = 2250;
  EXPECT_EQ(decode(burst), code(NecCode::BADREP, 0));
}

TEST(NecDecoderTest, TooManyEdgesAreAnOverrun) {
  nec::Burst burst = nec::key(1, 2);
  burst.push_back(562);
  EXPECT_EQ(decode(burst), code(NecCode::OVERRUN, 0));
  burst.resize(1000, 562);
  NecDecoder decoder;
  EXPECT_EQ(decode(decoder, burst), code(NecCode::OVERRUN, 0));
  EXPECT_EQ(decode(decoder, nec::key(1, 2)), code(2, 1));
}

TEST(NecDecoderTest, ACommandThatDoesNotMatchItsComplementIsBadData) {
  EXPECT_EQ(decode(nec::block(0xee16a659)), code(NecCode::BADDATA, 0));
  EXPECT_EQ(decode(nec::block(0xee161234), true), code(NecCode::BADDATA, 0));
}

TEST(NecDecoderTest, AnAddressThatDoesNotMatchItsComplementIsABadAddress) {
  EXPECT_EQ(decode(nec::extended_key(0x1234, 0x16)), code(NecCode::BADADDR, 0x1234));
}

TEST(NecDecoderTest, EveryWrongBitIsNoticed) {
  for (int bit = 0; bit < 32; ++bit) {
    nec::Burst burst = nec::key(0x59, 0x16);
    std::uint32_t& space = burst[static_cast<std::size_t>(3 + 2 * bit)];
    space = space == 562 ? 1687 : 562;
    EXPECT_EQ(decode(burst).data, bit < 16 ? NecCode::BADADDR : NecCode::BADDATA);
  }
}

TEST(NecDecoderTest, WidthsMayBeOffByAFifth) {
  for (const unsigned percent : {80U, 120U}) {
    nec::Burst burst = nec::key(0x59, 0x16);
    for (std::uint32_t& width : burst) width = width * percent / 100;
    EXPECT_EQ(decode(burst), code(0x16, 0x59)) << percent;
  }
}

TEST(NecDecoderTest, TheClockMayWrap) {
  NecDecoder decoder;
  feed(decoder, nec::key(0x59, 0x16), 0xffffffff - 20'000);
  EXPECT_EQ(decoder.decode(false), code(0x16, 0x59));
}

TEST(NecDecoderTest, AWidthOfMoreThan16BitsIsNotTakenForAShortOne) {
  nec::Burst burst = nec::key(0x59, 0x16);
  burst[11] = 65'536 + 562;
  EXPECT_EQ(decode(burst), code(NecCode::BADBLOCK, 0));
}

}  // namespace
