#pragma once
#include <string>
#include <string_view>

#include <ftplike/command/command.hpp>
#include <ftplike/verbs/listing.hpp>

namespace ftplike {

// What the server says of itself. (RFC 959 §4.1.3, RFC 2389)

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
      const std::string feature = entry.feature(session);
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
    if (text.empty()) co_return status(session);
    if (!session.may(Right::list)) co_return Reply{550, "Permission denied"};
    const ListingRequest request{text};
    const Path path = session.path(request.name);
    const Entry entry = co_await session.storage().stat(path);
    std::string lines = "Status of " + std::string{request.name};
    const auto add = [&lines, now = wall_clock()](const Entry& one) {
      append_listed(lines += "\n ", one, now);
    };
    if (!entry.is_directory()) {
      add(entry);
      co_return Reply{213, lines + "\nEnd"};
    }
    auto listing = co_await session.storage().list(path);
    for (std::size_t shown = 0; shown < most_entries;) {
      const std::vector<Entry> entries = co_await listing.next();
      if (entries.empty()) co_return Reply{212, lines + "\nEnd"};
      for (const auto& one : entries) {
        if (request.pattern.empty() || matches(request.pattern, one.name)) add(one);
      }
      shown += entries.size();
    }
    co_return Reply{212, lines + "\nThere is more, use LIST"};
  }

 private:
  static constexpr std::size_t most_entries = 1000;  // a reply is held in memory, a listing is not

  static Reply status(auto& session) {
    if (const auto* transfer = session.transferring()) {
      return {213, std::string{transfer->verb} + " " + transfer->path.below(session.account()->root).string() + ": " +
                       std::to_string(transfer->moved) + " bytes by now"};
    }
    std::string lines = "FTP server status\n Connected from " + session.peer().address().to_string();
    if (session.account()) lines += "\n Logged in as " + session.account()->name;
    lines += std::string{"\n TYPE "} + session.state.type + ", STRU F, MODE S";
    return {211, lines + "\nEnd"};
  }
};

}  // namespace ftplike
