#include "base/sha256.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/files.hpp"

namespace fairground {
namespace {

// The examples of FIPS 180-4 as published by NIST.
TEST(Sha256, AgreesWithThePublishedExamples) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, GrowsAfterItWasRead) {
  Sha256 hash;
  hash.update("a");
  Sha256 branch = hash;
  EXPECT_EQ(hash.hex(), sha256_hex("a"));
  hash.update("bc");
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
  branch.update("x");
  EXPECT_EQ(branch.hex(), sha256_hex("ax"));
  branch = hash;
  EXPECT_EQ(branch.hex(), hash.hex());
}

TEST(Sha256, ReadsFilesLargerThanItsBuffer) {
  const PrivateFolder folder("sha256-test");
  const std::string content(200'001, 'f');
  write_file_atomically(folder.path() / "file", content);
  EXPECT_EQ(sha256_of_file(folder.path() / "file"), sha256_hex(content));
  EXPECT_THROW(sha256_of_file(folder.path() / "missing"), SystemError);
  EXPECT_THROW(sha256_of_file(folder.path()), SystemError);
}

}  // namespace
}  // namespace fairground
