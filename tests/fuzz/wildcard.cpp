#include <ftplike/protocol/wildcard.hpp>

#include <bitset>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

/// A pattern in the slow, plain way: which bytes each element allows, and which elements are stars.
class Element {
 public:
  std::bitset<256> bytes;
  bool star = false;
};

std::size_t code(char byte) { return static_cast<unsigned char>(byte); }

/// The set that begins with a '[' at `at`; leaves `at` where it is if it is never closed.
std::bitset<256> set_at(std::string_view pattern, std::size_t& at) {
  auto in = at + 1;
  const bool negated = in < pattern.size() && (pattern[in] == '!' || pattern[in] == '^');
  if (negated) ++in;
  const auto close = in < pattern.size() ? pattern.find(']', in + 1) : pattern.npos;
  if (close == pattern.npos) return {};
  std::bitset<256> set;
  while (in < close) {
    if (in + 2 < close && pattern[in + 1] == '-') {
      for (auto byte = code(pattern[in]); byte <= code(pattern[in + 2]); ++byte) set.set(byte);
      in += 3;
    } else {
      set.set(code(pattern[in++]));
    }
  }
  at = close + 1;
  return negated ? ~set : set;
}

std::vector<Element> elements(std::string_view pattern) {
  std::vector<Element> result;
  for (std::size_t at = 0; at < pattern.size();) {
    Element element;
    const auto begin = at;
    if (pattern[at] == '*') element.star = true;
    if (pattern[at] == '?') element.bytes.set();
    if (pattern[at] == '[') element.bytes = set_at(pattern, at);
    if (at == begin) {
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      const bool special = at == begin && (pattern[at] == '*' || pattern[at] == '?');
      if (!special) element.bytes.set(code(pattern[at]));
      ++at;
    }
    result.push_back(element);
  }
  return result;
}

bool matches_plainly(std::string_view pattern, std::string_view name) {
  std::vector<bool> reached(name.size() + 1, false);  // how much of the name the elements so far can take
  reached[0] = true;
  for (const auto& element : elements(pattern)) {
    std::vector<bool> next(name.size() + 1, false);
    for (std::size_t at = 0; at <= name.size(); ++at) {
      if (element.star) next[at] = reached[at] || (at > 0 && next[at - 1]);
      if (!element.star && at > 0) next[at] = reached[at - 1] && element.bytes[code(name[at - 1])];
    }
    reached = next;
  }
  return reached[name.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::Input{data, size}.text();
  const auto middle = text.find('\n');
  if (middle == text.npos || text.size() > 512) return 0;
  const auto pattern = text.substr(0, middle), name = text.substr(middle + 1);
  fuzz::require(ftplike::matches(pattern, name) == matches_plainly(pattern, name));
  fuzz::require(ftplike::matches("*", name));
  if (!ftplike::has_wildcards(pattern)) fuzz::require(ftplike::matches(pattern, name) == (pattern == name));
  return 0;
}
