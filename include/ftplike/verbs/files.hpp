#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/observer.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/verbs/parameters.hpp>
#include <ftplike/verbs/transfer.hpp>

namespace ftplike::inline v0_2 {

namespace verbs {

// Files and directories by name. (RFC 959 §4.1.3, RFC 775, RFC 3659; MFMT and MFF as their drafts say)

/// PWD: the working directory, quoted. (RFC 959 §4.1.3, Appendix II)
struct Pwd {
  static constexpr std::string_view verb = "PWD";
  static constexpr std::string_view help = "PWD: the working directory";
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    if (session.standard()) return {257, quoted_name(session.directory.string())};
    // The ftp-like dialect names it as the operator named the root.
    const std::string below = session.directory.is_root() ? "" : session.directory.string();
    return {257, quoted_name(session.storage().label() + below)};
  }
};

/// CWD <path>: changes the working directory, for whoever may do anything at all: who may only write does so there, too.
/// (RFC 959 §4.1.1)
struct Cwd {
  static constexpr std::string_view verb = "CWD";
  static constexpr std::string_view help = "CWD <path>: change the working directory";
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    if (session.account()->rights.empty()) co_return Reply{550, "Permission denied"};
    const Path path = session.path(name);
    bool found = false;
    try {
      const Entry entry = co_await session.storage().stat(path);
      found = entry.is_directory();
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::no_such_file_or_directory && error.code() != std::errc::not_a_directory) throw;
    }
    if (!found) co_return Reply{550, "Directory not found"};
    session.directory = session.virtual_path(name);
    // Clients of standard FTP take what comes after these words for the path; the ftp-like dialect repeats the name.
    const std::string where = session.standard() ? session.directory.string() : std::string{name};
    co_return Reply{250, "Directory changed to " + where};
  }
};

/// CDUP: the same to the parent directory. (RFC 959 §4.1.1)
struct Cdup {
  static constexpr std::string_view verb = "CDUP";
  static constexpr std::string_view help = "CDUP: go to the directory above";
  static constexpr auto argument = ArgumentRule::none;
  static awaitable<Reply> run(auto& session, std::string_view) { return Cwd::run(session, ".."); }
};

/// What the commands that change files have in common.
struct Changing {
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;

 protected:
  /// Sets when a file was last changed, and tells the observer.
  static awaitable<void> set_time(auto& session, std::string_view verb, Path path, Timestamp time) {
    co_await session.storage().set_modified(path, time);
    session.template report<FileChanged>(verb, Change::time_set, path, nullptr, time);
  }
  /// Sets the permission bits of a file, and tells the observer.
  static awaitable<void> set_mode(auto& session, std::string_view verb, Path path, unsigned mode) {
    co_await session.storage().set_mode(path, mode);
    session.template report<FileChanged>(verb, Change::mode_set, path, nullptr, Timestamp{}, mode);
  }
};

/// MKD <path>: makes a directory. (RFC 959 §4.1.3, Appendix II)
struct Mkd : Changing {
  static constexpr std::string_view verb = "MKD";
  static constexpr std::string_view help = "MKD <path>: make a directory";
  static constexpr Rights needs = Right::make_directories;
  template <class S> static constexpr bool available = MakesDirectories<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().make_directory(path);
    session.template report<FileChanged>(verb, Change::directory_made, path);
    co_return Reply{257, quoted_name(session.virtual_path(name).string()) + " created"};
  }
};

/// RMD <path>: removes an empty directory. (RFC 959 §4.1.3)
struct Rmd : Changing {
  static constexpr std::string_view verb = "RMD";
  static constexpr std::string_view help = "RMD <path>: remove an empty directory";
  static constexpr Rights needs = Right::remove;
  template <class S> static constexpr bool available = RemovesDirectories<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().remove_directory(path);
    session.template report<FileChanged>(verb, Change::directory_removed, path);
    co_return Reply{250, "Directory removed"};
  }
};

/// DELE <path>: removes a file, and what an interrupted upload has left of it. (RFC 959 §4.1.3)
struct Dele : Changing {
  static constexpr std::string_view verb = "DELE";
  static constexpr std::string_view help = "DELE <path>: remove a file";
  static constexpr Rights needs = Right::remove;
  template <class S> static constexpr bool available = RemovesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().remove(path);
    session.template report<FileChanged>(verb, Change::removed, path);
    co_return Reply{250, "File removed"};
  }
};

