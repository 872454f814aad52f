// What a C++ function takes and returns, and what such a signature may promise.
#pragma once

#include <tuple>
#include <type_traits>

#include "core/error.hpp"

namespace primecloud::pg {

template <class F>
struct signature;
template <class R, class... A>
struct signature<R (*)(A...)> {
  using returns = R;
  template <template <class...> class to>
  using arguments = to<A...>;
  static constexpr bool throws = true;
};
template <class R, class... A>
struct signature<R (*)(A...) noexcept> : signature<R (*)(A...)> {
  static constexpr bool throws = false;
};

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;
template <class T>
inline constexpr bool is_row = false;
template <class... T>
inline constexpr bool is_row<std::tuple<T...>> = true;

// What a signature may promise: nothing is caught around a noexcept function, so what it
// returns is stored without a guard, and is gone if the server raises an error meanwhile.
template <class sig>
struct checked : sig {
  using R = typename sig::returns;
  static_assert(sig::throws || std::is_trivially_destructible_v<R>,
                "a noexcept function returns nothing that needs destroying");
  static_assert(sig::throws || !is_row<R>, "a noexcept function returns no row, since storing one may throw");
};

}  // namespace primecloud::pg
