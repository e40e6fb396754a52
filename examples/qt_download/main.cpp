// qt_download URL NAME: downloads a file of a server into the current folder, in a window.
#include <QApplication>

#include "window.hpp"

int main(int argc, char** argv) {
  QApplication application{argc, argv};
  if (argc != 3) return 2;
  DownloadWindow window{argv[1], argv[2], "."};
  window.show();
  return application.exec();
}
