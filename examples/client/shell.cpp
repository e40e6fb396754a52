#include "shell.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include <ftplike/client/blocking.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/wildcard.hpp>

#include "../system/command.hpp"
#include "../system/paths.hpp"
#include "output.hpp"
#include "protection.hpp"
#include "screen.hpp"
#include "secrets.hpp"
#include "sessions.hpp"

using namespace ftplike;
namespace fs = std::filesystem;

namespace {

/// The words of a line: between blanks; quotes hold blanks together.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (const char c : line) {
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(word);
  return words;
}

/// What a command of FTP's own has behind its verb: the rest of the line, blanks and all.
std::string rest_of(const std::string& line) {
  const auto begin = line.find_first_not_of(" \t");
  const auto blank = line.find_first_of(" \t", std::min(begin, line.size()));
  const auto rest = line.find_first_not_of(" \t", std::min(blank, line.size()));
  return rest == line.npos ? std::string{} : line.substr(rest);
}

/// The folder and the name of a path of the server's.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {"", path};
  return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

/// The name of a file of ours.
std::string name_of(const std::string& file) { return text_of(path_of(file).filename()); }

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != name.npos; }

/// A sink that is a file of C's.
class FileSink {
 public:
  explicit FileSink(std::FILE* file) : file_{file} {}
  awaitable<void> write(std::span<const std::byte> bytes) {
    check(std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size());
    co_return;
  }
  awaitable<void> finish() {
    check(std::fflush(file_) == 0);
    co_return;
  }

 private:
  static void check(bool good) {
    if (!good) throw LocalFailure{std::string{"what was fetched cannot be written: "} + std::strerror(errno)};
  }
  std::FILE* file_;
};

/// Says that something is under way that Ctrl-C may end.
class Busy {
 public:
  explicit Busy(std::atomic<bool>& flag) : flag_{flag} { flag_ = true; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { flag_ = false; }

 private:
  std::atomic<bool>& flag_;
};

/// Keeps replies from the screen while it lives.
class HeldScreen {
 public:
  explicit HeldScreen(Screen& screen) : screen_{screen} { screen_.hold(); }
  HeldScreen(const HeldScreen&) = delete;
  HeldScreen& operator=(const HeldScreen&) = delete;
  ~HeldScreen() { screen_.let_go(); }

 private:
  Screen& screen_;
};

}  // namespace

struct Shell::State {
  using Client = BasicBlockingClient<ProgramTransport, AnyChannel, Screen>;
  using Arguments = std::vector<std::string>;
  struct Word {
    std::string_view usage, help;
    std::size_t least, most;  // arguments
    void (State::*act)(const Arguments&);
  };

  explicit State(const Settings& its_settings)
      : settings{its_settings}, screen{its_settings} {}

  Client& connected() {
    if (!client || !client->is_open()) throw LocalFailure{"not connected; open HOST [PORT]"};
    return *client;
  }
  TransferOptions options(ProgressBar& bar, bool resume) const {
    TransferOptions options;
    options.ascii = settings.ascii;
    options.resume = resume;
    options.progress = std::ref(bar);
    return options;
  }
  /// Has the shell run a command of the user's. Ctrl-C is for that meanwhile.
  void execute(const std::string& command) {
    const Busy waiting{waits};
    if (const int status = status_of(command); status != 0) {
      throw LocalFailure{"the command ended with status " + std::to_string(status)};
    }
  }
  static int status_of(const std::string& command) {
    try {
      return run_by_shell(command);
    } catch (const std::system_error& error) { throw LocalFailure{error.what()}; }
  }
  static std::unique_ptr<PagedFile> make_paged_file() {
    try {
      return std::make_unique<PagedFile>();
    } catch (const std::system_error& error) { throw LocalFailure{error.what()}; }
  }
  std::string ours(const std::string& name) const { return text_of(path_of(settings.files) / path_of(name)); }

  // ---- the seed's words, and FTP's: the server's replies are shown as they come ----

