#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/client/core.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/timestamp.hpp>

// What a client asks of one path of a server.
namespace ftplike::detail {

inline bool not_understood(const Reply& reply) noexcept {
  return reply.code() == 500 || reply.code() == 502 || reply.code() == 504;
}

/// TYPE I or TYPE A, unless it is so already. The ftp-like dialect has no types.
template <class Core> awaitable<void> set_type(Core& core, char type) {
  if (core.dialect == Dialect::ftplike || core.type == type) co_return;
  (void)co_await core.demand(std::string{"TYPE "} + type);
  core.type = type;
}

/// The length of a file as it is stored. Nothing if the server cannot say.
template <class Core> awaitable<std::optional<std::uint64_t>> ask_size(Core& core, std::string path) {
  co_await set_type(core, 'I');
  const Reply answer = co_await core.ask("SIZE " + path);
  if (not_understood(answer)) core.features.refuse("SIZE");
  if (answer.code() != 213) {
    if (!not_understood(answer)) core.fail(answer, "SIZE");
    co_return std::nullopt;
  }
  const std::string_view text = answer.text();
  co_return number_in<std::uint64_t>(text.substr(0, text.find(' ')));
}

/// When a file was last modified. Nothing if the server cannot say.
template <class Core> awaitable<std::optional<Timestamp>> ask_modified(Core& core, std::string path) {
  const Reply answer = co_await core.ask("MDTM " + path);
  if (not_understood(answer)) core.features.refuse("MDTM");
  if (answer.code() != 213) {
    if (!not_understood(answer)) core.fail(answer, "MDTM");
    co_return std::nullopt;
  }
  const std::string_view text = answer.text();
  co_return parse_timestamp(text.substr(0, text.find(' ')));
}

/// What MLST says of a path. Nothing if the server does not understand it.
template <class Core> awaitable<std::optional<Entry>> ask_facts(Core& core, std::string path) {
  std::string command = path.empty() ? "MLST" : "MLST " + path;
  const Reply answer = co_await core.ask(std::move(command));
  if (not_understood(answer)) core.features.refuse("MLST");
  if (!answer.complete()) {
    if (!not_understood(answer)) core.fail(answer, "MLST");
    co_return std::nullopt;
  }
  const std::string_view text = answer.text();
  const auto line = text.find("\n ");
  if (line == text.npos) throw ClientError{Errc::bad_reply, "MLST", Channel::control};
  const auto facts = text.substr(line + 2, text.find('\n', line + 1) - line - 2);
  auto entry = parse_facts(facts);
  if (!entry) throw ClientError{Errc::bad_reply, "MLST", Channel::control};
  entry->name = Path{path}.name();
  co_return entry;
}

}  // namespace ftplike::detail
