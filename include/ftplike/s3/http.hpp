#pragma once
// HTTP by libcurl's multi interface, on the event loop of whoever waits: sockets and timers are Asio's, connections
// are kept, and no thread is started but by libcurl itself, for the address of a name.
#include <algorithm>
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <curl/curl.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/s3/error.hpp>
#include <ftplike/system/new_shared.hpp>

#ifndef ASIO_HAS_POSIX_STREAM_DESCRIPTOR
#error "ftplike's S3 storage waits for libcurl's sockets by asio::posix, which Asio does not have on Windows"
#endif

namespace ftplike::inline v0_2::detail {

/// What libcurl is to send, and how long it waits.
struct HttpOrder {
  std::string method, url;
  std::vector<std::string> headers;
  std::shared_ptr<const std::string> body;
  std::chrono::milliseconds connect_timeout;
  std::chrono::seconds patience;
  std::size_t largest;   // of a body that is taken as a whole
  bool streams = false;  // the answer's body is taken bit by bit, and the store waits meanwhile
};

/// A request on its way and what has come of its answer. Its loop's mutex guards all of it.
struct HttpExchange {
  struct Cleanup {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  static constexpr std::size_t most_buffered = 512 * 1024;

  HttpOrder order;
  std::unique_ptr<CURL, Cleanup> handle;
  std::unique_ptr<curl_slist, Cleanup> headers;
  long status = 0;
  std::map<std::string, std::string, std::less<>> fields;  // names in small letters
  std::string body;
  std::size_t taken = 0;  // of the body
  bool has_head = false;  // all fields are there
  bool is_paused = false;
  bool is_over = false;
  CURLcode result = CURLE_OK;
  std::function<void()> wake;  // who waits

