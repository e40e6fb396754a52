#pragma once
// A client of a scripted server.
#include <gtest/gtest.h>
#include "support/client.hpp"

#include "support/scripted_server.hpp"
#include "support/started.hpp"

/// Logs in to the scripted server, whose script begins with `welcomes`.
inline TestClient enter(TestNetwork& network, ftplike::ClientOptions options = {}) {
  options.dialect = ftplike::Dialect::standard;
  return network.run(connect(network, "ftp://ann:secret@10.0.0.2", options));
}

/// The error of an operation that has to fail.
template <class R> ftplike::ClientError error_of(TestNetwork& network, ftplike::awaitable<R> operation) {
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
