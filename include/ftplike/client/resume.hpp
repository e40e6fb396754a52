#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/client/files.hpp>
#include <ftplike/client/local.hpp>

// Files of ours from and to a server, from the beginning or from where they were left.
namespace ftplike::detail {

/// What there is of a file on one of the two sides.
class Beginning {
 public:
  std::uint64_t size = 0;
  Timestamp modified{};   // the epoch if it is not known
  bool is_whole = false;  // it stands under its name
};

/// What there is of a file of ours: what was interrupted, or else the file itself.
inline awaitable<Beginning> beginning_of(DirectoryStorage folder, Path path) {
  Beginning beginning;
  Settled<Entry> partial, whole;
  co_await settle(folder.stat_partial(path), partial);
  if (partial.failed()) co_await settle(folder.stat(path), whole);
  beginning.is_whole = partial.failed();
  const bool nothing = partial.failed() && whole.failed();
  if (nothing) co_return beginning;
  const Entry there = beginning.is_whole ? whole.get() : partial.get();
  if (!there.is_file()) co_return beginning;
  beginning.size = there.size.value_or(0);
  beginning.modified = there.modified;
  co_return beginning;
}

/// When a file of the server was modified, if it can and will say.
template <class Core> awaitable<std::optional<Timestamp>> time_of(Core& core, std::string remote) {
  if (core.dialect == Dialect::ftplike || !core.features.may_have("MDTM")) co_return std::nullopt;
  Settled<std::optional<Timestamp>> modified;
  co_await settle(ask_modified(core, std::move(remote)), modified);
  co_return modified.failed() ? std::nullopt : modified.get();
}

/// Whether what was left is of the same file, and not of one that has been replaced since.
inline bool is_current(Timestamp left, std::optional<Timestamp> source) {
  constexpr std::chrono::seconds tolerance{2};
  return !source || left == Timestamp{} || *source <= left + tolerance;
}

/// Fetches a file into a file of ours: aside, and under its name once it is whole.
template <class Core>
awaitable<TransferResult> fetch_file(Core& core, std::string remote, LocalTarget target, TransferOptions options) {
  auto size = options.size;
  if (!size) {
    const auto told = co_await length_for(core, remote, options);
    size = told;
  }
  std::optional<Timestamp> modified = options.modified;
  std::uint64_t offset = 0;
  if (options.resume && !options.ascii) {
    const Beginning left = co_await beginning_of(target.folder, target.path);
    if (left.size > 0 && !modified) {
      const auto told = co_await time_of(core, remote);
      modified = told;
    }
    if (is_current(left.modified, modified) && (!size || left.size <= *size)) offset = left.size;
    if (left.is_whole && size && offset == *size) {
      TransferResult nothing;
      nothing.offset = offset;
      nothing.name = target.name();
      co_return nothing;
    }
  }
  for (;; offset = 0) {
    std::optional<DirectoryStorage::Writer> writer;
    std::optional<TransferResult> result;
    try {
      DirectoryStorage::Writer created = co_await target.folder.create(target.path, offset);
      writer.emplace(std::move(created));
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
    try {
      TransferResult fetched = co_await fetch(core, remote, AnySink{*writer}, offset, size, options);
      result = std::move(fetched);
    } catch (const ClientError& failure) {
      if (offset == 0 || failure.verb() != "REST") throw;
    }
    if (!result) continue;  // the server cannot begin in the middle
    try {
      co_await writer->finish();
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
    if (options.keep_time && !modified) {
      const auto told = co_await time_of(core, remote);
      modified = told;
    }
    if (options.keep_time && modified) co_await target.folder.set_modified(target.path, *modified);
    result->name = target.name();
    co_return *std::move(result);
  }
}

/// How much the server has of a file of ours that can be gone on with.
template <class Core> awaitable<std::uint64_t> stored_before(Core& core, std::string remote, const Entry& local,
                                                             const TransferOptions& options) {
  Settled<std::optional<std::uint64_t>> there;
  co_await settle(length_for(core, remote, options), there);
  const auto length = there.failed() ? std::nullopt : there.get();
  if (!length || *length == 0 || *length > local.size.value_or(0)) co_return 0;
  const auto left = co_await time_of(core, std::move(remote));
  co_return is_current(left.value_or(Timestamp{}), local.modified) ? *length : 0;
}

/// Sends a file of ours, which `open(offset)` opens.
template <class Core, class Open> awaitable<TransferResult> store_file(Core& core, std::string verb, Open open,
                                                                       std::string remote, TransferOptions options) {
  std::optional<FileReader> file;
  FileReader opened = co_await open(std::uint64_t{0});
  file.emplace(std::move(opened));
  const Entry local = file->entry();

  std::uint64_t offset = 0, position = 0;
  if (verb == "STOR" && options.resume && !options.ascii) {
    const std::uint64_t before = co_await stored_before(core, remote, local, options);
    offset = before;
  }
  for (;;) {
    if (offset != position) {
      FileReader other = co_await open(offset);
      file.emplace(std::move(other));
      position = offset;
    }
    std::optional<TransferResult> result;
    try {
      TransferResult stored = co_await store(core, verb, AnySource{*file}, remote, offset, local.size, options);
      result = std::move(stored);
    } catch (const ClientError& failure) {
      const bool refused = failure.verb() == "REST" || (failure.transferred() == 0 && failure.code().value() == 554);
      if (offset == 0 || verb == "APPE" || !refused) throw;
      if (failure.verb() == "REST")
        verb = "APPE";  // which some servers have where they have no REST for uploads
      else
        offset = 0;
    }
    if (!result) continue;
    const bool keeps_time = options.keep_time && verb != "STOU" && core.features.may_have("MFMT");
    if (keeps_time) {
      const std::string time = format_timestamp(local.modified, Fraction::never);
      (void)co_await core.ask("MFMT " + time + " " + result->name);
    }
    co_return *std::move(result);
  }
}

/// Fetches a file to a path of ours.
template <class Core>
awaitable<TransferResult> fetch_path(Core& core, std::string remote, std::string local, TransferOptions options) {
  LocalTarget target = local_target(local, remote);
  co_return co_await fetch_file(core, std::move(remote), std::move(target), std::move(options));
}

/// Sends the file at a path of ours.
template <class Core> awaitable<TransferResult> store_path(Core& core, std::string verb, std::string local,
                                                           std::string remote, TransferOptions options) {
  if (verb != "STOU" && (remote.empty() || remote.ends_with('/'))) {
    remote += std::filesystem::path{local}.filename().string();
  }
  const auto open = [&local](std::uint64_t offset) { return open_local(local, offset); };
  try {
    co_return co_await store_file(core, verb, open, std::move(remote), std::move(options));
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, verb, local);
  }
}

}  // namespace ftplike::detail
