#include "base/sha256.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <vector>

#include "base/error.hpp"

namespace fairground {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() {
    if (context == nullptr) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

namespace {

void require(int openssl_result) {
  if (openssl_result != 1) throw std::runtime_error("OpenSSL refused to compute a SHA-256 digest");
}

}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr));
}

Sha256::Sha256(const Sha256& other) : state_(std::make_unique<State>()) {
  require(EVP_MD_CTX_copy_ex(state_->context, other.state_->context));
}

Sha256& Sha256::operator=(const Sha256& other) {
  if (this != &other) require(EVP_MD_CTX_copy_ex(state_->context, other.state_->context));
  return *this;
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) { require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size())); }

std::string Sha256::hex() const {
  const Sha256 copy(*this);  // finishing a digest ends it
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  require(EVP_DigestFinal_ex(copy.state_->context, digest.data(), &length));
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw SystemError("opening " + path.string(), errno);
  Sha256 hash;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const ssize_t got = read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      close(file);
      throw SystemError("reading " + path.string(), error);
    }
    if (got == 0) break;
    hash.update({buffer.data(), static_cast<std::size_t>(got)});
  }
  close(file);
  return hash.hex();
}

}  // namespace fairground
