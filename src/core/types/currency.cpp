#include "core/types/currency.hpp"

#include <array>

namespace primecloud {
namespace {
// ISO 4217, list one of 2024-06-25, by the digits of the minor unit.  Codes without a
// minor unit (metals, test codes) count whole units.
struct group {
  int digits;
  const char *codes;  // three letters and a blank each
};
constexpr group current[] = {
    {0,
     "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD "
     "XPF XPT XSU XTS XUA XXX "},
    {2,
     "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
     "CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
     "GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
     "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN "
     "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
     "TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG "},
    {3, "BHD IQD JOD KWD LYD OMR TND "},
    {4, "CLF UYW "},
};
// Introduced after that list, or withdrawn before it and still in old data.
constexpr group others[] = {
    {0, "BEF BYR ESP GRD ITL LUF PTE TRL "},
    {2, "ATS CYP DEM EEK FIM FRF HRK IEP LTL LVL MRO MTL NLG SIT SKK STD VEF XAD XCG ZWD "},
};

constexpr std::size_t letters = 26;
using table = std::array<std::int8_t, letters * letters * letters>;

constexpr void put(table &digits, const group &each) {
  for (const char *code = each.codes; *code != '\0'; code += 4) {
    digits[static_cast<std::size_t>(spell_currency({code, 3})->code)] = static_cast<std::int8_t>(each.digits);
  }
}

constexpr table known = [] {
  table digits{};
  digits.fill(-1);
  for (const auto &each : others) put(digits, each);
  for (const auto &each : current) put(digits, each);
  return digits;
}();
}  // namespace

int minor_digits(currency_code currency) noexcept {
  if (currency.code < 0 || currency.code >= static_cast<std::int32_t>(known.size())) return -1;
  return known[static_cast<std::size_t>(currency.code)];
}

}  // namespace primecloud