/// RNFR <path>: what the RNTO that must follow at once renames. (RFC 959 §4.1.3)
struct Rnfr : Changing {
  static constexpr std::string_view verb = "RNFR";
  static constexpr std::string_view help = "RNFR <path>: the file to rename";
  static constexpr Rights needs = Right::rename;
  template <class S> static constexpr bool available = RenamesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    Path path = session.path(name);
    (void)co_await session.storage().stat(path);
    session.state.preparing.set_rename_from(std::move(path));
    co_return Reply{350, "RNTO next"};
  }
};

/// RNTO <path>: renames what RNFR named. (RFC 959 §4.1.3)
struct Rnto : Changing {
  static constexpr std::string_view verb = "RNTO";
  static constexpr std::string_view help = "RNTO <path>: its new name";
  static constexpr Rights needs = Right::rename;
  template <class S> static constexpr bool available = RenamesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::optional<Path> from = session.state.prepared.rename_from();
    if (!from) co_return Reply{503, "RNFR first"};
    const Path to = session.path(name);
    co_await session.storage().rename(*from, to);
    session.template report<FileChanged>(verb, Change::renamed, *from, &to);
    co_return Reply{250, "Renamed"};
  }
};

/// The length that a transfer of the file would have, in the type of the session. (RFC 3659 §4)
///
/// As text that can be told only by reading the file, which is done up to `most_text`: enough for the text files of the
/// few clients that ask in TYPE A. What is longer is 550, as the RFC allows and other servers answer for every file; a
/// client is not to take that for a file that is not there. A size that nobody knows is 504: curl takes every 550 for a
/// file that is not there, and would not fetch it.
struct Size {
  static constexpr std::string_view verb = "SIZE";
  static constexpr std::string_view help = "SIZE <path>: bytes of a file, or of its upload that was cut off";
  static constexpr std::string_view feature = "SIZE";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::required;
  /// Bytes of a file whose size as text is reckoned; of a larger one SIZE is refused in TYPE A.
  static constexpr std::uint64_t most_text = 1024 * 1024;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const bool as_text = session.converts_text();
    std::error_code missing;
    try {
      const Entry entry = co_await session.storage().stat(path);
      if (!entry.is_file()) co_return Reply{550, "Not a file"};
      if (as_text) co_return co_await length_as_text(session, path, entry.size);
      if (!entry.size) co_return Reply{504, "Its size is not known"};
      co_return Reply{213, std::to_string(*entry.size)};
    } catch (const std::system_error& error) { missing = error.code(); }
    if constexpr (KeepsPartialFiles<std::remove_cvref_t<decltype(session.storage())>>) {
      if (missing == std::errc::no_such_file_or_directory && !as_text) {
        const std::uint64_t size = co_await session.storage().partial_size(path);
        co_return Reply{213, std::to_string(size)};
      }
    }
    throw std::system_error(missing);
  }

 private:
  static awaitable<Reply> length_as_text(auto& session, Path path, std::optional<std::uint64_t> size) {
    if (!session.may(Right::read) || size.value_or(most_text + 1) > most_text) {
      co_return Reply{550, "Its size is told in TYPE I only"};
    }
    auto file = co_await session.storage().open(path, 0);
    const std::uint64_t length = co_await detail::length_of_text(AnySource{file});
    co_return Reply{213, std::to_string(length)};
  }
};

/// MDTM <path>: when a file was modified, in UTC. (RFC 3659 §3)
///
/// MDTM <YYYYMMDDHHMMSS> <path> sets that, as old clients have it, where there is no file of that whole name. In no RFC.
struct Mdtm : protected Changing {
  static constexpr std::string_view verb = "MDTM";
  static constexpr std::string_view help = "MDTM <path>: when a file was last changed, in UTC";
  static constexpr std::string_view feature = "MDTM";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    std::error_code missing;
    try {
      const Entry entry = co_await session.storage().stat(path);
      if (entry.modified == Timestamp{}) co_return Reply{550, "Its time is not known"};
    co_return Reply{213, format_timestamp(entry.modified, Fraction::never)};
    } catch (const std::system_error& error) { missing = error.code(); }
    const auto space = name.find(' ');
    const auto time = parse_timestamp(name.substr(0, space));
    const bool sets = missing == std::errc::no_such_file_or_directory && time && space != name.npos;
    if (!sets) throw std::system_error(missing);
    if constexpr (SetsTimes<std::remove_cvref_t<decltype(session.storage())>>) {
      if (!session.may(Right::write)) throw std::system_error(make_error_code(std::errc::permission_denied));
      const Path changed = session.path(name.substr(space + 1));
      co_await set_time(session, verb, changed, *time);
      co_return Reply{213, format_timestamp(*time, Fraction::never)};
    }
    throw std::system_error(missing);
  }
};

