// PRIMECLOUD_FUNCTION(symbol, function) gives a typed C++ function the
// version-1 calling convention.
//
//   std::optional<T>  argument or result that may be NULL; any other argument
//                     being NULL makes the result NULL (declare it STRICT).
//   std::tuple<...>   one composite row.
//   result<T>         an expected failure, soft where the server supports it.
//   rows<std::tuple<...>>   a set, materialised.
//   call_site         as the first parameter: no SQL argument, but the call itself,
//                     for what depends on it (polymorphic types, per-call-site caches).
//   noexcept          nothing is caught, because nothing is thrown.
#pragma once

#include "pg/boundary.hpp"
#include "pg/datum.hpp"
#include "pg/function_note.hpp"
#include "pg/rows.hpp"
#include "pg/signature.hpp"

namespace primecloud::pg {

template <class T>
SERVER_CODE inline T argument(FunctionCallInfo fcinfo, int i) {
  static_assert(std::is_trivially_destructible_v<T>, "arguments must be views or plain values");
  const NullableDatum &arg = fcinfo->args[i];
  if constexpr (is_optional<T>) {
    if (arg.isnull) return std::nullopt;
    return datum<typename T::value_type>::get(arg.value);
  } else {
    return datum<T>::get(arg.value);
  }
}

template <class T>
struct returned {
  static Datum store(FunctionCallInfo, const T &v) { return datum<T>::put(v); }
};
template <class T>
struct returned<std::optional<T>> {
  static Datum store(FunctionCallInfo fcinfo, const std::optional<T> &v) {
    if (v) return datum<T>::put(*v);
    fcinfo->isnull = true;
    return 0;
  }
};
template <class... T>
struct returned<std::tuple<T...>> {
  static Datum store(FunctionCallInfo fcinfo, const std::tuple<T...> &row) {
    return guarded([&] { return row_datum(fcinfo, row); });
  }
};
template <auto function, class = typename signature<decltype(function)>::template arguments<std::tuple>>
struct entry;
// A function that asks for its call site has one SQL argument fewer.
template <auto function, class... A>
struct entry<function, std::tuple<call_site, A...>> {
  using sig = checked<signature<decltype(function)>>;
  static_assert(!is_result<typename sig::returns>, "a function that asks for its call site throws its failures");

  template <size_t... i>
  static Datum run(FunctionCallInfo fcinfo, std::index_sequence<i...>) noexcept(!sig::throws) {
    if ((... || (!is_optional<A> && fcinfo->args[i].isnull))) {
      fcinfo->isnull = true;
      return 0;
    }
    return returned<typename sig::returns>::store(fcinfo, function(call_site{fcinfo}, argument<A>(fcinfo, i)...));
  }
  static Datum call(FunctionCallInfo fcinfo) {
    constexpr auto all = std::index_sequence_for<A...>{};
    if constexpr (sig::throws) {
      return boundary([&] { return run(fcinfo, all); });
    } else {
      return run(fcinfo, all);
    }
  }
};

template <auto function, class... A>
struct entry<function, std::tuple<A...>> {
  using sig = checked<signature<decltype(function)>>;
  using R = typename sig::returns;

  template <size_t... i>
  static Datum run(FunctionCallInfo fcinfo, std::index_sequence<i...>) noexcept(!sig::throws) {
    if ((... || (!is_optional<A> && fcinfo->args[i].isnull))) {
      fcinfo->isnull = true;
      return 0;
    }
    if constexpr (is_result<R>) {
      Datum value{};
      bool accepted;
      {
        const R r = function(argument<A>(fcinfo, i)...);
        if ((accepted = static_cast<bool>(r))) {
          value = returned<std::decay_t<decltype(*r)>>::store(fcinfo, *r);
        } else {
          note(r.reason());
        }
      }  // r is gone before anyone jumps
      return accepted ? value : refuse_noted(fcinfo->context);
    } else {
      return returned<R>::store(fcinfo, function(argument<A>(fcinfo, i)...));
    }
  }

  static Datum call(FunctionCallInfo fcinfo) {
    Assert(PG_NARGS() == sizeof...(A));
    constexpr auto all = std::index_sequence_for<A...>{};
    if constexpr (sig::throws) {
      return boundary([&] { return run(fcinfo, all); });
    } else {
      return run(fcinfo, all);
    }
  }
};

}  // namespace primecloud::pg

#define PRIMECLOUD_FUNCTION(symbol, ...)                                                         \
  static const ::primecloud::pg::function_note note_##symbol{#symbol, &__VA_ARGS__};             \
  extern "C" {                                                                                   \
  PGDLLEXPORT Datum symbol(PG_FUNCTION_ARGS);                                                    \
  PG_FUNCTION_INFO_V1(symbol);                                                                   \
  Datum symbol(PG_FUNCTION_ARGS) { return ::primecloud::pg::entry<&__VA_ARGS__>::call(fcinfo); } \
  }                                                                                              \
  static_assert(true)
