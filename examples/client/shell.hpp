#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client/url.hpp>

#include "settings.hpp"

/// A session of the user's: takes lines such as "get a.txt" or "RETR a.txt" and does what they say.
class Shell {
 public:
  explicit Shell(const Settings& settings);
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell();

  /// Connects, logs in, and goes to the URL's folder.
  void open(ftplike::Url url);
  /// Does one line. Throws what went wrong. False when the session is over.
  bool run(const std::string& line);
  /// Says goodbye if nobody has.
  void bye();
  /// Whether the failure of the line before was shown as the server's own reply.
  bool showed_failure() const;
  /// What is shown before a line is typed.
  std::string prompt() const;
  /// Ends the operation under way, from any thread; false if there is none.
  bool interrupt();
  /// What the word that begins at `word` of a line could become.
  std::vector<std::string> complete(const std::string& line, std::size_t word);

  /// The words of the prompt, how each is used and what it does.
  static std::vector<std::pair<std::string, std::string>> words();

  void get(const std::string& remote, const std::string& local, bool resume);
  void put(const std::string& local, const std::string& remote, bool resume);
  void list(const std::string& path, bool names_only);
  /// Makes a folder of ours the same as one of a server, or the other way; needs no session.
  void mirror(ftplike::Url server, const std::string& remote, const std::string& local, const MirrorWords& words);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
