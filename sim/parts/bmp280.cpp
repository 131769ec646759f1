#include "parts/bmp280.hpp"

#include <algorithm>
#include <cmath>

namespace sim {
namespace {

constexpr std::uint64_t startup_ns = 2'000'000;  // t_startup, table 2
constexpr std::uint64_t copy_ns = 500'000;       // of the calibration, before a conversion

constexpr std::uint8_t reset_word = 0xB6;
constexpr std::int64_t skipped = 0x80000;
constexpr double adc_values = 1 << 20;

enum Mode : std::uint8_t { sleep = 0, normal = 3 };  // 1 and 2: forced (table 10)
enum Register : std::uint8_t {
  calib00 = 0x88,
  calib25 = 0xA1,
  id = 0xD0,
  reset = 0xE0,
  status_register = 0xF3,
  ctrl_meas = 0xF4,
  config = 0xF5,
  press_msb = 0xF7,
  temp_xlsb = 0xFC,
};

std::uint8_t mode_of(std::uint8_t value) { return value & 3; }
// The fields of ctrl_meas, 0 to 5 (tables 21 and 22): 0 skips; n measures 2^(n-1) times.
unsigned osrs_t(std::uint8_t value) { return std::min<unsigned>(5, value >> 5); }
unsigned osrs_p(std::uint8_t value) { return std::min<unsigned>(5, value >> 2 & 7); }
unsigned samples(unsigned osrs) { return osrs == 0 ? 0 : 1U << (osrs - 1); }
// The filter coefficient in `config` (table 6): 1 is off.
std::int64_t coefficient(std::uint8_t value) { return std::int64_t{1} << std::min(4, value >> 2 & 7); }

// The double precision formulas of the data sheet's section 8.1. Drivers use the integer ones.
double fine_temperature(const Bmp280Calibration& dig, double adc) {
  const double linear = (adc / 16384.0 - dig.dig_T1 / 1024.0) * dig.dig_T2;
  const double distance = adc / 131072.0 - dig.dig_T1 / 8192.0;
  return linear + distance * distance * dig.dig_T3;
}
double compensated_pressure(const Bmp280Calibration& dig, double t_fine, double adc) {
  double var1 = t_fine / 2.0 - 64000.0;
  double var2 = var1 * var1 * dig.dig_P6 / 32768.0;
  var2 += var1 * dig.dig_P5 * 2.0;
  var2 = var2 / 4.0 + dig.dig_P4 * 65536.0;
  var1 = (dig.dig_P3 * var1 * var1 / 524288.0 + dig.dig_P2 * var1) / 524288.0;
  var1 = (1.0 + var1 / 32768.0) * dig.dig_P1;
  double pressure = (1048576.0 - adc - var2 / 4096.0) * 6250.0 / var1;
  var1 = dig.dig_P9 * pressure * pressure / 2147483648.0;
  var2 = pressure * dig.dig_P8 / 32768.0;
  pressure += (var1 + var2 + dig.dig_P7) / 16.0;
  return pressure;
}

// The raw value for which `formula`, which must be monotonic, gives `wanted`: halved down to a 1024th.
template <class Formula>
double solve(Formula formula, double wanted) {
  double low = 0;
  double high = adc_values;
  const bool rising = formula(low) < formula(high);
  while (high - low > 1.0 / 1024) {
    const double middle = (low + high) / 2;
    ((formula(middle) < wanted) == rising ? low : high) = middle;
  }
  return (low + high) / 2;
}

// What the converter makes of it: 16 bits, and one more for each doubling of the samples (tables 4 and 5),
// left-aligned in 20.
std::int64_t converted(double raw, unsigned osrs) {
  const std::int64_t step = std::int64_t{16} >> (osrs - 1);
  const std::int64_t highest = static_cast<std::int64_t>(adc_values) - step;
  return std::clamp<std::int64_t>(std::llround(raw / static_cast<double>(step)) * step, 0, highest);
}

void store(std::uint8_t* registers, std::int64_t value) {
  registers[0] = static_cast<std::uint8_t>(value >> 12);
  registers[1] = static_cast<std::uint8_t>(value >> 4);
  registers[2] = static_cast<std::uint8_t>((value & 0xF) << 4);
}

}  // namespace

void Bmp280::power_on(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  copied_ns_ = now_ns_ + startup_ns;
  phase_ = Phase::asleep;
  ctrl_meas_ = 0;
  next_ctrl_meas_.reset();
  config_ = 0;
  temperature_filter_ = Filter();
  pressure_filter_ = Filter();
  data_ = shadow_ = reset_data;
}

bool Bmp280::set(std::string_view name, double value, std::uint64_t now_ns) {
  const Setting* const setting = find_setting(settings, name);
  if (setting == nullptr || !setting->allows(value)) return false;
  advance(now_ns);  // what was measured until now saw the old value
  (name == "temperature" ? temperature_ : pressure_) = value;
  return true;
}

// ---- time ----

// Section 3.8.1: the formulas behind table 13.
std::uint64_t Bmp280::measurement_ns() const {
  const std::uint64_t t = samples(osrs_t(ctrl_meas_));
  const std::uint64_t p = samples(osrs_p(ctrl_meas_));
  if (options_.timing == Timing::typical)
    return 1'000'000 + 2'000'000 * t + (p != 0 ? 2'000'000 * p + 500'000 : 0);
  return 1'250'000 + 2'300'000 * t + (p != 0 ? 2'300'000 * p + 575'000 : 0);
}

// Table 11.
std::uint64_t Bmp280::standby_ns() const {
  constexpr std::array<std::uint64_t, 8> microseconds{500,     62'500,    125'000,   250'000,
                                                      500'000, 1'000'000, 2'000'000, 4'000'000};
  return microseconds[config_ >> 5] * 1000;
}

void Bmp280::advance(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  while (phase_ != Phase::asleep && phase_end_ns_ <= now_ns_) {
    if (phase_ == Phase::standby) {
      start_measurement(phase_end_ns_);
      continue;
    }
    const bool changed = finish_measurement();
    if (next_ctrl_meas_) {
      ctrl_meas_ = *next_ctrl_meas_;
      next_ctrl_meas_.reset();
      execute_mode(phase_end_ns_);
    } else if (mode_of(ctrl_meas_) != normal) {
      ctrl_meas_ &= 0xFC;  // forced: back to sleep
      phase_ = Phase::asleep;
    } else {
      // A measurement that changed nothing, not even the filter, is followed by others like it: they need not
      // be gone through one by one, however long nobody looked.
      const std::uint64_t cycle_ns = measurement_ns() + standby_ns();
      if (!changed) phase_end_ns_ += (now_ns_ - phase_end_ns_) / cycle_ns * cycle_ns;
      phase_ = Phase::standby;
      phase_end_ns_ += standby_ns();
    }
  }
}

void Bmp280::execute_mode(std::uint64_t now_ns) {
  if (mode_of(ctrl_meas_) == sleep) {
    phase_ = Phase::asleep;
  } else {
    start_measurement(now_ns);
  }
}

void Bmp280::start_measurement(std::uint64_t now_ns) {
  phase_ = Phase::measuring;
  phase_start_ns_ = std::max(now_ns, copied_ns_);
  phase_end_ns_ = phase_start_ns_ + measurement_ns();
}

// ---- measuring (3.3) ----

bool Bmp280::finish_measurement() {
  const Data data_before = data_;
  const std::int64_t memory_before[2] = {temperature_filter_.memory, pressure_filter_.memory};

  const Bmp280Calibration& dig = options_.calibration;
  double raw_temperature =
      solve([&](double adc) { return fine_temperature(dig, adc); }, temperature_ * 5120.0);
  std::int64_t temperature = skipped;
  if (const unsigned osrs = osrs_t(ctrl_meas_); osrs != 0) {
    const std::int64_t adc = converted(raw_temperature, osrs);
    raw_temperature = static_cast<double>(adc);  // the pressure will be compensated with this one
    temperature = filtered(temperature_filter_, adc);
  }
  std::int64_t pressure = skipped;
  if (const unsigned osrs = osrs_p(ctrl_meas_); osrs != 0) {
    const double t_fine = fine_temperature(dig, raw_temperature);
    const double raw = solve([&](double adc) { return compensated_pressure(dig, t_fine, adc); }, pressure_);
    pressure = filtered(pressure_filter_, converted(raw, osrs));
  }
  store(&data_[0], pressure);
  store(&data_[3], temperature);
  return data_ != data_before || temperature_filter_.memory != memory_before[0] ||
         pressure_filter_.memory != memory_before[1];
}

// Section 3.3.3: (memory * (coefficient - 1) + adc) / coefficient; the first value passes unchanged.
std::int64_t Bmp280::filtered(Filter& filter, std::int64_t adc) const {
  const std::int64_t divisor = coefficient(config_);
  if (divisor == 1) return adc;
  const std::int64_t value = adc << 32;
  filter.memory = filter.initialised ? filter.memory + (value - filter.memory) / divisor : value;
  filter.initialised = true;
  return (filter.memory + (std::int64_t{1} << 31)) >> 32;
}

// ---- registers (4.3) ----

std::uint8_t Bmp280::status() const {
  const bool measuring = phase_ == Phase::measuring && now_ns_ >= phase_start_ns_;
  const bool copying = now_ns_ < copied_ns_ || (measuring && now_ns_ < phase_start_ns_ + copy_ns);
  return static_cast<std::uint8_t>((measuring ? 1U << 3 : 0U) | (copying ? 1U : 0U));
}

std::uint8_t Bmp280::calibration_byte(std::uint8_t number) const {
  if (now_ns_ < copied_ns_) return 0;
  const Bmp280Calibration& dig = options_.calibration;
  const auto word = [](std::int16_t value) { return static_cast<std::uint16_t>(value); };
  const std::array<std::uint16_t, 13> words{dig.dig_T1,
                                            word(dig.dig_T2),
                                            word(dig.dig_T3),
                                            dig.dig_P1,
                                            word(dig.dig_P2),
                                            word(dig.dig_P3),
                                            word(dig.dig_P4),
                                            word(dig.dig_P5),
                                            word(dig.dig_P6),
                                            word(dig.dig_P7),
                                            word(dig.dig_P8),
                                            word(dig.dig_P9),
                                            0};
  const unsigned offset = static_cast<unsigned>(number) - calib00;
  return static_cast<std::uint8_t>(words[offset / 2] >> (offset % 2 * 8));
}

std::uint8_t Bmp280::register_value(std::uint8_t number) const {
  if (number >= calib00 && number <= calib25) return calibration_byte(number);
  if (number >= press_msb && number <= temp_xlsb) return shadow_[number - press_msb];
  switch (number) {
    case id:
      return 0x58;
    case status_register:
      return status();
    case ctrl_meas:
      return ctrl_meas_;
    case config:
      return config_;
    default:
      return 0;
  }
}

void Bmp280::write_register(std::uint8_t number, std::uint8_t value) {
  switch (number) {
    case reset:
      if (value == reset_word) power_on(now_ns_);
      break;
    case ctrl_meas:
      // Section 3.6.4: while measuring, the mode changes afterwards, and further changes are ignored.
      if (phase_ == Phase::measuring) {
        if (!next_ctrl_meas_) next_ctrl_meas_ = value;
      } else {
        ctrl_meas_ = value;
        execute_mode(now_ns_);
      }
      break;
    case config:
      if (mode_of(ctrl_meas_) == normal) break;
      config_ = value & 0xFD;  // bit 1 does not exist
      temperature_filter_ = Filter();
      pressure_filter_ = Filter();
      break;
    default:  // read-only or reserved
      break;
  }
}

// ---- the bus (5.2) ----

bool Bmp280::on_start(bool read, std::uint64_t now_ns) {
  advance(now_ns);
  if (read) {
    shadow_ = data_;
  } else {
    register_number_expected_ = true;
  }
  return true;
}

// Pairs of a register's number and its value; the number is not counted up. A number that ends the transfer
// is where the next read begins.
bool Bmp280::on_write(std::uint8_t byte, std::uint64_t now_ns) {
  advance(now_ns);
  if (register_number_expected_) {
    register_number_ = byte;
  } else {
    write_register(register_number_, byte);
  }
  register_number_expected_ = !register_number_expected_;
  return true;
}

std::uint8_t Bmp280::on_read(std::uint64_t now_ns) {
  advance(now_ns);
  return register_value(register_number_++);
}

void Bmp280::on_stop(std::uint64_t now_ns) { advance(now_ns); }

}  // namespace sim
