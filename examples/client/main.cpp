// ftplike-client: the reference client. A prompt, a script, or one thing at once.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/client/url.hpp>
#include <ftplike/io/asio.hpp>
#include <ftplike/version.hpp>

#include "../compression.hpp"
#include "../manual/manual.hpp"
#include "../system/interrupts.hpp"
#include "../system/secret.hpp"
#include "../system/terminal.hpp"
#include "output.hpp"
#include "picture.hpp"
#include "protection.hpp"
#include "secrets.hpp"
#include "settings.hpp"
#include "shell.hpp"
#include "terminal.hpp"

using namespace ftplike;

namespace {

struct Words {
  Settings settings;
  std::vector<std::string> server;  // HOST [PORT], or a URL
  std::string script;
  std::string url, local;  // of get, put and ls
  std::string from, to;    // of mirror
  std::string recording;   // of picture
  bool as_page = false;
  std::string generate;
  MirrorWords mirror;
};

Ending ending_of(const std::exception& error) {
  if (dynamic_cast<const LocalFailure*>(&error)) return Ending::local;
  if (dynamic_cast<const UsageFailure*>(&error)) return Ending::usage;
  const auto* failure = dynamic_cast<const std::system_error*>(&error);
  const bool was_cancelled = failure && failure->code() == Errc::aborted;
  if (was_cancelled || dynamic_cast<const Interrupted*>(&error)) return Ending::interrupted;
  if (const auto* client = dynamic_cast<const ClientError*>(&error); client && client->verb() == "connect") {
    return Ending::unreachable;
  }
  if (const auto* reply = dynamic_cast<const ReplyError*>(&error)) {
    if (reply->verb() == "PASS" || reply->verb() == "USER" || reply->reply().code() == 530)
      return Ending::not_logged_in;
    return reply->reply().code() == 421 || reply->reply().code() == 426 ? Ending::lost : Ending::refused;
  }
  if (const auto* client = dynamic_cast<const ClientError*>(&error)) {
    return client->channel() == Channel::local ? Ending::local : Ending::lost;
  }
  if (failure) return failure->code() == std::errc::invalid_argument ? Ending::usage : Ending::lost;
  return Ending::failed;
}

void tell(const std::exception& error) {
  std::cout << std::flush;
  std::cerr << "ftplike-client: " << shown(error.what()) << std::endl;
}

void connect(Shell& shell, const Url& url) {
  try {
    shell.open(url);
  } catch (const ReplyError&) { throw; } catch (const std::system_error& error) {
    const std::string what = error.what();
    const bool names_it = what.find(url.host) != what.npos;
    tell(std::runtime_error{names_it ? what : url.host + " port " + std::to_string(url.port) + ": " + what});
    std::exit(static_cast<int>(Ending::unreachable));
  }
}

Url server_of(const std::vector<std::string>& words) {
  if (words.empty()) return {"127.0.0.1", 3456};
  Url url{words[0]};
  if (words[0].find("://") == std::string::npos) {
    const bool has_port = words[0].find(':') != std::string::npos;
    if (words.size() == 1 && !has_port) url.port = 3456;
    if (words.size() == 2) url = Url{words[0] + ":" + words[1]};
  }
  return url;
}

/// Folder and name of a URL's path, whose last word names a file.
std::pair<Url, std::string> split_file(const std::string& text) {
  Url url{text};
  const auto slash = url.path.rfind('/');
  std::string name = url.path.substr(slash == std::string::npos ? 0 : slash + 1);
  url.path = slash == std::string::npos ? "" : slash == 0 ? "/" : url.path.substr(0, slash);
  return {url, name};
}

/// The lines of the prompt or of a pipe, each tried even if one before it failed.
Ending hold_session(Shell& shell, const Settings& settings) {
  Terminal terminal{!settings.quiet, [&shell](const auto& line, auto word) { return shell.complete(line, word); }};
  Ending ending = Ending::good;
  while (auto line = terminal.line(shell.prompt())) {
    try {
      if (!shell.run(*line)) return ending;
    } catch (const std::exception& error) {
      if (!shell.showed_failure()) tell(error);
      if (!terminal.is_interactive() && ending == Ending::good) ending = ending_of(error);
    }
  }
  if (terminal.is_interactive()) std::cout << std::endl;
  shell.bye();
  return ending;
}

/// The commands of -c, up to the first that fails.
void run_script(Shell& shell, const std::string& script) {
  for (std::size_t at = 0; at < script.size();) {
    const auto end = std::min(script.find_first_of(";\n", at), script.size());
    if (!shell.run(script.substr(at, end - at))) return;
    at = end + 1;
  }
  shell.bye();
}

}  // namespace

