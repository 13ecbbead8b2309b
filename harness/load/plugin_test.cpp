#include "load/plugin.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <map>
#include <set>

#include "base/files.hpp"
#include "load/elf_file.hpp"
#include "load/hostile_for_test.hpp"

namespace fairground::load {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Open it and describe all that is in it.
std::string refusal(const std::string& path) {
  return sentence_of([&] {
    const fg_plugin& plugin = open_plugin(path);
    for (const fg_workload* const* w = plugin.workloads; *w != nullptr; ++w) describe(**w, path);
  });
}

struct Broken {
  const char* name;
  const char* words;
};
class BrokenPlugin : public testing::TestWithParam<Broken> {};
TEST_P(BrokenPlugin, IsRefusedWithASentence) {
  const std::string path = hostile(GetParam().name).string();
  const std::string sentence = refusal(path);
  EXPECT_THAT(sentence, AllOf(StartsWith("The plugin " + path + " can't be "), HasSubstr(GetParam().words)));
  EXPECT_TRUE(sentence.ends_with('.') && !sentence.ends_with("..")) << sentence;
}
constexpr Broken broken[] = {
    {"text", "no ELF file"},
    {"empty", "the file is empty"},
    {"folder", "it is a folder"},
    {"there-is-none", "no such file"},
    {"truncated-40", "cut short after 40 bytes"},
    {"truncated-3000", "cut short after 3000 of "},
    {"missing-function", "the loader says: undefined symbol: a_function_of_no_library"},
    {"no-symbol", "doesn't export the symbol fairground_plugin"},
    {"magic", "FG_MAGIC"},
    {"abi-major", "plugin interface 2.0, and this program has 1.0"},
    {"abi-minor", "plugin interface 1.1, and this program has 1.0"},
    {"plugin-size", "says that it has 8 bytes"},
    {"workloads-null", "has no workloads"},
    {"workloads-none", "has no workloads"},
    {"workload-size", "a workload says that it has 8 bytes"},
    {"id-null", "has no id: it is NULL"},
    {"id-not-kebab", "the id 'Not_Kebab', which is not in kebab-case"},
    {"version-0", "workload 'broken' has version 0"},
    {"family-null", "has no family"},
    {"summary-null", "has no summary"},
    {"summary-not-utf8", "a summary that is no UTF-8: '\\xff\\xfe bytes'"},
    {"summary-control", "characters that can't be printed: 'two\\nlines"},
    {"operation-null", "has no operation"},
    {"invariant-null", "has no invariant"},
    {"kind-unknown", "unknown kind 77"},
    {"run-null", "has no function run"},
    {"key-null", "a parameter of workload 'broken' has no key"},
    {"key-not-kebab", "the key 'Not_Kebab'"},
    {"key-twice", "two parameters 'number'"},
    {"type-unknown", "parameter 'number' of workload 'broken' has the unknown type 77"},
    {"default-out-of-range", "the default: 11 is out of range; choose 0 to 10"},
    {"range-empty", "a minimum above its maximum"},
    {"range-nan", "a range that is not finite"},
    {"choices-null", "parameter 'mode' of workload 'broken' is a choice without choices"},
    {"default-no-choice", "the default 'middling', which is not its choice number 1"},
    {"counter-null", "has no key of a counter"},
};
INSTANTIATE_TEST_SUITE_P(All, BrokenPlugin, testing::ValuesIn(broken),
                         [](const auto& info) { return testing::PrintToString(info.index); });

TEST(OpenPlugin, TellsEveryMistakeOfAFileApart) {
  std::map<std::string, std::string> by_sentence;
  for (const char* name : {"text", "empty", "folder", "there-is-none", "truncated-40", "truncated-3000", "no-symbol",
                           "magic", "abi-major", "abi-minor", "plugin-size", "workloads-none", "missing-function"}) {
    const std::string path = hostile(name).string();
    std::string sentence = refusal(path);
    sentence.replace(sentence.find(path), path.size(), "X");
    EXPECT_TRUE(by_sentence.emplace(sentence, name).second) << name << " and " << by_sentence[sentence];
  }
}

TEST(OpenPlugin, TakesAGoodOne) {
  const std::string path = hostile("unbroken").string();
  const fg_plugin& plugin = open_plugin(path);
  const plan::WorkloadInfo w = describe(find_workload(plugin, "broken"), path);
  EXPECT_EQ(w.family, "hostile");
  EXPECT_EQ(w.kind, "each");
  EXPECT_EQ(w.plugin, path);
  ASSERT_EQ(w.parameters.size(), 2u);
  EXPECT_EQ(w.parameters[0].default_value, 5);
  EXPECT_EQ(w.parameters[0].maximum, 10);
  EXPECT_EQ(w.parameters[1].default_value, "slow");
  EXPECT_THAT(w.parameters[1].choices, ElementsAre("fast", "slow"));
  ASSERT_EQ(w.counters.size(), 1u);
  EXPECT_EQ(w.counters[0].key, "turns");
  EXPECT_THAT(sentence_of([&] { find_workload(plugin, "another"); }), HasSubstr("no workload 'another'"));
}

TEST(OpenPlugin, TakesTheShippedOnes) {
  const std::string path = FAIRGROUND_BINARY_DIR "/lib/fairground/plugins/cpu.so";
  const plan::WorkloadInfo w = describe(find_workload(open_plugin(path), "null"), path);
  EXPECT_EQ(w.family, "cpu");
  EXPECT_THAT(w.capabilities, ElementsAre("processes"));
  EXPECT_TRUE(w.expects.empty());
}

// A program is a shared object too, to a header's eye.
TEST(OpenPlugin, RefusesAProgram) { EXPECT_THAT(refusal("/proc/self/exe"), HasSubstr("the loader says: ")); }

class ElfFile : public testing::Test {
 protected:
  PrivateFolder folder_{"fairground-elf"};
  const std::string file_ = (folder_.path() / "x.so").string();
  std::string good_ = bytes_of(hostile("unbroken"));

