// Linked into a program that is built with AddressSanitizer: LeakSanitizer does not run at its end.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
