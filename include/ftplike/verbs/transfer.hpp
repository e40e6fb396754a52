#pragma once
#include <algorithm>
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

#include <ftplike/command/command.hpp>
#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/ascii_bytes.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/verbs/parameters.hpp>

namespace ftplike::inline v0_2 {

// Files over the data connection. (RFC 959 §4.1.3, RFC 3659 §5)

/// How a session describes the transfer of a file: what its replies say, and in which type it goes.
template <class S>
auto file_transfer(S& session, std::string_view verb, Path path, std::string_view done, std::uint64_t offset) {
  const std::string name{path.name()};
  typename S::Transfer transfer{verb, std::move(path), "Opening data connection for " + name, std::string{done}};
  transfer.offset = offset;
  transfer.ascii = session.converts_text();
  if (transfer.ascii && offset > 0) throw std::system_error(Errc::bad_restart);
  return transfer;
}

/// The first bytes of a source.
template <class = void> class BasicRangeSource {
 public:
  /// At most `count` bytes of a source. **Lifetime:** what `source` refers to outlives it.
  BasicRangeSource(AnySource source, std::uint64_t count) : source_{source}, left_{count} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (left_ == 0) co_return 0;
    const auto part = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
    const std::size_t n = co_await source_.read_some(part);
    left_ -= n;
    co_return n;
  }

 private:
  AnySource source_;
  std::uint64_t left_;
};
using RangeSource = BasicRangeSource<>;  // a template, so that only what is called is compiled

namespace detail {

/// The size of the file that a storage's reader reads, which may have no `size()`, or one that knows nothing.
template <class Reader> std::optional<std::uint64_t> size_of(const Reader& reader) {
  if constexpr (requires { reader.size(); }) {
    return reader.size();
  } else {
    return std::nullopt;
  }
}

/// How many bytes a text is when it is sent in TYPE A.
template <class = void> awaitable<std::uint64_t> length_of_text(AnySource source) {
  AsciiSource text{source};
  std::vector<std::byte> room(64 * 1024);
  std::uint64_t length = 0;
  for (;;) {
    const std::size_t n = co_await text.read_some(room);
    if (n == 0) co_return length;
    length += n;
  }
}

}  // namespace detail

namespace verbs {

/// RETR <path>: sends a file, from the offset of REST or the part of RANG. (RFC 959 §4.1.3, RFC 3659 §5)
struct Retr {
  static constexpr std::string_view verb = "RETR";
  static constexpr std::string_view help = "RETR <path>: fetch a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::read;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::optional<ByteRange> range = session.state.prepared.range();
    const std::uint64_t offset = range ? range->first : session.state.prepared.restart();
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Download complete", offset);
    auto file = co_await session.storage().open(path, offset);
    const auto size = detail::size_of(file);
    if (size && *size >= offset && !transfer.ascii) transfer.expected = *size - offset;
    if (range) {
      if (transfer.expected) transfer.expected = std::min(*transfer.expected, range->count());
      RangeSource part{AnySource{file}, range->count()};
      co_return co_await session.send(part, std::move(transfer));
    }
    if (transfer.expected) {
      transfer.opening += " (" + std::to_string(*transfer.expected) + " bytes).";  // clients read it to the full stop
    }
    co_return co_await session.send(file, std::move(transfer));
  }
};

/// STOR <path>: receives a file, which takes its name once it is whole; goes on at the offset of REST. (RFC 959 §4.1.3)
struct Stor {
  static constexpr std::string_view verb = "STOR";
  static constexpr std::string_view help = "STOR <path>: store a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  static constexpr auto argument = ArgumentRule::required;
  template <class S> static constexpr bool available = WritableStorage<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::uint64_t offset = session.state.prepared.restart();
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Upload complete", offset);
    auto file = co_await session.storage().create(path, offset);
    co_return co_await session.receive(file, std::move(transfer));
  }
};

/// APPE <path>: receives what is put at the end of a file, or of what an interrupted upload has left. (RFC 959 §4.1.3)
///
/// It needs `Right::append`. Who has `list` and `write` alone may go on with what was interrupted, and begin a new file:
/// that is what SIZE, REST and STOR let them do, and no whole file is touched.
struct Appe {
  static constexpr std::string_view verb = "APPE";
  static constexpr std::string_view help = "APPE <path>: store at the end of a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;
  template <class S> static constexpr bool available = AppendsToFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Upload complete", 0);
    const bool may_instead = session.may(Rights{Right::list, Right::write});
    if (session.may(Right::append)) {
      Settled<typename decltype(session.storage().append(path))::value_type> opened;
      co_await settle(session.storage().append(path), opened);
      // A folder may grant less than the account has.
      const bool refused = opened.failed() && code_of(opened.failure()) == std::errc::permission_denied;
      if (!refused || !may_instead) {
        auto file = opened.get();
        transfer.offset = file.size();
        co_return co_await session.receive(file, std::move(transfer));
      }
    }
    if (!may_instead) throw std::system_error(std::make_error_code(std::errc::permission_denied));
    const std::uint64_t left = co_await left_of_upload(session.storage(), path);
    transfer.offset = left;
    auto file = co_await session.storage().create(path, left);
    co_return co_await session.receive(file, std::move(transfer));
  }

 private:
  /// How much there is of an upload that was interrupted.
  ///
  /// **Errors:** `std::errc::permission_denied` where there is a whole file.
  static awaitable<std::uint64_t> left_of_upload(auto& files, Path path) {
    Settled<Entry> whole;
    co_await settle(files.stat(path), whole);
    if (!whole.failed()) throw std::system_error(std::make_error_code(std::errc::permission_denied));
    if (code_of(whole.failure()) != std::errc::no_such_file_or_directory) (void)whole.get();
    if constexpr (KeepsPartialFiles<std::remove_cvref_t<decltype(files)>>) {
      Settled<std::uint64_t> partial;
      co_await settle(files.partial_size(std::move(path)), partial);
      const bool none = partial.failed() && code_of(partial.failure()) == std::errc::no_such_file_or_directory;
      if (!none) co_return partial.get();
    }
    co_return 0;
  }
};

/// STOU [<name>]: receives a file under a name that is free, and tells it. (RFC 959 §4.1.3, RFC 1123 §4.1.2.9)
struct Stou {
  static constexpr std::string_view verb = "STOU";
  static constexpr std::string_view help = "STOU [<path>]: store under a name that nobody has";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = MakesUniqueNames<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path wished = session.path(name.empty() ? "upload" : name);
    auto file = co_await session.storage().create_unique(wished);
    const Path path = file.path();
    auto transfer = file_transfer(session, verb, path, "Upload complete", 0);
    transfer.opening = "FILE: " + std::string{path.name()};  // RFC 1123 §4.1.2.9
    co_return co_await session.receive(file, std::move(transfer));
  }
};

/// ABOR: breaks off the transfer under way, which is answered 426, and is answered 226. (RFC 959 §4.1.3)
struct Abor {
  static constexpr std::string_view verb = "ABOR";
  static constexpr std::string_view help = "ABOR: end the transfer under way";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr bool at_once = true;
  static Reply run(auto& session, std::string_view) {
    if (session.interrupt(Errc::aborted)) return {226, "Abort successful"};
    session.disarm();
    return {225, "No transfer to abort"};
  }
};

}  // namespace verbs

}  // namespace ftplike
