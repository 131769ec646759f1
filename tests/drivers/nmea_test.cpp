#include "drivers/nmea.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "nmea_sentence.hpp"

using drivers::Angle;
using drivers::NmeaParser;
using drivers::Satellite;

namespace {

// The sentences of a receiver near Munich that descriptions of NMEA 0183 show, with their checksums.
constexpr std::string_view gga = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
constexpr std::string_view rmc = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n";
constexpr std::string_view gsa = "$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39\r\n";
constexpr std::string_view vtg = "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*48\r\n";

// The last sentence understood.
drivers::Sentence feed(NmeaParser& parser, std::string_view text) {
  drivers::Sentence last = drivers::NO_SENTENCE;
  for (const char byte : text) {
    if (const drivers::Sentence sentence = parser.feed(byte)) last = sentence;
  }
  return last;
}
drivers::Sentence feed_content(NmeaParser& parser, const std::string& content) {
  return feed(parser, nmea_sentence(content));
}

std::vector<int> numbers(const NmeaParser& parser) {
  std::vector<int> result;
  for (const Satellite& satellite : parser.satellites()) result.push_back(satellite.number);
  return result;
}
std::vector<int> used(const NmeaParser& parser) {
  return {parser.satellites_used().begin(), parser.satellites_used().end()};
}

TEST(NmeaParserTest, GgaGivesPositionAltitudeAndSatellitesInUse) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, gga), drivers::GGA);
  EXPECT_EQ(parser.contents(), drivers::POSITION | drivers::ALTITUDE);
  EXPECT_EQ(parser.data().latitude.degrees_e7, 481'173'000);
  EXPECT_EQ(parser.data().longitude.degrees_e7, 115'166'667);
  EXPECT_EQ(parser.data().quality, 1);
  EXPECT_EQ(parser.data().in_use, 8);
  EXPECT_EQ(parser.data().hdop, 90);
  EXPECT_EQ(parser.data().altitude, 545'400);
  EXPECT_EQ(parser.data().geoid, 46'900);
}

TEST(NmeaParserTest, RmcGivesPositionCourseSpeedDateAndTime) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, rmc), drivers::RMC);
  EXPECT_EQ(parser.contents(), drivers::POSITION | drivers::COURSE | drivers::DATE);
  EXPECT_EQ(parser.data().latitude.degrees_e7, 481'173'000);
  EXPECT_EQ(parser.data().speed, 22'400U);
  EXPECT_EQ(parser.data().course, 8440);
  EXPECT_EQ(parser.data().magvar, -310);
  ASSERT_TRUE(parser.data().has_utc);
  // 23 March 1994 was a Wednesday.
  EXPECT_EQ(parser.data().utc, (machine::DateTime{1994, 3, 23, 2, 12, 35, 19, 0}));
}

TEST(NmeaParserTest, VtgGivesCourseAndSpeed) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, vtg), drivers::VTG);
  EXPECT_EQ(parser.contents(), drivers::COURSE);
  EXPECT_EQ(parser.data().course, 5470);
  EXPECT_EQ(parser.data().speed, 5500U);
}

TEST(NmeaParserTest, GsaGivesTheSatellitesUsedAndTheDilutions) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, gsa), drivers::GSA);
  EXPECT_EQ(parser.data().fix, 3);
  EXPECT_EQ(used(parser), (std::vector{4, 5, 9, 12, 24}));
  EXPECT_EQ(parser.data().pdop, 250);
  EXPECT_EQ(parser.data().hdop, 130);
  EXPECT_EQ(parser.data().vdop, 210);
}