/// MFMT <time> <path>: sets when a file was modified. (draft-somers-ftp-mfxx)
struct Mfmt : Changing {
  static constexpr std::string_view verb = "MFMT";
  static constexpr std::string_view help = "MFMT <YYYYMMDDHHMMSS> <path>: set when a file was last changed, in UTC";
  static constexpr std::string_view feature = "MFMT";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find(' ');
    const auto time = parse_timestamp(text.substr(0, space));
    if (!time || space == text.npos) co_return Reply{501, "A time and a path expected"};
    const auto name = text.substr(space + 1);
    const Path path = session.path(name);
    co_await set_time(session, verb, path, *time);
    co_return Reply{213, "Modify=" + format_timestamp(*time, Fraction::never) + "; " + std::string{name}};
  }
};

/// MFF <fact>=<value>;… <path>: sets facts of a file: its time, its permission bits. (draft-somers-ftp-mfxx)
struct Mff : Changing {
  static constexpr std::string_view verb = "MFF";
  static constexpr std::string_view help = "MFF <fact>=<value>; <path>: set facts of a file";
  static constexpr Rights needs = Right::write;
  template <class S> static std::string feature(const S&) {
    std::string facts = "MFF ";
    if (SetsTimes<typename S::Storage>) facts += "modify;";
    if (KeepsModes<typename S::Storage>) facts += "UNIX.mode;";
    return facts;
  }
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage> || KeepsModes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find("; ");
    if (space == text.npos) co_return Reply{501, "Facts and a path expected"};
    const auto name = text.substr(space + 2);
    const Path path = session.path(name);
    // All are understood before the first is set.
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    constexpr bool sets_times = SetsTimes<Storage>, keeps_modes = KeepsModes<Storage>;
    std::optional<Timestamp> time;
    std::optional<unsigned> mode;
    for (auto facts = text.substr(0, space + 1); !facts.empty(); facts.remove_prefix(facts.find(';') + 1)) {
      const auto fact = facts.substr(0, facts.find(';'));
      const std::string key = to_upper(fact.substr(0, fact.find('=')));
      const auto value = fact.substr(std::min(fact.size(), key.size() + 1));
      if (key == "MODIFY") time = parse_timestamp(value);
      if (key == "UNIX.MODE") mode = number_in<unsigned>(value, 8);
      const bool is_time = sets_times && time, is_mode = keeps_modes && mode && *mode <= 07777;
      const bool understood = (key == "MODIFY" && is_time) || (key == "UNIX.MODE" && is_mode);
      if (!understood) co_return Reply{504, "Cannot set " + std::string{fact}};
    }
    if constexpr (sets_times) {
      if (time) co_await set_time(session, verb, path, *time);
    }
    if constexpr (keeps_modes) {
      if (mode) co_await set_mode(session, verb, path, *mode);
    }
    co_return Reply{213, std::string{text}};
  }
};

/// AVBL [<path>]: the bytes that are free there. (draft-peterson-streamlined-ftp-command-extensions)
struct Avbl {
  static constexpr std::string_view verb = "AVBL";
  static constexpr std::string_view help = "AVBL [<path>]: bytes that are free";
  static constexpr std::string_view feature = "AVBL";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = TellsFreeSpace<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const std::uint64_t free = co_await session.storage().available(path);
    co_return Reply{213, std::to_string(free)};
  }
};

/// COMB <target> <part> …: joins files to one, and removes the parts. In no RFC; some clients upload in parts by it.
struct Comb : Changing {
  static constexpr std::string_view verb = "COMB";
  static constexpr std::string_view help =
      "COMB \"<target>\" \"<part>\"…: append the parts to the target and remove them";
  static constexpr std::string_view feature = "COMB target;source_list";
  static constexpr Rights needs{Right::write, Right::append, Right::remove};
  static constexpr bool interruptible = true;
  template <class S> static constexpr bool available = AppendsToFiles<typename S::Storage> && RemovesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const std::vector<std::string> names = words(text);
    if (names.size() < 2) co_return Reply{501, "A target and parts expected"};
    const Path target = session.path(names.front());
    for (std::size_t i = 1; i < names.size(); ++i) {  // all are there, or nothing is begun
      const Path path = session.path(names[i]);
      if (path == target) co_return Reply{501, "The target cannot be a part"};
      (void)co_await session.storage().stat(path);
    }
    auto whole = co_await session.storage().append(target);
    const auto moved = [&session](std::size_t) { session.make_progress(); };
    try {
      for (std::size_t i = 1; i < names.size(); ++i) {
        const Path path = session.path(names[i]);
        auto part = co_await session.storage().open(path, 0);
        co_await copy(part, whole, moved);
      }
    } catch (...) {
      whole.discard();  // half of it is nothing to go on with
      throw;
    }
    co_await whole.finish();
    for (std::size_t i = 1; i < names.size(); ++i) {
      const Path path = session.path(names[i]);
      co_await session.storage().remove(path);
      session.template report<FileChanged>(verb, Change::removed, path);
    }
    co_return Reply{250, "Combined"};
  }

 private:
  /// Words between blanks; those that begin with a quote go to the next one.
  static std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
      const bool in_quotes = text.front() == '"';
      if (in_quotes) text.remove_prefix(1);
      const auto end = std::min(text.find(in_quotes ? '"' : ' '), text.size());
      if (end > 0) found.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
  }
};

