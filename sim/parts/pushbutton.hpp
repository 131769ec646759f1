// Pushbutton: a button that makes a contact while it is pressed. wokwi-pushbutton, wokwi-pushbutton-6mm.
//
// Legs: 1.l and 1.r, which are one wire, 2.l and 2.r, another; pressed, the button joins the two. Its contact
// bounces (bouncing_contact.hpp). `pressed` is 1 or 0.
#pragma once

#include <array>

#include "parts/bouncing_contact.hpp"
#include "parts/part.hpp"

namespace sim {

class Pushbutton final : public Part {
 public:
  using Options = Bounce;

  explicit Pushbutton(std::string id, const Options& options = {});

  bool is_pressed() const { return contact_.is_closed(); }

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;
  void come_to_rest() override { contact_.come_to_rest(); }

 private:
  static constexpr std::array<Setting, 1> all_settings{{{"pressed", "", 0, 1}}};

  Terminal left_1_;
  Terminal right_1_;
  Terminal left_2_;
  Terminal right_2_;
  BouncingContact contact_;
};

}  // namespace sim