  bool is_success() const noexcept { return status >= 200 && status < 300; }
  void notify() {
    if (wake) std::exchange(wake, nullptr)();
  }
};

/// libcurl's multi interface on one event loop. **Threads:** any, at once.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  explicit CurlLoop(const Executor& executor) : executor_{executor}, multi_{curl_multi_init()} {
    if (!multi_) throw std::bad_alloc{};
    timer_.emplace(executor);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 64L);
  }
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop() { close(); }

  std::mutex mutex;

  void start(const std::shared_ptr<HttpExchange>& exchange) {
    const std::lock_guard lock{mutex};
    if (!multi_) {
      exchange->is_over = true;
      exchange->result = CURLE_ABORTED_BY_CALLBACK;
      return;
    }
    set_up(*exchange);
    all_.emplace(exchange->handle.get(), exchange);
    curl_multi_add_handle(multi_, exchange->handle.get());
  }
  /// Goes on to take what the store sends. Whoever calls holds the mutex.
  void go_on(HttpExchange& exchange) {
    if (!std::exchange(exchange.is_paused, false) || exchange.is_over) return;
    curl_easy_pause(exchange.handle.get(), CURLPAUSE_CONT);
    look_for_ends();
  }
  /// Gives it up, wherever it is.
  void abort(HttpExchange& exchange) {
    const std::lock_guard lock{mutex};
    exchange.wake = nullptr;
    if (exchange.is_over || !multi_) return;
    exchange.is_over = true;
    curl_multi_remove_handle(multi_, exchange.handle.get());
    all_.erase(exchange.handle.get());
  }
  /// With its event loop: nothing goes on.
  void close() {
    const std::lock_guard lock{mutex};
    if (!multi_) return;
    for (const auto& [handle, exchange] : all_) {
      curl_multi_remove_handle(multi_, handle);
      exchange->is_over = true;
      exchange->result = CURLE_ABORTED_BY_CALLBACK;
    }
    all_.clear();
    curl_multi_cleanup(multi_);
    multi_ = nullptr;
    for (auto& [socket, watch] : watches_) watch.descriptor.release();
    watches_.clear();
    timer_.reset();
    executor_ = {};
  }

 private:
  using Watched = asio::posix::basic_stream_descriptor<Executor>;
  struct Watch {
    Watched descriptor;
    std::size_t number;  // not that of another socket, which was closed
    int wanted = 0;      // CURL_POLL_IN, CURL_POLL_OUT
    int awaited = 0;
  };

  void set_up(HttpExchange& exchange) {
    exchange.handle.reset(curl_easy_init());
    CURL* const handle = exchange.handle.get();
    if (!handle) throw std::bad_alloc{};
    const HttpOrder& order = exchange.order;
    for (const auto& header : order.headers) {
      exchange.headers.reset(curl_slist_append(exchange.headers.release(), header.c_str()));
    }
    curl_easy_setopt(handle, CURLOPT_URL, order.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, exchange.headers.get());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(order.connect_timeout.count()));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(order.patience.count()));
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &CurlLoop::on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &CurlLoop::on_bytes);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    if (order.method == "HEAD") {
      curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (order.method == "PUT" || order.method == "POST") {
      static constexpr char nothing[] = "";
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, order.body ? order.body->data() : nothing);
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(order.body ? order.body->size() : 0));
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, order.method.c_str());
    } else if (order.method != "GET") {
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, order.method.c_str());
    }
  }

  // libcurl calls these within a call of ours, and so under the mutex.
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<CurlLoop*>(self)->watch(socket, what);
    return 0;
  }
  static int on_timer(CURLM*, long milliseconds, void* self) {
    static_cast<CurlLoop*>(self)->set_timer(milliseconds);
    return 0;
  }
  static std::size_t on_header(char* text, std::size_t, std::size_t size, void* exchange) {
    static_cast<HttpExchange*>(exchange)->has_head |= take_header(*static_cast<HttpExchange*>(exchange), {text, size});
    if (static_cast<HttpExchange*>(exchange)->has_head) static_cast<HttpExchange*>(exchange)->notify();
    return size;
  }
  /// Whether that was the last of them.
  static bool take_header(HttpExchange& exchange, std::string_view line) {
    while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {
      exchange.fields.clear();
      return false;
    }
    if (line.empty()) {
      curl_easy_getinfo(exchange.handle.get(), CURLINFO_RESPONSE_CODE, &exchange.status);
      return exchange.status >= 200;
    }
    const auto colon = line.find(':');
    if (colon == line.npos) return false;
    std::string name{line.substr(0, colon)};
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    exchange.fields[std::move(name)] = value;
    return false;
  }
  static std::size_t on_bytes(char* bytes, std::size_t, std::size_t size, void* data) {
    auto& exchange = *static_cast<HttpExchange*>(data);
    const bool streams = exchange.order.streams && exchange.is_success();
    if (streams && exchange.body.size() - exchange.taken >= HttpExchange::most_buffered) {
      exchange.is_paused = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    if (!streams && exchange.body.size() + size > exchange.order.largest) return 0;
    if (exchange.taken > exchange.body.size() / 2) {
      exchange.body.erase(0, exchange.taken);
      exchange.taken = 0;
    }
    exchange.body.append(bytes, size);
    if (streams) exchange.notify();
    return size;
  }

  void watch(curl_socket_t socket, int what) {
    auto found = watches_.find(socket);
    if (what == CURL_POLL_REMOVE) {
      if (found == watches_.end()) return;
      found->second.descriptor.release();
      watches_.erase(found);
      return;
    }
    if (found == watches_.end()) {
      found = watches_.emplace(socket, Watch{Watched{executor_, socket}, ++last_number_}).first;
    }
    Watch& watch = found->second;
    watch.wanted = what;
    if ((watch.awaited & ~watch.wanted) != 0) {
      std::error_code ignored;
      watch.descriptor.cancel(ignored);  // what is still wanted is awaited again
    }
    await(socket, watch);
  }
  void await(curl_socket_t socket, Watch& watch) {
    const std::pair<int, asio::posix::descriptor_base::wait_type> kinds[] = {
        {CURL_POLL_IN, asio::posix::descriptor_base::wait_read},
        {CURL_POLL_OUT, asio::posix::descriptor_base::wait_write}};
    for (const auto& [kind, wait] : kinds) {
      if ((watch.wanted & ~watch.awaited & kind) == 0) continue;
      watch.awaited |= kind;
      watch.descriptor.async_wait(
          wait, [self = weak_from_this(), socket, number = watch.number, kind](std::error_code error) {
            if (const auto loop = self.lock()) loop->on_ready(socket, number, kind, error);
          });
    }
  }
  void on_ready(curl_socket_t socket, std::size_t number, int kind, std::error_code error) {
    const std::lock_guard lock{mutex};
    const auto found = watches_.find(socket);
    if (!multi_ || found == watches_.end() || found->second.number != number) return;
    found->second.awaited &= ~kind;
    if (error != asio::error::operation_aborted && (found->second.wanted & kind) != 0) {
      int running = 0;
      const int ready = (kind == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT) | (error ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi_, socket, ready, &running);
    }
    const auto still = watches_.find(socket);
    if (still != watches_.end() && still->second.number == number) await(socket, still->second);
    look_for_ends();
  }
  void set_timer(long milliseconds) {
    ++timer_number_;
    if (milliseconds < 0) {
      timer_->cancel();
      return;
    }
    timer_->expires_after(std::chrono::milliseconds{milliseconds});
    timer_->async_wait([self = weak_from_this(), number = timer_number_](std::error_code) {
      if (const auto loop = self.lock()) loop->on_time(number);
    });
  }
  void on_time(std::size_t number) {
    const std::lock_guard lock{mutex};
    if (!multi_ || number != timer_number_) return;
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    look_for_ends();
  }
  void look_for_ends() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto found = all_.find(message->easy_handle);
      const CURLcode result = message->data.result;
      curl_multi_remove_handle(multi_, message->easy_handle);
      if (found == all_.end()) continue;
      const auto exchange = found->second;
      all_.erase(found);
      exchange->result = result;
      exchange->is_over = true;
      exchange->notify();
    }
  }

  Executor executor_;
  CURLM* multi_;
  std::optional<SteadyTimer<>> timer_;
  std::size_t timer_number_ = 0, last_number_ = 0;
  std::map<curl_socket_t, Watch> watches_;
  std::map<CURL*, std::shared_ptr<HttpExchange>> all_;  // under way
};

