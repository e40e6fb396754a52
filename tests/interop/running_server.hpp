#pragma once
// Our server program on a folder and a port of its own, and the programs of others that are run against it.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "support/folder.hpp"
#include "support/process.hpp"

/// What became of a program that was run to its end.
struct Outcome {
  int status;
  std::string output;
  std::string errors;
};

/// Whether a program ended well; if not, all that it said.
inline testing::AssertionResult ended_well(const Outcome& outcome) {
  if (outcome.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "ended with " << outcome.status << "\n" << outcome.output << outcome.errors;
}

inline Outcome outcome_of(const Program& program, std::string_view input = {}) {
  Process process{program};
  process.say(input);
  process.close_input();
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

/// Bytes without a pattern, the same for each `seed`.
inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937_64 engine{seed};
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine());
  return bytes;
}

/// The size of a file; 0 if it is not there.
inline std::uintmax_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

/// Our server on a folder of the caller's, with the user `tester` and the password `secret`.
class RunningServer {
 public:
  explicit RunningServer(const std::string& root, std::vector<std::string> options = {},
                         const std::string& host = "127.0.0.1")
      : process_{program(root, std::move(options), host)} {
    const auto where = process_.line_after("listening on ");
    host_ = where.substr(0, where.rfind(':'));
    port_ = where.substr(where.rfind(':') + 1);
  }

  /// Without the brackets of an IPv6 address.
  std::string host() const { return host_.starts_with('[') ? host_.substr(1, host_.size() - 2) : host_; }
  const std::string& port() const noexcept { return port_; }
  std::string url(std::string_view path = "") const {
    return "ftp://tester:secret@" + host_ + ':' + port_ + '/' + std::string{path};
  }
  Process& process() noexcept { return process_; }

 private:
  static Program program(const std::string& root, std::vector<std::string> options, const std::string& host) {
    const auto listen = (host.find(':') == host.npos ? host : '[' + host + ']') + ":0";
    options.insert(options.begin(), {FTPLIKE_SERVER_PROGRAM, "--root", root, "--listen", listen});
    options.insert(options.end(), {"--user", "tester:secret"});
    return Program{std::move(options)};
  }

  Process process_;
  std::string host_, port_;
};

/// A server's folder, a client's folder and a server on the former.
class Interop : public testing::Test {
 protected:
  /// A program that works in the client's folder and knows nothing of whoever runs the tests.
  Program program(std::vector<std::string> arguments) const {
    Program result{std::move(arguments)};
    result.in(ours.string()).with("HOME", home.string()).with("LC_ALL", "C.UTF-8");
    return result;
  }
  Outcome run(std::vector<std::string> arguments, std::string_view input = {}) const {
    return outcome_of(program(std::move(arguments)), input);
  }

  TestFolder theirs;  // the server's
  TestFolder ours;    // the client's
  TestFolder home;
  RunningServer server{theirs.string()};
};
