#pragma once
// The bodies of `BasicBlockingClient`.
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/bodies.hpp>

namespace ftplike::inline v0_2 {

template <Transport T, class DataChannel, class Observer>
BasicBlockingClient<T, DataChannel, Observer>::BasicBlockingClient(Url url, ClientOptions options, Observer observer)
  requires(std::default_initializable<T>)
    : BasicBlockingClient{std::make_unique<T>(), std::move(url), std::move(options), std::move(observer)} {}
template <Transport T, class DataChannel, class Observer>
BasicBlockingClient<T, DataChannel, Observer>::BasicBlockingClient(std::string host, std::uint16_t port,
                                                                   ClientOptions options, Observer observer)
  requires(std::default_initializable<T>)
    : BasicBlockingClient{Url{std::move(host), port}, std::move(options), std::move(observer)} {}
template <Transport T, class DataChannel, class Observer>
BasicBlockingClient<T, DataChannel, Observer>::BasicBlockingClient(T& network, Url url, ClientOptions options,
                                                                   Observer observer)
    : runner_{network} {
  auto connecting = connect<DataChannel>(network, std::move(url), std::move(options), std::move(observer));
  client_.emplace(run(std::move(connecting)));
}
template <Transport T, class DataChannel, class Observer>
BasicBlockingClient<T, DataChannel, Observer>::BasicBlockingClient(std::unique_ptr<T> network, Url url,
                                                                   ClientOptions options, Observer observer)
    : BasicBlockingClient{*network, std::move(url), std::move(options), std::move(observer)} {
  network_ = std::move(network);
}
template <Transport T, class DataChannel, class Observer>
BasicBlockingClient<T, DataChannel, Observer>::~BasicBlockingClient() = default;
template <Transport T, class DataChannel, class Observer>
typename BasicBlockingClient<T, DataChannel, Observer>::Session&
BasicBlockingClient<T, DataChannel, Observer>::session() noexcept {
  return *client_;
}
template <Transport T, class DataChannel, class Observer>
bool BasicBlockingClient<T, DataChannel, Observer>::is_open() const noexcept {
  return client_->is_open();
}
template <Transport T, class DataChannel, class Observer>
Dialect BasicBlockingClient<T, DataChannel, Observer>::dialect() const noexcept {
  return client_->dialect();
}
template <Transport T, class DataChannel, class Observer>
const Features& BasicBlockingClient<T, DataChannel, Observer>::features() const noexcept {
  return client_->features();
}
template <Transport T, class DataChannel, class Observer>
const Reply& BasicBlockingClient<T, DataChannel, Observer>::greeting() const noexcept {
  return client_->greeting();
}
template <Transport T, class DataChannel, class Observer>
Endpoint BasicBlockingClient<T, DataChannel, Observer>::peer() const {
  return client_->peer();
}
template <Transport T, class DataChannel, class Observer>
Endpoint BasicBlockingClient<T, DataChannel, Observer>::local() const {
  return client_->local();
}
template <Transport T, class DataChannel, class Observer>
Reply BasicBlockingClient<T, DataChannel, Observer>::command(std::string text) {
  return run(client_->command(std::move(text)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::get_in_step() {
  run(client_->get_in_step());
}
template <Transport T, class DataChannel, class Observer> void BasicBlockingClient<T, DataChannel, Observer>::noop() {
  run(client_->noop());
}
template <Transport T, class DataChannel, class Observer> void BasicBlockingClient<T, DataChannel, Observer>::quit() {
  run(client_->quit());
}
template <Transport T, class DataChannel, class Observer> void BasicBlockingClient<T, DataChannel, Observer>::close() {
  client_->close();
}
template <Transport T, class DataChannel, class Observer>
std::string BasicBlockingClient<T, DataChannel, Observer>::pwd() {
  return run(client_->pwd());
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::cwd(std::string path) {
  run(client_->cwd(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::mkdir(std::string path) {
  run(client_->mkdir(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::rmdir(std::string path) {
  run(client_->rmdir(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
std::vector<Entry> BasicBlockingClient<T, DataChannel, Observer>::list(std::string path) {
  return run(client_->list(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::list(std::string path, Visit visit) {
  run(client_->list(std::move(path), std::move(visit)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::walk(std::string path, WalkVisit visit) {
  run(client_->walk(std::move(path), std::move(visit)));
}
template <Transport T, class DataChannel, class Observer>
Entry BasicBlockingClient<T, DataChannel, Observer>::stat(std::string path) {
  return run(client_->stat(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
bool BasicBlockingClient<T, DataChannel, Observer>::exists(std::string path) {
  return run(client_->exists(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
std::uint64_t BasicBlockingClient<T, DataChannel, Observer>::size(std::string path) {
  return run(client_->size(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
std::uint64_t BasicBlockingClient<T, DataChannel, Observer>::stored_size(std::string path) {
  return run(client_->stored_size(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
Timestamp BasicBlockingClient<T, DataChannel, Observer>::modified(std::string path) {
  return run(client_->modified(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
std::optional<RemoteDigest> BasicBlockingClient<T, DataChannel, Observer>::digest(std::string path) {
  return run(client_->digest(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::set_modified(std::string path, Timestamp time) {
  run(client_->set_modified(std::move(path), time));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::chmod(std::string path, unsigned mode) {
  run(client_->chmod(std::move(path), mode));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::remove(std::string path) {
  run(client_->remove(std::move(path)));
}
template <Transport T, class DataChannel, class Observer>
void BasicBlockingClient<T, DataChannel, Observer>::rename(std::string from, std::string to) {
  run(client_->rename(std::move(from), std::move(to)));
}
template <Transport T, class DataChannel, class Observer>
TransferResult BasicBlockingClient<T, DataChannel, Observer>::download(std::string remote, std::string local,
                                                                       TransferOptions options) {
  return run(client_->download(std::move(remote), std::move(local), std::move(options)));
}
template <Transport T, class DataChannel, class Observer>
TransferResult BasicBlockingClient<T, DataChannel, Observer>::download(std::string remote, DirectoryStorage folder,
                                                                       Path path, TransferOptions options) {
  return run(client_->download(std::move(remote), std::move(folder), std::move(path), std::move(options)));
}
template <Transport T, class DataChannel, class Observer>
typename BasicBlockingClient<T, DataChannel, Observer>::File BasicBlockingClient<T, DataChannel, Observer>::open(
    std::string remote, std::uint64_t offset, TransferOptions options) {
  return File{*this, run(client_->open(std::move(remote), offset, std::move(options)))};
}
template <Transport T, class DataChannel, class Observer>
TransferResult BasicBlockingClient<T, DataChannel, Observer>::upload(std::string local, std::string remote,
                                                                     TransferOptions options) {
  return run(client_->upload(std::move(local), std::move(remote), std::move(options)));
}
template <Transport T, class DataChannel, class Observer>
TransferResult BasicBlockingClient<T, DataChannel, Observer>::append(std::string local, std::string remote,
                                                                     TransferOptions options) {
  return run(client_->append(std::move(local), std::move(remote), std::move(options)));
}
template <Transport T, class DataChannel, class Observer>
TransferResult BasicBlockingClient<T, DataChannel, Observer>::upload_unique(std::string local, std::string wished,
                                                                            TransferOptions options) {
  return run(client_->upload_unique(std::move(local), std::move(wished), std::move(options)));
}
template <Transport T, class DataChannel, class Observer> void BasicBlockingClient<T, DataChannel, Observer>::cancel() {
  runner_.cancel();
}

}  // namespace ftplike::inline v0_2
