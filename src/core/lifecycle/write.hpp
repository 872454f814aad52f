// A configuration back into words.
#pragma once

#include <string>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {

// Canonical AWS JSON: one line, the order of names fixed, nothing said that was
// not meant.  What is read back is the same configuration.
std::string write_json(const configuration &c);

// XML: for MinIO in the order and with the omissions of its own marshaller, for
// AWS with the namespace and with Days 0 written out.
std::string write_xml(const configuration &c, dialect for_whom);

}  // namespace primecloud::lifecycle
