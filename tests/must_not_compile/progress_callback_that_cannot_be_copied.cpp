// expect: CheckProgressCallback<Culprit.*it cannot be copied|it cannot be copied.*CheckProgressCallback<Culprit
#include <memory>

#include <ftplike/client/options.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(const Progress&) const;
  std::unique_ptr<int> mine;
};

void tell(TransferOptions& options) { options.progress = Culprit{}; }
