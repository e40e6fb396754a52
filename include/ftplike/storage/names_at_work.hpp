#pragma once
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2::detail {

/// The names of a storage that somebody works at just now, and who waits for his turn there.
///
/// **Threads:** any, at once.
template <class = void> class BasicNamesAtWork {
  struct Waiter {
    explicit Waiter(const Executor& its_executor) : executor{its_executor}, changed{its_executor} {}
    const Executor executor;
    Condition changed;
  };
  struct Name {
    std::list<std::shared_ptr<Waiter>> queue;  // whose turn it is, and those after
    bool is_written = false;                   // somebody writes what becomes the partial file
    Usage left;                                // the partial file that was there, or that a writer has left
  };
  using Names = std::map<std::string, Name>;

 public:
  class Turn;

  /// Waits until nobody else works at a name, and keeps others from it for as long as what it gives lives.
  static awaitable<std::unique_ptr<Turn>> take_turn(std::shared_ptr<BasicNamesAtWork> names, std::string name,
                                                    std::function<void()> meanwhile = {}) {
    const Executor executor = co_await asio::this_coro::executor;
    auto turn = std::make_unique<Turn>(std::move(names), name, executor);
    co_await turn->wait(std::move(meanwhile));
    co_return turn;
  }
  /// Tells those who wait for their turn at a name that whoever has it gets on.
  void tell_progress(const std::string& name) {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(name);
    if (found == names_.end()) return;
    for (const auto& waiter : found->second.queue) {
      call_on(waiter->executor, [waiter] { waiter->changed.notify(); });
    }
  }

  bool is_written(const std::string& name) {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(name);
    return found != names_.end() && found->second.is_written;
  }
  /// What a writer has left at a name, and nobody has gone on with since.
  Usage left_at(const std::string& name) {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(name);
    return found != names_.end() && !found->second.is_written ? found->second.left : Usage{};
  }
  /// A partial file is there that nobody writes. Whose turn it is says so.
  void note_left(const std::string& name, const Usage& partial) {
    const std::lock_guard lock{mutex_};
    names_[name].left = partial;
  }
  /// Somebody writes the partial file of a name from now on. Gives what there was of it.
  Usage begin_to_write(const std::string& name) {
    const std::lock_guard lock{mutex_};
    Name& written = names_[name];
    written.is_written = true;
    return std::exchange(written.left, Usage{});
  }
  void end_to_write(const std::string& name, const Usage& left) {
    const std::lock_guard lock{mutex_};
    const auto written = names_.try_emplace(name).first;
    written->second.is_written = false;
    written->second.left = left;
    forget_if_idle(written);
  }

 private:
  void forget_if_idle(typename Names::iterator name) {
    if (name->second.queue.empty() && !name->second.is_written) names_.erase(name);
  }

  std::mutex mutex_;
  Names names_;
};

/// The turn of one coroutine at a name, from the wait for it to its end.
template <class Any> class BasicNamesAtWork<Any>::Turn {
 public:
  Turn(std::shared_ptr<BasicNamesAtWork> names, const std::string& name, const Executor& executor)
      : names_{std::move(names)}, waiter_{new_shared<Waiter>(executor)} {
    const std::lock_guard lock{names_->mutex_};
    name_ = names_->names_.try_emplace(name).first;
    place_ = name_->second.queue.insert(name_->second.queue.end(), waiter_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    const std::lock_guard lock{names_->mutex_};
    auto& queue = name_->second.queue;
    const bool is_first = place_ == queue.begin();
    queue.erase(place_);
    if (is_first && !queue.empty()) {
      call_on(queue.front()->executor, [next = queue.front()] { next->changed.notify(); });
    }
    names_->forget_if_idle(name_);
  }
  /// Calls `meanwhile`, if there is one, each time that `tell_progress` is called.
  awaitable<void> wait(std::function<void()> meanwhile) {
    while (!has_come()) {
      co_await waiter_->changed.wait();
      if (meanwhile) meanwhile();
    }
  }

 private:
  bool has_come() {
    const std::lock_guard lock{names_->mutex_};
    return place_ == name_->second.queue.begin();
  }

  std::shared_ptr<BasicNamesAtWork> names_;
  std::shared_ptr<Waiter> waiter_;
  typename Names::iterator name_;
  typename std::list<std::shared_ptr<Waiter>>::iterator place_;
};

using NamesAtWork = BasicNamesAtWork<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail
