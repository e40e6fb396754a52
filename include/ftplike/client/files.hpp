#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/client/local.hpp>
#include <ftplike/client/questions.hpp>

// Files from and to a server.
namespace ftplike::detail {

/// Whether a transfer failed because the server does not know how to begin in the middle.
inline bool cannot_restart(const ClientError& error) { return error.verb() == "REST"; }

/// How a transfer is to be done, for the session.
inline ClientTransfer prepare(std::string command, Direction direction, const TransferOptions& options) {
  ClientTransfer transfer{std::move(command), direction};
  transfer.ascii = options.ascii;
  transfer.bandwidth = options.bandwidth;
  transfer.progress = options.progress;
  return transfer;
}

template <class Core> TransferResult result_of(Core& core, const ClientTransfer& transfer, std::string name) {
  TransferResult result;
  result.transferred = transfer.moved;
  result.offset = transfer.offset;
  result.took = core.network().now() - transfer.began;
  result.name = std::move(name);
  return result;
}

/// The length that a file has on the server, if that matters and can be known.
template <class Core>
awaitable<std::optional<std::uint64_t>> length_for(Core& core, std::string remote, const TransferOptions& options) {
  const bool asks = !options.ascii && core.dialect == Dialect::standard && core.features.may_have("SIZE");
  if (!asks || !(options.verify || options.progress || options.resume)) co_return std::nullopt;
  co_return co_await ask_size(core, std::move(remote));
}

/// Fetches a file, from `offset` on, into a sink that is not finished by this.
template <class Core, ByteSink Sink>
awaitable<TransferResult> fetch(Core& core, std::string remote, Sink& sink, std::uint64_t offset,
                                std::optional<std::uint64_t> size, const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  ClientTransfer transfer = prepare("RETR " + remote, Direction::received, options);
  transfer.offset = transfer.restart = offset;
  transfer.size = size.value_or(0);
  (void)co_await core.receive(sink, transfer);
  // A server that closes the data connection early and says that all is well is believed only as far as its SIZE goes.
  if (options.verify && size && offset + transfer.moved < *size) {
    throw ClientError{Errc::too_short, "RETR", Channel::data, transfer.moved};
  }
  co_return result_of(core, transfer, std::move(remote));
}

/// Sends what a source gives, which is to stand behind `offset` bytes that the server has.
template <class Core, ByteSource Source>
awaitable<TransferResult> store(Core& core, std::string_view verb, Source& source, std::string remote,
                                std::uint64_t offset, std::optional<std::uint64_t> size,
                                const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  std::string command{verb};
  if (!remote.empty()) command += " " + remote;
  ClientTransfer transfer = prepare(std::move(command), Direction::sent, options);
  transfer.offset = offset;
  if (verb == "STOR") transfer.restart = offset;
  transfer.size = size.value_or(0);
  (void)co_await core.send(source, transfer);
  if (verb == "STOU") {
    constexpr std::string_view mark = "FILE: ";  // RFC 1123 §4.1.2.9
    const auto at = transfer.opening.find(mark);
    remote = at == transfer.opening.npos ? std::string{} : transfer.opening.substr(at + mark.size());
  }
  if (options.verify && !remote.empty() && verb != "APPE") {
    const auto length = co_await length_for(core, remote, options);
    if (length && *length < offset + transfer.moved) {
      throw ClientError{Errc::too_short, "STOR", Channel::data, transfer.moved};
    }
  }
  co_return result_of(core, transfer, std::move(remote));
}

/// Where an interrupted download can go on: behind what its partial file has, or else what the file itself has.
inline awaitable<std::uint64_t> resume_point(DirectoryStorage& folder, Path path) {
  Settled<std::uint64_t> partial;
  co_await settle(folder.partial_size(path), partial);
  if (!partial.failed()) co_return partial.get();
  Settled<Entry> whole;
  co_await settle(folder.stat(path), whole);
  co_return whole.failed() ? 0 : whole.get().size;
}

/// Fetches a file into a file of ours: aside, and under its name once it is whole.
template <class Core>
awaitable<TransferResult> fetch_file(Core& core, std::string remote, std::string local, TransferOptions options) {
  std::optional<LocalTarget> target;
  std::optional<DirectoryStorage> folder;
  try {
    target.emplace(local, remote);
    folder.emplace(target->folder);
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, "RETR", local);
  }
  const Path path{target->name};

  const auto size = co_await length_for(core, remote, options);
  std::uint64_t offset = 0;
  if (options.resume && !options.ascii) {
    const std::uint64_t point = co_await resume_point(*folder, path);
    if (!size || point <= *size) offset = point;
  }
  for (;;) {
    std::optional<DirectoryStorage::Writer> writer;
    try {
      DirectoryStorage::Writer created = co_await folder->create(path, offset);
      writer.emplace(std::move(created));
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target->path()); }
    std::optional<TransferResult> result;
    try {
      TransferResult fetched = co_await fetch(core, remote, *writer, offset, size, options);
      result = std::move(fetched);
    } catch (const ClientError& failure) {
      if (offset == 0 || !cannot_restart(failure)) throw;
    }
    if (!result) {
      offset = 0;
      continue;
    }
    try {
      co_await writer->finish();
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target->path()); }
    if (options.keep_time && core.dialect == Dialect::standard && core.features.may_have("MDTM")) {
      const auto modified = co_await ask_modified(core, remote);
      if (modified) co_await folder->set_modified(path, *modified);
    }
    result->name = target->path();
    co_return *std::move(result);
  }
}

/// Sends a file of ours.
template <class Core> awaitable<TransferResult> store_file(Core& core, std::string verb, std::string local,
                                                           std::string remote, TransferOptions options) {
  if (verb != "STOU" && (remote.empty() || remote.ends_with('/'))) {
    remote += std::filesystem::path{local}.filename().string();
  }
  std::optional<FileReader> file;
  try {
    FileReader opened = co_await open_local(local, 0);
    file.emplace(std::move(opened));
  } catch (const std::system_error& failure) { fail_locally(failure, verb, local); }
  const std::uint64_t size = file->size();

  std::uint64_t offset = 0;
  if (verb == "STOR" && options.resume && !options.ascii) {
    Settled<std::optional<std::uint64_t>> there;
    co_await settle(length_for(core, remote, options), there);
    const auto length = there.failed() ? std::nullopt : there.get();
    if (length && *length <= size) offset = *length;
  }
  for (;;) {
    if (offset > 0) {
      FileReader opened = co_await open_local(local, offset);
      file.emplace(std::move(opened));
    }
    try {
      TransferResult result = co_await store(core, verb, *file, remote, offset, size, options);
      co_return result;
    } catch (const ClientError& failure) {
      if (offset == 0 || !cannot_restart(failure)) throw;
    }
    verb = "APPE";  // which some servers have where they have no REST for uploads
  }
}

}  // namespace ftplike::detail
