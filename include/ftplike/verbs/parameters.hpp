#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <ftplike/command/table.hpp>
#include <ftplike/protocol/byte_range.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/storage/storage.hpp>

namespace ftplike::inline v0_2 {

// How transfers are to be. (RFC 959 §4.1.2, RFC 2389, 2640, 3659)

namespace detail {

/// Runs the command of a table of its own that the argument of an outer command names: SITE CHMOD, OPTS MLST.
template <class Table, class S> awaitable<Reply> run_inner(S& session, std::string_view text) {
  const CommandLine inner = parse_command(text);
  const auto* entry = Table::template On<S>::template find<S>(inner.verb);
  if (!entry) co_return Reply{501, "Not implemented for that parameter"};
  if (entry->allowed && !entry->allowed(session)) throw std::system_error(make_error_code(std::errc::permission_denied));
  const std::string_view argument = argument_for(*entry, inner);
  if (entry->argument == ArgumentRule::required && argument.empty()) co_return Reply{501, "Argument missing"};
  if (entry->answer) co_return entry->answer(session, argument);
  co_return co_await entry->run(session, argument);
}

/// Whether what follows an outer command is secret: because the inner one's argument is, or because nobody knows what
/// the inner one is.
template <class Table, class S> bool is_inner_secret(const S& session, std::string_view text) {
  const CommandLine inner = parse_command(text);
  const auto* entry = Table::template On<S>::template find<S>(inner.verb);
  return entry ? entry->secret && entry->secret(session, inner.argument) : !inner.argument.empty();
}

}  // namespace detail

namespace verbs {

/// TYPE A, I or L 8: whether line endings are converted, or bytes sent as they are. (RFC 959 §3.1.1, §4.1.2)
struct Type {
  static constexpr std::string_view verb = "TYPE";
  static constexpr std::string_view help = "TYPE A|I|L 8: text or bytes";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const std::string type = to_upper(text);
    if (type == "A" || type == "A N")
      session.state.type = 'A';
    else if (type == "I" || type == "L 8" || type == "L8")
      session.state.type = 'I';
    else
      return {504, "Only types A, I and L 8"};
    return {200, session.state.type == 'A' ? "Type is ASCII" : "Type is binary"};
  }
};

/// STRU F: files have no structure; nothing else is known. (RFC 959 §3.1.2, §4.1.2)
struct Stru {
  static constexpr std::string_view verb = "STRU";
  static constexpr std::string_view help = "STRU F: files have no structure";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto&, std::string_view text) {
    if (to_upper(text) != "F") return {504, "Only structure F"};
    return {200, "Structure is file"};
  }
};

/// MODE S: data are a stream; MODE Z: a compressed one, where the server has a `Compression`. (RFC 959 §3.4, §4.1.2,
/// draft-preston-ftpext-deflate)
struct Mode {
  static constexpr std::string_view verb = "MODE";
  static constexpr std::string_view help = "MODE S|Z: bytes are sent as they are, or compressed";
  static std::string feature(const auto& session) { return session.compression() ? "MODE Z" : ""; }
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const std::string mode = to_upper(text);
    const bool compresses = static_cast<bool>(session.compression());
    if (mode != "S" && !(mode == "Z" && compresses)) return {504, compresses ? "Only modes S and Z" : "Only mode S"};
    session.state.compressed = mode == "Z";
    return {200, session.state.compressed ? "Mode is deflate" : "Mode is stream"};
  }
};

/// REST <offset>: where the next transfer begins, in bytes. (RFC 3659 §5)
struct Rest {
  static constexpr std::string_view verb = "REST";
  static constexpr std::string_view help = "REST <position>: where the next transfer begins";
  static constexpr std::string_view feature = "REST STREAM";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const auto position = number_in<std::uint64_t>(text);
    if (!position) return {501, "Not a position"};
    session.state.preparing.set_restart(*position);
    return {350, "Restarting at " + std::to_string(*position)};
  }
};

/// RANG <first> <last>: the part of a file that the next RETR or HASH is about; `1 0` for all of it.
/// (draft-bryan-ftp-range)
struct Rang {
  static constexpr std::string_view verb = "RANG";
  static constexpr std::string_view help = "RANG <first> <last>: the bytes that the next RETR or HASH is about";
  static constexpr std::string_view feature = "RANG STREAM";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const auto range = ByteRange::parse(text);
    session.state.preparing.set_range(range);
    if (range) return {350, "Range is " + std::string{text}};
    if (text == "1 0") return {350, "Range is the whole file"};
    return {501, "Not a range"};
  }
};