  std::string verdict(const std::string& bytes) const {
    write_bytes(file_, bytes);
    return why_no_shared_object(file_);
  }
  template <class T>
  std::string with(std::size_t offset, T value) const {
    std::string bytes = good_;
    std::memcpy(bytes.data() + offset, &value, sizeof value);
    return bytes;
  }
};

TEST_F(ElfFile, IsGoodAsItIs) { EXPECT_EQ(verdict(good_), ""); }

TEST_F(ElfFile, IsRefusedHoweverShortItIsCut) {
  for (std::size_t size = 1; size < good_.size(); size += size < 512 ? 5 : 509) {
    const std::string why = verdict(good_.substr(0, size));
    EXPECT_THAT(why, HasSubstr(size < 4 ? "no ELF file" : "cut short")) << size;
  }
  EXPECT_THAT(verdict(good_.substr(0, good_.size() - 1)), HasSubstr("cut short"));
}

TEST_F(ElfFile, IsRefusedForAnotherMachine) {
  EXPECT_THAT(verdict(with(offsetof(ElfW(Ehdr), e_machine), std::uint16_t{EM_S390})),
              HasSubstr("another kind of machine"));
  EXPECT_THAT(verdict(with(EI_CLASS, std::uint8_t{ELFCLASS32})), HasSubstr("another kind of machine"));
  EXPECT_THAT(verdict(with(EI_DATA, std::uint8_t{ELFDATA2MSB})), HasSubstr("another kind of machine"));
}

TEST_F(ElfFile, IsRefusedIfItIsNoSharedObject) {
  for (const std::uint16_t type : {ET_REL, ET_EXEC, ET_CORE}) {
    EXPECT_THAT(verdict(with(offsetof(ElfW(Ehdr), e_type), type)), HasSubstr("-shared"));
  }
}

TEST_F(ElfFile, IsRefusedForSizesThatOverflow) {
  EXPECT_THAT(verdict(with(offsetof(ElfW(Ehdr), e_phoff), UINT64_MAX)), HasSubstr("cut short"));
  EXPECT_THAT(verdict(with(offsetof(ElfW(Ehdr), e_shoff), UINT64_MAX - 10)), HasSubstr("cut short"));
  std::string bytes = good_;
  ElfW(Ehdr) header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const std::uint64_t huge = UINT64_MAX - 1;
    std::memcpy(bytes.data() + header.e_phoff + i * sizeof(ElfW(Phdr)) + offsetof(ElfW(Phdr), p_filesz), &huge, 8);
  }
  EXPECT_THAT(verdict(bytes), HasSubstr("cut short"));
}

TEST_F(ElfFile, IsNotWaitedForIfItIsAPipe) {
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(why_no_shared_object(file_), HasSubstr("no regular file"));
}

TEST_F(ElfFile, SaysWhyItCantBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  write_bytes(file_, good_);
  chmod(file_.c_str(), 0);
  EXPECT_THAT(why_no_shared_object(file_), HasSubstr("Permission denied"));
}

TEST(Values, AreInTheOrderOfTheSchema) {
  const fg_workload& w = find_workload(open_plugin(hostile("unbroken")), "broken");
  const Values values(w, {{"mode", "fast"}, {"number", 7}});
  ASSERT_EQ(values.count(), 2u);
  EXPECT_EQ(values.data()[0].integer, 7);
  EXPECT_STREQ(values.data()[1].text, "fast");
  EXPECT_EQ(values.data()[1].integer, 0);
  const Values defaults(w, nlohmann::json::object());
  EXPECT_EQ(defaults.data()[0].integer, 5);
  EXPECT_STREQ(defaults.data()[1].text, "slow");
  EXPECT_EQ(defaults.data()[1].integer, 1);
}

