#include "quota.hpp"

#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/io/settled.hpp>
#include <ftplike/storage/quota.hpp>
#include <ftplike/users/user_file.hpp>

#include "bucket.hpp"
#include "failure.hpp"
#include "folder.hpp"
#include "places.hpp"

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

/// The users of the file.
std::vector<Counted> users_of(const Configuration& configuration) {
  std::vector<Counted> result;
  if (configuration.users.empty()) return result;
  try {
    for (const auto& user : ftplike::read_users(path_of(configuration.users))) {
      result.emplace_back(user.key(), user.account.root, QuotaLimits{user.account.quota_bytes, user.account.quota_files});
    }
  } catch (const std::exception& error) {
    throw Failure{Ending::bad_configuration, std::string{"users: "} + error.what()};
  }
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

void print(const Counted& one, const Usage& used) {
  std::printf("%s\t%s\t%s\t%s\n", one.name.c_str(), one.root.string().c_str(), text_of(used.bytes, one.limits.bytes).c_str(),
              text_of(used.files, one.limits.files).c_str());
}

template <class Files> void show(const Configuration& configuration, Files (*open)(const Configuration&)) {
  auto files = open(configuration);
  std::map<Path, Usage> known;  // users may share a root
  std::puts("user\troot\tbytes\tfiles");
  for (const auto& one : users_of(configuration)) {
    const auto [place, is_new] = known.try_emplace(one.root);
    if (is_new) place->second = count(files, one.root);
    print(one, place->second);
  }
  Usage all;
  for (const auto& place : outermost_places(configuration.root, seen_places(configuration))) {
    auto there = open(configuration.at(place));
    all += count(there, Path{});
  }
  print(Counted{"(all)", Path{}, configuration.quota}, all);
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
