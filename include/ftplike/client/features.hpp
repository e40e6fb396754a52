#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// What a server can do: the lines of its reply to FEAT, and what it has refused since. RFC 2389 §3.
class Features {
 public:
  Features() = default;
  /// From the text of a 211, whose first and last lines are not features.
  explicit Features(std::string_view text) : known_{true} {
    for (std::size_t at = text.find('\n'); at != text.npos;) {
      const auto end = text.find('\n', at + 1);
      if (end == text.npos) break;
      auto line = text.substr(at + 1, end - at - 1);
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      while (line.ends_with(' ')) line.remove_suffix(1);
      if (!line.empty() && lines_.size() < most) lines_.emplace_back(line);
      at = end;
    }
  }

  /// Whether the server answered FEAT at all.
  bool known() const noexcept { return known_; }
  /// Whether the first words of a line are these, in upper or lower case: `has("REST STREAM")`.
  bool has(std::string_view feature) const { return find(feature) != nullptr; }
  /// What follows these words in their line, empty if that is not there: `value("HASH")` may be `SHA-256*;MD5`.
  std::string_view value(std::string_view feature) const {
    const auto* const line = find(feature);
    return line && line->size() > feature.size() ? std::string_view{*line}.substr(feature.size() + 1)
                                                 : std::string_view{};
  }
  /// Whether it is worth trying: what was offered, or not even denied by silence, and has not been refused since.
  bool may_have(std::string_view feature) const { return !refused(feature) && (has(feature) || optional(feature)); }
  /// Takes note that the server does not understand this after all.
  void refuse(std::string_view feature) {
    if (!refused(feature)) refused_.emplace_back(feature);
  }
  /// Whether the server has refused this feature in this session, whatever FEAT said.
  bool refused(std::string_view feature) const {
    return std::find(refused_.begin(), refused_.end(), feature) != refused_.end();
  }
  /// The lines of the reply to FEAT.
  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  static constexpr std::size_t most = 1000;

  const std::string* find(std::string_view feature) const {
    for (const auto& line : lines_) {
      const auto front = std::string_view{line}.substr(0, feature.size());
      if (same_word(front, feature) && (line.size() == feature.size() || line[feature.size()] == ' ')) {
        return &line;
      }
    }
    return nullptr;
  }
  /// What servers from before RFC 3659 have without telling it.
  bool optional(std::string_view feature) const { return !known_ && (feature == "SIZE" || feature == "MDTM"); }

  std::vector<std::string> lines_, refused_;
  bool known_ = false;
};

}  // namespace ftplike
