#pragma once
// What dialogues and faults run on: a simulated network in clear. tests/under_tls has another of the same name.
#include <ftplike/simulated/gtest.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/verbs/security.hpp>

using TestNetwork = ftplike::SimulatedNetwork;
using TestPeer = ftplike::SimulatedPeer;
using TestListener = ftplike::SimulatedListener;

/// How sessions begin on it.
inline constexpr auto beginning_of_sessions = ftplike::Beginning::clear;

/// A connection to a server, as a transport gives it, that takes commands.
inline ftplike::awaitable<TestNetwork::Stream> connection_to(TestNetwork& network, ftplike::Endpoint where) {
  return network.connect(where);
}

/// The handshakes of a server with a client's control and data connection: there are none.
inline ftplike::awaitable<void> welcome(TestNetwork::Stream&) { co_return; }
inline ftplike::awaitable<void> welcome(TestNetwork::Stream&, TestNetwork::Stream&) { co_return; }
