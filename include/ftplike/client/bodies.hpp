#pragma once
// The bodies of `Client`.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/client/core.hpp>
#include <ftplike/client/handover.hpp>
#include <ftplike/client/listing.hpp>
#include <ftplike/client/login.hpp>
#include <ftplike/client/path_queries.hpp>
#include <ftplike/client/resume.hpp>
#include <ftplike/client/walk.hpp>
#include <ftplike/io/settled.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

template <Transport T, class DataChannel, class Observer>
struct OwnPartsNeedBodiesHpp<T, Client<T, DataChannel, Observer>> {};

/// What every operation of a client without a session comes to.
template <class R> awaitable<R> without_session() {
  const Executor executor = co_await asio::this_coro::executor;
  throw ClientError{std::make_error_code(std::errc::not_connected), {}, Channel::local};
}

/// The session of a server that was reached, logged in.
template <class Core> awaitable<void> log_in(Core& core, Url url) {
  Login<Core> login{core, url};
  co_await login.run();
}

template <class DataChannel, class T, class Observer>
awaitable<Client<T, DataChannel, Observer>> Connecting::run(T& network, Url url, ClientOptions options,
                                                            Observer observer) {
  const Executor here = co_await asio::this_coro::executor;
  const Executor executor = executor_near(network, here);
  typename T::Stream stream = co_await run_on(executor, connect_to_server(network, url, options));
  using Core = ClientCore<T, DataChannel, Observer>;
  const auto core =
      std::make_shared<Core>(network, executor, std::move(stream), std::move(options), std::move(observer));
  core->host = url.host;
  Client<T, DataChannel, Observer> client{core};
  co_await perform(core, log_in(*core, std::move(url)));
  co_return client;
}

}  // namespace detail

