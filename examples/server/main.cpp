// ftplike-server: the reference server. Serves one folder until SIGINT or SIGTERM.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <ftplike/version.hpp>

#include "../manual/manual.hpp"
#include "../system/terminal.hpp"
#include "add_user.hpp"
#include "admin.hpp"
#include "ban.hpp"
#include "config_file.hpp"
#include "failure.hpp"
#include "partials.hpp"
#include "quota.hpp"
#include "serve.hpp"
#include "settings.hpp"

namespace {

/// The program's command line.
class CommandLine {
 public:
  CommandLine() {
    for (const auto& setting : settings()) {
      const std::string option = std::string{"--"} + setting.name;
      const std::string help = std::string{setting.help} + (setting.repeatable ? "; repeatable" : "");
      auto* added = setting.is_switch() ? app_.add_flag(option, help) : app_.add_option(option, help);
      if (setting.repeatable) added->take_all()->allow_extra_args(false);
      added->type_name(setting.value)->group(setting.group);
    }
    app_.add_option("--config", config_, "a file in TOML that says the same by the same names; the command line wins")
        ->type_name("FILE")
        ->group("Configuration");
    app_.add_flag("--check", check_, "check the configuration, say whether it is good, and end")
        ->group("Configuration");
    // For the build; with an empty group it stands in no help.
    app_.add_option("--generate", generate_)->check(CLI::IsMember({"man", "bash", "zsh"}))->group("");
    app_.set_version_flag("--version", FTPLIKE_VERSION_STRING, "print the version and end");
    app_.footer(
        "The first SIGINT or SIGTERM lets transfers end, the second ends the server at once; SIGHUP reads the users\n"
        "and the certificate again and opens the logs again. Exit status: 0 for an orderly end, 1 for a failure,\n"
        "2 for a bad option or configuration, 3 if the folder cannot be served, 4 if an address cannot be had.");

    add_user_ = app_.add_subcommand("add-user", "add a user to a users' file, or give one a new password");
    add_user_->add_option("file", user_.file, "the file, made if it is not there")->type_name("FILE")->required();
    add_user_->add_option("name", user_.name, "the user's name")->type_name("NAME")->required();
    add_user_
        ->add_option("--rights", user_.rights,
                     "none, read, write, or a list of list, read, write, append, remove, rename, make-directories")
        ->type_name("RIGHTS");
    add_user_->add_option("--root", user_.root, "the directory of the served folder that the user sees as /")
        ->type_name("PATH");
    add_user_->add_flag("--pam", user_.is_of_pam, "have PAM check the password (see --pam of the server); none is asked for here");
    add_user_->footer("The password is asked for, or is the first line of the standard input.");

    quota_ = app_.add_subcommand("quota", "count what users' roots and the folder hold, and say what they may hold");
    quota_->footer("Where that is say --root, --users and --quota before the word, or --config.");

    auto* const ban = app_.add_subcommand("ban", "turn clients away, or let them in again, by the file that --ban-file names");
    ban->require_subcommand(1);
    list_bans_ = add_ban_word(*ban, "list", "print the bans that are in force, with their ends in UTC", false);
    add_ban_ = add_ban_word(*ban, "add", "ban an address or a network", true);
    add_ban_->add_option("--for", ban_.seconds, "how long; 0 is until it is removed (0)")->type_name("S")->check(CLI::Range(0.0, 1e10));
    remove_ban_ = add_ban_word(*ban, "remove", "let those of a ban in again", true);

    who_ = app_.add_subcommand("who", "print the sessions of a server that runs: number, client, user, since when, doing what");
    add_socket(*who_);
    kick_ = app_.add_subcommand("kick", "end sessions of a server that runs, and print them");
    add_socket(*kick_);
    auto* const which = kick_->add_option_group("which");
    which->add_option("--user", admin_.user, "those of a user")->type_name("NAME");
    which->add_option("--address", admin_.address, "those of an address or a network")->type_name("NETWORK");
    which->add_option("--session", admin_.session, "one, by its number")->type_name("N")->check(CLI::PositiveNumber);
    which->require_option(1);

    limits_ = app_.add_subcommand("limits", "give a server that runs other limits, until it ends");
    add_socket(*limits_);
    for (const auto& setting : settings()) {
      if (!setting.is_limit) continue;
      limits_->add_option(std::string{"--"} + setting.name, setting.help)->type_name(setting.value);
    }
    limits_->footer("They hold for what begins from then on.");

    auto* const partials = app_.add_subcommand("partials", "what uploads that were cut off have left in a served folder");
    partials->require_subcommand(1);
    list_partials_ = add_partial_word(*partials, "list", "print bytes, time of the last one in UTC, and path of each");
    purge_partials_ = add_partial_word(*partials, "purge", "remove those that no upload is at, and print them");
    purge_partials_->add_option("--older", partial_.seconds, "only those whose last byte came so many seconds ago (0)")
        ->type_name("S")
        ->check(CLI::Range(0.0, 1e10));
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& asked) { return app_.exit(asked); } catch (const CLI::ParseError& error) {
      throw Failure{Ending::bad_configuration, std::string{error.what()} + " (see --help)"};
    }
    if (!generate_.empty()) {
      std::fputs(generated().c_str(), stdout);
      return 0;
    }
    if (*add_user_) {
      add_user(user_);
      return 0;
    }
    if (*quota_) {
      show_quotas(configure(said()));
      return 0;
    }
    if (*list_bans_ || *add_ban_ || *remove_ban_) {
      (*list_bans_ ? list_bans : *add_ban_ ? add_ban : remove_ban)(ban_);
      return 0;
    }
    if (*who_ || *kick_) {
      (*who_ ? list_sessions : end_sessions)(admin_);
      return 0;
    }
    if (*limits_) {
      for (const auto& setting : settings()) {
        if (!setting.is_limit) continue;
        const auto* const given = limits_->get_option(std::string{"--"} + setting.name);
        if (given->count() > 0) admin_.limits.emplace_back(setting.name, given->results().back());
      }
      if (admin_.limits.empty()) throw Failure{Ending::bad_configuration, "limits: which? (see limits --help)"};
      change_limits(admin_);
      return 0;
    }
    if (*list_partials_ || *purge_partials_) {
      (*list_partials_ ? list_partials : purge_partials)(partial_);
      return 0;
    }
    serve(configure(said()), check_);
    if (check_) std::puts("the configuration is good");
    return 0;
  }

