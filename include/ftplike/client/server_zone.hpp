#pragma once
#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <ratio>
#include <vector>

#include <ftplike/protocol/entry.hpp>

// The times of a LIST. RFC 959 leaves their zone open, MDTM has none: what both tell of one file shows how far the
// server's clock is ahead on that day. It need not be the same in summer and in winter.
namespace ftplike::inline v0_2::detail {

/// Whether a listing told the time of day of a file, not just its date.
inline bool has_time_of_day(const Entry& entry) noexcept {
  const auto time = entry.modified.time_since_epoch();
  return time.count() != 0 && time % std::chrono::days{1} != time.zero();
}

/// How far a clock is ahead that tells a time for what was at `utc`, to the quarter of an hour, as zones are.
inline std::optional<std::chrono::minutes> zone_between(Timestamp told, Timestamp utc) noexcept {
  constexpr std::chrono::minutes quarter{15}, farthest{15 * 60};
  const auto ahead = std::chrono::floor<std::chrono::minutes>(told - utc + quarter / 2);
  const auto quarters = std::chrono::floor<std::chrono::duration<int, std::ratio<900>>>(ahead);
  if (quarters > farthest || quarters < -farthest) return std::nullopt;
  return std::chrono::minutes{quarters};
}

/// How far the times of a server's listings are ahead of UTC, by their dates.
class ServerZone {
 public:
  std::optional<std::chrono::minutes> given;  // by the user, for all times

  void learn(Timestamp told, std::chrono::minutes ahead) { samples_[told] = ahead; }
  bool reaches_back_to(Timestamp told) const { return !samples_.empty() && samples_.begin()->first <= told; }
  /// The next time of which it is known; nothing if that is the last.
  std::optional<Timestamp> next(Timestamp told) const {
    const auto above = samples_.lower_bound(told);
    return above == samples_.end() ? std::nullopt : std::optional{above->first};
  }

  /// Nothing if clocks may have been changed between that time and those that are known.
  std::optional<std::chrono::minutes> at(Timestamp told) const {
    if (given) return given;
    const auto above = samples_.lower_bound(told);
    if (above == samples_.end()) return std::nullopt;
    if (above->first == told) return above->second;
    if (above == samples_.begin()) return std::nullopt;
    const auto below = std::prev(above);
    constexpr std::chrono::days no_two_changes{100};
    const bool same = above->second == below->second && above->first - below->first <= no_two_changes;
    return same ? std::optional{above->second} : std::nullopt;
  }
  /// What is known of the time that is nearest.
  std::optional<std::chrono::minutes> nearest(Timestamp told) const {
    if (const auto exactly = at(told); exactly || samples_.empty()) return exactly;
    const auto above = samples_.lower_bound(told);
    if (above == samples_.begin()) return above->second;
    const auto below = std::prev(above);
    const bool first = above == samples_.end() || told - below->first < above->first - told;
    return first ? below->second : above->second;
  }

 private:
  std::map<Timestamp, std::chrono::minutes> samples_;  // by the time that the listing told
};

/// Whose time is to be known next, of files in the order of their times: the first or the last if nothing is known
/// before or behind it, else what is in the middle of a gap.
inline const Entry* telling_one(const ServerZone& zone, const std::vector<const Entry*>& files) {
  const auto is_open = [&zone](const Entry* file) { return !zone.at(file->modified); };
  const auto first = std::find_if(files.begin(), files.end(), is_open);
  if (first == files.end()) return nullptr;
  if (!zone.reaches_back_to((*first)->modified)) return *first;
  const auto end = zone.next((*first)->modified);
  if (!end) return files.back();
  const auto behind = std::find_if(first, files.end(), [&end](const Entry* file) { return file->modified >= *end; });
  return *(first + (behind - first) / 2);
}

}  // namespace ftplike::detail
