#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/storage/composed.hpp>
#include <ftplike/storage/names_at_work.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// How much there may be; 0: no limit.
struct QuotaLimits {
  std::uint64_t bytes = 0;  // of all files and partial files
  std::uint64_t files = 0;  // files, partial files and directories

  /// Whether there is neither limit.
  bool is_none() const noexcept { return bytes == 0 && files == 0; }
  friend bool operator==(const QuotaLimits&, const QuotaLimits&) = default;
};

namespace detail {

inline Usage less(const Usage& from, const Usage& what) noexcept {
  return {from.bytes - std::min(from.bytes, what.bytes), from.files - std::min(from.files, what.files)};
}

/// What all handles on a quota share. **Threads:** its mutex guards all of it.
struct QuotaState {
  std::mutex mutex;
  Usage settled;  // what lies there
  Usage held;     // what uploads under way have taken
  std::uint64_t refusals = 0;
};
class QuotaShare;

}  // namespace detail

/// How much of something may be used, and how much is. Copies share what is used: give one to each storage that it is to
/// hold for, and keep one to ask.
///
///     Quota quota{{.bytes = 10'000'000'000, .files = 100'000}};
///
/// **Threads:** any, at once.
class Quota {
 public:
  /// Without limits it only counts.
  explicit Quota(QuotaLimits limits = {}) : state_{detail::new_shared<detail::QuotaState>()}, limits_{limits} {}
  /// The same use under other limits. Those of other copies stay.
  Quota with_limits(QuotaLimits limits) const {
    Quota result{*this};
    result.limits_ = limits;
    return result;
  }

  /// How much there may be.
  const QuotaLimits& limits() const noexcept { return limits_; }
  /// What lies there, and what uploads under way have taken. Of a storage that has not been counted, nothing.
  Usage used() const {
    const std::lock_guard lock{state_->mutex};
    return state_->settled + state_->held;
  }
  /// The bytes that may still come; the largest number where there is no limit of bytes.
  std::uint64_t left() const {
    if (limits_.bytes == 0) return std::numeric_limits<std::uint64_t>::max();
    return limits_.bytes - std::min(limits_.bytes, used().bytes);
  }
  /// How often something was refused.
  std::uint64_t refusals() const {
    const std::lock_guard lock{state_->mutex};
    return state_->refusals;
  }

 private:
  friend class detail::QuotaShare;
  std::shared_ptr<detail::QuotaState> state_;
  QuotaLimits limits_;
};

namespace detail {

/// What one storage has of a quota. Its copies share it. **Threads:** any, at once; the quota's mutex guards it.
class QuotaShare {
 public:
  explicit QuotaShare(const Quota& quota) : state_{quota.state_} {}
  QuotaShare(const QuotaShare&) = delete;
  QuotaShare& operator=(const QuotaShare&) = delete;
  ~QuotaShare() {
    const std::lock_guard lock{state_->mutex};
    state_->settled = less(state_->settled, settled_);
  }

  /// Something that changes what lies there, from before it does so until the change is told. A count that goes on
  /// meanwhile may have seen either, and does not hold.
  class Step {
   public:
    explicit Step(QuotaShare& share) : share_{share} { change(1); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { change(-1); }

   private:
    void change(int by) {
      const std::lock_guard lock{share_.state_->mutex};
      share_.steps_ += by;
      ++share_.changes_;
    }
    QuotaShare& share_;
  };
  /// How things stood before a count.
  struct Mark {
    Usage settled;
    std::uint64_t changes;
    bool is_quiet;  // nobody was about to change anything
  };

