// expect: CheckProgressCallback<Culprit.*cannot be called with a const Progress|cannot be called with a const Progress.*CheckProgressCallback<Culprit
#include <ftplike/client/options.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(double share) const;
};

void tell(TransferOptions& options) { options.progress = Culprit{}; }
