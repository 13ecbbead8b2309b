// SHA-256 (FIPS 180-4), by OpenSSL: of the record, of plugins, of files.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace fairground {

// A digest over bytes that arrive bit by bit. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256& other);
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view bytes);

  // 64 lower-case hexadecimal digits over all bytes so far; more may follow.
  [[nodiscard]] std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

// Of a file's content. Throws SystemError if it can't be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace fairground