  bool speak(const std::string& verb, const std::string& argument) {
    Client& server = connected();
    server.get_in_step();  // what is left of a command that was broken off is no reply to this one
    screen.show_replies_to({verb});
    const bool has_argument = !argument.empty();
    if (verb == "RETR") {
      if (!has_argument) throw LocalFailure{"RETR <file>"};
      get(argument, "", settings.resume);
    } else if (verb == "STOR" || verb == "APPE") {
      if (!has_argument) throw LocalFailure{verb + " <file>"};
      send(verb, argument);
    } else if (verb == "LIST" || verb == "NLST" || verb == "MLSD") {
      screen.show_replies_to({"LIST", "NLST", "MLSD"});
      list(argument, verb != "LIST");
    } else if (verb == "PASV" || verb == "EPSV" || verb == "PORT" || verb == "EPRT" || verb == "STOU") {
      throw LocalFailure{verb + ": this program makes its data connections by itself"};
    } else {
      const Reply reply = server.command(has_argument ? verb + ' ' + argument : verb);
      if (verb == "QUIT") {
        server.close();
        return false;
      }
      if (reply.negative()) throw ReplyError{reply, verb};
    }
    return true;
  }
  void send(const std::string& verb, const std::string& name) {
    const std::string local = existing(name);
    ProgressBar bar{name, !settings.quiet};
    if (verb == "APPE")
      tell("append", connected().append(local, name_of(name), options(bar, false)));
    else
      tell("put", connected().upload(local, name_of(name), options(bar, settings.resume)));
  }
  void tell(std::string_view what, const TransferResult& result) const {
    if (!settings.json) return;
    const std::chrono::duration<double> took = result.took;
    JsonObject object;
    object.add("done", what).add("name", result.name).add("bytes", result.transferred).add("offset", result.offset);
    std::cout << object.add("seconds", took.count()).text() << std::endl;
  }
  /// A file of ours that is to be sent: no command is given for one that is not there.
  std::string existing(const std::string& name) const {
    const std::string local = ours(name);
    std::error_code error;
    if (!fs::is_regular_file(path_of(local), error)) { throw LocalFailure{name + ": no such file in " + settings.files}; }
    return local;
  }

  void get(const std::string& remote, const std::string& local, bool resume) {
    const std::string where = local.empty() ? settings.files : ours(local);
    if (local.empty() && !fs::is_directory(path_of(where))) throw LocalFailure{where + ": no such folder"};
    ProgressBar bar{remote, !settings.quiet};
    if (settings.segments && !resume && connected().dialect() == Dialect::standard) {
      // The sessions of a pool are where the login led them.
      const std::string place = on_server(remote);
      const Many sessions{*this, address};
      tell("get", sessions->get_in_segments(place, where, options(bar, resume)));
    } else {
      tell("get", connected().download(remote, where, options(bar, resume)));
    }
  }
  /// A path of the server as it is seen from anywhere.
  std::string on_server(const std::string& path) {
    if (path.starts_with('/')) return path;
    const std::string here = connected().pwd();
    return path.empty() ? here : here + (here.ends_with('/') ? "" : "/") + path;
  }
  void put(const std::string& name, const std::string& remote, bool resume) {
    const std::string local = existing(name);
    ProgressBar bar{name, !settings.quiet};
    const std::string there = remote.empty() ? name_of(name) : remote;
    tell("put", connected().upload(local, there, options(bar, resume)));
  }
  /// What there is by the very name in which a path ends; if there is nothing, all that the name fits as a pattern.
  std::vector<Entry> entries_of(const std::string& path) {
    const auto place = split(path);
    const std::string& pattern = place.second;
    auto entries = connected().list(place.first);
    const auto called_so = [&pattern](const Entry& entry) { return entry.name == pattern; };
    const bool exists = std::any_of(entries.begin(), entries.end(), called_so);
    std::erase_if(entries, [&](const Entry& entry) {
      return exists ? !called_so(entry) : !matches(pattern, entry.name);
    });
    return entries;
  }
  void list(const std::string& path, bool names_only) {
    const ListingOutput out{names_only, settings.json};
    const HeldScreen held{screen};
    const auto show = [&out](const Entry& entry) { out.show(entry); };
    const std::string name = split(path).second;
    if (!is_pattern(name)) {
      connected().list(path, show);
    } else {
      const auto found = entries_of(path);
      const bool is_folder = found.size() == 1 && found[0].is_directory() && found[0].name == name;
      if (is_folder) {
        connected().list(path, show);
      } else {
        std::for_each(found.begin(), found.end(), show);
      }
    }
    std::cout << std::flush;
  }

