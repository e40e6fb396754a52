#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <ftplike/profile.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

// The parts that a server is given are told apart by what they can do, and one that can do nothing of that is refused:
// it would have no effect, and be missed only when it is too late.

enum class PartKind { profile, storage, authenticator, setting, observer, application, none };

template <class X> constexpr bool is_observers = false;
template <class... All> constexpr bool is_observers<Observers<All...>> = true;

template <class X> constexpr bool is_application = false;
template <class T> constexpr bool is_application<Application<T>> = true;

template <class Part> constexpr bool is_storage = ReadableStorage<Part> || GivesStorages<Part>;
template <class Part> constexpr bool is_profile = std::is_base_of_v<Profile, Part>;
template <class Part> constexpr bool is_observer = std::is_same_v<Part, NoObserver> || is_observers<Part> ||
                                                   takes_one_of<Part>(AllEvents{});

template <class Part> constexpr PartKind kind_of() {
  if (is_setting<Part>) return PartKind::setting;
  if (is_profile<Part>) return PartKind::profile;
  if (is_application<Part>) return PartKind::application;
  if (is_storage<Part>) return PartKind::storage;
  if (Authenticator<Part>) return PartKind::authenticator;
  if (is_observer<Part>) return PartKind::observer;
  return PartKind::none;
}

// ---- what a part was meant to be ----

// A name that a class inherits from two sides cannot be looked up: so a class is seen to have a member of that name,
// whatever it is and whoever may use it. Of one that cannot be inherited, only what everybody may use is seen.
struct NamesLogIn {
  int log_in;
  template <class C> static constexpr bool found_in = requires { &C::log_in; };
};
struct NamesGuest {
  int guest;
  template <class C> static constexpr bool found_in = requires { &C::guest; };
};
struct NamesOpen {
  int open;
  template <class C> static constexpr bool found_in = requires { &C::open; };
};
struct NamesStat {
  int stat;
  template <class C> static constexpr bool found_in = requires { &C::stat; };
};
struct NamesList {
  int list;
  template <class C> static constexpr bool found_in = requires { &C::list; };
};
struct NamesStorageFor {
  int storage_for;
  template <class C> static constexpr bool found_in = requires { &C::storage_for; };
};
template <class Part, class Name> struct Both : Part, Name {};
template <class Part, class Name> constexpr bool has() {
  if constexpr (std::is_class_v<Part> && !std::is_final_v<Part>) {
    return !Name::template found_in<Both<Part, Name>>;
  } else {
    return Name::template found_in<Part>;
  }
}
template <class Part> constexpr bool has_log_in() { return has<Part, NamesLogIn>(); }
template <class Part> constexpr bool has_guest() { return has<Part, NamesGuest>(); }
template <class Part> constexpr bool has_files() {
  return has<Part, NamesOpen>() || has<Part, NamesStat>() || has<Part, NamesList>() || has<Part, NamesStorageFor>();
}

// ---- faults, each named after what is wrong and instantiated with whose it is ----

template <class Part> struct PartIsNoAuthenticator {
  static constexpr bool can_log_in = requires(Part & users, const Credentials& credentials) {
    users.log_in(credentials);
  };
  static constexpr bool logs_in = requires(Part & users, const Credentials& credentials) {
    { users.log_in(credentials) } -> std::same_as<awaitable<std::optional<Account>>>;
  };
  static_assert(can_log_in, "an authenticator needs a public log_in(const Credentials&)");
  static_assert(!can_log_in || logs_in,
                "log_in of an authenticator has to be awaitable: it gives awaitable<std::optional<Account>>");
  static_assert(!logs_in,
                "an authenticator needs a public guest(), which gives std::optional<Account>: what sessions "
                "without a login may do, or std::nullopt");
};

