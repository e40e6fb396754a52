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
namespace ftplike {

/// A checksum as a server told it.
class RemoteDigest {
 public:
  std::string algorithm;  // "SHA-256", "SHA-512", "SHA-1", "MD5" or "CRC32"
  std::string value;      // in hexadecimal digits, small letters
};

}  // namespace ftplike
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

/// A kind of checksum: its name for HASH, the verb of its own, and its digits.
class DigestKind {
 public:
  std::string_view name, verb;
  std::size_t digits;
};
inline constexpr DigestKind digest_kinds[]{{"SHA-256", "XSHA256", 64},
                                           {"SHA-512", "XSHA512", 128},
                                           {"SHA-1", "XSHA1", 40},
                                           {"MD5", "XMD5", 32},
                                           {"CRC32", "XCRC", 8}};

/// The word of a reply that is a checksum of this kind.
inline std::optional<RemoteDigest> digest_in(std::string_view text, const DigestKind& kind) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    std::string word{text.substr(at, end - at)};
    for (char& c : word) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool fits = word.size() == kind.digits && word.find_first_not_of("0123456789abcdef") == word.npos;
    if (fits) return RemoteDigest{std::string{kind.name}, std::move(word)};
    at = end + 1;
  }
  return std::nullopt;
}

/// The checksum of a file by the best way that the server offers: HASH (draft-bryan-ftpext-hash), else an X-verb.
/// Nothing if it offers none.
template <class Core> awaitable<std::optional<RemoteDigest>> ask_digest(Core& core, std::string path) {
  co_await set_type(core, 'I');
  const std::string offered = ";" + upper(core.features.value("HASH")) + ";";
  for (const DigestKind& kind : digest_kinds) {
    const std::string name{kind.name};
    const bool selected = offered.find(";" + name + "*;") != offered.npos;
    const bool by_hash = selected || offered.find(";" + name + ";") != offered.npos;
    if (!by_hash && !core.features.has(kind.verb)) continue;
    if (by_hash && core.digest != name && !(selected && core.digest.empty())) {
      (void)co_await core.demand("OPTS HASH " + name);
      core.digest = name;
    }
    const std::string verb{by_hash ? "HASH" : kind.verb};
    const Reply answer = co_await core.demand(verb + " " + path);
    const auto digest = digest_in(answer.text(), kind);
    if (!digest) throw ClientError{Errc::bad_reply, verb, Channel::control};
    co_return digest;
  }
  co_return std::nullopt;
}

}  // namespace ftplike::detail
