#include "partials.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/observers/text.hpp>
#include <ftplike/protocol/timestamp.hpp>

#include "failure.hpp"

PartialKeeper::PartialKeeper(Folders folders, const ftplike::PartialRules& rules)
    : folders_{std::move(folders)}, rules_{rules}, thread_{[this] { work(); }} {}

PartialKeeper::~PartialKeeper() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

PartialKeeper::Figures PartialKeeper::last() const {
  const std::lock_guard lock{mutex_};
  return last_;
}

void PartialKeeper::work() {
  std::unique_lock lock{mutex_};
  while (!is_over_) {
    lock.unlock();
    Figures figures;
    for (const auto& folder : folders_()) {
      try {
        const auto report = ftplike::purge_partials(folder.place, rules_);  // each has a share of the disk that it is on
        if (!folder.is_outermost) continue;
        figures.files += report.left.size();
        figures.bytes += report.bytes_left();
      } catch (const std::system_error&) {  // the folder is away just now
      }
    }
    lock.lock();
    last_ = figures;
    ended_.wait_for(lock, std::chrono::minutes{10}, [this] { return is_over_; });
  }
}

namespace {

void print(const std::vector<ftplike::PartialFile>& files) {
  for (const auto& file : files) {
    std::printf("%llu %s %s\n", static_cast<unsigned long long>(file.bytes),
                ftplike::format_timestamp(file.written, ftplike::Fraction::never).c_str(),
                ftplike::printable(file.path.string()).c_str());
  }
}

}  // namespace

void list_partials(const PartialOrder& order) {
  try {
    print(ftplike::list_partials(order.root));
  } catch (const std::system_error& error) { throw Failure{Ending::no_folder, error.what()}; }
}

void purge_partials(const PartialOrder& order) {
  // An age of nothing is that of every partial file that has been written to before now.
  const std::chrono::seconds lifetime{std::max(1LL, std::llround(order.seconds))};
  try {
    print(ftplike::purge_partials(order.root, {.lifetime = lifetime}).removed);
  } catch (const std::system_error& error) { throw Failure{Ending::no_folder, error.what()}; }
}
