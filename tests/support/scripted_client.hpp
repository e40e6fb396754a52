#pragma once
// A client of a scripted server.
#include <gtest/gtest.h>
#include "support/client.hpp"

#include "support/scripted_server.hpp"

/// Logs in to the scripted server, whose script begins with `welcomes`.
inline TestClient enter(ftplike::SimulatedNetwork& network, ftplike::ClientOptions options = {}) {
  options.dialect = ftplike::Dialect::standard;
  return network.run(ftplike::connect(network, "ftp://ann:secret@10.0.0.2", options));
}

/// The error of an operation that has to fail.
template <class R> ftplike::ClientError error_of(ftplike::SimulatedNetwork& network, ftplike::awaitable<R> operation) {
  try {
    network.run(std::move(operation));
  } catch (const ftplike::ClientError& error) { return error; }
  ADD_FAILURE() << "the operation did not fail";
  return {std::error_code{}, {}, ftplike::Channel::local};
}

/// Fetches a file as text.
inline ftplike::awaitable<std::string> text_of(TestClient& client, std::string remote,
                                               ftplike::TransferOptions options = {}) {
  ftplike::TextSink sink;
  co_await client.download(std::move(remote), sink, std::move(options));
  co_return std::move(sink).text();
}
inline ftplike::awaitable<void> send_text(TestClient& client, std::string text, std::string remote,
                                          ftplike::TransferOptions options = {}) {
  ftplike::TextSource source{std::move(text)};
  co_await client.upload(source, std::move(remote), std::move(options));
}

/// An operation that goes on while the test does something else.
template <class R> class Started {
 public:
  Started(ftplike::SimulatedNetwork& network, ftplike::awaitable<R> operation) {
    ftplike::start_on(network.executor(), ftplike::settle(std::move(operation), state_->result), state_->stop.slot(),
                      [state = state_](std::exception_ptr) { state->done = true; });
    network.settle();
  }
  bool done() const { return state_->done; }
  void cancel(ftplike::SimulatedNetwork& network) {
    state_->stop.emit(asio::cancellation_type::terminal);
    network.settle();
  }
  R get() { return state_->result.get(); }

 private:
  struct State {
    ftplike::Settled<R> result;
    asio::cancellation_signal stop;
    bool done = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};
template <class R> Started(ftplike::SimulatedNetwork&, ftplike::awaitable<R>) -> Started<R>;
