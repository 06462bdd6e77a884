#include "drill/verdict/statistics.hpp"

#include <cmath>

namespace lastcall::drill {
namespace {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), from the front by
/// the method of Lentz.
double beta_fraction(double a, double b, double x) noexcept {
    constexpr int enough = 100'000;  // about sqrt(max(a, b)) terms are needed
    constexpr double tiny = 1e-300;
    const auto kept_away = [](double v) { return std::abs(v) < tiny ? tiny : v; };
    double c = 1;
    double d = 1 / kept_away(1 - (a + b) * x / (a + 1));
    double result = d;
    for (int m = 1; m < enough; ++m) {
        const double k = m;
        const auto turn = [&](double term) {
            d = 1 / kept_away(1 + term * d);
            c = kept_away(1 + term / c);
            result *= d * c;
            return d * c;
        };
        turn(k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)));
        const double factor = turn(-(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)));
        if (std::abs(factor - 1) < 1e-12) {
            break;
        }
    }
    return result;
}

/// The regularised incomplete beta function I_x(a, b).
double beta_share(double a, double b, double x) noexcept {
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                  a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/// The x for which I_x(a, b) is `share`: it grows with x.
double beta_quantile(double a, double b, double share) noexcept {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (beta_share(a, b, middle) < share ? low : high) = middle;
    }
    return (low + high) / 2;
}

}  // namespace

double upper_bound_95(std::uint64_t lost, std::uint64_t n) noexcept {
    if (lost >= n) {
        return 1;
    }
    const auto k = static_cast<double>(lost);
    return beta_quantile(k + 1, static_cast<double>(n) - k, 0.95);
}

double lower_bound_95(std::uint64_t lost, std::uint64_t n) noexcept {
    if (lost == 0 || n == 0) {
        return 0;
    }
    const auto k = static_cast<double>(lost < n ? lost : n);
    return beta_quantile(k, static_cast<double>(n) - k + 1, 0.05);
}

}  // namespace lastcall::drill
