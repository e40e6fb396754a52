#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/client/core.hpp>
#include <ftplike/client/remote_digest.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/timestamp.hpp>

// What a client asks of one path of a server.
namespace ftplike::inline v0_2::detail {

inline bool not_understood(int code) noexcept { return code == 500 || code == 502 || code == 504; }
inline bool not_understood(const Reply& reply) noexcept { return not_understood(reply.code()); }

/// What a question that was asked besides came to. A refusal to tell is no finding: then, too, it is nothing.
template <class Core, class R> awaitable<std::optional<R>> if_told(Core& core, awaitable<std::optional<R>> question) {
  try {
    co_return co_await std::move(question);
  } catch (const ReplyError&) {
    if (!core.control().is_open()) throw;
  }
  co_return std::nullopt;
}

/// TYPE I or TYPE A, unless it is so already. The ftp-like dialect has no types.
template <class Core> awaitable<void> set_type(Core& core, char type) {
  if (core.dialect == Dialect::ftplike || core.type == type) co_return;
  (void)co_await core.demand(std::string{"TYPE "} + type);
  core.type = type;
}

/// TYPE A, which RFC 959 §4.1.3 wants before LIST and NLST. A server that refuses it lists as it can.
template <class Core> awaitable<void> set_listing_type(Core& core) {
  if (core.dialect == Dialect::ftplike || core.type == 'A') co_return;
  const Reply answer = co_await core.ask("TYPE A");
  if (answer.complete()) core.type = 'A';
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

/// The reply to MLST, good or bad.
template <class Core> awaitable<Reply> ask_mlst(Core& core, std::string path) {
  std::string command = path.empty() ? "MLST" : "MLST " + path;
  Reply answer = co_await core.ask(std::move(command));
  if (not_understood(answer)) core.features.refuse("MLST");
  co_return answer;
}

/// The first line of a reply to MLST that reads as facts, however many blanks are in front of it.
inline std::optional<Entry> facts_in(std::string_view text) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    auto entry = parse_facts(line);
    if (entry) return entry;
  }
  return std::nullopt;
}

/// What MLST says of a path. Nothing if the server does not understand it, or does not say it in facts.
template <class Core> awaitable<std::optional<Entry>> ask_facts(Core& core, std::string path) {
  const Reply answer = co_await ask_mlst(core, path);
  if (!answer.complete() && !not_understood(answer)) core.fail(answer, "MLST");
  if (!answer.complete()) co_return std::nullopt;
  auto entry = facts_in(answer.text());
  if (entry) entry->name = Path{path}.name();
  co_return entry;
}

/// The command that sets when a file was modified: MFMT, or MDTM with a time where the server is known to take that:
/// FEAT tells that form, or the greeting names vsftpd. Elsewhere the time would be taken for a part of the name. Empty
/// if there is none.
template <class Core> std::string time_command(Core& core, const std::string& path, Timestamp time) {
  constexpr std::string_view form = "MDTM YYYYMMDDHHMMSS";
  const auto& lines = core.features.lines();
  const bool told = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return same_word(std::string_view{line}.substr(0, form.size()), form);
  });
  const bool sets = told || (core.features.has("MDTM") && core.greeting.text().find("vsFTPd") != std::string::npos);
  const bool knows_mfmt = core.features.may_have("MFMT");
  if (!knows_mfmt && !sets) return {};
  return (knows_mfmt ? "MFMT " : "MDTM ") + format_timestamp(time, Fraction::never) + " " + path;
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
    std::string word = to_lower(text.substr(at, end - at));
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
  const std::string offered = ";" + to_upper(core.features.value("HASH")) + ";";
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
