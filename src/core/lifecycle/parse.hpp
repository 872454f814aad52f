// From a document to a record: what the input functions of the type do.
#pragma once

#include "core/error.hpp"
#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/element.hpp"
#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

// Reads XML (first character <) or JSON ({ or [), in any of the shapes that
// docs/lifecycle.md names.  22P02 with the rule and the reason, or 54000.
result<std::vector<std::uint8_t>> parse(std::string_view document);

// The same for a record that comes from a client.
result<std::vector<std::uint8_t>> receive(bytes record);

// Reads and checks.  Throws `refused`.
configuration understand(std::string_view document);

// Everything that holds for a configuration once it is read.  Throws `refused`.
void check_configuration(const configuration &c);

inline constexpr std::size_t longest_record = 8 << 20;

// UTF-8, and nothing that XML or the server cannot hold.
bool is_document_text(std::string_view text) noexcept;

// A midnight that can be written with four digits for the year, and not the zero date.
bool is_document_date(timestamp date) noexcept;

}  // namespace primecloud::lifecycle