TEST(Values, KeepTheirTexts) {
  static const fg_parameter text{
      sizeof(fg_parameter), FG_TEXT, "t", "", "", {0, 0, "x"}, 0, 0, nullptr, nullptr, nullptr};
  static const fg_parameter ratio{
      sizeof(fg_parameter), FG_RATIO, "r", "", "", {0, 0.5, nullptr}, 0, 1, nullptr, nullptr, nullptr};
  static const fg_parameter flag{
      sizeof(fg_parameter), FG_BOOL, "b", "", "", {0, 0, nullptr}, 0, 1, nullptr, nullptr, nullptr};
  static const fg_parameter* const parameters[] = {&text, &ratio, &flag, nullptr};
  fg_workload w{};
  w.parameters = parameters;
  nlohmann::json given = {{"t", std::string(300, 'y')}, {"r", 1}, {"b", true}};
  const Values values(w, given);
  given.clear();
  EXPECT_EQ(values.data()[0].text, std::string(300, 'y'));
  EXPECT_EQ(values.data()[1].real, 1.0);
  EXPECT_EQ(values.data()[2].integer, 1);
}

// What hostile plugins as a whole don't reach, by a table made here.
class Described : public testing::Test {
 protected:
  static fg_status run(void*, void*, fg_worker*, void*, fg_error*) { return FG_OK; }
  Described() {
    parameter_ = {sizeof(fg_parameter), FG_CHOICE, "mode", "", "", {0, 0, "a"}, 0, 0, choices_, nullptr, nullptr};
    w_.size = sizeof w_;
    w_.version = 1;
    w_.id = w_.family = w_.operation = "x";
    w_.summary = w_.invariant = "";
    w_.parameters = parameters_;
    w_.run = run;
  }
  std::string refusal() const {
    return sentence_of([&] { describe(w_, "p.so"); });
  }

  const char* choices_[3] = {"a", "b", nullptr};
  fg_parameter parameter_{};
  const fg_parameter* parameters_[2] = {&parameter_, nullptr};
  fg_workload w_{};
};

TEST_F(Described, GoodAsItIs) { EXPECT_EQ(refusal(), ""); }
TEST_F(Described, RefusesUnknownBits) {
  w_.capabilities = 1u << 7;
  EXPECT_THAT(refusal(), HasSubstr("its capabilities that this version doesn't know: 0x80"));
  w_.capabilities = 0;
  w_.expects = 1u << 8;
  EXPECT_THAT(refusal(), HasSubstr("expected findings"));
}
TEST_F(Described, NamesAllBits) {
  w_.capabilities = 0x7f;
  w_.expects = 0xff;
  const plan::WorkloadInfo info = describe(w_, "p.so");
  EXPECT_EQ(info.capabilities.size(), 7u);
  EXPECT_TRUE(info.has("contended") && info.has("may-block"));
  EXPECT_THAT(info.expects, ElementsAre("deadlock", "livelock", "starvation", "lost-update", "hang", "crash", "leak",
                                        "wrong-result"));
}
TEST_F(Described, RefusesChoicesThatCantBeTyped) {
  choices_[1] = "b,c";
  EXPECT_THAT(refusal(), HasSubstr("empty or has a comma"));
  choices_[1] = "a";
  EXPECT_THAT(refusal(), HasSubstr("the choice 'a' twice"));
}
TEST_F(Described, RefusesProcessesThatAreNoValues) {
  parameter_.processes = "a,c";
  EXPECT_THAT(refusal(), HasSubstr("a value for processes: 'c' is no choice"));
  parameter_.processes = "b";
  EXPECT_EQ(describe(w_, "p.so").parameters[0].processes, "b");
}
TEST_F(Described, RefusesFairValuesThatAreNone) {
  parameter_.fair = "c";
  EXPECT_THAT(refusal(), HasSubstr("a fair value: 'c' is no choice"));
  parameter_.fair = "b";
  EXPECT_THAT(refusal(), HasSubstr("has a default that is not among its fair values"));
  parameter_.fair = "b,a";
  EXPECT_EQ(describe(w_, "p.so").parameters[0].fair, "b,a");
}
TEST_F(Described, RefusesTextWithoutEnd) {
  const std::string endless(5000, 'x');
  w_.summary = endless.c_str();
  EXPECT_THAT(refusal(), HasSubstr("a summary of more than 2000 bytes"));
}
TEST_F(Described, RefusesARangeBeyondWhatADoubleCounts) {
  parameter_.type = FG_INTEGER;
  parameter_.maximum = 0x1p60;
  EXPECT_THAT(refusal(), HasSubstr("beyond 2^53"));
}

}  // namespace
}  // namespace fairground::load
