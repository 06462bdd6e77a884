#include "keeper/options.hpp"

int main() { return 0; }
