#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/client/path_queries.hpp>

// Files from and to a server, as sinks and sources have them.
namespace ftplike::inline v0_2::detail {

/// How a transfer is to be done, for the session.
inline ClientTransfer prepare(std::string command, Direction direction, const TransferOptions& options) {
  ClientTransfer transfer{std::move(command), direction};
  transfer.ascii = options.ascii;
  transfer.bandwidth = options.bandwidth;
  transfer.progress = options.progress;
  return transfer;
}

template <class Core>
TransferResult result_of(Core& core, const ClientTransfer& transfer, std::string name, Reply reply) {
  TransferResult result;
  result.transferred = transfer.moved;
  result.offset = transfer.offset;
  result.took = core.network().now() - transfer.began;
  result.name = std::move(name);
  result.reply = std::move(reply);
  return result;
}

/// The length that a file has on the server, if that matters and the server can and will tell.
template <class Core>
awaitable<std::optional<std::uint64_t>> length_for(Core& core, std::string remote, const TransferOptions& options) {
  const bool asks = !options.ascii && core.dialect == Dialect::standard && core.features.may_have("SIZE");
  if (!asks || !(options.verify || options.progress || options.resume)) co_return std::nullopt;
  co_return co_await if_told(core, ask_size(core, std::move(remote)));
}

/// Throws unless as many bytes have come, or are there now, as were promised.
inline void check_length(std::uint64_t length, std::uint64_t promised, const ClientTransfer& transfer) {
  if (length == promised) return;
  const Errc error = length < promised ? Errc::too_short : Errc::too_long;
  throw ClientError{error, verb_of(transfer.command), Channel::data, transfer.moved, transfer.offset};
}

/// Fetches a file, from `offset` on, into a sink that is not finished by this.
template <class Core> awaitable<TransferResult> fetch(Core& core, std::string remote, AnySink sink,
                                                      std::uint64_t offset, std::optional<std::uint64_t> size,
                                                      const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  ClientTransfer transfer = prepare("RETR " + remote, Direction::received, options);
  transfer.offset = transfer.restart = offset;
  transfer.size = size;
  Reply last = co_await core.receive(sink, transfer);
  // A server that closes the data connection early and says that all is well is believed only as far as its SIZE goes.
  // A file may have grown since, but one that ends behind its end was not gone on with where it should have been.
  const std::uint64_t end = offset + transfer.moved;
  const bool grew = size && offset == 0 && end > *size;
  if (options.verify && size && !grew) check_length(end, *size, transfer);
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

/// Fetches a part of a file, which may be of no bytes.
template <class Core> awaitable<TransferResult> fetch_range(Core& core, std::string remote, AnySink sink,
                                                            std::uint64_t offset, std::uint64_t length,
                                                            TransferOptions options) {
  ClientTransfer transfer = prepare("RETR " + remote, Direction::received, options);
  transfer.began = core.network().now();
  transfer.offset = transfer.restart = offset;
  transfer.length = length;
  transfer.ascii = false;
  Reply last;
  if (length > 0) {
    co_await set_type(core, 'I');
    Reply reply = co_await core.receive(sink, transfer);
    last = std::move(reply);
  }
  check_length(transfer.moved, length, transfer);
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

/// Does a command of the caller's own, whose data go into a sink.
template <class Core>
awaitable<TransferResult> receive_by(Core& core, std::string command, AnySink sink, TransferOptions options) {
  core.forget_settings();
  ClientTransfer transfer = prepare(std::move(command), Direction::received, options);
  transfer.size = options.size;
  Reply last = co_await core.receive(sink, transfer);
  co_await sink.finish();
  co_return result_of(core, transfer, {}, std::move(last));
}
/// The same whose data come from a source.
template <class Core>
awaitable<TransferResult> send_by(Core& core, std::string command, AnySource source, TransferOptions options) {
  core.forget_settings();
  ClientTransfer transfer = prepare(std::move(command), Direction::sent, options);
  transfer.size = source.size();
  if (transfer.size) source.seek(0);
  Reply last = co_await core.send(source, transfer);
  co_return result_of(core, transfer, {}, std::move(last));
}

/// Sends what a source gives, which is to stand behind `offset` bytes that the server has.
template <class Core> awaitable<TransferResult> store(Core& core, std::string_view verb, AnySource source,
                                                      std::string remote, std::uint64_t offset,
                                                      std::optional<std::uint64_t> size,
                                                      const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  std::string command{verb};
  if (!remote.empty()) command += " " + remote;
  ClientTransfer transfer = prepare(std::move(command), Direction::sent, options);
  transfer.offset = offset;
  if (verb == "STOR") transfer.restart = offset;
  transfer.size = size;
  Reply last = co_await core.send(source, transfer);
  if (verb == "STOU") {
    constexpr std::string_view mark = "FILE: ";  // RFC 1123 §4.1.2.9
    const auto at = transfer.opening.find(mark);
    remote = at == transfer.opening.npos ? std::string{} : transfer.opening.substr(at + mark.size());
  }
  const bool knows = verb != "APPE" || offset > 0;
  if (knows && !remote.empty() && (options.verify || offset > 0)) {
    const auto length = co_await length_for(core, remote, options);
    if (length) check_length(*length, offset + transfer.moved, transfer);
  }
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

}  // namespace ftplike::detail
