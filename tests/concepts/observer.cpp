#include <atomic>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>

namespace {
using namespace ftplike;

// [journal]
/// Lines that sessions on any thread add, and that the program takes when it likes: to write them to a disk, say.
class Journal {
 public:
  void add(std::string line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Notes who tried to log in, and what became of which file.
class Audit {
 public:
  explicit Audit(Journal& journal) : journal_{&journal} {}

  void operator()(const LoginTried& login) const {
    journal_->add(std::string{login.user} + (login.accepted ? " logged in" : " was refused"));
  }
  void operator()(const TransferEnded& transfer) const {
    if (transfer.listing) return;
    const std::string verdict = transfer.complete() ? "complete" : transfer.error.message();
    journal_->add(of(transfer.who, transfer.verb, transfer.shown_path()) + ": " + verdict);
  }
  void operator()(const FileChanged& change) const {
    journal_->add(of(change.who, change.verb, change.shown_path()));
  }

 private:
  static std::string of(const SessionInfo& who, std::string_view verb, const Path& path) {
    return who.user + ' ' + std::string{verb} + ' ' + path.string();
  }

  Journal* journal_;
};
static_assert(takes<Audit, LoginTried> && takes<Audit, TransferEnded> && takes<Audit, FileChanged>);
// [/journal]
static_assert(!takes<Audit, SessionOpened>);

TEST(Observer, IsToldWhatItTakesAndMayRefuseCommands) {
  SimulatedNetwork network{1};
  // [refusal]
  std::atomic<bool> closed = false;
  const auto maintenance = [&closed](const CommandSeen& command) -> std::optional<Reply> {
    if (!closed || command.verb == "QUIT") return std::nullopt;
    return Reply{450, "Closed for maintenance, try again later"};
  };
  // [/refusal]
  // [server]
  Journal journal;
  Server server{network, MemoryStorage{{"/a.txt", "hello"}}, Anonymous{.logins = "write"},
                Observers{Audit{journal}, maintenance}, DataPorts{40001, 40999}};
  // [/server]
  const Endpoint control = server.listen("127.0.0.1", 3456);
  auto client = network.dial(control);
  client.type("USER anna\r\nPASS x\r\nUSER ftp\r\nPASS x\r\nEPSV\r\nRETR a.txt\r\nDELE a.txt\r\n");
  network.advance(Limits{}.login_pause);
  auto data = network.dial(Endpoint{control.address(), 40001});
  network.settle();
  const std::vector<std::string> told{"anna was refused", "ftp logged in", "anonymous RETR /a.txt: complete",
                                      "anonymous DELE /a.txt"};
  EXPECT_EQ(journal.take(), told);
  (void)client.text();

  closed = true;
  client.type("MKD a\r\nQUIT\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "450 Closed for maintenance, try again later\r\n221 Goodbye\r\n");
  EXPECT_EQ(journal.take(), std::vector<std::string>{});
}

}  // namespace
