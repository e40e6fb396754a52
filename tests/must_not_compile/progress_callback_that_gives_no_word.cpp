// expect: CheckProgressCallback<Culprit.*has to give a Go or nothing|has to give a Go or nothing.*CheckProgressCallback<Culprit
#include <ftplike/client/options.hpp>

using namespace ftplike;

struct Culprit {
  bool operator()(const Progress&) const;
};

void tell(TransferOptions& options) { options.progress = Culprit{}; }
