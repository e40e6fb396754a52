#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/command/command.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/verbs/listing.hpp>

namespace ftplike::inline v0_2 {

namespace verbs {

// What the server says of itself. (RFC 959 §4.1.3, RFC 2389)

/// SYST: the kind of system, which tells clients what listings look like. (RFC 959 §4.1.3)
struct Syst {
  static constexpr std::string_view verb = "SYST";
  static constexpr std::string_view help = "SYST: the kind of system";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto&, std::string_view) { return {215, "UNIX Type: L8"}; }
};

/// Made from the table of commands, so that it cannot say what is not there.
struct Feat {
  static constexpr std::string_view verb = "FEAT";
  static constexpr std::string_view help = "FEAT: the extensions that this server knows";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    std::string lines = "Extensions";
    session.for_each_command([&](const auto& entry) {
      const std::string feature = entry.feature ? entry.feature(session) : std::string{};
      if (!feature.empty()) lines += "\n " + feature;
    });
    return {211, lines + "\n TVFS\nEnd"};
  }
};

/// Made from the table of commands.
struct Help {
  static constexpr std::string_view verb = "HELP";
  static constexpr std::string_view help = "HELP [<verb>]: the commands, or what one of them does";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view text) {
    if (!text.empty()) {
      const auto* entry = session.find_command(Verb{text});
      if (!entry) return {501, "No such command"};
      return {214, std::string{entry->help}};
    }
    std::string lines = "Commands";
    std::size_t column = 0;
    session.for_each_command([&](const auto& entry) {
      lines += column++ % 8 == 0 ? "\n " : " ";
      lines += entry.verb.text();
    });
    return {214, lines + "\nEnd"};
  }
};

/// How the session or the transfer under way stands, or a listing over the control connection.
struct Stat {
  static constexpr std::string_view verb = "STAT";
  static constexpr std::string_view help = "STAT [<path>]: how things stand, or a listing over the control connection";
  static constexpr bool keeps_blanks = true;
  static constexpr bool keeps_prepared = true;
  static constexpr bool at_once = true;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    if (text.empty()) {
      std::string quota;
      if constexpr (requires { session.storage().quota_text(); }) {
        const bool can_count = session.account() && !session.acts_beside();
        if (can_count) {
          std::string used = co_await session.storage().quota_text();
          quota = std::move(used);
        }
      }
      co_return status(session, quota);
    }
    if (!session.may(Right::list)) co_return Reply{550, "Permission denied"};
    ListingRequest request{text};
    const Entry entry = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    std::string lines = "Status of " + std::string{request.name} + '\n';
    const EntryFormat format = [now = wall_clock(session.executor())](std::string& out, const Entry& one) {
      append_listed(out += ' ', one, now);
      out += '\n';
    };
    if (!entry.is_directory()) {
      format(lines, entry);
      co_return Reply{213, lines + "End"};
    }
    auto listing = co_await session.storage().list(path);
    SortedLines sorted;
    for (bool ended = false; !ended;) {
      const bool are_last = co_await take_sorted(listing, request.pattern, format, sorted);
      ended = are_last;
      for (auto line = sorted.next(); !line.empty(); line = sorted.next()) {
        lines.append(line);
        if (lines.size() < largest_part) continue;
        std::string part = std::exchange(lines, std::string{});
        co_await session.say_part(212, std::move(part));
        session.make_progress();
      }
    }
    co_return Reply{212, lines + "End"};
  }

 private:
  static constexpr std::size_t largest_part = 16 * 1024;

  static Reply status(auto& session, const std::string& quota) {
    if (const auto* transfer = session.transferring()) {
      return {213, std::string{transfer->verb} + " " + transfer->path.below(session.account()->root).string() + ": " +
                       std::to_string(transfer->moved) + " bytes by now"};
    }
    std::string lines = "FTP server status\n Connected from " + session.peer().address().to_string();
    if (session.account()) lines += "\n Logged in as " + session.account()->name;
    if (!quota.empty()) lines += "\n Quota: " + quota;
    lines += std::string{"\n TYPE "} + session.state.type + ", STRU F, MODE " + (session.state.compressed ? 'Z' : 'S');
    return {211, lines + "\nEnd"};
  }
};

}  // namespace verbs

}  // namespace ftplike