template <class Part> struct PartIsNoStorage {
  static constexpr bool has_stat = requires(Part & files, const Path& path) {
    { files.stat(path) } -> std::same_as<awaitable<Entry>>;
  };
  static constexpr bool has_list = requires(Part & files, const Path& path, typename Part::Listing& listing) {
    { files.list(path) } -> std::same_as<awaitable<typename Part::Listing>>;
    { listing.next() } -> std::same_as<awaitable<std::vector<Entry>>>;
  };
  static constexpr bool has_open = requires(Part & files, const Path& path) {
    requires ByteSource<typename Part::Reader>;
    { files.open(path, std::uint64_t{}) } -> std::same_as<awaitable<typename Part::Reader>>;
  };
  static constexpr bool gives = has<Part, NamesStorageFor>();
  static_assert(!gives, "storage_for(const Visitor&) has to give a storage");
  static_assert(gives || has_stat, "a storage needs stat(path), which gives awaitable<Entry>");
  static_assert(!has_stat || has_list,
                "a storage needs a type Listing, whose next() gives "
                "awaitable<std::vector<Entry>>, and list(path), which gives awaitable<Listing>");
  static_assert(!(has_stat && has_list) || has_open,
                "a storage needs a type Reader, which is a ByteSource, and "
                "open(path, offset), which gives awaitable<Reader>");
  static_assert(!(has_stat && has_list && has_open), "a storage needs label(), which gives a std::string");
};
/// Of each ability of a storage: whether it has a function of that name, and one that is as it has to be. What a class
/// has deleted or keeps to itself is none.
template <class Files> struct Abilities {
  static constexpr bool create = requires { &Files::create; } || requires(Files& files, const Path& path) { files.create(path, 0u); };
  static constexpr bool append = requires { &Files::append; } || requires(Files& files, const Path& path) { files.append(path); };
  static constexpr bool create_unique = requires { &Files::create_unique; } || requires(Files& files, const Path& path) { files.create_unique(path); };
  static constexpr bool partial_size = requires { &Files::partial_size; } || requires(Files& files, const Path& path) { files.partial_size(path); };
  static constexpr bool make_directory = requires { &Files::make_directory; } || requires(Files& files, const Path& path) { files.make_directory(path); };
  static constexpr bool remove = requires { &Files::remove; } || requires(Files& files, const Path& path) { files.remove(path); };
  static constexpr bool remove_directory = requires { &Files::remove_directory; } || requires(Files& files, const Path& path) { files.remove_directory(path); };
  static constexpr bool rename = requires { &Files::rename; } || requires(Files& files, const Path& path) { files.rename(path, path); };
  static constexpr bool set_modified = requires { &Files::set_modified; } || requires(Files& files, const Path& path) { files.set_modified(path, Timestamp{}); };
  static constexpr bool set_mode = requires { &Files::set_mode; } || requires(Files& files, const Path& path) { files.set_mode(path, 0u); };
  static constexpr bool available = requires { &Files::available; } || requires(Files& files, const Path& path) { files.available(path); };
  static constexpr bool usage = requires { &Files::usage; } || requires(Files& files, const Path& path) { files.usage(path, true); };
  static constexpr bool target = requires { &Files::target; } || requires(Files& files, const Path& path) { files.target(path); };

  static constexpr bool are_good =
      (!create || WritableStorage<Files>) &&
      (!append || AppendsToFiles<Files>) &&
      (!create_unique || MakesUniqueNames<Files>) &&
      (!partial_size || KeepsPartialFiles<Files>) &&
      (!make_directory || MakesDirectories<Files>) &&
      (!remove || RemovesFiles<Files>) &&
      (!remove_directory || RemovesDirectories<Files>) &&
      (!rename || RenamesFiles<Files>) &&
      (!set_modified || SetsTimes<Files>) &&
      (!set_mode || KeepsModes<Files>) &&
      (!available || TellsFreeSpace<Files>) &&
      (!usage || TellsUsage<Files>) &&
      (!target || TellsTargets<Files>);
};
template <class Part> struct PartIsNoWholeStorage {
  using Has = Abilities<Part>;
  static_assert(!Has::create || WritableStorage<Part>, "a storage's create(path, offset) gives awaitable<Writer>, and Writer is as WritableStorage describes it");
  static_assert(!Has::append || AppendsToFiles<Part>, "a storage's append(path) gives awaitable<Writer>, as create(path, offset) does");
  static_assert(!Has::create_unique || MakesUniqueNames<Part>, "a storage's create_unique(path) gives awaitable<Writer>, as create(path, offset) does");
  static_assert(!Has::partial_size || KeepsPartialFiles<Part>, "a storage's partial_size(path) gives awaitable<std::uint64_t>");
  static_assert(!Has::make_directory || MakesDirectories<Part>, "a storage's make_directory(path) gives awaitable<void>");
  static_assert(!Has::remove || RemovesFiles<Part>, "a storage's remove(path) gives awaitable<void>");
  static_assert(!Has::remove_directory || RemovesDirectories<Part>, "a storage's remove_directory(path) gives awaitable<void>");
  static_assert(!Has::rename || RenamesFiles<Part>, "a storage's rename(from, to) gives awaitable<void>");
  static_assert(!Has::set_modified || SetsTimes<Part>, "a storage's set_modified(path, time) gives awaitable<void>");
  static_assert(!Has::set_mode || KeepsModes<Part>, "a storage's set_mode(path, mode) gives awaitable<void>");
  static_assert(!Has::available || TellsFreeSpace<Part>, "a storage's available(path) gives awaitable<std::uint64_t>");
  static_assert(!Has::usage || TellsUsage<Part>, "a storage's usage(path, below) gives awaitable<TreeUsage>");
  static_assert(!Has::target || TellsTargets<Part>, "a storage's target(path) gives awaitable<Path>");
};

