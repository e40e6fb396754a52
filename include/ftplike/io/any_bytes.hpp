#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <ftplike/io/bytes.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike::inline v0_2 {

/// Refers to any source, so that what moves bytes is compiled once and not for every source anew.
///
/// **Lifetime:** that of the source, which it does not own.
class AnySource {
 public:
  /// **Lifetime:** the source outlives it.
  template <ByteSource Source>
    requires(!std::is_same_v<Source, AnySource>)
  explicit AnySource(Source& source) noexcept : source_{&source}, can_{&abilities<Source>} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) { return can_->read_some(source_, room); }

  /// How much it has from its beginning on; nothing if it cannot seek.
  std::optional<std::uint64_t> size() const { return can_->size ? can_->size(source_) : std::nullopt; }
  /// What follows is only for one that can.
  void seek(std::uint64_t offset) { can_->seek(source_, offset); }
  /// When that was last changed, if it tells.
  std::optional<Timestamp> modified() const { return can_->modified ? can_->modified(source_) : std::nullopt; }

  /// A file, for whoever moves its bytes without a buffer; -1 if it is none.
  int descriptor() const noexcept { return can_->descriptor && !hides_file_ ? can_->descriptor(source_) : -1; }
  /// The same source, of which all bytes are read, be it a file or not.
  AnySource without_descriptor() const noexcept {
    AnySource plain = *this;
    plain.hides_file_ = true;
    return plain;
  }
  /// What follows is only for a file.
  std::uint64_t position() const noexcept { return can_->position(source_); }
  /// Leaves out bytes that were sent from the descriptor.
  void advance(std::size_t count) noexcept { can_->advance(source_, count); }
  /// Reads up to so many bytes into memory, as far as that is needed before they are sent from the descriptor.
  awaitable<std::size_t> fetch(std::size_t most) { return can_->fetch(source_, most); }

 private:
  struct Abilities {
    awaitable<std::size_t> (*read_some)(void*, std::span<std::byte>);
    std::optional<std::uint64_t> (*size)(void*) = nullptr;
    void (*seek)(void*, std::uint64_t) = nullptr;
    std::optional<Timestamp> (*modified)(void*) = nullptr;
    int (*descriptor)(void*) noexcept = nullptr;
    std::uint64_t (*position)(void*) noexcept = nullptr;
    void (*advance)(void*, std::size_t) noexcept = nullptr;
    awaitable<std::size_t> (*fetch)(void*, std::size_t) = nullptr;
  };
  template <class Source> static constexpr Abilities abilities_of() noexcept {
    Abilities can{[](void* of, std::span<std::byte> room) { return static_cast<Source*>(of)->read_some(room); }};
    if constexpr (SeekableByteSource<Source>) {
      can.size = [](void* of) -> std::optional<std::uint64_t> { return static_cast<const Source*>(of)->size(); };
      can.seek = [](void* of, std::uint64_t offset) { static_cast<Source*>(of)->seek(offset); };
    }
    if constexpr (requires(const Source& source) {
                    { source.modified() } -> std::convertible_to<Timestamp>;
                  }) {
      can.modified = [](void* of) -> std::optional<Timestamp> { return static_cast<const Source*>(of)->modified(); };
    }
    if constexpr (detail::FileSource<Source>) {
      can.descriptor = [](void* of) noexcept { return static_cast<Source*>(of)->descriptor(); };
      can.position = [](void* of) noexcept { return static_cast<Source*>(of)->position(); };
      can.advance = [](void* of, std::size_t count) noexcept { static_cast<Source*>(of)->advance(count); };
      can.fetch = [](void* of, std::size_t most) { return static_cast<Source*>(of)->fetch(most); };
    }
    return can;
  }
  template <class Source> static constexpr Abilities abilities = abilities_of<Source>();

  void* source_;
  const Abilities* can_;
  bool hides_file_ = false;
};