  const std::shared_ptr<NamesAtWork>& names() const noexcept { return names_; }
  bool is_counted() const {
    const std::lock_guard lock{state_->mutex};
    return counted_;
  }
  /// Has it counted anew when it is needed next.
  void forget_count() {
    const std::lock_guard lock{state_->mutex};
    counted_ = false;
  }
  Mark mark() const {
    const std::lock_guard lock{state_->mutex};
    return {settled_, changes_, steps_ == 0};
  }
  /// Takes over what was counted since. False if something changed meanwhile; as the `last` attempt, with these changes.
  bool count(Usage found, const Mark& since, bool last) {
    const std::lock_guard lock{state_->mutex};
    if ((changes_ != since.changes || !since.is_quiet) && !last) return false;
    found = less(found + settled_, since.settled);
    state_->settled = less(state_->settled, settled_) + found;
    settled_ = found;
    counted_ = true;
    return true;
  }
  /// What lies there has changed.
  void change(const Usage& before, const Usage& after) {
    const std::lock_guard lock{state_->mutex};
    change_locked(before, after);
  }

 private:
  friend class QuotaCharge;
  void change_locked(const Usage& before, const Usage& after) {
    if (before == after) return;
    const Usage old = settled_;
    settled_ = less(settled_ + after, before);
    state_->settled = less(state_->settled + settled_, old);
    ++changes_;
  }

  std::shared_ptr<QuotaState> state_;
  std::shared_ptr<NamesAtWork> names_ = new_shared<NamesAtWork>();
  Usage settled_;
  std::uint64_t changes_ = 0;
  int steps_ = 0;  // that are under way
  bool counted_ = false;
};

/// What something under way has taken of a quota; its end gives back what was not settled. **Threads:** one at a time.
class QuotaCharge {
 public:
  QuotaCharge(std::shared_ptr<QuotaShare> share, const QuotaLimits& limits)
      : share_{std::move(share)}, limits_{limits} {}
  QuotaCharge(const QuotaCharge&) = delete;
  QuotaCharge& operator=(const QuotaCharge&) = delete;
  ~QuotaCharge() { set(Usage{}); }

  /// Takes all of `more`, or nothing: then it gives false. Files that are to be replaced may be exceeded by.
  bool take(const Usage& more, std::uint64_t replaced_files = 0) {
    QuotaState& state = *share_->state_;
    const std::lock_guard lock{state.mutex};
    const Usage now = state.settled + state.held;
    if (!fits(now.bytes, more.bytes, limits_.bytes, 0) || !fits(now.files, more.files, limits_.files, replaced_files)) {
      ++state.refusals;
      return false;
    }
    set_locked(held_ + more);
    return true;
  }
  /// Has it hold so many bytes. If that is too much, only `otherwise`, and it gives false: so of two that reach for the
  /// last bytes one gets them.
  bool grow(std::uint64_t bytes, const Usage& otherwise) {
    QuotaState& state = *share_->state_;
    const std::lock_guard lock{state.mutex};
    if (bytes <= held_.bytes) return true;
    const bool can = fits(state.settled.bytes + state.held.bytes, bytes - held_.bytes, limits_.bytes, 0);
    if (!can) ++state.refusals;
    set_locked(can ? Usage{bytes, held_.files} : otherwise);
    return can;
  }
  /// Takes over what lay there.
  void adopt(const Usage& settled) {
    const std::lock_guard lock{share_->state_->mutex};
    share_->change_locked(settled, Usage{});
    set_locked(held_ + settled);
  }
  /// Has it hold this, whatever the limits are.
  void set(const Usage& held) {
    const std::lock_guard lock{share_->state_->mutex};
    set_locked(held);
  }
  /// What lies there in the end in the place of what was held, and what it has replaced.
  void settle(const Usage& left, const Usage& replaced = {}) {
    const std::lock_guard lock{share_->state_->mutex};
    set_locked(Usage{});
    share_->change_locked(replaced, left);
  }

 private:
  static bool fits(std::uint64_t used, std::uint64_t more, std::uint64_t limit, std::uint64_t beyond) noexcept {
    if (limit == 0 || more == 0) return true;
    return used < limit + beyond && more <= limit + beyond - used;
  }
  void set_locked(const Usage& held) {
    QuotaState& state = *share_->state_;
    state.held = less(state.held, held_) + held;
    held_ = held;
  }

