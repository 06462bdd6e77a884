#include <cstdio>
#include <exception>

#include "figures.hpp"

namespace stop_bench {

void in_turn(bench& all, const char* figure, int usual,
             const std::function<void(const server&)>& stop) {
    std::vector<const server*> left;
    for (const auto& one : all.servers) {
        left.push_back(&one);
    }
    for (int i = 0; !left.empty(); ++i) {
        std::erase_if(left, [&](const server* one) {
            if (i >= stops_of(all, *one, usual)) {
                return true;
            }
            try {
                stop(*one);
            } catch (const std::exception& error) {
                all.into.note(std::string(figure) + ": " + one->name + ": " + error.what());
                return true;
            }
            std::fprintf(stderr, "%s %d/%d %s\n", figure, i + 1, stops_of(all, *one, usual),
                         one->name.c_str());
            return false;
        });
    }
}

}  // namespace stop_bench
