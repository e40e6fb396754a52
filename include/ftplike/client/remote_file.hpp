#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <ftplike/client/options.hpp>
#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// A file of a server that is being read, by `Client::open`. It is a `ByteSource`. While it is open its session does
/// nothing else: `Errc::busy`.
///
/// **Errors:** of `read_some`, those of a download; after the last byte, too, if the server says that it was not all.
/// **Cancellation:** of `read_some` leaves the file open, and nothing is lost.
/// **Lifetime:** keeps the session. Its destructor ends the transfer as `close` does, and does not wait: the session is
/// busy until that has been heard. **Threads:** as of `Client`; it is destroyed where its session runs, or closed
/// before.
template <class Core> class RemoteFile {
 public:
  /// None: closed.
  RemoteFile() = default;

  /// Fills the beginning of the room (never empty) and gives how much; 0 at the end, once the server has said that all
  /// is well. It may be called as late as one likes, though a server may lose its patience.
  awaitable<std::size_t> read_some(std::span<std::byte> room);
  /// The length of the file, if the server has told.
  std::optional<std::uint64_t> size() const noexcept;
  /// Whether there is more to read.
  bool is_open() const noexcept;
  /// Ends it, wherever it is. The session can be used again.
  awaitable<void> close();

  /// What `Client::open` is.
  static awaitable<RemoteFile> open(std::shared_ptr<Core> core, std::string remote, std::uint64_t offset,
                                    TransferOptions options);

 private:
  struct Reading;

  static awaitable<void> begin(RemoteFile& file, std::shared_ptr<Core> core, std::string remote, std::uint64_t offset,
                               TransferOptions options);
  static awaitable<void> end(Reading& reading);

  std::shared_ptr<Reading> reading_;
};

}  // namespace ftplike
