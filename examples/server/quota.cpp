#include "quota.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/io/settled.hpp>
#include <ftplike/storage/quota.hpp>
#include <ftplike/users/user_file.hpp>

#include "bucket.hpp"
#include "failure.hpp"
#include "folder.hpp"

namespace {

using ftplike::Path;
using ftplike::QuotaLimits;
using ftplike::Usage;

/// Whose files are counted, and how much there may be.
class Counted {
 public:
  Counted(std::string its_name, Path its_root, QuotaLimits its_limits)
      : name{std::move(its_name)}, root{std::move(its_root)}, limits{its_limits} {}

  std::string name;
  Path root;
  QuotaLimits limits;
};

/// All whose files are counted, and the places besides the root that they see.
class WhatToCount {
 public:
  std::vector<Counted> all;
  std::set<std::string> places;
};

WhatToCount what_to_count(const Configuration& configuration) {
  WhatToCount result;
  for (const auto& folder : configuration.folders) result.places.insert(folder.place);
  if (!configuration.users.empty()) {
    try {
      for (const auto& user : ftplike::read_users(configuration.users)) {
        result.all.emplace_back(user.key(), user.account.root,
                                QuotaLimits{user.account.quota_bytes, user.account.quota_files});
        for (const auto& folder : user.account.folders) result.places.insert(folder.place);
      }
    } catch (const std::exception& error) {
      throw Failure{Ending::bad_configuration, std::string{"users: "} + error.what()};
    }
  }
  result.all.emplace_back("(all)", Path{}, configuration.quota);
  return result;
}

std::string text_of(std::uint64_t used, std::uint64_t limit) {
  return std::to_string(used) + " of " + (limit > 0 ? std::to_string(limit) : "any");
}

template <class Files> Usage count(Files& files, const Path& root) {
  asio::io_context loop;
  ftplike::QuotaStorage<Files> counted{files, ftplike::Quota{}, root};
  ftplike::Settled<Usage> result;
  ftplike::start_on(loop.get_executor(), ftplike::settle(counted.used(), result));
  loop.run();
  return result.get();
}

template <class Files> void show(const Configuration& configuration, Files (*open)(const Configuration&)) {
  const auto what = what_to_count(configuration);
  auto files = open(configuration);
  std::map<Path, Usage> known;  // users may share a root
  std::puts("user\troot\tbytes\tfiles");
  for (const auto& one : what.all) {
    const auto [place, is_new] = known.try_emplace(one.root);
    if (is_new) place->second = count(files, one.root);
    Usage used = place->second;
    for (const auto& elsewhere : what.places) {
      if (&one != &what.all.back()) break;
      Configuration there = configuration;
      there.root = elsewhere;
      auto others = open(there);
      used += count(others, Path{});
    }
    std::printf("%s\t%s\t%s\t%s\n", one.name.c_str(), one.root.string().c_str(),
                text_of(used.bytes, one.limits.bytes).c_str(), text_of(used.files, one.limits.files).c_str());
  }
}

}  // namespace

void show_quotas(const Configuration& configuration) {
  try {
    if (!is_bucket(configuration.root)) return show(configuration, open_folder);
#ifdef FTPLIKE_HAS_S3
    show(configuration, open_bucket);
#else
    throw Failure{Ending::bad_configuration, "this program was built without libcurl: it serves no buckets"};
#endif
  } catch (const std::system_error& error) {
    throw Failure{Ending::failed, why("cannot count what is in " + configuration.root, error.code())};
  }
}
