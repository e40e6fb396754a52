#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Ends the program with a word on where, if a property does not hold.
inline void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: a property does not hold\n", where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

/// What the fuzzer made: numbers off its front that steer a target, then text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : text_{reinterpret_cast<const char*>(data), size} {}

  /// A number from `low` to `high`; `low` if there are no bytes left.
  std::size_t number(std::size_t low, std::size_t high) {
    if (text_.empty()) return low;
    const auto value = static_cast<unsigned char>(text_.front());
    text_.remove_prefix(1);
    return low + value % (high - low + 1);
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace fuzz