template <class Part> struct PartIsNothingThatAServerKnows {
  static_assert(never<Part>,
                "this is no part of a server: no profile, no storage, no authenticator and no setting, and "
                "as an observer it would take none of the events of io/observer.hpp");
};
template <class Part> struct PartIsTwoKindsInOne {
  static_assert(never<Part>,
                "a server takes a part as one kind: split what is two of a profile, a storage, an "
                "authenticator and an observer");
};

template <class First, class Second> struct TwoPartsOfOneKind {
  static constexpr PartKind kind = kind_of<First>();
  static_assert(kind != PartKind::observer, "a server takes one observer: wrap them in Observers{}");
  static_assert(kind != PartKind::storage, "a server takes one storage");
  static_assert(kind != PartKind::authenticator, "a server takes one authenticator");
  static_assert(kind != PartKind::profile, "a server takes one profile");
  static_assert(kind != PartKind::application, "a server takes one application: a struct of references where there are more");
  static_assert(kind != PartKind::setting, "a server takes each setting once");
};

template <class Part> struct PartIsMissing {
  static_assert(never<Part>,
                "a server has to be given this part, which cannot be made by default; without any other "
                "storage it is a DirectoryStorage of a folder");
};
template <class P, class Part> struct PartIsNotOfThisServer {
  static_assert(never<P, Part>,
                "this server's type names another part of this kind: let its parts make the type, by "
                "Server server{...}, or by ServerOf<transport, parts...>");
};

/// What is wrong with a part: one of the types above, which does not compile, or `NoFault`.
template <class Part> constexpr auto fault_of_part() {
  constexpr PartKind kind = kind_of<Part>();
  constexpr int kinds = int{is_profile<Part>} + int{is_storage<Part>} + int{Authenticator<Part>} +
                        int{kind != PartKind::setting && is_observer<Part>};
  if constexpr (kinds > 1) {
    return std::type_identity<PartIsTwoKindsInOne<Part>>{};
  } else if constexpr (kind != PartKind::authenticator && has_log_in<Part>()) {
    return std::type_identity<PartIsNoAuthenticator<Part>>{};
  } else if constexpr (kind == PartKind::storage && !Abilities<typename Given<Part>::type>::are_good) {
    return std::type_identity<PartIsNoWholeStorage<typename Given<Part>::type>>{};
  } else if constexpr (is_observers<Part>) {
    return std::type_identity<NoFault>{};  // they were looked at one by one
  } else if constexpr (kind == PartKind::observer ||
                       (kind == PartKind::none && would_change_one_of<Part>(AllEvents{}))) {
    return fault_of_observer<Part>();
  } else if constexpr (kind == PartKind::none && has_guest<Part>()) {
    return std::type_identity<PartIsNoAuthenticator<Part>>{};
  } else if constexpr (kind == PartKind::none && has_files<Part>()) {
    return std::type_identity<PartIsNoStorage<Part>>{};
  } else if constexpr (kind == PartKind::none) {
    return std::type_identity<PartIsNothingThatAServerKnows<Part>>{};
  } else {
    return std::type_identity<NoFault>{};
  }
}

template <class First, class Second>
constexpr bool are_of_one_kind = kind_of<First>() != PartKind::none&& kind_of<First>() == kind_of<Second>() &&
                                 (kind_of<First>() != PartKind::setting || std::is_same_v<First, Second>);