// RFC 775's names of some of them, which old clients prefer.
/// XPWD: PWD.
struct Xpwd : Pwd {
  static constexpr std::string_view verb = "XPWD";
};
/// XCWD <path>: CWD.
struct Xcwd : Cwd {
  static constexpr std::string_view verb = "XCWD";
};
/// XCUP: CDUP.
struct Xcup : Cdup {
  static constexpr std::string_view verb = "XCUP";
};
/// XMKD <path>: MKD.
struct Xmkd : Mkd {
  static constexpr std::string_view verb = "XMKD";
};
/// XRMD <path>: RMD.
struct Xrmd : Rmd {
  static constexpr std::string_view verb = "XRMD";
};

/// SITE CHMOD <mode> <path>: sets the permission bits of a file, in octal. In no RFC.
struct SiteChmod : Changing {
  static constexpr std::string_view verb = "CHMOD";
  static constexpr std::string_view help = "CHMOD <mode> <path>: set the permission bits, in octal";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = KeepsModes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find(' ');
    const auto mode = number_in<unsigned>(text.substr(0, space), 8);
    if (!mode || *mode > 07777 || space == text.npos) co_return Reply{501, "An octal mode and a path expected"};
    const Path path = session.path(text.substr(space + 1));
    co_await set_mode(session, "SITE CHMOD", path, *mode);
    co_return Reply{200, "Mode set"};
  }
};

/// SITE UTIME: sets when a file was modified, in either of its two forms. In no RFC.
struct SiteUtime : Changing {
  static constexpr std::string_view verb = "UTIME";
  static constexpr std::string_view help = "UTIME <YYYYMMDDhhmm[ss]> <path>: set when a file was last changed, in UTC";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    std::string_view name;
    const auto time = time_and_name(text, name);
    if (!time) co_return Reply{501, "A time and a path expected"};
    const Path path = session.path(name);
    co_await set_time(session, "SITE UTIME", path, *time);
    co_return Reply{200, "Time set"};
  }

 private:
  /// Both forms there are: `<time> <path>`, and `<path> <atime> <mtime> <ctime> UTC`.
  static std::optional<Timestamp> time_and_name(std::string_view text, std::string_view& name) {
    const auto parse = [](std::string_view digits) {
      return parse_timestamp(digits.size() == 12 ? std::string{digits} + "00" : std::string{digits});
    };
    if (text.ends_with(" UTC")) {
      text.remove_suffix(4);
      std::string_view times[3];
      for (auto& time : times) {
        const auto space = text.rfind(' ');
        if (space == text.npos) return std::nullopt;
        time = text.substr(space + 1);
        text = text.substr(0, space);
      }
      name = text;
      return parse(times[1]);
    }
    const auto space = text.find(' ');
    if (space == text.npos) return std::nullopt;
    name = text.substr(space + 1);
    return parse(text.substr(0, space));
  }
};

/// SITE, with the commands that Inner holds.
template <class Inner> struct BasicSite {
  static constexpr std::string_view verb = "SITE";
  static constexpr std::string_view help = "SITE <command>: what is special here, see SITE HELP";
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;
  /// The commands behind SITE.
  using Commands = Inner;
  /// SITE with more commands.
  template <class... More> using With = BasicSite<typename Inner::template With<More...>>;
  template <class S> static bool secret(const S& session, std::string_view text) {
    return detail::is_inner_secret<Inner>(session, text);
  }
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const CommandLine inner = parse_command(text);
    if (inner.verb == Verb{"HELP"}) co_return help_of(session);
    co_return co_await detail::run_inner<Inner>(session, text);
  }

 private:
  template <class S> static Reply help_of(S&) {
    std::string lines = "SITE commands";
    for (const auto& entry : Inner::template On<S>::template entries<S>()) lines += "\n " + std::string{entry.help};
    return {214, lines + "\nHELP: this\nEnd"};
  }
};
/// SITE with what it has unless a profile says otherwise: CHMOD, UTIME, and HELP.
using Site = BasicSite<CommandTable<SiteChmod, SiteUtime>>;

}  // namespace verbs

}  // namespace ftplike
