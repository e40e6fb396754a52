#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/wildcard.hpp>
#include <ftplike/storage/storage.hpp>

namespace ftplike::inline v0_2 {

/// What files have to keep to that clients make or change, by whatever command: STOR, APPE, STOU, RNTO, COMB, and one
/// of your own. A name that is not allowed is answered with 553 before any data, a file that would become too large
/// with 552: at its ALLO where the client says one, else at the first byte that is too many, and nothing of it is kept.
///
///     UploadRules{.refused_names = {"*.exe", ".*"}, .largest = 100'000'000}
///
/// A name is that of the file, without its folder; of STOU the one that was wished for, to which a number may be put.
/// Directories have what names they like, made by MKD or renamed. Patterns are those of `matches`.
struct UploadRules {
  std::vector<std::string> allowed_names{};  // patterns, one of which a name has to fit; empty: any name
  std::vector<std::string> refused_names{};  // and none of these
  bool case_matters = false;                 // of ASCII letters; else "*.exe" means A.EXE, too
  std::uint64_t largest = 0;                 // bytes of a file; 0: no limit

  /// Whether a file may have this name, which is without its folder.
  bool allow_name(std::string_view name) const {
    const bool is_allowed = allowed_names.empty() || detail::fits_one_of(allowed_names, name, case_matters);
    return is_allowed && !detail::fits_one_of(refused_names, name, case_matters);
  }
  /// Whether a file may have so many bytes.
  bool allow_size(std::uint64_t bytes) const noexcept { return largest == 0 || bytes <= largest; }
};

namespace detail {

/// Whether there is anything in a storage that rules could be about.
template <class Files>
concept MakesNames = WritableStorage<Files> || RenamesFiles<Files>;

/// A storage through which no file is made or changed against the rules, whoever asks. All else is as the storage has
/// it.
///
/// **Lifetime:** the rules outlive it and its writers.
template <MakesNames Files> class RuledStorage : public Files {
 public:
  /// Collects an upload, or throws it away as soon as it becomes too large.
  class Writer {
   public:
    Writer(typename Files::Writer writer, const UploadRules& rules) : writer_{std::move(writer)}, rules_{&rules} {
      check_size(0);
    }
    awaitable<void> write(std::span<const std::byte> bytes) {
      check_size(bytes.size());
      return writer_.write(bytes);
    }
    awaitable<void> finish() { return writer_.finish(); }
    void discard() { writer_.discard(); }
    Path path() const { return writer_.path(); }
    std::uint64_t size() const { return writer_.size(); }
    std::optional<std::string> kept_as() const { return detail::kept_as(writer_); }

   private:
    void check_size(std::uint64_t more) {
      if (rules_->largest == 0 || rules_->allow_size(writer_.size() + more)) return;
      writer_.discard();
      throw std::system_error(Errc::too_large);
    }

    typename Files::Writer writer_;
    const UploadRules* rules_;
  };

  RuledStorage(Files files, const UploadRules& rules) : Files(std::move(files)), rules_{&rules} {}

  const UploadRules& upload_rules() const noexcept { return *rules_; }
  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  RuledStorage for_client(ClientKey client, More... more) const {
    return RuledStorage(Files::for_client(client, std::move(more)...), *rules_);
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Files> {
    check_name(path);
    if (!rules_->allow_size(offset)) throw std::system_error(Errc::too_large);
    auto writer = co_await Files::create(std::move(path), offset);
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Files> {
    check_name(path);
    auto writer = co_await Files::append(std::move(path));
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Files> {
    check_name(path);
    auto writer = co_await Files::create_unique(std::move(path));
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Files> {
    if (!rules_->allow_name(to.name())) {
      const Entry renamed = co_await Files::stat(from);
      if (!renamed.is_directory()) throw std::system_error(Errc::bad_name);
    }
    co_await Files::rename(std::move(from), std::move(to));
  }

 private:
  void check_name(const Path& path) const {
    if (!rules_->allow_name(path.name())) throw std::system_error(Errc::bad_name);
  }

  const UploadRules* rules_;
};

template <class Files> struct Ruled { using type = Files; };
template <MakesNames Files> struct Ruled<Files> { using type = RuledStorage<Files>; };

}  // namespace detail
}  // namespace ftplike