template <Transport T, class DataChannel, class Observer> template <class Begin>
auto Client<T, DataChannel, Observer>::run(Begin begin) {
  using Result = typename std::invoke_result_t<Begin&, Core&>::value_type;
  if (!core_) return detail::without_session<Result>();
  return detail::perform(core_, begin(*core_));
}
template <Transport T, class DataChannel, class Observer>
Client<T, DataChannel, Observer>& Client<T, DataChannel, Observer>::operator=(Client&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}
template <Transport T, class DataChannel, class Observer> Client<T, DataChannel, Observer>::~Client() {
  if (core_) core_->leave();
}
template <Transport T, class DataChannel, class Observer>
bool Client<T, DataChannel, Observer>::is_open() const noexcept {
  return core_ && core_->control().is_open();
}
template <Transport T, class DataChannel, class Observer> Dialect Client<T, DataChannel, Observer>::dialect() const {
  return core().dialect;
}
template <Transport T, class DataChannel, class Observer>
const Features& Client<T, DataChannel, Observer>::features() const {
  return core().features;
}
template <Transport T, class DataChannel, class Observer>
const Reply& Client<T, DataChannel, Observer>::greeting() const {
  return core().greeting;
}
template <Transport T, class DataChannel, class Observer> Endpoint Client<T, DataChannel, Observer>::peer() const {
  return core().peer();
}
template <Transport T, class DataChannel, class Observer> Endpoint Client<T, DataChannel, Observer>::local() const {
  return core().local();
}
template <Transport T, class DataChannel, class Observer>
awaitable<Reply> Client<T, DataChannel, Observer>::command(std::string text) {
  return run([&](Core& session) { return command_on(session, std::move(text)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::get_in_step() {
  return run([&](Core& session) { return session.get_in_step(); });
}
template <Transport T, class DataChannel, class Observer> awaitable<void> Client<T, DataChannel, Observer>::noop() {
  return run([&](Core& session) { return session.demand_only("NOOP"); });
}
template <Transport T, class DataChannel, class Observer> awaitable<void> Client<T, DataChannel, Observer>::quit() {
  if (!is_open()) co_return;
  const std::shared_ptr<Core> leaving = core_;
  Settled<Reply> ignored;
  co_await settle(detail::perform(leaving, leaving->ask("QUIT")), ignored);
  leaving->leave();
}
template <Transport T, class DataChannel, class Observer> void Client<T, DataChannel, Observer>::close() {
  if (core_) core_->leave();
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::string> Client<T, DataChannel, Observer>::pwd() {
  return run([&](Core& session) { return pwd_on(session); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::cwd(std::string path) {
  return run([&](Core& session) { return cwd_on(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::mkdir(std::string path) {
  return run([&](Core& session) { return session.demand_only("MKD " + path); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::rmdir(std::string path) {
  return run([&](Core& session) { return session.demand_only("RMD " + path); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::vector<Entry>> Client<T, DataChannel, Observer>::list(std::string path) {
  return run([&](Core& session) { return detail::list_all(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::list(std::string path, Visit visit) {
  return run([&](Core& session) { return detail::list_entries(session, std::move(path), std::move(visit)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::walk(std::string path, WalkVisit visit) {
  return run([&](Core& session) { return detail::walk_tree(session, std::move(path), std::move(visit)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<Entry> Client<T, DataChannel, Observer>::stat(std::string path) {
  return run([&](Core& session) { return detail::stat_path(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<bool> Client<T, DataChannel, Observer>::exists(std::string path) {
  return run([&](Core& session) { return detail::path_exists(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::uint64_t> Client<T, DataChannel, Observer>::size(std::string path) {
  return run([&](Core& session) { return size_on(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::uint64_t> Client<T, DataChannel, Observer>::stored_size(std::string path) {
  return run([&](Core& session) { return stored_size_on(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<Timestamp> Client<T, DataChannel, Observer>::modified(std::string path) {
  return run([&](Core& session) { return modified_on(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::optional<RemoteDigest>> Client<T, DataChannel, Observer>::digest(std::string path) {
  return run([&](Core& session) { return detail::ask_digest(session, std::move(path)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::set_modified(std::string path, Timestamp time) {
  return run([&](Core& session) {
    const std::string command = detail::time_command(session, path, time);
    if (!command.empty()) return session.demand_only(command);
    return session.demand_only("MFMT " + format_timestamp(time, Fraction::never) + " " + path);
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::chmod(std::string path, unsigned mode) {
  std::string digits;
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7));
  return run([&](Core& session) { return session.demand_only("SITE CHMOD " + digits + " " + path); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::remove(std::string path) {
  return run([&](Core& session) { return session.demand_only("DELE " + path); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::rename(std::string from, std::string to) {
  return run([&](Core& session) { return rename_on(session, std::move(from), std::move(to)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::download(std::string remote, std::string local,
                                                                     TransferOptions options) {
  return run([&](Core& session) {
    return detail::fetch_path(session, std::move(remote), std::move(local), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::download(std::string remote, DirectoryStorage folder,
                                                                     Path path, TransferOptions options) {
  detail::LocalTarget target{std::move(folder), std::move(path)};
  return run([&](Core& session) {
    return detail::fetch_file(session, std::move(remote), std::move(target), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<typename Client<T, DataChannel, Observer>::File> Client<T, DataChannel, Observer>::open(
    std::string remote, std::uint64_t offset, TransferOptions options) {
  if (!core_) return detail::without_session<File>();
  return detail::telling(File::open(core_, std::move(remote), offset, std::move(options)));
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::upload(std::string local, std::string remote,
                                                                   TransferOptions options) {
  return run([&](Core& session) {
    return detail::store_path(session, "STOR", std::move(local), std::move(remote), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::append(std::string local, std::string remote,
                                                                   TransferOptions options) {
  return run([&](Core& session) {
    return detail::store_path(session, "APPE", std::move(local), std::move(remote), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::upload_unique(std::string local, std::string wished,
                                                                          TransferOptions options) {
  return run([&](Core& session) {
    return detail::store_path(session, "STOU", std::move(local), std::move(wished), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
typename Client<T, DataChannel, Observer>::Core& Client<T, DataChannel, Observer>::core() const {
  if (!core_) throw ClientError{std::make_error_code(std::errc::not_connected), {}, Channel::local};
  return *core_;
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::receive_by(std::string command, AnySink sink,
                                                                       TransferOptions options) {
  return run([&](Core& session) { return detail::receive_by(session, std::move(command), sink, std::move(options)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::send_by(std::string command, AnySource source,
                                                                    TransferOptions options) {
  return run([&](Core& session) { return detail::send_by(session, std::move(command), source, std::move(options)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::fetch_into(std::string remote, AnySink sink,
                                                                       TransferOptions options) {
  return run([&](Core& session) { return detail::fetch_into(session, std::move(remote), sink, std::move(options)); });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::fetch_range(std::string remote, AnySink sink,
                                                                        std::uint64_t offset, std::uint64_t length,
                                                                        TransferOptions options) {
  return run([&](Core& session) {
    return detail::fetch_range(session, std::move(remote), sink, offset, length, std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<TransferResult> Client<T, DataChannel, Observer>::store_from(std::string verb, AnySource source,
                                                                       std::string remote, TransferOptions options) {
  return run([&](Core& session) {
    return detail::store_from(session, std::move(verb), source, std::move(remote), std::move(options));
  });
}
template <Transport T, class DataChannel, class Observer>
awaitable<Client<T, DataChannel, Observer>> Client<T, DataChannel, Observer>::connected(T& network, Url url,
                                                                                        ClientOptions options,
                                                                                        Observer observer) {
  return detail::telling(
      detail::Connecting::run<DataChannel>(network, std::move(url), std::move(options), std::move(observer)));
}
template <Transport T, class DataChannel, class Observer>
awaitable<Reply> Client<T, DataChannel, Observer>::command_on(Core& core, std::string text) {
  core.forget_settings();
  co_return co_await core.ask(std::move(text));
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::cwd_on(Core& core, std::string path) {
  core.directory.home_known = false;
  co_await core.demand_only("CWD " + path);
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::string> Client<T, DataChannel, Observer>::pwd_on(Core& core) {
  const Reply answer = co_await core.demand("PWD");
  auto name = parse_quoted(answer.text());
  if (!name) throw ClientError{Errc::bad_reply, "PWD", Channel::control};
  co_return *std::move(name);
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::uint64_t> Client<T, DataChannel, Observer>::size_on(Core& core, std::string path) {
  const auto size = co_await detail::ask_size(core, path);
  if (size) co_await detail::check_stands(core, std::move(path));
  if (!size) throw ClientError{std::make_error_code(std::errc::function_not_supported), "SIZE", Channel::control};
  co_return *size;
}
template <Transport T, class DataChannel, class Observer>
awaitable<std::uint64_t> Client<T, DataChannel, Observer>::stored_size_on(Core& core, std::string path) {
  if (core.dialect == Dialect::ftplike || !core.features.may_have("SIZE")) co_return 0;
  const auto size = co_await detail::if_told(core, detail::ask_size(core, std::move(path)));
  co_return size.value_or(0);
}
template <Transport T, class DataChannel, class Observer>
awaitable<Timestamp> Client<T, DataChannel, Observer>::modified_on(Core& core, std::string path) {
  const auto time = co_await detail::ask_modified(core, std::move(path));
  if (!time) throw ClientError{std::make_error_code(std::errc::function_not_supported), "MDTM", Channel::control};
  co_return *time;
}
template <Transport T, class DataChannel, class Observer>
awaitable<void> Client<T, DataChannel, Observer>::rename_on(Core& core, std::string from, std::string to) {
  const Reply answer = co_await core.ask("RNFR " + from);
  if (!answer.intermediate()) core.fail(answer, "RNFR");
  (void)co_await core.demand("RNTO " + to);
}
template <Transport T, class DataChannel, class Observer>
TlsDetails Client<T, DataChannel, Observer>::tls() const requires SecurableStream<typename T::Stream> {
  return core().control().stream().details();
}

}  // namespace ftplike::inline v0_2