/// What is wrong with several parts: the first two of one kind, or `NoFault`.
template <class... Parts> constexpr std::type_identity<NoFault> fault_of_parts(std::type_identity<Parts>...) {
  return {};
}
template <class First, class Second, class... Rest> constexpr auto fault_of_parts(std::type_identity<First> first,
                                                                                  std::type_identity<Second>,
                                                                                  std::type_identity<Rest>... rest) {
  if constexpr (are_of_one_kind<First, Second>) {
    return std::type_identity<TwoPartsOfOneKind<First, Second>>{};
  } else if constexpr ((are_of_one_kind<First, Rest> || ...)) {
    return fault_of_parts(first, rest...);
  } else {
    return fault_of_parts(std::type_identity<Second>{}, rest...);
  }
}

template <class Base, class S, class A, class O, class Objects> struct Assembled : Base {
  using Storage = S;
  using Authenticator = A;
  using Observer = O;
  using Application = Objects;
};

/// The first of Parts that is of this kind, else Default.
template <PartKind Kind, class Default, class... Parts> struct FirstOfKind { using type = Default; };
template <PartKind Kind, class Default, class First, class... Rest> struct FirstOfKind<Kind, Default, First, Rest...> {
  using type = typename std::conditional_t<kind_of<First>() == Kind, std::type_identity<First>,
                                           FirstOfKind<Kind, Default, Rest...>>::type;
};

/// The profile that a server's parts make together.
template <class Default, class... Parts> struct ProfileOf {
  static_assert(((sizeof(typename decltype(fault_of_part<Parts>())::type) > 0) && ...));
  static_assert(sizeof(typename decltype(fault_of_parts(std::type_identity<Parts>{}...))::type) > 0);
  using Base = typename FirstOfKind<PartKind::profile, Default, Parts...>::type;
  using type = Assembled<Base, typename FirstOfKind<PartKind::storage, typename Base::Storage, Parts...>::type,
                         typename FirstOfKind<PartKind::authenticator, typename Base::Authenticator, Parts...>::type,
                         typename FirstOfKind<PartKind::observer, typename Base::Observer, Parts...>::type,
                         typename FirstOfKind<PartKind::application, typename Base::Application, Parts...>::type>;
};

/// What is wrong with a part of a server whose profile is P: it names another one of its kind. `NoFault` if it does
/// not.
template <class P, class Part> constexpr auto fault_of_place() {
  constexpr PartKind kind = kind_of<Part>();
  constexpr bool is_elsewhere = (kind == PartKind::profile && !std::is_base_of_v<Part, P>) ||
                                (kind == PartKind::storage && !std::is_same_v<Part, typename P::Storage>) ||
                                (kind == PartKind::authenticator && !std::is_same_v<Part, typename P::Authenticator>) ||
                                (kind == PartKind::observer && !std::is_same_v<Part, typename P::Observer>) ||
                                (kind == PartKind::application && !std::is_same_v<Part, typename P::Application>);
  return std::type_identity<std::conditional_t<is_elsewhere, PartIsNotOfThisServer<P, Part>, NoFault>>{};
}
/// What is wrong with a part that a server needs, given these. `NoFault` if it is one of them or made by default.
template <class Part, class... Parts> constexpr auto fault_of_need() {
  constexpr bool is_there = (std::is_same_v<Part, Parts> || ...) || std::is_default_constructible_v<Part>;
  return std::type_identity<std::conditional_t<is_there, NoFault, PartIsMissing<Part>>>{};
}

template <class... Faults> constexpr bool are_no_faults = (std::is_same_v<Faults, std::type_identity<NoFault>> && ...);

/// Compiles only if a server of the profile P can be given these parts.
template <class P, class... Parts> struct CheckedParts {
  using Together = decltype(fault_of_parts(std::type_identity<Parts>{}...));
  static constexpr bool are_good = are_no_faults<Together, decltype(fault_of_part<Parts>())...>;
  /// A fault that only counts where the parts as such have none.
  template <class Fault> using Then = std::conditional_t<are_good, Fault, std::type_identity<NoFault>>;

  static_assert(((sizeof(typename decltype(fault_of_part<Parts>())::type) > 0) && ...));
  static_assert(sizeof(typename Together::type) > 0);
  static_assert(((sizeof(typename Then<decltype(fault_of_place<P, Parts>())>::type) > 0) && ...));
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Storage, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Authenticator, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Observer, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Application, Parts...>())>::type) > 0);
};

}  // namespace detail
}  // namespace ftplike
