#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <openssl/bio.h>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/error.hpp>
#include <ftplike/tls/context.hpp>

namespace ftplike::inline v0_2::detail::tls {

/// How far the engine got.
enum class Step {
  done,
  hungry,  // it needs more from the peer
  ended,   // the peer has said that no more comes
  failed,  // for good; `failure()` says why
};

/// One TLS connection without any connection: what the peer sent is put into `room()`, what it shall get is `output()`.
/// OpenSSL reads and writes these buffers in place of a socket.
///
/// The buffers grow with what comes and goes at a time, so that a transfer takes few system calls and an idle control
/// connection little memory.
class Engine {
 public:
  static constexpr std::size_t largest_input = 128 * 1024;
  /// More than one step of a handshake, or of `write`, ever makes.
  static constexpr std::size_t largest_output = 256 * 1024;
  /// What `write` is best given at a time: four full records, which stay in the processor's cache on their way.
  static constexpr std::size_t piece = 4 * SSL3_RT_MAX_PLAIN_LENGTH;

  explicit Engine(SSL_CTX* context) : ssl_{SSL_new(context)}, input_(small) {
    require(ssl_ != nullptr, "TLS connection");
    BIO* const bio = BIO_new(method());
    require(bio != nullptr, "TLS connection");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() {
    // A session whose connection just ends would not be resumed any more: neither by this FTP session's other data
    // connections, nor by its control connection's. That a peer was cut off is told by `read`.
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }

  SSL* ssl() const noexcept { return ssl_.get(); }
  std::error_code failure() const noexcept { return failure_; }

  Step shake_hands() {
    return run([this] { return SSL_do_handshake(ssl_.get()); });
  }
  /// Gives in `n` how many bytes it decrypted into `room`; it is done only if there are some.
  Step read(std::span<std::byte> room, std::size_t& n) {
    n = 0;
    for (;;) {
      std::size_t got = 0;
      const auto rest = room.subspan(n);
      const Step step = run([&] { return SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &got); });
      n += got;
      // What else it has to say it says the next time again.
      if (step != Step::done) return n > 0 ? Step::done : step;
      if (n == room.size() || (begin_ == end_ && SSL_pending(ssl_.get()) == 0)) return Step::done;
    }
  }
  /// Encrypts; takes all of it or fails.
  bool write(std::span<const std::byte> bytes) {
    if (bytes.empty()) return !failure_;
    std::size_t written = 0;
    const Step step = run([&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written); });
    if (step == Step::hungry || step == Step::ended) failure_ = Errc::peer_lost;
    return step == Step::done;
  }
  /// Says that no more comes from us, unless nothing ever came.
  void say_goodbye() {
    const bool ready = shake_hands() == Step::done;  // once more: a ticket may wait to be sent
    if (ready && !(SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN)) SSL_shutdown(ssl_.get());
  }

  /// Where to put what the peer sends; `received` tells how much it was. All that came before must have been used, as
  /// it is when the engine is hungry.
  std::span<std::byte> room() {
    if (end_ == input_.size() && end_ < largest_input) {
      input_.resize(std::min(end_ * 8, largest_input));
    } else if (!busy_ && end_ <= small && input_.size() > small) {  // what was long was the handshake, or one command
      input_ = std::vector<std::byte>(small);
    }
    return input_;
  }
  /// Whether it needs more from the peer for the next byte, as far as can be seen without a try.
  bool is_hungry() const noexcept {
    const bool may_come = !failure_ && !(SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN);
    return may_come && begin_ == end_ && SSL_pending(ssl_.get()) == 0;
  }
  /// Keeps buffers, of OpenSSL's too, for a connection that is not idle for long: else each record would have them anew.
  void keep_buffers() {
    SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
    busy_ = true;
    input_.resize(ample);  // a ClientHello that resumes a session is longer than `small`
  }
  void received(std::size_t n) noexcept {
    begin_ = 0;
    end_ = n;
  }

  /// Takes what somebody else has read before.
  void begin_with(std::span<const std::byte> bytes) {
    if (bytes.size() > input_.size()) input_.resize(bytes.size());
    std::copy(bytes.begin(), bytes.end(), input_.begin());
    received(bytes.size());
  }

  /// What is to be sent next, in order; it stays in its place until `sent` says that all of it has gone.
  std::span<const std::byte> output() noexcept {
    if (!is_midway()) std::swap(output_, taken_);
    return std::span{taken_}.subspan(gone_);
  }
  void sent(std::size_t n) noexcept {
    gone_ += n;
    if (is_midway()) return;
    gone_ = 0;
    if (taken_.capacity() <= ample) {
      std::vector<std::byte>{}.swap(taken_);  // a reply; the next one may be far away
    } else {
      taken_.clear();
      if (output_.empty()) std::swap(output_, taken_);  // the same memory again, which is still in the cache
    }
  }
  /// Whether some of what `output` gave last has not gone.
  bool is_midway() const noexcept { return gone_ < taken_.size(); }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };

  template <class Operation> Step run(Operation operation) {
    if (failure_) return Step::failed;
    ERR_clear_error();
    const int result = operation();
    if (result > 0) return Step::done;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ: return Step::hungry;
      case SSL_ERROR_ZERO_RETURN: return Step::ended;
      default: break;
    }
    failure_ = last_error();
    const auto verdict = static_cast<int>(SSL_get_verify_result(ssl_.get()));
    if (verdict != X509_V_OK && SSL_in_init(ssl_.get())) failure_.assign(verdict, certificate_category());
    return Step::failed;
  }

  // In place of a socket: OpenSSL's way to be told where bytes come from and go to.
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ftplike");
      require(method != nullptr, "BIO");
      BIO_meth_set_read_ex(method, &give);
      BIO_meth_set_write_ex(method, &take);
      BIO_meth_set_ctrl(method, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH; });
      return method;
    }();
    return made;
  }
  static int give(BIO* bio, char* to, std::size_t most, std::size_t* count) noexcept {
    auto& self = *static_cast<Engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *count = std::min(most, self.end_ - self.begin_);
    if (*count == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(to, self.input_.data() + self.begin_, *count);
    self.begin_ += *count;
    return 1;
  }
  static int take(BIO* bio, const char* from, std::size_t size, std::size_t* count) noexcept {
    auto& self = *static_cast<Engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *count = 0;
    if (size > largest_output - std::min(largest_output, self.output_.size())) return 0;
    const auto* const bytes = reinterpret_cast<const std::byte*>(from);
    try {
      self.output_.insert(self.output_.end(), bytes, bytes + size);
    } catch (const std::bad_alloc&) { return 0; }
    *count = size;
    return 1;
  }

  static constexpr std::size_t small = 128;  // of what an idle connection keeps: most commands are shorter
  static constexpr std::size_t ample = 4 * 1024;

  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::vector<std::byte> input_;
  std::size_t begin_ = 0, end_ = 0;  // of what OpenSSL has not yet taken
  std::vector<std::byte> output_, taken_;
  std::size_t gone_ = 0;  // of what was taken
  bool busy_ = false;
  std::error_code failure_;
};

}  // namespace ftplike::detail::tls