int main(int argc, char** argv) {
  Words words;
  Settings& settings = words.settings;
  CLI::App app{"An FTP client, for standard servers and for those of the ftp-like dialect.", "ftplike-client"};
  const std::map<std::string, Dialect> dialects{
      {"auto", Dialect::automatic}, {"ftplike", Dialect::ftplike}, {"standard", Dialect::standard}};
  app.add_option("server", words.server, "HOST [PORT], or ftp://user:password@host:port/path (127.0.0.1 3456)")
      ->expected(0, 2);
  app.add_option("--files", settings.files, "the folder that files are sent from and saved to (the current one)")
      ->type_name("DIR");
  app.add_option("--dialect", settings.dialect, "what the server speaks; auto finds out")
      ->type_name("auto|ftplike|standard")
      ->transform(CLI::CheckedTransformer(dialects).description(""));
  app.add_option("--timeout", settings.timeout, "how long to wait for the server")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str();
  app.add_option("-c", words.script, "commands to run, between semicolons; the first that fails ends it")
      ->type_name("COMMANDS");
  app.add_flag("--explain", settings.explain, "show the control and the data connections as they live");
  app.add_option("--record", settings.record, "record the session, to play it again; no passwords, no contents")
      ->type_name("FILE");
  app.add_flag("--record-contents", settings.record_contents, "record the contents of files and listings, too");
  app.add_flag("--active", settings.active, "have the server connect to us for data");
  const std::map<std::string, Secure> protections{{"explicit", Secure::explicit_tls},
                                                  {"implicit", Secure::implicit_tls}};
  app.add_option("--tls", settings.tls, "protect the session, as ftpes:// and ftps:// do")
      ->type_name("explicit|implicit")
      ->transform(CLI::CheckedTransformer(protections).description(""));
  auto* ca_file = app.add_option("--cafile", settings.ca_file,
                                 "trust servers that these authorities vouch for, PEM (the system's)");
  ca_file->type_name("FILE");
  auto* pin = app.add_option("--pin", settings.pins, "trust the server with this certificate, and no other");
  pin->type_name("SHA-256")->take_all()->allow_extra_args(false)->check(pin_defect)->excludes(ca_file);
  app.add_flag("--insecure", settings.insecure, "trust any server: no protection from those who pose as one")
      ->excludes(pin);
  app.add_option("--proxy", settings.proxy, "what passes connections on: socks5://HOST:PORT or http://HOST:PORT")
      ->type_name("URL");
  if (program_compression()) {
    app.add_flag("--compress", settings.compress, "compress what is transferred, where the server can (MODE Z)");
  }
  app.add_flag("--ascii", settings.ascii, "convert line endings");
  app.add_flag("--resume", settings.resume, "go on where an interrupted transfer ended");
  auto* parallel =
      app.add_option("--parallel", settings.parallel, "sessions at once, up to 64: for a mirror, and the parts of a get");
  parallel->type_name("N")->check(CLI::Range(1, 64).description(""))->capture_default_str();
  app.add_flag("--json", settings.json, "tell entries, replies and results as JSON, one object a line");
  app.add_flag("--quiet", settings.quiet, "no progress, no echo of commands that come from a pipe");
  app.set_version_flag("--version", FTPLIKE_VERSION_STRING, "print the version and end");
  app.footer(
      "Without -c, commands come from the terminal or from standard input; type help for them.\n"
      "Passwords: in the URL, in FTPLIKE_PASSWORD (of the first server), in ~/.netrc, or asked for without echo.\n"
      "Exit status: 0 good, 2 usage, 3 no server there, 4 login refused, 5 the server said no,\n"
      "6 a local file, 7 connection lost or timed out, 130 interrupted, 1 anything else.");
  app.fallthrough();  // options may stand behind the word, too
  auto* get = app.add_subcommand("get", "fetch one file");
  get->add_option("url", words.url)->required();
  get->add_option("destination", words.local, "a file or a folder (the working folder)");
  auto* put = app.add_subcommand("put", "send one file");
  put->add_option("source", words.local)->required();
  put->add_option("url", words.url, "a folder, if it ends with a slash")->required();
  auto* ls = app.add_subcommand("ls", "list a folder");
  ls->add_option("url", words.url)->required();
  auto* picture = app.add_subcommand("picture", "draw what --record wrote, as an SVG image on standard output");
  picture->add_option("file", words.recording, "the recording, of this program or of the server")->required();
  picture->add_flag("--html", words.as_page, "as a page to look through, in place of an image");
  auto* mirror =
      app.add_subcommand("mirror", "make a folder the same as another: mirror URL DIR, mirror --reverse DIR URL");
  mirror->add_option("from", words.from, "what is copied")->required();
  mirror->add_option("to", words.to, "what becomes the same")->required();
  mirror->add_flag("--reverse,-R", words.mirror.reverse, "from us to the server");
  mirror->add_flag("--only-newer", words.mirror.only_newer, "leave alone what is as new, even if of another size");
  mirror->add_flag("--delete", words.mirror.remove, "remove what the source does not have");
  mirror->add_flag("--dry-run", words.mirror.dry_run, "only show what would be done");
  mirror->add_option("--include", words.mirror.include, "only files that fit this")->type_name("PATTERN")->take_all();
  mirror->add_option("--exclude", words.mirror.exclude, "no files and folders that fit this")
      ->type_name("PATTERN")
      ->take_all();
  const std::map<std::string, std::function<std::string()>> manuals{
      {"man", [&app] { return manual_page(app, {1, "an FTP client", "[host [port] | url]", Shell::words()}); }},
      {"bash", [&app] { return bash_completion(app); }},
      {"zsh", [&app] { return zsh_completion(app); }}};
  // For the build; with an empty group it stands in no help.
  app.add_option("--generate", words.generate)->check(CLI::IsMember({"man", "bash", "zsh"}))->group("");
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants it
  hide_passwords(argc, argv);
  prepare_streams();
  outlive_readers();
  try {
    app.parse(std::move(arguments));
    settings.segments = parallel->count() > 0 && settings.parallel > 1;
  } catch (const CLI::Success& help) { return app.exit(help); } catch (const CLI::Error& error) {
    std::cerr << "ftplike-client: " << error.what() << std::endl;
    return static_cast<int>(Ending::usage);
  }

  if (!words.generate.empty()) {
    std::cout << manuals.at(words.generate)();
    return static_cast<int>(Ending::good);
  }
  try {
    if (*picture) {
      std::cout << picture_of(words.recording, words.as_page) << std::flush;
      return static_cast<int>(Ending::good);
    }
    Shell shell{settings};
    // Ctrl-C ends the operation under way, or the program if there is none.
    const Interrupts interrupts{[&shell](bool is_ctrl_c) { return is_ctrl_c && shell.interrupt(); },
                                static_cast<int>(Ending::interrupted)};
    if (*get || *put) {
      auto [url, name] = split_file(words.url);
      connect(shell, url);
      if (*get)
        shell.get(name, words.local, settings.resume);
      else
        shell.put(words.local, name, settings.resume);
      shell.bye();
    } else if (*mirror) {
      Url url{words.mirror.reverse ? words.to : words.from};
      const std::string remote = std::exchange(url.path, {});
      shell.mirror(std::move(url), remote, words.mirror.reverse ? words.from : words.to, words.mirror);
    } else if (*ls) {
      connect(shell, Url{words.url});
      shell.list("", false);
      shell.bye();
    } else {
      connect(shell, server_of(words.server));
      if (words.script.empty()) return static_cast<int>(hold_session(shell, settings));
      run_script(shell, words.script);
    }
    return static_cast<int>(Ending::good);
  } catch (const std::exception& error) {
    tell(error);
    return static_cast<int>(ending_of(error));
  }
}
