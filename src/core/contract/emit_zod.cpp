// zod 4: what comes from to_camel_json, open to keys that it does not know, so that an added column breaks no client.
#include "core/contract/emit.hpp"
#include "core/contract/source_text.hpp"
#include "core/contract/text_pattern.hpp"
#include "core/contract/typescript_entities.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

std::string zod_union(const std::vector<node> &values) {
  if (values.empty()) return "z.never()";
  std::vector<std::string> all;
  bool texts = true;
  for (const auto &value : values) {
    all.push_back(value_literal(value));
    texts = texts && value.is == node::kind::text;
  }
  return (texts ? "z.enum([" : "z.literal([") + joined(all, ", ") + "])";
}

std::string bounds(const value_type &type) {
  std::string calls;
  const auto low = type.read_as_double(type.low), high = type.read_as_double(type.high);
  if (low) calls += (low->exclusive ? ".gt(" : ".min(") + low->number + ")";
  if (high) calls += (high->exclusive ? ".lt(" : ".max(") + high->number + ")";
  return calls;
}

std::string integer(const value_type &type) {
  // z.int() would refuse what a double holds no more exactly.
  if (!type.is_builtin("int2") && !type.is_builtin("int4"))
    return "z.number().refine(globalThis.Number.isInteger)" + bounds(type);
  const bool small = type.is_builtin("int2");
  value_type ended = type;
  if (!ended.low) ended.low = bound{small ? "-32768" : "-2147483648", false};
  if (!ended.high) ended.high = bound{small ? "32767" : "2147483647", false};
  return "z.int()" + bounds(ended);
}

// JSON.parse makes Infinity of more digits than a double has; what a numeric can hold of them.
std::vector<std::string> beyond_doubles(const value_type &type) {
  std::vector<std::string> all;
  if (!type.is_builtin("numeric") || (type.precision && *type.precision - type.scale.value_or(0) < 309)) return all;
  if (!type.low) all.emplace_back("globalThis.Number.NEGATIVE_INFINITY");
  if (!type.high) all.emplace_back("globalThis.Number.POSITIVE_INFINITY");
  return all;
}

std::string real(const value_type &type) {
  std::vector<std::string> names, parts{"z.number()" + bounds(type)};
  if (const auto ends = beyond_doubles(type); !ends.empty()) parts.push_back("z.literal([" + joined(ends, ", ") + "])");
  for (const auto &name : type.non_finite) names.push_back(string_literal(name));
  if (!names.empty()) parts.push_back("z.enum([" + joined(names, ", ") + "])");
  return parts.size() == 1 ? parts.front() : "z.union([" + joined(parts, ", ") + "])";
}

// Lengths are of characters, as the server counts them, not of UTF-16 units.
std::string zod_text(const value_type &type) {
  std::string calls = "z.string()";
  if (type.min_length) calls += ".refine((text) => [...text].length >= " + std::to_string(*type.min_length) + ")";
  if (type.max_length) calls += ".refine((text) => [...text].length <= " + std::to_string(*type.max_length) + ")";
  std::vector<std::string> patterns = type.patterns;
  if (const auto own = text_pattern(type); !own.empty()) patterns.emplace_back(own);
  for (const auto &pattern : patterns) calls += ".regex(new globalThis.RegExp(" + string_literal(pattern) + ", \"u\"))";
  return calls;
}

class zod_types {
 public:
  zod_types(const node &contract, const emit_options &options) : names_(contract, options), options_(options) {}

  std::string of(const node &told) const {
    const value_type type = read_value_type(told, names_.contract()["enums"]);
    if (type.any_json) return "z.json()";
    const bool named = type.of == "enum" && !told.has("values") && !names_.name_of(type).empty();
    std::string schema = named ? names_.name_of(type) : base(type);
    if (!type.is_array()) return schema;
    if (type.elements_nullable) schema = nullable(schema);
    for (int i = 0; i < type.dimensions; i++) schema.insert(0, "z.array(").append(")");
    return schema;
  }

  std::string row(const node &columns) const {
    std::string body = options_.reject_unknown ? "z.strictObject({\n" : "z.object({\n";
    for (const auto &[name, told] : in_place(columns)) {
      if (is_unread(*told)) continue;
      std::string schema = of(*told);
      if ((*told)["nullable"].flag_or(false)) schema = nullable(schema);
      body +=
          documentation((*told)["description"].text, "  ") + "  " + member((*told)["key"].text) + ": " + schema + ",\n";
    }
    return body + "})";
  }

 private:
  static std::string nullable(const std::string &schema) {
    return schema == "z.never()" ? "z.null()" : schema + ".nullable()";
  }
  std::string base(const value_type &type) const {
    if (is_vector(type)) return type.type == "int2vector" ? "z.array(z.int())" : "z.array(z.string())";
    switch (json_form_of(type)) {
      case json_form::any: return "z.json()";
      case json_form::sealed: return "Sealed";
      case json_form::row:
        return names_.name_of(type).empty() ? "z.json()" : "z.lazy(() => " + names_.name_of(type) + ")";
      case json_form::boolean: return type.values ? zod_union(*type.values) : "z.boolean()";
      case json_form::text: return type.values ? zod_union(*type.values) : zod_text(type);
      case json_form::number: break;
    }
    if (type.is_builtin("int8") && options_.int8 == "string") return "z.string().regex(/^-?[0-9]+$/)";
    if (type.is_builtin("int8") && options_.int8 == "bigint") return "z.bigint()";
    if (type.values) return zod_union(*type.values);
    return type.is_float() ? real(type) : integer(type);
  }
  typescript_types names_;
  const emit_options &options_;
};

std::string exported(const std::string &name, const std::string &description, const std::string &schema) {
  return documentation(description, "") + "export const " + name + " = " + schema + ";\nexport type " + name +
         " = z.infer<typeof " + name + ">;\n";
}

}  // namespace

std::string emit_zod(const node &contract, const emit_options &options) {
  check_names(contract, options);
  const zod_types types(contract, options);
  std::string text = heading("The schemas of an application, for zod 4", options.fingerprint) +
                     "import { z } from \"zod\";\n\nexport const fingerprint = " + string_literal(options.fingerprint) +
                     ";\n\n" +
                     "export const Sealed = z.strictObject({ sealed: z.literal(true), key: z.number() });\n\n";
  for (const auto &[name, labels] : contract["enums"].members) {
    const node &known = contract["enum_names"][name];
    text += exported(known["name"].text, known["description"].text, zod_union(labels.items)) + "\n";
  }
  for (const auto &[name, entity] : contract["entities"].members)
    text += exported(entity["name"].text, entity["description"].text, types.row(entity["columns"])) + "\n";
  for (const auto &[name, returns] : result_rows(contract))
    text += exported(name, "", types.row((*returns)["row"])) + "\n";
  text.pop_back();
  return text;
}

}  // namespace primecloud::contract
