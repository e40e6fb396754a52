#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/io/digests.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/verbs/parameters.hpp>
#include <ftplike/verbs/transfer.hpp>

namespace ftplike::inline v0_2 {

// Checksums of files (draft-bryan-ftpext-hash, and the X-verbs that came before it). They need OpenSSL and zlib.

namespace detail {

/// The digest of all that `source` gives, worked out where it keeps nobody waiting; and how many bytes that were.
template <class S, ByteSource Source>
awaitable<std::pair<std::string, std::uint64_t>> digest_of(S& session, Source& source, DigestAlgorithm algorithm) {
  // Shared, since the work may outlive the command.
  const auto digest = std::make_shared<Digest>(algorithm);
  const auto room = std::make_shared<std::vector<std::byte>>(256 * 1024);
  std::uint64_t total = 0;
  for (;;) {
    const std::size_t n = co_await source.read_some(*room);
    if (n == 0) break;
    total += n;
    auto update = [digest, room, n] { digest->update(std::span{*room}.first(n)); };
    co_await blocking(std::move(update));
    session.make_progress();
  }
  co_return std::pair{digest->text(), total};
}

}  // namespace detail

namespace verbs {

/// OPTS HASH: shows or sets the algorithm of HASH.
struct OptsHash {
  static constexpr std::string_view verb = "HASH";
  static constexpr bool keeps_blanks = true;
  static Reply run(auto& session, std::string_view text) {
    if (!text.empty()) {
      const auto algorithm = Digest::parse(text);
      if (!algorithm) return {504, "Unknown algorithm"};
      session.state.digest = static_cast<unsigned>(*algorithm);
    }
    return {200, std::string{Digest::names[session.state.digest]}};
  }
};

/// HASH <path>: the checksum of a file, or of the part that RANG names, by the algorithm of OPTS HASH.
/// (draft-bryan-ftpext-hash)
struct Hash {
  static constexpr std::string_view verb = "HASH";
  static constexpr std::string_view help = "HASH <path>: checksum of a file, or of its range";
  static constexpr Rights needs = Right::read;
  static constexpr auto argument = ArgumentRule::required;
  static constexpr bool interruptible = true;
  static std::string feature(const auto& session) {
    std::string text = "HASH ";
    for (std::size_t i = 0; i < Digest::names.size(); ++i) {
      text.append(Digest::names[i]).append(i == session.state.digest ? "*;" : ";");
    }
    return text;
  }
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const ByteRange range = session.state.prepared.range().value_or(ByteRange{});
    auto file = co_await session.storage().open(path, range.first);
    RangeSource part{AnySource{file}, range.count()};
    const auto algorithm = static_cast<DigestAlgorithm>(session.state.digest);
    const auto [digits, bytes] = co_await detail::digest_of(session, part, algorithm);
    std::string text{Digest::name(algorithm)};
    text += ' ' + std::to_string(range.first) + '-' + std::to_string(range.first + bytes) + ' ' + digits + ' ';
    co_return Reply{213, text + std::string{name}};
  }
};

/// The older verbs, one an algorithm: `XMD5 <path>` or `XMD5 "<path>" [<first> <end>]`.
template <DigestAlgorithm algorithm> struct OlderHash {
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::read;
  static constexpr auto argument = ArgumentRule::required;
  static constexpr bool interruptible = true;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    std::string_view name = text;
    ByteRange range;
    if (text.starts_with('"')) {
      const auto end = text.rfind('"');
      name = text.substr(1, std::max<std::size_t>(end, 1) - 1);
      auto numbers = text.substr(end + 1);
      if (numbers.starts_with(' ')) {
        const auto parsed = ByteRange::parse(numbers.substr(1));
        if (!parsed) co_return Reply{501, "Not a range"};
        range = *parsed;
      }
    }
    const Path path = session.path(name);
    auto file = co_await session.storage().open(path, range.first);
    RangeSource part{AnySource{file}, range.count()};
    const auto [digits, bytes] = co_await detail::digest_of(session, part, algorithm);
    co_return Reply{250, to_upper(digits)};
  }
};
/// XCRC: CRC-32.
struct Xcrc : OlderHash<DigestAlgorithm::crc32> {
  static constexpr std::string_view verb = "XCRC";
  static constexpr std::string_view help = "XCRC <path>: CRC-32 of a file";
  static constexpr std::string_view feature = "XCRC \"filename\" SP EP";
};
/// XMD5: MD5.
struct Xmd5 : OlderHash<DigestAlgorithm::md5> {
  static constexpr std::string_view verb = "XMD5";
  static constexpr std::string_view help = "XMD5 <path>: MD5 of a file";
  static constexpr std::string_view feature = "XMD5 \"filename\" SP EP";
};
/// XSHA1: SHA-1.
struct Xsha1 : OlderHash<DigestAlgorithm::sha1> {
  static constexpr std::string_view verb = "XSHA1";
  static constexpr std::string_view help = "XSHA1 <path>: SHA-1 of a file";
  static constexpr std::string_view feature = "XSHA1 \"filename\" SP EP";
};
/// XSHA256: SHA-256.
struct Xsha256 : OlderHash<DigestAlgorithm::sha256> {
  static constexpr std::string_view verb = "XSHA256";
  static constexpr std::string_view help = "XSHA256 <path>: SHA-256 of a file";
  static constexpr std::string_view feature = "XSHA256 \"filename\" SP EP";
};

}  // namespace verbs

}  // namespace ftplike
