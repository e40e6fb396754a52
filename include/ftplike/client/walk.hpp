#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client/listing.hpp>

namespace ftplike::inline v0_2 {

namespace detail {

template <class Core> awaitable<void> walk_tree(Core& core, std::string root, WalkVisit visit) {
  class Branch {
   public:
    Branch(std::string its_path, unsigned its_depth) : path{std::move(its_path)}, depth{its_depth} {}
    std::string path;  // from the root of the walk
    unsigned depth;
  };
  std::vector<Branch> branches;
  branches.emplace_back("", 0);
  while (!branches.empty()) {
    const Branch branch = std::move(branches.back());
    branches.pop_back();
    if (branch.depth > core.options.limits.depth) throw ClientError{Errc::bad_listing, "LIST", Channel::control};
    const std::vector<Entry> entries = co_await list_all(core, joined(root, branch.path));
    std::vector<Branch> inner;
    for (const Entry& entry : entries) {
      if (entry.name.empty()) continue;  // what it is called here would lead elsewhere
      std::string path = joined(branch.path, entry.name);
      if (visit(path, entry) && entry.is_directory()) inner.emplace_back(std::move(path), branch.depth + 1);
    }
    // The last of a stack comes first.
    for (auto next = inner.rbegin(); next != inner.rend(); ++next) branches.push_back(std::move(*next));
  }
}

}  // namespace detail
}  // namespace ftplike
