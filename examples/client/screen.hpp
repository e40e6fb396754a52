#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <ftplike/client/options.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/observers/explain.hpp>
#include <ftplike/observers/recorder.hpp>
#include <ftplike/protocol/entry.hpp>

#include "settings.hpp"

/// What the program shows: the server's replies to the commands that the user typed, progress, and with --explain the
/// two connections; with --record a file has all that happens. An observer of the client; copies show on the same screen.
class Screen {
 public:
  explicit Screen(const Settings& settings);

  /// Shows the replies to these verbs from now on, and no others.
  void show_replies_to(std::set<std::string> verbs);
  /// Whether a negative reply was shown since then, so that nobody need tell it again.
  bool showed_failure() const;
  /// Keeps replies back until `let_go`, but for preliminary ones: what a listing gives stands before its end.
  void hold();
  void let_go();

  void operator()(const ftplike::CommandSeen& event);
  void operator()(const ftplike::ReplySeen& event);
  template <class Event>
    requires ftplike::takes<ftplike::Observers<ftplike::Explain, ftplike::Recorder>, Event>
  void operator()(const Event& event) {
    tell(state_->explain, event);
    tell(state_->recorder, event);
  }
  bool wants_bytes() const noexcept { return state_->recorder.has_value(); }

 private:
  template <class Observer, class Event> static void tell(std::optional<Observer>& observer, const Event& event) {
    if constexpr (ftplike::takes<Observer, Event>) {
      if (observer) (*observer)(event);
    }
  }
  struct State {
    std::set<std::string> verbs;
    std::string verb;  // of the last command
    bool failure = false, held = false, json = false;
    std::string kept;
    std::optional<ftplike::Explain> explain;
    std::optional<ftplike::Recorder> recorder;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Bytes for people: "12.3 MB".
std::string human_size(double bytes);

/// A bar for a transfer that takes longer than half a second, on a terminal only.
class ProgressBar {
 public:
  ProgressBar(std::string_view name, bool wanted);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();
  void operator()(const ftplike::Progress& progress);
  /// Makes room for a line of text; the bar comes again with the next bytes.
  void clear();

 private:
  std::string name_;
  bool wanted_, shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};
