#include "web_server.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <functional>
#include <future>
#include <httplib.h>
#include <mutex>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "host_header.hpp"
#include "page_text.hpp"

namespace {

constexpr std::size_t threads_for_others = 4;  // beside one a browser that watches

/// Threads that run what is asked for, and a short queue: who asks for more waits. The library's own queue grows for as
/// long as somebody connects, and each in it is a descriptor that the FTP server lacks.
class BoundedTasks : public httplib::TaskQueue {
 public:
  BoundedTasks() {
    for (std::size_t i = 0; i < LiveRows::most_browsers + threads_for_others; ++i) threads_.emplace_back([this] { work(); });
  }
  using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));  // newer releases want a bool
  Taken enqueue(std::function<void()> task) override {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return tasks_.size() < most_waiting; });
    tasks_.push_back(std::move(task));
    changed_.notify_all();
    return static_cast<Taken>(true);
  }
  void shutdown() override {
    {
      const std::lock_guard lock{mutex_};
      is_over_ = true;
      changed_.notify_all();
    }
    for (auto& thread : threads_) thread.join();
  }

 private:
  static constexpr std::size_t most_waiting = 8;

  void work() {
    for (;;) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return is_over_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      changed_.notify_all();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

/// A word that nobody can guess: only what has it runs in the page.
std::string make_nonce() {
  std::random_device random;
  std::string nonce;
  for (int i = 0; i < 4; ++i) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(random()));
    nonce += digits;
  }
  return nonce;
}

std::string page_with(const std::string& nonce) {
  std::string page{page_text};
  for (const std::string tag : {"<style", "<script"}) {
    page.insert(page.find(tag) + tag.size(), " nonce=\"" + nonce + '"');
  }
  return page;
}

void serve_page(const httplib::Request&, httplib::Response& response) {
  const auto nonce = make_nonce();
  response.set_header("Content-Security-Policy",
                      "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce +
                          "'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set_content(page_with(nonce), "text/html; charset=utf-8");
}

void serve_events(const std::shared_ptr<LiveRows>& rows, const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Sec-Fetch-Site") == "cross-site") {
    response.status = 403;
    return response.set_content("Not for pages of others.\n", "text/plain");
  }
  const std::shared_ptr<LiveRows::Browser> browser = rows->join();
  if (!browser) {
    response.status = 503;
    return response.set_content("As many browsers as can be are watching.\n", "text/plain");
  }
  response.set_chunked_content_provider("text/event-stream", [rows, browser](std::size_t, httplib::DataSink& sink) {
    const auto news = browser->news();
    if (!news.empty() && !sink.write(news.data(), news.size())) return false;
    if (!rows->wait()) sink.done();
    return true;
  });
}

httplib::Server::HandlerResponse refuse_strangers(const httplib::Request& request, httplib::Response& response) {
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  if (names_this_machine(request.get_header_value("Host"))) return httplib::Server::HandlerResponse::Unhandled;
  response.status = 403;
  response.set_content("Ask for this machine by its address, or as localhost.\n", "text/plain");
  return httplib::Server::HandlerResponse::Handled;
}

}  // namespace

const char* why_no_web_servers() noexcept { return nullptr; }

struct WebServer::State {
  httplib::Server server;
  ftplike::Endpoint where;
  std::shared_ptr<LiveRows> rows;
  std::future<void> ended;
};

WebServer::WebServer(const ftplike::Endpoint& where, Metrics metrics,
                     std::shared_ptr<LiveRows> rows)
    : state_{std::make_unique<State>()} {
  auto& server = state_->server;
  state_->rows = rows;
  server.new_task_queue = [] { return new BoundedTasks; };
  server.set_keep_alive_max_count(1);  // or a browser at rest would keep a thread
  server.set_payload_max_length(1024);
  server.set_read_timeout(1);  // seconds: all come from this machine, and who says nothing holds up the end
  server.set_write_timeout(2);
  server.set_socket_options([](int socket) {  // the library's own let a second server listen there
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_pre_routing_handler(refuse_strangers);
  if (metrics) {
    const auto tell = [metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics(), "text/plain; version=0.0.4; charset=utf-8");
    };
    server.Get("/metrics", tell);
    if (!rows) server.Get("/", tell);
  }
  if (rows) {
    server.Get("/", serve_page);
    server.Get("/events", [rows](const auto& request, auto& response) { serve_events(rows, request, response); });
  }
  const auto address = where.address().to_string();
  errno = 0;
  const int port = where.port() != 0 ? (server.bind_to_port(address, where.port()) ? where.port() : -1)
                                     : server.bind_to_any_port(address);
  if (port < 0) throw std::system_error(errno != 0 ? errno : EADDRNOTAVAIL, std::generic_category());
  state_->where = {where.address(), static_cast<std::uint16_t>(port)};
  state_->ended = std::async(std::launch::async, [&server] { server.listen_after_bind(); });
}

WebServer::~WebServer() {
  if (state_->rows) state_->rows->end();
  // Who stops it before it has begun changes nothing.
  while (!state_->server.is_running() && state_->ended.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
  }
  state_->server.stop();
  state_->ended.wait();
}

ftplike::Endpoint WebServer::endpoint() const noexcept { return state_->where; }
