// JSON Schema 2020-12: closed, so that a row with more than is told, a secret above all, does not validate.
#include "core/contract/emit.hpp"
#include "core/contract/source_text.hpp"
#include "core/contract/text_pattern.hpp"
#include "core/contract/typescript_entities.hpp"
#include "core/contract/value_words.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

using members = std::vector<std::string>;

std::string object(const members &of) { return "{" + joined(of, ",") + "}"; }
std::string pair(std::string_view name, const std::string &value) { return json_text(name) + ":" + value; }
std::string list(const members &of) { return "[" + joined(of, ",") + "]"; }
std::string typed(const char *name) { return object({pair("type", json_text(name))}); }
std::string either(const std::string &one, const std::string &other) {
  return object({pair("anyOf", list({one, other}))});
}
constexpr std::string_view null_type = R"({"type":"null"})", nothing = R"({"not":{}})";

std::string listed(const std::vector<node> &values) {
  if (values.empty()) return std::string(nothing);
  members all;
  for (const auto &value : values) all.push_back(literal(value));
  return object({pair("enum", list(all))});
}

std::string number(const value_type &type, const char *name) {
  members said{pair("type", json_text(name))};
  const bool small = type.is_builtin("int2"), middle = type.is_builtin("int4");
  const char *least = small ? "-32768" : middle ? "-2147483648" : nullptr;
  const char *most = small ? "32767" : middle ? "2147483647" : nullptr;
  const auto low = type.read_as_double(type.low), high = type.read_as_double(type.high);
  if (low) said.push_back(pair(low->exclusive ? "exclusiveMinimum" : "minimum", low->number));
  if (!type.low && least != nullptr) said.push_back(pair("minimum", least));
  if (high) said.push_back(pair(high->exclusive ? "exclusiveMaximum" : "maximum", high->number));
  if (!type.high && most != nullptr) said.push_back(pair("maximum", most));
  return object(said);
}

std::string text(const value_type &type) {
  members said{pair("type", json_text("string"))};
  if (type.min_length) said.push_back(pair("minLength", std::to_string(*type.min_length)));
  if (type.max_length) said.push_back(pair("maxLength", std::to_string(*type.max_length)));
  std::vector<std::string> patterns = type.patterns;
  if (const auto own = text_pattern(type); !own.empty()) patterns.emplace_back(own);
  if (patterns.size() == 1) said.push_back(pair("pattern", json_text(patterns.front())));
  if (patterns.size() > 1) {
    members all;
    for (const auto &pattern : patterns) all.push_back(object({pair("pattern", json_text(pattern))}));
    said.push_back(pair("allOf", "[" + joined(all, ",") + "]"));
  }
  return object(said);
}

class schema_types {
 public:
  schema_types(const node &contract, const emit_options &options) : names_(contract, options), options_(options) {}

  std::string of(const node &told) const {
    const value_type type = read_value_type(told, names_.contract()["enums"]);
    if (type.any_json) return "{}";
    const bool named = type.of == "enum" && !told.has("values") && !names_.name_of(type).empty();
    std::string schema = named ? reference(names_.name_of(type)) : base(type);
    if (!type.is_array()) return schema;
    if (type.elements_nullable) schema = nullable(schema);
    for (int i = 0; i < type.dimensions; i++)
      schema = object({pair("type", json_text("array")), pair("items", schema)});
    return schema;
  }

  std::string column(const node &told) const {
    std::string schema = of(told);
    if (told["nullable"].flag_or(false)) schema = nullable(schema);
    members notes;
    if (const auto &words = told["description"].text; !words.empty())
      notes.push_back(pair("description", json_text(words)));
    if (told["class"].text == "pii") notes.push_back(pair("x-class", json_text("pii")));
    if (notes.empty()) return schema;
    schema.pop_back();
    return schema + (schema == "{" ? "" : ",") + joined(notes, ",") + "}";
  }

  std::string row(const node &columns, const std::string &description) const {
    members properties, required;
    for (const auto &[name, told] : in_place(columns)) {
      if (is_unread(*told)) continue;
      properties.push_back(pair((*told)["key"].text, column(*told)));
      required.push_back(json_text((*told)["key"].text));
    }
    members said{pair("type", json_text("object"))};
    if (!description.empty()) said.push_back(pair("description", json_text(description)));
    said.push_back(pair("properties", object(properties)));
    said.push_back(pair("required", "[" + joined(required, ",") + "]"));
    if (!options_.strip_unknown) said.push_back(pair("additionalProperties", "false"));
    return object(said);
  }
  static std::string reference(const std::string &name) { return object({pair("$ref", json_text("#/$defs/" + name))}); }

 private:
  static std::string nullable(const std::string &schema) {
    if (schema == "{}") return schema;
    return schema == nothing ? std::string(null_type) : either(schema, std::string(null_type));
  }
  std::string base(const value_type &type) const {
    if (is_vector(type))
      return object(
          {pair("type", json_text("array")), pair("items", typed(type.type == "int2vector" ? "integer" : "string"))});
    switch (json_form_of(type)) {
      case json_form::any: return "{}";
      case json_form::sealed: return reference("Sealed");
      case json_form::row: return names_.name_of(type).empty() ? "{}" : reference(names_.name_of(type));
      case json_form::boolean: return type.values ? listed(*type.values) : typed("boolean");
      case json_form::text: return type.values ? listed(*type.values) : text(type);
      case json_form::number: break;
    }
    if (type.is_builtin("int8") && options_.int8 == "string")
      return object({pair("type", json_text("string")), pair("pattern", json_text("^-?[0-9]+$"))});
    if (type.values) return listed(*type.values);
    if (!type.is_float() || type.non_finite.empty()) return number(type, type.is_float() ? "number" : "integer");
    members names;
    for (const auto &name : type.non_finite) names.push_back(json_text(name));
    return either(number(type, "number"), object({pair("enum", list(names))}));
  }
  typescript_types names_;
  const emit_options &options_;
};

}  // namespace

std::string emit_json_schema(const node &contract, const emit_options &options) {
  check_names(contract, options);
  const schema_types types(contract, options);
  const std::string sealed = object({pair("sealed", object({pair("const", "true")})), pair("key", typed("integer"))});
  members defs{pair("Sealed", object({pair("type", json_text("object")), pair("properties", sealed),
                                      pair("required", list({json_text("sealed"), json_text("key")})),
                                      pair("additionalProperties", "false")}))};
  for (const auto &[name, labels] : contract["enums"].members)
    defs.push_back(pair(contract["enum_names"][name]["name"].text, listed(labels.items)));
  for (const auto &[name, entity] : contract["entities"].members)
    defs.push_back(pair(entity["name"].text, types.row(entity["columns"], entity["description"].text)));
  for (const auto &[name, returns] : result_rows(contract))
    defs.push_back(pair(name, types.row((*returns)["row"], "")));
  return object({pair("$schema", json_text("https://json-schema.org/draft/2020-12/schema")),
                 pair("$comment", json_text("fingerprint: " + options.fingerprint)), pair("$defs", object(defs))});
}

}  // namespace primecloud::contract
