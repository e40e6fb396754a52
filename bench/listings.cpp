// bench_listings [MOST [FOLDER]]: what LIST and NLST make of folders with 10 files, 100, … and MOST (1 000 000 unless
// told), read to the last byte with nothing behind them: microseconds an entry, and the most memory that the process had
// meanwhile. Both are to be flat. The files lie in a folder of their own in FOLDER (the system's for temporary files),
// which goes in the end.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/io/run.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/verbs/listing.hpp>

namespace {

using namespace ftplike;

/// The most memory that was in use since the last call, in KiB.
long peak_memory() {
  std::ifstream status{"/proc/self/status"};
  long result = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") status >> result;
  }
  std::ofstream{"/proc/self/clear_refs"} << 5;
  return result;
}

awaitable<std::size_t> read_all(DirectoryStorage files, EntryFormat format, bool names) {
  std::optional<DirectoryListing> listing;
  auto found = co_await files.list(Path{});
  listing.emplace(std::move(found));
  if (names) listing->names_only();
  ListingSource<DirectoryListing> source{std::move(listing), Entry{}, std::string{}, std::move(format)};
  std::vector<std::byte> room(512 * 1024);
  std::size_t lines = 0;
  for (;;) {
    const std::span<std::byte> all{room};
    const std::size_t size = co_await source.read_some(all);
    if (size == 0) co_return lines;
    const auto text = as_text(all.first(size));
    lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
}

void measure(std::string_view verb, const std::string& folder, std::size_t count, const EntryFormat& format) {
  using Clock = std::chrono::steady_clock;
  TcpTransport network;
  Runner runner{network};
  const DirectoryStorage files{folder};
  std::vector<double> times;
  peak_memory();
  const auto begin = Clock::now();
  do {
    const auto since = Clock::now();
    const std::size_t lines = runner.run(read_all(files, format, verb == "NLST"));
    if (lines != count) std::exit(1);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - since).count());
  } while (times.size() < 200 && Clock::now() - begin < std::chrono::seconds{1});
  std::sort(times.begin(), times.end());
  std::printf("%s of %8zu files: %7.2f us an entry, %6ld KiB at the most\n", std::string{verb}.c_str(), count,
              times[times.size() / 2] / static_cast<double>(count), peak_memory());
}

}  // namespace

int main(int count, char** arguments) {
  namespace fs = std::filesystem;
  const auto most = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 1'000'000;
  std::string folder = (count > 2 ? fs::path{arguments[2]} : fs::temp_directory_path()) / "ftplike-listings-XXXXXX";
  if (!::mkdtemp(folder.data())) return 1;
  const EntryFormat lines = [now = wall_clock()](std::string& out, const Entry& entry) {
    append_listed(out, entry, now);
    out += "\r\n";
  };
  const EntryFormat names = [](std::string& out, const Entry& entry) { out.append(entry.name).append("\r\n"); };
  std::size_t made = 0;
  for (std::size_t files = 10; files <= most; files *= 10) {
    for (; made < files; ++made) std::ofstream{folder + "/file-" + std::to_string(made)};
    measure("LIST", folder, files, lines);
    measure("NLST", folder, files, names);
  }
  fs::remove_all(folder);
}