/// The CurlLoop of each event loop.
class CurlService : public asio::execution_context::service {
 public:
  using key_type = CurlService;
  inline static asio::execution_context::id id;

  explicit CurlService(asio::execution_context& owner) : asio::execution_context::service{owner} {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw std::bad_alloc{};
  }
  /// That of the loop below an executor.
  static std::shared_ptr<CurlLoop> loop_of(const Executor& executor) {
    auto& service = asio::use_service<CurlService>(asio::query(executor, asio::execution::context));
    const std::lock_guard lock{service.mutex_};
    if (!service.loop_) {
      const auto* strand = is_strand(executor) ? executor.target<asio::strand<Executor>>() : nullptr;
      service.loop_ = new_shared<CurlLoop>(strand ? strand->get_inner_executor() : executor);
    }
    return service.loop_;
  }

 private:
  void shutdown() noexcept override {
    if (loop_) loop_->close();
  }

  std::mutex mutex_;
  std::shared_ptr<CurlLoop> loop_;
};

/// Owns an exchange: with it, the exchange is given up.
class HttpCall {
 public:
  HttpCall() = default;
  HttpCall(const Executor& executor, HttpOrder order)
      : loop_{CurlService::loop_of(executor)}, exchange_{new_shared<HttpExchange>()} {
    exchange_->order = std::move(order);
    loop_->start(exchange_);
  }
  HttpCall(HttpCall&&) noexcept = default;
  HttpCall& operator=(HttpCall&& other) noexcept {
    std::swap(loop_, other.loop_);
    std::swap(exchange_, other.exchange_);
    return *this;
  }
  ~HttpCall() {
    if (exchange_) loop_->abort(*exchange_);
  }
  explicit operator bool() const noexcept { return exchange_ != nullptr; }

  /// Until the status and the fields of the answer are there, or it is over.
  template <class = void> awaitable<void> head() {
    const auto ready = [](const HttpExchange& exchange) { return exchange.has_head; };
    co_await until(ready);
  }
  template <class = void> awaitable<void> end() {
    const auto ready = [](const HttpExchange&) { return false; };
    co_await until(ready);
  }
  /// Some bytes of the body; 0: it is over.
  template <class = void> awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto ready = [](const HttpExchange& exchange) { return exchange.taken < exchange.body.size(); };
    co_await until(ready);
    const std::lock_guard lock{loop_->mutex};
    const std::size_t count = std::min(room.size(), exchange_->body.size() - exchange_->taken);
    if (count > 0) std::memcpy(room.data(), exchange_->body.data() + exchange_->taken, count);
    exchange_->taken += count;
    if (exchange_->taken == exchange_->body.size()) {
      exchange_->body.clear();
      exchange_->taken = 0;
    }
    if (exchange_->body.size() - exchange_->taken < HttpExchange::most_buffered / 2) loop_->go_on(*exchange_);
    co_return count;
  }
  bool has_head() const {
    const std::lock_guard lock{loop_->mutex};
    return exchange_->has_head;
  }
  // Of one that is over, or whose head is there.
  const HttpExchange& exchange() const noexcept { return *exchange_; }
  HttpExchange& exchange() noexcept { return *exchange_; }
  /// Whether it ended, and how; nothing if all went well or still goes on.
  std::error_code failure() const {
    const std::lock_guard lock{loop_->mutex};
    switch (exchange_->result) {
      case CURLE_OK: return {};
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT: return S3Errc::unreachable;
      case CURLE_OPERATION_TIMEDOUT: return exchange_->status == 0 ? S3Errc::stalled : S3Errc::broken_off;
      case CURLE_WRITE_ERROR: return S3Errc::bad_answer;
      case CURLE_URL_MALFORMAT:
      case CURLE_PEER_FAILED_VERIFICATION: return S3Errc::refused;
      default: return S3Errc::broken_off;
    }
  }

 private:
  template <class Ready> awaitable<void> until(Ready ready) {
    const Executor executor = co_await asio::this_coro::executor;
    auto& work = asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context));
    for (;;) {
      BlockingWork::Wait wait{work, executor};
      if (is_reached(ready, wait)) co_return;
      while (!wait.is_over()) co_await wait.change();
    }
  }
  template <class Ready> bool is_reached(Ready ready, const BlockingWork::Wait& wait) {
    const std::lock_guard lock{loop_->mutex};
    if (exchange_->is_over || ready(*exchange_)) return true;
    exchange_->wake = wait.waker();
    return false;
  }

  std::shared_ptr<CurlLoop> loop_;
  std::shared_ptr<HttpExchange> exchange_;
};

}  // namespace ftplike::inline v0_2::detail
