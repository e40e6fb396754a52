#pragma once
#include <cerrno>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// What can go wrong that the system has no code for.
enum class Errc {
  timed_out = 1,       // a limit of time ran out
  stalled,             // a transfer made no progress for too long
  aborted,             // the client said ABOR, or the caller cancelled or stopped it
  peer_lost,           // a connection ended before its time
  no_data_connection,  // none was negotiated, or nobody came
  shutting_down,       // the server is about to stop
  ended_by_operator,   // somebody who may has ended the session
  line_too_long,       // longer than the limit of a line
  bad_line,            // NUL or a lone CR in a line
  bad_name,            // not a name for a file here
  bad_restart,         // the offset of a REST lies behind the end
  busy,                // somebody else is at it
  quota_exceeded,      // no more room for this user
  too_large,           // larger than files may be here
  too_short,           // fewer bytes came than were promised
  too_long,            // more bytes came than were promised
  bad_reply,           // what the server sent is not a reply, or not one to this command
  bad_compression,     // what came in MODE Z is damaged, or goes on behind its end
  bad_listing,         // what the server listed could not be used
  no_handshake,        // a peer that was to begin a TLS handshake, or go on with it, did not
  not_resumed,         // a TLS data connection does not go on with the control connection's session
  no_close_notify,     // a TLS data connection ended without its peer's goodbye, so something may be missing
  no_quit,             // a client closed both connections of its upload and never said QUIT
  bad_introduction,    // a proxy's connection does not begin with the header of the PROXY protocol
  refused_by_rule,     // it would break a rule of safety: another host, a name that leaves its folder, …
};

/// The category of every `Errc`.
inline const std::error_category& ftplike_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftplike"; }
    std::string message(int value) const override {
      switch (static_cast<Errc>(value)) {
        case Errc::timed_out: return "timed out";
        case Errc::stalled: return "transfer stalled";
        case Errc::aborted: return "transfer aborted";
        case Errc::peer_lost: return "connection lost";
        case Errc::no_data_connection: return "no data connection";
        case Errc::shutting_down: return "server is shutting down";
        case Errc::ended_by_operator: return "ended by the operator";
        case Errc::line_too_long: return "line too long";
        case Errc::bad_line: return "NUL or lone CR in a line";
        case Errc::bad_name: return "file name not allowed";
        case Errc::bad_restart: return "no transfer can begin at that position";
        case Errc::busy: return "file is busy";
        case Errc::quota_exceeded: return "storage allocation exceeded";
        case Errc::too_large: return "file larger than allowed";
        case Errc::too_short: return "fewer bytes than promised";
        case Errc::too_long: return "more bytes than promised";
        case Errc::bad_reply: return "unexpected reply";
        case Errc::bad_compression: return "damaged compressed data";
        case Errc::bad_listing: return "unusable listing";
        case Errc::no_handshake: return "no TLS handshake came";
        case Errc::not_resumed: return "TLS session of the control connection not resumed";
        case Errc::no_close_notify: return "TLS ended without close_notify";
        case Errc::no_quit: return "both connections closed without QUIT";
        case Errc::bad_introduction: return "the connection begins with something else";
        case Errc::refused_by_rule: return "refused for safety";
      }
      return "unknown ftplike error";
    }
  } category;
  return category;
}

/// So that an `Errc` is a `std::error_code`.
inline std::error_code make_error_code(Errc value) noexcept { return {static_cast<int>(value), ftplike_category()}; }

}  // namespace ftplike

template <> struct std::is_error_code_enum<ftplike::Errc> : std::true_type {};

namespace ftplike::inline v0_2 {

namespace detail {

/// Whether the system says that the disk quota is used up, for which `std::errc` has no name.
inline bool over_quota(std::error_code error) noexcept {
#ifdef EDQUOT
  return error.value() == EDQUOT &&
         (error.category() == std::system_category() || error.category() == std::generic_category());
#else
  return static_cast<void>(error), false;
#endif
}

/// Whether an error is the end of a session, and not only of what it does.
inline bool ends_session(std::error_code error) noexcept {
  return error == Errc::shutting_down || error == Errc::ended_by_operator;
}

/// Whether there is no more room on the disk, or none for this user.
inline bool is_full(std::error_code error) noexcept {
  return error == std::errc::no_space_on_device || over_quota(error);
}

}  // namespace detail

/// The one place where an error becomes what the client reads.
inline Reply reply_for(std::error_code error) {
  const auto with = [&error](int code) { return Reply{code, error.message()}; };
  if (error == Errc::no_data_connection) return {425, "No data connection"};
  if (error == Errc::no_handshake) return {425, "No data connection: no TLS handshake came"};
  if (error == Errc::timed_out || error == Errc::stalled || error == Errc::aborted || error == Errc::peer_lost ||
      error == Errc::too_short || error == Errc::bad_compression || error == Errc::no_close_notify ||
      error == Errc::no_quit) {
    return {426, "Connection closed: " + error.message()};
  }
  if (error == Errc::shutting_down) return {421, "Server is shutting down"};
  if (error == Errc::ended_by_operator) return {421, "Session ended by the operator"};
  if (error == Errc::line_too_long || error == Errc::bad_line) return with(500);
  if (error == Errc::bad_name) return with(553);
  if (error == Errc::bad_restart) return with(554);
  if (error == Errc::busy) return with(450);
  if (error == Errc::quota_exceeded || error == Errc::too_large) return with(552);
  if (error == Errc::not_resumed) return with(522);
  if (error == Errc::refused_by_rule) return with(550);
  using enum std::errc;
  if (error == no_such_file_or_directory) return {550, "File not found"};
  if (error == permission_denied || error == operation_not_permitted || error == cross_device_link ||
      error == too_many_symbolic_link_levels || error == read_only_file_system) {
    return {550, "Permission denied"};
  }
  if (error == not_a_directory) return {550, "Not a directory"};
  if (error == is_a_directory) return {550, "Is a directory"};
  if (error == directory_not_empty) return {550, "Directory not empty"};
  if (error == file_exists) return {550, "File exists"};
  if (error == filename_too_long || error == invalid_argument) return {553, "File name not allowed"};
  if (detail::over_quota(error)) return reply_for(make_error_code(Errc::quota_exceeded));
  if (error == file_too_large || detail::is_full(error)) return {552, "Storage full"};
  if (error == connection_reset || error == broken_pipe || error == connection_aborted ||
      error == std::errc::timed_out) {
    return {426, "Connection closed: connection lost"};
  }
  return {451, "Local error: " + error.message()};
}

/// Whether an error says that the client may not do what it wants, rather than that it cannot be done.
inline bool is_refusal(std::error_code error) noexcept {
  using enum std::errc;
  return error == permission_denied || error == operation_not_permitted || error == read_only_file_system ||
         error == Errc::bad_name || error == Errc::too_large || error == Errc::quota_exceeded ||
         error == Errc::refused_by_rule || detail::over_quota(error);
}

/// The error that an exception stands for: a `std::system_error`'s own; of any other, what comes nearest.
inline std::error_code code_of(std::exception_ptr failure) noexcept {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::system_error& error) {
    return error.code();
  } catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
  } catch (...) {
    return std::make_error_code(std::errc::io_error);
  }
}

}  // namespace ftplike
