// XML to elements, with expat.
//
// No DOCTYPE, hence no entities but the five of XML itself, and nothing is ever
// loaded.  UTF-8 alone.  A handler catches what it throws and stops the parser:
// expat is C and must not be unwound through.
#include <expat.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "core/lifecycle/element.hpp"

namespace primecloud::lifecycle {
namespace {

struct parse_state {
  XML_Parser parser;
  tree_builder tree;
  std::optional<problem> stopped;
  bool out_of_memory = false;

  void stop(problem why) noexcept {
    if (!stopped && !out_of_memory) stopped.emplace(std::move(why));
    XML_StopParser(parser, XML_FALSE);
  }
  // Runs a handler's body; whatever it throws ends the parse.
  template <class F>
  static void run(void *data, F body) noexcept {
    auto &state = *static_cast<parse_state *>(data);
    if (state.stopped || state.out_of_memory) return;
    try {
      body(state);
    } catch (refused &r) {
      state.stop(std::move(r.why));
    } catch (...) {
      state.out_of_memory = true;
      XML_StopParser(state.parser, XML_FALSE);
    }
  }
};

// S3 names elements without regard to the namespace.
std::string_view local_name(const XML_Char *name) noexcept {
  const std::string_view whole = name;
  const auto colon = whole.rfind(':');
  return colon == whole.npos ? whole : whole.substr(colon + 1);
}

void start_element(void *data, const XML_Char *name, const XML_Char **) noexcept {
  parse_state::run(data, [&](parse_state &s) { s.tree.open(std::string(local_name(name)), element::kind::text); });
}

void end_element(void *data, const XML_Char *) noexcept {
  parse_state::run(data, [](parse_state &s) { s.tree.close(); });
}

void characters(void *data, const XML_Char *text, int length) noexcept {
  parse_state::run(data, [&](parse_state &s) {
    if (!s.tree.inside()) return;
    auto &element = s.tree.current();
    // White space between children is layout, and may be as long as it likes.
    if (!element.children.empty()) return;
    const std::string_view piece(text, static_cast<std::size_t>(length));
    if (element.text.size() + piece.size() <= longest_text) {
      element.text.append(piece);
    } else if (piece.find_first_not_of(" \t\r\n") != piece.npos) {
      throw refused{
          {refusals::limit,
           "the text of <" + element.name.substr(0, 64) + "> is longer than " + std::to_string(longest_text) + " bytes",
           "No part of a rule is that long."}};
    }
  });
}

void doctype(void *data, const XML_Char *, const XML_Char *, const XML_Char *, int) noexcept {
  parse_state::run(data, [](parse_state &) {
    throw refused{{refusals::schema, "the document has a DOCTYPE",
                   "Remove the <!DOCTYPE ...> declaration: S3 documents have none."}};
  });
}

void xml_declaration(void *data, const XML_Char *, const XML_Char *encoding, int) noexcept {
  parse_state::run(data, [&](parse_state &) {
    if (encoding == nullptr) return;
    std::string name;
    for (const char c : std::string_view(encoding).substr(0, 40))
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    if (name != "UTF-8") {
      throw refused{{refusals::schema, "the document declares the encoding \"" + name + "\"",
                     "A lifecycle document is written in UTF-8."}};
    }
  });
}

// From expat 2.9 on the names that every expat has are deprecated.
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
std::uint64_t line_of(XML_Parser parser) { return XML_GetCurrentLineNumber64(parser); }
std::uint64_t column_of(XML_Parser parser) { return XML_GetCurrentColumnNumber64(parser); }
#else
std::uint64_t line_of(XML_Parser parser) { return XML_GetCurrentLineNumber(parser); }
std::uint64_t column_of(XML_Parser parser) { return XML_GetCurrentColumnNumber(parser); }
#endif

}  // namespace

element read_xml(std::string_view document) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser{XML_ParserCreate("UTF-8"), &XML_ParserFree};
  if (!parser) throw std::bad_alloc();
  parse_state state{parser.get(), {}, {}};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), start_element, end_element);
  XML_SetCharacterDataHandler(parser.get(), characters);
  XML_SetStartDoctypeDeclHandler(parser.get(), doctype);
  XML_SetXmlDeclHandler(parser.get(), xml_declaration);

  const auto status = XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (state.out_of_memory) throw std::bad_alloc();
  if (state.stopped) throw refused{std::move(*state.stopped)};
  if (status != XML_STATUS_OK) {
    const auto code = XML_GetErrorCode(parser.get());
    if (code == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    throw refused{{refusals::schema,
                   "XML error at line " + std::to_string(line_of(parser.get())) + ", column " +
                       std::to_string(column_of(parser.get()) + 1) + ": " + XML_ErrorString(code),
                   "Check that every element is closed and that & and < are written &amp; and &lt;."}};
  }
  return std::move(state.tree.top().front());
}

}  // namespace primecloud::lifecycle
