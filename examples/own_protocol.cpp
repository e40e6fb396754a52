// A protocol of one's own: which commands there are and how data connections come to be. This one begins with the whole
// of what the seed of this project spoke, put together anew: six commands over a control connection, and for each
// transfer a port that the server announces. Then it has commands of its own: sensors are read, in the unit that the
// session has asked for. What is not named here is not in the program. With an argument it is the client's end: it
// prints what such a command as `RETR hello.txt` or `NAME` brings.
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/ftplike.hpp>

using namespace ftplike;
using namespace ftplike::verbs;

// [readme]
struct SixCommands : ftplike::Profile {
  using DataChannel = ftplike::AnnouncedChannel;
  using Commands = ftplike::CommandTable<Pwd, Cwd, List, Stor, Retr, Quit>;
};
// [/readme]

// [sensors]
struct Sensors {
  std::map<std::string, double, std::less<>> celsius;
};
struct Unit : SessionState {
  bool fahrenheit = false;
};

/// UNIT <C or F>: the unit of all that this session measures.
struct SetUnit {
  static constexpr std::string_view verb = "UNIT";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view unit) {
    if (!same_word(unit, "C") && !same_word(unit, "F")) return {501, "C or F expected"};
    session.state.fahrenheit = same_word(unit, "F");
    return {200, "Noted"};
  }
};
/// MEAS <sensor>: what it measures now.
struct Measure {
  static constexpr std::string_view verb = "MEAS";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    const Sensors& sensors = session.application();
    const auto sensor = sensors.celsius.find(name);
    if (sensor == sensors.celsius.end()) throw std::system_error(Errc::bad_name);  // answered 553
    const double value = sensor->second;
    return {213, std::to_string(session.state.fahrenheit ? value * 1.8 + 32 : value)};
  }
};
/// NAME: the names of all sensors, over a data connection.
struct Names {
  static constexpr std::string_view verb = "NAME";
  static constexpr bool interruptible = true;
  static awaitable<Reply> run(auto& session, std::string_view) {
    std::string text;
    for (const auto& [name, value] : session.application().celsius) text += name + '\n';
    TextSource source{std::move(text)};
    Transfer transfer{verb, Path{}, "Here they come", "That is all"};
    co_return co_await session.send(source, std::move(transfer));
  }
};
struct Sens : SixCommands {
  using Commands = SixCommands::Commands::With<SetUnit, Measure, Names>;
  using State = Unit;
};
// [/sensors]

void serve() {
  TcpTransport network;
  Sensors sensors{{{"attic", 31.5}, {"cellar", 12}}};
  Server server{network, MemoryStorage{{"/hello.txt", "Hello!\n"}}, Sens{}, Application{sensors},
                Anonymous{.without_login = "write"}};
  server.listen("127.0.0.1", 3456);
  network.run();
}

void ask(const std::string& command) {
  // [client]
  BasicBlockingClient<TcpTransport, AnnouncedChannel> client{"127.0.0.1", 3456};
  TextSink text;
  const TransferResult result = client.transfer(command, text);
  std::cout << text.text() << result.reply.text() << '\n';
  // [/client]
}

int main(int argc, char** argv) try { argc == 2 ? ask(argv[1]) : serve(); } catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
