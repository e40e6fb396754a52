#pragma once
#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/users/user_file.hpp>

#include "../system/paths.hpp"
#include "bucket.hpp"
#include "configuration.hpp"
#include "failure.hpp"

/// A place that some users see besides the root.
class SeenPlace {
 public:
  SeenPlace(std::string its_place, std::string its_source) : place{std::move(its_place)}, source{std::move(its_source)} {}

  std::string place;   // a folder or a bucket
  std::string source;  // who sees it, as "users: FILE: anna: "; empty: everybody
};

/// All of them, as the configuration and its users' file name them. **Errors:** `Failure` of that file.
inline std::vector<SeenPlace> seen_places(const Configuration& configuration) {
  std::vector<SeenPlace> result;
  for (const auto& folder : configuration.folders) result.emplace_back(folder.place, "");
  if (configuration.users.empty()) return result;
  try {
    for (const auto& user : ftplike::read_users(path_of(configuration.users))) {
      const std::string source = "users: " + configuration.users + ": " + user.key() + ": ";
      for (const auto& folder : user.account.folders) result.emplace_back(folder.place, source);
    }
  } catch (const std::exception& error) {
    throw Failure{Ending::bad_configuration, std::string{"users: "} + error.what()};
  }
  return result;
}

/// What is one place by whatever name it is said. Those above come before those below.
inline std::filesystem::path real_place(const std::string& place) {
  std::error_code error;
  std::filesystem::path result;
  if (!is_bucket(place)) result = std::filesystem::weakly_canonical(path_of(place), error);
  if (is_bucket(place) || error) result = path_of(place).lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

/// The way from a real place to another one that is it or lies beneath it. There is none through a folder that may not be
/// listed: what lies below is not seen from above, and so not counted there.
inline std::optional<ftplike::Path> way_down(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto differ = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  if (differ.first != from.end()) return std::nullopt;
  ftplike::Path result;
  auto above = from;
  for (auto name = differ.second; name != to.end(); above /= *name++) {
    std::error_code error;
    const std::filesystem::directory_iterator look{above, error};
    if (error == std::errc::permission_denied) return std::nullopt;
    result = result.resolve(text_of(*name));
  }
  return result;
}

/// The root and the other places, without those that are, or lie beneath, another one of them.
inline std::vector<std::string> outermost_places(const std::string& root, const std::vector<SeenPlace>& others) {
  std::map<std::filesystem::path, std::string> real{{real_place(root), root}};
  for (const auto& other : others) real.emplace(real_place(other.place), other.place);
  std::vector<std::string> result;
  std::filesystem::path last;
  for (const auto& [where, place] : real) {
    if (!result.empty() && way_down(last, where)) continue;
    result.push_back(place);
    last = where;
  }
  return result;
}
