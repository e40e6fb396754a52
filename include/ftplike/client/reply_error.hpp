#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// Replies as errors: the value is the code. A code that can mean one thing only equals the `std::errc` of that thing;
/// 550 equals none, it says "not there" as well as "not allowed".
inline const std::error_category& reply_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftp"; }
    std::string message(int value) const override { return "the server replied " + std::to_string(value); }
    std::error_condition default_error_condition(int value) const noexcept override {
      switch (value) {
        case 421: return std::errc::connection_aborted;
        case 425: return std::errc::not_connected;
        case 426: return std::errc::connection_reset;
        case 452:
        case 552: return std::errc::no_space_on_device;
        case 500:
        case 502:
        case 504: return std::errc::function_not_supported;
        case 501:
        case 553: return std::errc::invalid_argument;
        case 530:
        case 532: return std::errc::permission_denied;
        default: return {value, *this};
      }
    }
  } category;
  return category;
}

/// Which of a session's connections, or the local end, was at fault.
enum class Channel { control, data, local };

/// Words for people, such as "data connection".
constexpr std::string_view name_of(Channel channel) noexcept {
  return channel == Channel::control ? "control connection"
         : channel == Channel::data  ? "data connection"
                                     : "local file";
}

/// What went wrong in a client, where, and how far it had come.
class ClientError : public std::system_error {
 public:
  /// In the words of the error.
  ClientError(std::error_code error, std::string verb, Channel channel, std::uint64_t transferred = 0,
              std::uint64_t offset = 0)
      : ClientError{error, std::move(verb), channel, transferred, error.message(), offset} {}
  /// With words of its own.
  ClientError(std::error_code error, std::string verb, Channel channel, std::uint64_t transferred,
              const std::string& text, std::uint64_t offset = 0)
      : std::system_error{error},
        verb_{std::move(verb)},
        channel_{channel},
        transferred_{transferred},
        reached_{offset + transferred} {
    if (!verb_.empty()) text_ = verb_ + ": ";
    text_ += text;
  }

  /// The command at which it happened, or empty.
  const std::string& verb() const noexcept { return verb_; }
  /// What was at fault.
  Channel channel() const noexcept { return channel_; }
  /// Bytes that went over the data connection before.
  std::uint64_t transferred() const noexcept { return transferred_; }
  /// Where in the file that ended.
  std::uint64_t reached() const noexcept { return reached_; }
  /// The verb, if there is one, and what went wrong.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string verb_, text_;
  Channel channel_;
  std::uint64_t transferred_, reached_;
};

/// A negative reply, or one that does not fit its command.
class ReplyError : public ClientError {
 public:
  /// `its_cause`: what our own end saw before the server said that, if it explains the reply; its words follow those of
  /// the reply in `what()`.
  ReplyError(Reply its_reply, std::string verb, Channel channel = Channel::control, std::uint64_t transferred = 0,
             std::uint64_t offset = 0, std::error_code its_cause = {})
      : ClientError{{its_reply.code(), reply_category()},
                    std::move(verb),
                    channel,
                    transferred,
                    std::to_string(its_reply.code()) + ' ' + its_reply.text() +
                        (its_cause ? " (" + its_cause.message() + ')' : std::string{}),
                    offset},
        reply_{std::move(its_reply)},
        cause_{its_cause} {}

  /// What the server said.
  const Reply& reply() const noexcept { return reply_; }
  /// Why we had ended the handshake of a data connection, of which the server then said that it failed; else empty.
  const std::error_code& cause() const noexcept { return cause_; }

 private:
  Reply reply_;
  std::error_code cause_;
};

namespace detail {

/// The word before the first space of a command: all that may be told of one that could hold a secret.
inline std::string verb_of(std::string_view command) { return std::string{command.substr(0, command.find(' '))}; }

}  // namespace detail
}  // namespace ftplike