  std::shared_ptr<QuotaShare> share_;
  QuotaLimits limits_;
  Usage held_;
};

}  // namespace detail

/// The files of a storage, of which there may be no more than a quota allows, whatever command makes them. All else is as
/// the storage has it.
///
///     QuotaStorage{DirectoryStorage{"inbox"}, Quota{{.bytes = 10'000'000'000}}}
///
/// What counts is what lies there: whole files, partial files, directories, and uploads under way. An upload takes its
/// place before the storage is touched, and each piece before it is written; one that does not fit throws
/// `Errc::quota_exceeded` (552), and of two that reach for the last bytes one gets them. What was refused leaves all as it
/// was: a new upload leaves nothing, and one that went on with a partial file leaves that at the length from which it
/// went on, so that it can be gone on with once there is room. What is replaced counts until the new file is whole, and so
/// does the copy on which a whole file is gone on with (APPE, or REST without a partial file). An upload over a file needs
/// no place for a further file, though its partial file counts as one. Removing gives back, a rename as far as it replaces.
///
/// What is there is counted when it is first needed, by `usage` of the storage (`TellsUsage`), else by `stat` and `list`;
/// then what comes and goes through this and its copies is counted. What others do, and partial files that are removed for
/// their age, is seen by `recount`. Links count by themselves, and what they lead to where it lies:
/// an upload through a link to a file replaces that file, and what is done through a link out of the root counts for nothing.
///
/// Storages of one quota share it: what they hold is added up. To give each account its own there is `QuotaPerAccount`; for
/// several limits at once, as of an account and of all, put one around another.
///
/// **Lifetime:** it outlives its writers, and is not moved while there are some. **Threads:** as the storage.
template <ReadableStorage Files> class QuotaStorage : public Files {
  using Inner = typename detail::WriterType<Files>::type;
  using Names = detail::NamesAtWork;

 public:
  class Writer;

  /// Counts what is below `root`, and nothing of what is outside.
  QuotaStorage(Files files, Quota quota, Path root = {})
      : QuotaStorage(std::move(files), quota, detail::new_shared<detail::QuotaShare>(quota), std::move(root)) {}
  /// The files of a directory of another one, opened by themselves: they are counted with all that is there, by its quota.
  QuotaStorage(Files files, const QuotaStorage& whole, const Path& directory)
      : QuotaStorage(std::move(files), whole.quota_, whole.share_, Path{}) {
    const auto& around = whole.around_;
    around_ = around ? detail::new_shared<const Around>(around->files, around->root, directory.beneath(around->directory))
                     : detail::new_shared<const Around>(whole, whole.root_, directory);
  }

  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  QuotaStorage for_client(ClientKey client, More... more) const {
    QuotaStorage same(Files::for_client(client, more...), quota_, share_, root_);
    same.around_ = around_;
    same.client_ = client;
    if constexpr (std::is_constructible_v<std::function<void()>, More...>) same.progress_ = {std::move(more)...};
    return same;
  }
  /// The same files and the same use, under other limits.
  QuotaStorage with_limits(const QuotaLimits& limits) const {
    QuotaStorage same(*this, quota_.with_limits(limits), share_, root_);
    same.around_ = around_;
    return same;
  }

  /// The quota that it keeps to.
  const Quota& quota() const noexcept { return quota_; }
  /// Whether what is there has been counted.
  bool is_counted() const { return share_->is_counted(); }
  /// Whether this has neither copies nor writers.
  bool is_idle() const noexcept { return share_.use_count() == 1; }
  /// Has it counted again when it is needed next. **Threads:** any.
  void forget_count() { share_->forget_count(); }
  /// Counts what is there, now. Others may write meanwhile: then it counts again, three times at the most, and at last takes
  /// what changed during the count as told by those who changed it.
  ///
  /// **Errors:** those of the storage; the count is then as it was.
  awaitable<void> recount() {
    constexpr int attempts = 3;
    const std::function<void()> tell = [names = share_->names(), progress = progress_] {
      names->tell_progress(std::string{});
      if (progress) progress();
    };
    const Path top = around_ ? around_->root : root_;
    std::optional<Files> counting{around_ ? around_->files : inner()};
    if constexpr (TellsProgress<Files>) {
      auto told = counting->for_client(client_, tell);
      counting.emplace(std::move(told));
    }
    for (int i = 1; i <= attempts; ++i) {
      const auto mark = share_->mark();
      const Path root = co_await detail::target_of(*counting, top);
      const TreeUsage found = co_await detail::usage_of(*counting, root, true, tell);
      if (share_->count(found.all(), mark, i == attempts)) co_return;
    }
  }
  /// What is used, counted where it has not been.
  awaitable<Usage> used() {
    co_await count_once();
    co_return quota_.used();
  }

  /// The bytes that may still come, of the quota and of those of the storage.
  awaitable<std::uint64_t> quota_left() {
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    if (is_at_work()) {
      co_await count_once();
      left = quota_.left();
    }
    if constexpr (requires(Files& files) { files.quota_left(); }) {
      const std::uint64_t further = co_await inner().quota_left();
      left = std::min(left, further);
    }
    co_return left;
  }
  /// What is used of how much, for people: "120 of 1000 bytes, 3 of 10 files". Without limits that of the storage, if it
  /// has a quota; else nothing.
  awaitable<std::string> quota_text() {
    std::string text;
    if (quota_.limits().is_none()) {
      if constexpr (requires(Files& files) { files.quota_text(); }) co_return co_await inner().quota_text();
      co_return text;
    }
    co_await count_once();
    const Usage now = quota_.used();
    const auto add = [&text](std::uint64_t used, std::uint64_t limit, const char* what) {
      if (!text.empty()) text += ", ";
      text += std::to_string(used);
      if (limit > 0) text += " of " + std::to_string(limit);
      text += what;
    };
    add(now.bytes, quota_.limits().bytes, " bytes");
    add(now.files, quota_.limits().files, " files");
    co_return text;
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Files> {
    const auto open = [offset](Files& target, const Path& at) { return target.create(at, offset); };
    return begin(std::move(path), offset, open);
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Files> {
    const auto open = [](Files& target, const Path& at) { return target.append(at); };
    return begin(std::move(path), std::nullopt, open);
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Files> {
    if (!is_at_work()) {
      auto writer = co_await inner().create_unique(path);
      co_return Writer{std::move(writer)};
    }
    co_await count_once();
    const Place wished = co_await find_place(path);
    if (!wished.counts) {
      auto writer = co_await inner().create_unique(path);
      co_return Writer{std::move(writer)};
    }
    auto charge = std::make_unique<detail::QuotaCharge>(share_, quota_.limits());
    if (!charge->take(Usage{0, 1})) throw std::system_error(Errc::quota_exceeded);
    auto writer = co_await inner().create_unique(path);
    const Path made = wished.path.parent().resolve(Path{writer.path()}.name());
    const bool is_kept = KeepsPartialFiles<Files> && detail::is_kept(writer);
    const std::string name = name_of(made);
    if (is_kept) (void)share_->names()->begin_to_write(name);
    co_return Writer{inner(), share_, std::move(charge), std::move(writer), made, name, is_kept, 0, true};
  }

  awaitable<void> make_directory(Path path) requires MakesDirectories<Files> {
    if (!is_at_work()) {
      co_await inner().make_directory(path);
      co_return;
    }
    co_await count_once();
    const Place place = co_await find_place(path);
    if (!place.counts) {
      co_await inner().make_directory(place.path);
      co_return;
    }
    const detail::QuotaShare::Step step{*share_};
    detail::QuotaCharge charge{share_, quota_.limits()};
    if (!charge.take(Usage{0, 1})) throw std::system_error(Errc::quota_exceeded);
    co_await inner().make_directory(place.path);
    charge.settle(Usage{0, 1});
  }
  awaitable<void> remove(Path path) requires RemovesFiles<Files> {
    const auto remove = [](Files& target, const Path& at) { return target.remove(at); };
    return change(std::move(path), remove);
  }
  awaitable<void> remove_directory(Path path) requires RemovesDirectories<Files> {
    const auto remove = [](Files& target, const Path& at) { return target.remove_directory(at); };
    return change(std::move(path), remove);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Files> {
    if (!is_at_work() || from == to) {
      co_await inner().rename(from, to);
      co_return;
    }
    co_await count_once();
    const Place source = co_await find_place(from);
    const Place target = co_await find_place(to);
    if (source.path == target.path || (!source.counts && !target.counts)) {
      co_await inner().rename(source.path, target.path);
      co_return;
    }
    const std::string first = name_of(std::min(source.path, target.path));  // nobody waits in a circle
    const std::string second = name_of(std::max(source.path, target.path));
    const auto first_turn = co_await Names::take_turn(share_->names(), first);
    const auto second_turn = co_await Names::take_turn(share_->names(), second);
    const detail::QuotaShare::Step step{*share_};
    const bool crosses = source.counts != target.counts;  // then a directory does with all that it holds
    detail::QuotaCharge charge{share_, quota_.limits()};
    if (!source.counts) {
      const Usage moved = co_await usage_at(source.path, crosses);
      if (!charge.take(moved)) throw std::system_error(Errc::quota_exceeded);
    }
    const Usage before = co_await usage_at(source, target, crosses);
    Settled<void> renamed;
    co_await settle(inner().rename(source.path, target.path), renamed);
    if (renamed.failed()) {
      count_again_after(renamed.failure());
      renamed.get();
    }
    Settled<Usage> after;
    co_await settle(usage_at(source, target, crosses), after);
    if (after.failed()) {
      share_->forget_count();  // what was done is done
    } else {
      charge.settle(after.get(), before);
    }
  }
  /// What the storage has, and the quota leaves of it.
  awaitable<std::uint64_t> available(Path path) requires TellsFreeSpace<Files> {
    const std::uint64_t free = co_await inner().available(path);
    if (!is_at_work()) co_return free;
    co_await count_once();
    co_return std::min(free, quota_.left());
  }

 private:
  /// What is counted where these files are a directory of it.
  struct Around {
    Around(Files its_files, Path its_root, Path its_directory)
        : files{std::move(its_files)}, root{std::move(its_root)}, directory{std::move(its_directory)} {}
    const Files files;
    const Path root, directory;
  };

  QuotaStorage(Files files, Quota quota, std::shared_ptr<detail::QuotaShare> share, Path root)
      : Files(std::move(files)), quota_{std::move(quota)}, share_{std::move(share)}, root_{std::move(root)} {}

  Files& inner() noexcept { return *this; }
  /// What a name of ours is called among those of all who count there.
  std::string name_of(const Path& path) const { return around_ ? path.beneath(around_->directory).string() : path.string(); }
  /// Whether anything is to be counted: there are limits, or a copy has some.
  bool is_at_work() const { return !quota_.limits().is_none() || share_->is_counted(); }
  awaitable<void> count_once() {
    if (share_->is_counted()) co_return;
    const auto turn = co_await Names::take_turn(share_->names(), std::string{}, progress_);
    if (!share_->is_counted()) co_await recount();
  }

  /// Where a name lies, without links above it, and whether what is there counts.
  struct Place {
    Path path;
    bool counts;
  };
  /// The place of a name that is not followed itself, as it is not by what removes or renames it.
  awaitable<Place> find_place(Path path) {
    const Path above = path.parent();
    const Path folder = co_await detail::target_of(inner(), above);
    const Path found = folder.resolve(path.name());
    co_return co_await place_at(found);
  }
  /// The place of a path that leads over no links.
  awaitable<Place> place_at(Path path) {
    const auto is_beneath = [&path](const Path& root) { return path != root && path.string().starts_with(detail::inside(root)); };
    bool counts = is_beneath(root_);
    if (!counts) {
      const Path root = co_await detail::target_of(inner(), root_);
      counts = is_beneath(root);
    }
    co_return Place{std::move(path), counts};
  }
  /// What is at a name, of a directory with all that is in it or without.
  awaitable<Usage> usage_at(Path path, bool below) {
    const TreeUsage found = co_await detail::usage_of(inner(), path, below);
    Usage result = found.all();
    if (!below) co_return result;
    const Path leads_to = co_await detail::target_of(inner(), path);
    Settled<Entry> entry;
    co_await settle(inner().stat(leads_to), entry);
    const bool is_directory = leads_to == path && !entry.failed() && entry.get().is_directory();
    if (is_directory) ++result.files;  // itself
    co_return result;
  }
  /// What counts of two names.
  awaitable<Usage> usage_at(Place one, Place other, bool below) {
    Usage result;
    if (one.counts) {
      const Usage found = co_await usage_at(one.path, below);
      result += found;
    }
    if (other.counts) {
      const Usage found = co_await usage_at(other.path, below);
      result += found;
    }
    co_return result;
  }

  /// Begins an upload at an offset, or at the end of what is there.
  template <class Open> awaitable<Writer> begin(Path path, std::optional<std::uint64_t> offset, Open open) {
    if (!is_at_work()) {
      auto writer = co_await open(inner(), path);
      co_return Writer{std::move(writer)};
    }
    co_await count_once();
    const auto& names = share_->names();
    const Path leads_to = co_await detail::target_of(inner(), path);
    const Place place = co_await place_at(leads_to);
    if (!place.counts) {
      auto writer = co_await open(inner(), path);
      co_return Writer{std::move(writer)};
    }
    const Path& target = place.path;
    const std::string name = name_of(target);
    const auto turn = co_await Names::take_turn(names, name);
    const detail::QuotaShare::Step step{*share_};
    TreeUsage old = co_await detail::usage_of(inner(), target, false);
    const bool is_written = names->is_written(name);
    // One that no count has seen is not given back.
    if (is_written || !TellsUsage<Files>) old.partial = names->left_at(name);
    const bool goes_on = old.partial.bytes > 0 && (offset ? *offset > 0 : old.whole.files == 0);
    const std::uint64_t copied = goes_on ? 0 : std::min(offset.value_or(old.whole.bytes), old.whole.bytes);
    if (!is_written) names->note_left(name, old.partial);

    auto charge = std::make_unique<detail::QuotaCharge>(share_, quota_.limits());
    const Usage more{copied, old.partial.files > 0 ? 0u : 1u};
    if (!charge->take(more, old.whole.files)) throw std::system_error(Errc::quota_exceeded);
    std::optional<Inner> opened;
    try {
      Inner made = co_await open(inner(), path);
      opened.emplace(std::move(made));
    } catch (...) {
      count_again_after(std::current_exception());
      throw;
    }
    auto& writer = *opened;
    const bool is_kept = KeepsPartialFiles<Files> && detail::is_kept(writer) && !names->is_written(name);
    if (is_kept) charge->adopt(names->begin_to_write(name));
    const std::uint64_t size = writer.size();
    charge->set(Usage{size, 1});
    co_return Writer{inner(), share_, std::move(charge), std::move(writer), target, name, is_kept, goes_on ? size : 0, false};
  }
  /// What was interrupted goes on without us, and nobody knows how far: then all is counted again.
  void count_again_after(const std::exception_ptr& failure) {
    if (code_of(failure) == asio::error::operation_aborted) share_->forget_count();
  }
  /// Does something to a name, and counts what of it is there then, also where that fails.
  template <class Act> awaitable<void> change(Path path, Act act) {
    if (!is_at_work()) {
      co_await act(inner(), path);
      co_return;
    }
    co_await count_once();
    const Place place = co_await find_place(path);
    if (!place.counts) {
      co_await act(inner(), place.path);
      co_return;
    }
    const auto turn = co_await Names::take_turn(share_->names(), name_of(place.path));
    const detail::QuotaShare::Step step{*share_};
    const TreeUsage before = co_await detail::usage_of(inner(), place.path, false);
    Settled<void> done;
    co_await settle(act(inner(), place.path), done);
    if (done.failed()) count_again_after(done.failure());
    Settled<TreeUsage> after;
    co_await settle(detail::usage_of(inner(), place.path, false), after);
    if (after.failed()) {
      share_->forget_count();  // what was done is done
    } else {
      share_->change(before.all(), after.get().all());
    }
    done.get();
  }

  Quota quota_;
  std::shared_ptr<detail::QuotaShare> share_;
  Path root_;
  std::shared_ptr<const Around> around_;  // none: it is counted by itself
  ClientKey client_ = 0;
  std::function<void()> progress_;  // of that client's session
};

/// Collects an upload, for which it takes of the quota what it needs.
template <ReadableStorage Files> class QuotaStorage<Files>::Writer {
 public:
  Writer(Writer&&) noexcept = default;
  Writer& operator=(Writer&& other) noexcept {
    std::swap(files_, other.files_);
    std::swap(share_, other.share_);
    std::swap(charge_, other.charge_);
    std::swap(writer_, other.writer_);
    std::swap(path_, other.path_);
    std::swap(name_, other.name_);
    std::swap(is_kept_, other.is_kept_);
    std::swap(start_, other.start_);
    std::swap(is_unique_, other.is_unique_);
    return *this;
  }
  ~Writer() {
    if (!charge_) return;
    const bool stays = is_kept_ && detail::is_kept(*writer_);  // not where the disk is full
    const std::uint64_t size = stays ? writer_->size() : 0;
    const detail::QuotaShare::Step step{*share_};
    settle(size > 0 ? Usage{size, 1} : Usage{});  // before the partial file is free, and somebody goes on with it
    writer_.reset();
  }

  /// **Errors:** `Errc::quota_exceeded`; then there is nothing more to write to.
  awaitable<void> write(std::span<const std::byte> bytes) {
    if (!writer_) return refuse();
    if (!charge_) return writer_->write(bytes);
    const bool fits = charge_->grow(writer_->size() + bytes.size(), start_ > 0 ? Usage{start_, 1} : Usage{});
    return fits ? writer_->write(bytes) : refuse();
  }
  awaitable<void> finish() {
    if (!writer_) return refuse();
    return charge_ ? finish_counted() : writer_->finish();
  }
  void discard() {
    if (!writer_) return;
    std::optional<detail::QuotaShare::Step> step;
    if (charge_) step.emplace(*share_);
    writer_->discard();
    if (charge_) settle(Usage{});
  }
  Path path() const { return writer_ ? Path{writer_->path()} : path_; }
  std::uint64_t size() const { return writer_ ? writer_->size() : start_; }
  bool is_kept() const { return writer_ ? detail::is_kept(*writer_) : is_kept_; }
  std::optional<std::string> kept_as() const { return writer_ ? detail::kept_as(*writer_) : std::nullopt; }

 private:
  friend QuotaStorage;
  explicit Writer(Inner writer) : writer_{std::move(writer)} {}
  Writer(Files& files, std::shared_ptr<detail::QuotaShare> share, std::unique_ptr<detail::QuotaCharge> charge, Inner writer,
         Path path, std::string name, bool is_kept, std::uint64_t start, bool is_unique)
      : files_{&files},
        share_{std::move(share)},
        charge_{std::move(charge)},
        writer_{std::move(writer)},
        path_{std::move(path)},
        name_{std::move(name)},
        is_kept_{is_kept},
        start_{start},
        is_unique_{is_unique} {}

  /// The end of what was charged: what it leaves as a partial file, or what whole file in the place of another.
  void settle(const Usage& partial) {
    if (is_kept_) share_->names()->end_to_write(name_, partial);
    charge_->settle(partial);
    charge_.reset();
  }
  awaitable<void> finish_counted() {
    const auto turn = co_await Names::take_turn(share_->names(), name_);
    const detail::QuotaShare::Step step{*share_};
    TreeUsage old;
    if (!is_unique_) {
      const TreeUsage found = co_await detail::usage_of(*files_, path_, false);
      old = found;
    }
    co_await writer_->finish();
    if (is_kept_) share_->names()->end_to_write(name_, Usage{});
    charge_->settle(Usage{writer_->size(), 1}, old.whole);
    charge_.reset();
  }
  /// Leaves all as it was before this upload, and throws.
  awaitable<void> refuse() {
    if (writer_ && start_ > 0 && is_kept_) {
      co_await cut_back();
    } else if (writer_) {
      discard();
      writer_.reset();
      start_ = 0;
    }
    throw std::system_error(Errc::quota_exceeded);
  }
  /// Leaves the partial file as long as it was.
  awaitable<void> cut_back() {
    const auto turn = co_await Names::take_turn(share_->names(), name_);
    const detail::QuotaShare::Step step{*share_};
    writer_.reset();
    {
      Settled<Inner> again;  // ends with the bytes that it began with
      co_await ftplike::settle(files_->create(path_, start_), again);
    }
    settle(Usage{start_, 1});
  }

  Files* files_ = nullptr;
  std::shared_ptr<detail::QuotaShare> share_;
  std::unique_ptr<detail::QuotaCharge> charge_;  // none: nothing is counted, or no more
  std::optional<Inner> writer_;                  // none: refused
  Path path_;
  std::string name_;         // of `path_` among all that count there
  bool is_kept_ = false;     // its bytes are the partial file of `path_` until it is finished
  std::uint64_t start_ = 0;  // bytes of the partial file that it went on with
  bool is_unique_ = false;
};

/// A part in place of a storage that gives each account a quota of its own, which is that of its root: accounts that see one
/// folder as their root share what is used there. How much an account may have stands in it: `quota_bytes` and
/// `quota_files`; 0 is no limit. An account's root is counted when it is first needed; what another account changes there,
/// whose root is above or below, is not seen before `recount`.
///
///     Server server{network, QuotaPerAccount{DirectoryStorage{"people"}}, users};
///
/// Copies share the counts. **Threads:** any, at once.
template <ReadableStorage Files> class QuotaPerAccount {
 public:
  /// Takes the storage that has the roots of all accounts.
  explicit QuotaPerAccount(Files files) : state_{detail::new_shared<State>(std::move(files))} {}

  template <class Visitor> QuotaStorage<Files> storage_for(const Visitor& visitor) {
    const auto& account = visitor.account;
    return of_root(account.root).with_limits({account.quota_bytes, account.quota_files});
  }
  /// Has all counted again when it is needed next.
  void recount() {
    const std::lock_guard lock{state_->mutex};
    for (auto& [root, files] : state_->roots) files.forget_count();
  }
  /// How often something was refused by the quotas of accounts.
  std::uint64_t refusals() const {
    const std::lock_guard lock{state_->mutex};
    std::uint64_t result = state_->old_refusals;
    for (const auto& [root, files] : state_->roots) result += files.quota().refusals();
    return result;
  }

 private:
  struct State {
    explicit State(Files its_files) : files{std::move(its_files)} {}
    const Files files;
    std::mutex mutex;
    std::map<std::string, QuotaStorage<Files>> roots;
    std::uint64_t old_refusals = 0;  // of roots that are not remembered any more
  };

  QuotaStorage<Files> of_root(const Path& root) {
    const std::lock_guard lock{state_->mutex};
    const auto found = state_->roots.find(root.string());
    if (found != state_->roots.end()) return found->second;
    if (state_->roots.size() >= most_roots) forget_idle_roots();
    return state_->roots.emplace(root.string(), QuotaStorage<Files>{state_->files, Quota{}, root}).first->second;
  }

  /// Each address may have a root of its own: those that nobody is at are counted again when somebody comes.
  void forget_idle_roots() {
    for (auto place = state_->roots.begin(); place != state_->roots.end();) {
      const auto next = std::next(place);
      if (place->second.is_idle()) {
        state_->old_refusals += place->second.quota().refusals();
        state_->roots.erase(place);
      }
      place = next;
    }
  }

  static constexpr std::size_t most_roots = 10'000;
  std::shared_ptr<State> state_;
};

}  // namespace ftplike
