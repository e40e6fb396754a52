#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/client/files.hpp>
#include <ftplike/client/listing.hpp>
#include <ftplike/client/local.hpp>
#include <ftplike/system/paths.hpp>

// Files and other sources from and to a server, from the beginning or from where they were left.
namespace ftplike::inline v0_2::detail {

/// What there is of a file on one of the two sides.
class LocalCopy {
 public:
  std::uint64_t size = 0;
  Timestamp modified{};   // the epoch if it is not known
  bool is_whole = false;  // it stands under its name
};

/// What there is of a file of ours: what was interrupted, or else the file itself.
template <class = void> awaitable<LocalCopy> local_copy_of(DirectoryStorage folder, Path path) {
  LocalCopy copy;
  Settled<Entry> partial, whole;
  co_await settle(folder.stat_partial(path), partial);
  if (partial.failed()) co_await settle(folder.stat(path), whole);
  copy.is_whole = partial.failed();
  const bool nothing = partial.failed() && whole.failed();
  if (nothing) co_return copy;
  const Entry there = copy.is_whole ? whole.get() : partial.get();
  if (!there.is_file()) co_return copy;
  copy.size = there.size.value_or(0);
  copy.modified = there.modified;
  co_return copy;
}

/// When a file of the server was modified, if it can and will say.
template <class Core> awaitable<std::optional<Timestamp>> time_of(Core& core, std::string remote) {
  if (core.dialect == Dialect::ftplike || !core.features.may_have("MDTM")) co_return std::nullopt;
  co_return co_await if_told(core, ask_modified(core, std::move(remote)));
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
    const LocalCopy left = co_await local_copy_of(target.folder, target.path);
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

/// How much the server has of a file that can be gone on with from a source of so many bytes.
template <class Core> awaitable<std::uint64_t> stored_before(Core& core, std::string remote, std::uint64_t size,
                                                             std::optional<Timestamp> modified,
                                                             const TransferOptions& options) {
  const auto length = co_await length_for(core, remote, options);
  if (!length || *length == 0 || *length > size) co_return 0;
  if (!modified) co_return *length;
  const auto left = co_await time_of(core, std::move(remote));
  co_return is_current(left.value_or(Timestamp{}), modified) ? *length : 0;
}

/// Whether a server can tell the length of an upload that was cut off and that it keeps aside: one that offers to go on
/// with uploads. MLST tells of what stands only.
template <class Core> bool may_keep_aside(const Core& core) {
  return core.features.has("REST STREAM") && core.features.may_have("MLST");
}

/// Whether a file that the server has all bytes of stands under its name.
template <class Core> awaitable<bool> stands(Core& core, std::string remote) {
  if (!may_keep_aside(core)) co_return true;
  const Reply answer = co_await ask_mlst(core, std::move(remote));
  co_return answer.complete() || not_understood(answer);
}

/// Throws unless a file whose length the server has told stands under its name.
template <class Core> awaitable<void> check_stands(Core& core, std::string path) {
  if (!may_keep_aside(core)) co_return;
  const bool exists = co_await path_exists(core, path);
  if (exists) co_return;
  const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
  throw ClientError{error, "SIZE", Channel::control, 0, path + ": " + error.message()};
}

/// What is to be done after an upload that was gone on with has failed: false if nothing can be.
///
/// What cannot be gone on with by REST may be by APPE. What cannot be at all, or has another length than it should, is
/// sent from the copy.
inline bool begin_otherwise(const ClientError& failure, std::string& verb, std::uint64_t& offset) {
  const bool refused = failure.code().category() == reply_category() && failure.transferred() == 0;
  if (refused && failure.verb() == "REST") {
    verb = "APPE";
    return true;
  }
  const bool unknown = refused && failure.verb() == "APPE" && not_understood(failure.code().value());
  const bool beyond = refused && failure.code().value() == 554;
  const bool spoilt = failure.code() == Errc::too_short || failure.code() == Errc::too_long;
  if (!unknown && !beyond && !spoilt) return false;
  verb = "STOR";
  offset = 0;
  return true;
}

/// Throws if what cannot seek is to be gone on with.
inline void check_can_resume(bool can_seek, const TransferOptions& options, std::string_view verb) {
  if (!options.resume || options.ascii || can_seek) return;
  throw ClientError{std::make_error_code(std::errc::invalid_seek), std::string{verb}, Channel::local, 0,
                    "cannot resume: what is to be transferred begins at its beginning only"};
}

/// Sends what a source gives, all of it if it can seek. It is gone on with by REST where the server offers that for
/// files of its own (RFC 3659 §5), else by APPE; nothing is sent of what the server has whole.
template <class Core> awaitable<TransferResult> store_from(Core& core, std::string verb, AnySource source,
                                                           std::string remote, TransferOptions options) {
  const std::optional<std::uint64_t> size = source.size();
  std::uint64_t offset = 0;
  std::optional<TransferResult> result;
  if (verb == "STOR") check_can_resume(size.has_value(), options, verb);
  if (verb == "STOR" && options.resume && !options.ascii) {
    const std::uint64_t before = co_await stored_before(core, remote, *size, source.modified(), options);
    offset = before;
    bool is_whole = offset > 0 && offset == *size;
    if (is_whole) {
      const bool found = co_await stands(core, remote);
      is_whole = found;
    }
    if (is_whole) {
      result.emplace();
      result->offset = offset;
      result->name = remote;
    }
    if (offset > 0 && !core.features.has("REST STREAM")) verb = "APPE";
  }
  while (!result) {
    if (size) source.seek(offset);
    try {
      TransferResult stored = co_await store(core, verb, source, remote, offset, size, options);
      result = std::move(stored);
    } catch (const ClientError& failure) {
      if (offset == 0 || !begin_otherwise(failure, verb, offset)) throw;
    }
  }
  const bool keeps_time = options.keep_time && verb != "STOU" && source.modified();
  if (keeps_time) {
    const std::string command = time_command(core, result->name, *source.modified());
    if (!command.empty()) (void)co_await core.ask(command);
  }
  co_return *std::move(result);
}

/// Fetches a file to a path of ours.
template <class Core>
awaitable<TransferResult> fetch_path(Core& core, std::string remote, std::string local, TransferOptions options) {
  LocalTarget target = local_target(local, remote);
  co_return co_await fetch_file(core, std::move(remote), std::move(target), std::move(options));
}

/// How much of a file a sink has that can be gone on with.
template <class Core>
awaitable<std::uint64_t> fetched_before(Core& core, std::string remote, AnySink sink, std::optional<std::uint64_t> size,
                                        std::optional<Timestamp> modified) {
  const std::uint64_t there = sink.size().value_or(0);
  const Timestamp left = sink.modified().value_or(Timestamp{});
  if (size && there > *size) co_return 0;
  if (there > 0 && left != Timestamp{} && !modified) {
    const auto told = co_await time_of(core, std::move(remote));
    modified = told;
  }
  co_return is_current(left, modified) ? there : 0;
}

/// Fetches a file into a sink, behind what that has if it is to be resumed.
template <class Core>
awaitable<TransferResult> fetch_into(Core& core, std::string remote, AnySink sink, TransferOptions options) {
  check_can_resume(sink.size().has_value(), options, "RETR");
  auto size = options.size;
  if (!size) {
    const auto told = co_await length_for(core, remote, options);
    size = told;
  }
  std::uint64_t offset = 0;
  if (options.resume && !options.ascii) {
    const std::uint64_t before = co_await fetched_before(core, remote, sink, size, options.modified);
    offset = before;
    sink.seek(offset);
  }
  std::optional<TransferResult> result;
  while (!result) {
    try {
      TransferResult fetched = co_await fetch(core, remote, sink, offset, size, options);
      result = std::move(fetched);
    } catch (const ClientError& failure) {
      if (offset == 0 || failure.verb() != "REST") throw;
      sink.seek(0);  // the server cannot begin in the middle
      offset = 0;
    }
  }
  co_await sink.finish();
  co_return *std::move(result);
}

/// Sends the file at a path of ours.
template <class Core> awaitable<TransferResult> store_path(Core& core, std::string verb, std::string local,
                                                           std::string remote, TransferOptions options) {
  if (verb != "STOU" && (remote.empty() || remote.ends_with('/'))) {
    remote += last_name(local);
  }
  try {
    FileReader file = co_await FileReader::open(local);
    co_return co_await store_from(core, verb, AnySource{file}, std::move(remote), std::move(options));
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, verb, local);
  }
}

}  // namespace ftplike::detail