TEST(NmeaParserTest, GllGivesThePosition) {
  NmeaParser parser;
  EXPECT_EQ(feed_content(parser, "GPGLL,4916.45,N,12311.12,W,225444,A"), drivers::GLL);
  EXPECT_EQ(parser.contents(), drivers::POSITION);
  EXPECT_EQ(parser.data().latitude.degrees_e7, 492'741'667);
  EXPECT_EQ(parser.data().longitude.degrees_e7, -1'231'853'333);
}

TEST(NmeaParserTest, SouthAndWestAreNegative) {
  NmeaParser parser;
  feed_content(parser, "GPRMC,000000,A,3351.500,S,15112.500,E,0,0,010126,,");
  EXPECT_EQ(parser.data().latitude.degrees_e7, -338'583'333);
  feed_content(parser, "GPRMC,000000,A,0000.600,N,00000.600,W,0,0,010126,,");
  EXPECT_EQ(parser.data().latitude.degrees_e7, 100'000);
  EXPECT_EQ(parser.data().longitude.degrees_e7, -100'000);
}

TEST(NmeaParserTest, AnAngleIsDegreesAlsoInMinutesAndSeconds) {
  constexpr Angle angle{-481'173'000};
  EXPECT_DOUBLE_EQ(angle.degrees(), -48.1173);
  EXPECT_EQ(angle.whole_degrees(), 48);
  EXPECT_DOUBLE_EQ(angle.minutes(), 7.038);
  EXPECT_EQ(angle.whole_minutes(), 7);
  EXPECT_NEAR(angle.seconds(), 2.28, 1e-9);
}

TEST(NmeaParserTest, GsvSentencesGiveTheSatellitesInViewWhenTheSetIsComplete) {
  NmeaParser parser;
  EXPECT_EQ(feed_content(parser, "GPGSV,2,1,07,01,40,083,46,02,17,308,41,12,07,344,39,14,22,228,45"),
            drivers::GSV);
  EXPECT_EQ(parser.contents(), 0);
  EXPECT_TRUE(parser.satellites().empty());
  EXPECT_EQ(feed_content(parser, "GPGSV,2,2,07,15,,,,18,-2,360,,24,90,000,00"), drivers::GSV);
  EXPECT_EQ(parser.contents(), drivers::SATELLITES);
  EXPECT_EQ(numbers(parser), (std::vector{1, 2, 12, 14, 15, 18, 24}));
  EXPECT_EQ(parser.satellites_in_view(), 7U);
  const Satellite first = parser.satellites()[0];
  EXPECT_EQ(std::string(first.talker.data(), 2), "GP");
  EXPECT_EQ(first.elevation, 40);
  EXPECT_EQ(first.azimuth, 83);
  EXPECT_EQ(first.snr, 46);
  const Satellite untracked = parser.satellites()[4];
  EXPECT_FALSE(untracked.elevation || untracked.azimuth || untracked.snr);
  const Satellite below = parser.satellites()[5];
  EXPECT_EQ(below.elevation, -2);
  EXPECT_EQ(below.azimuth, 0);
  EXPECT_FALSE(below.snr);
}

TEST(NmeaParserTest, ASetOfWhichASentenceWasLostIsDropped) {
  NmeaParser parser;
  feed_content(parser, "GPGSV,1,1,01,30,40,083,46");
  feed_content(parser, "GPGSV,3,1,12,01,40,083,46");
  feed_content(parser, "GPGSV,3,3,12,03,40,083,46");
  EXPECT_EQ(parser.contents(), 0);
  feed_content(parser, "GPGSV,2,2,12,04,40,083,46");
  EXPECT_EQ(numbers(parser), (std::vector{30}));
  EXPECT_EQ(parser.counts().parsed, 4U);
}

TEST(NmeaParserTest, EachSystemHasItsOwnSetOfSatellites) {
  NmeaParser parser;
  feed_content(parser, "GPGSV,1,1,02,01,40,083,46,02,41,084,40");
  feed_content(parser, "GLGSV,1,1,01,65,40,083,46");
  EXPECT_EQ(numbers(parser), (std::vector{1, 2, 65}));
  feed_content(parser, "GPGSV,1,1,01,03,40,083,46");
  EXPECT_EQ(numbers(parser), (std::vector{65, 3}));
  feed_content(parser, "GLGSV,1,1,00");
  EXPECT_EQ(numbers(parser), (std::vector{3}));
}

TEST(NmeaParserTest, ASatelliteReceivedOnTwoFrequenciesIsInViewOnce) {
  NmeaParser parser;
  feed_content(parser, "GPGSV,1,1,02,01,40,083,46,02,41,084,40,1");
  feed_content(parser, "GPGSV,1,1,01,01,40,083,43,8");
  EXPECT_EQ(numbers(parser), (std::vector{1, 2, 1}));
  EXPECT_EQ(parser.satellites()[2].signal, 8);
  EXPECT_EQ(parser.satellites_in_view(), 2U);
}

TEST(NmeaParserTest, EachSystemHasItsOwnSatellitesUsed) {
  NmeaParser parser;
  feed_content(parser, "GNGSA,A,3,01,02,,,,,,,,,,,1.0,1.0,1.0");
  feed_content(parser, "GNGSA,A,3,65,66,,,,,,,,,,,1.0,1.0,1.0");
  EXPECT_EQ(used(parser), (std::vector{1, 2, 65, 66}));
  feed_content(parser, "GNGSA,A,3,03,,,,,,,,,,,,1.0,1.0,1.0");
  EXPECT_EQ(used(parser), (std::vector{65, 66, 3}));
  feed_content(parser, "GNGSA,A,3,07,,,,,,,,,,,,1.0,1.0,1.0,3");
  EXPECT_EQ(used(parser), (std::vector{65, 66, 3, 7}));
  feed_content(parser, "GNGSA,A,1,,,,,,,,,,,,,,,");
  EXPECT_TRUE(used(parser).empty());
}

TEST(NmeaParserTest, WithoutAFixOnlyDateAndTimeAreTaken) {
  NmeaParser parser;
  feed(parser, rmc);
  EXPECT_EQ(feed_content(parser, "GPRMC,123521.250,V,,,,,,,240326,,,N"), drivers::RMC);
  EXPECT_EQ(parser.contents(), drivers::DATE);
  EXPECT_EQ(parser.data().latitude.degrees_e7, 481'173'000);
  EXPECT_EQ(parser.data().utc, (machine::DateTime{2026, 3, 24, 1, 12, 35, 21, 250'000}));
  feed_content(parser, "GPRMC,,V,,,,,,,,,,N");
  EXPECT_EQ(parser.contents(), 0);
  feed_content(parser, "GPGGA,123519,,,,,0,03,,,M,,M,,");
  EXPECT_EQ(parser.contents(), 0);
  EXPECT_EQ(parser.data().in_use, 3);
  feed_content(parser, "GPGLL,,,,,,V,N");
  EXPECT_EQ(parser.contents(), 0);
  feed_content(parser, "GPVTG,,T,,M,,N,,K,N");
  EXPECT_EQ(parser.contents(), 0);
  EXPECT_EQ(parser.counts().parsed, 6U);
}

TEST(NmeaParserTest, AModuleThatStandsStillMayLeaveTheCourseOut) {
  NmeaParser parser;
  feed(parser, rmc);
  feed_content(parser, "GNRMC,123520.00,A,4807.038,N,01131.000,E,0.004,,230394,,,A,V");
  EXPECT_EQ(parser.contents(), drivers::POSITION | drivers::COURSE | drivers::DATE);
  EXPECT_EQ(parser.data().speed, 4U);
  EXPECT_EQ(parser.data().course, 8440);
}

TEST(NmeaParserTest, ALeapSecondIsTheSecondBefore) {
  NmeaParser parser;
  feed_content(parser, "GPRMC,235960.500,V,,,,,,,311216,,");
  EXPECT_EQ(parser.data().utc, (machine::DateTime{2016, 12, 31, 5, 23, 59, 59, 500'000}));
}

TEST(NmeaParserTest, BytesMayComeInPiecesOfAnySize) {
  const std::string text = std::string(gga) + std::string(rmc) + std::string(gsa) + std::string(vtg);
  NmeaParser whole;
  feed(whole, text);
  for (std::size_t size = 1; size < text.size(); ++size) {
    NmeaParser pieces;
    for (std::size_t at = 0; at < text.size(); at += size)
      feed(pieces, std::string_view(text).substr(at, size));
    ASSERT_EQ(pieces.counts().parsed, 4U);
    ASSERT_EQ(pieces.data().utc, whole.data().utc);
    ASSERT_EQ(pieces.data().course, 5470);
  }
}

TEST(NmeaParserTest, EveryChangeOfAByteIsNoticed) {
  for (std::size_t at = 0; at < rmc.size() - 2; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string text(rmc);
      text[at] = static_cast<char>(text[at] ^ (1 << bit));
      NmeaParser parser;
      const drivers::Sentence sentence = feed(parser, text);
      // Hex digits of the checksum may be small letters.
      if (text == "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6a\r\n") {
        EXPECT_EQ(sentence, drivers::RMC);
      } else {
        EXPECT_EQ(sentence, drivers::NO_SENTENCE) << text;
        EXPECT_FALSE(parser.data().has_utc);
      }
    }
  }
}

TEST(NmeaParserTest, AWrongChecksumIsCounted) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*49\r\n"), drivers::NO_SENTENCE);
  EXPECT_EQ(parser.counts().crc_fails, 1U);
  EXPECT_EQ(parser.counts().clean, 0U);
  EXPECT_EQ(parser.data().course, 0);
}

TEST(NmeaParserTest, WhatIsNoSentenceIsCountedAsMalformed) {
  NmeaParser parser;
  const std::string_view bad[] = {
      "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K\r\n",     // no checksum
      "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*4\r\n",   // half of one
      "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*4G\r\n",  // no hex digit
      "$GPVTG,054.7*,T,034.4,M,005.5,N,010.2,K*48\r\n", "$GPVTG,\x01\r\n", "$GPVTG,\xe4\r\n", "$\r\n",
  };
  std::uint32_t count = 0;
  for (const std::string_view text : bad) {
    EXPECT_EQ(feed(parser, text), drivers::NO_SENTENCE) << text;
    EXPECT_EQ(parser.counts().malformed, ++count) << text;
  }
  EXPECT_EQ(parser.counts().clean, 0U);
}

TEST(NmeaParserTest, ASentenceBrokenOffIsMalformedAndTheNextOneIsTaken) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, std::string(gga.substr(0, 30)) + std::string(vtg)), drivers::VTG);
  EXPECT_EQ(parser.counts().malformed, 1U);
  EXPECT_EQ(parser.counts().parsed, 1U);
}

TEST(NmeaParserTest, ASentenceThatDoesNotEndIsMalformed) {
  NmeaParser parser;
  feed(parser, "$" + std::string(NmeaParser::longest, 'x'));
  EXPECT_EQ(parser.counts().malformed, 0U);
  feed(parser, "x");
  EXPECT_EQ(parser.counts().malformed, 1U);
  feed(parser, std::string(10'000, 'x'));
  EXPECT_EQ(parser.counts().malformed, 1U);
  EXPECT_EQ(feed(parser, vtg), drivers::VTG);
}

TEST(NmeaParserTest, NoiseBetweenSentencesIsNothing) {
  NmeaParser parser;
  EXPECT_EQ(feed(parser, "\r\n\xff\x00*48\r\n!AIVDM,1,1*00\r\n" + std::string(vtg)), drivers::VTG);
  EXPECT_EQ(parser.counts().malformed, 0U);
}

TEST(NmeaParserTest, OtherSentencesAreCountedAsUnsupported) {
  NmeaParser parser;
  EXPECT_EQ(feed_content(parser, "GPZDA,201530.00,04,07,2002,00,00"), drivers::NO_SENTENCE);
  feed_content(parser, "PMTK001,314,3");
  feed_content(parser, "PGRMC,A,218.8,100,6378137.000,298.257223563");  // Garmin's, no RMC
  feed_content(parser, "");
  EXPECT_EQ(parser.counts().unsupported, 4U);
  EXPECT_EQ(parser.counts().clean, 4U);
}

TEST(NmeaParserTest, FieldsThatCannotBeAreCountedAndChangeNothing) {
  const char* const bad[] = {
      "GPRMC,123519,A,9007.038,N,01131.000,E,022.4,084.4,230394,,",   // beyond the pole
      "GPRMC,123519,A,4860.000,N,01131.000,E,022.4,084.4,230394,,",   // 60 minutes
      "GPRMC,123519,A,4807.038,X,01131.000,E,022.4,084.4,230394,,",   // no side
      "GPRMC,123519,A,4807.038,N,18000.001,E,022.4,084.4,230394,,",   // beyond 180
      "GPRMC,123519,A,,,,,022.4,084.4,230394,,",                      // a fix without position
      "GPRMC,123519,A,48x7.038,N,01131.000,E,022.4,084.4,230394,,",   // a letter
      "GPRMC,123519,A,4807.0-8,N,01131.000,E,022.4,084.4,230394,,",   // a sign
      "GPRMC,243519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",   // 24 hours
      "GPRMC,123561,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",   // 61 seconds
      "GPRMC,1235,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",     // no seconds
      "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,290225,,",   // no leap year
      "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,1,",  // variation to where?
      "GPRMC,123519,A,4807.038,N,01131.000,E,-22.4,084.4,230394,,",   // backwards
      "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,361.0,230394,,",   // more than a circle
      "GPRMC,123519,B,4807.038,N,01131.000,E,022.4,084.4,230394,,",   // no such status
      "GPRMC,123519,A,4807.038,N",
      "GPGGA,123519,4807.038,N,01131.000,E,9,08,0.9,545.4,M,46.9,M,,",
      "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,F,46.9,M,,",  // feet
      "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,9999999.4,M,46.9,M,,",
      "GPGGA,123519,4807.038,N,01131.000,E,,08,0.9,545.4,M,46.9,M,,",
      "GPGSA,A,4,04,05,,09,12,,,24,,,,,2.5,1.3,2.1",
      "GPGSA,A,3,04,05,,x,12,,,24,,,,,2.5,1.3,2.1",
      "GPGSV,0,1,01,30,40,083,46",
      "GPGSV,1,2,01,30,40,083,46",
      "GPGSV,1,1,01,30,91,083,46",
      "GPGSV,1,1,01,30,40,361,46",
      "GPGSV,1,1,01,30,40,083",
      "GPVTG,054.7,T,034.4,M,005.5,X,010.2,K",
      "GPGSV,1,1,01,30,40,083,46,31,40,083,46,32,40,083,46,33,40,083,46,34,40,083,46,35,40,083,46",
  };
  NmeaParser parser;
  std::uint32_t count = 0;
  for (const char* const content : bad) {
    EXPECT_EQ(feed_content(parser, content), drivers::NO_SENTENCE) << content;
    EXPECT_EQ(parser.contents(), 0);
    EXPECT_EQ(parser.counts().bad_fields, ++count) << content;
  }
  EXPECT_EQ(parser.data().latitude, Angle());
  EXPECT_EQ(parser.data().speed, 0U);
  EXPECT_FALSE(parser.data().has_utc);
  EXPECT_TRUE(parser.satellites().empty());
  EXPECT_EQ(parser.counts().parsed, 0U);
  EXPECT_EQ(parser.counts().clean, count);
}

TEST(NmeaParserTest, MoreSatellitesThanThereIsRoomForAreLeftOut) {
  NmeaParser parser;
  const char* const talkers[] = {"GP", "GL", "GA", "GB", "GQ", "GI"};
  for (const char* const talker : talkers) {
    for (int sentence = 1; sentence <= 9; ++sentence) {
      std::string content = std::string(talker) + "GSV,9," + std::to_string(sentence) + ",36";
      for (int i = 0; i < 4; ++i) content += "," + std::to_string(sentence * 10 + i) + ",1,2,3";
      feed_content(parser, content);
    }
    EXPECT_EQ(parser.contents(), drivers::SATELLITES);
  }
  EXPECT_EQ(parser.satellites().size(), NmeaParser::most_satellites);
}

}  // namespace
