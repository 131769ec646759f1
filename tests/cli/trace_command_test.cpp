// `coroscope trace` and `--trace`: each form, and the folder that a CTF trace is.
#include "made_trace.hpp"
#include "program.hpp"

namespace {

namespace fs = std::filesystem;

class TraceCommand : public program::Test {
 protected:
  void SetUp() override { made_trace::write(folder_ / "t.cstrace", trace_script::lock_story()); }
};

TEST_F(TraceCommand, VcdToStandardOutputAndToAFileAreTheSame) {
  const program::Output output = coroscope("trace t.cstrace --to vcd");
  EXPECT_EQ(output.status, 0);
  EXPECT_NE(output.out.find("$timescale 1 us $end"), std::string::npos);
  EXPECT_EQ(coroscope("trace t.cstrace -o t.vcd").status, 0);
  EXPECT_EQ(program::read(folder_ / "t.vcd"), output.out);
}

TEST_F(TraceCommand, VcdOfARunIsTheSameWhicheverWayItIsMade) {
  EXPECT_EQ(coroscope("run 01-blink --for 1s --trace direct.vcd").status, 0);
  EXPECT_EQ(coroscope("run 01-blink --for 1s --trace r.cstrace").status, 0);
  EXPECT_EQ(coroscope("trace r.cstrace --to vcd -o made.vcd").status, 0);
  const std::string direct = program::read(folder_ / "direct.vcd");
  EXPECT_EQ(direct, program::read(folder_ / "made.vcd"));
  for (const char* const name : {"GP16", "GP17", "main", "red"})
    EXPECT_NE(direct.find(std::string(" ") + name + " $end\n"), std::string::npos) << name;
}

TEST_F(TraceCommand, CtfIsAFolderOfTwoFiles) {
  const program::Output output = coroscope("trace t.cstrace --to ctf -o t.ctf/");
  EXPECT_EQ(output.status, 0);
  EXPECT_EQ(output.out + output.err, "");
  EXPECT_TRUE(program::read(folder_ / "t.ctf/metadata").starts_with("/* CTF 1.8 */"));
  EXPECT_GT(fs::file_size(folder_ / "t.ctf/channel0_0"), 100U);
  EXPECT_EQ(files(), (std::vector<std::string>{"t.cstrace", "t.ctf"}));
}

TEST_F(TraceCommand, ACtfTraceIsReplaced) {
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o t.ctf").status, 0);
  const std::string first = program::read(folder_ / "t.ctf/channel0_0");
  program::write(folder_ / "t.ctf/channel0_0", "old");
  EXPECT_EQ(coroscope("trace t.cstrace -o t.ctf").status, 0);
  EXPECT_EQ(program::read(folder_ / "t.ctf/channel0_0"), first);
  EXPECT_EQ(files(), (std::vector<std::string>{"t.cstrace", "t.ctf"}));
}

TEST_F(TraceCommand, AFolderOfSomethingElseIsLeftAlone) {
  fs::create_directory(folder_ / "mine");
  program::write(folder_ / "mine/metadata", "mine");
  program::write(folder_ / "mine/thesis.txt", "mine");
  const program::Output output = coroscope("trace t.cstrace --to ctf -o mine");
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(
      output.err,
      "coroscope: cannot write mine: it is there already, and has more in it than a trace (thesis.txt); "
      "name a new folder\n");
  EXPECT_EQ(program::read(folder_ / "mine/metadata"), "mine");
  EXPECT_EQ(files(), (std::vector<std::string>{"mine", "t.cstrace"}));
}

TEST_F(TraceCommand, PlacesOneCannotWriteTo) {
  program::write(folder_ / "notes.txt", "");
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o notes.txt").err,
            "coroscope: cannot write notes.txt: it is there already and not a folder\n");
  EXPECT_EQ(coroscope("trace t.cstrace --to ctf -o no/where").err,
            "coroscope: cannot write no/where: No such file or directory\n");
  EXPECT_EQ(coroscope("trace t.cstrace --to vcd -o no/where.vcd").err,
            "coroscope: cannot write no/where.vcd: No such file or directory\n");
  EXPECT_EQ(files(), (std::vector<std::string>{"notes.txt", "t.cstrace"}));
}

}  // namespace