  void mirror(Url url, const std::string& remote, const std::string& local, const MirrorWords& words) {
    MirrorOptions options;
    options.direction = words.reverse ? Direction::sent : Direction::received;
    options.only_newer = words.only_newer;
    options.delete_others = words.remove;
    options.include = words.include;
    options.exclude = words.exclude;
    ProgressBar bar{local, !settings.quiet};
    options.transfer = this->options(bar, settings.resume);
    std::exception_ptr first_failure;
    options.done = [this, &bar](const MirrorAction& action, const std::exception_ptr& failure) {
      bar.clear();
      show(action, failure);
    };
    const Many sessions{*this, std::move(url)};
    const MirrorPlan plan = sessions->plan(remote, local, options);
    for (const auto& line : plan.skipped) std::cerr << "ftplike-client: left alone: " << shown(line) << std::endl;
    if (words.dry_run) {
      for (const auto& failure : plan.failures) show(failure.action, failure.error);
      for (const auto& action : plan.actions) show(action, nullptr);
      if (!plan.failures.empty()) std::rethrow_exception(plan.failures.front().error);
      return;
    }
    const MirrorSummary summary = sessions->carry_out(plan, options);
    bar.clear();
    if (!settings.json && !settings.quiet) {
      std::cout << summary.transferred << (summary.transferred == 1 ? " file, " : " files, ")
                << human_size(static_cast<double>(summary.bytes)) << std::endl;
    }
    if (summary.first_failure) std::rethrow_exception(summary.first_failure);
  }
  void show(const MirrorAction& action, const std::exception_ptr& failure) const {
    std::string why;
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& error) { why = error.what(); }
    if (settings.json) {
      JsonObject object;
      object.add("action", MirrorAction::name_of(action.kind)).add("path", action.path);
      if (action.size) object.add("size", *action.size);
      object.add("reason", MirrorAction::name_of(action.reason));
      if (failure) object.add("failed", why);
      std::cout << object.text() << std::endl;
    } else if (failure) {
      std::cerr << "ftplike-client: " << shown(action.text() + ": " + why) << std::endl;
    } else if (!settings.quiet) {
      std::cout << shown(action.text()) << std::endl;
    }
  }

  // ---- the words that people know ----

  void word_ls(const Arguments& words) { list(words.empty() ? "" : words[0], false); }
  void word_cd(const Arguments& words) { connected().cwd(words.empty() ? "/" : words[0]); }
  void word_lcd(const Arguments& words) {
    const std::string folder = words.empty() ? "." : ours(words[0]);
    if (!fs::is_directory(path_of(folder))) throw LocalFailure{folder + ": no such folder"};
    settings.files = text_of(path_of(folder).lexically_normal());
    std::cout << settings.files << std::endl;
  }
  void word_lpwd(const Arguments&) { std::cout << settings.files << std::endl; }
  void word_get(const Arguments& words) { get(words[0], words.size() > 1 ? words[1] : "", settings.resume); }
  void word_reget(const Arguments& words) { get(words[0], words.size() > 1 ? words[1] : "", true); }
  void word_put(const Arguments& words) { put(words[0], words.size() > 1 ? words[1] : "", settings.resume); }
  void word_reput(const Arguments& words) { put(words[0], words.size() > 1 ? words[1] : "", true); }
  void word_mget(const Arguments& words) {
    for (const auto& name : remote_names(words)) get(name, "", settings.resume);
  }
  void word_mput(const Arguments& words) {
    for (const auto& name : local_names(words)) put(name, "", settings.resume);
  }
  void word_mkdir(const Arguments& words) { connected().mkdir(words[0]); }
  void word_rmdir(const Arguments& words) { connected().rmdir(words[0]); }
  void word_rm(const Arguments& words) {
    for (const auto& name : remote_names(words)) connected().remove(name);
  }
  void word_mv(const Arguments& words) { connected().rename(words[0], words[1]); }
  void word_cat(const Arguments& words) {
    FileSink out{stdout};
    (void)connected().download(words[0], out);
  }
  void word_less(const Arguments& words) {
    // A file, not a pipe: the server does not wait until it has been read.
    const auto file = make_paged_file();
    FileSink out{file->get()};
    (void)connected().download(words[0], out);
    execute(file->command());
  }
  void word_mirror(const Arguments& words) {
    MirrorWords how;
    Arguments folders;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool has_next = i + 1 < words.size();
      if (words[i] == "--reverse" || words[i] == "-R")
        how.reverse = true;
      else if (words[i] == "--only-newer")
        how.only_newer = true;
      else if (words[i] == "--delete")
        how.remove = true;
      else if (words[i] == "--dry-run")
        how.dry_run = true;
      else if (words[i] == "--include" && has_next)
        how.include.push_back(words[++i]);
      else if (words[i] == "--exclude" && has_next)
        how.exclude.push_back(words[++i]);
      else
        folders.push_back(words[i]);
    }
    if (folders.size() != 2 || folders[0].starts_with('-')) {
      throw LocalFailure{std::string{vocabulary.at("mirror").usage} +
                         "; options: --reverse --only-newer --delete --dry-run --include PATTERN --exclude PATTERN"};
    }
    const auto& [from, to] = std::tie(folders[0], folders[1]);
    mirror(address, on_server(how.reverse ? to : from), ours(how.reverse ? from : to), how);
  }
  /// Interruptions come from another thread.
  void replace_client(std::unique_ptr<Client> next) {
    const std::lock_guard lock{mutex};
    client = std::move(next);
  }
  void word_open(const Arguments& words) { open(Url{words.size() > 1 ? words[0] + ":" + words[1] : words[0]}); }
  void word_close(const Arguments&) {
    connected().quit();
    replace_client(nullptr);
  }
  void word_bye(const Arguments&) { over = true; }
  void word_help(const Arguments&);

  /// The names that patterns stand for, and those that are no patterns, or exist as they are.
  std::vector<std::string> remote_names(const Arguments& words) {
    std::vector<std::string> names;
    for (const auto& word : words) {
      const auto [folder, pattern] = split(word);
      if (!is_pattern(pattern)) {
        names.push_back(word);
        continue;
      }
      const auto before = names.size();
      const std::string before_name = folder.empty() || folder.ends_with('/') ? folder : folder + '/';
      for (const auto& entry : entries_of(word)) {
        if (entry.is_file() && !entry.name.empty()) names.push_back(before_name + entry.name);
      }
      if (names.size() == before) throw LocalFailure{word + ": nothing there fits"};
    }
    return names;
  }
  std::vector<std::string> local_names(const Arguments& words) const {
    std::vector<std::string> names;
    for (const auto& word : words) {
      if (!is_pattern(word) || fs::exists(path_of(ours(word)))) {
        names.push_back(word);
        continue;
      }
      const auto before = names.size();
      for (const auto& entry : fs::directory_iterator{path_of(settings.files)}) {
        const std::string name = text_of(entry.path().filename());
        if (entry.is_regular_file() && matches(word, name)) names.push_back(name);
      }
      if (names.size() == before) throw LocalFailure{word + ": nothing here fits"};
      std::sort(names.begin() + static_cast<std::ptrdiff_t>(before), names.end());
    }
    return names;
  }

  void open(Url url) {
    protect(url, settings);
    find_password(url);
    const std::string folder = std::exchange(url.path, {});
    screen.show_replies_to({});
    replace_client(nullptr);
    replace_client(std::make_unique<Client>(trust(settings), url, client_options(settings), screen));
    address = std::move(url);
    if (!folder.empty()) client->cwd(folder);
  }

  static const std::map<std::string_view, Word> vocabulary;

  Settings settings;
  Screen screen;
  std::unique_ptr<Client> client;
  Url address;                                    // of the session
  std::atomic<bool> busy = false, waits = false;  // the latter: for a command of the user's
  std::mutex mutex;                               // of `client` and `many`, which Ctrl-C reaches
  Sessions* many = nullptr;                       // under way
  bool over = false;

  /// Sessions that Ctrl-C reaches.
  class Many {
   public:
    Many(State& state, Url url) : state_{state}, sessions_{std::move(url), state.settings} { tell(&sessions_); }
    Many(const Many&) = delete;
    Many& operator=(const Many&) = delete;
    ~Many() {
      sessions_.quit();
      tell(nullptr);
    }
    Sessions* operator->() const { return &sessions_; }

   private:
    void tell(Sessions* sessions) {
      const std::lock_guard lock{state_.mutex};
      state_.many = sessions;
    }
    State& state_;
    mutable Sessions sessions_;
  };
};