 private:
  CLI::App* add_ban_word(CLI::App& ban, const char* word, const char* help, bool has_network) {
    auto* const result = ban.add_subcommand(word, help);
    result->add_option("file", ban_.file, "the file of the bans")->type_name("FILE")->required();
    if (has_network) {
      result->add_option("network", ban_.network, "as 192.0.2.7 or 2001:db8:1:2::/64")->type_name("NETWORK")->required();
    }
    return result;
  }
  void add_socket(CLI::App& word) {
    word.add_option("socket", admin_.socket, "what --admin-socket names (" + admin_.socket + ")")->type_name("SOCKET");
  }
  CLI::App* add_partial_word(CLI::App& partials, const char* word, const char* help) {
    auto* const result = partials.add_subcommand(word, help);
    result->add_option("root", partial_.root, "the folder that is served")->type_name("DIR")->required();
    return result;
  }
  std::string generated() const {
    if (generate_ == "bash") return bash_completion(app_);
    if (generate_ == "zsh") return zsh_completion(app_);
    return manual_page(app_, {8, "an FTP server for one folder", ""});
  }
  AllSaid said() {
    AllSaid all;
    if (!config_.empty()) all = read_config_file(config_);
    for (const auto& setting : settings()) {
      const std::string option = std::string{"--"} + setting.name;
      const auto* const given = app_.get_option(option);
      if (given->count() > 0) all[setting.name] = Said{option, given->results()};
    }
    return all;
  }

  CLI::App app_{"Serves a folder over FTP, and over the ftp-like dialect on the same port.", "ftplike-server"};
  CLI::App *add_user_ = nullptr, *quota_ = nullptr, *list_bans_ = nullptr, *add_ban_ = nullptr, *remove_ban_ = nullptr;
  CLI::App *list_partials_ = nullptr, *purge_partials_ = nullptr, *who_ = nullptr, *kick_ = nullptr, *limits_ = nullptr;
  std::string config_;
  bool check_ = false;
  std::string generate_;
  NewUser user_;
  BanOrder ban_;
  PartialOrder partial_;
  AdminOrder admin_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto end = [](Ending how, const char* line) {
    std::fprintf(stderr, "ftplike-server: %s\n", line);
    return static_cast<int>(how);
  };
  prepare_streams();
  try {
    CommandLine command_line;
    return command_line.run(argc, argv);
  } catch (const Failure& failure) { return end(failure.ending, failure.what()); } catch (const std::exception& error) {
    return end(Ending::failed, error.what());
  }
}
