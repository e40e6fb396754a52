#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// Whether a text is a pattern: whether any of its letters means more than itself.
inline bool has_wildcards(std::string_view text) noexcept { return text.find_first_of("*?[\\") != text.npos; }

namespace detail {

/// One element of a pattern that stands for one byte: how long it is, and whether it matches.
class PatternStep {
 public:
  std::size_t length;
  bool matches;
};

/// Tries the element at the front of `pattern`, which is not empty and no '*', on `byte`.
inline PatternStep step(std::string_view pattern, std::size_t last_bracket, char byte) noexcept {
  if (pattern[0] == '?') return {1, true};
  if (pattern[0] == '\\' && pattern.size() > 1) return {2, pattern[1] == byte};
  const bool negated = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
  const std::size_t first = negated ? 2 : 1;
  // A ']' directly behind the opening is one of the set. A set that is never closed is no set.
  if (pattern[0] != '[' || last_bracket <= first || last_bracket >= pattern.size()) return {1, pattern[0] == byte};

  const auto code = [](char c) { return static_cast<unsigned char>(c); };
  bool found = false;
  std::size_t at = first;
  do {
    const bool range = at + 2 < last_bracket && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    const auto last = range ? pattern[at + 2] : pattern[at];
    found = found || (code(pattern[at]) <= code(byte) && code(byte) <= code(last));
    at += range ? 3 : 1;
  } while (pattern[at] != ']');
  return {at + 1, found != negated};
}

}  // namespace detail

/// Whether a name fits a pattern of the shell: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before what stands for itself.
/// Bytes are compared, a '.' or a '/' is as good as any other.
///
/// **Complexity:** at most `pattern.size() * name.size()` steps, no recursion, no memory.
inline bool matches(std::string_view pattern, std::string_view name) noexcept {
  const auto bracket = pattern.rfind(']');
  std::size_t at = 0, star = pattern.npos;  // in the pattern: where we are, behind the last '*'
  std::size_t byte = 0, resume = 0;         // in the name: where we are, where that '*' would end next
  while (byte < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      resume = byte;
      continue;
    }
    if (at < pattern.size()) {
      const auto last_bracket = bracket == pattern.npos || bracket < at ? 0 : bracket - at;
      const auto [length, fits] = detail::step(pattern.substr(at), last_bracket, name[byte]);
      if (fits) {
        at += length;
        ++byte;
        continue;
      }
    }
    // The last '*' takes one byte more; those before it never need to, which is what keeps this from exploding.
    if (star == pattern.npos) return false;
    at = star;
    byte = ++resume;
  }
  return pattern.find_first_not_of('*', at) == pattern.npos;
}

namespace detail {

/// Whether a name fits one of several patterns, in upper or lower case (of ASCII) where that does not matter.
inline bool fits_one_of(const std::vector<std::string>& patterns, std::string_view name, bool case_matters) {
  // As it is written, too: in upper case a range as [A-z] has lost what is between.
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return matches(pattern, name) || (!case_matters && matches(to_upper(pattern), to_upper(name)));
  });
}

}  // namespace detail

}  // namespace ftplike
