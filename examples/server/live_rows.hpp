#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../picture/row.hpp"

/// What the live page shows: the last rows of the picture, those that tell how open sessions stand, and the bytes of the last
/// minutes; and the browsers that watch. A browser that reads too slowly is not waited for: what it has not read is dropped,
/// and it is told everything afresh, and how much it missed.
///
/// **Threads:** safe. `add` holds a lock for no longer than it takes to put a text into a few queues.
class LiveRows {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::size_t most_rows = 3000;      // kept for browsers to come
  static constexpr std::size_t most_unread = 4000;    // kept for a browser that is slow
  static constexpr std::size_t most_browsers = 8;     // each takes a thread
  static constexpr std::size_t seconds_kept = 300;    // of the bytes over data connections

  explicit LiveRows(Clock now = std::chrono::steady_clock::now) : now_{std::move(now)}, began_{now_()} {}

  /// A browser that watches until it goes.
  class Browser {
   public:
    explicit Browser(LiveRows& rows) : rows_{rows} {}
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;
    ~Browser() { rows_.leave(*this); }

    /// What is to be sent to it by now, as server-sent events: at first all there is. Empty if nothing is new.
    std::string news() { return rows_.news_of(*this); }

   private:
    friend LiveRows;
    LiveRows& rows_;
    std::deque<std::shared_ptr<const std::string>> unread_;
    std::size_t missed_ = 0;      // of those that were dropped
    bool knows_nothing_ = true;  // and is told all there is
    std::uint64_t second_ = 0;   // the first that it was not told of
  };

  void add(const Row& row) {
    const auto text = std::make_shared<const std::string>(json_of(row));
    const std::lock_guard lock{mutex_};
    count_bytes(row);
    kept_.push_back(Kept{++number_, text});
    if (kept_.size() > most_rows) kept_.pop_front();
    note_standing(row, text);
    for (Browser* browser : browsers_) {
      if (browser->knows_nothing_) continue;
      browser->unread_.push_back(text);
      if (browser->unread_.size() <= most_unread) continue;
      browser->missed_ += browser->unread_.size();
      browser->unread_.clear();
      browser->knows_nothing_ = true;
    }
  }
  /// None if there are too many, or all is over.
  std::unique_ptr<Browser> join() {
    const std::lock_guard lock{mutex_};
    if (is_over_ || browsers_.size() >= most_browsers) return nullptr;
    auto browser = std::make_unique<Browser>(*this);
    browsers_.push_back(browser.get());
    return browser;
  }
  /// Waits a moment for news; gives whether there may be more.
  bool wait() {
    std::unique_lock lock{mutex_};
    ended_.wait_for(lock, std::chrono::milliseconds{50}, [this] { return is_over_; });
    return !is_over_;
  }
  /// Nobody watches any more.
  void end() {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
    ended_.notify_all();
  }

 private:
  struct Kept {
    std::uint64_t number;
    std::shared_ptr<const std::string> text;
  };
  /// Of an open session: what tells how it stands, by what it tells.
  struct Standing {
    std::map<Row::Kind, Kept> rows;
    std::uint64_t counted = 0;  // bytes of its data connection
  };
  struct Bytes {
    std::uint64_t up = 0, down = 0;
  };

  std::uint64_t second_now() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now_() - began_).count());
  }
  Bytes& bytes_of(std::uint64_t second) { return bytes_[static_cast<std::size_t>(second % bytes_.size())]; }
  /// Brings the bytes up to this second.
  void pass_time() {
    for (const auto second = second_now(); second_ < second;) bytes_of(++second_) = {};
  }
  void count_bytes(const Row& row) {
    if (row.kind != Row::Kind::moved && row.kind != Row::Kind::ended) return;
    pass_time();
    auto& counted = sessions_[row.session].counted;
    const auto more = row.bytes >= counted ? row.bytes - counted : row.bytes;
    (row.by == Row::Who::client ? bytes_of(second_).up : bytes_of(second_).down) += more;
    counted = row.kind == Row::Kind::ended ? 0 : row.bytes;
  }
  void note_standing(const Row& row, const std::shared_ptr<const std::string>& text) {
    using Kind = Row::Kind;
    if (row.kind == Kind::closed) {
      sessions_.erase(row.session);
    } else if (row.kind == Kind::ended) {
      auto& rows = sessions_[row.session].rows;
      for (const auto kind : {Kind::listening, Kind::connected, Kind::moved}) rows.erase(kind);
    } else if (row.kind == Kind::opened || row.kind == Kind::command || row.kind == Kind::login ||
               row.kind == Kind::listening || row.kind == Kind::connected || row.kind == Kind::moved) {
      sessions_[row.session].rows[row.kind] = Kept{number_, text};
    }
  }

  void leave(Browser& browser) {
    const std::lock_guard lock{mutex_};
    std::erase(browsers_, &browser);
  }

  std::string news_of(Browser& browser) {
    std::unique_lock lock{mutex_};
    std::string news;
    if (browser.knows_nothing_) news = everything(browser);
    pass_time();
    for (; browser.second_ < second_; ++browser.second_) {
      news += "event: second\ndata: " + text_of(browser.second_) + "\n\n";
    }
    const auto unread = std::exchange(browser.unread_, {});
    lock.unlock();  // the server's threads wait for it
    if (unread.empty()) return news;
    news += "data: [";
    for (const auto& text : unread) news.append(*text) += ',';
    news.back() = ']';
    return news + "\n\n";
  }
  std::string text_of(std::uint64_t second) {
    const auto& bytes = bytes_of(second);
    return '[' + std::to_string(second) + ',' + std::to_string(bytes.up) + ',' + std::to_string(bytes.down) + ']';
  }
  /// What a browser is told that knows nothing: which begins afresh with that.
  std::string everything(Browser& browser) {
    browser.knows_nothing_ = false;
    pass_time();
    browser.second_ = second_ > seconds_kept ? second_ - seconds_kept : 0;
    std::string all = "event: afresh\ndata: {\"missed\":" + std::to_string(browser.missed_) + ",\"now\":" +
                      std::to_string(std::chrono::duration<double>(now_() - began_).count()) + "}\n\n";
    browser.missed_ = 0;
    std::map<std::uint64_t, std::shared_ptr<const std::string>> older;
    const auto first = kept_.empty() ? number_ + 1 : kept_.front().number;
    for (const auto& [session, standing] : sessions_) {
      for (const auto& [kind, row] : standing.rows) {
        if (row.number < first) older.emplace(row.number, row.text);
      }
    }
    browser.unread_.clear();
    for (const auto& [number, text] : older) browser.unread_.push_back(text);
    for (const auto& row : kept_) browser.unread_.push_back(row.text);
    return all;
  }

  const Clock now_;
  const std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::uint64_t number_ = 0;  // of the last row
  std::deque<Kept> kept_;
  std::map<std::uint64_t, Standing> sessions_;
  std::uint64_t second_ = 0;
  std::array<Bytes, seconds_kept + 1> bytes_{};
  std::vector<Browser*> browsers_;
};
