#include "core/lifecycle/check_places.hpp"

#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {
namespace {

record_header checked_header(bytes record) {
  record_header header;
  if (record.size() < sizeof header) damaged("it is too short");
  std::memcpy(&header, record.data(), sizeof header);
  if (header.magic != record_header::expected_magic)
    damaged("it does not start like one, or comes from a machine of another byte order");
  if (header.version != record_header::current_version) damaged("its version is not known here");
  const std::uint64_t size = sizeof header + std::uint64_t{header.rules} * sizeof(rule_entry) +
                             std::uint64_t{header.actions} * sizeof(action_entry) +
                             std::uint64_t{header.tags} * sizeof(tag_entry) + header.text_bytes;
  if (size != record.size()) damaged("its length is not what its header says");
  return header;
}

class place_checker {
 public:
  explicit place_checker(bytes record) : header_(checked_header(record)), view_(record) {}

  void run() {
    if (header_.rules > most_rules) damaged("it has too many rules");
    for (std::uint16_t i = 0; i < header_.rules; i++) check(view_.rule(i));
    if (texts_ != header_.text_bytes || tags_ != header_.tags || actions_ != header_.actions)
      damaged("a part of it belongs to no rule");
  }

 private:
  void check(const rule_entry &r) {
    if (r.first_tag != tags_ || r.tags > header_.tags - tags_ || r.first_action != actions_ ||
        r.actions > header_.actions - actions_) {
      damaged("a rule points outside its own");
    }
    text(r.id_at, r.id_length);
    for (std::uint32_t i = 0; i < r.tags; i++) {
      const auto t = view_.tag(tags_++);
      text(t.key_at, t.key_length);
      text(t.value_at, t.value_length);
    }
    text(r.prefix_at, r.prefix_length);
    for (std::uint32_t i = 0; i < r.actions; i++) {
      const auto a = view_.action(actions_++);
      const bool moves = a.kind == action_entry::move || a.kind == action_entry::move_noncurrent;
      if (moves) text(a.class_at, a.class_length);
      if (!moves && (a.class_at != 0 || a.class_length != 0)) damaged("an action has a text it does not use");
    }
  }
  void text(std::uint32_t at, std::uint16_t length) {
    if (at != texts_ || length > header_.text_bytes - texts_) damaged("a text lies outside its place");
    if (length > longest_text) damaged("a text is too long");
    if (!is_document_text(view_.text(at, length))) damaged("a text is not UTF-8 that XML can hold");
    texts_ += length;
  }

  const record_header header_;
  const record_view view_;
  std::uint32_t texts_ = 0, tags_ = 0, actions_ = 0;
};

}  // namespace

void damaged(const char *what) {
  throw refused{{refusals::schema, std::string("not a lifecycle record: ") + what,
                 "Send what lifecycle_send gave, or use the text form."}};
}

void check_places(bytes record) { place_checker(record).run(); }

}  // namespace primecloud::lifecycle
