#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <ftplike/command/command.hpp>
#include <ftplike/command/perfect_hash.hpp>

namespace ftplike::inline v0_2 {

template <class... Commands> class CommandTable;

namespace detail {

template <class C> inline constexpr Verb command_verb{C::verb};

/// A verb that several have; the empty one if there is none.
template <std::size_t N> consteval Verb repeated_among(const std::array<Verb, N>& verbs) {
  for (std::size_t i = 1; i < N; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (verbs[i] && verbs[i] == verbs[k]) return verbs[i];
    }
  }
  return {};
}

// A struct for each command and not for each command of each table, so that it is looked at once.
template <class C, bool is_unique> struct CheckVerb {
  static_assert(static_cast<bool>(command_verb<C>), "ftplike: the verb of command C must be 1 to 8 letters or digits");
  static_assert(is_unique,
                "ftplike: two commands of this table have the same verb, C is one of them: use ::Replacing<C>");
  static constexpr bool ok = true;
};
template <class C, class S> struct CheckCommand {
  static_assert(Command<C, S>,
                "ftplike: command C cannot run on session S: it needs `static Reply run(auto& session, "
                "std::string_view argument)` or the same with awaitable<Reply>, and S must offer what run() requires");
  static constexpr bool ok = true;
};

template <class Kept, template <class> class Keep, class... Commands> struct Filter;
template <class... Kept, template <class> class Keep> struct Filter<CommandTable<Kept...>, Keep> {
  using type = CommandTable<Kept...>;
};
template <class... Kept, template <class> class Keep, class C, class... Rest>
struct Filter<CommandTable<Kept...>, Keep, C, Rest...> {
  using type = typename Filter<std::conditional_t<Keep<C>::value, CommandTable<Kept..., C>, CommandTable<Kept...>>,
                               Keep, Rest...>::type;
};

}  // namespace detail

/// The commands that a session understands, fixed at compile time. One table is made from another by `With<More…>`,
/// `Without<These…>` and `Replacing<C…>` (each C takes the place of the command with its verb).
template <class... Commands> class CommandTable {
  static constexpr Verb repeated = detail::repeated_among(std::array<Verb, sizeof...(Commands)>{detail::command_verb<Commands>...});
  static_assert((detail::CheckVerb<Commands, !repeated || detail::command_verb<Commands> != repeated>::ok && ...));

  template <class... These> struct NotOneOf {
    template <class C> using test = std::bool_constant<(!std::is_same_v<C, These> && ...)>;
  };
  template <class... These> struct NotLike {
    template <class C> using test = std::bool_constant<((detail::command_verb<C> != detail::command_verb<These>)&&...)>;
  };
  template <class S> struct AvailableOn {
    template <class C> using test = std::bool_constant<detail::available_on<C, S>()>;
  };
  template <template <class> class Keep> using Filtered =
      typename std::conditional_t<(Keep<Commands>::value && ...), std::type_identity<CommandTable>,
                                  detail::Filter<CommandTable<>, Keep, Commands...>>::type;

 public:
  /// This table and more commands. One whose verb is there already does not compile.
  template <class... More> using With = CommandTable<Commands..., More...>;
  /// This table without some of its commands.
  template <class... These> using Without = Filtered<NotOneOf<These...>::template test>;
  /// This table, with each of these in the place of the command of the same verb.
  template <class... These> using Replacing =
      typename Filtered<NotLike<These...>::template test>::template With<These...>;
  /// Those that make sense on sessions of type S.
  template <class S> using On = Filtered<AvailableOn<S>::template test>;

  /// How many commands it has.
  static constexpr std::size_t size = sizeof...(Commands);

  /// What the command of that verb expects after it, on whatever session; nothing if there is no such command.
  static constexpr std::optional<ArgumentRule> argument_after([[maybe_unused]] Verb verb) noexcept {
    std::optional<ArgumentRule> rule;
    ((verb == detail::command_verb<Commands> ? void(rule = detail::argument_of<Commands>()) : void()), ...);
    return rule;
  }

  /// What a session looks at before and when it runs a command. One of `answer` and `run` is set.
  template <class S> struct Entry {
    Verb verb;  // what it is called by
    std::string_view help;  // its line of HELP
    ArgumentRule argument;  // what it expects behind its verb
    bool before_login, at_once, interruptible, keeps_prepared, keeps_blanks;  // as `Command` has them
    bool (*secret)(const S&, std::string_view);  // null: its argument is not
    bool (*allowed)(const S&);                   // null: to everybody
    std::string (*feature)(const S&);            // null: none
    Reply (*answer)(S&, std::string_view);  // of a command that does not wait; else null
    awaitable<Reply> (*run)(S&, std::string_view);  // of a command that waits; else null
  };

  /// All entries, in the order of the table.
  template <class S> static const std::array<Entry<S>, size>& entries() noexcept {
    static_assert((detail::CheckCommand<Commands, S>::ok && ...));
    static constexpr std::array<Entry<S>, size> all{entry<S, Commands>()...};
    return all;
  }

  /// The entry for `verb`, or null: one multiplication, one load, one comparison.
  template <class S> static const Entry<S>* find(Verb verb) noexcept {
    if constexpr (size == 0) {
      return nullptr;
    } else {
      const auto& found = entries<S>()[hash(verb.bits())];
      return found.verb == verb ? &found : nullptr;
    }
  }

 private:
  template <class S, class C> static constexpr Entry<S> entry() {
    Entry<S> made{detail::command_verb<C>,
                  detail::help_of<C>(),
                  detail::argument_of<C>(),
                  detail::before_login_of<C>(),
                  detail::at_once_of<C>(),
                  detail::interruptible_of<C>(),
                  detail::keeps_prepared_of<C>(),
                  detail::keeps_blanks_of<C>(),
                  detail::secret_on<C, S>(),
                  detail::allowed_on<C, S>(),
                  detail::feature_of<C, S>(),
                  nullptr,
                  nullptr};
    if constexpr (std::same_as<detail::ResultOf<C, S>, Reply>) {
      made.answer = detail::run_of<C, S>();
    } else {
      made.run = detail::run_of<C, S>();
    }
    return made;
  }
  static constexpr PerfectHash<size> hash{std::array<std::uint64_t, size>{detail::command_verb<Commands>.bits()...}};
};

}  // namespace ftplike