/// ALLO <bytes>: asks whether there is room for an upload. (RFC 959 §4.1.3)
struct Allo {
  static constexpr std::string_view verb = "ALLO";
  static constexpr std::string_view help = "ALLO <bytes>: make sure that there is room";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto wanted = number_in<std::uint64_t>(text.substr(0, text.find(' ')));
    if (!wanted) co_return Reply{501, "Not a number of bytes"};
    if constexpr (requires { session.storage().upload_rules(); }) {
      const auto& rules = session.storage().upload_rules();
      if (!rules.allow_size(*wanted)) {
        co_return Reply{552, "A file may have " + std::to_string(rules.largest) + " bytes at most"};
      }
    }
    if constexpr (TellsFreeSpace<std::remove_cvref_t<decltype(session.storage())>>) {
      const std::uint64_t room = co_await session.storage().available(session.path(""));
      if (*wanted > room) co_return Reply{552, "Only " + std::to_string(room) + " bytes are free"};
      co_return Reply{200, "There is room"};
    } else if constexpr (requires { session.storage().quota_left(); }) {
      const std::uint64_t room = co_await session.storage().quota_left();
      if (*wanted > room) co_return Reply{552, "Only " + std::to_string(room) + " bytes are left of the quota"};
    }
    co_return Reply{202, "No allocation needed"};
  }
};

/// OPTS UTF8 ON: agrees; names are UTF-8 anyhow. In no RFC.
struct OptsUtf8 {
  static constexpr std::string_view verb = "UTF8";
  static Reply run(auto&, std::string_view text) {
    if (!text.empty() && to_upper(text) != "ON") return {501, "Names are sent as they are, which is UTF-8"};
    return {200, "UTF-8 it is"};
  }
};

/// OPTS MLST <fact>;…: chooses the facts of MLST and MLSD. (RFC 3659 §7.9)
struct OptsMlst {
  static constexpr std::string_view verb = "MLST";
  static Reply run(auto& session, std::string_view text) {
    session.state.facts = FactSet::parse(text);
    const auto facts = session.state.facts.text();
    return {200, facts.empty() ? "MLST OPTS" : "MLST OPTS " + facts};
  }
};

/// OPTS MODE Z [ENGINE ZLIB] [METHOD 8] [LEVEL <1 to 9>]: how what the server sends is compressed.
/// (draft-preston-ftpext-deflate)
struct OptsMode {
  static constexpr std::string_view verb = "MODE";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    std::string upper = to_upper(text);
    std::string_view rest = upper;
    if (!session.compression() || next_word(rest) != "Z") return {501, "Not a mode with options"};
    int level = 0;
    while (!rest.empty()) {
      const auto name = next_word(rest);
      const auto value = next_word(rest);
      const auto number = number_in<int>(value);
      const bool is_level = name == "LEVEL" && number && *number >= 1 && *number <= 9;
      if (is_level) level = *number;
      const bool is_ours = is_level || (name == "ENGINE" && value == "ZLIB") || (name == "METHOD" && value == "8");
      if (!is_ours) return {501, "Not an option of mode Z here: " + std::string{name} + ' ' + std::string{value}};
    }
    session.state.compression_level = level;
    return {200, "MODE Z LEVEL is " + std::to_string(session.compression().level)};
  }

 private:
  static std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
  }
};

/// OPTS, with the options that Inner holds.
template <class Inner> struct BasicOpts {
  static constexpr std::string_view verb = "OPTS";
  static constexpr std::string_view help = "OPTS <verb> [<options>]: options of another command";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  /// OPTS with more commands.
  template <class... More> using With = BasicOpts<typename Inner::template With<More...>>;
  static awaitable<Reply> run(auto& session, std::string_view text) { return detail::run_inner<Inner>(session, text); }
};
/// OPTS with what it has unless a profile says otherwise: UTF8, MLST and MODE.
using Opts = BasicOpts<CommandTable<OptsUtf8, OptsMlst, OptsMode>>;

/// Some old clients say it without OPTS.
struct Utf8 {
  static constexpr std::string_view verb = "UTF8";
  static constexpr std::string_view help = "UTF8: names are UTF-8, as ever";
  static constexpr std::string_view feature = "UTF8";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view text) { return OptsUtf8::run(session, text); }
};

/// LANG [<language>]: the language of the replies, which is English. (RFC 2640 §4)
struct Lang {
  static constexpr std::string_view verb = "LANG";
  static constexpr std::string_view help = "LANG [EN]: the language of replies";
  static constexpr std::string_view feature = "LANG EN*";
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view text) {
    const std::string language = to_upper(text);
    if (!language.empty() && language != "EN" && !language.starts_with("EN-")) return {504, "Only EN"};
    return {200, "Replies are in English"};
  }
};

}  // namespace verbs

}  // namespace ftplike