const std::map<std::string_view, Shell::State::Word> Shell::State::vocabulary{
    {"ls", {"ls [PATH]", "list a folder", 0, 1, &State::word_ls}},
    {"cd", {"cd [PATH]", "go to a folder of the server", 0, 1, &State::word_cd}},
    {"lcd", {"lcd [PATH]", "go to a folder of ours", 0, 1, &State::word_lcd}},
    {"lpwd", {"lpwd", "our folder", 0, 0, &State::word_lpwd}},
    {"get", {"get FILE [NAME]", "fetch a file", 1, 2, &State::word_get}},
    {"reget", {"reget FILE [NAME]", "go on fetching a file", 1, 2, &State::word_reget}},
    {"mget", {"mget FILE…", "fetch files; * ? [] are understood", 1, 999, &State::word_mget}},
    {"put", {"put FILE [NAME]", "send a file", 1, 2, &State::word_put}},
    {"reput", {"reput FILE [NAME]", "go on sending a file", 1, 2, &State::word_reput}},
    {"mput", {"mput FILE…", "send files", 1, 999, &State::word_mput}},
    {"mirror",
     {"mirror FROM TO", "make a folder the same as the server's; --reverse: as ours", 2, 99, &State::word_mirror}},
    {"mkdir", {"mkdir PATH", "make a folder", 1, 1, &State::word_mkdir}},
    {"rmdir", {"rmdir PATH", "remove an empty folder", 1, 1, &State::word_rmdir}},
    {"rm", {"rm FILE…", "remove files", 1, 999, &State::word_rm}},
    {"mv", {"mv FROM TO", "rename", 2, 2, &State::word_mv}},
    {"cat", {"cat FILE", "show a file", 1, 1, &State::word_cat}},
    {"less", {"less FILE", "show a file page by page", 1, 1, &State::word_less}},
    {"open", {"open HOST [PORT]", "connect to another server", 1, 2, &State::word_open}},
    {"close", {"close", "disconnect", 0, 0, &State::word_close}},
    {"bye", {"bye", "end", 0, 0, &State::word_bye}},
    {"exit", {"exit", "end", 0, 0, &State::word_bye}},
    {"help", {"help", "this", 0, 0, &State::word_help}},
    {"?", {"?", "this", 0, 0, &State::word_help}},
};

