// compiles
#include <ftplike/simulated/network.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Part : MemoryStorage {  // a storage may have a member of any name
  int guest = 0;
};
struct LogFile {  // and so may an observer
  void open() {}
  void operator()(const SessionOpened&) const {}
};

void serve(SimulatedNetwork& network) {
  Server server{
      network,        Part{},    Anonymous{.logins = "read", .without_login = "list,write"}, Limits{}, Greeting{},
      TlsPolicy::off, FtpLike{}, Observers{LogFile{}, NoObserver{}, [](const auto&) {}}};
  server.listen("127.0.0.1", 21, Beginning::clear);
  ServerOf<SimulatedNetwork, LogFile> other{network, LogFile{}, DirectoryStorage{"files"}};
}