namespace detail {

/// A writer of a storage that tells which file keeps what it holds if it ends now.
template <class Sink>
concept TellsWhatIsKept = requires(const Sink& sink) {
  { sink.kept_as() } -> std::same_as<std::optional<std::string>>;
};
template <class Sink> std::optional<std::string> kept_as(const Sink& sink) {
  if constexpr (TellsWhatIsKept<Sink>) {
    return sink.kept_as();
  } else {
    return std::nullopt;
  }
}

}  // namespace detail

/// Refers to any sink, in the same way.
class AnySink {
 public:
  /// **Lifetime:** the sink outlives it.
  template <ByteSink Sink>
    requires(!std::is_same_v<Sink, AnySink>)
  explicit AnySink(Sink& sink) noexcept : sink_{&sink}, can_{&abilities<Sink>} {}

  awaitable<void> write(std::span<const std::byte> bytes) { return can_->write(sink_, bytes); }
  awaitable<void> finish() { return can_->finish(sink_); }

  /// How much it has; nothing if it cannot seek.
  std::optional<std::uint64_t> size() const { return can_->size ? can_->size(sink_) : std::nullopt; }
  /// What follows is only for one that can.
  void seek(std::uint64_t offset) { can_->seek(sink_, offset); }
  /// When that was last written, if it tells.
  std::optional<Timestamp> modified() const { return can_->modified ? can_->modified(sink_) : std::nullopt; }
  /// The file beside its own name that keeps what it holds if it ends now, if there is one and it tells.
  std::optional<std::string> kept_as() const { return can_->kept_as ? can_->kept_as(sink_) : std::nullopt; }

 private:
  struct Abilities {
    awaitable<void> (*write)(void*, std::span<const std::byte>);
    awaitable<void> (*finish)(void*);
    std::optional<std::uint64_t> (*size)(void*) = nullptr;
    void (*seek)(void*, std::uint64_t) = nullptr;
    std::optional<Timestamp> (*modified)(void*) = nullptr;
    std::optional<std::string> (*kept_as)(void*) = nullptr;
  };
  template <class Sink> static constexpr Abilities abilities_of() noexcept {
    Abilities can{[](void* to, std::span<const std::byte> bytes) { return static_cast<Sink*>(to)->write(bytes); },
                  [](void* to) { return static_cast<Sink*>(to)->finish(); }};
    if constexpr (SeekableByteSink<Sink>) {
      can.size = [](void* of) -> std::optional<std::uint64_t> { return static_cast<const Sink*>(of)->size(); };
      can.seek = [](void* of, std::uint64_t offset) { static_cast<Sink*>(of)->seek(offset); };
    }
    if constexpr (requires(const Sink& sink) {
                    { sink.modified() } -> std::convertible_to<Timestamp>;
                  }) {
      can.modified = [](void* of) -> std::optional<Timestamp> { return static_cast<const Sink*>(of)->modified(); };
    }
    if constexpr (detail::TellsWhatIsKept<Sink>) {
      can.kept_as = [](void* of) { return static_cast<const Sink*>(of)->kept_as(); };
    }
    return can;
  }
  template <class Sink> static constexpr Abilities abilities = abilities_of<Sink>();

  void* sink_;
  const Abilities* can_;
};

namespace detail {

/// An operation, and what lives until it has ended.
template <class R> awaitable<R> keeping([[maybe_unused]] std::shared_ptr<void> kept, awaitable<R> operation) {
  R result = co_await std::move(operation);
  co_return result;
}

/// Begins an operation with a source or a sink: with the caller's own, or with one that the caller gave away, which then
/// lives as long as the operation.
template <class Bytes, class Begin> auto begin_with(Bytes&& bytes, Begin begin) {
  if constexpr (std::is_lvalue_reference_v<Bytes>) {
    return begin(bytes);
  } else {
    static_assert(std::is_move_constructible_v<Bytes>,
                  "ftplike: a source or sink that cannot be moved cannot be given as a temporary: give it a name");
    auto kept = std::make_shared<Bytes>(std::move(bytes));
    auto operation = begin(*kept);
    return keeping(std::move(kept), std::move(operation));
  }
}

}  // namespace detail
}  // namespace ftplike
