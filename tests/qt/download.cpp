// The window of examples/qt_download, on a screen that nobody sees.
#include <QApplication>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "../../examples/qt_download/window.hpp"
#include "support/folder.hpp"

namespace {
using namespace ftplike;

class QtDownload : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static int argc = 1;
    static char name[] = "test", *argv[] = {name, nullptr};
    qputenv("QT_QPA_PLATFORM", "offscreen");
    application_ = std::make_unique<QApplication>(argc, argv);
  }
  static void TearDownTestSuite() { application_.reset(); }
  ~QtDownload() override {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return "ftp://anonymous@127.0.0.1:" + std::to_string(port_); }
  /// Gives the window its events until it says how the download ended.
  static std::string verdict_of(const DownloadWindow& window) {
    const auto* label = window.findChild<QLabel*>();
    while (label->text().isEmpty()) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return label->text().toStdString();
  }
  /// How the server saw the transfer end, which it tells a moment after the window.
  std::error_code end_at_server() const {
    ended_.wait(false);
    return error_;
  }

  const std::string bytes_ = std::string(20'000'000, 'x') + "end";
  TestFolder folder_;

 private:
  static inline std::unique_ptr<QApplication> application_;
  struct Watch {
    QtDownload& test;
    void operator()(const TransferEnded& transfer) const {
      test.error_ = transfer.error;
      test.ended_ = true;
      test.ended_.notify_all();
    }
  };

  std::atomic<bool> ended_ = false;
  std::error_code error_;
  TcpTransport network_;
  ServerOf<TcpTransport, MemoryStorage, Watch> server_{network_, MemoryStorage{{"/big", bytes_}}, Watch{*this}};
  const unsigned port_ = server_.listen("127.0.0.1", 0).port();
  std::thread thread_{[this] { network_.run(); }};
};

TEST_F(QtDownload, FillsItsBarAndTheFile) {
  DownloadWindow window{url(), "big", folder_.string()};
  window.show();
  EXPECT_EQ(verdict_of(window), "done");
  EXPECT_EQ(window.findChild<QProgressBar*>()->value(), 1000);
  EXPECT_FALSE(end_at_server());
  EXPECT_TRUE(folder_.read("big") == bytes_);
}

TEST_F(QtDownload, EndsWhenTheButtonIsPressedInTheMiddleAndLeavesNoFileOfThatName) {
  DownloadWindow window{url(), "big", folder_.string()};
  window.show();
  auto* bar = window.findChild<QProgressBar*>();
  auto* button = window.findChild<QPushButton*>();
  QObject::connect(bar, &QProgressBar::valueChanged, button, &QPushButton::click);
  EXPECT_NE(verdict_of(window), "done");
  EXPECT_LT(bar->value(), 1000);
  EXPECT_TRUE(end_at_server());
  EXPECT_FALSE(folder_.has("big"));
}

TEST_F(QtDownload, MayBeClosedInTheMiddle) {
  {
    DownloadWindow window{url(), "big", folder_.string()};
    window.show();
    auto* bar = window.findChild<QProgressBar*>();
    while (bar->value() <= 0) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
  }
  EXPECT_TRUE(end_at_server());
  EXPECT_FALSE(folder_.has("big"));
}

}  // namespace
