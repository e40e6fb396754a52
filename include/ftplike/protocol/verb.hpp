#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// The verb of a command, folded to upper case and packed in one integer: equality is one comparison.
class Verb {
 public:
  /// Letters and digits at the most.
  static constexpr std::size_t max_length = 8;

  constexpr Verb() = default;
  /// Anything but 1 to 8 letters or digits gives the empty verb, which no command has.
  constexpr explicit Verb(std::string_view text) noexcept {
    if (text.size() > max_length) return;
    std::uint64_t bits = 0;
    for (const char c : text) {
      const char letter = to_upper(c);
      const bool allowed = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
      if (!allowed) return;
      bits = bits << 8 | static_cast<unsigned char>(letter);
    }
    bits_ = bits;
  }

  /// Its letters as a number, by which it is compared.
  constexpr std::uint64_t bits() const noexcept { return bits_; }
  constexpr explicit operator bool() const noexcept { return bits_ != 0; }
  /// In upper case.
  std::string text() const {
    std::string letters;
    for (int shift = 56; shift >= 0; shift -= 8) {
      if (const char letter = static_cast<char>(bits_ >> shift & 0xff)) letters += letter;
    }
    return letters;
  }
  friend constexpr bool operator==(Verb, Verb) = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace ftplike