void Shell::State::word_help(const Arguments&) {
  for (const auto& [name, word] : vocabulary)
    std::printf("  %-20.*s %.*s\n", static_cast<int>(word.usage.size()), word.usage.data(),
                static_cast<int>(word.help.size()), word.help.data());
  std::puts(
      "  !COMMAND             run a command of this machine\n"
      "Anything else is sent to the server as it is, and its reply is shown: PWD, CWD, LIST, RETR, STOR, QUIT, …");
  std::fflush(stdout);
}

Shell::Shell(const Settings& settings) : state_{std::make_unique<State>(settings)} {}
Shell::~Shell() = default;

void Shell::open(Url url) { state_->open(std::move(url)); }

bool Shell::run(const std::string& line) {
  const auto words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return true;
  state_->screen.show_replies_to({});
  if (words[0].starts_with('!')) {
    state_->execute(line.substr(line.find('!') + 1));
    return true;
  }
  const Busy busy{state_->busy};
  const auto known = State::vocabulary.find(to_lower(words[0]));
  if (known == State::vocabulary.end()) return state_->speak(to_upper(words[0]), rest_of(line));
  const auto& word = known->second;
  if (words.size() - 1 < word.least || words.size() - 1 > word.most) throw LocalFailure{std::string{word.usage}};
  (state_.get()->*word.act)({words.begin() + 1, words.end()});
  if (state_->over) bye();
  return !state_->over;
}

