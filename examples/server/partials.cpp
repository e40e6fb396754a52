#include "partials.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <vector>

#include <ftplike/observers/text.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/storage/partials.hpp>

#include "failure.hpp"

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
