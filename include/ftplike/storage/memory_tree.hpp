#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/bytes.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/storage/names.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/storage/tree.hpp>

namespace ftplike::inline v0_2::detail {

/// The files of a MemoryStorage, by path. Whoever calls holds the mutex.
template <class = void> class BasicMemoryTree {
 public:
  struct Node {
    std::shared_ptr<const std::string> text;  // none: a directory
    Timestamp modified;
    unsigned mode;
    std::uint64_t number;
    bool is_directory() const noexcept { return !text; }
  };
  /// Bytes on their way to a name. Those with no writer are the name's partial file.
  struct Upload {
    Path path;
    std::string text;
    bool resumable = true;             // false: somebody else was at the name, so nothing is kept
    bool busy = true;                  // a writer is at it
    std::optional<Path> wanted{};      // of create_unique: where the numbers start
    std::uint64_t size = text.size();  // also when the text has gone to its name
  };
  using UploadPointer = std::shared_ptr<Upload>;

  explicit BasicMemoryTree(std::uint64_t its_capacity) : capacity{its_capacity} {
    nodes_.emplace("/", Node{nullptr, time, 0755, ++last_number_});
  }

  std::mutex mutex;
  std::uint64_t capacity;
  Timestamp time{std::chrono::sys_days{std::chrono::year{2001} / 2 / 3}};  // of what is new
  bool time_is_set = false;                                                // and stays what it is

  /// What is new from now on bears the date of what runs on this executor.
  void set_time_of(const Executor& executor) {
    if (!time_is_set) time = wall_clock(executor);
  }
  std::uint64_t room() const noexcept { return capacity > used_ ? capacity - used_ : 0; }
  const std::map<std::string, Node>& nodes() const noexcept { return nodes_; }

  Node& at(const Path& path) {
    check_names(path);
    return node_at(nodes_, path);
  }
  Node& file_at(const Path& path) {
    Node& node = at(path);
    if (!node.text) fail(std::errc::is_a_directory);
    return node;
  }
  Entry entry(const Path& path, const Node& node) const {
    Entry result{std::string{path.name()}, node.text ? Entry::Type::file : Entry::Type::directory,
                 node.text ? node.text->size() : 0, node.modified};
    result.mode = node.mode;
    result.unique = std::to_string(node.number);
    return result;
  }

  /// Some of a directory's entries, beginning behind the name `after`.
  std::vector<Entry> list(const Path& directory, const std::string& after, std::size_t most) const {
    std::vector<Entry> result;
    visit_directory(nodes_, directory, after, [&](const std::string& path, const Node& node) {
      result.push_back(entry(Path{path}, node));
      return result.size() < most;
    });
    return result;
  }

  void make_directory(const Path& path) {
    check_place(path);
    if (!nodes_.try_emplace(path.string(), Node{nullptr, time, 0755, last_number_ + 1}).second) {
      fail(std::errc::file_exists);
    }
    ++last_number_;
  }
  void put_directory(const Path& path) {
    if (!nodes_.contains(path.string())) {
      put_directory(path.parent());
      make_directory(path);
    }
  }
  /// Puts a whole file under a name, with the directories above it.
  void put(const Path& path, std::string text) {
    put_directory(path.parent());
    check_target(path);
    used_ += text.size();
    replace(path, std::move(text));
  }
  void remove(const Path& path) {
    const auto partial = partial_of(path);
    const bool forgets = partial && !partial->busy;
    if (!forgets || nodes_.contains(path.string())) {
      used_ -= file_at(path).text->size();
      nodes_.erase(path.string());
    }
    if (forgets) drop(partial);
  }
  void remove_directory(const Path& path) {
    if (at(path).text) fail(std::errc::not_a_directory);
    if (path.is_root()) fail(std::errc::operation_not_permitted);
    if (!list(path, "", 1).empty()) fail(std::errc::directory_not_empty);
    const auto partials = uploads_below(path);
    for (const auto& partial : partials) {
      if (partial->busy) fail(std::errc::directory_not_empty);
    }
    for (const auto& partial : partials) drop(partial);
    nodes_.erase(path.string());
  }
  void rename(const Path& from, const Path& to) {
    const Node moved = at(from);
    check_place(to);
    if (from.is_root() || to.is_root()) fail(std::errc::operation_not_permitted);
    if (from == to) return;
    if (to.string().starts_with(inside(from))) fail(std::errc::invalid_argument);
    if (const auto old = nodes_.find(to.string()); old != nodes_.end()) {
      if (moved.text && !old->second.text) fail(std::errc::is_a_directory);
      if (!moved.text && old->second.text) fail(std::errc::not_a_directory);
      if (!moved.text && (!list(to, "", 1).empty() || !uploads_below(to).empty())) fail(std::errc::directory_not_empty);
      if (old->second.text) used_ -= old->second.text->size();
      nodes_.erase(old);
    }
    const auto place = [&](const std::string& path) { return to.string() + path.substr(from.string().size()); };
    nodes_.erase(from.string());
    nodes_.emplace(to.string(), moved);
    if (moved.text) return;
    for (auto next = nodes_.lower_bound(inside(from)); next != nodes_.end() && next->first.starts_with(inside(from));) {
      auto node = nodes_.extract(next++);
      node.key() = place(node.key());
      nodes_.insert(std::move(node));
    }
    for (const auto& upload : uploads_below(from)) {
      forget(upload);
      upload->path = Path{place(upload->path.string())};
      uploads_.emplace(upload->path.string(), upload);
    }
  }
  TreeUsage usage(const Path& path, bool below) const {
    TreeUsage result;
    const auto add_partial = [&result](const Upload& upload) {
      if (!upload.busy) result.partial += Usage{upload.text.size(), 1};
    };
    const auto found = nodes_.find(path.string());
    const bool is_directory = found != nodes_.end() && found->second.is_directory();
    if (!is_directory) {
      if (found != nodes_.end()) result.whole += Usage{found->second.text->size(), 1};
      const auto [first, last] = uploads_.equal_range(path.string());
      for (auto upload = first; upload != last; ++upload) add_partial(*upload->second);
      return result;
    }
    const std::string prefix = inside(path);
    for (const auto& upload : uploads_below(path)) {
      if (below || upload->path.parent() == path) add_partial(*upload);
    }
    if (!below) {
      result.whole.files = 1;
      return result;
    }
    for (auto next = nodes_.upper_bound(prefix); next != nodes_.end() && next->first.starts_with(prefix); ++next) {
      result.whole += Usage{next->second.text ? next->second.text->size() : 0, 1};
    }
    return result;
  }

  UploadPointer partial_of(const Path& path) const {
    check_names(path);
    const auto [first, last] = uploads_.equal_range(path.string());
    for (auto upload = first; upload != last; ++upload) {
      if (upload->second->resumable) return upload->second;
    }
    return nullptr;
  }
  UploadPointer create(const Path& path, std::uint64_t offset) {
    check_target(path);
    auto partial = partial_of(path);
    if (offset == 0) return partial && !partial->busy ? go_on(partial, 0) : begin(path, {}, !partial);
    if (partial && partial->busy) fail(Errc::busy);
    if (partial) return go_on(partial, offset);
    const auto whole = nodes_.find(path.string());
    if (whole == nodes_.end() || whole->second.text->size() < offset) fail(Errc::bad_restart);
    return begin(path, whole->second.text->substr(0, static_cast<std::size_t>(offset)), true);
  }
  UploadPointer append(const Path& path) {
    check_target(path);
    auto partial = partial_of(path);
    const auto whole = nodes_.find(path.string());
    const bool is_there = whole != nodes_.end();
    if (!is_there && partial && partial->busy) fail(Errc::busy);
    if (!is_there && partial) return go_on(partial, partial->text.size());
    const bool is_free = !partial || !partial->busy;
    if (partial && is_free) drop(partial);
    return begin(path, is_there ? *whole->second.text : std::string{}, is_free);
  }
  UploadPointer create_unique(const Path& wanted) {
    check_place(wanted);
    if (wanted.is_root()) fail(std::errc::is_a_directory);
    auto upload = begin(first_free(wanted), {}, true);
    upload->wanted = wanted;
    return upload;
  }
  /// Takes in as much as there is room for; throws `no_space_on_device` if that is not all, and then keeps nothing that
  /// would hold room, once the writer is gone.
  void write(Upload& upload, std::string_view bytes) {
    const auto part = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room())));
    upload.text.append(part);
    upload.size += part.size();
    used_ += part.size();
    if (part.size() == bytes.size()) return;
    upload.resumable = false;
    fail(std::errc::no_space_on_device);
  }
  void finish(const UploadPointer& upload) {
    if (upload->wanted && nodes_.contains(upload->path.string())) {
      forget(upload);
      upload->path = first_free(*upload->wanted);
      uploads_.emplace(upload->path.string(), upload);
    }
    check_target(upload->path);
    forget(upload);
    upload->busy = false;
    replace(upload->path, std::move(upload->text));
  }
  /// A writer ends without having finished.
  void leave(const UploadPointer& upload) {
    upload->busy = false;
    if (!upload->resumable || upload->text.empty()) drop(upload);
  }
  void drop(const UploadPointer& upload) {
    upload->busy = false;
    used_ -= upload->text.size();
    forget(upload);
  }

 private:
  void check_place(const Path& path) {
    check_names(path);
    if (at(path.parent()).text) fail(std::errc::not_a_directory);
  }
  void check_target(const Path& path) {
    check_place(path);
    const auto old = nodes_.find(path.string());
    if (old != nodes_.end() && !old->second.text) fail(std::errc::is_a_directory);
  }
  Path first_free(const Path& wanted) const {
    for (unsigned n = 0;; ++n) {
      Path path = numbered(wanted, n);
      if (!nodes_.contains(path.string()) && !uploads_.contains(path.string())) return path;
    }
  }
  UploadPointer begin(const Path& path, std::string text, bool resumable) {
    if (text.size() > room()) fail(std::errc::no_space_on_device);
    used_ += text.size();
    auto upload = std::make_shared<Upload>(Upload{path, std::move(text), resumable});
    uploads_.emplace(path.string(), upload);
    return upload;
  }
  UploadPointer go_on(const UploadPointer& partial, std::uint64_t offset) {
    if (partial->text.size() < offset) fail(Errc::bad_restart);
    used_ -= partial->text.size() - offset;
    partial->text.resize(static_cast<std::size_t>(offset));
    partial->size = offset;
    partial->busy = true;
    return partial;
  }
  void replace(const Path& path, std::string text) {
    Node node{std::make_shared<const std::string>(std::move(text)), time, 0644, ++last_number_};
    const auto [place, is_new] = nodes_.try_emplace(path.string(), node);
    if (is_new) return;
    node.mode = place->second.mode;
    used_ -= place->second.text->size();
    place->second = std::move(node);
  }
  void forget(const UploadPointer& upload) {
    const auto [first, last] = uploads_.equal_range(upload->path.string());
    uploads_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == upload; }));
  }
  std::vector<UploadPointer> uploads_below(const Path& directory) const {
    std::vector<UploadPointer> result;
    const auto prefix = inside(directory);
    for (auto next = uploads_.lower_bound(prefix); next != uploads_.end() && next->first.starts_with(prefix); ++next) {
      result.push_back(next->second);
    }
    return result;
  }

  std::map<std::string, Node> nodes_;
  std::multimap<std::string, UploadPointer> uploads_;
  std::uint64_t used_ = 0;
  std::uint64_t last_number_ = 0;
};
using MemoryTree = BasicMemoryTree<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail
