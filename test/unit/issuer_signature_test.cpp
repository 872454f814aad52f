// Signatures of issuers: vectors of RFC 7515, and what no signature and no key may pass for.
#include "core/tenant/signature.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base64url.hpp"
#include "core/tenant/key_identity.hpp"
#include "core/tenant/public_key.hpp"

namespace {
using namespace primecloud;
using octets = std::vector<std::uint8_t>;

octets decoded(std::string_view text) { return *base64url_decode(text); }
octets bytes(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 7515, appendix A.2 and A.3: one payload.
constexpr std::string_view payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view rfc_modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
    "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
    "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud"
    "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view rfc_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG"
    "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
    "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view rfc_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                           rfc_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view rfc_r_and_s =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
// Made by openssl, with the key's own padding and with others.
constexpr std::string_view message = "eyJhbGciOiJQUzI1NiIsImtpZCI6ImsifQ.e30";
constexpr std::string_view modulus =
    "x8Dq8I0FCtia4Rgd0Cgg36ErAyxOBZsyaCg4Y1y7XsoLNpC1AHiFXVIhYBaSAKKi9RagUqzgZ6QobcCLjp7AYLRK0g70AN5q"
    "uI2imPdNWJFoXi62AitZBDa78q0GaAGMGMQ2O0CyFjVoeBKDxqd54Qn0inErcv79VPavhuTnrOlvgZ7Nqu-IOqICPxlpArcs"
    "OQaB2D5fgl-udMdqm1OKLgnkYy0QMUl9MFqF5zp-K1iBVebCItFDXoQMzE98bDOwZemogXhYUWoSr0JzHR1kX9XOWhpptW6O"
    "nGsjkQYqsRDDO52iLLOF9IrCCfF3WcOOGgf3JW1YaF6Wvt1aKMwd7Q";
constexpr std::string_view pss_of_32 =
    "PvQ2PzQVtQVbojfq_KU3tCKmPCIpZbX2u8TAchkKtz-rY1V2L8P4UMKnD3XM115VUo4yQHab0od0PJQQOzuS6phAJGGr7XHy"
    "IvQCeib8wuZ4Gk4egUe1gIjby5lrLVmvg3AteAf3H7cE0wKo75oorf6lnnUbs3arKivoy4T58gPmoLLg6uSo-mIbNMfKn9UU"
    "psm7aHS_PAwVylByJjBarL_bGrgH9t_C7iSUqe5zQvEQS0eeW6BA34pFPVG5Mpu3hU6hKqf_qlixrNrm5iivB-MMHZ1X4_6e"
    "r5YjYVzpZOTOdMrfhdJrGUTq-AAMz-cz697T4GFHWwP8I98IS5NszA";
constexpr std::string_view pss_of_20 =
    "EMg8vNNUedGuBJRzFEEpG7GFIs8IjRHh3QPqiJESBN-BXqqDU2YKm34UgREH3x-HYOD5gShuh48O7ItIsm1Cc91UsPuoNDij"
    "wNOmpc6YSiJsfy8GmKTcyhDbVioy_GsPAnlZR51HFJoEBvTQW09AE_rGQMC_JIbFgVaa6xpz67X6rDYUzPdJg198pUJIaNaz"
    "7VqIoladceLpoGoUfBXBPdu4dZ7-gEYtTdfQq6g5aDLqI3S-tfvQmxx9LA5IgPA644ICczVXdTJ_S7aoBLZi3h6_TkL7C2ul"
    "kRzgmphibeSp2B4kD49C7kb4XbA8o4KRFJBSHwlm-e-P4H68oTM69w";
constexpr std::string_view pss_of_0 =
    "esYjyITZ9d7icJElg9zt1Qoi75sDVyVFEiLwMtyxOzj_ebzF5RccidDiS3Qz1wlwdhTgGX-BBgqlyEsSfpBDLf9iaq318rgZ"
    "9HEhWAUc4I5QWY0JZTIB4ssb75ZIMuOdoDgKqvlkGw_RrKDacacDwv3FnPIYLcll5e35-b13OtBXUzE4JSS-vS0FP6mp17RV"
    "0BBu8ei94Ju1pIp_pKE4BB38fm3T9pJVNpaXO0gV3af7PVa-8ctNc865kyuo2BhP9YoSOSlEiLqgSWptJP7azw7SSDjIrI_r"
    "4rcw5CHIh0y2oR8Rxsy8NUyQuysb9WwMknIrgTA3pY4SPihGXXpqXg";
constexpr std::string_view pss_of_sha1 =
    "bCHKmnEJPvIN4hBnQwCDDfchao-zzS1bYqxVR-1kwl2tCpEgHK2qPHx1p2AuEGsY-l46aObpaoLqKD9z6A730FxLmxklEleP"
    "CqLt6aDIQU36zUr5Z3x607EJCHh7ONFGYtp-jdNQRoo6cij_TZ4kFmK3hPrQHesyq10VBu1vdMIxli74dQPc-74_lcnEn1o9"
    "dW5HxEV6kWQfO2PxiRsEhcOyC9v4N9N70veiBpp15PsicVV_lTfnBKx_NIPE5mAdhta540jqNEbrn6RrNsplhXYFyXM8r9Mz"
    "QJirPktLjLOyhFr0DKOQ1SONnzxErMxiZWP0ik5xtbZhoCEDGTDfRg";
constexpr std::string_view pkcs1 =
    "bcB_gjJCt6er1MbJxENhU67zPbRxzbLNZh3qpyRRhbhGOr17gkjUkqOSWw-K8SETQMWvVXTg2_skW1byq_TlO2q7wMDiF0SF"
    "6lkZXOGF0JW49auoQ3myWSCIBhVq8jBDoO4F0efflt3wY2IrgkHIUI18YMFEuv8a9ScEP15x1Vgcj5Bo6MxwveGGj3rpinaV"
    "5yxHh-aGxC7-r6Xk_svNnix0rvwU4du6RwZliFeeYTBJHC-QAVRgwS59LRgEekHDhqokSQuRTYdBi3CcNXLp3syWQwQp3kgN"
    "w9hDUZSYyISXTHYomBdDAbby1_tdQoRkydWqw_Mrw_3cFaqYPqUDwg";
constexpr std::string_view pkcs1_of_sha512 =
    "InQmYv2xzcIAJG5VjApzOn7t9ku1pWapInfUZlyqAbn2okMePoGv6namKee5YUekJXdsutHfN3K_FPp6MpzhlYsXvo13yjZt"
    "iDmDtcDQJF3yYdRl01eidu6UTP1fn_MCE43ELfP4XLR-RtkwfFXYblC1deMoBjX8kTNoktgJpXW3nGuw7McrPKpnQ2KEru9c"
    "niztahgXec_JOGFjtQFiMHNkkxY6xsaDcqCxEWlKDW8FSirBKokGFlU1BEs3AUp2T9dWaC9NFzeVqoYt1945RVLesP4Pczyl"
    "x_0GTkpZgNJno6WlyQyLjIWNjsPdyS25i5N6qc1zrQeqn3sYfS4ZhA";

octets point() {
  auto all = decoded(rfc_x);
  const auto y = decoded(rfc_y);
  all.insert(all.end(), y.begin(), y.end());
  return all;
}

TEST(Signature, Rfc7515) {
  const auto rsa = bytes("eyJhbGciOiJSUzI1NiJ9." + std::string(payload));
  EXPECT_TRUE(verify_rsa(decoded(rfc_modulus), rsa_padding::pkcs1, rsa, decoded(rfc_signature)));
  EXPECT_FALSE(verify_rsa(decoded(rfc_modulus), rsa_padding::pss, rsa, decoded(rfc_signature)));
  const auto ec = bytes("eyJhbGciOiJFUzI1NiJ9." + std::string(payload));
  EXPECT_TRUE(verify_p256(point(), ec, decoded(rfc_r_and_s)));
  EXPECT_FALSE(verify_p256(point(), rsa, decoded(rfc_r_and_s)));
}

TEST(Signature, OfRsaHasItsPaddingAndItsSize) {
  const auto key = decoded(modulus), text = bytes(message);
  EXPECT_TRUE(verify_rsa(key, rsa_padding::pss, text, decoded(pss_of_32)));
  EXPECT_TRUE(verify_rsa(key, rsa_padding::pkcs1, text, decoded(pkcs1)));
  for (const auto wrong : {pss_of_20, pss_of_0, pss_of_sha1, pkcs1})
    EXPECT_FALSE(verify_rsa(key, rsa_padding::pss, text, decoded(wrong)));
  for (const auto wrong : {pss_of_32, pkcs1_of_sha512})
    EXPECT_FALSE(verify_rsa(key, rsa_padding::pkcs1, text, decoded(wrong)));
  for (const auto padding : {rsa_padding::pkcs1, rsa_padding::pss}) {
    auto signature = decoded(padding == rsa_padding::pss ? pss_of_32 : pkcs1);
    for (const std::size_t at : {std::size_t{0}, std::size_t{100}, signature.size() - 1}) {
      auto changed = signature;
      changed[at] ^= 1;
      EXPECT_FALSE(verify_rsa(key, padding, text, changed));
    }
    auto longer = signature, shorter = signature;
    longer.insert(longer.begin(), 0);
    shorter.pop_back();
    EXPECT_FALSE(verify_rsa(key, padding, text, longer));
    EXPECT_FALSE(verify_rsa(key, padding, text, shorter));
    for (const std::uint8_t filled : {0, 1, 255}) EXPECT_FALSE(verify_rsa(key, padding, text, octets(256, filled)));
    EXPECT_FALSE(verify_rsa(key, padding, text, key)) << "the modulus, which is nought";
    EXPECT_FALSE(verify_rsa(key, padding, text, {}));
  }
}

TEST(Signature, OfP256HasTwoNumbersOfTheGroup) {
  const auto text = bytes("eyJhbGciOiJFUzI1NiJ9." + std::string(payload));
  const auto good = decoded(rfc_r_and_s);
  const octets order = {0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  octets nought(32), one(32);
  one[31] = 1;
  for (const auto &wrong : {nought, one, order, octets(32, 0xff)}) {
    for (const std::size_t at : {0, 32}) {
      auto changed = good;
      std::copy(wrong.begin(), wrong.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
      EXPECT_FALSE(verify_p256(point(), text, changed));
    }
    auto both = wrong;
    both.insert(both.end(), wrong.begin(), wrong.end());
    EXPECT_FALSE(verify_p256(point(), text, both));
  }
  EXPECT_FALSE(verify_p256(point(), text, octets(good.begin(), good.end() - 1)));
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(verify_p256(point(), text, longer));
  EXPECT_FALSE(verify_p256(octets(64), text, good));
  EXPECT_FALSE(verify_p256(point(), text, {}));
}

TEST(Signature, KeysThatNobodyCanHaveMade) {
  EXPECT_TRUE(is_sound_rsa(decoded(modulus)) && is_sound_p256(point()));
  auto even = decoded(modulus), small = decoded(modulus), off = point();
  even.back() &= 0xfe;
  small[0] &= 0x7f;
  off.back() ^= 1;
  EXPECT_FALSE(is_sound_rsa(even) || is_sound_rsa(small) || is_sound_rsa(octets(256, 0xff)) ||
               is_sound_rsa(octets(128, 0xff)));
  EXPECT_FALSE(is_sound_rsa(octets(513, 0xff)) || is_sound_rsa({}));
  EXPECT_FALSE(is_sound_p256(off) || is_sound_p256(octets(64)) || is_sound_p256(octets(64, 0xff)) || is_sound_p256({}));
}

// The points of small order, with each spelling: whoever sends R = A and S = 0 signs with them.
TEST(Signature, PointsWithWhichAnybodySigns) {
  const std::string rest(60, '0'), ones(60, 'f');
  const std::string eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc",
                    other = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03";
  for (const auto &hex : {"00" + rest + "00", "01" + rest + "00", "ec" + ones + "7f", "ed" + ones + "7f",
                          "ee" + ones + "7f", eighth + "05", other + "7a"}) {
    octets small(32);
    sodium_hex2bin(small.data(), 32, hex.data(), hex.size(), nullptr, nullptr, nullptr);
    for (const std::uint8_t sign : {0, 0x80}) {
      small[31] = static_cast<std::uint8_t>((small[31] & 0x7f) | sign);
      EXPECT_FALSE(public_key_of(token_algorithm::eddsa, small)) << hex;
    }
  }
  EXPECT_TRUE(public_key_of(token_algorithm::eddsa, decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")));
}

TEST(KeyIdentity, IsOneForEveryoneWhoSignsWithIt) {
  const auto id = [](token_algorithm algorithm, const octets &key) { return key_identity(algorithm, key); };
  const auto flipped = [](octets key, std::size_t at) {
    key[at] ^= 0x80;
    return key;
  };
  const octets secret(33, 'x'), ed(32, 'e');
  EXPECT_EQ(id(token_algorithm::rs256, decoded(modulus)), id(token_algorithm::ps256, decoded(modulus)));
  EXPECT_EQ(id(token_algorithm::eddsa, ed), id(token_algorithm::eddsa, flipped(ed, 31)));
  EXPECT_NE(id(token_algorithm::eddsa, ed), id(token_algorithm::eddsa, flipped(ed, 0)));
  EXPECT_EQ(id(token_algorithm::es256, point()), id(token_algorithm::es256, flipped(point(), 63)));
  EXPECT_NE(id(token_algorithm::es256, point()), id(token_algorithm::es256, flipped(point(), 0)));
  auto longer = secret;
  longer.push_back(0);
  EXPECT_EQ(id(token_algorithm::hs256, secret), id(token_algorithm::hs256, longer));
  EXPECT_NE(id(token_algorithm::hs256, secret), id(token_algorithm::hs256, flipped(secret, 0)));
}

TEST(KeyIdentity, SecretsThatArePublicKeys) {
  const std::string body = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + std::string(rfc_x);
  for (const auto &text : {"-----BEGIN PUBLIC KEY-----\n" + body, body, " {\"kty\":\"EC\"}" + body,
                           std::string("302a300506032b6570032100"
                                       "00112233445566778899"),
                           "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC" + body})
    EXPECT_TRUE(is_public_text(bytes(text))) << text;
  for (const auto &text : {"correct horse battery staple, and again", "YW5kIGFnYWluIGFuZCBhZ2FpbiBhbmQgYWdhaW4="})
    EXPECT_FALSE(is_public_text(bytes(text))) << text;
  const auto key = point();
  auto whole = key;
  whole.insert(whole.begin(), 4);
  EXPECT_TRUE(is_written_key(key, key) && is_written_key(whole, key));
  EXPECT_TRUE(is_written_key(bytes(base64url_encode(key)), key) &&
              is_written_key(bytes(base64url_encode(key) + "=="), key));
  EXPECT_FALSE(is_written_key(bytes(std::string(64, 'x')), key));
}

std::string jwk(std::string_view more) {
  return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"x\":\"" + std::string(rfc_x) + "\",\"y\":\"" +
         std::string(rfc_y) + "\"" + std::string(more) + "}";
}

TEST(WebKey, WhatItSays) {
  const auto key = read_web_key(jwk(""));
  ASSERT_TRUE(key);
  EXPECT_EQ((*key).id, "k");
  EXPECT_EQ((*key).algorithm, token_algorithm::es256);
  EXPECT_EQ((*key).key, point());
  EXPECT_EQ((*read_web_key(jwk(R"(,"key_ops":["verify"],"use":"sig")"))).passed_over, "");
  for (const auto other :
       {R"(,"use":"enc")", R"(,"alg":"ECDH-ES")", R"(,"use":7)", R"(,"use":null)", R"(,"key_ops":"verify")",
        R"(,"key_ops":["encrypt"])", R"(,"key_ops":[])", R"(,"key_ops":[7])"}) {
    const auto passed = read_web_key(jwk(other));
    ASSERT_TRUE(passed);
    EXPECT_NE((*passed).passed_over, "");
  }
  for (const auto refused : {R"(,"d":"AA")", R"(,"k":"AA")", R"(,"kid":"twice")"})
    EXPECT_FALSE(read_web_key(jwk(refused)));
  for (const auto refused :
       {"", "[]", "{\"kty\":\"oct\"}", "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"AQ\",\"e\":\"AQAB\"}"})
    EXPECT_FALSE(read_web_key(refused));
}

TEST(PublicKey, InPem) {
  const std::string body = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", begin = "-----BEGIN PUBLIC KEY-----\n",
                    end = "\n-----END PUBLIC KEY-----\n";
  EXPECT_FALSE(public_key_of(token_algorithm::es256, bytes(begin + body + end)));
  EXPECT_FALSE(public_key_of(token_algorithm::es256, bytes(begin + end)));
  EXPECT_FALSE(public_key_of(token_algorithm::es256, bytes("-----BEGIN")));
  EXPECT_FALSE(public_key_of(token_algorithm::rs256, {}));
  EXPECT_TRUE(public_key_of(token_algorithm::es256, point()));
}
}  // namespace
