#pragma once
// A window that shows how a download goes on, and can cancel it. There is one thread: Qt's. Between its events a timer
// lets the io_context do what it has to do.
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include <ftplike/ftplike.hpp>

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>
#include <QWidget>

class DownloadWindow : public QWidget {
 public:
  /// Downloads file `name` from the server of `url` into a folder, at once.
  DownloadWindow(std::string url, std::string name, std::string folder) {
    auto* layout = new QVBoxLayout{this};
    layout->addWidget(&label_);
    layout->addWidget(&bar_);
    layout->addWidget(&button_);
    bar_.setRange(0, 0);  // busy, as long as the size is not known
    // [readme]
    QObject::connect(&button_, &QPushButton::clicked, [this] { cancel_.emit(asio::cancellation_type::terminal); });
    asio::co_spawn(loop_, download(std::move(url), std::move(name), std::move(folder)),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr failure) { end(failure); }));
    QObject::connect(&timer_, &QTimer::timeout, [this] {
      const auto enough = std::chrono::steady_clock::now() + std::chrono::milliseconds{5};
      while (std::chrono::steady_clock::now() < enough && loop_.poll_one() > 0) {}
      if (loop_.stopped()) timer_.stop();  // nothing is left to do
    });
    timer_.start(std::chrono::milliseconds{5});
    // [/readme]
  }

 private:
  ftplike::awaitable<void> download(std::string url, std::string name, std::string folder) {
    auto client = co_await ftplike::connect(network_, url);
    ftplike::TransferOptions options;
    options.progress = [this](const ftplike::Progress& now) {
      if (now.size == 0) return;
      bar_.setRange(0, 1000);
      bar_.setValue(static_cast<int>((now.offset + now.transferred) * 1000 / now.size));
    };
    co_await client.download(name, folder, options);
    co_await client.quit();
  }
  void end(std::exception_ptr failure) {
    button_.setEnabled(false);
    try {
      if (failure) std::rethrow_exception(failure);
      label_.setText("done");
    } catch (const std::exception& error) { label_.setText(error.what()); }
  }

  asio::cancellation_signal cancel_;  // first, for it has to outlive what it can cancel
  asio::io_context loop_{1};
  ftplike::TcpTransport network_{loop_};
  QLabel label_;
  QProgressBar bar_;
  QPushButton button_{"Cancel"};
  QTimer timer_;
};
