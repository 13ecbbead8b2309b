// SHA-256 of SHA-256 through OpenSSL, in two ways that know nothing of each other.
#pragma once

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstddef>
#include <memory>
#include <stdexcept>

#include "cpu/block_header.hpp"

namespace fairground::cpu {

// With a digest fetched once and a context used again and again; one instance a thread.
class EvpHash {
 public:
  EvpHash() {
    if (!digest_ || !context_ || EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) != 1) fail();
  }
  Digest operator()(const BlockHeader& header) {
    Digest hash;
    once(header.bytes.data(), header.bytes.size(), hash);
    once(hash.data(), hash.size(), hash);
    return hash;
  }

 private:
  void once(const unsigned char* data, std::size_t bytes, Digest& out) {
    if (EVP_DigestUpdate(context_.get(), data, bytes) != 1 ||
        EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1 ||
        EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) != 1)
      fail();
  }
  [[noreturn]] static void fail() { throw std::runtime_error("OpenSSL refuses SHA-256"); }

  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> digest_{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

// The same by the one-shot call, to recompute what was found.
inline Digest recomputed(const BlockHeader& header) {
  Digest first, second;
  SHA256(header.bytes.data(), header.bytes.size(), first.data());
  SHA256(first.data(), first.size(), second.data());
  return second;
}

}  // namespace fairground::cpu
