#include "serve.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <ftplike/server.hpp>
#ifdef FTPLIKE_HAS_DIGESTS
#include <ftplike/digests.hpp>
#endif

#include "../compression.hpp"
#include "../explain_style.hpp"
#include "../system/interrupts.hpp"
#include "../system/paths.hpp"
#include "../system/terminal.hpp"
#include "admin.hpp"
#include "background_work.hpp"
#include "bucket.hpp"
#include "failure.hpp"
#include "folder.hpp"
#include "partial_keeper.hpp"
#include "process_metrics.hpp"
#include "protection.hpp"
#include "sections.hpp"
#include "served_files.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "systemd.hpp"
#include "users.hpp"
#include "watch.hpp"
#include "web_server.hpp"

namespace {

using ftplike::Endpoint;
using ftplike::Rights;

#ifdef FTPLIKE_HAS_DIGESTS
using Dialects = ftplike::WithDigests<>;
#else
using Dialects = ftplike::Ftp;
#endif

std::string text_of(const HostAndPort& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return (v6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

// ---- what the operator named ----

ftplike::LineFile open_log(const std::string& path) {
  if (path == "-") return ftplike::LineFile{standard_error};
  try {
    return ftplike::LineFile{path};
  } catch (const std::system_error& error) {
    throw Failure{Ending::failed, why("cannot write to " + path, error.code())};
  }
}

ftplike::LineFile open_recording(const std::string& path) {
  try {
    return ftplike::LineFile::anew(path);
  } catch (const std::system_error& error) {
    throw Failure{Ending::failed, why("cannot write to " + path, error.code())};
  }
}

std::vector<Endpoint> resolve(const HostAndPort& where) {
  std::error_code error;
  const auto address = asio::ip::make_address(where.host, error);
  if (!error) return {Endpoint{address, where.port}};
  asio::io_context context;
  asio::ip::tcp::resolver resolver{context};
  const auto found = resolver.resolve(where.host, std::to_string(where.port), asio::ip::tcp::resolver::passive, error);
  if (error) throw Failure{Ending::no_address, why("cannot listen on " + text_of(where), error)};
  std::vector<Endpoint> endpoints;
  for (const auto& one : found) endpoints.push_back(one.endpoint());
  return endpoints;
}

std::vector<Endpoint> resolve_all(const std::vector<HostAndPort>& places) {
  std::vector<Endpoint> result;
  for (const auto& where : places) {
    const auto endpoints = resolve(where);
    result.insert(result.end(), endpoints.begin(), endpoints.end());
  }
  return result;
}

/// Where a server listens: at sockets that a supervisor handed in, and at addresses.
struct Listeners {
  explicit Listeners(const Configuration& configuration) : implicit{resolve_all(configuration.tls.implicit)} {
    const bool wants_tls = std::any_of(handed_in.begin(), handed_in.end(), [](const auto& one) { return one.name == "ftps"; });
    if (wants_tls && policy_of(configuration.tls) == ftplike::TlsPolicy::off) {
      throw Failure{Ending::bad_configuration, "a socket with the name ftps was handed in: without cert there is no TLS"};
    }
    auto listen = configuration.listen;
    if (listen.empty() && handed_in.empty()) listen.emplace_back("127.0.0.1", std::uint16_t{3456});
    plain = resolve_all(listen);
  }
  /// Whether others than this machine reach them.
  bool is_beyond_loopback() const {
    const auto is_local = [](const Endpoint& where) { return where.address().is_loopback(); };
    return !std::all_of(plain.begin(), plain.end(), is_local) || !std::all_of(implicit.begin(), implicit.end(), is_local) ||
           !std::all_of(handed_in.begin(), handed_in.end(), [](const auto& one) { return one.is_local; });
  }

  std::vector<HandedIn> handed_in = take_handed_in_sockets();
  std::vector<Endpoint> plain, implicit;  // the second begin with TLS
};

/// Where the metrics are told, or the page is: addresses of this machine alone, as they are for everybody who comes there.
std::vector<Endpoint> web_addresses(const char* what, const std::optional<HostAndPort>& said) {
  if (!said) return {};
  auto result = resolve(*said);
  for (const auto& where : result) {
    if (!where.address().is_loopback()) {
      throw Failure{Ending::bad_configuration, std::string{what} + ": " + text_of(*said) + " is not a loopback address"};
    }
  }
  return result;
}

ServingNetwork::Transport::Acceptor adopt(ServingNetwork::Transport& network, ftplike::NativeSocket socket) {
  try {
    return ServingNetwork::Transport::Acceptor{network.adopt(network.main_executor(), socket)};
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_address, why("cannot listen on the socket that was handed in", error.code())};
  }
}

// ---- who may come in ----

/// What those may do who are no users. Where there are no users, and nobody comes but from this machine, sessions
/// without a login may write and anonymous logins read; elsewhere they may do nothing, unless the operator says so in
/// so many words.
ftplike::Anonymous others(const Configuration& configuration, bool from_elsewhere) {
  const auto& [guests, anonymous] = std::tie(configuration.guests, configuration.anonymous);
  const bool has_users =
      !configuration.user.empty() || !configuration.users.empty() || (anonymous && !anonymous->empty());
  const bool is_trial = !has_users && !from_elsewhere;
  return {.logins = anonymous.value_or(is_trial && !guests ? Rights::reading() : Rights::none()),
          .without_login = guests.value_or(is_trial ? Rights::all() : Rights::none())};
}

Users make_users(const Configuration& configuration, bool from_elsewhere) {
  const ftplike::Anonymous these = others(configuration, from_elsewhere);
  ftplike::UserTable users{these};
  try {
    for (const auto& user : configuration.user) {
      users.add(ftplike::UserEntry{ftplike::Account{user.name, ftplike::Path{}, Rights::all()},
                                   ftplike::Password::plain(user.password)});
    }
    if (!configuration.users.empty()) users.load(path_of(configuration.users));
  } catch (const std::exception& error) {
    throw Failure{Ending::bad_configuration, std::string{"users: "} + error.what()};
  }
  std::optional<Pam> pam;
  if (!configuration.pam.empty()) {
    if (configuration.users.empty()) {
      throw Failure{Ending::bad_configuration, "pam: users is not said, whose file names those whom PAM lets in"};
    }
    pam.emplace(configuration.pam);
  }
  return Users{std::move(users), these, std::move(pam)};
}

ftplike::Bans make_bans(const Configuration& configuration) {
  if (configuration.ban_file.empty() && configuration.ban_rules.failures == 0) return ftplike::Bans{};
  try {
    return ftplike::Bans{configuration.ban_rules, path_of(configuration.ban_file)};
  } catch (const std::exception& error) {
    throw Failure{Ending::bad_configuration, std::string{"ban-file: "} + error.what()};
  }
}

ftplike::Compression make_compression(const Configuration& configuration) {
  const ftplike::Compression how = configuration.compress ? program_compression() : ftplike::Compression{};
  if (configuration.compress && !how) {
    throw Failure{Ending::bad_configuration, "this program was built without zlib: it compresses nothing"};
  }
  return how;
}

// ---- who looks on ----

/// The observers that the operator asked for, and the files of theirs that can be opened again.
Watch make_watch(const Configuration& configuration, std::vector<ftplike::LineFile>& files,
                 const std::shared_ptr<LiveRows>& rows) {
  Watch watch;
  const auto open = [&files](const std::string& path) {
    files.push_back(open_log(path));
    return files.back();
  };
  if (configuration.explain) {
    watch.explain.emplace(ftplike::End::server, ftplike::LineFile{standard_output}, explain_style(standard_output));
  }
  if (!configuration.log.empty()) {
    using ftplike::LogDetail;
    const auto detail = configuration.log_commands ? LogDetail::commands : LogDetail::sessions;
    if (configuration.log_is_json) {
      watch.json_log.emplace(open(configuration.log), detail);
    } else {
      watch.log.emplace(open(configuration.log), detail);
    }
  }
  if (!configuration.xferlog.empty()) watch.transfer_log.emplace(open(configuration.xferlog));
  if (configuration.metrics) watch.metrics.emplace();
  if (configuration.page) {
    watch.picture.emplace(
        ftplike::End::server, [rows](const Row& row) { rows->add(row); }, section_of);
  }
  if (!configuration.record.empty()) {
    using ftplike::RecordedContents;
    watch.recorder.emplace(ftplike::End::server, open_recording(configuration.record),
                           configuration.record_contents ? RecordedContents::bytes : RecordedContents::digests);
  }
  return watch;
}

// ---- reading again ----

void reread(ServingNetwork& network, Users users, const std::vector<ftplike::LineFile>& files) {
  try {
    network.reread();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ftplike-server: the certificate stays as it was: %s\n", error.what());
  }
  try {
    for (const auto& file : files) file.reopen();
    users.reload();
    std::fprintf(stderr, "ftplike-server: read again: %zu users\n", users.size());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ftplike-server: all stays as it was: %s\n", error.what());
  }
}

// ---- the program ----

/// What is to be seen in a browser: the metrics and the page, on one address or on two.
class WebServers {
 public:
  WebServers(const Configuration& configuration)
      : metrics_at_{web_addresses("metrics", configuration.metrics)}, page_at_{web_addresses("page", configuration.page)} {}

  /// `metrics` tells them all, in the text format of Prometheus. **Errors:** `Failure`.
  void start(const WebServer::Metrics& metrics, const std::shared_ptr<LiveRows>& rows) {
    for (const auto& where : metrics_at_) {
      const bool has_page = where.port() != 0 && std::erase(page_at_, where) > 0;
      start(where, metrics, has_page ? rows : nullptr);
    }
    for (const auto& where : page_at_) start(where, {}, rows);
  }

 private:
  void start(const Endpoint& where, const WebServer::Metrics& metrics,
             const std::shared_ptr<LiveRows>& rows) {
    const auto address = where.address().to_string();
    try {
      const auto here = running_.emplace_back(std::make_unique<WebServer>(where, metrics, rows))->endpoint();
      const auto name = text_of({address, here.port()});
      if (metrics) std::printf("metrics on http://%s/metrics\n", name.c_str());
      if (rows) std::printf("page on http://%s/\n", name.c_str());
    } catch (const std::system_error& error) {
      throw Failure{Ending::no_address, why("cannot listen on " + text_of({address, where.port()}), error.code())};
    }
  }

  std::vector<Endpoint> metrics_at_, page_at_;
  std::vector<std::unique_ptr<WebServer>> running_;
};

template <class Listen> void listen_on(const Endpoint& where, const char* saying, Listen listen) {
  const auto address = where.address().to_string();
  try {
    const Endpoint became = listen(where);
    std::printf(saying, text_of({address, became.port()}).c_str());
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_address, why("cannot listen on " + text_of({address, where.port()}), error.code())};
  }
}

/// Has `listen` begin sessions with the handshake, where this program knows one: where not, `read_certificates` has refused
/// what asks for it.
template <class Listen> Endpoint begin_with_tls(Listen listen) {
  if constexpr (ServingNetwork::has_tls) {
    return listen(ftplike::Beginning::implicit_tls);
  } else {
    return {};
  }
}

template <class Server> Administration administration_of(ServingNetwork::Transport& network, Server& server) {
  return {[&server] { return server.list_sessions(); },
          [&server](Administration::Which which) { return server.end_sessions(std::move(which)); },
          [&server](const std::string& name, const std::string& value) {
            Configuration changed;
            changed.limits = server.limits();
            apply_limit(changed, name, value);
            server.change_limits(changed.limits);
          },
          [&network](ftplike::awaitable<void> operation) {
            return ftplike::within(network, std::chrono::seconds{5}, std::move(operation));
          }};
}

/// Counts what there is a quota of, in place of a count that may be under way. On the executor.
template <class Storage>
void begin_to_count(std::optional<ftplike::StoppableTask>& count, const ServedFiles<Storage>& served,
                    const ftplike::Executor& executor) {
  count.reset();
  if (auto begun = served.count(executor)) count.emplace(*std::move(begun));
}

/// **Errors:** `Failure` where something is wanted that this program, or this system, does not have.
void refuse_what_is_missing(const Configuration& configuration) {
  const auto refuse = [](const char* setting, const char* why) {
    if (why) throw Failure{Ending::bad_configuration, std::string{setting} + ": " + why};
  };
  if (!configuration.admin_socket.empty()) refuse("admin-socket", why_no_admin_sockets());
  if (configuration.metrics) refuse("metrics", why_no_web_servers());
  if (configuration.page) refuse("page", why_no_web_servers());
}

template <class Server> void listen(ServingNetwork::Transport& network, Server& server, const Listeners& listeners) {
  for (const auto& socket : listeners.handed_in) {
    const bool begins_with_tls = socket.name == "ftps";
    auto listener = adopt(network, socket.descriptor);
    const auto accept = [&](auto... how) { return server.accept_from(std::move(listener), how...); };
    const auto where = begins_with_tls ? begin_with_tls(accept) : accept();
    std::printf(begins_with_tls ? "listening with TLS on %s\n" : "listening on %s\n",
                text_of({where.address().to_string(), where.port()}).c_str());
  }
  for (const auto& where : listeners.plain) {
    listen_on(where, "listening on %s\n", [&server](const Endpoint& here) { return server.listen(here); });
  }
  for (const auto& where : listeners.implicit) {
    listen_on(where, "listening with TLS on %s\n", [&server](const Endpoint& here) {
      return begin_with_tls([&](auto how) { return server.listen(here, how); });
    });
  }
}

void print(const ftplike::StopReport& report) {
  std::printf("stopped: %zu sessions ended, %zu cut\n", report.drained, report.cut);
  for (const auto& one : report.stuck) {
    std::printf("stuck: #%llu at %s\n", static_cast<unsigned long long>(one.number), one.activity.c_str());
  }
}

/// Serves what `open` gives.
template <class Storage>
void serve_files(const Configuration& configuration, Storage (*open)(const Configuration&), bool only_check) {
  outlive_readers();
  refuse_what_is_missing(configuration);
  const unsigned threads = configuration.threads ? configuration.threads : ftplike::usable_processors();
  ServingNetwork serving{read_certificates(configuration.tls), threads};
  auto& network = serving.transport;

  const Listeners listeners{configuration};
  const bool has_proxies = !configuration.trusted_proxies.subnets.empty();  // and so clients from anywhere
  ServedFiles<Storage> served{configuration, open};
  auto users = make_users(configuration, listeners.is_beyond_loopback() || has_proxies);
  if (users.admits_nobody()) {
    std::fputs("ftplike-server: nobody can come in: there are no users, and guests may do nothing (see --help)\n",
               stderr);
  }
  auto bans = make_bans(configuration);
  const auto compression = make_compression(configuration);
  std::optional<PartialKeeper> keeper;
  WebServers web{configuration};  // the first to go: it tells what the others know
  if (only_check) return;

  if (!is_bucket(configuration.root)) keeper.emplace([served] { return served.kept_folders(); }, configuration.partial_rules);
  std::vector<ftplike::LineFile> files;
  const auto rows = std::make_shared<LiveRows>();
  Watch watch = make_watch(configuration, files, rows);
  auto metrics = watch.metrics.value_or(ftplike::Metrics{});
  metrics.tell_also([served] { return served.metrics(); });
  ftplike::StopReport report;
  std::optional<Signals> signals;
  std::optional<AdminSocket> admin;
  std::optional<ftplike::StoppableTask> count;
  std::optional<BackgroundWork> places;
  watch.stopped = [&](const ftplike::StopReport& what_became) {
    report = what_became;
    signals->rest();
    asio::post(network.main_executor(), [&count, &places] {
      count.reset();
      places.reset();
    });
    if (admin) admin->rest();
    if (!report.stuck.empty()) network.stop();  // it would wait for them for ever
  };
  ftplike::Server server{network,
                         Dialects{},
                         served,
                         users,
                         configuration.limits,
                         configuration.upload_rules,
                         std::move(bans),
                         configuration.conveniences,
                         configuration.data_ports.value_or(ftplike::DataPorts{}),
                         configuration.public_address,
                         compression,
                         ftplike::Greeting{configuration.greeting},
                         configuration.trusted_proxies,
                         policy_of(configuration.tls),
                         std::move(watch)};
  const auto stop = [&] {
    tell_supervisor("STOPPING=1");
    server.stop();
  };
  const auto read_places = [served] {
    try {
      served.read_places();
      served.forget_counts();
    } catch (const std::exception& error) { std::fprintf(stderr, "ftplike-server: %s\n", error.what()); }
  };
  places.emplace(network.main_executor(), read_places, [&](std::error_code error) {
    if (error) return void(std::fputs("ftplike-server: folders are not read again: too much waits for the disk\n", stderr));
    begin_to_count(count, served, network.main_executor());
  });
  signals.emplace(network.executor(), signal_to_read_again(), stop, [&] {
    reread(serving, users, files);
    places->ask();
  });
  begin_to_count(count, served, network.main_executor());

  if (!configuration.admin_socket.empty()) {
    admin.emplace(network.main_executor(), configuration.admin_socket, administration_of(network, server));
  }
  listen(network, server, listeners);
  const auto all_metrics = [metrics, &serving, &keeper] {
    return metrics.text() + process_metrics(serving.valid_until(), keeper ? std::optional{keeper->last()} : std::nullopt);
  };
  web.start(all_metrics, rows);
  std::fflush(stdout);
  tell_supervisor("READY=1");

  network.run();
  print(report);
}

}  // namespace

void serve(const Configuration& configuration, bool only_check) {
  if (!is_bucket(configuration.root)) return serve_files(configuration, open_folder, only_check);
#ifdef FTPLIKE_HAS_S3
  serve_files(configuration, open_bucket, only_check);
#else
  throw Failure{Ending::bad_configuration, "this program was built without libcurl: it serves no buckets"};
#endif
}