void Shell::bye() {
  if (state_->client && state_->client->is_open()) state_->client->quit();
}

std::vector<std::pair<std::string, std::string>> Shell::words() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [name, word] : State::vocabulary) all.emplace_back(word.usage, word.help);
  return all;
}

bool Shell::showed_failure() const { return state_->screen.showed_failure(); }
std::string Shell::prompt() const {
  return (state_->client ? prompt_of(*state_->client, state_->settings) : "ftp") + "> ";
}

bool Shell::interrupt() {
  if (state_->waits) return true;
  const std::lock_guard lock{state_->mutex};
  if (state_->many) {
    state_->many->cancel();
    return true;
  }
  if (!state_->busy || !state_->client) return false;
  state_->client->cancel();
  return true;
}

void Shell::get(const std::string& remote, const std::string& local, bool resume) {
  const Busy busy{state_->busy};
  state_->get(remote, local, resume);
}
void Shell::put(const std::string& local, const std::string& remote, bool resume) {
  const Busy busy{state_->busy};
  state_->put(local, remote, resume);
}
void Shell::list(const std::string& path, bool names_only) {
  const Busy busy{state_->busy};
  state_->list(path, names_only);
}

void Shell::mirror(Url server, const std::string& remote, const std::string& local, const MirrorWords& words) {
  const Busy busy{state_->busy};
  protect(server, state_->settings);
  find_password(server);
  state_->mirror(std::move(server), remote, local, words);
}

std::vector<std::string> Shell::complete(const std::string& line, std::size_t word) {
  std::vector<std::string> choices;
  const auto first = words_of(line.substr(0, word));
  if (first.empty()) {
    for (const auto& [name, meaning] : State::vocabulary) choices.emplace_back(name);
    for (const auto* verb : {"PWD", "CWD", "LIST", "RETR", "STOR", "QUIT"}) choices.emplace_back(verb);
    return choices;
  }
  const std::string command = to_lower(first[0]);
  static const std::set<std::string> of_ours{"put", "mput", "mirror", "reput", "lcd", "stor", "appe"};
  try {
    if (of_ours.contains(command)) {
      for (const auto& entry : fs::directory_iterator{path_of(state_->settings.files)})
        choices.push_back(text_of(entry.path().filename()));
    } else {
      state_->screen.show_replies_to({});
      for (const auto& entry : state_->connected().list()) {
        // Nothing is typed for the user that would command the terminal.
        if (!entry.name.empty() && shown(entry.name) == entry.name) choices.push_back(entry.name);
      }
    }
  } catch (const std::exception&) {  // then there is nothing to complete with
  }
  return choices;
}
